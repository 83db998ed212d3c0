"""Results that differ from the book."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

from handbook.catalogue.overview import Overview
from handbook.catalogue.text_faults import TextFault
from handbook.core.errors import HandbookError, nearest
from handbook.labs.book import FAULTS, Fault
from handbook.report.numbers import brief, count, estimate, number, printed, value
from handbook.report.site.origin import lines_of, origin
from handbook.report.site.pages import lab_page, model_page
from handbook.report.site.results import Lab, Run
from handbook.report.site.sections import chapter_of, order
from handbook.report.site.site import Site
from handbook.tasks.metric import Metric

__all__ = ["UNREFUTED", "Errata", "Erratum", "errata"]

_DIFFERS = "book differs"


class Erratum(NamedTuple):
    """One place where the book differs.

    Parameters
    ----------
    section : str
        Of the book.
    title : str
        Of the lab or the model; empty where the text alone shows it.
    page : str
        Where it is shown, from the report's root; empty with the title.
    fault : str
        Its kind, one of :data:`handbook.labs.book.FAULTS`.
    what : str
        The thing that is told wrongly.
    book, ours : str
        What the book has for it, and what running it gives or is so.
    where : str
        Whether the book prints it, its listing gives it or its text comes to it, and at which
        lines.
    why : str
        Why the two differ, or why anyone can see it.
    instead : str
        What this project does.
    command : str
        Shows it; empty where the lines show it by themselves.
    """

    section: str
    title: str
    page: str
    fault: Fault
    what: str
    book: str
    where: str
    ours: str
    why: str
    instead: str
    command: str

    @property
    def chapter(self) -> str:
        """See :func:`handbook.report.site.sections.chapter_of`."""
        return chapter_of(self.section)

    @property
    def anchor(self) -> str:
        """Its place on the page of errata."""
        section = re.sub(r"[^0-9a-z]+", "-", self.section.lower())
        return f"row-{section}-{crc32(f'{self.title} {self.what}'.encode()):08x}"


#: Kinds of faults that refute nothing.
UNREFUTED: frozenset[Fault] = frozenset({"cannot be checked", "announced and missing"})


@dataclass(frozen=True)
class Errata:
    """Everything on the page of errata.

    Parameters
    ----------
    listed : sequence of Erratum
        In the order of the book.
    unjudged : sequence of (str, str)
        Title and page of the labs, and of the runs with a printed figure, that have no result
        or one on generated data.
    """

    listed: Sequence[Erratum]
    unjudged: Sequence[tuple[str, str]]

    @property
    def kinds(self) -> list[tuple[Fault, list[Erratum]]]:
        """The errata by kind, in the order of the kinds; those without any are left out."""
        by_kind = [
            (fault, [erratum for erratum in self.listed if erratum.fault == fault])
            for fault in FAULTS
        ]
        return [(fault, own) for fault, own in by_kind if own]

    @property
    def refuted(self) -> list[Erratum]:
        """Those of statements that do not hold: not what cannot be checked, or is missing."""
        return [erratum for erratum in self.listed if erratum.fault not in UNREFUTED]

    def of_text(self, chapter: str) -> tuple[Erratum, ...]:
        """Return those of a chapter that its text alone shows, on no page of their own."""
        return tuple(
            erratum for erratum in self.listed if not erratum.page and erratum.chapter == chapter
        )

    def on(self, page: str) -> tuple[Erratum, ...]:
        """Return those that a page shows, wherever on it."""
        return tuple(erratum for erratum in self.listed if erratum.page.partition("#")[0] == page)


def errata(site: Site, catalogue: Overview) -> Errata:
    """Find every result that differs from the book, and the faults that its text alone shows.

    A lab's result differs where the lab says so. A figure printed for a model differs where the
    test rows' value and the whole interval over folds lie on the same side of it, and proves
    nothing where the dummy reaches it. Both allow for the digits that the book does not print.
    What else the catalogue names as wrong about a model is told with what its run has to say.
    Runs on generated data are not judged.
    """
    listed = [*_of_labs(site.labs), *_of_text(site.text_faults)]
    unjudged = [(lab.title, lab_page(lab.name)) for lab in site.labs if lab.results is None]
    for run in site.runs:
        entry = catalogue["models"][run.model]
        defects = [
            defect for defect in entry["errata"] if defect["run"] == f"{run.data}/{run.variant}"
        ]
        if not run.book and not defects:
            continue
        page = f"{model_page(run.model)}#{run.anchor}"
        if run.state != "finished" or run.sample:
            unjudged.append((f"{entry['title']} on {run.data}", page))
            continue
        of_run = entry["section"], entry["title"], page
        listed += [*_of_figures(of_run, run, site.runs), *_of_defects(of_run, run, defects)]
    return Errata(sorted(listed, key=lambda erratum: order(erratum.section)), unjudged)


def _of_labs(labs: Sequence[Lab]) -> Iterator[Erratum]:
    for lab in labs:
        for result in lab.results or ():
            if result["verdict"] == _DIFFERS:
                book = result["book"]
                write = printed if book["how"] == "printed" else brief
                yield Erratum(
                    section=lab.section,
                    title=lab.title,
                    page=lab_page(lab.name),
                    fault=result["fault"],
                    what=result["name"],
                    book=write(book["value"]),
                    where=origin(book["how"], book["lines"], book["seed"]),
                    ours=brief(result["computed"]),
                    why=result["reason"],
                    instead=result.get("instead", ""),
                    command=f"handbook lab {lab.name}",
                )


def _of_text(faults: Sequence[TextFault]) -> Iterator[Erratum]:
    for fault in faults:
        yield Erratum(
            section=fault.section,
            title="",
            page="",
            fault=fault.fault,
            what=fault.what,
            book=fault.book,
            where=lines_of(fault.lines),
            ours=fault.so,
            why=fault.how,
            instead="",
            command="",
        )


def _of_figures(of_run: tuple[str, str, str], run: Run, runs: Sequence[Run]) -> Iterator[Erratum]:
    """Yield each figure that the book prints wrongly; `of_run` are section, title and page."""
    for metric in run.book:
        if faults := list(_faults(run, metric)):
            yield Erratum(
                *of_run,
                fault=faults[0][0],
                what=f"{Metric.named(metric).title} on {run.data}",
                book=printed(run.book[metric]),
                where=origin("printed", run.book_lines[metric]),
                ours=_measured(run, metric),
                why="; ".join(why for _, why in faults),
                instead=_instead(run, metric, runs),
                command=f"handbook train {run.name}",
            )


def _of_defects(
    of_run: tuple[str, str, str], run: Run, defects: Sequence[Mapping[str, Any]]
) -> Iterator[Erratum]:
    """Yield each defect that the catalogue names, with the run's own results."""
    for defect in defects:
        yield Erratum(
            *of_run,
            fault=defect["fault"],
            what=defect["what"],
            book=defect["book"],
            where=origin("text", defect["lines"]),
            ours="; ".join(_result(run, name) for name in defect["shows"]),
            why=defect["why"],
            instead=defect["instead"],
            command=f"handbook train {run.name}",
        )


def _result(run: Run, name: str) -> str:
    """Write a result of a run by its name: a metric, a parameter, or ``rows``."""
    params = {parameter: setting for parameter, setting, _ in run.params}
    if name == "rows":
        rows = run.record["rows"]
        return f"{count(rows['train'] + rows['test'])} rows"
    if name in run.metrics:
        return f"{Metric.named(name).title} {number(run.metrics[name])} on the test rows"
    if name in params:
        return f"{name} = {value(params[name])}"
    raise HandbookError(
        f"models.{run.model}.errata: the run on {run.data} says nothing of {name!r}; "
        f"{nearest(name, ['rows', *run.metrics, *params])}"
    )


def _faults(run: Run, metric: str) -> Iterator[tuple[Fault, str]]:
    """Say what is wrong with the figure that the book prints for a run; nothing if it stands."""
    ours = run.metrics.get(metric)
    if ours is None:
        why = run.undefined.get(metric, "no reason recorded")
        yield "cannot be checked", f"the metric is undefined: {why}"
        return
    low, high = _rounding(run.book[metric])
    interval = run.interval(metric)
    measured = (ours, *(interval or ()))
    both = "the test rows' value and the whole interval over folds lie"
    lie = both if interval else "the test rows' value lies"
    if high < min(measured):
        yield "gives another number", f"{lie} above the printed figure"
    if low > max(measured):
        yield "gives another number", f"{lie} below the printed figure"
    dummy = run.baseline.get(metric)
    if dummy is not None and (low <= dummy if Metric.named(metric).higher else high >= dummy):
        yield (
            "wrong claim",
            f"a dummy that looks at no feature gets {number(dummy)}, so the printed figure shows "
            "nothing learnt",
        )


def _rounding(figure: float) -> tuple[float, float]:
    """Return the range that rounds to a figure with the digits that it has.

    Examples
    --------
    >>> [round(end, 6) for end in _rounding(0.88)]
    [0.875, 0.885]
    """
    decimals = len(printed(figure).partition(".")[2])
    half = 0.5 * 10.0**-decimals
    return figure - half, figure + half


def _measured(run: Run, metric: str) -> str:
    """Write what was measured, in the order of the tables."""
    phrases = [f"{number(run.metrics.get(metric))} on the test rows"]
    if run.interval(metric):
        phrases.append(f"{estimate(run.mean(metric), run.interval(metric))} over folds")
    if run.baseline.get(metric) is not None:
        phrases.append(f"dummy {number(run.baseline[metric])}")
    if run.left_out:
        phrases.append(f"a shortened run: {', '.join(run.left_out)}")
    return "; ".join(phrases)


def _instead(run: Run, metric: str, runs: Sequence[Run]) -> str:
    """Say what stands beside the figure: the metric that ranks, and the model's other variants."""
    ranking = run.primary or metric
    phrases = ["measures it on held-out rows and over folds, beside a dummy"]
    if ranking != metric:
        ours = number(run.metrics[ranking])
        phrases = [f"compares models by {Metric.named(ranking).title}, which is {ours} here"]
    for other in runs:
        same = (other.model, other.data) == (run.model, run.data) and other.variant != run.variant
        if same and other.state == "finished" and other.metrics.get(ranking) is not None:
            phrases.append(f"its variant {other.variant} reaches {number(other.metrics[ranking])}")
    return "; ".join(phrases)
