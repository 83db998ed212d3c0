"""Names of the figures that a run can have."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["CURVES", "FIGURES", "HISTORY", "LEARNING", "SHOWS", "VALIDATION", "figure_names"]

FIGURES: dict[str, tuple[str, ...]] = {
    "classification": ("roc", "precision-recall", "confusion", "calibration"),
    "regression": ("predicted-vs-true", "residuals"),
    "outliers": ("roc", "precision-recall", "confusion"),
    "language": (),
    "generation": (),
}
#: What the catalogue may ask to be shown of a fitted model; drawn from ``explain.json``.
SHOWS = (
    "permutation-importance",
    "impurity-importance",
    "coefficients",
    "coefficient-path",
    "tree",
    "projection",
    "distance-map",
    "hit-map",
    "component-planes",
    "outliers",
    "kernels",
    "feature-maps",
    "text-samples",
    "gates",
    "samples",
    "interpolation",
    "class-histogram",
    "frechet-scale",
)
HISTORY = "history"
#: Over- and underfitting: of a model on a data set.
LEARNING, VALIDATION = "learning-curve", "validation-curve"
CURVES = (LEARNING, VALIDATION)


def figure_names(task: str, curves: Sequence[str], shows: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the figures of a run: those of its task, what it shows, its history where it has one.

    Parameters
    ----------
    task : str
    curves : sequence of str
        Columns of the history to draw.
    shows : sequence of str
        Out of :data:`SHOWS`.
    """
    return FIGURES.get(task, ()) + tuple(shows) + ((HISTORY,) if curves else ())
