"""Readers of file formats: archives, IDX images, tables."""
