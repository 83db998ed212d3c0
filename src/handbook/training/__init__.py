"""Fitting: from the specification of a run to a fitted, measured and saved model."""
