"""Search spaces: lists of values, ranges, log ranges, and parameters that depend on others.

It imports nothing heavy, because the workflow plans sweeps before any job runs.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from handbook.core.files import digest

__all__ = ["Parameter", "Setting", "Space"]

#: Value by parameter; parameters whose condition does not hold are missing.
Setting: TypeAlias = dict[str, Any]

# After so many draws in a row that were drawn before, the rest of a space is taken in order.
_PATIENCE = 1_000
# Significant digits of a drawn number: more make no difference and are hard to read.
_DIGITS = 6
_RECIPE = "preprocess."


@dataclass(frozen=True)
class Parameter:
    """One parameter of a space: a list of values, or a range of numbers.

    Parameters
    ----------
    name : str
    values : tuple
        Of a list; empty for a range.
    low, high : number
        Ends of a range, both of which can be taken. A range of two integers holds integers.
    log : bool
        Whether equal factors are equal steps.
    points : int or None
        How many values a grid takes of a range; without it a grid takes every integer.
    sets : tuple of str
        Arguments that take the value; empty: the one of the same name.
    when : mapping of str to tuple
        Values that earlier parameters must have for this one to matter.

    Examples
    --------
    >>> Parameter("ridge", low=0.001, high=10.0, log=True, points=5).grid()
    (0.001, 0.01, 0.1, 1.0, 10.0)
    >>> Parameter("k", low=1, high=100, log=True, points=4).grid()
    (1, 5, 22, 100)
    """

    name: str
    values: tuple[Any, ...] = ()
    low: float = 0
    high: float = 0
    log: bool = False
    points: int | None = None
    sets: tuple[str, ...] = ()
    when: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, declared: Any) -> Parameter:
        """Read a parameter as the catalogue declares it: a list, or a mapping of these fields."""
        if isinstance(declared, list):
            return cls(name, tuple(declared))
        when = {
            other: tuple(values) if isinstance(values, list) else (values,)
            for other, values in (declared.get("when") or {}).items()
        }
        tuples = {key: tuple(declared.get(key) or ()) for key in ("values", "sets")}
        return cls(name, **{**declared, **tuples, "when": when})

    @property
    def integer(self) -> bool:
        """Whether a range holds integers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    @property
    def ordered(self) -> bool:
        """Whether the values are numbers that grow: then their order means something."""
        return not self.values or (
            len(self.values) > 2
            and all(isinstance(v, int | float) and not isinstance(v, bool) for v in self.values)
            and list(self.values) == sorted(set(self.values))
        )

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments that take the value."""
        return self.sets or (self.name,)

    def active(self, setting: Mapping[str, Any]) -> bool:
        """Tell whether the parameter matters beside values of earlier ones."""
        return all(
            other in setting and any(_same(setting[other], value) for value in values)
            for other, values in self.when.items()
        )

    def grid(self) -> tuple[Any, ...]:
        """Return the values that a grid takes; none where a range of fractions has no points."""
        if self.values:
            return self.values
        if self.points is None:
            return tuple(range(int(self.low), int(self.high) + 1)) if self.integer else ()
        steps = max(self.points - 1, 1)
        return tuple(dict.fromkeys(self.at(step / steps) for step in range(self.points)))

    def at(self, share: float) -> Any:
        """Return the value at a share of the way from the low end to the high one."""
        if self.log:
            value = math.exp(math.log(self.low) + share * math.log(self.high / self.low))
        else:
            value = self.low + share * (self.high - self.low)
        return self.tidy(value)

    def tidy(self, value: float) -> Any:
        """Return a number of a range as it is tried: with no more digits than can be read."""
        if self.integer:
            return min(max(round(value), int(self.low)), int(self.high))
        return min(max(float(f"{value:.{_DIGITS}g}"), self.low), self.high)

    def index(self, value: Any) -> int:
        """Return the position of a value in the list."""
        return next(i for i, listed in enumerate(self.values) if _same(listed, value))

    def share(self, value: Any) -> float:
        """Return how far a value lies from the low end to the high one, as a share of the way."""
        if self.values:
            return self.index(value) / max(len(self.values) - 1, 1)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return float((value - self.low) / (self.high - self.low))

    def draw(self, chance: random.Random) -> Any:
        """Return a value, all alike likely; in a log range, all factors alike."""
        share = chance.random()
        if self.values:
            return self.values[int(share * len(self.values))]
        if self.integer and not self.log:
            return int(self.low) + int(share * (self.high - self.low + 1))
        return self.at(share)


@dataclass(frozen=True)
class Space:
    """Parameters in order; a condition looks back only.

    Examples
    --------
    >>> space = Space.of({
    ...     "kernel": ["linear", "rbf"],
    ...     "C": [1, 10, 100],
    ...     "gamma": {"values": [0.1, 0.5], "when": {"kernel": "rbf"}},
    ... })
    >>> space.size()  # 3 linear ones, and 3 times 2 with a gamma
    9
    >>> next(space.grid())
    {'kernel': 'linear', 'C': 1}
    """

    parameters: tuple[Parameter, ...]

    @classmethod
    def of(cls, declared: Mapping[str, Any]) -> Space:
        """Read the catalogue's ``space``."""
        return cls(tuple(Parameter.of(name, values) for name, values in declared.items()))

    def size(self) -> int:
        """Count the settings of the grid, without listing them."""
        branching = {other for parameter in self.parameters for other in parameter.when}

        def count(rest: Sequence[Parameter], chosen: Setting) -> int:
            if not rest:
                return 1
            first, after = rest[0], rest[1:]
            if not first.active(chosen):
                return count(after, chosen)
            values = first.grid()
            if first.name not in branching:
                return len(values) * count(after, chosen)
            return sum(count(after, chosen | {first.name: value}) for value in values)

        return count(self.parameters, {})

    @property
    def finite(self) -> bool:
        """Whether all settings can be listed: no parameter is a range of fractions."""
        return all(parameter.values or parameter.integer for parameter in self.parameters)

    def whole(self) -> Space:
        """Return the space with every integer of its ranges, whatever a grid takes of them."""
        return Space(tuple(replace(p, points=None) if p.integer else p for p in self.parameters))

    def grid(self) -> Iterator[Setting]:
        """Yield every setting of the grid, the last parameter changing fastest."""

        def walk(rest: Sequence[Parameter], chosen: Setting) -> Iterator[Setting]:
            if not rest:
                yield chosen
                return
            first, after = rest[0], rest[1:]
            if not first.active(chosen):
                yield from walk(after, chosen)
                return
            for value in first.grid():
                yield from walk(after, chosen | {first.name: value})

        yield from walk(self.parameters, {})

    def draw(self, chance: random.Random) -> Setting:
        """Return a setting drawn at random."""
        chosen: Setting = {}
        for parameter in self.parameters:
            if parameter.active(chosen):
                chosen[parameter.name] = parameter.draw(chance)
        return chosen

    def draws(self, seed: int) -> Iterator[Setting]:
        """Yield settings at random, none twice, until there is none left.

        The first n are the same however many are asked for, so that a larger budget keeps what a
        smaller one has tried.
        """
        chance, seen, repeated = random.Random(seed), set(), 0
        while repeated < _PATIENCE:
            setting = self.draw(chance)
            key = digest(setting)
            repeated = repeated + 1 if key in seen else 0
            if key not in seen:
                seen.add(key)
                yield setting
        if self.finite:
            yield from (setting for setting in self.whole().grid() if digest(setting) not in seen)

    def arguments(self, setting: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what a setting sets: arguments of the estimator, fields of the columns' recipe."""
        by_name = {parameter.name: parameter for parameter in self.parameters}
        own, recipe = {}, {}
        for name, value in setting.items():
            for argument in by_name[name].arguments:
                if argument.startswith(_RECIPE):
                    recipe[argument.removeprefix(_RECIPE)] = value
                else:
                    own[argument] = value
        return own, recipe


def _same(a: Any, b: Any) -> bool:
    """Compare as YAML means it: true is not 1."""
    return bool(a == b) and isinstance(a, bool) == isinstance(b, bool)
