"""What the validation of a data set could leave behind."""

from __future__ import annotations

from typing import Any


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
