from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from handbook.data.dataset import Dataset
from handbook.data.frames import frame, join


def test_a_table_gains_its_target_and_details():
    data = Dataset(
        "bank-marketing",
        "bank-full",
        "table",
        pd.DataFrame({"age": [30, 40, 50]}),
        y=np.array([0, 1, 2]),
        target="y",
        classes=("no", "yes"),
        details=pd.DataFrame({"number": [7, 8, 9]}),
    )
    table = frame(data)
    assert list(table) == ["age", "y", "number"]
    # a code that has no class stays visible
    assert table["y"].tolist() == ["no", "yes", "code 2"]
    assert join(data, data)["number"].tolist() == [7, 8, 9, 7, 8, 9]
    assert join(data, data).index.tolist() == list(range(6))


def test_a_regression_target_stays_a_number():
    data = Dataset("iris", "x", "table", pd.DataFrame({"a": [1]}), y=np.array([2.5]), target="t")
    assert frame(data)["t"].tolist() == [2.5]


def test_images_become_their_statistics():
    X = np.zeros((2, 2, 4), np.uint8)
    X[1, 0, 1:] = 80
    table = frame(Dataset("mnist", "official", "images", X))
    assert table.iloc[0].to_dict() == {
        "height": 2,
        "width": 4,
        "channels": 1,
        "mean": 0.0,
        "std": 0.0,
        "blank": 1.0,
        "digest": hashlib.sha256(bytes(8)).hexdigest(),
    }
    assert table["mean"][1] == 30
    assert table["blank"][1] == 5 / 8


def test_blank_compares_all_channels():
    X = np.zeros((1, 1, 4, 3), np.uint8)
    X[0, 0, 1, 2] = 1
    table = frame(Dataset("pokemon", "pokeapi", "images", X))
    assert table["channels"][0] == 3
    assert table["blank"][0] == 0.75


def test_lines_know_their_act_and_scene():
    text = "ACT I\nSCENE IV. Forres.\nDUNCAN\n    O worthiest\nACT II\nSCENE I.\nEnd"
    data = Dataset("macbeth", "mit", "text", text)
    table = frame(data)
    assert table["heading"].tolist() == ["act", "scene", "", "", "act", "scene", ""]
    assert table["act"].tolist() == [1, 1, 1, 1, 2, 2, 2]
    assert table["scene"].tolist() == [0, 4, 4, 4, 0, 1, 1]
    assert table["length"].tolist()[3] == 15


def test_a_line_may_open_an_act_and_its_first_scene():
    table = frame(Dataset("macbeth", "world-library", "text", "ACT II. SCENE I.\nHere\nSCENE II"))
    assert table["heading"].tolist() == ["act", "", "scene"]
    assert table["act"].tolist() == [2, 2, 2]
    assert table["scene"].tolist() == [1, 1, 2]


def test_text_is_joined_before_its_scenes_are_counted():
    entry = Dataset("macbeth", "mit", "text", "ACT I\nSCENE II.\n")
    other = Dataset("macbeth", "mit", "text", "Lines\nof it")
    assert join(entry, other)["scene"].tolist() == [0, 2, 2, 2]
