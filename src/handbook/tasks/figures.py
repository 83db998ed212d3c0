"""Names of the figures that a run can have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any

__all__ = [
    "CURVES",
    "FIGURES",
    "HISTORY",
    "LEARNING",
    "SHOWS",
    "SWEEP_FIGURES",
    "VALIDATION",
    "figure_names",
    "functions",
]

FIGURES: dict[str, tuple[str, ...]] = {
    "classification": ("roc", "precision-recall", "confusion", "calibration"),
    "regression": ("predicted-vs-true", "residuals"),
    "outliers": ("roc", "precision-recall", "confusion"),
    "language": (),
    "generation": (),
}
#: What the catalogue may ask to be shown of a fitted model, drawn from ``explain.json``, and the
#: module of :mod:`handbook.explain` that computes it.
SHOWS = {
    "permutation-importance": "importances",
    "impurity-importance": "importances",
    "coefficients": "coefficients",
    "coefficient-path": "coefficients",
    "tree": "tree",
    "projection": "projection",
    "distance-map": "som",
    "hit-map": "som",
    "component-planes": "som",
    "outliers": "outliers",
    "kernels": "layers",
    "feature-maps": "layers",
    "text-samples": "text",
    "gates": "text",
    "samples": "samples",
    "interpolation": "samples",
    "class-histogram": "samples",
    "frechet-scale": "samples",
}
HISTORY = "history"
#: Over- and underfitting: of a model on a data set.
LEARNING, VALIDATION = "learning-curve", "validation-curve"
CURVES = (LEARNING, VALIDATION)
#: Of a sweep, in the order of its page.
SWEEP_FIGURES = ("progress", "parameters", "importance", "parallel")


def figure_names(task: str, curves: Sequence[str], shows: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the figures of a run: those of its task, what it shows, its history where it has one.

    `curves` are columns of the history to draw, `shows` out of :data:`SHOWS`.
    """
    return FIGURES.get(task, ()) + tuple(shows) + ((HISTORY,) if curves else ())


def functions(names: Iterable[str], *modules: ModuleType) -> dict[str, Callable[..., Any]]:
    """Return for each figure the function of its name, ``hit_map`` for ``hit-map``.

    Raises
    ------
    LookupError
        None of the modules defines it.
    """
    defined = {
        name: function
        for module in modules
        for name, function in vars(module).items()
        if getattr(function, "__module__", None) == module.__name__
    }
    return {name: defined[name.replace("-", "_")] for name in names}
