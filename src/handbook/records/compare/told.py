"""What is told of a run, and the sides of a comparison, whatever they were read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from handbook.core.files import work
from handbook.records.run import flat

__all__ = ["Kind", "Side", "Told", "from_record", "settings"]

Kind = Literal["workspace", "revision", "experiment", "run", "mlflow"]

# What is asked of a run, apart from its names.
_ASKED = (
    "estimator",
    "params",
    "preprocess",
    "search",
    "threshold",
    "fit_rows",
    "threads",
    "seed",
)


@dataclass(frozen=True)
class Told:
    """All that is known of one run; None is what its source does not tell.

    Parameters
    ----------
    name : str
        Model, data set and variant as one path.
    task : str
    settings : mapping of str to str, or None
        What was asked, flat, see :func:`settings`.
    chosen : mapping of str to str, or None
        What a search on the training rows found, flat.
    code, versions, data : mapping of str to str, or None
        Digests by module, versions by library, digests of the rows by part.
    metrics : mapping of str to float
        On the test rows; undefined ones left out.
    primary : str or None
        The metric that ranks models of its task.
    folds : mapping
        Content of its cross-validation's file; empty where there is none of this setting.
    job_key : str or None
    context : mapping
        When and from which commit it ran.
    data_variant : str or None
        ``sample`` for generated rows.
    record : mapping
        Content of ``run.json``; empty where it is not known.
    """

    name: str
    task: str
    settings: Mapping[str, str] | None = None
    chosen: Mapping[str, str] | None = None
    code: Mapping[str, str] | None = None
    versions: Mapping[str, str] | None = None
    data: Mapping[str, str] | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    primary: str | None = None
    folds: Mapping[str, Any] = field(default_factory=dict)
    job_key: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    data_variant: str | None = None
    record: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Side:
    """One thing that is compared, with its runs by name.

    Parameters
    ----------
    asked : str
        As the user named it.
    kind : str
    runs : mapping of str to Told
        All runs of a revision or of the workspace, else one.
    commit : str or None
    note : str
        What had to be left out, and how to have it.
    """

    asked: str
    kind: Kind
    runs: Mapping[str, Told]
    commit: str | None = None
    note: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is a state of the whole project and no single run."""
        return self.kind in ("workspace", "revision", "experiment")


def settings(spec: Mapping[str, Any]) -> dict[str, str]:
    """Return what a spec or a record asks of a run, flat, in plain text.

    Examples
    --------
    >>> settings({"params": {"alpha": 0.1}, "seed": 42, "model": "ridge", "search": None})
    {'params.alpha': '0.1', 'seed': '42'}
    """
    asked = {key: spec[key] for key in _ASKED if spec.get(key) not in (None, {})}
    return dict(flat(asked))


def from_record(
    run: Mapping[str, Any],
    scores: Mapping[str, Any],
    folds: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
) -> Told:
    """Return what a finished run's files tell.

    Parameters
    ----------
    run, scores, context : mapping
        Content of ``run.json``, ``metrics.json`` and ``context.json``.
    folds : mapping or None
        Content of a cross-validation's file; passed over if it is of another setting or of other
        rows.
    """
    folds = folds or {}
    chosen = run.get("chosen") or {}
    found = {key: chosen[key] for key in ("params", "threshold") if chosen.get(key) is not None}
    return Told(
        name="/".join(run[key] for key in ("model", "data", "variant")),
        task=run["task"],
        settings=settings(run),
        chosen=dict(flat({"chosen": found} if found else {})),
        code=run["code"],
        versions=run["versions"],
        data=run["data_digests"],
        metrics={name: float(x) for name, x in scores["metrics"].items() if x is not None},
        primary=scores.get("primary"),
        folds=folds if folds and _are_of(folds, run) else {},
        job_key=run["job_key"],
        context=context or {},
        data_variant=run.get("data_variant"),
        record=run,
    )


def _are_of(folds: Mapping[str, Any], run: Mapping[str, Any]) -> bool:
    """Tell whether a cross-validation is of a run's own setting, on its rows."""
    try:
        train = folds["data_digests"]["train"], run["data_digests"]["train"]
        return bool(folds["work"] == work(run) and train[0] == train[1])
    except KeyError:  # written when less was recorded
        return False
