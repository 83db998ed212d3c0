"""How the values of a column lie, as a picture in its row of a table."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

__all__ = ["histogram"]

_WIDTH, _HEIGHT = 96, 24


def histogram(counts: Sequence[int]) -> Markup:
    """Draw counts as bars beside each other; hidden from screen readers.

    A count that is not 0 has a bar that can be seen.

    Examples
    --------
    >>> histogram([2, 0, 1]).count("<rect")
    2
    """
    width = _WIDTH / max(len(counts), 1)
    most = max(counts, default=0)
    bars = []
    for place, count in enumerate(counts):
        if count:
            height = max(1.0, _HEIGHT * count / most)
            bars.append(
                f'<rect x="{place * width:.1f}" y="{_HEIGHT - height:.1f}" '
                f'width="{max(width - 1, 1):.1f}" height="{height:.1f}"/>'
            )
    return Markup(
        f'<svg class="histogram" aria-hidden="true" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}">{"".join(bars)}</svg>'
    )
