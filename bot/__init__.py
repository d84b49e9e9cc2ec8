"""The bot: the only package that knows the other three."""
