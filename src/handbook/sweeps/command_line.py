"""A sweep as it is written on a command line: ``learning_rate=0.01,0.03 momentum=0.5..0.99``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from handbook.core.errors import HandbookError, nearest

__all__ = ["full_name", "read_set"]

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"(log:)?({_NUMBER})\.\.({_NUMBER})(?:/(\d+))?")
_ASKED = re.compile(r"([A-Za-z_][\w.]*)((?:\[[^\]]*\])*)=(.*)", flags=re.DOTALL)


def full_name(short: str, known: Iterable[str]) -> str:
    """Return the parameter that a name stands for.

    A parameter's own name, the first letters of its words, or a beginning that no other has.

    Parameters
    ----------
    short : str
    known : iterable of str
        The estimator's parameters.

    Raises
    ------
    HandbookError
        It stands for none, or for several.

    Examples
    --------
    >>> full_name("lr", ["learning_rate", "momentum", "epochs"])
    'learning_rate'
    >>> full_name("mom", ["learning_rate", "momentum"])
    'momentum'
    """
    names = list(known)
    # of `estimator__max_depth` the estimator inside knows the rest
    if short in names or short.startswith("preprocess.") or short.split("__")[0] in names:
        return short
    initials = [n for n in names if "_" in n and "".join(w[:1] for w in n.split("_")) == short]
    begins = [name for name in names if name.startswith(short)]
    found = initials or begins
    if len(found) == 1:
        return found[0]
    if found:
        raise HandbookError(f"--set {short}: could be {' or '.join(sorted(found))}; write it out")
    raise HandbookError(f"--set {short}: no such parameter; {nearest(short, names)}")


def read_set(asked: Sequence[str], known: Sequence[str]) -> dict[str, Any]:
    """Read what ``--set`` was given, as a space of the catalogue.

    Parameters
    ----------
    asked : sequence of str
        ``NAME=VALUES`` each. VALUES are ``a,b,c``; or a range ``low..high``, in equal factors
        ``log:low..high``, with the count of values that a grid takes ``low..high/7``. A condition
        stands behind the name: ``gamma[kernel=rbf]=0.1,0.3``, several values apart by ``|``.
    known : sequence of str
        The estimator's parameters.

    Raises
    ------
    HandbookError
        Something does not read so.

    Examples
    --------
    >>> read_set(["k=1,3", "ridge=log:1e-4..1/5", "gamma[kind=rbf|poly]=0.5"], ["k", "ridge"]
    ...          + ["gamma", "kind"]) == {
    ...     "k": [1, 3],
    ...     "ridge": {"low": 0.0001, "high": 1.0, "log": True, "points": 5},
    ...     "gamma": {"values": [0.5], "when": {"kind": ["rbf", "poly"]}},
    ... }
    True
    """
    space: dict[str, Any] = {}
    for one in asked:
        match = _ASKED.fullmatch(one.strip())
        if match is None:
            raise HandbookError(
                f"--set {one}: not NAME=VALUES, such as learning_rate=0.01,0.1 or momentum=0.5..0.9"
            )
        name = full_name(match[1], known)
        if name in space:
            raise HandbookError(f"--set {one}: {name} is given twice; name its values once")
        said = _values(match[3], one)
        conditions = dict(
            _condition(text, one, known) for text in re.findall(r"\[(.*?)\]", match[2])
        )
        if conditions and isinstance(said, list):
            said = {"values": said}
        space[name] = {**said, "when": conditions} if conditions else said
    return space


def _values(text: str, whole: str) -> Any:
    match = _RANGE.fullmatch(text.strip())
    if match is not None:
        log, low, high, points = match.groups()
        numbers = [_number(low), _number(high)]
        if not all(isinstance(number, int) for number in numbers):
            numbers = [float(number) for number in numbers]
        said: dict[str, Any] = {"low": numbers[0], "high": numbers[1]}
        if log:
            said["log"] = True
        return said | ({"points": int(points)} if points else {})
    if ".." in text:
        raise HandbookError(f"--set {whole}: a range is low..high, log:low..high or low..high/7")
    return [_value(part, whole) for part in _parts(text)]


def _parts(text: str) -> list[str]:
    """Split at commas, those inside brackets apart: ``[50],[50,50]`` are two lists."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "[{") - (letter in "]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _value(text: str, whole: str) -> Any:
    if re.fullmatch(_NUMBER, text.strip()):
        return _number(text.strip())
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        raise HandbookError(f"--set {whole}: cannot read {text!r}") from None
    if value is None and text.strip() not in ("null", "~", "none", "None"):
        raise HandbookError(f"--set {whole}: an empty value; write null for none")
    return None if text.strip() in ("none", "None") else value


def _number(text: str) -> float:
    # YAML 1.1 takes 1e-3 for a word
    return int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)


def _condition(text: str, whole: str, known: Sequence[str]) -> tuple[str, list[Any]]:
    name, equals, values = text.partition("=")
    if not equals:
        raise HandbookError(f"--set {whole}: a condition is [NAME=VALUE] or [NAME=VALUE|VALUE]")
    return full_name(name.strip(), known), [_value(part, whole) for part in values.split("|")]
