"""A watch in Prometheus' text format, for the textfile collector of its node exporter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handbook.monitoring.reference import Reference
from handbook.monitoring.watch import Watch

__all__ = ["exposition"]

_ABOUT = {
    "alarm": "Whether any window of the last watch is an alarm.",
    "alarms": "Windows of the last watch that are an alarm.",
    "windows": "Windows of the last watch.",
    "rows": "Rows of the last window.",
    "labels": "Labels of the last window that have come.",
    "drift_psi": "Population stability index of the last window less what chance makes of it.",
    "drift_p": "P-value of drift in the last window, adjusted for all tests (Holm).",
    "score": "Score of the last window's answers.",
    "calibration_gap": "Share observed less probability promised in the last window.",
    "timestamp_seconds": "When the last watch ended.",
}


def exposition(watch: Watch, reference: Reference, now: float) -> str:
    """Return the gauges of the last window, each with what it is.

    Parameters
    ----------
    watch : Watch
    reference : Reference
    now : float
        Seconds since 1970: an alert on its age tells of a watch that no longer runs.
    """
    values: dict[str, list[tuple[Mapping[str, str], float]]] = {name: [] for name in _ABOUT}
    values["alarm"].append(({}, float(watch.alarm)))
    values["alarms"].append(({}, float(sum(bool(window.alarms) for window in watch.windows))))
    values["windows"].append(({}, float(len(watch.windows))))
    values["timestamp_seconds"].append(({}, now))
    if watch.windows:
        last = watch.windows[-1]
        values["rows"].append(({}, float(last.window.last - last.window.first)))
        values["labels"].append(({}, float(last.labelled)))
        for key, column in last.moved:
            kind, _, name = key.partition(":")
            of = {"kind": kind, "column": name}
            values["drift_psi"].append((of, column.shift))
            values["drift_p"].append((of, last.adjusted[key]))
        if last.performance is not None:
            for metric, score in last.performance.scores.items():
                values["score"].append(({"metric": metric}, score))
            if last.performance.calibration is not None:
                values["calibration_gap"].append(({}, last.performance.calibration.gap))
    every = {"data": reference.data, "run": reference.run}
    return "".join(_lines(values, every))


def _lines(
    values: Mapping[str, list[tuple[Mapping[str, str], float]]], every: Mapping[str, str]
) -> Iterator[str]:
    for name, own in values.items():
        if own:
            metric = f"handbook_watch_{name}"
            yield f"# HELP {metric} {_ABOUT[name]}\n# TYPE {metric} gauge\n"
            for labels, value in own:
                listed = (f'{key}="{_escaped(of)}"' for key, of in {**every, **labels}.items())
                yield f"{metric}{{{','.join(listed)}}} {value!r}\n"


def _escaped(text: str) -> str:
    r"""Return a label's value as the format wants it.

    Examples
    --------
    >>> print(_escaped('a "b"\\c'))
    a \"b\"\\c
    """
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
