"""Sweeps: many settings of one model, each scored on the training rows alone."""
