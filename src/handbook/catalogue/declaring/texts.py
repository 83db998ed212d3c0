"""What the catalogue should say of a text that nobody has described."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from handbook.catalogue.declaring.dialect import encoding_of
from handbook.catalogue.declaring.proposal import Options, Proposal
from handbook.core.errors import HandbookError
from handbook.data.declared.texts import decoded

__all__ = ["propose"]

_FEWEST = 2_000  # characters
_ALPHABET = 200


def propose(files: Mapping[str, Path], options: Options) -> Proposal:
    """Look at text files, read one behind the other, and propose what is expected of them.

    Raises
    ------
    HandbookError
        They are no text, or too short to be learnt from.
    """
    first = next(iter(files.values()))
    encoding = options.encoding or encoding_of(first)
    text = "\n".join(decoded(path, encoding).rstrip("\n") for path in files.values()) + "\n"
    if len(text) < _FEWEST:
        raise HandbookError(
            f"{first}: {len(text):,} characters, at least {_FEWEST:,} are needed to learn from"
        )
    lines = text.split("\n")
    letters = Counter(letter for letter in text if letter != "\n")
    content = {
        "tasks": ["language"],
        "text": {
            "encoding": encoding,
            "lines": len(lines),
            "longest": max(map(len, lines)),
            "alphabet": "".join(sorted(letter for letter, _ in letters.most_common(_ALPHABET))),
        },
    }
    decisions = [
        f"encoding {encoding}",
        f"{len(text):,} characters in {len(lines) - 1:,} lines, {len(letters)} different ones",
    ]
    return Proposal(content, files, decisions)
