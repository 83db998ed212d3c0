"""Jobs of a second that a batch system gets together: for each by itself, the start would be all.

Snakemake joins connected jobs of a group, and as many of those as ``group-components`` in a profile
says. No job of a group may wait for one outside that waits for one inside. So groups follow the
stages of the pipeline, and a chain of jobs that need each other is in its group as a whole or not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from handbook.workflow.expected import DURATIONS, estimator, name_of, shipped
from handbook.workflow.requests import UNKNOWN_S

__all__ = ["STAGES", "assign", "group_of", "keep_together"]

#: By group, chains of jobs that need each other; they go by their logs.
STAGES: dict[str, tuple[tuple[str, ...], ...]] = {
    "rows": (("prepare", "validate", "gate"),),
    "runs": (
        ("train", "explain", "draw"),
        ("crossval",),
        ("reseed",),
        ("diagnose", "draw-curves"),
        ("decompose", "draw-bias-variance"),
        ("lab", "draw-lab"),
        ("claim", "draw-claim"),
        ("backtest", "draw-backtest"),
    ),
    "summaries": (("gauge",), ("rehearse",), ("draw-side-by-side",), ("rank", "show-sweep")),
}
# Seconds that a chain may take on one core: longer ones are worth a start of their own.
_SHORT_S = 30.0
_TOGETHER = "together"


def group_of(tier: str) -> Callable[[Iterable[str], str], str | None]:
    """Return a function that returns the group of a job, by its log and its rule; None for none.

    Parameters
    ----------
    tier : str
        Of the catalogue.
    """
    seconds = estimator(shipped(DURATIONS, tier), combine=max, unknown=UNKNOWN_S)
    stage_of = {
        verb: (group, chain)
        for group, chains in STAGES.items()
        for chain in chains
        for verb in chain
    }

    def group(log: Iterable[str], rule: str) -> str | None:
        verb, separator, about = name_of(log, rule).partition("/")
        if verb not in stage_of:
            return None
        name, chain = stage_of[verb]
        long = sum(seconds(f"{each}{separator}{about}") for each in chain) > _SHORT_S
        return None if long else name

    return group


def assign(workflow: Any, tier: str) -> None:
    """Put the rules of a workflow into groups.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
    tier : str
        Of the catalogue.
    """
    group = group_of(tier)
    verbs = {verb for chains in STAGES.values() for chain in chains for verb in chain}

    def of(rule: Any) -> Callable[[Any], str | None]:
        return lambda wildcards: group(map(str, rule.expand_log(wildcards)), rule.name)

    for rule in workflow.rules:
        # A rule without a group may run where the workflow was called.
        if name_of(map(str, rule.log), rule.name).partition("/")[0] in verbs:
            rule.group = of(rule)


def keep_together(workflow: Any) -> None:
    """Let one process run all jobs of a group, within the batch system's job that has them.

    Snakemake would start one for each part of the group that does not build on another, since it
    is not told there how many such parts make a group.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
    """

    def group(wildcards: Any) -> str:
        # When this is called, there are settings; while rules are read, there are none.
        workflow.group_settings.group_components = {_TOGETHER: sys.maxsize}
        return _TOGETHER

    for rule in workflow.rules:
        rule.group = group
