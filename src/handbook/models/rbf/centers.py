"""Centres of the units: by k-means, by mini-batch k-means, or rows drawn at random."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.utils import check_random_state

from handbook.models.rbf.units import Array

__all__ = ["Placement", "place_centers"]

Placement = Literal["kmeans", "minibatch", "random"]


def place_centers(
    X: Array,
    placement: Placement,
    n_centers: int,
    weight: Array | None = None,
    max_iter: int = 100,
    n_init: int = 1,
    random_state: Any = None,
) -> tuple[Array, int]:
    """Return distinct centres, (M, d) in lexicographic order, and the iterations of k-means.

    There are `n_centers`, or fewer where there are fewer distinct rows, (n, d): centroids of
    k-means, of mini-batch k-means, or rows drawn without replacement (1 iteration).

    Parameters
    ----------
    weight : ndarray of shape (n,) or None
        Positive weight of each row, in the centroids or as probability of being drawn.
    max_iter, n_init : int
        Iterations of one k-means run, and number of runs of which the best is kept.

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
    # With more clusters than distinct rows, scikit-learn's k-means returns wrong centres: it
    # takes rows from other clusters to fill the empty ones.
    distinct, inverse = np.unique(X, axis=0, return_inverse=True)
    count = min(n_centers, len(distinct))
    if placement == "random":
        share = np.bincount(inverse, weights=weight) / (len(X) if weight is None else weight.sum())
        chosen = check_random_state(random_state).choice(len(distinct), count, False, share)
        centers = distinct[chosen]
        n_iter = 1
    else:
        algorithm = KMeans if placement == "kmeans" else MiniBatchKMeans
        clusters = algorithm(
            n_clusters=count, n_init=n_init, max_iter=max_iter, random_state=random_state
        )
        clusters.fit(X, sample_weight=weight)
        centers, n_iter = clusters.cluster_centers_, int(clusters.n_iter_)
    ordered: Array = np.unique(centers, axis=0)
    return ordered, n_iter
