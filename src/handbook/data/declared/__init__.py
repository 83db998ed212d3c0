"""Data sets that the catalogue declares: their files and their schema, without a module."""
