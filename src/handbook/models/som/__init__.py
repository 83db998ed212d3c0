"""Self-organizing map: online and batch training, and what a fitted map tells of outliers."""

from handbook.models.som.detector import SOMOutlierDetector
from handbook.models.som.estimator import SelfOrganizingMap

__all__ = ["SOMOutlierDetector", "SelfOrganizingMap"]
