"""Accuracy where one class is rare, beside that of always predicting the common class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handbook.report.site.results import DataSet, Run
from handbook.report.site.site import Site

__all__ = ["Unbalanced", "equal_in_print", "unbalanced"]

# Share of the common class from which on a data set stands on the page.
_COMMON = 0.8
# Accuracy less than this above the common class's share says next to nothing.
_CLOSE = 0.01


@dataclass(frozen=True)
class Unbalanced:
    """A data set of two classes, one of them rare, and the finished runs on it.

    Parameters
    ----------
    data : DataSet
    common : float
        Accuracy of the dummy on the test rows: the share of the common class.
    runs : tuple of Run
        Best accuracy first.
    """

    data: DataSet
    common: float
    runs: tuple[Run, ...]

    @property
    def close(self) -> list[Run]:
        """The runs whose accuracy is less than one point above the common class's, or below."""
        return [run for run in self.runs if (run.metrics["accuracy"] or 0) < self.common + _CLOSE]

    @property
    def blind(self) -> list[Run]:
        """The runs that never find a row of the rare class."""
        return [run for run in self.runs if run.metrics.get("recall") == 0]

    @property
    def ranked(self) -> list[float]:
        """ROC AUC of the close ones that have it, rising."""
        values = [run.metrics.get("roc_auc") for run in self.close]
        return sorted(value for value in values if value is not None)


def unbalanced(site: Site) -> list[Unbalanced]:
    """Find the data sets of two classes of which one is rare, and their classifiers."""
    sets = []
    for data in site.data:
        runs = [
            run
            for run in site.runs
            if run.data == data.name
            and run.state == "finished"
            and run.metrics.get("accuracy") is not None
            and "recall" in run.metrics
            and run.task == "classification"
        ]
        common = max((run.baseline.get("accuracy") or 0 for run in runs), default=0)
        two = len((data.profile or {}).get("classes") or ()) == 2
        if runs and common >= _COMMON and two:
            runs.sort(key=lambda run: -(run.metrics["accuracy"] or 0))
            sets.append(Unbalanced(data, common, tuple(runs)))
    return sets


def equal_in_print(models: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return the section that prints one accuracy for several models, and those models.

    Parameters
    ----------
    models : mapping
        Those of the catalogue by name.

    Examples
    --------
    >>> variants = {"book": {"book": {"iris": {"accuracy": 0.9}}}}
    >>> models = {name: {"section": "7.3", "variants": variants} for name in ("rbf", "mlp")}
    >>> equal_in_print(models)
    ('7.3', ['rbf', 'mlp'])
    """
    by_figure: dict[tuple[str, str, float], dict[str, None]] = {}
    for name, entry in models.items():
        for variant in entry["variants"].values():
            for data, figures in variant["book"].items():
                if "accuracy" in figures:
                    key = entry["section"], data, figures["accuracy"]
                    by_figure.setdefault(key, {})[name] = None
    for (section, *_), names in by_figure.items():
        if len(names) > 1:
            return section, list(names)
    return "", []
