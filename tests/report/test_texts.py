"""What the pages say in our own words is there for all that the catalogue has."""

from __future__ import annotations

import re

import pytest
from tests.report.made_results import REAL

from handbook.data import registry
from handbook.report.site.texts import data_texts, model_texts


def sentences(text: str) -> int:
    return len(re.findall(r"\.(?:\s|$)", text))


def test_every_model_is_told_in_two_sentences() -> None:
    assert set(model_texts()) == set(REAL.models)
    assert {name: sentences(text) for name, text in model_texts().items()} == dict.fromkeys(
        REAL.models, 2
    )


def test_every_data_set_is_told_in_two_sentences() -> None:
    assert set(data_texts()) == {*REAL.data} & {*registry.names()}
    assert all(sentences(text.about) == 2 for text in data_texts().values())


@pytest.mark.parametrize("name", registry.names())
def test_every_column_has_a_meaning_and_no_meaning_is_of_a_column_that_is_not_there(
    name: str,
) -> None:
    rows = registry.module(name).sample(1)
    text = data_texts()[name]
    if rows.kind != "table":
        assert not text.columns
        return
    columns = {*map(str, rows.X.columns), rows.target}
    assert all(text.meaning(column) for column in columns)
    if name != "bank-marketing-realistic":  # shares its meanings, and lacks a column
        assert all("*" in column or column in columns for column in text.columns)


def test_pictures_that_must_not_be_handed_on_are_not_shown() -> None:
    for name, text in data_texts().items():
        licences = {source.licence for source in registry.module(name).SOURCES.values()}
        forbidden = any("not to be redistributed" in licence for licence in licences)
        assert forbidden == (text.drawn == "sample"), name
