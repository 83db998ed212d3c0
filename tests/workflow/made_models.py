"""Models as others write them: one that crashes, one that hangs, one that skops cannot keep."""

from __future__ import annotations

import os
import signal
import time
from typing import Any, Self

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin


class Kept(ClassifierMixin, BaseEstimator):
    """Answers with the first class, and has what it learnt in an array."""

    def fit(self, X: Any, y: Any) -> Self:
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        return np.tile(np.eye(len(self.classes_))[0], (len(X), 1))

    def predict(self, X: Any) -> np.ndarray:
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class OfTensors(Kept):
    """A network of torch among its attributes."""

    def fit(self, X: Any, y: Any) -> Self:
        super().fit(X, y)
        self.network_ = torch.nn.Linear(X.shape[1], len(self.classes_))
        return self


class NeedsMany(Kept):
    """Cannot be fitted to few rows."""

    def __init__(self, least: int = 30) -> None:
        self.least = least

    def fit(self, X: Any, y: Any) -> Self:
        if len(X) < self.least:
            raise ValueError(f"{len(X)} rows; needs {self.least}")
        return super().fit(X, y)


class Forgetful(Kept):
    """Answers otherwise once it was read from a file."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state | {"classes_": state["classes_"][::-1]})


class Crashing(Kept):
    """Ends its process, as a fault in compiled code does."""

    def fit(self, X: Any, y: Any) -> Self:
        os.kill(os.getpid(), signal.SIGKILL)
        return self


class Hanging(Kept):
    """Never comes back."""

    def fit(self, X: Any, y: Any) -> Self:
        time.sleep(3600)
        return self


class Leaving(Kept):
    """Ends its process as if all were well."""

    def fit(self, X: Any, y: Any) -> Self:
        os._exit(0)
