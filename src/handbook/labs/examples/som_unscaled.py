"""Which column rules a self-organizing map of card applications that are not scaled (8.5)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import pdist
from scipy.stats import f_oneway
from sklearn.preprocessing import MinMaxScaler

from handbook.data.dataset import Dataset
from handbook.labs.result import Array, Result, against, implies
from handbook.models.som import SelfOrganizingMap

__all__ = ["compute", "kept", "plot", "shares"]


def shares(X: Array) -> Array:
    """Return the share of each column in the mean squared distance of two rows.

    It is the column's share in the sum of all variances.

    Examples
    --------
    >>> shares(np.array([[0.0, 0.0], [3.0, 1.0]])).tolist()
    [0.9, 0.1]
    """
    variances = X.var(axis=0)
    return np.asarray(variances / variances.sum())


def kept(X: Array, labels: npt.ArrayLike) -> Array:
    """Return how much of each column's variance lies between groups of rows.

    Examples
    --------
    >>> kept(np.array([[0.0, 0.0], [0.0, 1.0], [4.0, 0.0], [4.0, 1.0]]), [0, 0, 1, 1]).tolist()
    [1.0, 0.0]
    """
    labels = np.asarray(labels)
    groups = np.unique(labels)
    means = np.array([X[labels == group].mean(axis=0) for group in groups])
    sizes = np.array([np.sum(labels == group) for group in groups])
    between = sizes @ (means - X.mean(axis=0)) ** 2 / len(X)
    return np.asarray(between / X.var(axis=0))


def compute(data: Dataset, columns: int, rows: int, side: int) -> list[Result]:
    """Compare what each column weighs in a map's distances, unscaled and scaled."""
    names, X = _taken(data, columns, rows)
    plain, scaled = shares(X), shares(_scaled(X))
    ruling = int(np.argmax(plain))
    pairs = np.array([pdist(column[:, None], "sqeuclidean").mean() for column in X.T])
    nodes = SelfOrganizingMap(side, side).fit(X).labels_
    return [
        against("scipy's squared distances of all pairs of rows, column by column")(
            f"shares of {', '.join(names)} in the squared distance of two rows",
            plain,
            pairs / pairs.sum(),
        ),
        against("scipy's squared distances of all pairs of rows, column by column")(
            f"share of {names[ruling]}, the largest, in the squared distance of two rows",
            plain.max(),
            (pairs / pairs.sum()).max(),
            book=implies(float(scaled.max()), (8750, 8757, 8790, 8804)),
            reason="the listing scales the columns into a variable of its own and never uses it: "
            "the map starts from, learns from and is shown the columns as they are, in which the "
            "widest rules the distance",
            instead="scales the columns before the map sees them (model som)",
            fault="contradicts itself",
        ),
        against("scipy.stats.f_oneway: F d / (F d + e), with d and e degrees of freedom")(
            "share of each column's variance between the nodes of a map of the unscaled rows",
            kept(X, nodes),
            [_by_analysis_of_variance(column, nodes) for column in X.T],
        ),
    ]


def plot(data: Dataset, columns: int, rows: int, side: int) -> dict[str, Any]:
    """Return each column's share in the distances and what a map keeps of it, in both ways."""
    names, X = _taken(data, columns, rows)
    ways = {"as they are": X, "scaled to [0, 1]": _scaled(X)}
    return {
        "columns": names,
        "shares": {way: shares(values) for way, values in ways.items()},
        # What groups as many keep of a column that has nothing to do with them, on average.
        "chance": (side**2 - 1) / (len(X) - 1),
        "kept": {
            way: kept(X, SelfOrganizingMap(side, side).fit(values).labels_)
            for way, values in ways.items()
        },
    }


def _taken(data: Dataset, columns: int, rows: int) -> tuple[list[str], Array]:
    """Return the first columns with their codes as numbers, as the file has them."""
    table = data.X.iloc[:rows, :columns]
    return list(table.columns), table.astype(str).astype(float).to_numpy()


def _by_analysis_of_variance(column: Array, nodes: npt.NDArray[np.intp]) -> float:
    groups = [column[nodes == node] for node in np.unique(nodes)]
    between, within = len(groups) - 1, len(column) - len(groups)
    explained = between * f_oneway(*groups).statistic
    return float(explained / (explained + within))


def _scaled(X: Array) -> Array:
    return np.asarray(MinMaxScaler().fit_transform(X))
