"""The base of the models of characters: alphabet, bits, prediction and generation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from handbook.core.errors import HandbookError
from handbook.models.text.generation import Reader, generated

__all__ = ["UNSEEN", "LanguageModel", "Text", "text"]

Array = npt.NDArray[Any]
#: A text, or pieces of one in order, such as its characters: what cross-validation leaves of it.
Text: TypeAlias = str | Sequence[str]

#: Stands for every character that the training text does not have (Unicode's replacement).
UNSEEN = "\ufffd"


class LanguageModel(ABC):
    """Base of the models that predict a text character by character.

    A text's characters become codes: positions in the sorted alphabet of the training text, and
    one code more, the last, for all characters that it does not have. A subclass learns
    ``alphabet_`` and gives :meth:`log_probabilities` and a :class:`Reader`.

    Attributes
    ----------
    alphabet_ : str
        The characters of the training text, sorted; A of them.
    """

    alphabet_: str

    @abstractmethod
    def log_probabilities(self, X: Text) -> npt.NDArray[np.float64]:
        """Return the natural logarithm of each symbol's probability at each position of a text.

        Parameters
        ----------
        X : str of n characters, or list of str
            Pieces of a text are joined.

        Returns
        -------
        float64 array of shape (n, A+1)
            Row i is for character i, given those before it in `X` alone; the last column is for
            all characters that are not in the alphabet.
        """

    @abstractmethod
    def _reader(self) -> Reader:
        """Return a reader that has read nothing yet."""

    def encode(self, X: Text) -> npt.NDArray[np.int64]:
        """Return the code of each character of a text, (n,); A for those not in the alphabet."""
        check_is_fitted(self, "alphabet_")
        codes = {character: code for code, character in enumerate(self.alphabet_)}
        characters = self.as_read(text(self, X))
        return np.array([codes.get(each, len(codes)) for each in characters], dtype=np.int64)

    def decode(self, codes: Iterable[int]) -> str:
        """Return the text of some codes of the alphabet."""
        return "".join(self.alphabet_[code] for code in codes)

    def bits(self, X: Text) -> npt.NDArray[np.float64]:
        """Return -log2 of the probability of each character of a text, given all before it, (n,).

        Their mean is the length of the text in bits per character after arithmetic coding by this
        model. The first character is predicted from nothing.
        """
        codes = self.encode(X)
        log_probabilities = self.log_probabilities(X)[np.arange(len(codes)), codes]
        return np.asarray(-log_probabilities / np.log(2.0), dtype=np.float64)

    def score(self, X: Text, y: Any = None) -> float:
        """Return minus the bits per character of a text: the higher, the better.

        Searches and cross-validations compare models by it. Their folds are to be blocks of the
        text, as scikit-learn's ``KFold`` without shuffling makes them.

        Parameters
        ----------
        X : str or list of str
        y : None
            Ignored.
        """
        return -float(np.mean(self.bits(text(self, X, least=1))))

    def predict(self, X: Text) -> Array:
        """Return the likeliest character at each position, given all before it; str, (n,)."""
        likeliest = self.log_probabilities(X).argmax(axis=1)
        return np.asarray(np.array([*self.alphabet_, UNSEEN])[likeliest])

    def generate(
        self,
        n: int,
        seed_text: str = "",
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        greedy: bool = False,
        random_state: Any = None,
    ) -> str:
        """Continue a text by `n` characters of the alphabet.

        Parameters
        ----------
        n : int
        seed_text : str, default=""
            Is read first, and not returned.
        temperature : float, default=1.0
            Above 0: log-probabilities are divided by it. Below 1 what is likely becomes likelier.
        top_k : int or None, default=None
            Draw among this many likeliest characters only.
        top_p : float or None, default=None
            Draw among the fewest likeliest characters that have this probability together
            (nucleus sampling).
        greedy : bool, default=False
            Always take the likeliest character; nothing is drawn.
        random_state : int, RandomState instance or None, default=None

        Raises
        ------
        ValueError
            If a parameter is out of its range.

        References
        ----------
        Holtzman, Buys, Du, Forbes and Choi, "The curious case of neural text degeneration",
        ICLR (2020), for the nucleus. Handbook, 5.6, which generates greedily.
        """
        seed, drawing = self.encode(seed_text), (temperature, top_k, top_p, greedy, random_state)
        return self.decode(generated(self._reader(), seed, n, *drawing))

    def as_read(self, X: str) -> str:
        """Return a text as this model reads and predicts it, of the same length."""
        return X

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.estimator_type = "language_model"
        tags.target_tags.required = False
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags


def text(model: object, X: Any, least: int = 0) -> str:
    """Return a text of at least so many characters, its pieces joined; raise HandbookError else."""
    name = type(model).__name__
    pieces = X.tolist() if isinstance(X, np.ndarray) else X
    if isinstance(pieces, list | tuple) and all(isinstance(piece, str) for piece in pieces):
        X = "".join(pieces)
    if not isinstance(X, str):
        raise HandbookError(
            f"{name}: given {type(X).__name__}; expected a text as one str, such as "
            "'\\n'.join(lines), or a list of str"
        )
    if len(X) < least:
        raise HandbookError(
            f"{name}: a text of {len(X)} characters; these settings need {least} or more"
        )
    return X
