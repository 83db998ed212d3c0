"""Figures of over- and underfitting."""
