"""Entries are put into `params.yaml`, and no other byte of it changes."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest
import yaml

from handbook.catalogue.insertion import with_entries
from handbook.core.errors import HandbookError

CATALOGUE = Path(__file__).parents[2] / "params.yaml"
TEXT = """\
models:
  near:   # neighbours
    variants:
      book: {params: {k: 3}}  # of the book
      tuned:
        # why these
        params:
          k: 5  # odd
          metric: euclidean

          p: 2
        threshold: f1
        search:
          rows: 100  # few
          space: {k: [1, 3]}
  # the next one
  far: {variants: {book: {}}}
"""


def with_variants(text: str, variants: dict[str, Any]) -> str:
    """Put variants into a catalogue, by model."""
    entries = {("models", model, "variants"): changed for model, changed in variants.items()}
    return with_entries(text, entries)


def changed(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def test_values_change_in_place_and_comments_stay() -> None:
    wanted = {"params": {"k": 7, "metric": "manhattan", "p": 2}, "threshold": "f1"}
    after = with_variants(TEXT, {"near": {"tuned": wanted}})
    assert yaml.safe_load(after)["models"]["near"]["variants"]["tuned"] == wanted
    assert set(changed(TEXT, after)) == {
        "-           k: 5  # odd",
        "+           k: 7  # odd",
        "-           metric: euclidean",
        "+           metric: manhattan",
        "-         search:",
        "-           rows: 100  # few",
        "-           space: {k: [1, 3]}",
        "+         # few",
    }


def test_a_new_variant_comes_last() -> None:
    after = with_variants(TEXT, {"near": {"swept": {"params": {"k": 9}}}})
    assert changed(TEXT, after) == ["+       swept: {params: {k: 9}}"]
    assert after.index("swept") < after.index("# the next one")


def test_a_variant_on_one_line_stays_on_it() -> None:
    after = with_variants(TEXT, {"near": {"book": {"params": {"k": 4, "p": 1}}}})
    assert "      book: {params: {k: 4, p: 1}}  # of the book\n" in after
    long = {f"a_rather_long_argument_{n}": n for n in range(6)}
    after = with_variants(TEXT, {"near": {"book": {"params": long}}})
    assert "      book:  # of the book\n        params:\n          a_rather" in after
    assert all(len(line) <= 100 for line in after.splitlines())
    after = with_variants(TEXT, {"far": {"tuned": {"params": {"k": 1}}}})
    assert "  far: {variants: {book: {}, tuned: {params: {k: 1}}}}\n" in after


@pytest.mark.parametrize(
    "value", [1e-05, 0.1, None, True, "none", "null", "1e-3", "no", "", "a: b", [1, [2]], {}]
)
def test_a_value_is_read_back_as_it_was(value: Any) -> None:
    after = with_variants(TEXT, {"near": {"swept": {"params": {"k": value}}}})
    read = yaml.safe_load(after)["models"]["near"]["variants"]["swept"]["params"]["k"]
    assert read == value
    assert type(read) is type(value)


def test_what_cannot_be_edited_is_left_alone() -> None:
    text = """\
models:
  near:
    variants:
      book: &book
        params: {k: 3}
      tuned: *book
"""
    with pytest.raises(HandbookError, match="put there by hand"):
        with_variants(text, {"near": {"tuned": {"params": {"k": 4}}}})


def test_lists_and_what_surrounds_them_keep_their_lines() -> None:
    text = """\
models:
  near:
    variants:
      tuned:
        # the recipe
        search:
          k:
            - 1  # few
            - 2
        # why balanced
        params:
          widths:
            - 50  # odd
            - 20

  # the next one
  far: {variants: {book: {}}}
"""
    after = with_variants(text, {"near": {"tuned": {"params": {"widths": [50]}, "rows": 9}}})
    assert (
        after
        == """\
models:
  near:
    variants:
      tuned:
        # the recipe
        # few
        # why balanced
        params:
          widths: [50]
          # odd
        rows: 9

  # the next one
  far: {variants: {book: {}}}
"""
    )


@pytest.mark.parametrize("name", ["tuned", "a-new-one"])
def test_every_model_of_the_catalogue_can_be_given_a_variant(name: str) -> None:
    text = CATALOGUE.read_text()
    variants = {}
    for model, entry in yaml.safe_load(text)["models"].items():
        old = entry["variants"].get(name, {})
        wanted = {key: value for key, value in old.items() if key != "search"}
        wanted["params"] = {**old.get("params", {}), "random_state": 1}
        variants[model] = {name: wanted}
    after = with_variants(text, variants)
    comments = [line for line in text.splitlines() if line.strip().startswith("#")]
    assert [line for line in after.splitlines() if line.strip().startswith("#")] == comments


def test_an_edit_that_changes_nothing_changes_no_line_of_the_catalogue() -> None:
    text = CATALOGUE.read_text()
    assert changed(text, with_variants(text, {})) == []


ENTRY = {"title": "Far", "data": ["a"], "variants": {"default": {"params": {"k": 1}}}}
LAID_OUT = """\
  other:
    title: Far
    data: [a]
    variants:
      default:
        params: {k: 1}
"""


def test_a_new_entry_is_laid_out_below_its_key() -> None:
    after = with_entries(TEXT, {("models",): {"other": ENTRY}}, depth=3)
    assert after == TEXT + LAID_OUT


def test_entries_that_stand_apart_stay_so() -> None:
    text = TEXT.replace("  # the next one", "\n  # the next one") + "\nseed: 1\n"
    after = with_entries(text, {("models",): {"other": ENTRY}}, depth=3)
    assert after == text.replace("\nseed", f"\n{LAID_OUT}\nseed")


@pytest.mark.parametrize("empty", ["models: {}  # none yet", "models: {}", "models:"])
def test_the_first_entry_of_a_section(empty: str) -> None:
    after = with_entries(
        f"seed: 1\n{empty}\nlabs: {{}}\n", {("models",): {"other": ENTRY}}, depth=3
    )
    head, _, comment = empty.partition("  #")
    head = f"models:  #{comment}" if comment else "models:"
    assert after == f"seed: 1\n{head}\n{LAID_OUT}labs: {{}}\n"


def test_a_model_can_be_put_into_the_catalogue() -> None:
    text = CATALOGUE.read_text()
    after = with_entries(text, {("models",): {"other": ENTRY}}, depth=3)
    assert f"\n\n{LAID_OUT}\n" in after
    assert after.replace(f"\n{LAID_OUT}", "", 1) == text


def test_a_list_of_mappings_that_is_too_long_has_a_line_for_each_key() -> None:
    files = [{"name": "rows.csv", "sha256": "0" * 64}, {"name": "more.csv", "sha256": "1" * 64}]
    edited = with_entries("data: {a: 1}\n", {("data",): {"own": {"files": files}}}, depth=1)
    assert yaml.safe_load(edited) == {"data": {"a": 1, "own": {"files": files}}}
    short = with_entries("data: {a: 1}\n", {("data",): {"own": {"files": [{"n": 1}]}}}, depth=1)
    assert yaml.safe_load(short)["data"]["own"] == {"files": [{"n": 1}]}
    block = with_entries("data:\n  a: 1\n", {("data",): {"own": {"files": files}}}, depth=1)
    assert block.splitlines()[2:] == [
        "  own:",
        "    files:",
        "      - name: rows.csv",
        f"        sha256: '{'0' * 64}'",
        "      - name: more.csv",
        f"        sha256: '{'1' * 64}'",
    ]
