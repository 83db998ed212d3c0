"""Radial basis function networks: Gaussian units around centres, and a linear output."""

from handbook.models.rbf.classifier import RBFClassifier
from handbook.models.rbf.regressor import RBFRegressor
from handbook.models.rbf.units import activation, design_matrix
from handbook.models.rbf.widths import dmax_width

__all__ = ["RBFClassifier", "RBFRegressor", "activation", "design_matrix", "dmax_width"]
