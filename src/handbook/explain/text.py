"""What a model of characters writes, and what goes on inside while it reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from handbook.explain.fitted import Fitted

__all__ = ["WRITTEN", "features", "gates", "text_samples", "wording"]

Array = npt.NDArray[Any]

#: How the continuations are drawn: label, and what ``generate`` is asked for.
WRITTEN: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("greedy", {"greedy": True}),
    ("temperature 0.5", {"temperature": 0.5}),
    ("temperature 1", {"temperature": 1.0}),
    ("top 5", {"top_k": 5}),
    ("nucleus 0.9", {"top_p": 0.9}),
)
_LENGTH = 200  # characters

_EXCERPT = 60  # characters that are shown
_BEFORE = 200  # characters that are read first, so that there is something to remember
_JUDGED = 2000  # characters over which a unit is compared with what it may follow
_UNITS = 6
_GATES = {
    "lstm": ("input gate", "forget gate", "output gate", "cell state"),
    "gru": ("reset gate", "update gate", "hidden state"),
    "rnn": ("hidden state",),
}


def text_samples(fitted: Fitted) -> dict[str, Any]:
    """Let a model continue a line of the test text in several ways.

    It is the first whole one: the line before it begins where the training text ends.

    Returns
    -------
    dict
        ``seed_text``, as the model reads it, and ``seed`` of what is drawn; ``written``: a
        ``label`` and ``text`` for each of :data:`WRITTEN`, with :func:`wording`'s shares;
        ``epochs``: what it wrote while it was trained, ``epoch`` and ``text`` with these shares,
        as a continuation of ``begun``, the start of the training text; none for a model that is
        not trained in epochs.

    Raises
    ------
    HandbookError
        The model writes nothing.
    """
    model = fitted.model
    if not hasattr(model, "generate"):
        raise fitted.refuse("text-samples", "CharacterModel and CharacterNgram")
    lines = [line for line in fitted.test.X.splitlines(keepends=True) if line.strip()]
    first = lines[min(1, len(lines) - 1)] if lines else ""
    seed = int(fitted.spec["seed"])
    known = set(_words(fitted.train.X))
    return {
        "seed_text": model.as_read(first),
        "seed": seed,
        "written": [
            {"label": label}
            | _judged(model.generate(_LENGTH, first, random_state=seed, **how), known)
            for label, how in WRITTEN
        ],
        "begun": getattr(model, "seed_text_", ""),
        "epochs": [
            {"epoch": one["epoch"]} | _judged(one["text"], known)
            for one in getattr(model, "samples_", [])
        ],
    }


def _judged(written: str, known: set[str]) -> dict[str, Any]:
    return {"text": written} | wording(written, known)


def wording(written: str, known: set[str]) -> dict[str, float | None]:
    """Tell how much of a text is words, and how much of it repeats itself.

    Parameters
    ----------
    written : str
        Its first and its last word may be cut off, and are passed over.
    known : set of str
        Words in lower case.

    Returns
    -------
    dict
        ``known``: the share of the words that are among the known ones; ``different``: the share
        left when every word counts once. None where there are no words.

    Examples
    --------
    >>> wording("ight the king and the kong and th", {"the", "king", "and"})
    {'known': 0.8333333333333334, 'different': 0.6666666666666666}
    """
    words = _words(written)[1:-1]
    if not words:
        return {"known": None, "different": None}
    return {
        "known": sum(word in known for word in words) / len(words),
        "different": len(set(words)) / len(words),
    }


def _words(written: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?", written.lower())


def gates(fitted: Fitted) -> dict[str, Any]:
    """Watch the last recurrent layer read some of the test text.

    Returns
    -------
    dict
        ``cell``; ``text``, an excerpt; ``units``: those of the ``hidden`` ones whose memory varies
        most over it; ``values``: for each gate and the memory, by name, a list a unit of a number
        a character. ``memory`` names what is remembered: the cell state, or the hidden state of
        cells that have no other. ``means``: of each gate over all units and the ``judged``
        characters; ``follows``: which of the :func:`features` each unit's memory goes with most
        over these, ``feature`` and ``correlation``, both None for a unit that never changes.

    Raises
    ------
    HandbookError
        The model has no recurrent layers.
    """
    model, whole = fitted.model, fitted.test.X
    if not hasattr(model, "activations"):
        raise fitted.refuse("gates", "CharacterModel")
    read = model.as_read(whole[:_JUDGED])
    found = model.activations(read)
    names = _GATES[model.cell]
    memory = found[names[-1]]
    start = _start(read)
    shown = slice(start, start + _EXCERPT)
    units = np.argsort(-memory[shown].var(axis=0), kind="stable")[:_UNITS]
    return {
        "cell": model.cell,
        "text": read[shown],
        "units": units.tolist(),
        "hidden": memory.shape[1],
        "memory": names[-1],
        "values": {name: found[name][shown, units].T.astype(float).tolist() for name in names},
        "means": {name: float(found[name].mean()) for name in names[:-1]},
        "judged": len(read),
        "follows": [_followed(memory[:, unit], read) for unit in units],
    }


def _start(read: str) -> int:
    """Return where the excerpt begins: with a paragraph, where one begins in time."""
    latest = max(0, len(read) - _EXCERPT)
    found = read.find("\n\n", min(_BEFORE, latest))
    return found + 2 if 0 <= found <= latest - 2 else min(_BEFORE, latest)


def features(read: str) -> dict[str, Array]:
    r"""Return what a unit may follow, a number for each character, float of shape (n,).

    Examples
    --------
    >>> features("Ay,\nX")["place in the line"].tolist()
    [1.0, 2.0, 3.0, 0.0, 1.0]
    """
    every = np.arange(len(read))

    def since(stops: Array) -> Array:
        last = np.maximum.accumulate(np.where(stops, every, -1))
        return (every - last).astype(float)

    def those(test: Any) -> Array:
        return np.array([test(one) for one in read], dtype=float)

    letters = those(str.isalpha)
    return {
        "place in the line": since(those(lambda one: one == "\n") == 1),
        "place in the word": since(letters == 0),
        "capital letters": those(str.isupper),
        "spaces": those(lambda one: one == " "),
        "line breaks": those(lambda one: one == "\n"),
        "vowels": those(lambda one: one.lower() in "aeiou"),
    }


def _followed(memory: Array, read: str) -> dict[str, Any]:
    best: dict[str, Any] = {"feature": None, "correlation": None}
    for name, values in features(read).items():
        if values.std() == 0 or memory.std() == 0:
            continue
        r = float(np.corrcoef(values, memory)[0, 1])
        if best["correlation"] is None or abs(r) > abs(best["correlation"]):
            best = {"feature": name, "correlation": r}
    return best
