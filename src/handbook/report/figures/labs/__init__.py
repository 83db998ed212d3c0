"""Figures of the worked examples, one module each."""
