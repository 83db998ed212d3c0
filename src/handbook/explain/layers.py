"""Kernels and feature maps of the convolutions of an image classifier."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.explain.grid import grid
from handbook.explain.run import Array, Fitted

__all__ = ["IMAGES", "chosen", "feature_maps", "kernels", "slope_share"]

#: Largest number of images, each of another class.
IMAGES = 4
_MAPS, _ACROSS = 16, 8  # largest number of maps of a convolution, and maps in a row of a sheet
_BRIGHTEST = 99.0  # percentile of the active outputs that is drawn white: a few are far larger


def kernels(fitted: Fitted) -> dict[str, Any]:
    """Return the kernels of the first convolution.

    Returns
    -------
    dict
        ``values``: weights as lists, (kernels, channels, k, k). ``slopes``: the
        :func:`slope_share` of each kernel; ``chance``: its mean for kernels whose weights are
        drawn independently.

    References
    ----------
    Handbook, 4.3.3, where an edge is found by the kernel (1, -1).
    """
    weights = _classifier(fitted, "kernels").kernels()
    size = weights.shape[-1]
    return {
        "values": weights.tolist(),
        "slopes": slope_share(weights).tolist(),
        "chance": 2 / size**2,  # two directions among as many as there are weights
    }


def slope_share(weights: Array) -> Array:
    """Return the share of each kernel's energy in slopes, from light on one side to dark.

    Such a kernel responds to an edge in the image and not to an even area.

    Weights are of shape (kernels, channels, k, k), shares of shape (kernels,): what lies along the
    two slopes, down and across, of the sum of squares; 0 for a kernel of zeros.

    Examples
    --------
    >>> slope_share(np.array([[[[-1, 0, 1]] * 3], [[[1, 1, 1]] * 3], [[[1, 0, 0]] * 3]])).round(2)
    array([1. , 0. , 0.5])
    """
    size = weights.shape[-1]
    ramp = np.arange(size) - (size - 1) / 2
    ramp /= np.linalg.norm(ramp) * np.sqrt(size)  # spread over a kernel, of length 1
    down = np.einsum("ocij,i->oc", weights, ramp)
    across = np.einsum("ocij,j->oc", weights, ramp)
    energy = (np.asarray(weights, dtype=float) ** 2).sum(axis=(1, 2, 3))
    slopes = (down**2 + across**2).sum(axis=1)
    return np.asarray(np.divide(slopes, energy, out=np.zeros(len(weights)), where=energy > 0))


def feature_maps(fitted: Fitted) -> dict[str, Any]:
    """Return the outputs of each convolution for a few test images, after ReLU, before pooling.

    Returns
    -------
    dict
        ``images``: the rows that :func:`chosen` gives, each with its ``row`` (from 0), its
        ``class``, the class ``predicted``, and its ``sheet``. ``layers``: one for each convolution,
        with the number of its ``channels``, of which the first ones are ``shown``; the ``size`` of
        a map (height, width); the share of its outputs for these images that are ``active``, above
        0; and its ``sheets``, one for each image, in which 255 stands for ``high``, the 99th
        percentile of the active outputs, or more. A sheet is a :func:`grid` without gaps.
    """
    model = _classifier(fitted, "feature-maps")
    y = fitted.test.labels
    rows = chosen(y, IMAGES)
    images = np.asarray(fitted.test.X)[rows]
    predicted = model.predict(images)
    return {
        "images": [
            {
                "row": int(row),
                "class": fitted.classes[y[row]],
                "predicted": fitted.classes[guess],
                "sheet": grid(image[np.newaxis], 1),
            }
            for row, guess, image in zip(rows, predicted, images, strict=True)
        ],
        "layers": [_layer(layer) for layer in model.feature_maps(images)],
    }


def chosen(y: Array, count: int) -> Array:
    """Return the first row of each of `count` classes, evenly spread over all classes.

    They are in the order of the classes, min(classes, count) of them.

    Examples
    --------
    >>> chosen(np.array([3, 3, 0, 1, 2, 0]), 2).tolist()
    [2, 0]
    """
    classes, first = np.unique(y, return_index=True)
    count = min(len(classes), count)
    return np.asarray(first[np.linspace(0, len(classes) - 1, count).round().astype(int)])


def _layer(maps: Array) -> dict[str, Any]:
    """Describe the maps of a convolution, (images, channels, height, width)."""
    first = maps[:, :_MAPS]
    active = first[first > 0]
    # one scale for all maps of a layer, so that they can be compared
    high = float(np.percentile(active, _BRIGHTEST)) if len(active) else 0.0
    grey = np.round(np.minimum(first / (high or 1.0), 1.0) * 255).astype(np.uint8)
    return {
        "channels": maps.shape[1],
        "shown": first.shape[1],
        "size": list(maps.shape[2:]),
        "active": float((maps > 0).mean()),
        "high": high,
        "sheets": [grid(of_image, min(len(of_image), _ACROSS)) for of_image in grey],
    }


def _classifier(fitted: Fitted, show: str) -> Any:
    return fitted.require("feature_maps", show, "classifiers of images that convolve them")
