"""Figures as SVG: the only package that draws."""
