"""Waldo found by cross-correlation with his picture (section 4.2.6)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.signal import correlate

from handbook.labs.result import Array, Result, against
from handbook.nn import corr2d

__all__ = ["WALDO", "compute", "peak", "plot", "scene", "scores"]

_RED, _WHITE, _SKIN, _BLUE = (0.8, 0.1, 0.1), (1.0, 1.0, 1.0), (0.9, 0.7, 0.5), (0.1, 0.2, 0.7)
_LETTERS = {"r": _RED, "w": _WHITE, "s": _SKIN, "b": _BLUE}
_ROWS = ("wrrw", "ssss", "rrrr", "wwww", "rrrr", "wwww", "bbbb", "bwwb")
#: The figure that is looked for, (colours, height, width): cap, face, stripes, trousers.
WALDO: Array = np.array([[_LETTERS[letter] for letter in row] for row in _ROWS]).transpose(2, 0, 1)


def scene(size: int, at: list[int], others: int, seed: int) -> Array:
    """Return a square crowd, (colours, size, size), with Waldo's upper left corner at a place.

    The others are of his size, in colours of their own without his order; a white sign hangs in a
    corner.
    """
    rng = np.random.default_rng(seed)
    colours, (_, high, wide) = np.array(list(_LETTERS.values())), WALDO.shape
    picture = np.broadcast_to(np.array([0.4, 0.6, 0.3])[:, None, None], (3, size, size)).copy()
    for _ in range(others):
        top, left = rng.integers(0, size - high), rng.integers(0, size - wide)
        rows = rng.choice(len(colours), high // 2).repeat(2)
        stripes = colours[rows].T[:, :, None]  # (3, high, 1)
        picture[:, top : top + high, left : left + wide] = stripes
    picture[:, : high + 2, : 2 * wide] = 1.0
    picture += rng.normal(0, 0.05, picture.shape)
    top, left = at
    picture[:, top : top + high, left : left + wide] = WALDO
    return picture


def scores(picture: Array, template: Array, centred: bool) -> Array:
    """Return how much of a template lies at each place, summed over the colours.

    Centred, mean colours are taken off the template, so that even light adds nothing.
    """
    kernel = template - template.mean(axis=(1, 2), keepdims=True) if centred else template
    return np.asarray(corr2d(picture[None], kernel[None])[0, 0])


def peak(values: Array) -> list[int]:
    """Return row and column of the largest value.

    Examples
    --------
    >>> peak(np.array([[0.0, 1.0], [3.0, 2.0]]))
    [1, 0]
    """
    return [int(i) for i in np.unravel_index(int(values.argmax()), values.shape)]


def compute(size: int, at: list[int], others: int, moved: int, seed: int) -> list[Result]:
    """Slide Waldo's picture over a crowd, and look where the sum of products is largest."""
    picture = scene(size, at, others, seed)
    further = [at[0] + moved, at[1] + moved]
    plain, centred = (scores(picture, WALDO, each) for each in (False, True))
    kernel = WALDO - WALDO.mean(axis=(1, 2), keepdims=True)
    (top, left), (_, high, wide) = peak(plain), WALDO.shape
    lighter = picture[:, top : top + high, left : left + wide].mean() > WALDO.mean()
    turned = scores(_with(picture, at, WALDO[:, ::-1]), WALDO, centred=True)
    return [
        against("scipy.signal.correlate, a colour at a time")(
            "scores at every place",
            centred[::8, ::8],
            sum(correlate(p, k, mode="valid") for p, k in zip(picture, kernel, strict=True))[
                ::8, ::8
            ],
        ),
        against("where he was put")("place of the highest score", peak(centred), at),
        against("where he was put")(
            f"the same when he stands {moved} pixels further down and right",
            peak(scores(scene(size, further, others, seed), WALDO, centred=True)),
            further,
        ),
        against("white has the largest product with every colour")(
            "what scores highest by his picture as it is, not centred",
            "something lighter than he" if lighter and [top, left] != at else "he",
            "something lighter than he",
        ),
        against("closed form: the variance of the picture's colours, times its pixels")(
            "his own score",
            centred[at[0], at[1]],
            WALDO[0].size * sum(WALDO[colour].var() for colour in range(3)),
        ),
        against("the products of a picture with itself upside down, by numpy")(
            "his score when he stands on his head, as a share of that",
            turned[at[0], at[1]] / centred[at[0], at[1]],
            np.sum(kernel * WALDO[:, ::-1]) / np.sum(kernel * WALDO),
        ),
    ]


def plot(size: int, at: list[int], others: int, moved: int, seed: int) -> dict[str, Any]:
    """Return the crowd, Waldo and both maps of scores."""
    picture = scene(size, at, others, seed)
    maps = {
        "his picture as it is": scores(picture, WALDO, centred=False),
        "mean colours taken off": scores(picture, WALDO, centred=True),
    }
    return {
        "picture": np.clip(picture, 0, 1).transpose(1, 2, 0).round(2),
        "waldo": WALDO.transpose(1, 2, 0),
        "at": at,
        "maps": {name: values.round(2) for name, values in maps.items()},
        "peaks": {name: peak(values) for name, values in maps.items()},
    }


def _with(picture: Array, at: list[int], figure: Array) -> Array:
    """Return a picture with a figure laid over it at a place."""
    changed, (top, left), (_, high, wide) = picture.copy(), at, figure.shape
    changed[:, top : top + high, left : left + wide] = figure
    return changed
