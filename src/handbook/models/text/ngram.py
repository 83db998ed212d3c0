"""Character n-grams, a reference for the networks."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from handbook.core.errors import HandbookError
from handbook.models.parameters import COUNT
from handbook.models.text.generation import Reader
from handbook.models.text.language import LanguageModel, Text, text

__all__ = ["CharacterNgram"]

Array = npt.NDArray[Any]

_AT_ONCE = 10_000  # characters, each with a row of probabilities


class CharacterNgram(LanguageModel, BaseEstimator):  # type: ignore[misc]
    """Interpolated Kneser-Ney smoothing of counted n-grams.

    Each order takes a discount from its counts and leaves that mass to the next shorter context;
    the shorter ones count in how many contexts a character follows rather than how often. The
    discount is n1 / (n1 + 2 n2), from the numbers of n-grams counted once and twice (Ney, Essen
    and Kneser, 1994). The shortest, without context, adds one to each count, that of the symbol
    for unseen characters too, so that no character is impossible.

    Parameters
    ----------
    order : int, default=6
        Characters of the longest n-gram, the predicted one included.

    Attributes
    ----------
    alphabet_ : str
    keys_ : list of int64 arrays
        The n-grams of each order, as numbers in base A+1, sorted.
    counts_ : list of int64 arrays
        Their counts.

    References
    ----------
    Kneser and Ney, "Improved backing-off for m-gram language modeling", ICASSP (1995). Chen and
    Goodman, "An empirical study of smoothing techniques for language modeling", Computer Speech
    and Language 13 (1999). Shannon, "Prediction and entropy of printed English", Bell System
    Technical Journal 30 (1951). Beside handbook, 5.6.

    Examples
    --------
    >>> model = CharacterNgram(order=3).fit("abcabcabcabcabc")
    >>> "".join(model.predict("abcabc"))
    'abcabc'
    >>> model.generate(4, "ab", greedy=True)
    'cabc'
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {"order": [COUNT]}

    def __init__(self, order: int = 6) -> None:
        self.order = order

    def fit(self, X: Text, y: Any = None) -> Self:
        """Count the n-grams of a text.

        Parameters
        ----------
        X : str or list of str
            Pieces of a text are joined.
        y : None
            Ignored.
        """
        self._validate_params()
        whole = text(self, X, least=1)
        self.alphabet_ = "".join(sorted(set(whole)))
        # an n-gram is one whole number of 63 bits
        if (base := len(self.alphabet_) + 1) ** self.order >= 2**63:
            raise HandbookError(
                f"CharacterNgram: order is {self.order} with {base - 1} characters; expected "
                f"{int(63 / np.log2(base))} or less"
            )
        codes = self.encode(whole)
        self.keys_, self.counts_ = [], []
        for length in range(1, self.order + 1):
            grams = _grams(codes, length, base)
            if length < self.order:
                # each different character before it counts once; at the text's start there is none
                longer = np.unique(_grams(codes, length + 1, base))
                grams = np.append(longer % base**length, grams[:1])
            keys, counts = np.unique(grams, return_counts=True)
            self.keys_.append(keys)
            self.counts_.append(counts)
        return self

    def log_probabilities(self, X: Text) -> npt.NDArray[np.float64]:
        """See :meth:`LanguageModel.log_probabilities`; only the last `order` - 1 are looked at."""
        check_is_fitted(self, "keys_")
        codes = self.encode(X)
        parts = [
            self._after(codes, np.arange(start, min(start + _AT_ONCE, len(codes))))
            for start in range(0, len(codes), _AT_ONCE)
        ]
        nothing = np.empty((0, len(self.alphabet_) + 1))
        return np.asarray(np.log(np.concatenate([nothing, *parts])))

    def _after(self, codes: Array, positions: Array) -> npt.NDArray[np.float64]:
        """Return the probabilities at some positions of a text, up to the one after its end."""
        base = len(self.alphabet_) + 1
        p = np.full((len(positions), base), 1.0 / base)
        context = np.zeros(len(positions), dtype=np.int64)
        for length in range(self.order):  # characters of context
            enough = positions >= length
            if length:
                context[enough] += codes[positions[enough] - length] * base ** (length - 1)
            self._refine(p, np.flatnonzero(enough), context[enough], length)
        return p

    def _refine(self, p: Array, rows: Array, context: Array, length: int) -> None:
        """Interpolate some rows of `p` with the counts after a context of one more character."""
        keys, counts = self.keys_[length], self.counts_[length]
        if not len(keys):  # the text is shorter than this
            return
        base = p.shape[1]
        contexts, first = np.unique(keys // base, return_index=True)
        kinds = np.diff(np.append(first, len(keys)))
        totals = np.add.reduceat(counts, first)
        at = np.minimum(np.searchsorted(contexts, context), len(contexts) - 1)
        counted = contexts[at] == context
        rows, at = rows[counted], at[counted]
        if length:
            once, twice = (np.count_nonzero(counts == times) for times in (1, 2))
            cut = once / (once + 2 * twice) if once else 0.5
            left = cut * kinds / totals
        else:  # `p` is uniform here, so that this adds one to each count
            cut, totals = 0.0, totals + base
            left = base / totals
        p[rows] *= left[at, np.newaxis]
        # every n-gram of each context, one after the other
        each = kinds[at]
        ends = np.cumsum(each)
        grams = np.repeat(first[at] - ends + each, each) + np.arange(each.sum())
        p[np.repeat(rows, each), keys[grams] % base] += (counts[grams] - cut) / np.repeat(
            totals[at], each
        )

    def _reader(self) -> Reader:
        check_is_fitted(self, "keys_")
        return _Reader(self)


class _Reader:
    """Remembers the last characters that were read."""

    def __init__(self, model: CharacterNgram) -> None:
        self.model = model
        self.tail = np.empty(0, dtype=np.int64)

    def read(self, codes: Array) -> Array:
        """See :class:`Reader`."""
        self.tail = np.append(self.tail, codes)[-self.model.order :]
        return np.asarray(np.log(self.model._after(self.tail, np.array([len(self.tail)]))[0]))


def _grams(codes: Array, length: int, base: int) -> npt.NDArray[np.int64]:
    """Return all stretches of so many codes, each as one number in `base`."""
    grams = np.zeros(max(0, len(codes) - length + 1), dtype=np.int64)
    for offset in range(length):
        grams = grams * base + codes[offset : offset + len(grams)]
    return grams
