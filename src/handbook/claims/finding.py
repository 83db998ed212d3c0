"""What an experiment on a claim measures, seed by seed.

An experiment's module has a function ``compute(seeds, **params) -> Finding``; its parameters stand
in `params.yaml`. One that the catalogue gives a data set takes its training rows first:
``compute(data, seeds, **params)``. It measures and does not judge: which effect is large enough to
matter stands in the catalogue, and `handbook.claims.verdict` holds the intervals against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

__all__ = ["Finding", "Part", "paired", "share"]


@dataclass(frozen=True)
class Part:
    """A comparison that a claim stands or falls with, under one circumstance.

    Parameters
    ----------
    name : str
        Its name: in the catalogue, its smallest effect of interest stands under it.
    when : str
        The circumstance, as it goes on after "holds when".
    effect : str
        What is measured, such as "accuracy with pooling less that without".
    values : tuple of float
        The effect for each seed, positive where the claim is right; of a share, 1 for each trial
        that goes as the claim says and 0 for each other.
    kind : {"difference", "share"}
        Which interval its mean has.
    overlap : float
        Rows checked on by rows fitted on, where the seeds split the same rows and so share most
        of them: it widens the interval. 0 where each seed has rows of its own.
    """

    name: str
    when: str
    effect: str
    values: tuple[float, ...]
    kind: Literal["difference", "share"] = "difference"
    overlap: float = 0.0


@dataclass(frozen=True)
class Finding:
    """All that an experiment measured.

    Parameters
    ----------
    measured : mapping of str to sequence of float
        Each measurement by its name, a value for each seed.
    parts : sequence of Part
        What the claim stands or falls with.
    plot : mapping
        The figure's data: numbers, arrays, lists and text.
    """

    measured: Mapping[str, Sequence[float]]
    parts: Sequence[Part]
    plot: Mapping[str, Any]


def paired(
    name: str,
    when: str,
    effect: str,
    ahead: Sequence[float],
    behind: Sequence[float],
    overlap: float = 0.0,
) -> Part:
    """Return the part of a claim that says one measurement is above another of the same seed.

    Examples
    --------
    >>> paired("bias", "it fits", "accuracy with less without", [0.75, 0.5], [0.5, 0.5]).values
    (0.25, 0.0)
    """
    if len(ahead) != len(behind):
        raise ValueError(f"{name}: {len(ahead)} values and {len(behind)}; they come in pairs")
    differences = np.subtract(np.asarray(ahead, float), np.asarray(behind, float))
    return Part(name, when, effect, tuple(differences.tolist()), overlap=overlap)


def share(name: str, when: str, effect: str, hits: Sequence[bool]) -> Part:
    """Return the part of a claim that says something happens in a share of trials.

    Examples
    --------
    >>> share("dead", "the rate is high", "share of dead units", [True, False]).values
    (1.0, 0.0)
    """
    return Part(name, when, effect, tuple(map(float, hits)), "share")
