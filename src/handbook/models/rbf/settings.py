"""What the parameters of a network may be, checked when it is fitted."""

from __future__ import annotations

import math
from typing import Any, Literal, get_args

import numpy as np

from handbook.models.rbf.centers import PLACEMENTS
from handbook.models.rbf.units import Form
from handbook.models.rbf.widths import RULES

__all__ = ["OUTPUTS", "Output", "check_settings"]

Output = Literal["least-squares", "logistic", "gradient-descent"]
OUTPUTS: tuple[Output, ...] = get_args(Output)


def check_settings(network: Any, outputs: tuple[Output, ...] = OUTPUTS) -> None:
    """Refuse parameters out of their range.

    Parameters
    ----------
    network : RBFNetwork
    outputs : tuple of str
        Ways to the output weights that this kind of network has.

    Raises
    ------
    ValueError
        Names the parameter, its value, and what was expected.
    """
    for name in ("n_centers", "n_neighbors", "epochs", "max_iter", "n_init"):
        value = getattr(network, name)
        whole = _is_number(value) and isinstance(value, (int, np.integer))
        _expect(whole and value >= 1, name, value, "a whole number of at least 1")
    for name in ("width_scale", "learning_rate"):
        value = getattr(network, name)
        _expect(_is_number(value) and value > 0, name, value, "a number above 0")
    for name in ("bias", "train_units"):
        value = getattr(network, name)
        _expect(isinstance(value, bool), name, value, "True or False")
    ridge, width, centers = network.ridge, network.width, network.centers
    _expect(_is_number(ridge) and ridge >= 0, "ridge", ridge, "a number of 0 or more")
    _one_of("activation", network.activation, get_args(Form))
    _one_of("output", network.output, outputs)
    if isinstance(centers, str):
        _one_of("centers", centers, PLACEMENTS, "an array of shape (M, d)")
    if isinstance(width, str):
        _one_of("width", width, RULES, "a number above 0")
    else:
        expected = f"{_listed(RULES)} or a number above 0"
        _expect(_is_number(width) and width > 0, "width", width, expected)
    if network.output == "logistic":
        expected = "above 0 with output='logistic': separable classes have no finite weights else"
        _expect(ridge > 0, "ridge", ridge, expected)
    if network.output != "gradient-descent":
        expected = f"False with output={network.output!r}: only 'gradient-descent' moves units"
        _expect(not network.train_units, "train_units", network.train_units, expected)


def _expect(holds: bool, name: str, value: Any, expected: str) -> None:
    if not holds:
        raise ValueError(f"{name} must be {expected}; it is {value!r}")


def _one_of(name: str, value: Any, known: tuple[str, ...], other: str = "") -> None:
    expected = _listed(known) + (f" or {other}" if other else "")
    _expect(isinstance(value, str) and value in known, name, value, expected)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(repr, names))


def _is_number(value: Any) -> bool:
    kinds = (int, float, np.integer, np.floating)
    return isinstance(value, kinds) and not isinstance(value, bool) and math.isfinite(value)
