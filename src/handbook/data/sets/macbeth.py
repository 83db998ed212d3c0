"""Macbeth: the whole text of Shakespeare's play, for models of language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.core.errors import HandbookError
from handbook.data.dataset import Dataset, Kind
from handbook.data.expectation import Expectation, between, columns, complete, count, typed
from handbook.data.source import RawFile, Source

if TYPE_CHECKING:
    import numpy as np


__all__ = ["KIND", "SOURCES", "TASKS", "expectations", "load", "sample"]

SOURCES = {
    "mit": Source(
        title="Macbeth",
        folder="macbeth",
        files=(
            RawFile(
                "macbeth.txt",
                111_661,
                "3b55d5089166462fc06a324d699dc1a45614f4325dbf82862d4e5060d5473095",
            ),
        ),
        licence="public domain",
        homepage="http://shakespeare.mit.edu/macbeth/",
        citation="W. Shakespeare. The Tragedy of Macbeth. 1606, printed 1623.",
        notes=(
            "MIT's edition with carriage returns removed: 5 acts, 28 scenes, ASCII. No public "
            "address is known that serves exactly these bytes; Project Gutenberg's text "
            "(https://www.gutenberg.org/files/1533/1533-0.txt) is another edition."
        ),
    )
}
KIND: Kind = "text"
TASKS = ("language",)

# Every character of the play but the line break, 63 in all: there is no Z
_ALPHABET = "[ !&',\\-.:;?\\[\\]A-Ya-z]*"
_SCENES = (7, 4, 6, 3, 8)

# A generated play follows this grammar, one word of each list for each line
_GRAMMAR = (
    ("The", "A", "No", "Some"),
    ("pale", "silent", "weary", "golden", "bitter"),
    ("king", "owl", "moon", "soldier", "raven", "candle"),
    ("sees", "fears", "follows", "forgets"),
    ("the", "a", "my", "his"),
    ("crown", "night", "forest", "dagger", "throne", "river"),
)
_SPEAKERS = ("FIRST GUARD", "SECOND GUARD", "MESSENGER", "THE QUEEN")
_SPEECHES = 6


def load(raw: Path, release: str) -> Dataset:
    """Read the play as one string."""
    path = raw / "macbeth.txt"
    again = "it is not the pinned edition, delete it and acquire it again"
    try:
        text = path.read_bytes().decode("ascii")
    except UnicodeDecodeError as error:
        raise HandbookError(f"{path}: byte {error.start} is not ASCII; {again}") from None
    if "\r" in text:
        row = text[: text.index("\r")].count("\n")
        raise HandbookError(f"{path}: carriage return in row {row}; {again}")
    acts = re.findall(r"^ACT ([IV]+)$", text, re.MULTILINE)
    if acts != ["I", "II", "III", "IV", "V"] or not text.startswith("ACT I\n"):
        names = ", ".join(acts) or "none"
        raise HandbookError(f"{path}: acts {names}; expected I, II, III, IV, V; {again}")
    return Dataset(name="macbeth", variant=release, kind="text", X=text)


def sample(seed: int) -> Dataset:
    """Write a play of as many acts and scenes whose every line follows a known grammar.

    A line takes six words, each from its own list with equal probability.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    lines = []
    for act, scenes in zip(("I", "II", "III", "IV", "V"), _SCENES, strict=True):
        lines.append(f"ACT {act}")
        for scene in ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")[:scenes]:
            lines += [f"SCENE {scene}. A stage.", ""]
            for _ in range(_SPEECHES):
                lines += [str(random.choice(_SPEAKERS)), "", f"    {_sentence(random)}", ""]
    return Dataset(name="macbeth", variant="sample", kind="text", X="\n".join(lines))


def _sentence(random: np.random.Generator) -> str:
    return " ".join(str(random.choice(words)) for words in _GRAMMAR) + "."


def expectations(release: str) -> list[Expectation]:
    """Return the expectations of the lines: acts and scenes in order, ASCII, no long line."""
    real = [
        count(4_729),
        Expectation(
            "ExpectColumnSumToBeBetween",
            {"column": "length", "min_value": 111_661 - 4_728, "max_value": 111_661 - 4_728},
            "111,661 characters, 4,728 of them line breaks",
        ),
        count(7, {"text": "MACBETH", "act": 1, "scene": 7}),
    ]
    return [
        columns(["heading", "act", "scene", "length", "text"]),
        *(real if release != "sample" else [count(sum(_SCENES) * (2 + 4 * _SPEECHES) + 5)]),
        *typed({"act": "int64", "scene": "int64", "length": "int64"}),
        *complete(["act", "scene", "length", "text"]),
        count(5, {"heading": "act"}, "5 acts"),
        count(28, {"heading": "scene"}, "28 scenes"),
        *(
            count(number, {"heading": "scene", "act": act}, f"act {act} has {number} scenes")
            for act, number in enumerate(_SCENES, 1)
        ),
        between("act", 1, 5, "every line stands in one of five acts"),
        between("scene", 0, 8, "scenes are numbered up to 8, 0 is the line that opens an act"),
        Expectation(
            "ExpectColumnValuesToBeIncreasing", {"column": "act"}, "acts follow one another"
        ),
        Expectation(
            "ExpectColumnValuesToMatchRegex",
            {"column": "text", "regex": f"^{_ALPHABET}$"},
            "lines hold letters, spaces and eleven marks of punctuation, nothing else",
        ),
        between("length", 0, 200, "no line is longer than a stage direction"),
        between(
            "length", 10, 60, "lines are verse: neither empty nor run together", measure="Mean"
        ),
    ]
