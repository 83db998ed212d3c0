"""What a fitted model learnt, computed from its saved file: ``explain.json`` beside the run.

Every kind of display is a function that takes a :class:`~handbook.explain.fitted.Fitted` run and
returns plain data, or ``{"undefined": reason}`` where it does not exist for the model's setting.
The drawings of :mod:`handbook.report` read the file and import nothing of this package.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from handbook.core.errors import HandbookError, nearest
from handbook.core.files import write_json
from handbook.explain import (
    coefficients,
    importances,
    layers,
    outliers,
    projection,
    samples,
    som,
    text,
    tree,
)
from handbook.explain.fitted import Fitted, load
from handbook.explain.spec import ExplainSpec
from handbook.tasks.figures import SHOWS, functions

__all__ = ["KINDS", "explain", "rounded"]

KINDS: dict[str, Callable[[Fitted], dict[str, Any]]] = functions(
    SHOWS, coefficients, importances, layers, outliers, projection, samples, som, text, tree
)


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
    model_path : Path
        ``model.skops`` of the run.
    train_path, test_path : Path
        The prepared rows that it was fitted on and measured on.
    output : Path
        ``explain.json``: one entry a name.
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
        if name not in KINDS:
            raise HandbookError(f"{spec.run.model}: shows {name!r}; {nearest(name, KINDS)}")
    fitted = load(spec, model_path, train_path, test_path, judge_path)
    shown = {}
    for name in spec.shows:
        shown[name] = found = KINDS[name](fitted)
        say(f"{name}: {found.get('undefined', 'done')}")
    run = spec.run
    where = f"{run.model} on {run.data} ({run.variant})"
    write_json(
        output,
        {
            "model": run.model,
            "data": run.data,
            "variant": run.variant,
            "shows": rounded(shown, where),
        },
    )


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
