"""Names of the claims, one per module of ``claims.experiments``, and the experiments' records."""

from __future__ import annotations

import importlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from handbook.claims import experiments
from handbook.core.errors import HandbookError, nearest
from handbook.core.members import member, members
from handbook.core.plain import rounded

if TYPE_CHECKING:
    from handbook.claims.finding import Finding
    from handbook.claims.spec import ClaimSpec
    from handbook.data.dataset import Dataset

__all__ = ["module_name", "names", "run"]

#: Why a demo, or generated data, decides nothing.
TOO_SMALL = "a demo has too few seeds and too small settings to tell"
GENERATED = "generated data says nothing of real data"


def names() -> tuple[str, ...]:
    """Names of all claims, sorted.

    Examples
    --------
    >>> "escape-local-minima" in names()
    True
    """
    return members(experiments)


def module_name(claim: str) -> str:
    """Return the import path of the module of a claim's experiment.

    Examples
    --------
    >>> module_name("escape-local-minima")
    'handbook.claims.experiments.escape_local_minima'
    """
    return member(experiments, claim)


def run(spec: ClaimSpec, data: Dataset | None = None) -> dict[str, Any]:
    """Do the experiment on a claim and return its record, with the verdict and the figure's data.

    Raises
    ------
    HandbookError
        If the experiment's parts and the smallest effects of interest do not have the same names.
    """
    from handbook.claims.verdict import Verdict, conclude, judge

    module = importlib.import_module(module_name(spec.claim))
    rows = () if data is None else (data,)
    finding: Finding = module.compute(*rows, seeds=spec.seeds, **spec.params)
    _hold_names(spec, finding)
    level = 1 - (1 - spec.level) / len(finding.parts)
    undecided = TOO_SMALL if spec.demo else ""
    if data is not None and data.variant == "sample":
        undecided = undecided or GENERATED
    judged = [judge(part, spec.least[part.name], level) for part in finding.parts]
    if undecided:
        judged = [effect._replace(outcome="cannot be told") for effect in judged]
    pairs = list(zip(finding.parts, judged, strict=True))
    verdict = conclude([(part.when, effect.outcome) for part, effect in pairs])
    if undecided:
        verdict = Verdict(verdict.kind, f"{verdict.kind}: {undecided}")
    record = spec.model_dump() | {
        "interval_level": level,
        "measured": {name: list(values) for name, values in finding.measured.items()},
        "parts": [asdict(part) | effect._asdict() for part, effect in pairs],
        "verdict": verdict._asdict(),
        "plot": dict(finding.plot),
    }
    plain: dict[str, Any] = rounded(record)
    return plain


def _hold_names(spec: ClaimSpec, finding: Finding) -> None:
    parts = [part.name for part in finding.parts]
    for name in parts:
        if name not in spec.least:
            raise HandbookError(
                f"claims.{spec.claim}.least: {name!r} is missing; say there from which effect on "
                f"it matters"
            )
    for name in spec.least:
        if name not in parts:
            raise HandbookError(f"claims.{spec.claim}.least: {name!r}; {nearest(name, parts)}")
    for name, values in finding.measured.items():
        if len(values) != len(spec.seeds):
            raise HandbookError(
                f"claim {spec.claim}: {name!r} has {len(values)} values for {len(spec.seeds)} "
                f"seeds; mend {module_name(spec.claim)}"
            )
