"""What came out, before any table: four findings with their numbers, each with its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from handbook.labs.book import Fault
from handbook.report.numbers import count, difference, estimate, number, printed
from handbook.report.site.accuracy import Unbalanced
from handbook.report.site.errata import UNREFUTED, Errata
from handbook.report.site.leakage import Leak
from handbook.report.site.pages import model_page
from handbook.report.site.results import Run
from handbook.report.site.site import Site
from handbook.tasks.metric import Metric

__all__ = ["Finding", "findings"]

# Kinds of errata after their number: of one, and of more.
_KINDS: dict[Fault, tuple[str, str]] = {
    "crashes when run": ("crashes when run", "crash when run"),
    "gives another number": ("gives another number", "give another number"),
    "contradicts itself": ("contradicts the book itself", "contradict the book itself"),
    "wrong claim": ("is a wrong claim", "are wrong claims"),
    "cannot be checked": ("cannot be checked", "cannot be checked"),
    "announced and missing": ("is announced and missing", "are announced and missing"),
}


class Finding(NamedTuple):
    """One finding.

    Parameters
    ----------
    figure : str
        Its number.
    title : str
        What the number is of, to be read after it.
    text : str
        What it means, in a sentence or two.
    page : str
        Where it is shown.
    """

    figure: str
    title: str
    text: str
    page: str

    @property
    def file(self) -> str:
        """The page without the place on it."""
        return self.page.partition("#")[0]


def findings(
    site: Site, errata: Errata, leak: Leak | None, unbalanced: Sequence[Unbalanced]
) -> list[Finding]:
    """Return the findings that the results allow, in the order in which they are told."""
    possible = [_common(unbalanced), _leak(leak), _printed(site), _errata(errata)]
    return [finding for finding in possible if finding is not None]


def _common(sets: Sequence[Unbalanced]) -> Finding | None:
    """Say what naming the common class alone gives, where it hides most runs."""
    if not sets:
        return None
    worst = max(sets, key=lambda entry: len(entry.close))
    classes = (worst.data.profile or {})["classes"]
    common = max(classes, key=lambda name: classes[name]["test"])
    text = (
        f"{count(len(worst.close))} of {count(len(worst.runs))} runs on {worst.data.title} gain "
        "less than one percentage point on that"
    )
    if len(worst.ranked) > 1:
        low, high = worst.ranked[0], worst.ranked[-1]
        text += f", though by ROC AUC they lie anywhere from {number(low, 2)} to {number(high, 2)}"
    return Finding(
        figure=f"{100 * worst.common:.3g} %",
        title=f"accuracy comes from always naming “{common}”",
        text=f"{text}.",
        page=f"accuracy.html#{worst.data.name}",
    )


def _leak(leak: Leak | None) -> Finding | None:
    if leak is None or leak.mean_drop is None:
        return None
    measured = sum(pair.drop(leak.metric) is not None for pair in leak.pairs)
    runs = f"{count(measured)} runs" if measured > 1 else "1 run"
    return Finding(
        figure=difference(leak.mean_drop),
        title=f"{Metric.named(leak.metric).title} without the column {leak.column}",
        text=f"{leak.leaky.title} has this column, and nobody has it in time: it is known after "
        f"the call. {'Mean' if measured > 1 else 'Difference'} over {runs} with and without it.",
        page="leakage.html",
    )


def _printed(site: Site) -> Finding | None:
    """Hold a figure that the book prints against what its own settings and better ones give."""
    run, metric = next(_learnt(site.runs), (None, ""))
    if run is None:
        return None
    title, name = run.title or run.model, Metric.named(metric).title
    ours = estimate(run.mean(metric), run.interval(metric)) if run.interval(metric) else ""
    folds = f"; {ours} over folds of the training rows" if ours else ""
    data = next((entry.title for entry in site.data if entry.name == run.data), run.data)
    text = (
        f"The book prints {printed(run.book[metric])} for {title} on {data}. Its settings give "
        f"{number(run.metrics[metric])} on the test rows here{folds}."
    )
    if (better := _best_other(run, metric, site.runs)) is not None:
        text += f" Our variant {better.variant} reaches {number(better.metrics[metric])}."
    return Finding(
        figure=f"{printed(run.book[metric])} → {number(run.metrics[metric])}",
        title=f"{name} of {title}, printed and measured",
        text=text,
        page=f"{model_page(run.model)}#{run.anchor}",
    )


def _learnt(runs: Sequence[Run]) -> Iterator[tuple[Run, str]]:
    """Yield runs with a printed figure that is better than the dummy's: one that shows learning."""
    for run in runs:
        for metric, figure in run.book.items():
            ours, dummy = run.metrics.get(metric), run.baseline.get(metric)
            if run.state != "finished" or ours is None or dummy is None:
                continue
            # Printed figures are rounded: a digit better than the dummy's is no better.
            if Metric.named(metric).sign * (figure - dummy) > 0.01 * abs(dummy):
                yield run, metric


def _best_other(run: Run, metric: str, runs: Sequence[Run]) -> Run | None:
    """Return the best other variant of a run's model on its data set, where one is better."""
    sign = Metric.named(metric).sign
    others = [
        other
        for other in runs
        if (other.model, other.data) == (run.model, run.data)
        and other.state == "finished"
        and other.metrics.get(metric) is not None
        and sign * (other.metrics[metric] or 0) > sign * (run.metrics[metric] or 0)
    ]
    return max(others, key=lambda other: sign * (other.metrics[metric] or 0), default=None)


def _errata(errata: Errata) -> Finding | None:
    if not errata.refuted:
        return None
    counted = {fault: f"{len(rows)} {_KINDS[fault][len(rows) > 1]}" for fault, rows in errata.kinds}
    wrong = ", ".join(text for fault, text in counted.items() if fault not in UNREFUTED)
    more = ", ".join(text for fault, text in counted.items() if fault in UNREFUTED)
    single = len(errata.refuted) == 1
    return Finding(
        figure=count(len(errata.refuted)),
        title=f"statement{'' if single else 's'} of the book "
        f"{'does' if single else 'do'} not hold when run or read closely",
        text=f"Of these, {wrong}.{f' Besides, {more}.' if more else ''}",
        page="errata.html",
    )
