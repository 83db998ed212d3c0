"""Figures of what a fitted model learnt."""
