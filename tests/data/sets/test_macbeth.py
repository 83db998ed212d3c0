from __future__ import annotations

import pytest

from handbook.core.errors import HandbookError
from handbook.data.sets import macbeth

PLAY = "ACT I\nSCENE I. Here.\n\nALL\n\n    Hail!\nACT II\nACT III\nACT IV\nACT V\nEnd"


NOTICE = "<<THIS ELECTRONIC VERSION\nIS COPYRIGHT (1).>>\n"
EDITION = (
    "1606\n\nPersons\n  KING\n\nSCENE: Here\n\nACT I. SCENE I.\nHere.\n\n  ALL. Hail!\nSCENE II\n\n"
    f"{NOTICE}\nACT II. SCENE I.\nACT III. SCENE I.\n{NOTICE}ACT IV. SCENE I.\nACT V. SCENE I.\n"
    "End\n"
)


def load(tmp_path, data):
    (tmp_path / "macbeth.txt").write_bytes(data)
    return macbeth.load(tmp_path, "mit")


def test_the_whole_text_is_kept(tmp_path):
    assert load(tmp_path, PLAY.encode()).X == PLAY


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (PLAY.replace("Hail", "H\u00e4il").encode(), "byte 32 is not ASCII"),
        (PLAY.replace("\n", "\r\n").encode(), "carriage return in row 0"),
        (PLAY.replace("ACT III\n", "").encode(), "acts I, II, IV, V; expected"),
        (b"<html></html>", "acts none; expected"),
        (b"\n" + PLAY.encode(), "acts I, II, III, IV, V; expected"),
    ],
)
def test_another_text_is_refused(tmp_path, data, message):
    with pytest.raises(HandbookError, match=message):
        load(tmp_path, data)


def test_what_a_publisher_put_around_and_between_the_acts_is_left_out(tmp_path):
    (tmp_path / "macbeth-1606.txt").write_text(EDITION)
    assert macbeth.load(tmp_path, "world-library").X == (
        "ACT I. SCENE I.\nHere.\n\n  ALL. Hail!\nSCENE II\n\nACT II. SCENE I.\n"
        "ACT III. SCENE I.\nACT IV. SCENE I.\nACT V. SCENE I.\nEnd\n"
    )


def test_one_edition_is_no_other(tmp_path):
    (tmp_path / "macbeth-1606.txt").write_text("ACT II. SCENE I.\n")
    with pytest.raises(HandbookError, match="acts II; expected"):
        macbeth.load(tmp_path, "world-library")


def test_the_sample_is_a_play_too(tmp_path):
    text = macbeth.sample(0).X
    loaded = load(tmp_path, text.encode()).X
    assert loaded == text
