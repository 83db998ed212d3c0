"""Sampling text from a model of characters: greedy, temperature, top k, nucleus."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import validate_parameter_constraints

from handbook.models.parameters import COUNT, POSITIVE, SHARE, WHOLE

__all__ = ["Reader", "generated", "shaped"]

Array = npt.NDArray[Any]

_CONSTRAINTS = {
    "n": [WHOLE],
    "temperature": [POSITIVE],
    "top_k": [COUNT, None],
    "top_p": [SHARE, None],
}


class Reader(Protocol):
    """Reads a text from left to right and predicts after each stretch what comes next."""

    def read(self, codes: Array) -> Array:
        """Read some more codes, (n,), or none; return log-probabilities of the next one, (A+1,)."""


def shaped(
    log_probabilities: Array,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> npt.NDArray[np.float64]:
    """Return the probabilities, (A,), that a character is drawn with.

    The temperature comes first, then the k likeliest are kept, then of these the nucleus. Of
    characters that are equally likely, those with lower codes are kept. Log-probabilities, (A,),
    are given up to a constant.

    Examples
    --------
    >>> shaped(np.log([0.5, 0.1, 0.4]), top_k=2).round(3).tolist()
    [0.556, 0.0, 0.444]
    >>> shaped(np.log([0.5, 0.1, 0.4]), top_p=0.5).tolist()
    [1.0, 0.0, 0.0]
    >>> shaped(np.log([0.5, 0.1, 0.4]), temperature=0.5).round(3).tolist()
    [0.595, 0.024, 0.381]
    """
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
    reader: Reader,
    seed: Array,
    n: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    greedy: bool = False,
    random_state: Any = None,
) -> list[int]:
    """Continue the codes of `seed` by `n` codes, drawn one after the other.

    The last symbol, which stands for all unseen characters, is never drawn. The reader has read
    nothing yet; other parameters are those of
    :meth:`handbook.models.text.language.LanguageModel.generate`.
    """
    given = {"n": n, "temperature": temperature, "top_k": top_k, "top_p": top_p}
    validate_parameter_constraints(_CONSTRAINTS, given, "generate")
    random = check_random_state(random_state)
    codes: list[int] = []
    for _ in range(n):
        # the reader gets what it has not read yet: the seed, then each character drawn
        unread = np.array(codes[-1:], dtype=np.int64) if codes else seed
        log_probabilities = reader.read(unread)[:-1]
        if greedy:
            codes.append(int(log_probabilities.argmax()))
        else:
            mass = np.cumsum(shaped(log_probabilities, temperature, top_k, top_p))
            codes.append(int(np.searchsorted(mass, random.random_sample() * mass[-1], "right")))
    return codes
