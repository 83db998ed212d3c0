"""Generation: made images against held-out real ones, through the eyes of a judge.

A judge is a classifier of the same kind of images, trained apart. Its features (what its last
layer sees) are where distances are measured, and its classes show whether some kinds of images
are made too often.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from handbook.core.errors import HandbookError
from handbook.tasks.frechet import frechet_distance, precision_and_recall, total_variation
from handbook.tasks.regression import SCHEME, folds
from handbook.tasks.task import Judge, Predictions, Scores

__all__ = [
    "MOST",
    "SCHEME",
    "PixelNoise",
    "Resampled",
    "baseline",
    "class_counts",
    "ends",
    "folds",
    "predict",
    "primary",
    "score",
    "scorer",
]

#: Samples that are drawn at most; the real images are as many.
MOST = 10_000

Array = npt.NDArray[Any]

_SEED = 0  # of the samples, so that a score is a property of the fitted model
_NEIGHBOURS = 3
_BLOCK = 500  # pictures of noise that are drawn at once


class _Training(BaseEstimator):  # type: ignore[misc]
    """Base of generators that know nothing but their training images."""

    def fit(self, X: Any, y: Any = None) -> Self:
        """Keep the images, uint8 of shape (n, H, W[, C])."""
        self.images_ = np.asarray(X)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "generator"
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags


class PixelNoise(_Training):
    """A generator that draws every pixel on its own, from the training pixels at its place.

    It has the right brightness everywhere and no shape at all: the far end of the scale.

    Examples
    --------
    >>> images = np.array([[[0, 0]], [[255, 0]]], np.uint8)
    >>> made = PixelNoise().fit(images).sample(100)
    >>> made.shape, made[:, 0, 1].max().item(), set(made[:, 0, 0].tolist()) == {0, 255}
    ((100, 1, 2), 0, True)
    """

    def sample(self, n: int, random_state: Any = 0) -> Array:
        """Return `n` images of noise."""
        random = check_random_state(random_state)
        flat = self.images_.reshape(len(self.images_), -1)
        pixels = np.arange(flat.shape[1])
        made = np.empty((n, flat.shape[1]), flat.dtype)
        for first in range(0, n, _BLOCK):
            part = made[first : first + _BLOCK]
            rows = random.randint(len(flat), size=part.shape, dtype=np.int32)
            part[:] = flat[rows, pixels]
        return made.reshape(n, *self.images_.shape[1:])


class Resampled(_Training):
    """A generator that gives training images back: the near end of the scale.

    What it scores is how far real images are from other real ones. It makes nothing new.
    """

    def sample(self, n: int, random_state: Any = 0) -> Array:
        """Return `n` training images, each once while there are any left."""
        random = check_random_state(random_state)
        rounds = [random.permutation(len(self.images_)) for _ in range(-(-n // len(self.images_)))]
        drawn: Array = self.images_[np.concatenate(rounds)[:n]]
        return drawn


def primary(classes: int) -> str:
    """Name the metric that ranks models."""
    return "frechet_distance"


def scorer(classes: int) -> Callable[..., float]:
    """Refuse, because a search has no judge to measure the Fréchet distance with."""
    raise HandbookError(
        "generation: a search needs a judge to measure the Fréchet distance with, and is given "
        "none; take `search` out of the variant"
    )


def baseline() -> PixelNoise:
    """Return a generator of independent pixels."""
    return PixelNoise()


def predict(estimator: Any, X: Any, classes: int, judge: Judge | None = None) -> Predictions:
    """Let a fitted generator make as many images as there are real ones, and a judge look at both.

    Of more than :data:`MOST` held-out images, so many are drawn. A conditional generator draws its
    own labels. Columns are ``real_class`` and ``made_class``, what the judge takes a real and a
    made image for, which have nothing else to do with each other; beside the table are their
    features (float32).

    Raises
    ------
    HandbookError
        Without a judge.
    """
    if judge is None:
        raise HandbookError(
            "generation: images are scored by what a judge sees of them, and none was given; name "
            "one for the data set under `judges` in params.yaml"
        )
    random = np.random.RandomState(_SEED)
    real = np.asarray(X)
    if len(real) > MOST:
        real = real[np.sort(random.permutation(len(real))[:MOST])]
    made = estimator.sample(len(real), random_state=_SEED)
    features, table = {}, pd.DataFrame()
    for name, images in (("real", real), ("made", made)):
        # How sums over rows round depends on the layout: column by column, whatever the judge's.
        features[name] = np.asfortranarray(judge.features(images), dtype=np.float32)
        table[f"{name}_class"] = np.asarray(judge.predict(images), dtype=np.int64)
    return Predictions(table, features=features)


def score(y: Array | None, predictions: Predictions) -> Scores:
    """Score what :func:`predict` returned.

    Precision and recall are with 3 nearest neighbours; the class distance is the total variation
    between the judge's classes of real and of made images. See :mod:`handbook.tasks.frechet`.

    Examples
    --------
    >>> table = pd.DataFrame({"real_class": [0, 0, 0, 0, 0], "made_class": [0, 0, 0, 0, 1]})
    >>> features = {"real": np.arange(5.0)[:, None], "made": np.arange(2.0, 7.0)[:, None]}
    >>> metrics, _ = score(None, Predictions(table, features=features))
    >>> {name: round(value, 9) for name, value in metrics.items()}
    {'frechet_distance': 4.0, 'sample_precision': 1.0, 'sample_recall': 1.0, 'class_distance': 0.2}
    """
    real, made = predictions.features["real"], predictions.features["made"]
    names = ("frechet_distance", "sample_precision", "sample_recall")
    metrics: dict[str, float | None] = dict.fromkeys(names)
    undefined: dict[str, str] = {}
    n = len(real)
    if n < 2:
        undefined[names[0]] = f"{n} image has no covariance"
    else:
        metrics[names[0]] = frechet_distance(real, made)
    if n <= _NEIGHBOURS:
        reason = f"{n} images have no {_NEIGHBOURS} nearest neighbours"
        undefined |= dict.fromkeys(names[1:], reason)
    else:
        metrics |= zip(names[1:], precision_and_recall(real, made, _NEIGHBOURS), strict=True)
    metrics["class_distance"] = total_variation(*class_counts(predictions))
    return metrics, undefined


def ends(images: Any, X: Any, classes: int, judge: Judge) -> dict[str, dict[str, float | None]]:
    """Measure both ends of the scale on held-out images `X`: other real images, and noise.

    They are ``real``, training images by :class:`Resampled`, and ``noise`` of :class:`PixelNoise`.
    """
    return {
        name: score(None, predict(end.fit(images), X, classes, judge))[0]
        for name, end in (("real", Resampled()), ("noise", PixelNoise()))
    }


def class_counts(predictions: Predictions, classes: int = 0) -> tuple[Array, Array]:
    """Count what a judge takes real and made images for, for at least so many classes."""
    real, made = (predictions.table[f"{name}_class"].to_numpy() for name in ("real", "made"))
    classes = max(classes, 1 + int(max(real.max(), made.max())))
    return np.bincount(real, minlength=classes), np.bincount(made, minlength=classes)
