from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from handbook.data import registry
from handbook.data.dataset import Dataset
from handbook.data.profile import describe


def described(data):
    about = describe(data, {"train": 1, "test": 1}, data, data)
    json.dumps(about, allow_nan=False)  # every value is one that JSON knows
    return about


def test_columns_of_a_table():
    X = pd.DataFrame(
        {
            "count": [1, 2, 3, 6],
            "rate": [0.5, np.nan, 1.5, np.nan],
            "none": [np.nan] * 4,
            "kind": pd.Categorical(["b", "a", "b", "a"]),
        }
    )
    columns = described(Dataset("iris", "bundled", "table", X))["columns"]
    assert columns[0] == {
        "name": "count",
        "type": "number",
        "missing": 0,
        "distinct": 4,
        "min": 1,
        "max": 6,
        "mean": 3.0,
        "std": pytest.approx(np.sqrt(3.5)),
    }
    assert columns[1]["missing"] == 2
    assert columns[1]["mean"] == 1.0
    assert columns[2]["mean"] is None
    # equal counts stand in alphabetical order
    assert columns[3]["top"] == [["a", 2], ["b", 2]]


def test_pixels_of_images():
    X = np.random.default_rng(0).integers(0, 256, (600, 4, 5, 3)).astype(np.uint8)
    about = described(Dataset("pokemon", "pokeapi", "images", X))
    assert about["images"]["shape"] == [4, 5, 3]
    assert about["images"]["mean"] == pytest.approx(X.mean())
    assert about["images"]["std"] == pytest.approx(X.std())
    assert about["classes"] == {}


def test_characters_of_a_text():
    about = described(Dataset("macbeth", "mit", "text", "ba\nab"))
    assert about["text"] == {"characters": 5, "lines": 2, "alphabet": "\nab"}


def test_classes_count_rows_of_both_parts():
    data = registry.module("iris").sample(0)
    about = described(data)
    assert about["classes"]["setosa"] == {"train": 50, "test": 50}


def test_a_release_shows_its_files_and_notes():
    data = Dataset("bank-marketing", "bank-full", "table", pd.DataFrame({"age": [18, 95]}))
    about = described(data)
    assert about["raw"][0]["file"] == "bank.zip"
    assert "pdays" in about["notes"]
    sample = described(replace(data, variant="sample"))
    assert sample["raw"] == []
    assert sample["title"] == about["title"]


def test_a_raw_file_is_named_by_the_digest_that_its_publisher_gives():
    picture = Dataset("pokemon", "d2l", "images", np.zeros((1, 2, 2, 3), np.uint8))
    digest = "SHA-1 c065c0e2593b8b161a2d7873e42418bf6a21106c"
    assert described(picture)["raw"] == [{"file": "pokemon.zip", "bytes": 0, "sha256": digest}]
