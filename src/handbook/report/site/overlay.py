"""Runs laid over each other: their curves, the settings that differ, and their paired tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from handbook.records.compare.significance import pair, unpaired
from handbook.records.run import Folds, RunRecord
from handbook.report.numbers import estimate, number, probability, value
from handbook.report.site.curves import KINDS, Kind, Lines, history_kind
from handbook.tasks.metric import Metric

__all__ = ["Laid", "fold_tests", "overlay", "run_settings", "within_bounds"]

_LONGEST = 80  # characters of a setting's value


class Laid(NamedTuple):
    """What is laid over others: a run, a side of a comparison or a trial.

    Parameters
    ----------
    name : str
    score : str
        By the metric that all are compared by, as text.
    settings : mapping of str to str
    lines : Lines
    link : str
        Where it is described; empty for nowhere.
    step : str
        What its history counts.
    """

    name: str
    score: str
    settings: Mapping[str, str]
    lines: Lines
    link: str = ""
    step: str = "epoch"


def overlay(
    laid: Sequence[Laid],
    pairs: Mapping[tuple[int, int], str],
    *,
    metric: str,
    ticked: int = 2,
    about: str = "",
    untested: str = "not both were cross-validated on the same folds",
    kinds: Mapping[str, Kind] = KINDS,
) -> str:
    """Return what the script of an overlay reads, as JSON; empty where nothing has a curve.

    Parameters
    ----------
    laid : sequence of Laid
        In the order of the list to pick from.
    pairs : mapping of pairs of places to str
        What the paired test of two says.
    metric : str
        What scores are of, for people.
    ticked : int
        How many are picked at first.
    about : str
        What is said of the tests.
    untested : str
        Why there is no test of a pair.
    kinds : mapping of str to Kind
        Of curves; those of a history are described by their keys.
    """
    laid_keys = dict.fromkeys(key for each in laid for key in each.lines)
    steps = " or ".join(dict.fromkeys(each.step for each in laid))
    keys = [key for key in kinds if key in laid_keys]
    keys += [key for key in laid_keys if key not in kinds]
    if not keys:
        return ""
    names = dict.fromkeys(name for each in laid for name in each.settings)
    differ = [name for name in names if len({each.settings.get(name) for each in laid}) > 1]
    content = {
        "metric": metric,
        "ticked": ticked,
        "about": about,
        "untested": untested,
        "kinds": [
            {"key": key, **_filled((kinds.get(key) or history_kind(key, steps))._asdict())}
            for key in keys
        ],
        "runs": [
            {
                "name": each.name,
                "score": each.score,
                "link": each.link,
                "settings": {
                    name: _cut(each.settings[name]) for name in differ if name in each.settings
                },
                "lines": {
                    key: [_filled(line._asdict()) for line in lines]
                    for key, lines in each.lines.items()
                },
            }
            for each in laid
        ],
        "pairs": {f"{first} {second}": text for (first, second), text in pairs.items()},
    }
    # Inside a page "<" would be read as the beginning of a tag.
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def run_settings(run: RunRecord) -> dict[str, str]:
    """Return what was asked of a run and what its search chose, as text by short names."""
    settings = {
        name.removeprefix("params."): text
        for name, text in (run.settings() or {}).items()
        if not name.startswith("search.")
    }
    chosen = run.run.get("chosen") or {}
    found = {name: value(setting) for name, setting in (chosen.get("params") or {}).items()}
    if chosen.get("threshold") is not None:
        found["threshold"] = number(chosen["threshold"], 3)
    return settings | {name: f"{text} (found)" for name, text in found.items()}


def fold_tests(folds: Sequence[Folds], metric: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield what the paired test of each two cross-validations says of a metric."""
    for (i, first), (j, second) in combinations(enumerate(folds), 2):
        if unpaired(first, second):
            continue
        test = pair(second, first, metric)
        if test is not None:
            interval = within_bounds(test["interval"], metric)
            text = f"{estimate(test['difference'], interval)}, {probability(test['p'])}"
            yield (i, j), text


def within_bounds(interval: Sequence[float], metric: str) -> tuple[float, float]:
    """Cut the interval of a difference where no difference can be, which loses no coverage.

    Examples
    --------
    >>> within_bounds([-4.3, 0.2], "roc_auc"), within_bounds([-4.3, 0.2], "rmse")
    ((-1.0, 0.2), (-4.3, 0.2))
    """
    low, high = Metric.named(metric).difference_bounds
    return max(low, interval[0]), min(high, interval[1])


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", (), False)}


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
