"""The order of the RBF network's steps, and the order that it gives categories (section 7.3)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from handbook.labs.result import Result, against, implies, listing, outcome

__all__ = ["apart", "compute"]


def apart(encoder: Any, categories: list[str]) -> list[float]:
    """Return the distance of the first encoded category to the second, and to the last.

    The encoder gives a dense array.

    Examples
    --------
    >>> apart(OrdinalEncoder(), ["a", "b", "c", "d"])
    [1.0, 3.0]
    """
    codes = encoder.fit_transform(np.array(categories, dtype=object)[:, None])
    distances = cdist(codes[:1], codes)[0]
    return [float(distances[1]), float(distances[-1])]


def _as_listed(points: np.ndarray, n_centers: int) -> None:
    centers: np.ndarray
    for step in (5, 6):
        if step == 5:
            cdist(points, centers)  # noqa: F821 - which is what the listing does
        else:
            centers = KMeans(n_centers, n_init=1, random_state=0).fit(points).cluster_centers_


def compute(categories: list[str]) -> list[Result]:
    """Take the steps in the order of the text, and encode categories in two ways."""
    points = np.arange(8.0)[:, None]
    one_hot = OneHotEncoder(sparse_output=False)
    return [
        against("a name is used before it has a value")(
            "the steps in the order in which they are listed",
            outcome(lambda: _as_listed(points, n_centers=2)),
            "raises UnboundLocalError",
            book=implies("runs", (8020, 8022)),
            fault="crashes when run",
            reason="step 5 uses the centres, which step 6 makes",
            instead="finds the centres first",
        ),
        against("any two one-hot vectors differ in two places by 1")(
            f"distance of the first category to the second and to the last of {len(categories)}",
            apart(one_hot, sorted(categories)),
            [math.sqrt(2)] * 2,
            book=listing(apart(OrdinalEncoder(), sorted(categories)), 7959),
            fault="wrong claim",
            reason="numbered labels give categories an order, and distances that mean nothing",
            instead="encodes them one-hot outside of the variant book",
        ),
    ]
