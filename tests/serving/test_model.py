"""Requests that are answered together get what each gets alone, whatever stands in them."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.serving.made_models import ROWS, p_yes, saved

from handbook.core.errors import HandbookError
from handbook.deployment.chosen import Chosen
from handbook.serving.formats import Query, parse
from handbook.serving.model import Answer, ServedModel
from handbook.serving.strict_json import dumps
from handbook.training.pyfunc import About, SavedModel


def served(own: SavedModel) -> ServedModel:
    chosen = Chosen("bank", "logistic/bank/a", "abc", Path(), "run", own.about)
    return ServedModel(chosen, own)


MODEL = served(saved(slope=0.1))
RECORDS = ROWS.to_dict(orient="records")
COLUMNS = ROWS.to_dict(orient="list")


def ages(*values: Any, policy: str = "refuse") -> Query:
    n = len(values)
    return Query({"age": [*values], "balance": [1.0] * n, "job": ["clerk"] * n}, policy=policy)


@pytest.mark.parametrize(
    "content",
    [
        {"dataframe_split": {"columns": [*COLUMNS], "data": ROWS.values.tolist()}},
        {"dataframe_split": ROWS.to_dict(orient="split")},
        {"dataframe_records": RECORDS},
        {"instances": RECORDS},
        {"inputs": RECORDS},
        {"inputs": COLUMNS},
    ],
)
def test_every_format_of_mlflow_is_the_same_rows(content: Any) -> None:
    assert parse(json.dumps(content).encode(), "application/json", {}).rows == COLUMNS


def test_a_csv_has_text_and_its_options_stand_in_the_address() -> None:
    body = b"\xef\xbb\xbfage,balance,job\r\n30,,clerk\r\n"
    query = parse(body, "Text/CSV; charset=UTF-8", {"policy": "flag"})
    assert query == Query({"age": ["30"], "balance": [None], "job": ["clerk"]}, policy="flag")


def test_inputs_of_single_values_are_one_row() -> None:
    body = b'{"inputs": {"age": 30, "job": "clerk"}, "params": {"method": "predict_proba"}}'
    query = parse(body, "application/json", {})
    assert query == Query({"age": [30], "job": ["clerk"]}, method="predict_proba")


def test_answers_are_the_saved_models() -> None:
    (answer,) = MODEL.answer([Query(COLUMNS)])
    assert isinstance(answer, Answer)
    expected = saved(slope=0.1).predict(ROWS)
    assert answer.predictions == expected.to_dict(orient="records")
    assert answer.predictions[0]["p:yes"] == pytest.approx(p_yes(30, 0.1))
    assert answer.request.answers == expected.to_dict(orient="list")
    assert (answer.request.run, answer.request.rows) == ("logistic/bank/a", COLUMNS)


def test_a_method_answers_as_it_does() -> None:
    (answer,) = MODEL.answer([Query(COLUMNS, method="predict_proba")])
    assert isinstance(answer, Answer)
    p = [p_yes(age, 0.1) for age in COLUMNS["age"]]
    np.testing.assert_allclose(answer.predictions, [[1 - own, own] for own in p])
    assert answer.request.answers == {"predict_proba": answer.predictions}


def test_the_log_keeps_what_the_model_looks_at() -> None:
    query = Query({"iban": ["secret"], **ages(30).rows})
    (answer,) = MODEL.answer([query])
    assert isinstance(answer, Answer)
    assert answer.request.rows == ages(30).rows


def test_faults_stay_with_who_made_them() -> None:
    queries = [
        ages(30), ages(40, "old"), ages(50, policy="flag"), Query({"age": [60]}), ages(70, 80)
    ]  # fmt: skip
    outcomes = MODEL.answer(queries)
    messages = [str(own) if isinstance(own, Exception) else "" for own in outcomes]
    assert "column 'age': 'old' in row 2" in messages[1]
    assert "rows lack 2 of 3 columns" in messages[3]
    for position, own in ((0, [30]), (2, [50]), (4, [70, 80])):
        answer = outcomes[position]
        assert isinstance(answer, Answer)
        assert [row["p:yes"] for row in answer.predictions] == pytest.approx(
            [p_yes(age, 0.1) for age in own]
        )


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.just("clerk"),
    st.sampled_from(["30", " 40 ", "1e400", "nan"]), st.just(2**70),
)  # fmt: skip
TABLES = st.lists(st.fixed_dictionaries({"age": VALUES, "balance": VALUES, "job": VALUES}))
ANY = st.recursive(
    VALUES,
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["age", "columns", "x"]), inner)
    ),
    max_leaves=6,
)
BODIES = st.one_of(
    st.builds(
        lambda table, policy: {"dataframe_records": table, "params": {"policy": policy}},
        TABLES,
        st.sampled_from(["refuse", "flag", "pass"]),
    ),
    st.dictionaries(
        st.sampled_from(["inputs", "instances", "dataframe_split", "params"]), ANY, max_size=2
    ),
    ANY,
)


@given(st.lists(BODIES, max_size=4))
@settings(max_examples=40)
def test_whatever_comes_is_answered_or_refused_as_if_it_came_alone(contents: list[Any]) -> None:
    queries = []
    for content in contents:
        try:
            queries.append(parse(json.dumps(content).encode(), "application/json", {}))
        except HandbookError:
            continue
    for query, outcome in zip(queries, MODEL.answer(queries), strict=True):
        (alone,) = MODEL.answer([query])
        if isinstance(outcome, Answer):
            assert isinstance(alone, Answer)
            assert dumps(outcome.predictions) == dumps(alone.predictions)
            json.loads(outcome.request.line())
        else:
            assert isinstance(outcome, HandbookError), repr(outcome)
            assert str(outcome) == str(alone)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for kind in ("application/json", "text/csv"):
        with suppress(HandbookError):
            assert len(parse(body, kind, {})) > 0


class _Flat:
    """An estimator of images."""

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        p = X.reshape(len(X), -1).mean(axis=1) / 255
        return np.column_stack([1 - p, p])

    def predict(self, X: np.ndarray) -> np.ndarray:
        return (self.predict_proba(X)[:, 1] > 0.5).astype(int)

    classes_ = np.array([0, 1])


IMAGES = served(SavedModel(_Flat(), About("classification", ("dark", "light"), None, shape=(2, 2))))


def test_images_are_nested_lists() -> None:
    query = parse(b'{"inputs": [[[255, 255], [255, 0]]]}', "application/json", {})
    (answer,) = IMAGES.answer([query])
    assert isinstance(answer, Answer)
    assert answer.predictions == [{"predicted": "light", "p:dark": 0.25, "p:light": 0.75}]
    assert answer.request.rows == {"image": [[[255, 255], [255, 0]]]}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"inputs": [[[1, 2], [3]]]}', "images differ in shape"),
        (b'{"inputs": [[[1, 2], [3, 256]]]}', "images are no whole numbers from 0 to 255"),
        (b'{"inputs": [[[1, 2], [3, 0.5]]]}', "images are no whole numbers from 0 to 255"),
        (b'{"inputs": [[[1, 2], [3, "a"]]]}', "images are no whole numbers from 0 to 255"),
        (b'{"inputs": [[[1, 2, 3], [3, 4, 5]]]}', r"of shape \(1, 2, 3\)"),
        (b'{"inputs": [[], []]}', "images are no whole numbers"),
        (b'{"inputs": {"age": [1]}}', "this model takes images: expected `inputs`"),
    ],
)
def test_images_that_do_not_fit_are_refused(body: bytes, message: str) -> None:
    (outcome,) = IMAGES.answer([parse(body, "application/json", {})])
    assert isinstance(outcome, HandbookError)
    with pytest.raises(HandbookError, match=message):
        raise outcome


class _Generator:
    def sample(self, n: int) -> np.ndarray:
        return np.zeros((n, 2))

    def generate(self, length: int, text: str) -> str:
        return text + "!"


def test_models_without_rows_generate() -> None:
    drawing = served(SavedModel(_Generator(), About("generation", (), None)))
    (answer,) = drawing.answer([Query({"n": [1, 2]})])
    assert isinstance(answer, Answer)
    assert answer.predictions == [[0.0, 0.0], [0.0, 0.0]]
    writing = served(SavedModel(_Generator(), About("language", (), None)))
    (answer, fault) = writing.answer([Query({"text": ["To be"]}), Query({"text": [3]})])
    assert isinstance(answer, Answer)
    assert answer.predictions == ["To be!"]
    assert "a column `text` of strings" in str(fault)
