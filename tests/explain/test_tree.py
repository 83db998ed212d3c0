from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from tests.explain.made_runs import fit, flowers, mixed

from handbook.core.errors import HandbookError
from handbook.explain.features import Feature
from handbook.explain.tree import question, tree

CATEGORIES = ("apr", "aug", "dec", "feb")


def stump(X: pd.DataFrame, y: Any, **recipe: Any) -> dict[str, Any]:
    result = tree(fit(DecisionTreeRegressor(max_depth=1), X, y, **recipe))
    root: dict[str, Any] = result["root"]
    return root


# --- questions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("numeric", ["standard", "minmax", "none"])
@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([20.0, 30.0, 60.0, 61.0, 70.0], "x ≤ 60.5"),
        ([-4e4, -3e4, 0.0, 1.0, 5e4], "x ≤ 0.5"),
        ([-2.5, -2.5, -2.25, -1.75, 0.0], "x ≤ −2"),
        ([1e6, 1.5e6, 2e6, 3e6, 4e6], "x ≤ 2,500,000"),
    ],
)
def test_a_stump_asks_in_the_columns_own_unit(numeric: str, values: list[float], text: str) -> None:
    root = stump(pd.DataFrame({"x": values}), [0.0, 0, 0, 1, 1], numeric=numeric)
    assert root["question"] == text
    assert (root["yes"]["rows"], root["no"]["rows"]) == (3, 2)
    assert (root["yes"]["value"], root["no"]["value"]) == (0, 1)


def test_a_category_is_asked_for_by_its_name_and_yes_is_yes() -> None:
    job = pd.DataFrame({"job": pd.Categorical(["student", "admin.", "student", "retired"])})
    root = stump(job, [5.0, 1, 5, 1])
    assert root["question"] == "job = student"
    assert (root["yes"]["value"], root["no"]["value"]) == (5, 1)


@pytest.mark.parametrize("numeric", ["standard", "none"])
def test_ordered_categories_are_listed_on_their_shorter_side(numeric: str) -> None:
    month = pd.DataFrame({"month": pd.Categorical([*CATEGORIES] * 3)})
    y = np.tile([0.0, 0, 0, 1], 3)
    root = stump(month, y, categorical="ordinal", numeric=numeric)
    assert root["question"] == "month in feb"
    assert root["yes"]["value"] == 1
    root = stump(month, 1 - np.tile([0.0, 1, 1, 1], 3), categorical="ordinal", numeric=numeric)
    assert root["question"] == "month in apr"
    assert root["yes"]["value"] == 1


def test_a_missing_number_is_asked_for_in_words() -> None:
    table = pd.DataFrame({"pdays": [np.nan, 10.0, np.nan, 30.0]})
    root = stump(table, [5.0, 1, 5, 1])
    assert (root["question"], root["yes"]["value"]) == ("pdays missing", 5)


def test_a_threshold_far_below_the_spread_has_the_digits_that_are_certain() -> None:
    crime = pd.DataFrame({"x": [0.00632, 0.00632, 0.00733, 0.01, 89.0]})
    y = [0.0, 0, 0, 1, 1]
    assert stump(crime, y, numeric="none")["question"] == "x ≤ 0.008665"
    assert stump(crime, y)["question"] == "x ≤ 0.0087"


def test_thresholds_lose_the_crumbs_of_32_bits() -> None:
    balance = Feature("balance", ("balance",), "number", scale=3044.0, offset=1362.0)
    seen = float(np.float32((0.5 - 1362) / 3044))
    assert question(balance, seen) == ("balance ≤ 0.5", True)


# --- the tree -----------------------------------------------------------------------------------


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    if "question" in node:
        yield from nodes(node["yes"])
        yield from nodes(node["no"])


def answered(rows: pd.DataFrame, text: str) -> Any:
    """Answer a question on the table itself."""
    if " ≤ " in text:
        name, threshold = text.split(" ≤ ")
        limit = float(threshold.replace(",", "").replace("−", "-"))
        return rows[name].fillna(rows[name].mean()) <= limit
    if " = " in text:
        name, category = text.split(" = ")
        return rows[name] == category
    return rows[text.removesuffix(" missing")].isna()


def test_the_questions_lead_the_tables_own_rows_to_the_same_nodes() -> None:
    table = mixed(400)
    y = (table["age"] > 40) ^ (table["job"] == "student") ^ table["pdays"].isna()
    result = tree(fit(DecisionTreeClassifier(random_state=0), table, y, classes=("no", "yes")))
    filled = table.assign(pdays_missing=table["pdays"].isna())

    def follow(node: dict[str, Any], rows: pd.DataFrame) -> None:
        assert node["rows"] == len(rows)
        share = float(y[rows.index].mean())
        assert node["shares"] == pytest.approx([1 - share, share])
        assert node["impurity"] == pytest.approx(2 * share * (1 - share))  # Gini's of two classes
        if "question" in node:
            text = node["question"]
            complete = filled.loc[rows.index]
            if text.startswith("pdays ≤"):
                complete = complete.assign(pdays=complete["pdays"].fillna(table["pdays"].mean()))
            yes = answered(complete, text)
            follow(node["yes"], rows[yes])
            follow(node["no"], rows[~yes])

    follow(result["root"], table)
    kinds = {entry["question"].split()[1] for entry in nodes(result["root"]) if "question" in entry}
    assert kinds == {"≤", "=", "missing"}


def test_every_node_is_shown_or_counted() -> None:
    X, y, classes = flowers()
    result = tree(fit(DecisionTreeClassifier(random_state=0), X, y, classes=classes))
    described = list(nodes(result["root"]))
    assert result["depth"] > result["shown"]
    assert len(described) + sum(node.get("below", 0) for node in described) == result["nodes"]
    assert result["leaves"] == (result["nodes"] + 1) // 2
    assert result["classes"] == list(classes)
    assert result["root"]["shares"] == pytest.approx([1 / 3] * 3)


def test_equal_values_leave_no_crumbs_of_impurity() -> None:
    X = pd.DataFrame({"x": np.arange(40.0)})
    root = stump(X, np.repeat([0.1, 70.3], 20))
    assert root["impurity"] == pytest.approx(35.1**2)
    assert (root["yes"]["impurity"], root["no"]["impurity"]) == (0, 0)


def test_a_tree_that_asks_nothing_is_one_node() -> None:
    result = tree(fit(DecisionTreeRegressor(), pd.DataFrame({"x": [1.0, 2.0]}), [3.0, 3.0]))
    assert result["root"] == {"rows": 2, "impurity": 0, "value": 3, "below": 0}


def test_other_models_have_no_tree() -> None:
    with pytest.raises(HandbookError, match="LinearRegression does not have"):
        tree(fit(LinearRegression(), pd.DataFrame({"x": [1.0, 2.0]}), [3.0, 3.0]))
