"""Figures of one run: predictions, histories."""
