"""The jobs of a plan that bear a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from handbook.catalogue import reading
from handbook.core.errors import HandbookError, nearest
from handbook.records.why.reasons import Told
from handbook.workflow.graph import of_workflow

__all__ = ["choose"]


def choose(told: Sequence[Told], names: Sequence[str], params: Path) -> list[Told]:
    """Return the jobs in whose name one of `names` stands: a model, a data set, a run, a rule.

    Parameters
    ----------
    told : sequence of Told
        The whole plan.
    names : sequence of str
        One or several parts of a job's name, such as ``lenet`` or ``train lenet/fashion-mnist``.
    params : Path
        The catalogue: a name that is in it may have nothing to run.

    Raises
    ------
    HandbookError
        A name of nothing: that nothing of it would run would mislead.
    """
    asked = [_parts(name) for name in names]
    shown = reading.read(params)
    known = {*shown.models, *shown.data, *shown.labs, *of_workflow().rules}
    known |= {variant for model in shown.models.values() for variant in model.variants}
    known |= {part for one in told for part in _parts(one.job.name)}
    for name, parts in zip(names, asked, strict=True):
        for part in parts:
            if part not in known:
                raise HandbookError(
                    f"{name!r}: {part!r} is neither a model, a data set, a variant, a lab nor a "
                    f"step of the workflow; {nearest(part, known)}"
                )
    return [one for one in told if any(_bears(_parts(one.job.name), parts) for parts in asked)]


def _parts(name: str) -> list[str]:
    return re.split(r"[ /]", name)


def _bears(whole: Sequence[str], parts: Sequence[str]) -> bool:
    starts = range(len(whole) - len(parts) + 1)
    return any(list(whole[start : start + len(parts)]) == list(parts) for start in starts)
