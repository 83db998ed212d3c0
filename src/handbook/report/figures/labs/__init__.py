"""Figures of the worked examples: one function each, in a module for each topic."""
