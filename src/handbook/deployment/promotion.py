"""Changes of what is deployed: each is decided, copied and recorded, by one process at a time."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from handbook.catalogue.sections import Promote
from handbook.core.errors import HandbookError, nearest
from handbook.core.lock import alone_in
from handbook.deployment.chosen import Chosen, choose, deployed, of_record, recorded
from handbook.deployment.copies import copied, verified
from handbook.deployment.evidence import evidence
from handbook.deployment.history import Action, Change, History

__all__ = ["promote", "rollback", "shadow"]

Say = Callable[[str], None]


def promote(
    data: str,
    run: str,
    rule: Promote,
    *,
    rows: Path | None,
    say: Say,
    force: bool = False,
    why: str = "",
    folder: Path = Path(),
) -> Change:
    """Deploy a run in place of what is deployed, where the rule holds.

    Parameters
    ----------
    data : str
    run : str
        ``model/data/variant``: the challenger.
    rule : Promote
    rows : Path or None
        Labelled rows on which both models are compared; the first deployment needs none.
    say : callable
        Takes lines for people.
    force : bool
        Whether the run is deployed whatever the rule says; that is recorded with the reason.
    why : str
    folder : Path
        The top of the project.

    Raises
    ------
    HandbookError
        The rule does not hold, with the figures; nothing has changed then.
    """
    if force and not why.strip():
        raise HandbookError("--force goes with --why: the history keeps the reason")
    challenger = of_record(recorded(data, run, folder), folder)
    history = History(data, folder)
    with alone_in(history.folder, say):
        now = history.deployed()
        if now is not None and now.job_key == challenger.job_key:
            raise HandbookError(f"{data}: {run} is deployed already, since {now.time}")
        proof: dict[str, Any] = {"forced": True} if force else {}
        if now is not None:
            proof |= _proof(deployed(data, now, folder), challenger, rows, rule, say, force, folder)
        digest = copied(challenger, folder)
        action: Action = "deploy" if now is None else "promote"
        change = _change(action, challenger, digest, why, proof)
        verified(deployed(data, change, folder))
        history.append(change)
    return change


def _proof(
    champion: Chosen,
    challenger: Chosen,
    rows: Path | None,
    rule: Promote,
    say: Say,
    force: bool,
    folder: Path,
) -> dict[str, Any]:
    """Return what speaks for a promotion, and refuse it where the rule does not hold."""
    if rows is None:
        if force:
            return {}
        raise HandbookError(
            f"{challenger.run} is promoted over {champion.run} by labelled rows that neither was "
            "trained on: name a file, or --force --why"
        )
    proof = evidence(champion, challenger, rows, rule, folder)
    for line in proof.lines():
        say(line)
    if proof.against and not force:
        reasons = "; ".join(proof.against)
        raise HandbookError(
            f"{challenger.run} is not promoted over {champion.run}: {reasons} (more rows tell "
            "more; --force --why promotes all the same, and the history says so)"
        )
    return {"rule": rule.model_dump(), **proof.plain()}


def rollback(data: str, why: str, *, to: str | None, folder: Path = Path(), say: Say) -> Change:
    """Deploy again what was deployed before.

    Parameters
    ----------
    data : str
    why : str
    to : str or None
        An earlier run by its name or its job key; without it, the one before. Of two rollbacks in
        a row, the second goes one further back.
    folder : Path
        The top of the project.
    say : callable
        Takes the line that says that this process waits.

    Raises
    ------
    HandbookError
        There is no such model, or its copy is not what was deployed; nothing has changed then.
    """
    history = History(data, folder)
    if not history.path.exists():
        raise HandbookError(f"{data}: nothing was ever deployed; `handbook promote {data} RUN`")
    with alone_in(history.folder, say):
        earlier = history.earlier()
        if to is not None:
            runs = {name: own for own in earlier for name in (own.run, own.job_key)}
            if to not in runs:
                raise HandbookError(f"{data}: {to!r} was not deployed before; {nearest(to, runs)}")
            earlier = [runs[to]]
        if not earlier:
            raise HandbookError(f"{data}: nothing was deployed before this")
        own = deployed(data, earlier[-1], folder)
        verified(own)
        change = _change("rollback", own, own.digest, why, {})
        history.append(change)
    return change


def shadow(data: str, run: str | None, *, why: str, folder: Path = Path(), say: Say) -> Change:
    """Let a run answer in the shadow of what is deployed, or end that.

    Parameters
    ----------
    data : str
    run : str or None
        ``model/data/variant``; None ends it.
    why : str
    folder : Path
        The top of the project.
    say : callable
        Takes the line that says that this process waits.
    """
    history = History(data, folder)
    chosen = None if run is None else of_record(recorded(data, run, folder), folder)
    with alone_in(history.folder, say):
        if chosen is None:
            if history.shadow() is None:
                raise HandbookError(f"{data}: no run answers in the shadow")
            change = Change(_now(), getpass.getuser(), "shadow", "", "", "", why)
        else:
            if choose(data, None, folder).job_key == chosen.job_key:
                raise HandbookError(f"{data}: {run} answers already, and for use")
            change = _change("shadow", chosen, copied(chosen, folder), why, {})
        history.append(change)
    return change


def _change(
    action: Action, chosen: Chosen, digest: str, why: str, proof: Mapping[str, Any]
) -> Change:
    who = getpass.getuser()
    return Change(_now(), who, action, chosen.run, chosen.job_key, digest, why, proof)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
