"""What a map may be asked for, and what stands for a setting that is left open."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any, get_args

from handbook.models.som.grid import Neighborhood, Topology
from handbook.models.som.matching import Metric
from handbook.models.som.schedule import Decay, Schedule

__all__ = ["check_detection", "check_settings", "planned"]

_RULES = ("distance-map", "quantization")
_CHOICES = {
    "topology": get_args(Topology),
    "neighborhood": get_args(Neighborhood),
    "metric": get_args(Metric),
    "training": ("online", "batch"),
    "decay": get_args(Decay),
    "order": ("random", "sequential"),
}


def check_settings(model: Any) -> None:
    """Refuse settings that make no map.

    Parameters
    ----------
    model : object
        Has the parameters of :class:`handbook.models.som.SelfOrganizingMap`.

    Raises
    ------
    ValueError
        With the parameter's name, its value and what was expected.
    """
    for name, known in _CHOICES.items():
        _check_choice(model, name, known)
    for name in ("rows", "columns", "n_steps"):
        value = getattr(model, name)
        left_open = name == "n_steps" and value is None
        if not left_open and not (isinstance(value, Integral) and int(value) >= 1):
            raise ValueError(f"{name} must be a whole number of at least 1, not {value!r}")
    _check_number(model, "sigma", math.inf, optional=True)
    _check_number(model, "learning_rate", 1.0, optional=True)
    start = planned(model, 1)
    _check_number(model, "sigma_end", start.sigma, optional=True)
    to_zero = model.decay == "linear"
    _check_number(model, "learning_rate_end", start.rate, optional=True, zero=to_zero)


def check_detection(model: Any) -> None:
    """Refuse settings that find no outliers.

    Parameters
    ----------
    model : object
        Has the parameters of :class:`handbook.models.som.SOMOutlierDetector`.

    Raises
    ------
    ValueError
        With the parameter's name, its value and what was expected.
    """
    check_settings(model)
    _check_choice(model, "rule", _RULES)
    nodes = model.rows * model.columns
    if not (isinstance(model.n_units, Integral) and 1 <= int(model.n_units) <= nodes):
        raise ValueError(
            f"n_units must be a whole number from 1 to the {nodes} nodes, not {model.n_units!r}"
        )
    _check_number(model, "contamination", 0.5)


def planned(model: Any, n: int) -> Schedule:
    """Return radius and learning rate of every step of a training on `n` rows."""
    batch = model.training == "batch"
    sigma = max(model.rows, model.columns) / 2 if model.sigma is None else model.sigma
    # The exponential decay's lambda is then T / ln sigma, or T for a radius below e.
    sigma_end = min(1.0, sigma / math.e) if model.sigma_end is None else model.sigma_end
    rate, rate_end = model.learning_rate, model.learning_rate_end
    if rate is None:
        rate = 1.0 if batch else 0.5
    if rate_end is None:
        # one lambda for both, as in the handbook; Kohonen's batch map has no rate that falls
        constant = batch and model.learning_rate is None
        rate_end = rate if constant else rate * sigma_end / sigma
    steps = model.n_steps or (20 if batch else 10 * n)
    return Schedule(sigma, sigma_end, rate, rate_end, model.decay, steps)


def _check_choice(model: Any, name: str, known: tuple[str, ...]) -> None:
    value = getattr(model, name)
    if value not in known:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, known))}, not {value!r}")


def _check_number(
    model: Any, name: str, most: float, *, optional: bool = False, zero: bool = False
) -> None:
    """Refuse what is no number above 0 up to `most`, or 0 or None where they are allowed."""
    value = getattr(model, name)
    if optional and value is None:
        return
    if not (isinstance(value, Real) and (0 < float(value) <= most or (zero and value == 0))):
        least = "from 0" if zero else "above 0"
        limit = f" up to {most:g}" if math.isfinite(most) else ""
        raise ValueError(f"{name} must be a number {least}{limit}, not {value!r}")
