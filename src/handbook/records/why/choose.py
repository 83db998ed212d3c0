"""Chooses jobs of a plan by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from handbook.catalogue import reading
from handbook.core.errors import HandbookError, nearest
from handbook.records.why.reasons import Explanation
from handbook.workflow.graph import of_workflow

__all__ = ["choose"]


def choose(plan: Sequence[Explanation], names: Sequence[str], params: Path) -> list[Explanation]:
    """Return the jobs whose name contains one of `names`: a model, a data set, a run, a rule.

    Parameters
    ----------
    plan : sequence of Explanation
        The whole plan.
    names : sequence of str
        One or several parts of a job's name, such as ``lenet`` or ``train lenet/fashion-mnist``.
    params : Path
        The catalogue: a name that is in it may have nothing to run.

    Raises
    ------
    HandbookError
        A name that the catalogue does not have: an empty answer would mislead.
    """
    wanted = [_parts(name) for name in names]
    catalogue = reading.read(params)
    existing = {*catalogue.models, *catalogue.data, *catalogue.labs, *catalogue.claims}
    existing |= {*of_workflow().rules}
    existing |= {variant for model in catalogue.models.values() for variant in model.variants}
    existing |= {part for explanation in plan for part in _parts(explanation.job.name)}
    for name, parts in zip(names, wanted, strict=True):
        for part in parts:
            if part not in existing:
                raise HandbookError(
                    f"{name!r}: {part!r} is neither a model, a data set, a variant, a lab, a "
                    f"claim nor a step of the workflow; {nearest(part, existing)}"
                )
    return [
        explanation
        for explanation in plan
        if any(_contains(_parts(explanation.job.name), parts) for parts in wanted)
    ]


def _parts(name: str) -> list[str]:
    return re.split(r"[ /]", name)


def _contains(whole: Sequence[str], parts: Sequence[str]) -> bool:
    starts = range(len(whole) - len(parts) + 1)
    return any(list(whole[start : start + len(parts)]) == list(parts) for start in starts)
