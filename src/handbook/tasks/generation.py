"""Generation: made images against held-out real ones, through the eyes of a judge.

A judge is a classifier of the same kind of images, trained apart. Its features (what its last
layer sees) are where distances are measured, and its classes show whether some kinds of images
are made too often.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.model_selection import GroupKFold, KFold
from sklearn.utils import check_random_state

from handbook.core.errors import HandbookError
from handbook.tasks.frechet import frechet_distance, precision_and_recall, total_variation

__all__ = [
    "MOST",
    "SCHEME",
    "Judge",
    "PixelNoise",
    "Resampled",
    "baseline",
    "ends",
    "folds",
    "predict",
    "primary",
    "score",
    "scorer",
    "total_variation",
]

SCHEME = "k-fold"

#: Samples that are drawn at most; the real images are as many.
MOST = 10_000

Array = npt.NDArray[Any]

_SEED = 0  # of the samples, so that a score is a property of the fitted model
_NEIGHBOURS = 3
_BLOCK = 500  # pictures of noise that are drawn at once


class Judge(Protocol):
    """A fitted classifier of images that shows what its last layer sees."""

    def features(self, X: Any) -> Array:
        """Return float features of shape (n, d)."""
        ...

    def predict(self, X: Any) -> Array:
        """Return a class code for each image."""
        ...


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
        places = np.arange(flat.shape[1])
        made = np.empty((n, flat.shape[1]), flat.dtype)
        for first in range(0, n, _BLOCK):
            part = made[first : first + _BLOCK]
            rows = random.randint(len(flat), size=part.shape, dtype=np.int32)
            part[:] = flat[rows, places]
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


def scorer(classes: int, judge: Judge | None = None) -> Callable[[Any, Any, Any], float]:
    """Return the negative Fréchet distance as a function of a fitted generator, rows and labels.

    Raises
    ------
    HandbookError
        Without a judge: there is nothing to measure with.
    """
    if judge is None:
        raise HandbookError(
            "generation: a search needs a judge to measure the Fréchet distance with, and none "
            "was given; name a judge for the data set, or take `search` out of the variant"
        )
    trusted = judge

    def negative_distance(estimator: Any, X: Any, y: Any = None) -> float:
        real = predict(estimator, X, classes, trusted)
        return -frechet_distance(_features(real, "real"), _features(real, "made"))

    return negative_distance


def baseline() -> PixelNoise:
    """Return a generator of independent pixels."""
    return PixelNoise()


def folds(
    y: Array | None, k: int, seed: int, groups: Array | None = None, *, rows: int | None = None
) -> Iterator[tuple[Array, Array]]:
    """Yield training and validation positions of shuffled folds; groups stay together.

    Parameters
    ----------
    y : array of shape (n,) or None
        Labels, which are only counted.
    k, seed : int
    groups : array of shape (n,) or None
    rows : int or None
        n, where there are neither labels nor groups.
    """
    counted = rows if y is None and groups is None else len(groups if y is None else y)  # type: ignore[arg-type]
    if counted is None:
        raise HandbookError("generation: folds of rows without labels or groups need their number")
    kind = KFold if groups is None else GroupKFold
    splitter = kind(n_splits=k, shuffle=True, random_state=seed)
    yield from splitter.split(np.zeros(counted), groups=groups)


def predict(estimator: Any, X: Any, classes: int, judge: Judge) -> pd.DataFrame:
    """Let a fitted generator make as many images as there are real ones, and a judge look at both.

    Parameters
    ----------
    estimator : fitted generator
        With ``sample(n, random_state)``; a conditional one draws its own labels.
    X : uint8 array of shape (n, H, W[, C])
        Held-out real images; of more than :data:`MOST`, so many are drawn.
    classes : int
        Classes of the data set; 0 where it has none, and those of the judge count.
    judge : Judge

    Returns
    -------
    DataFrame of min(n, MOST) rows
        ``real:0`` ... ``real:<d - 1>`` and ``made:0`` ... (float32), the features of a real and
        of a made image, which have nothing else to do with each other; ``real_class`` and
        ``made_class``, what the judge takes them for.
    """
    random = np.random.RandomState(_SEED)
    real = np.asarray(X)
    if len(real) > MOST:
        real = real[np.sort(random.permutation(len(real))[:MOST])]
    made = estimator.sample(len(real), random_state=_SEED)
    columns: dict[str, Array] = {}
    for name, images in (("real", real), ("made", made)):
        features = np.asarray(judge.features(images), dtype=np.float32)
        columns |= {f"{name}:{place}": column for place, column in enumerate(features.T)}
    for name, images in (("real", real), ("made", made)):
        columns[f"{name}_class"] = np.asarray(judge.predict(images), dtype=np.int64)
    table = pd.DataFrame(columns)
    table.attrs["classes"] = classes
    return table


def score(
    y: Array | None, predictions: pd.DataFrame
) -> tuple[dict[str, float | None], dict[str, str]]:
    """Score what :func:`predict` returned.

    Parameters
    ----------
    y : any
        Not looked at: the table holds the real images' features.
    predictions : DataFrame

    Returns
    -------
    metrics : dict of str to float or None
        ``frechet_distance``; ``sample_precision`` and ``sample_recall`` with 3 nearest
        neighbours; ``class_distance``, the total variation between the judge's classes of real
        and of made images.
    undefined : dict of str to str
        Why one is None.

    References
    ----------
    See :mod:`handbook.tasks.frechet`.

    Examples
    --------
    >>> table = pd.DataFrame({"real:0": [0.0, 1, 2, 3, 4], "made:0": [2.0, 3, 4, 5, 6]})
    >>> metrics, _ = score(None, table.assign(real_class=0, made_class=[0, 0, 0, 0, 1]))
    >>> {name: round(value, 9) for name, value in metrics.items()}
    {'frechet_distance': 4.0, 'sample_precision': 1.0, 'sample_recall': 1.0, 'class_distance': 0.2}
    """
    real, made = _features(predictions, "real"), _features(predictions, "made")
    metrics: dict[str, float | None] = {}
    undefined: dict[str, str] = {}
    n = len(predictions)
    if n < 2:
        metrics["frechet_distance"] = None
        undefined["frechet_distance"] = f"{n} image has no covariance"
    else:
        metrics["frechet_distance"] = frechet_distance(real, made)
    if n <= _NEIGHBOURS:
        why = f"{n} images have no {_NEIGHBOURS} nearest neighbours"
        for name in ("sample_precision", "sample_recall"):
            metrics[name], undefined[name] = None, why
    else:
        found = precision_and_recall(real, made, _NEIGHBOURS)
        metrics["sample_precision"], metrics["sample_recall"] = found
    seen = [predictions[f"{name}_class"].to_numpy() for name in ("real", "made")]
    codes = 1 + int(max(one.max() for one in seen))
    counts = [np.bincount(one, minlength=codes) for one in seen]
    metrics["class_distance"] = total_variation(*counts)
    return metrics, undefined


def ends(images: Any, X: Any, classes: int, judge: Judge) -> dict[str, dict[str, float | None]]:
    """Measure both ends of the scale: other real images, and noise.

    Parameters
    ----------
    images : uint8 array of shape (m, H, W[, C])
        Training images.
    X : uint8 array of shape (n, H, W[, C])
        Held-out ones.
    classes : int
    judge : Judge

    Returns
    -------
    dict
        ``real`` and ``noise`` to the metrics of :class:`Resampled` and :class:`PixelNoise`.
    """
    return {
        name: score(None, predict(end.fit(images), X, classes, judge))[0]
        for name, end in (("real", Resampled()), ("noise", PixelNoise()))
    }


def _features(predictions: pd.DataFrame, name: str) -> Array:
    wanted = [column for column in predictions.columns if column.startswith(f"{name}:")]
    return predictions[wanted].to_numpy(dtype=float)
