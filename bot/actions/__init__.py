"""One button, select or search a file; found by listing this folder."""
