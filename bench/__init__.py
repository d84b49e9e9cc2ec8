"""Measures the bot against its floors: two things run side by side, in random order, in one run (`make bench`)."""
