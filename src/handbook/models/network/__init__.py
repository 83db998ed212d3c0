"""Networks of one's own: subclasses that build a network, and have all else from here."""

from handbook.models.network.classifier import NetworkClassifier
from handbook.models.network.regressor import NetworkRegressor

__all__ = ["NetworkClassifier", "NetworkRegressor"]
