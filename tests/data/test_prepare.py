"""Splits: a partition, in proportion, the same each time, groups never torn."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from handbook.core.errors import HandbookError
from handbook.data import dataset, registry
from handbook.data.dataset import Dataset
from handbook.data.prepare import load, prepare, prepare_files


def table(rows, **more):
    X = pd.DataFrame({"row": np.arange(rows)})
    return Dataset(name="iris", variant="bundled", kind="table", X=X, **more)


def rows(data):
    return data.X["row"].tolist()


def parts(data, seed=0, test_size=0.2):
    train, test, about = prepare(data, seed, test_size)
    return rows(train), rows(test), about


classes = st.lists(st.integers(0, 2), min_size=30, max_size=200).filter(
    lambda codes: all(codes.count(code) >= 5 for code in (0, 1, 2))
)
shares = st.sampled_from([0.1, 0.2, 0.33, 0.5])


@settings(max_examples=50)
@given(classes, shares, st.integers(0, 2**32 - 1))
def test_a_split_is_a_partition_in_proportion_and_repeatable(codes, share, seed):
    y = np.array(codes)
    data = table(len(y), y=y, target="y", classes=("a", "b", "c"))
    train, test, about = parts(data, seed, share)
    assert sorted(train + test) == list(range(len(y)))
    assert about["method"] == "stratified"
    assert about["rows"] == {"train": len(train), "test": len(test)}
    for code in range(3):
        # a class has whole rows: at most one off its exact share of what is held out
        exact = (y == code).sum() * len(test) / len(y)
        assert abs((y[test] == code).sum() - exact) <= 1
    assert parts(data, seed, share) == (train, test, about)


@settings(max_examples=20)
@given(classes, st.integers(0, 2**32 - 1))
def test_a_split_without_strata_is_scikit_learns_own(codes, seed):
    data = table(len(codes), y=np.array(codes), target="y", classes=("a", "b", "c"))
    train, test, about = prepare(data, seed, 0.33, stratified=False)
    expected = train_test_split(data.X["row"], test_size=0.33, random_state=seed)
    assert [rows(train), rows(test)] == [part.tolist() for part in expected]
    assert about["method"] == "random"


@settings(max_examples=50)
@given(st.lists(st.integers(0, 9), min_size=20, max_size=100), st.integers(0, 1000))
def test_groups_never_straddle(groups, seed):
    groups = np.array([*groups, 0, 1])
    data = table(len(groups), groups=groups)
    train, test, about = parts(data, seed)
    assert sorted(train + test) == list(range(len(groups)))
    assert not set(groups[train].tolist()) & set(groups[test].tolist())
    assert about["method"] == "groups"
    assert parts(data, seed) == (train, test, about)


@settings(max_examples=50)
@given(st.lists(st.floats(-1e6, 1e6), min_size=60, max_size=200), st.integers(0, 1000))
def test_a_target_is_split_in_proportion_to_its_quantiles(values, seed):
    y = np.array(values) + np.arange(len(values)) * 1e-3
    train, test, about = parts(table(len(y), y=y, target="y"), seed)
    assert sorted(train + test) == list(range(len(y)))
    assert about["method"] == "quantiles"
    # the lower half of the target holds its share of the test, give or take a row a quantile
    low = (y[test] <= np.median(y)).sum()
    assert abs(low - len(test) / 2) <= 5


@settings(max_examples=100)
@given(st.text("ab \n", min_size=1, max_size=300), st.floats(0.01, 0.99))
def test_a_text_is_cut_at_a_line_break(text, share):
    text = "first\n" + text
    data = Dataset(name="macbeth", variant="mit", kind="text", X=text)
    train, test, about = prepare(data, 0, share)
    joined = train.X + test.X
    assert joined == text
    assert train.X.endswith("\n")
    assert test.X
    assert about["rows"] == {"train": len(train.X), "test": len(test.X)}


def test_the_last_tenth_of_a_text_is_the_test():
    text = "123456789\n" * 100
    _, test, _ = prepare(Dataset(name="macbeth", variant="mit", kind="text", X=text), 0, 0.1)
    assert len(test.X) == pytest.approx(100, abs=10)


def test_the_split_is_that_of_scikit_learn():
    y = np.arange(50) % 2
    train, test, _ = parts(table(50, y=y, target="y", classes=("a", "b")), seed=42)
    expected = train_test_split(np.arange(50), test_size=0.2, random_state=42, stratify=y)
    assert [train, test] == [part.tolist() for part in expected]


def test_the_publishers_test_rows_are_kept():
    mark = np.array([False, True, False, True])
    data = table(4, y=np.array([0, 0, 1, 1]), target="y", classes=("a", "b"), test=mark)
    train, test, about = parts(data)
    assert (train, test) == ([0, 2], [1, 3])
    assert about["method"] == "publisher"
    assert about["seed"] is None


def test_rows_without_any_target_are_drawn():
    train, test, about = parts(table(10))
    assert sorted(train + test) == list(range(10))
    assert about["method"] == "random"


def test_another_seed_gives_another_split_and_digest():
    first, second = (parts(table(100), seed) for seed in (0, 1))
    assert first[1] != second[1]
    assert first[2]["digest"] != second[2]["digest"]


def test_sorted_classes_are_mixed():
    y = np.repeat([0, 1], 50)  # as in the credit card file, whose frauds come last
    data = table(100, y=y, target="y", classes=("a", "b"))
    train, _, _ = parts(data)
    assert train != sorted(train)


@pytest.mark.parametrize(
    ("data", "share", "message"),
    [
        (table(10), 0, "test_size is 0, expected between 0 and 1"),
        (table(10), 1.5, "test_size is 1.5"),
        (table(3, y=np.array([0, 0, 1]), target="y", classes=("a", "b")), 0.3, "3 rows cannot be"),
        (table(4, groups=np.zeros(4)), 0.5, "cannot be split by groups"),
        (table(2, test=np.array([True, True])), 0.5, "2 rows leave 0 to train and 2 to test"),
        (Dataset("macbeth", "mit", "text", "one line"), 0.5, "a text of one line"),
    ],
)
def test_what_cannot_be_split_is_said(data, share, message):
    with pytest.raises(HandbookError, match=message):
        prepare(data, 0, share)


def outputs(folder):
    return {
        "train": folder / "train.arrow",
        "test": folder / "test.arrow",
        "split": folder / "split.json",
        "profile_to": folder / "profile.json",
    }


@pytest.mark.parametrize("name", registry.names())
def test_sample_files_are_written_the_same_twice(name, tmp_path):
    spec = {"release": "sample", "seed": 42, "test_size": 0.2}
    for run in ("a", "b"):
        prepare_files(name, tmp_path / "absent", **spec, **outputs(tmp_path / run))
    for path in outputs(tmp_path / "a").values():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    profile = json.loads((tmp_path / "a" / "profile.json").read_text())
    assert profile["variant"] == "sample"
    assert profile["notes"].startswith("Sample data")
    assert profile["raw"] == []
    train = dataset.read(tmp_path / "a" / "train.arrow")
    assert len(train) == profile["rows"]["train"]


def test_no_picture_is_on_both_sides_of_the_sample_split():
    train, test, _ = prepare(registry.module("pokemon").sample(0), 42, 0.2)
    assert not set(train.groups) & set(test.groups)
    assert not {image.tobytes() for image in train.X} & {image.tobytes() for image in test.X}


def test_an_unknown_release_is_refused(tmp_path):
    with pytest.raises(HandbookError, match="no release 'bank'; did you mean 'bank-full'"):
        load("bank-marketing", "bank", tmp_path, 0)


def test_raw_files_are_checked_before_they_are_read(tmp_path):
    with pytest.raises(HandbookError, match=r"bank\.zip: there is no such file"):
        load("bank-marketing", "bank-full", tmp_path, 0)
    (tmp_path / "bank.zip").write_bytes(b"PK")
    with pytest.raises(HandbookError, match=r"2 bytes, expected 579,043\).*not a zip archive"):
        load("bank-marketing", "bank-full", tmp_path, 0)


@pytest.mark.data
def test_bank_marketing_is_split_in_proportion(mirror, tmp_path):
    spec = {"release": "bank-full", "seed": 42, "test_size": 0.2}
    prepare_files("bank-marketing", mirror / "bank-marketing", **spec, **outputs(tmp_path))
    profile = json.loads((tmp_path / "profile.json").read_text())
    assert profile["rows"] == {"train": 36_168, "test": 9_043}
    # 11.7 % of the customers said yes
    assert profile["classes"]["yes"] == {"train": 4_231, "test": 1_058}
    (pdays,) = [column for column in profile["columns"] if column["name"] == "pdays"]
    assert pdays["missing"] == 36_954
