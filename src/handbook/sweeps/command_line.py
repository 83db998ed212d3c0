"""Sweeps of the command line: ``--set learning_rate=0.01,0.03 --set momentum=0.5..0.99``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from handbook.core.errors import HandbookError, nearest

__all__ = ["full_name", "read_set"]

# NAME=VALUES, with conditions [OTHER=VALUE|VALUE] behind the name.
_ASSIGNMENT = re.compile(r"([A-Za-z_][\w.]*)((?:\[[^\]]*\])*)=(.*)", flags=re.DOTALL)
_RANGE = re.compile(r"(log:)?(\S+?)\.\.(\S+?)(?:/(\d+))?")


def full_name(short: str, parameters: Iterable[str]) -> str:
    """Return the parameter that a short name stands for.

    It is the name, the first letters of its words, or a beginning that no other parameter has.

    Parameters
    ----------
    short : str
    parameters : iterable of str
        The estimator's parameters.

    Raises
    ------
    HandbookError
        It stands for no parameter, or for several.

    Examples
    --------
    >>> full_name("lr", ["learning_rate", "momentum", "epochs"])
    'learning_rate'
    >>> full_name("mom", ["learning_rate", "momentum"])
    'momentum'
    """
    names = list(parameters)
    # of `estimator__max_depth` the estimator inside knows the rest
    if short in names or short.startswith("preprocess.") or short.split("__")[0] in names:
        return short
    initials = [n for n in names if "_" in n and "".join(w[:1] for w in n.split("_")) == short]
    begins = [name for name in names if name.startswith(short)]
    matches = initials or begins
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise HandbookError(f"--set {short}: could be {' or '.join(sorted(matches))}; write it out")
    raise HandbookError(f"--set {short}: no such parameter; {nearest(short, names)}")


def read_set(assignments: Sequence[str], parameters: Sequence[str]) -> dict[str, Any]:
    """Read the values of ``--set`` as a space of the catalogue.

    Parameters
    ----------
    assignments : sequence of str
        ``NAME=VALUES`` each. VALUES are YAML: ``a,b,c``, or a mapping with the keys of the
        catalogue, such as ``{low: 0.01, high: 1, log: true}``. A range can be written
        ``low..high``, in equal factors ``log:low..high``, with the number of values that a grid
        takes ``low..high/7``. A condition stands behind the name: ``gamma[kernel=rbf|poly]=0.1``.
    parameters : sequence of str
        The estimator's parameters.

    Raises
    ------
    HandbookError
        An assignment cannot be read.

    Examples
    --------
    >>> read_set(["k=1,3", "ridge=log:1e-4..1/5", "gamma[kind=rbf|poly]=0.5"], ["k", "ridge"]
    ...          + ["gamma", "kind"]) == {
    ...     "k": [1, 3],
    ...     "ridge": {"low": 0.0001, "high": 1, "log": True, "points": 5},
    ...     "gamma": {"values": [0.5], "when": {"kind": ["rbf", "poly"]}},
    ... }
    True
    """
    space: dict[str, Any] = {}
    for assignment in assignments:
        match = _ASSIGNMENT.fullmatch(assignment.strip())
        if match is None:
            raise HandbookError(
                f"--set {assignment}: not NAME=VALUES, such as learning_rate=0.01,0.1 or "
                "momentum=0.5..0.9"
            )
        name = full_name(match[1], parameters)
        if name in space:
            raise HandbookError(f"--set {assignment}: {name} is given twice; name its values once")
        space[name] = _values(match[3].strip(), assignment)
        if match[2]:
            choice = space[name]
            when = _conditions(match[2], assignment, parameters)
            space[name] = ({"values": choice} if isinstance(choice, list) else choice) | when
    return space


def _values(text: str, assignment: str) -> Any:
    if text.startswith("{"):
        return _yaml(text, assignment)
    if ".." not in text:
        return _yaml(f"[{text}]", assignment)
    match = _RANGE.fullmatch(text)
    ends = [_yaml(end, assignment) for end in match.group(2, 3)] if match else []
    if match is None or not all(isinstance(end, int | float) for end in ends):
        raise HandbookError(
            f"--set {assignment}: a range is low..high, log:low..high or low..high/7"
        )
    choice = {"low": ends[0], "high": ends[1]} | ({"log": True} if match[1] else {})
    return choice | ({"points": int(match[4])} if match[4] else {})


def _conditions(text: str, assignment: str, parameters: Sequence[str]) -> dict[str, Any]:
    when = {}
    for condition in re.findall(r"\[(.*?)\]", text):
        name, equals, values = condition.partition("=")
        if not equals:
            raise HandbookError(
                f"--set {assignment}: a condition is [NAME=VALUE] or [NAME=VALUE|VALUE]"
            )
        alternatives = _yaml(f"[{values.replace('|', ',')}]", assignment)
        when[full_name(name.strip(), parameters)] = alternatives
    return {"when": when}


def _yaml(text: str, assignment: str) -> Any:
    """Read YAML 1.2, in which 1e-3 is a number."""
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        raise HandbookError(
            f"--set {assignment}: cannot read {text}: is there an empty value (write null) or a "
            "bracket that is not closed?"
        ) from None
