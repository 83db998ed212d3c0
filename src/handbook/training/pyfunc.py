"""A saved estimator as MLflow's generic Python model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handbook.core.errors import HandbookError
from handbook.training.saving import load

__all__ = ["SavedModel"]

_CONTINUED = 200  # characters that a model of text adds


class SavedModel:
    """A saved estimator, as :func:`load` returns it, as MLflow's generic Python model."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def predict(self, data: Any, params: Mapping[str, Any] | None = None) -> Any:
        """Return what the estimator's method named by ``params["method"]`` returns.

        ``predict`` unless asked otherwise; ``predict_proba`` and ``decision_function`` where
        the estimator has them. A generator of pictures gives ``sample``: as many pictures as there
        are rows of data. A model of text gives ``generate``: what might follow each text in the
        column ``text`` of a table.
        """
        methods = ("sample", "generate", "predict", "predict_proba", "decision_function")
        allowed = [name for name in methods if hasattr(self.estimator, name)]
        method = (params or {}).get("method", "predict")
        if method == "predict" and allowed[0] != "predict":
            method = allowed[0]
        if method not in allowed:
            raise HandbookError(
                f"method {method!r} is not one of {type(self.estimator).__name__}'s; "
                f"use one of {', '.join(allowed)}"
            )
        if method == "sample":
            return self.estimator.sample(len(data))
        if method == "generate":
            return [self.estimator.generate(_CONTINUED, text) for text in data["text"]]
        return getattr(self.estimator, method)(data)


def _load_pyfunc(path: str) -> SavedModel:
    """Open a model for ``mlflow.pyfunc.load_model``, which looks for this name."""
    return SavedModel(load(Path(path)))
