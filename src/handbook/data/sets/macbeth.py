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

_ABOUT = {"title": "Macbeth", "folder": "macbeth"}
_CITATION = "W. Shakespeare. The Tragedy of Macbeth. 1606, printed 1623."

SOURCES = {
    "world-library": Source(
        files=(
            RawFile(
                "macbeth-1606.txt",
                115_519,
                "dae2e67199ffb9e4a54d897bc7b8120ec06b79056fbfb3ee9cc054b21844af56",
                (
                    "https://raw.githubusercontent.com/rouseguy/DeepLearning-NLP/"
                    "ca24bc0d24856526b1d1eaa7c3bde7c811eaca21/data/macbeth.txt",
                ),
            ),
        ),
        licence="public domain; this edition not for commercial distribution",
        homepage="https://www.gutenberg.org/ebooks/100",
        citation=_CITATION,
        notes=(
            "The text of World Library's complete works, 1990-1993, which Project Gutenberg gave "
            "out: 5 acts, 29 scenes, ASCII. The list of persons before act I and the publisher's "
            "notice between the acts, the same four times, are left out: 112,478 of 115,519 "
            "characters remain."
        ),
        **_ABOUT,
    ),
    "mit": Source(
        files=(
            RawFile(
                "macbeth.txt",
                111_661,
                "3b55d5089166462fc06a324d699dc1a45614f4325dbf82862d4e5060d5473095",
            ),
        ),
        licence="public domain",
        homepage="http://shakespeare.mit.edu/macbeth/",
        citation=_CITATION,
        notes=(
            "MIT's edition with carriage returns removed: 5 acts, 28 scenes, ASCII. No public "
            "address serves exactly these bytes; release 'world-library' has one."
        ),
        **_ABOUT,
    ),
}
KIND: Kind = "text"
TASKS = ("language",)

# Marks of punctuation beside the space and the letters, of which there is no capital Z
_MARKS = {"world-library": "!\"'(),-.:;?[]", "mit": "!&',-.:;?[]"}
_SCENES = (7, 4, 6, 3, 8)
# The last scene of one edition is two in the other
_EDITIONS = {"world-library": (7, 4, 6, 3, 9)}
_CHARACTERS = {"world-library": 112_478, "mit": 111_661}
_LINES = {"world-library": 2_855, "mit": 4_729}
# Headings: in one edition an act's first scene stands in the line that opens the act
_ACT = re.compile(r"^ACT ([IV]+)(?:\. SCENE I\.)?$", re.MULTILINE)
_NOTICE = re.compile(r"<<[^<>]*>>\n*")

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
    """Read the play as one string, without what a publisher put before and between the acts."""
    path = raw / SOURCES[release].files[0].name
    again = "it is not the pinned edition, delete it and acquire it again"
    try:
        text = path.read_bytes().decode("ascii")
    except UnicodeDecodeError as error:
        raise HandbookError(f"{path}: byte {error.start} is not ASCII; {again}") from None
    if "\r" in text:
        row = text[: text.index("\r")].count("\n")
        raise HandbookError(f"{path}: carriage return in row {row}; {again}")
    if release == "world-library":
        text = _NOTICE.sub("", text[max(text.find("\nACT I.") + 1, 0) :])
    acts = _ACT.findall(text)
    if acts != ["I", "II", "III", "IV", "V"] or not _ACT.match(text):
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
    edition = "mit" if release == "sample" else release
    scenes, marks = _EDITIONS.get(edition, _SCENES), _MARKS[edition]
    lines, characters = _LINES[edition], _CHARACTERS[edition]
    real = [
        count(lines),
        Expectation(
            "ExpectColumnSumToBeBetween",
            dict.fromkeys(("min_value", "max_value"), characters - lines + 1)
            | {"column": "length"},
            f"{characters:,} characters, {lines - 1:,} of them line breaks",
        ),
    ]
    if edition == "mit":
        real.append(count(7, {"text": "MACBETH", "act": 1, "scene": 7}))
    return [
        columns(["heading", "act", "scene", "length", "text"]),
        *(real if release != "sample" else [count(sum(_SCENES) * (2 + 4 * _SPEECHES) + 5)]),
        *typed({"act": "int64", "scene": "int64", "length": "int64"}),
        *complete(["act", "scene", "length", "text"]),
        *_headings(release, scenes),
        between("act", 1, 5, "every line stands in one of five acts"),
        between("scene", 0, 9, "scenes are numbered up to 9, 0 is a line that opens an act"),
        Expectation(
            "ExpectColumnValuesToBeIncreasing", {"column": "act"}, "acts follow one another"
        ),
        Expectation(
            "ExpectColumnValuesToMatchRegex",
            {"column": "text", "regex": f"^[ {re.escape(marks)}A-Ya-z]*$"},
            f"lines hold letters, spaces and {len(marks)} marks of punctuation, nothing else",
        ),
        between("length", 0, 200, "no line is longer than a stage direction"),
        between(
            "length", 10, 60, "lines are verse: neither empty nor run together", measure="Mean"
        ),
    ]


def _headings(release: str, scenes: tuple[int, ...]) -> list[Expectation]:
    """Expect a line for each act and one for each scene, or for each but the first of an act."""
    joined = release == "world-library"
    return [
        count(5, {"heading": "act"}, "5 acts"),
        count(sum(scenes) - 5 * joined, {"heading": "scene"}, f"{sum(scenes)} scenes"),
        *(
            count(
                number - joined,
                {"heading": "scene", "act": act},
                f"act {act} has {number} scenes",
            )
            for act, number in enumerate(scenes, 1)
        ),
    ]
