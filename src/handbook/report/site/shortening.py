"""What a shortened run leaves out, the change that matters most first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handbook.report.numbers import number, share, value

__all__ = ["badge", "changes"]

# What counts: amounts of data and of training, then sizes of the model. What is not here follows.
_AMOUNTS = {
    "share": "",
    "epochs": "epochs",
    "n_steps": "steps",
    "max_iter": "iterations",
    "n_estimators": "members",
    "n_centers": "centres",
}
_SIZES = ("width", "widths", "hidden", "dense")
# How a machine computes: no part of what is left out.
_MACHINE = frozenset({"device", "precision", "channels_last", "compile"})


def changes(shortened: Mapping[str, Sequence[Any]]) -> list[str]:
    """Say what differs from a whole run, what changes its result most first.

    Parameters
    ----------
    shortened : mapping of str to sequence
        Parameters that a whole run sets to other values: here, and there.

    Examples
    --------
    >>> changes({"compile": [None, True], "epochs": [10, 20], "share": [0.011, 1.0]})
    ['1.1 % of the data', '10 of 20 epochs']
    >>> changes({"learning_rate": [0.05, 0.001], "width": [4, 64], "compile": [None, True]})
    ['width 4, not 64', 'learning rate 0.05, not 0.001']
    """
    order = [*_AMOUNTS, *_SIZES]
    names = [name for name in shortened if name not in _MACHINE]
    names.sort(key=lambda name: order.index(name) if name in order else len(order))
    return [_change(name, *shortened[name]) for name in names]


def badge(shortened: Mapping[str, Sequence[Any]]) -> str:
    """Return what stands beside the name of a run; empty for a whole one.

    Examples
    --------
    >>> badge({"n_steps": [600, 10000]}), badge({"compile": [None, True]})
    ('shortened: 600 of 10,000 steps', '')
    >>> badge({"width": [4, 64]})
    'shortened: width 4, not 64'
    """
    return f"shortened: {changes(shortened)[0]}" if changes(shortened) else ""


def _change(name: str, here: Any, whole: Any) -> str:
    if name == "share" and whole == 1:
        return f"{share(here, whole)} of the data"
    if _AMOUNTS.get(name) and here is not None and whole is not None:
        return f"{number(here)} of {number(whole)} {_AMOUNTS[name]}"
    plain = name.replace("_", " ")
    usual = "the default" if whole is None else value(whole)
    return f"{plain} {'by default' if here is None else value(here)}, not {usual}"
