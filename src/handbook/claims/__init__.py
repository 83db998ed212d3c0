"""Claims of the handbook, each put to a test whose verdict follows from a rule fixed before."""
