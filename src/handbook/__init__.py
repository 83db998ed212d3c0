"""Rebuild every model of the Handbook of Deep Learning Models from raw data."""
