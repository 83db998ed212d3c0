"""Rows projected on the directions that separate the classes best."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from handbook.explain.run import Array, Fitted, spaced

__all__ = ["projection"]

_AXES = 2
_POINTS = 1000
_BINS = 40
_MIDDLE = (0.1, 99.9)  # percent of the rows; the outermost bins also hold those beyond


def projection(fitted: Fitted) -> dict[str, Any]:
    """Project training and test rows on at most two discriminant axes.

    Each axis points so that the class whose training mean lies furthest from 0 is above 0; where
    classes are equally far, the last of them.

    Returns
    -------
    dict
        ``ratio``: the share of the between-class variance that each axis explains, of all axes
        that the model has. For two axes ``train`` and ``test`` have ``points`` (pairs) and their
        ``codes`` in ``classes``; for one axis, ``counts`` of rows between ``edges``, a list for
        each class. ``means`` are those of the classes' training rows.
    """
    model = fitted.model
    if not isinstance(model, LinearDiscriminantAnalysis):
        raise fitted.refuse("projection", "LinearDiscriminantAnalysis")
    if model.solver == "lsqr":
        return {"undefined": "the solver lsqr finds no axes; svd and eigen do"}
    parts = {"train": fitted.train, "test": fitted.test}
    points = {
        name: model.transform(fitted.encoded(part))[:, :_AXES] for name, part in parts.items()
    }
    codes = fitted.train.labels
    means = np.array([points["train"][codes == code].mean(axis=0) for code in model.classes_])
    sign = _signs(means)
    points = {name: values * sign for name, values in points.items()}
    seed = fitted.spec.run.seed
    axes = len(sign)
    edges = _edges(points["train"][:, 0]) if axes == 1 else None
    return {
        "axes": axes,
        "classes": list(fitted.classes),
        "ratio": model.explained_variance_ratio_.tolist(),
        "means": (means * sign).tolist(),
        "edges": None if edges is None else edges.tolist(),
        **{
            name: {"rows": len(part)}
            | (
                _points(points[name], part.labels, seed)
                if edges is None
                else _counts(points[name][:, 0], part.labels, edges, len(fitted.classes))
            )
            for name, part in parts.items()
        },
    }


def _signs(means: Array) -> Array:
    """Return the sign of each axis, (axes,), for class means of shape (classes, axes)."""
    far = np.abs(means)
    furthest = far >= far.max(axis=0) * (1 - 1e-6)
    last = len(means) - 1 - np.argmax(furthest[::-1], axis=0)
    return np.where(np.take_along_axis(means, last[None], axis=0)[0] < 0, -1.0, 1.0)


def _points(points: Array, codes: Array, seed: int) -> dict[str, Any]:
    picked = spaced(codes, _POINTS, seed)
    return {"points": points[picked].tolist(), "codes": codes[picked].tolist()}


def _edges(values: Array) -> Array:
    low, high = np.percentile(values, _MIDDLE)
    return np.linspace(low, high if high > low else low + 1, _BINS + 1)


def _counts(values: Array, codes: Array, edges: Array, classes: int) -> dict[str, Any]:
    inside = np.clip(values, edges[0], edges[-1])
    return {
        "counts": [
            np.histogram(inside[codes == code], edges)[0].tolist() for code in range(classes)
        ]
    }
