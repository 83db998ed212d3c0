"""Which expectations become rules about single rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from handbook.core.files import write_json
from handbook.data import registry, row_rules
from handbook.data.intake import admit, columns_of
from handbook.data.row_rules import RowRule
from handbook.data.validate import check


def verdict(path: Path, name: str) -> Path:
    """Write the verdict on a sample of a data set."""
    module = registry.module(name)
    data = module.sample(0)
    frame = data.X.assign(**{data.target: [data.classes[code] for code in data.y]})
    write_json(path, {"expectations": check(frame, module.expectations("sample"))})
    return path


def test_a_verdict_holds_the_rules_that_single_rows_can_break(tmp_path: Path) -> None:
    X = registry.module("bank-marketing").sample(0).X
    columns = columns_of(X)
    texts = [column.name for column in columns if column.categories is not None]
    rules = row_rules.read(verdict(tmp_path / "v.json", "bank-marketing"), list(X.columns), texts)
    assert [(rule.kind[24:], rule.column) for rule in rules if "where" in rule.arguments] == [
        ("be_null", "pdays"),
        ("not_be_null", "pdays"),
        ("be_in_set", "poutcome"),
    ]
    limits = {rule.column: rule.expected for rule in rules if rule.kind.endswith("between")}
    assert limits["age"] == "18 to 95: customers are adults, the oldest is 95"
    assert set(limits) == {"age", "balance", "day", "duration", "campaign", "previous", "pdays"}
    assert {rule.kind for rule in rules if rule.column == "job"} == set()  # its column says so
    _, remarks = admit(X, columns, "flag", rules=rules)
    assert set(remarks) == {""}


def test_no_verdict_no_rules(tmp_path: Path) -> None:
    assert row_rules.read(tmp_path / "validation.json", ["age"], []) == []


@pytest.mark.parametrize(
    ("kind", "arguments", "broken"),
    [
        ("be_between", {"min_value": 1, "max_value": None}, [0.0]),
        ("be_between", {"min_value": None, "max_value": 2, "strict_max": True}, [2.0, 3.5]),
        ("be_in_set", {"value_set": [0, 1]}, [2.0, 3.5]),
        ("be_of_type", {"type_": "int64"}, [3.5]),
    ],
)
def test_values_that_break_a_rule(
    kind: str, arguments: dict[str, object], broken: list[float]
) -> None:
    rule = RowRule(f"expect_column_values_to_{kind}", "x", arguments, "")
    x = pd.Series([0.0, 1, 2, 3.5, None])
    assert x[rule.broken(x.to_frame("x"))].tolist() == broken
    assert RowRule.parse(rule.plain()) == rule
