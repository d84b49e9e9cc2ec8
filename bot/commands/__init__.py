"""One sub-command of /lexer a file; found by listing this folder."""
