from __future__ import annotations

import pytest

from handbook.core.errors import HandbookError
from handbook.data.sets import macbeth

PLAY = "ACT I\nSCENE I. Here.\n\nALL\n\n    Hail!\nACT II\nACT III\nACT IV\nACT V\nEnd"


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


def test_the_sample_is_a_play_too(tmp_path):
    text = macbeth.sample(0).X
    loaded = load(tmp_path, text.encode()).X
    assert loaded == text
