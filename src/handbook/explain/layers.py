"""What the convolutions of an image classifier look for, and what they find in a few images."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.explain.fitted import Fitted

__all__ = [
    "ACROSS",
    "BRIGHTEST",
    "IMAGES",
    "MAPS",
    "chosen",
    "feature_maps",
    "kernels",
    "slope_share",
]

Array = npt.NDArray[Any]

#: Images that are shown at most, each of another class.
IMAGES = 4
#: Maps of a convolution that are shown at most.
MAPS = 16
#: Of these so many side by side.
ACROSS = 8
#: Percentile of a convolution's active outputs that is as bright as any: a few are far larger.
BRIGHTEST = 99.0


def kernels(fitted: Fitted) -> dict[str, Any]:
    """Give the kernels of the first convolution.

    Returns
    -------
    dict
        ``values``: weights as lists, (kernels, channels, k, k). ``slopes``: of each kernel the
        share of its energy that is a slope, see :func:`slope_share`, and ``chance``: the mean
        share of kernels whose weights are drawn independently.

    Raises
    ------
    HandbookError
        The model has no convolutions.

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
    """Return how much of each kernel is a slope: light on one side and dark on the other.

    Such a kernel answers to an edge in the image, and not to an even area.

    Parameters
    ----------
    weights : float array of shape (kernels, channels, k, k)

    Returns
    -------
    float array of shape (kernels,)
        The share of the sum of squares that lies along the two slopes, down and across; from 0
        to 1, and 0 for a kernel of zeros.

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
    """Give what each convolution makes of a few test images, after its ReLU and before pooling.

    Returns
    -------
    dict
        ``images``: of the rows that :func:`chosen` gives, each with its ``row`` (from 0), its
        ``class``, the class ``predicted``, and its ``sheet``. ``layers``: a convolution each, with
        the number of its ``channels``, of which the first ones are ``shown``; the ``size`` of a
        map (height, width); the share of all its outputs for these images that are ``active``,
        which is above 0; and its ``sheets``, one an image, in which 255 stands for ``high`` or
        more: few of the outputs are larger than it, see :data:`BRIGHTEST`. A sheet is a ``png`` in
        base64 of ``rows`` by ``columns`` images without gaps.

    Raises
    ------
    HandbookError
        The model has no convolutions.
    """
    model = _classifier(fitted, "feature-maps")
    y = fitted.test.y
    assert y is not None
    rows = chosen(y, IMAGES)
    images = np.asarray(fitted.test.X)[rows]
    predicted = model.predict(images)
    return {
        "images": [
            {
                "row": int(row),
                "class": fitted.classes[y[row]],
                "predicted": fitted.classes[guess],
                "sheet": _sheet(image[np.newaxis]),
            }
            for row, guess, image in zip(rows, predicted, images, strict=True)
        ],
        "layers": [_layer(layer) for layer in model.feature_maps(images)],
    }


def chosen(y: Array, count: int) -> Array:
    """Choose rows by their place alone: the first one of each of `count` classes.

    The classes are spread evenly over those that there are.

    Parameters
    ----------
    y : int array of shape (n,)
        Class codes.
    count : int

    Returns
    -------
    int array of shape (min(classes, count),)
        In the order of the classes.

    Examples
    --------
    >>> chosen(np.array([3, 3, 0, 1, 2, 0]), 2).tolist()
    [2, 0]
    """
    classes, first = np.unique(y, return_index=True)
    count = min(len(classes), count)
    return np.asarray(first[np.linspace(0, len(classes) - 1, count).round().astype(int)])


def _layer(maps: Array) -> dict[str, Any]:
    """Describe one convolution's maps, (images, channels, height, width)."""
    shown = maps[:, :MAPS]
    active = shown[shown > 0]
    # one scale for all of a layer, so that its maps can be compared
    high = float(np.percentile(active, BRIGHTEST)) if len(active) else 0.0
    grey = np.round(np.minimum(shown / (high or 1.0), 1.0) * 255).astype(np.uint8)
    return {
        "channels": maps.shape[1],
        "shown": shown.shape[1],
        "size": list(maps.shape[2:]),
        "active": float((maps > 0).mean()),
        "high": high,
        "sheets": [_sheet(of) for of in grey],
    }


def _sheet(tiles: Array) -> dict[str, Any]:
    """Lay images, (n, height, width[, channels]), side by side in one PNG."""
    from PIL import Image

    columns = min(len(tiles), ACROSS)
    rows = -(-len(tiles) // columns)
    blank = np.zeros((rows * columns - len(tiles), *tiles.shape[1:]), np.uint8)
    grid = np.concatenate([tiles, blank]).reshape(rows, columns, *tiles.shape[1:])
    height, width, *channels = tiles.shape[1:]
    # (rows, columns, height, width, ...) -> (rows, height, columns, width, ...)
    picture = grid.swapaxes(1, 2).reshape(rows * height, columns * width, *channels)
    written = io.BytesIO()
    if picture.shape[2:] == (1,):
        picture = picture[..., 0]
    Image.fromarray(picture).save(written, "PNG", optimize=True)
    return {
        "png": base64.b64encode(written.getvalue()).decode("ascii"),
        "rows": rows,
        "columns": columns,
    }


def _classifier(fitted: Fitted, what: str) -> Any:
    if not hasattr(fitted.model, "feature_maps"):
        raise fitted.refuse(what, "classifiers of images that convolve them")
    return fitted.model
