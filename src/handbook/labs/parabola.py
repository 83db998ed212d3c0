"""Descent on x², as the labs of several optimizers compute it, with torch and in figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handbook.labs.peers import torch_path
from handbook.labs.result import Book, Result, against
from handbook.optim import Rule, minimise

__all__ = ["adaptive_results", "path", "plotted", "slope", "torch_positions"]


def slope(x: Any) -> Any:
    """Return the derivative of x²."""
    return 2 * x


def path(rule: Rule, start: float, steps: int) -> list[float]:
    """Return x at the start and after each step of a rule.

    Examples
    --------
    >>> from handbook.optim import GradientDescent
    >>> path(GradientDescent(0.25), 8.0, 2)
    [8.0, 4.0, 2.0]
    """
    positions: list[float] = minimise(rule, slope, [start], steps)[:, 0].tolist()
    return positions


def torch_positions(
    optimizer: str, settings: Mapping[str, Any], start: float, steps: int
) -> list[float]:
    """Return x at the start and after each step of an optimizer of ``torch.optim``."""
    return [x for (x,) in torch_path(optimizer, settings, slope, [start], steps)]


def plotted(rules: Mapping[str, Rule], start: float, steps: int) -> dict[str, Any]:
    """Return the paths of several rules by name, as a figure takes them."""
    return {"paths": {name: path(rule, start, steps) for name, rule in rules.items()}}


def adaptive_results(
    rule: Rule,
    optimizer: str,
    settings: Mapping[str, Any],
    start: float,
    steps: int,
    first: float,
    source: str,
    book: Book,
) -> list[Result]:
    """Return the results of a rule that divides by the gradients that it has seen.

    `first` is x after the first step by a closed form, `source` the closed form in words, `book`
    where the book's listing ends.
    """
    positions, peer = path(rule, start, steps), torch_positions(optimizer, settings, start, steps)
    return [
        against(f"torch.optim.{optimizer}, epsilon {settings['eps']:g} outside the root")(
            f"x after each of {steps} steps", positions, peer
        ),
        against(source)("x after the first step", positions[1], first),
        against(f"torch.optim.{optimizer}")(
            f"x that {steps} steps give", positions[-1], peer[-1], book=book
        ),
    ]
