"""Groups, directions and few labels: learning from rows without a target (2.4.2 to 2.4.4)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import scale
from sklearn.semi_supervised import LabelSpreading

from handbook.labs.result import Array, Result, against

__all__ = ["components", "compute", "groups", "plot", "spread"]

Labels = npt.NDArray[np.int64]
# How much of its neighbours' classes a row takes on, of its own label the rest: scikit-learn's.
_SHARE = 0.2


def groups(X: Array, centres: Array) -> tuple[Array, Labels]:
    """Move each centre to the mean of the rows nearest to it, until nothing moves.

    Returns the centres and the group of each row.

    References
    ----------
    Lloyd (1982), "Least squares quantization in PCM".

    Examples
    --------
    >>> groups(np.array([[0.0], [2.0], [9.0]]), np.array([[0.0], [3.0]]))[0].tolist()
    [[1.0], [9.0]]
    """
    while True:
        group = cdist(X, centres).argmin(axis=1)
        moved = np.array([X[group == k].mean(axis=0) for k in range(len(centres))])
        if np.array_equal(moved, centres):
            return centres, group
        centres = moved


def components(X: Array) -> tuple[Array, Array]:
    """Return the variances along the principal components, the largest first, and these in rows.

    The largest entry of each is positive.
    """
    values, vectors = np.linalg.eigh(np.cov(X.T))
    directions = vectors.T[::-1]
    largest = directions[np.arange(len(directions)), np.abs(directions).argmax(axis=1)]
    return values[::-1], directions * np.sign(largest)[:, None]


def spread(X: Array, labels: Labels, gamma: float) -> Labels:
    """Spread a few labels over all rows, -1 standing for none, and return the class of each.

    References
    ----------
    Zhou, Bousquet, Lal, Weston and Schoelkopf (2004), "Learning with local and global consistency".
    """
    near = np.exp(-gamma * cdist(X, X, "sqeuclidean"))
    np.fill_diagonal(near, 0)
    root = 1 / np.sqrt(near.sum(axis=1))
    given = (labels[:, None] == np.unique(labels[labels >= 0])).astype(float)
    whole = np.eye(len(X)) - _SHARE * root[:, None] * near * root
    return np.asarray(np.linalg.solve(whole, given).argmax(axis=1))


def compute(kinds: int, labelled: int, draws: int, gamma: float, seed: int) -> list[Result]:
    """Group flowers without labels, then name their kinds from a few labels."""
    X, y = scale(load_iris().data), load_iris().target
    start = X[:: len(X) // kinds][:kinds]
    centres, group = groups(X, start)
    theirs = KMeans(kinds, init=start, n_init=1, tol=0).fit(X)
    values, vectors = components(X)
    peer = PCA().fit(X)
    few = [_few(y, labelled, [seed, draw]) for draw in range(draws)]
    spreads = [spread(X, labels, gamma) for labels in few]
    by_peer = [
        LabelSpreading(kernel="rbf", gamma=gamma, alpha=_SHARE, max_iter=500, tol=1e-9)
        .fit(X, labels)
        .transduction_
        for labels in few
    ]
    return [
        against("sklearn.cluster.KMeans from the same centres")(
            f"centres of {kinds} groups", centres, theirs.cluster_centers_
        ),
        against("sklearn.cluster.KMeans from the same centres")(
            "flowers in each group", np.bincount(group), np.bincount(theirs.labels_)
        ),
        against("sklearn.decomposition.PCA")(
            "share of the variance along each principal component",
            values / values.sum(),
            peer.explained_variance_ratio_,
        ),
        against("sklearn.decomposition.PCA, by singular values")(
            "the first two of these, without signs, which are free",
            np.abs(vectors[:2]),
            np.abs(peer.components_[:2]),
        ),
        against("sklearn.semi_supervised.LabelSpreading, step by step")(
            f"flowers given the kind that their neighbours pass on, {labelled} labels a kind, "
            f"by draw of {draws}: right ones",
            [np.sum(classes == y) for classes in spreads],
            [np.sum(classes == y) for classes in by_peer],
        ),
        against("sklearn.neighbors.KNeighborsClassifier, the nearest labelled flower")(
            "the same by the labelled flowers alone",
            [np.sum(_nearest(X, labels) == y) for labels in few],
            [_right(X, y, labels) for labels in few],
        ),
    ]


def plot(kinds: int, labelled: int, draws: int, gamma: float, seed: int) -> dict[str, Any]:
    """Return the flowers on two components with kind and group, and the right ones by draw."""
    X, y = scale(load_iris().data), load_iris().target
    values, vectors = components(X)
    _, group = groups(X, X[:: len(X) // kinds][:kinds])
    few = [_few(y, labelled, [seed, draw]) for draw in range(draws)]
    return {
        "projected": X @ vectors[:2].T,
        "shares": (values / values.sum())[:2],
        "kinds": y,
        "names": load_iris().target_names.tolist(),
        "groups": group,
        "labelled": labelled,
        "alone": [np.mean(_nearest(X, labels) == y) for labels in few],
        "together": [np.mean(spread(X, labels, gamma) == y) for labels in few],
    }


def _few(y: Labels, labelled: int, seed: list[int]) -> Labels:
    """Keep the labels of a few rows of each class, -1 for all others."""
    rng, labels = np.random.default_rng(seed), np.full(len(y), -1)
    for kind in np.unique(y):
        labels[rng.choice(np.flatnonzero(y == kind), labelled, replace=False)] = kind
    return labels


def _nearest(X: Array, labels: Labels) -> Labels:
    rows = labels >= 0
    return np.asarray(labels[rows][cdist(X, X[rows]).argmin(axis=1)])


def _right(X: Array, y: Labels, labels: Labels) -> int:
    rows = labels >= 0
    model = KNeighborsClassifier(1).fit(X[rows], labels[rows])
    return int(np.sum(model.predict(X) == y))
