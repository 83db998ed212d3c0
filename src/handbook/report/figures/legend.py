"""Legends below a figure, in as many columns as its width has room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["legend_below", "rows_below"]

# In points, at the size of a legend's text: a letter, and what comes with each name.
_LETTER, _MORE = 5.4, 44


def legend_below(figure: Any, handles: Sequence[Any]) -> None:
    """Write the labels of `handles` below all axes.

    Parameters
    ----------
    figure : Figure
    handles : sequence of Artist
        Each with a label.
    """
    labels = [str(handle.get_label()) for handle in handles]
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=_columns(labels, figure.get_figwidth()),
    )


def rows_below(labels: Sequence[str], width: float) -> int:
    """Count the rows of such a legend in a figure of `width` inches.

    Examples
    --------
    >>> rows_below(["no", "yes"], 4.4), rows_below(["a name of twenty-six letters"] * 3, 4.4)
    (1, 3)
    """
    return -(-len(labels) // _columns(labels, width))


def _columns(labels: Sequence[str], width: float) -> int:
    longest = max(map(len, labels))
    return max(1, min(len(labels), int(72 * width // (_LETTER * longest + _MORE))))
