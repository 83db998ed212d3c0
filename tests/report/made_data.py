"""What the validation of a data set could leave behind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from handbook.data.dataset import Dataset


def expectations(name: str, *, fails: bool) -> list[dict[str, Any]]:
    """Three expectations of a data set, the first of which may not hold."""
    return [
        {
            "expectation": "expect_column_values_to_be_between",
            "column": "age",
            "arguments": {"min_value": 18, "max_value": 95},
            "meaning": "Customers are adults",
            "success": not fails,
            "observed": {"min": 7 if fails else 18, "max": 95},
            "unexpected_count": 3 if fails else 0,
            "unexpected_rows": [7, 19, 44] if fails else [],
            "unexpected_values": [7, 12.5, 17] if fails else [],
            "remedy": f"the file is not the published release; delete data/raw/{name} "
            "and acquire it again",
        },
        {
            "expectation": "expect_table_row_count_to_equal",
            "column": None,
            "arguments": {"value": 45211},
            "meaning": "The release has a known number of rows",
            "success": True,
            "observed": 45211,
            "unexpected_count": None,
            "unexpected_rows": [],
            "unexpected_values": [],
            "remedy": "acquire it again",
        },
        {
            "expectation": "expect_column_values_to_be_in_set",
            "column": "marital",
            "arguments": {"value_set": ["divorced", "married", "single"]},
            "meaning": "Marital status is one of the documented categories",
            "success": True,
            "observed": ["divorced", "married", "single"],
            "unexpected_count": 0,
            "unexpected_rows": [],
            "unexpected_values": [],
            "remedy": "acquire it again",
        },
    ]


def rows_like(profile: dict[str, Any], part: str) -> Dataset:
    """A few made-up rows with the columns of a profile, others for each part."""
    rng = np.random.default_rng([len(part), len(profile["data"])])
    classes = tuple(profile["classes"])
    y: Any = rng.integers(0, len(classes), 24) if classes else rng.gamma(6, 3.7, 24)
    X: Any = pd.DataFrame({"x": rng.normal(size=24)})
    if profile["kind"] == "images":
        X = rng.integers(0, 256, (24, *profile["images"]["shape"]), dtype=np.uint8)
    elif profile["kind"] == "text":
        X, y = f"{part}: When shall we three meet again?\n" * 20, None
    elif profile["columns"]:
        X = pd.DataFrame({column["name"]: _column(column, rng) for column in profile["columns"]})
    return Dataset(
        profile["data"], profile["variant"], profile["kind"], X, y, profile["target"], classes
    )


def _column(column: dict[str, Any], rng: np.random.Generator) -> Any:
    if column["type"] == "category":
        names = [name for name, _ in column["top"]]
        return pd.Categorical([*rng.choice(names, 23), None])
    return np.append(rng.integers(column["min"], column["max"], 23), np.nan)
