"""Folds of rows: the one place where estimators are fitted on some rows and asked about others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.base import clone

from handbook.data.dataset import take
from handbook.training.build import last_step

__all__ = ["Fold", "Folds"]

Array = npt.NDArray[Any]


class Fold(NamedTuple):
    """The rows of one fold: those to fit on, and those to check on."""

    X_fit: Any
    y_fit: Any
    X_check: Any
    y_check: Any


class Folds:
    """Rows split several times, with encoded columns kept between fits.

    Encoding the columns of a table takes longer than most fits, so it is done once for each fold
    and recipe instead of once for each setting of the model. Splits are pairs of positions: of the
    rows to fit on, and of those to check on.
    """

    def __init__(self, X: Any, y: Array | None, splits: Iterable[tuple[Array, Array]]) -> None:
        self._X, self._y = X, y
        self.splits = list(splits)
        self._encoded: dict[tuple[int, Hashable], Fold] = {}

    def __len__(self) -> int:
        """Count folds."""
        return len(self.splits)

    @property
    def share(self) -> float:
        """Rows to check on by rows to fit on, on average; nearly 1 / (k - 1) for k folds."""
        return float(np.mean([len(check_on) / len(fit_on) for fit_on, check_on in self.splits]))

    def __getitem__(self, number: int) -> Fold:
        """Return the rows of a fold."""
        fit_on, check_on = self.splits[number]
        y_fit, y_check = (None, None) if self._y is None else (self._y[fit_on], self._y[check_on])
        return Fold(take(self._X, fit_on), y_fit, take(self._X, check_on), y_check)

    def fit(
        self,
        number: int,
        estimator: Any,
        *,
        recipe: Hashable = None,
        progress: Callable[[Mapping[str, float]], None] | None = None,
    ) -> tuple[Any, Fold]:
        """Fit an estimator's last step on a fold; return it with the rows as it sees them.

        Parameters
        ----------
        number : int
            Of the fold.
        estimator : estimator
            Unfitted; a pipeline where columns are encoded before the model.
        recipe : hashable
            What distinguishes the steps before the model from those of other settings.
        progress : callable or None
            Takes each step's figures from models that have `set_progress`.
        """
        fold = self._as_seen(number, estimator, recipe)
        model = clone(last_step(estimator))
        if progress is not None and hasattr(model, "set_progress"):
            model.set_progress(progress)
        return model.fit(fold.X_fit, fold.y_fit), fold

    def _as_seen(self, number: int, estimator: Any, recipe: Hashable) -> Fold:
        """Encode the columns of a fold; kept are those of this fold and those of this recipe."""
        if not hasattr(estimator, "steps"):
            return self[number]
        if (number, recipe) not in self._encoded:
            self._encoded = {
                key: fold
                for key, fold in self._encoded.items()
                if key[0] == number or key[1] == recipe
            }
            fold, columns = self[number], clone(estimator[:-1])
            X_fit, X_check = columns.fit_transform(fold.X_fit), columns.transform(fold.X_check)
            self._encoded[number, recipe] = fold._replace(X_fit=X_fit, X_check=X_check)
        return self._encoded[number, recipe]
