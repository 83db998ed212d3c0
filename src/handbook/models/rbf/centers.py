"""Where the units stand: k-means, mini-batch k-means, or rows drawn at random."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.utils import check_random_state

from handbook.models.rbf.units import Array

__all__ = ["PLACEMENTS", "Placement", "place_centers"]

Placement = Literal["kmeans", "minibatch", "random"]
PLACEMENTS: tuple[Placement, ...] = get_args(Placement)


def place_centers(
    X: Array,
    placement: Placement,
    n_centers: int,
    *,
    weight: Array | None = None,
    max_iter: int = 100,
    n_init: int = 1,
    random_state: Any = None,
) -> tuple[Array, int]:
    """Return distinct centres, fewer than asked for where there are fewer distinct rows.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    placement : {"kmeans", "minibatch", "random"}
        Centroids of k-means, of mini-batch k-means, or rows drawn without replacement.
    n_centers : int
    weight : ndarray of shape (n,) or None
        Weight of each row, above 0: in the centroids, or in the draw.
    max_iter, n_init : int
        Iterations of a k-means run, and runs of which the best is kept.
    random_state : int, RandomState instance or None

    Returns
    -------
    centers : ndarray of shape (M, d)
        In lexicographic order.
    n_iter : int
        Iterations that k-means took; 1 for a draw.

    References
    ----------
    Moody and Darken, "Fast learning in networks of locally-tuned processing units", Neural
    Computation 1 (1989), for k-means; Sculley, "Web-scale k-means clustering", WWW (2010), for
    mini-batches. Handbook, 7.1.1.

    Examples
    --------
    >>> X = np.array([[0.0], [2.0], [10.0], [12.0]])
    >>> place_centers(X, "kmeans", 2, random_state=0)[0].tolist()
    [[1.0], [11.0]]
    """
    # Asked for more clusters than there are distinct rows, scikit-learn's k-means spoils some of
    # its centres while it looks for rows to give to the empty ones.
    distinct, place = np.unique(X, axis=0, return_inverse=True)
    count = min(n_centers, len(distinct))
    if placement == "random":
        share = np.bincount(place, weights=weight) / (len(X) if weight is None else weight.sum())
        generator = check_random_state(random_state)
        centers = distinct[generator.choice(len(distinct), count, replace=False, p=share)]
        n_iter = 1
    else:
        kind = KMeans if placement == "kmeans" else MiniBatchKMeans
        clusters = kind(
            n_clusters=count, n_init=n_init, max_iter=max_iter, random_state=random_state
        )
        clusters.fit(X, sample_weight=weight)
        centers, n_iter = clusters.cluster_centers_, int(clusters.n_iter_)
    ordered: Array = np.unique(centers, axis=0)
    return ordered, n_iter
