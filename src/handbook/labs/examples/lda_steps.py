"""Linear discriminant analysis step by step, from means to classes (section 2.10)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh
from sklearn.datasets import load_iris
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_selection import f_classif

from handbook.labs.result import Array, Result, against

__all__ = ["Scatter", "compute", "discriminants", "plot", "scatter"]

Labels = npt.NDArray[np.int64]


class Scatter(NamedTuple):
    """Mean of each class, (classes, d), and scatter within and between classes, (d, d)."""

    means: Array
    within: Array
    between: Array


def scatter(X: Array, y: Labels) -> Scatter:
    """Return the means and the scatter matrices of classes numbered from 0.

    Examples
    --------
    >>> scatter(np.array([[0.0], [2.0], [5.0], [7.0]]), np.array([0, 0, 1, 1])).within.tolist()
    [[4.0]]
    """
    means = np.array([X[y == label].mean(axis=0) for label in np.unique(y)])
    apart, centred = means[y] - X.mean(axis=0), X - means[y]
    return Scatter(means, centred.T @ centred, apart.T @ apart)


def discriminants(X: Array, y: Labels) -> tuple[Array, Array]:
    """Return the eigenvalues of S_w⁻¹ S_b, the largest first, and their directions in columns.

    Directions are scaled so that the pooled covariance within classes is 1 along each; the largest
    entry of each is positive.

    References
    ----------
    Fisher (1936), "The use of multiple measurements in taxonomic problems"; Rao (1948).
    """
    _, within, between = scatter(X, y)
    values, vectors = eigh(between, within)
    most = min(len(np.unique(y)) - 1, X.shape[1])
    best = np.argsort(-values)[:most]
    directions = vectors[:, best]
    signs = np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(most)])
    return values[best], directions * signs * np.sqrt(len(y) - len(np.unique(y)))


def compute(keep: int) -> list[Result]:
    """Project Fisher's irises by the book's six steps, and classify by the nearest class mean."""
    X, y = load_iris(return_X_y=True)
    means, within, between = scatter(X, y)
    values, directions = discriminants(X, y)
    model = LinearDiscriminantAnalysis(solver="eigen").fit(X, y)
    by_peer = against(
        "sklearn.discriminant_analysis.LinearDiscriminantAnalysis, solver eigen", 1e-8
    )
    projected = (X - X.mean(axis=0)) @ directions[:, :keep]
    centres = (means - X.mean(axis=0)) @ directions[:, :keep]
    distances = np.linalg.norm(projected[:, None] - centres, axis=2)
    theirs = model.transform(X) - model.transform(X).mean(axis=0)
    theirs *= _scales(theirs, y)
    return [
        by_peer("1. mean of each class", means, model.means_),
        against("total scatter: numpy.cov, times rows less 1", 1e-8)(
            "2. scatter within and between classes, added up",
            within + between,
            np.cov(X.T) * (len(X) - 1),
        ),
        against("one-way analysis of variance: sklearn.feature_selection.f_classif", 1e-6)(
            "2. between over within along each feature, by degrees of freedom",
            np.diag(between) / np.diag(within) * (len(X) - len(means)) / (len(means) - 1),
            f_classif(X, y)[0],
        ),
        against("numpy.linalg.eigvals of S_w⁻¹ S_b", 1e-8)(
            "3. eigenvalues",
            values,
            np.sort(np.linalg.eigvals(np.linalg.solve(within, between)).real)[::-1][: len(values)],
        ),
        by_peer(
            "4. share of each in their sum, sorted",
            values / values.sum(),
            model.explained_variance_ratio_,
        ),
        by_peer(
            f"5. every tenth flower on {keep} directions, without signs, which are free",
            np.abs(projected[::10]),
            np.abs(theirs[::10, :keep]),
        ),
        by_peer(
            f"6. class of the nearest mean there, flowers of {len(X)} that agree",
            np.sum(distances.argmin(axis=1) == model.predict(X)),
            len(X),
        ),
        against("scikit-learn's own score")(
            "6. accuracy on the flowers it was fitted to",
            np.mean(distances.argmin(axis=1) == y),
            model.score(X, y),
        ),
    ]


def plot(keep: int) -> dict[str, Any]:
    """Return the flowers on two features, and on the directions."""
    flowers = load_iris()
    X, y = flowers.data, flowers.target
    values, directions = discriminants(X, y)
    return {
        "names": flowers.target_names.tolist(),
        "classes": y,
        "features": X[:, :2],
        "feature_names": flowers.feature_names[:2],
        "projected": (X - X.mean(axis=0)) @ directions[:, :2],
        "shares": values / values.sum(),
        "kept": keep,
    }


def _scales(projected: Array, y: Labels) -> Array:
    """Return the factors that give each direction a pooled variance of 1 within classes."""
    means = np.array([projected[y == label].mean(axis=0) for label in np.unique(y)])
    degrees = len(y) - len(means)
    return np.asarray((degrees / np.sum((projected - means[y]) ** 2, axis=0)) ** 0.5)
