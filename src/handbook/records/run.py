"""One run: what was asked of it, what came out, and whether that is still asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Required, TypedDict

from handbook.core.files import digest
from handbook.training.spec import RunSpec

__all__ = [
    "Chosen",
    "Context",
    "Folds",
    "RunFile",
    "RunRecord",
    "Scores",
    "State",
    "flat",
    "is_interruption",
]

_NAMES = ("model", "data", "variant", "task")

State = Literal["finished", "failed", "outdated", "missing"]
Estimates = Mapping[str, float | None]


class Chosen(TypedDict, total=False):
    """What a search on the training rows chose, in ``run.json``."""

    params: Mapping[str, Any]
    threshold: float | None
    trials: Sequence[Mapping[str, Any]]


class RunFile(TypedDict, total=False):
    """Content of ``run.json``, or of the record that a failed training leaves.

    A run that was not trained has its names and its task alone.
    """

    model: Required[str]
    data: Required[str]
    variant: Required[str]
    task: str
    job_key: str
    seed: int
    threads: int
    estimator: str
    params: Mapping[str, Any]
    preprocess: Mapping[str, Any] | None
    search: Mapping[str, Any] | None
    threshold: str | None
    fit_rows: int | None
    fitted_params: Mapping[str, Any]
    chosen: Chosen | None
    code: Mapping[str, str]
    versions: Mapping[str, str]
    data_digests: Mapping[str, str]
    data_variant: str
    rows: Mapping[str, int]
    judge: str
    status: str
    error: str
    started: str
    ended: str
    tier: str


class Context(TypedDict, total=False):
    """Content of ``context.json``: what differs between two trainings of one run."""

    started: str
    ended: str
    tier: str
    commit: str | None
    dirty: bool | None
    train_seconds: float
    train_mib: float
    step_times: Sequence[str]


class Scores(TypedDict, total=False):
    """Content of ``metrics.json``: scores on the test rows."""

    primary: str
    metrics: Estimates
    baseline: Estimates
    undefined: Mapping[str, str]


class Folds(TypedDict, total=False):
    """Content of a cross-validation's file."""

    work: str
    data_digests: Mapping[str, str]
    folds: int
    level: float
    share: float
    split: str
    primary: str
    scores: Sequence[Mapping[str, Any]]
    mean: Estimates
    standard_error: Estimates
    interval: Mapping[str, Sequence[float | None] | None]
    baseline: Mapping[Literal["mean"], Estimates]
    chosen: Sequence[Mapping[str, Any]] | None
    repeated: Mapping[str, Any] | None
    leave_one_out: Mapping[str, Any] | None


@dataclass(frozen=True)
class RunRecord:
    """One run, from wherever its files were read.

    Parameters
    ----------
    run : RunFile
        What was asked, and by which code, libraries and rows it was trained.
    state : str
        ``finished``; ``failed``; ``outdated``, if it was trained on other rows or with other
        settings than those of now; ``missing``, if there is neither a result nor a record of a
        failure.
    context : Context
        When and from which commit it ran.
    scores : Scores
        Empty for a run without results.
    folds : Folds
        Empty where there is no cross-validation of the same setting on the same rows.
    title : str
        Name of the model for people.
    book : mapping of str to float
        The book's printed figures.
    book_lines : mapping of str to sequence of int
        The lines of the book's text at which each of them stands.
    folded : bool
        Whether the catalogue asks for its cross-validation.
    trusted : tuple of str
        What the catalogue lets its saved file hold, see :func:`handbook.training.saving.load`; a
        record from elsewhere does not decide that.
    why : str
        Why it is out of date.
    folder : Path or None
        Where the run's files lie on disk.
    """

    run: RunFile
    state: State = "finished"
    context: Context = field(default_factory=Context)
    scores: Scores = field(default_factory=Scores)
    folds: Folds = field(default_factory=Folds)
    title: str = ""
    book: Mapping[str, float] = field(default_factory=dict)
    book_lines: Mapping[str, Sequence[int]] = field(default_factory=dict)
    folded: bool = True
    trusted: tuple[str, ...] = ()
    why: str = ""
    folder: Path | None = None

    @property
    def model(self) -> str:
        """Name of the model."""
        return self.run["model"]

    @property
    def data(self) -> str:
        """Name of the data set."""
        return self.run["data"]

    @property
    def variant(self) -> str:
        """Name of the variant."""
        return self.run["variant"]

    @property
    def task(self) -> str:
        """Kind of task; empty where the source of the record does not say."""
        return self.run.get("task", "")

    @property
    def name(self) -> str:
        """Model, data set and variant as one path."""
        return f"{self.model}/{self.data}/{self.variant}"

    @property
    def job_key(self) -> str:
        """Digest of all that the run depends on; empty where there is no record of a training."""
        return self.run.get("job_key", "")

    @property
    def work(self) -> str:
        """Digest of what was asked, see :attr:`handbook.training.spec.RunSpec.work`."""
        run: Mapping[str, Any] = self.run
        return digest({key: run[key] for key in RunSpec.recorded()})

    @property
    def sample(self) -> bool:
        """Whether its data was generated."""
        return self.run.get("data_variant") == "sample"

    @property
    def primary(self) -> str:
        """The metric that ranks models of its task; empty without scores."""
        return self.scores.get("primary", "")

    @property
    def metrics(self) -> Estimates:
        """Metrics on the test rows, None where one is undefined."""
        return self.scores.get("metrics", {})

    def defined(self) -> dict[str, float]:
        """Return the metrics on the test rows without those that are undefined."""
        return {name: float(value) for name, value in self.metrics.items() if value is not None}

    @property
    def baseline(self) -> Estimates:
        """The same of the dummy."""
        return self.scores.get("baseline", {})

    def mean(self, metric: str) -> float | None:
        """Return a metric's mean over folds."""
        return self.folds.get("mean", {}).get(metric)

    def interval(self, metric: str) -> tuple[float, float] | None:
        """Return the confidence interval of that mean."""
        low, high = self.folds.get("interval", {}).get(metric) or (None, None)
        return None if low is None or high is None else (low, high)

    def settings(self) -> dict[str, str] | None:
        """Return what was asked of the run beside its names, flat; None where it is not known.

        Examples
        --------
        >>> RunRecord({"model": "ridge", "data": "diabetes", "variant": "book", "seed": 42,
        ...     "estimator": "Ridge", "params": {"alpha": 0.1}, "search": None}).settings()
        {'seed': '42', 'estimator': 'Ridge', 'params.alpha': '0.1'}
        """
        if "estimator" not in self.run:
            return None
        names = [key for key in RunSpec.recorded() if key not in _NAMES]
        settings = {key: self.run.get(key) for key in names}
        return dict(
            flat({key: value for key, value in settings.items() if value not in (None, {})})
        )

    def matches(self, wanted: Mapping[str, Sequence[str]]) -> bool:
        """Tell whether the run has one of the wanted values in each field; none means any."""
        return all(not values or getattr(self, field) in values for field, values in wanted.items())

    def file(self, name: str) -> Path:
        """Return the path of one of a finished run's files."""
        if self.folder is None:
            raise ValueError(f"{self.name}: {self.state}, it has no files")
        return self.folder / name

    @property
    def drawings(self) -> list[Path]:
        """The run's figures."""
        return sorted(self.file("figures").glob("*.svg"))

    @property
    def started(self) -> datetime:
        """When the run began."""
        return datetime.fromisoformat(self.context["started"])

    @property
    def ended(self) -> datetime:
        """When the run ended."""
        return datetime.fromisoformat(self.context["ended"])


def is_interruption(error: str) -> bool:
    """Tell whether a training ended since it was asked to, which is no failure.

    Today such a training leaves no record; earlier ones did.

    Examples
    --------
    >>> is_interruption("KeyboardInterrupt: "), is_interruption("ValueError: no rows")
    (True, False)
    """
    return error.partition(":")[0] in ("KeyboardInterrupt", "SystemExit")


def flat(value: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield nested settings as dotted names with plain text.

    Examples
    --------
    >>> list(flat({"ridge": 0.1, "preprocess": {"numeric": "standard"}, "layers": [3, 2]}))
    [('ridge', '0.1'), ('preprocess.numeric', 'standard'), ('layers', '[3, 2]')]
    """
    if isinstance(value, Mapping) and (value or not prefix):
        for key, inner in value.items():
            yield from flat(inner, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
