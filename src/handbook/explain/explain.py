"""What a fitted model learnt, computed from its saved file: ``explain.json`` beside the run.

Every kind of display is a function that takes a :class:`~handbook.explain.run.Fitted` run and
returns plain data, or ``{"undefined": reason}`` where it does not exist for the model's setting.
Where it exists for no setting of the model, the function raises
:class:`~handbook.core.errors.HandbookError`. The drawings of :mod:`handbook.report` read the file
and import nothing of this package.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from handbook.core.errors import HandbookError, nearest
from handbook.core.files import write_json
from handbook.explain.run import Fitted, load
from handbook.explain.spec import ExplainSpec
from handbook.tasks.figures import SHOWS

__all__ = ["display", "explain", "rounded"]


def display(name: str) -> Callable[[Fitted], dict[str, Any]]:
    """Return the function that computes a display, one of `SHOWS`.

    Its module is imported by name, so that a change there makes anew only the explanations with
    displays of that module.
    """
    module = importlib.import_module(f"handbook.explain.{SHOWS[name]}")
    return cast("Callable[[Fitted], dict[str, Any]]", getattr(module, name.replace("-", "_")))


def explain(
    spec: ExplainSpec,
    model_path: Path,
    train_path: Path,
    test_path: Path,
    output: Path,
    *,
    judge_path: Path | None = None,
    say: Callable[[str], None],
) -> None:
    """Compute what the catalogue asks to be shown of a saved run, and write it as JSON.

    Parameters
    ----------
    spec : ExplainSpec
    model_path, train_path, test_path : Path
        The fitted model, and the prepared rows that it was fitted on and measured on.
    output : Path
        ``explain.json``: one entry per display.
    judge_path : Path or None
        The classifier that looks at what the model generates.
    say : callable
        Takes a line of progress.

    Raises
    ------
    HandbookError
        An unknown name, or a model that has no such thing whatever its setting.
    """
    for name in spec.shows:
        if name not in SHOWS:
            raise HandbookError(f"{spec.run.model}: shows {name!r}; {nearest(name, SHOWS)}")
    fitted = load(spec, model_path, train_path, test_path, judge_path)
    displays = {}
    for name in spec.shows:
        displays[name] = display(name)(fitted)
        say(f"{name}: {displays[name].get('undefined', 'done')}")
    run = spec.run
    where = f"{run.model} on {run.data} ({run.variant})"
    write_json(output, run.names() | {"shows": rounded(displays, where)})


def rounded(value: Any, where: str) -> Any:
    """Round every number inside plain data to 6 significant digits.

    Parameters
    ----------
    value : dict, list, float or anything that JSON can say
    where : str
        Its name, for the error.

    Raises
    ------
    HandbookError
        A number is not finite.

    Examples
    --------
    >>> rounded({"score": [0.1234567, 2, -0.0]}, "ridge")
    {'score': [0.123457, 2, 0.0]}
    """
    if isinstance(value, dict):
        return {key: rounded(inner, f"{where}, {key}") for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner, where) for inner in value]
    if isinstance(value, float):
        short = float(f"{value:.6g}")
        if short - short != 0:  # of infinity and NaN alone
            raise HandbookError(
                f"{where}: is {value}, expected a finite number; the model has diverged or a "
                "column is empty: look at its metrics before its explanation"
            )
        return short + 0.0
    return value
