"""Drawing text from a model of characters: greedy, by temperature, among the top k, by nucleus."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_random_state

from handbook.core.errors import HandbookError

__all__ = ["generated", "shaped"]

Array = npt.NDArray[Any]


class _Reader(Protocol):
    def read(self, codes: Array) -> Array: ...


def shaped(
    log_probabilities: Array,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> npt.NDArray[np.float64]:
    """Return the probabilities that a character is drawn with.

    The temperature comes first, then the k likeliest are kept, then of these the nucleus. Of
    characters that are equally likely, those with lower codes are kept.

    Parameters
    ----------
    log_probabilities : array of shape (A,)
        Up to a constant.
    temperature : float, default=1.0
    top_k : int or None, default=None
    top_p : float or None, default=None

    Returns
    -------
    float64 array of shape (A,)
        Sums to one.

    Examples
    --------
    >>> shaped(np.log([0.5, 0.1, 0.4]), top_k=2).round(3).tolist()
    [0.556, 0.0, 0.444]
    >>> shaped(np.log([0.5, 0.1, 0.4]), top_p=0.5).tolist()
    [1.0, 0.0, 0.0]
    >>> shaped(np.log([0.5, 0.1, 0.4]), temperature=0.5).round(3).tolist()
    [0.595, 0.024, 0.381]
    """
    _check(temperature, top_k, top_p)
    logits = np.asarray(log_probabilities, dtype=np.float64)
    p = np.exp((logits - logits.max()) / temperature)
    p /= p.sum()
    order = np.argsort(-logits, kind="stable")
    if top_k is not None:
        p[order[top_k:]] = 0.0
        p /= p.sum()
    if top_p is not None:
        mass = np.cumsum(p[order])
        # rounding may leave the sum of all below a top_p of 1
        enough = int(np.searchsorted(mass, min(top_p, mass[-1]))) + 1
        p[order[enough:]] = 0.0
        p /= p.sum()
    return np.asarray(p)


def generated(
    reader: _Reader,
    seed: Array,
    n: int,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    greedy: bool = False,
    random_state: Any = None,
) -> list[int]:
    """Let a reader read `seed`, then `n` codes of its own, one after the other.

    The symbol for unseen characters, the last, is never drawn: it stands for no character.

    Parameters
    ----------
    reader : Reader
        Has read nothing yet.
    seed : int array of shape (m,)
    n : int

    Other parameters are those of :meth:`handbook.models.text.language.LanguageModel.generate`.

    Returns
    -------
    list of int
        The `n` codes.
    """
    _check(temperature, top_k, top_p)
    if n < 0:
        raise HandbookError(f"n is {n!r} characters to generate; expected 0 or more")
    random = check_random_state(random_state)
    codes: list[int] = []
    for _ in range(n):
        # all of what was not read yet: the seed, later the one character drawn last
        said = reader.read(np.array(codes[-1:], dtype=np.int64) if codes else seed)[:-1]
        if greedy:
            codes.append(int(said.argmax()))
        else:
            mass = np.cumsum(shaped(said, temperature, top_k, top_p))
            codes.append(int(np.searchsorted(mass, random.random_sample() * mass[-1], "right")))
    return codes


def _check(temperature: float, top_k: int | None, top_p: float | None) -> None:
    for name, value, fine, expected in (
        (
            "temperature",
            temperature,
            temperature > 0,
            "a number above 0 (greedy takes the likeliest)",
        ),
        ("top_k", top_k, top_k is None or top_k >= 1, "none, or 1 or more"),
        ("top_p", top_p, top_p is None or 0 < top_p <= 1, "none, or above 0 and at most 1"),
    ):
        if not fine:
            raise HandbookError(f"{name} is {value!r}; expected {expected}")
