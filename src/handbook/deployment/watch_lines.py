"""A watch as lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from handbook.core.columns import columns, shortened
from handbook.core.numbers import count, number, probability
from handbook.monitoring.drift import ColumnDrift
from handbook.monitoring.performance import Performance
from handbook.monitoring.reference import Reference
from handbook.monitoring.rule import Rule
from handbook.monitoring.watch import Watch, Watched
from handbook.tasks.metric import Metric

__all__ = ["lines"]

_SHOWN = 12  # columns of the last window
_EFFECTS = {"ks": "D", "chi-square": "V", "unfamiliar": "share"}


def lines(watch: Watch, reference: Reference, rule: Rule, rows: int) -> Iterator[str]:
    """Yield what a watch saw: every window, the columns of the last one, and whether to act.

    Parameters
    ----------
    watch : Watch
    reference : Reference
    rule : Rule
    rows : int
        That there were.
    """
    yield from watch.remarks
    trained = reference.columns[0].rows if reference.columns else 0
    yield (
        f"{reference.data}: {count(rows)} row{'' if rows == 1 else 's'} against {count(trained)} "
        f"training rows of {reference.run}"
    )
    if not watch.windows:
        yield f"fewer than {rule.least} rows: nothing can be said yet"
        return
    yield ""
    yield from _windows(watch.windows, reference)
    yield ""
    yield from _columns(watch.windows[-1])
    yield ""
    yield from _alarms(watch, rule)


def _windows(own: Sequence[Watched], reference: Reference) -> Iterator[str]:
    scored = any(window.performance for window in own)
    head = ["rows", "drifted", "largest drift", "PSI"]
    if scored and reference.performance is not None:
        head += _score_head(reference.performance)
    timed = any(window.start for window in own)
    head += ["from", "to"] if timed else []
    table = [_window(window, reference, scored) for window in own]
    if timed:
        table = [
            [*cells, str(window.start)[:16], str(window.end)[:16]]
            for cells, window in zip(table, own, strict=True)
        ]
    if scored and reference.performance is not None:
        usual = ["held out", "", "", "", *_scores(reference.performance, reference.performance)]
        table.append(usual + [""] * (len(head) - len(usual)))
    yield from columns(head, table)


def _window(window: Watched, reference: Reference, scored: bool) -> list[str]:
    moved = dict(window.moved)
    drifted = [key for key in window.alarms if key in moved]
    key, largest = max(moved.items(), key=lambda item: item[1].shift)
    cells = [
        f"{count(window.window.first + 1)}-{count(window.window.last)}",
        f"{len(drifted)} of {len(moved)}",
        _name(key),
        number(largest.shift, 2),
    ]
    if scored and reference.performance is not None:
        cells += _scores(window.performance, reference.performance)
    return cells


def _score_head(usual: Performance) -> list[str]:
    head = [Metric.named(name).title for name in _named(usual)]
    return head + (["promised", "observed"] if usual.calibration else [])


def _scores(own: Performance | None, usual: Performance) -> list[str]:
    width = len(_score_head(usual))
    if own is None:
        return ["-"] * width
    cells = []
    for name in _named(usual):
        ends = own.intervals.get(name)
        reach = f" [{number(ends[0], 3)}, {number(ends[1], 3)}]" if ends else ""
        cells.append(f"{number(own.scores.get(name), 3)}{reach}")
    if usual.calibration:
        gap = own.calibration
        cells += ["-", "-"] if gap is None else [number(gap.promised, 3), number(gap.observed, 3)]
    return cells


def _named(usual: Performance) -> list[str]:
    """Return the metrics of a line: the primary one, and the precision of alerts."""
    alerts = usual.primary in ("roc_auc", "average_precision")
    return [usual.primary, *(["precision"] if alerts else [])]


def _columns(window: Watched) -> Iterator[str]:
    moved = sorted(window.moved, key=lambda item: -item[1].shift)
    rows = [_column(key, column, window) for key, column in moved[:_SHOWN]]
    yield f"in the last window{f', the {_SHOWN} that moved most' if len(moved) > _SHOWN else ''}:"
    yield from columns(["column", "test", "effect", "PSI", "by chance", "adjusted", ""], rows)
    yield from _remarks(moved)


def _remarks(moved: Iterable[tuple[str, ColumnDrift]]) -> Iterator[str]:
    for key, column in moved:
        for remark in column.remarks:
            yield f"  {_name(key)}: {remark}"


def _column(key: str, column: ColumnDrift, window: Watched) -> list[str]:
    effect = f"{_EFFECTS[column.test]} {number(column.statistic, 2)}" if column.test else "-"
    return [
        _name(key),
        column.test or "none",
        effect,
        number(column.psi, 2),
        number(column.noise, 2),
        probability(window.adjusted[key]),
        "drifted" if key in window.alarms else "",
    ]


def _alarms(watch: Watch, rule: Rule) -> Iterator[str]:
    for window in watch.windows:
        if window.alarms:
            names = shortened([_name(key) for key in window.alarms], 6)
            first, last = count(window.window.first + 1), count(window.window.last)
            yield f"ALARM in rows {first}-{last}: {names}"
            if window is not watch.windows[-1]:
                yield from _remarks(
                    (key, column) for key, column in window.moved if key in window.alarms
                )
    if not watch.alarm:
        yield (
            f"no alarm: nothing has moved by a PSI of {rule.shift:g} beyond chance with p below "
            f"{rule.level:g}, adjusted for {_tests(watch)} tests (Holm)"
        )


def _tests(watch: Watch) -> int:
    return sum(len(window.adjusted) for window in watch.windows)


def _name(key: str) -> str:
    """Return the name of what was tested, as people read it.

    Examples
    --------
    >>> [_name(key) for key in ("column:age", "answer:p:yes", "label:label", "score:roc_auc")]
    ['age', 'answers: p:yes', 'labels', 'ROC AUC']
    """
    kind, _, name = key.partition(":")
    if kind == "score":
        return Metric.named(name).title
    return {"answer": f"answers: {name}", "label": "labels"}.get(kind, name)
