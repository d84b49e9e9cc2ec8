"""One submission a file; found by listing this folder."""
