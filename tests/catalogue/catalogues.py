"""Catalogues that tests change one place of."""

from __future__ import annotations

import copy
from typing import Any

from sklearn.base import BaseEstimator, ClassifierMixin


class Mute(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier that says a class and nothing about how sure it is."""

    def fit(self, X: Any, y: Any) -> Mute:
        """Learn nothing."""
        return self


#: The sections of a catalogue that asks for nothing.
NOTHING: dict[str, Any] = {
    "seed": 1,
    "tier": "standard",
    "data_source": "real",
    "crossval": {},
    "data": {},
    "models": {},
    "judges": {},
    "side_by_side": {},
    "bias_variance": None,
    "labs": {},
    "claims": {},
    "sweeps": {},
}
GOOD: dict[str, Any] = NOTHING | {
    "data": {"iris": {"release": "bundled"}, "diabetes": {"release": "bundled"}},
    "models": {
        "tree": {
            "title": "Tree",
            "section": "2.11",
            "task": "classification",
            "data": "iris",
            "estimator": "sklearn.tree.DecisionTreeClassifier",
            "variants": {"book": {"params": {"max_depth": 2}, "preprocess": {}}},
        }
    },
}


def with_change(path: str, value: Any) -> dict[str, Any]:
    """Return the good catalogue with one place changed."""
    changed = copy.deepcopy(GOOD)
    *parents, last = path.split(".")
    node = changed
    for key in parents:
        node = node[key]
    node[last] = value
    return changed


def generating(**judges: Any) -> dict[str, Any]:
    """A catalogue with a model that generates."""
    changed = copy.deepcopy(GOOD)
    changed["data"]["pokemon"] = {"release": "pokeapi"}
    changed["models"]["gan"] = {
        "title": "GAN",
        "section": "6.8",
        "task": "generation",
        "data": "pokemon",
        "estimator": "handbook.models.gan.DCGAN",
        "variants": {"book": {"crossval": False}},
    }
    return changed | {"judges": judges}


JUDGE = {"estimator": "handbook.models.lenet.LeNetClassifier", "labels": "groups"}
