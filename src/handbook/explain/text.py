"""Texts that a model of characters writes, and activations of its units while it reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from handbook.explain.run import Array, Fitted

__all__ = ["WRITTEN", "features", "gates", "text_samples", "wording"]

#: Ways of drawing a continuation: label, and arguments of ``generate``.
WRITTEN: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("greedy", {"greedy": True}),
    ("temperature 0.5", {"temperature": 0.5}),
    ("temperature 1", {"temperature": 1.0}),
    ("top 5", {"top_k": 5}),
    ("nucleus 0.9", {"top_p": 0.9}),
)
_LENGTH = 200  # characters

_EXCERPT = 60  # characters of the excerpt
_BEFORE = 200  # characters that are read before it, which fill the memory
_JUDGED = 2000  # characters over which units are correlated with features of the text
_UNITS = 6
_GATES = {
    "lstm": ("input gate", "forget gate", "output gate", "cell state"),
    "gru": ("reset gate", "update gate", "hidden state"),
    "rnn": ("hidden state",),
}


def text_samples(fitted: Fitted) -> dict[str, Any]:
    """Let a model continue a line of the test text in several ways.

    It is the first whole line of the test text.

    Returns
    -------
    dict
        ``seed_text``, the line as the model reads it, and ``seed`` of the draws; ``written``: a
        ``label`` and ``text`` for each of :data:`WRITTEN`, with the shares of :func:`wording`;
        ``epochs``: the texts written during the training, ``epoch`` and ``text`` with these
        shares, as continuations of ``begun``, the start of the training text; empty for a model
        that is not trained in epochs.
    """
    model = fitted.require("generate", "text-samples", "CharacterModel and CharacterNgram")
    lines = [line for line in fitted.test.X.splitlines(keepends=True) if line.strip()]
    first = lines[min(1, len(lines) - 1)] if lines else ""
    seed = int(fitted.spec.run.seed)
    vocabulary = set(_words(fitted.train.X))
    return {
        "seed_text": model.as_read(first),
        "seed": seed,
        "written": [
            {"label": label}
            | _judged(model.generate(_LENGTH, first, random_state=seed, **how), vocabulary)
            for label, how in WRITTEN
        ],
        "begun": getattr(model, "seed_text_", ""),
        "epochs": [
            {"epoch": sample["epoch"]} | _judged(sample["text"], vocabulary)
            for sample in getattr(model, "samples_", [])
        ],
    }


def _judged(text: str, vocabulary: set[str]) -> dict[str, Any]:
    return {"text": text} | wording(text, vocabulary)


def wording(text: str, vocabulary: set[str]) -> dict[str, float | None]:
    """Measure the shares of a text's words that are in a vocabulary, and that are different.

    The first and the last word are left out, as they may be incomplete; the vocabulary is in lower
    case. Both shares are None where there are no words.

    Examples
    --------
    >>> wording("ight the king and the kong and th", {"the", "king", "and"})
    {'known': 0.8333333333333334, 'different': 0.6666666666666666}
    """
    words = _words(text)[1:-1]
    if not words:
        return {"known": None, "different": None}
    return {
        "known": sum(word in vocabulary for word in words) / len(words),
        "different": len(set(words)) / len(words),
    }


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower())


def gates(fitted: Fitted) -> dict[str, Any]:
    """Record the units of the last recurrent layer while it reads some of the test text.

    Returns
    -------
    dict
        ``cell``; ``text``, an excerpt; ``units``: those of the ``hidden`` ones whose memory varies
        most over it; ``values``: for each gate and the memory, by name, a list for each unit with
        a number for each character. ``memory`` is the name of the remembered state: the cell
        state, or the hidden state of cells without one. ``means``: of each gate over all units and
        the ``judged`` characters; ``follows``: the one of the :func:`features` with which each
        unit's memory correlates most over these, ``feature`` and ``correlation``, both None for a
        unit that never changes.
    """
    model = fitted.require("activations", "gates", "CharacterModel")
    read = model.as_read(fitted.test.X[:_JUDGED])
    activations = model.activations(read)
    names = _GATES[model.cell]
    memory = activations[names[-1]]
    start = _start(read)
    excerpt = slice(start, start + _EXCERPT)
    units = np.argsort(-memory[excerpt].var(axis=0), kind="stable")[:_UNITS]
    return {
        "cell": model.cell,
        "text": read[excerpt],
        "units": units.tolist(),
        "hidden": memory.shape[1],
        "memory": names[-1],
        "values": {
            name: activations[name][excerpt, units].T.astype(float).tolist() for name in names
        },
        "means": {name: float(activations[name].mean()) for name in names[:-1]},
        "judged": len(read),
        "follows": [_followed(memory[:, unit], read) for unit in units],
    }


def _start(read: str) -> int:
    """Return the start of the excerpt, that of a paragraph if enough characters follow it."""
    latest = max(0, len(read) - _EXCERPT)
    gap = read.find("\n\n", min(_BEFORE, latest))
    return gap + 2 if 0 <= gap <= latest - 2 else min(_BEFORE, latest)


def features(read: str) -> dict[str, Array]:
    r"""Return features that a unit may follow, each with a number per character, float (n,).

    Examples
    --------
    >>> features("Ay,\nX")["place in the line"].tolist()
    [1.0, 2.0, 3.0, 0.0, 1.0]
    """
    every = np.arange(len(read))

    def since(stops: Array) -> Array:
        last = np.maximum.accumulate(np.where(stops, every, -1))
        return (every - last).astype(float)

    def flags(test: Callable[[str], bool]) -> Array:
        return np.array([test(character) for character in read], dtype=float)

    line_breaks = flags("\n".__eq__)
    return {
        "place in the line": since(line_breaks == 1),
        "place in the word": since(flags(str.isalpha) == 0),
        "capital letters": flags(str.isupper),
        "spaces": flags(" ".__eq__),
        "line breaks": line_breaks,
        "vowels": flags(lambda character: character.lower() in "aeiou"),
    }


def _followed(memory: Array, read: str) -> dict[str, Any]:
    varied = {name: values for name, values in features(read).items() if values.std()}
    if not varied or not memory.std():
        return {"feature": None, "correlation": None}
    r = {name: float(np.corrcoef(values, memory)[0, 1]) for name, values in varied.items()}
    best = max(r, key=lambda name: abs(r[name]))
    return {"feature": best, "correlation": r[best]}
