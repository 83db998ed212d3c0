"""Made-up entries of ``explain.json``, one a kind: the format that drawings rely on."""

from __future__ import annotations

from typing import Any

import numpy as np

LONG = "a column with a name that goes on and on"


def permutation(names: list[str], metric: str = "roc_auc", **other: Any) -> dict[str, Any]:
    means = [0.2 / 2**place for place in range(len(names))]
    return {
        "metric": metric,
        "score": 0.91,
        "rows": 1000,
        "of_rows": 9043,
        "repeats": 10,
        "seed": 42,
        "interval": "…",
        "columns": [
            {"name": name, "mean": mean, "low": mean - 0.01, "high": mean + 0.02}
            for name, mean in zip(names, means, strict=True)
        ],
    } | other


def impurity(names: list[str], trees: int | None = 100) -> dict[str, Any]:
    total = sum(range(1, len(names) + 1))
    shares = [place / total for place in range(len(names), 0, -1)]
    columns = [
        {
            "name": name,
            "share": share,
            "low": share / 2 if trees else None,
            "high": share * 1.5 if trees else None,
        }
        for name, share in zip(names, shares, strict=True)
    ]
    return {
        "trees": trees,
        "percentiles": [10, 90] if trees else None,
        "columns": columns,
        "features": columns,
    }


def coefficients(names: list[str], series: list[str], **other: Any) -> dict[str, Any]:
    return {
        "of": "log odds" if len(series) == 1 else "score",
        "scaling": "standard",
        "total": len(names) + 7,
        "features": names,
        "series": [
            {
                "name": name,
                "intercept": 0.0,
                "values": [
                    (-1) ** (place + shift) * (2.5 - 0.1 * place + shift)
                    for place in range(len(names))
                ],
            }
            for shift, name in enumerate(series)
        ],
    } | other


def path(names: list[str], kind: str = "lasso", own: float = 0.1) -> dict[str, Any]:
    grid = np.geomspace(0.001, 10, 21)
    alphas = np.union1d(grid, [own]) if own else grid
    shrunk = np.maximum(1 - np.sqrt(alphas / alphas[-1]), 0)
    lines = [
        {"name": name, "values": ((3 - 0.02 * place) * shrunk).tolist()}
        for place, name in enumerate(names)
    ]
    return {
        "kind": kind,
        "target": "medv",
        "scaling": "standard",
        "own": own,
        "alphas": alphas.tolist(),
        "total": len(names) + 5,
        "kept": [*[len(names)] * (len(alphas) - 1), 0],
        "size": (5 * shrunk).tolist(),
        "own_kept": 4,
        "own_size": 4.5,
        "lines": lines,
    }


def leaf(rows: int, below: int = 0, **said: Any) -> dict[str, Any]:
    return {"rows": rows, "impurity": 0.25, "below": below} | said


def asks(question: str, yes: Any, no: Any, **said: Any) -> dict[str, Any]:
    rows = yes["rows"] + no["rows"]
    return {
        "rows": rows,
        "impurity": 0.4,
        "question": question,
        "yes": yes,
        "no": no,
    } | said


def tree(root: dict[str, Any], classes: tuple[str, ...] = (), **other: Any) -> dict[str, Any]:
    return {
        "criterion": "gini" if classes else "squared_error",
        "classes": list(classes),
        "target": "medv",
        "depth": 9,
        "leaves": 31,
        "nodes": 61,
        "shown": 3,
        "root": root,
    } | other


def full_tree(classes: tuple[str, ...], question: str = "age ≤ 60.5") -> dict[str, Any]:
    said: dict[str, Any] = (
        {"shares": [1 / len(classes)] * len(classes)} if classes else {"value": 22.53}
    )

    def grow(levels: int) -> dict[str, Any]:
        if levels == 0:
            return leaf(4521, 7, **said)
        return asks(question, grow(levels - 1), grow(levels - 1), **said)

    return tree(grow(3), classes)


def scatter(classes: tuple[str, ...]) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    codes = np.arange(60) % len(classes)
    points = rng.normal(size=(60, 2)) + 4 * codes[:, None]
    part = {"rows": 60, "points": points.tolist(), "codes": codes.tolist()}
    means = [points[codes == code].mean(axis=0).tolist() for code in range(len(classes))]
    return {
        "axes": 2,
        "classes": list(classes),
        "ratio": [0.9913, 0.0087],
        "means": means,
        "edges": None,
        "train": part,
        "test": part,
    }


def histogram(classes: tuple[str, ...], test: list[list[int]]) -> dict[str, Any]:
    edges = np.linspace(-2, 2, len(test[0]) + 1).tolist()
    rows = sum(map(sum, test))
    return {
        "axes": 1,
        "classes": list(classes),
        "ratio": [1.0],
        "means": [[-0.24], [1.81]],
        "edges": edges,
        "train": {"rows": rows, "counts": test},
        "test": {"rows": rows, "counts": test},
    }


def grid(rows: int, columns: int, topology: str = "rectangular") -> dict[str, Any]:
    down, across = np.indices((rows, columns), dtype=float).reshape(2, -1)
    if topology == "hexagonal":
        down, across = down - 0.5 * (across % 2 == 0), across * np.sqrt(0.75)
    places = np.column_stack([down, across]).round(5)
    return {"shape": [rows, columns], "topology": topology, "positions": places.tolist()}


def distance_map(of: dict[str, Any], classes: tuple[str, str], **other: Any) -> dict[str, Any]:
    """Nodes further and further apart, the last two of them outliers."""
    n = len(of["positions"])
    counts = [[place % 3 * 150, (n - place) % 4 * 5] for place in range(n)]
    return (
        of
        | {
            "classes": list(classes),
            "metric": "euclidean",
            "rule": "distance-map",
            "distances": np.linspace(0.1, 0.9, n).tolist(),
            "counts": counts,
            "outliers": [place >= n - 2 for place in range(n)],
        }
        | other
    )


def hit_map(of: dict[str, Any], classes: tuple[str, str], **other: Any) -> dict[str, Any]:
    entry = distance_map(of, classes)
    return of | {key: entry[key] for key in ("classes", "counts")} | other


def component_planes(of: dict[str, Any], names: list[str], total: int = 30) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    n = len(of["positions"])
    planes = [{"name": name, "values": rng.normal(0, 1e4, n).tolist()} for name in names]
    return of | {"total": total, "planes": planes}


def outliers(classes: tuple[str, str], has_map: bool = True, **other: Any) -> dict[str, Any]:
    listed = [
        {
            "row": 7000 - place,
            "score": 0.9 - place / 100,
            "class": classes[place % 2],
            "node": [3, place] if has_map else None,
            "values": [12.5, None, "student", -4000],
        }
        for place in range(20)
    ]
    each = [
        {
            "node": [place // 10, place % 10],
            "distance": place / 100,
            "error": place / 50 if place else None,
            "outlier": place > 70,
            "rows": 2 * place,
            "flagged": place,
            "second": place // 2,
        }
        for place in range(100)
    ]
    return {
        "classes": list(classes),
        "threshold": 0.5,
        "test": {
            "rows": [1900, 100],
            "flagged": [40, 60],
            "edges": [0.1, 0.3, 0.5, 0.7],
            "counts": [[1000, 860, 40], [10, 30, 60]],
        },
        "budgets": [
            {"share": share, "rows": round(2000 * share), "precision": precision, "recall": recall}
            for share, precision, recall in (
                (0.01, 0.95, 0.19), (0.02, 0.85, 0.34), (0.05, 0.6, 0.6), (0.1, 0.35, 0.7),
            )
        ],
        "train": {
            "rows": [7600, 400],
            "flagged": [1150, 250],
            "columns": ["age", "pdays", "job", "balance"],
            "strangest": listed,
        },
        "rule": "distance-map" if has_map else None,
        "nodes": each if has_map else None,
    } | other  # fmt: skip
