"""How far a column moves without drift, and from where on that is an alarm, as a picture."""

from __future__ import annotations

from markupsafe import Markup

__all__ = ["usual"]

_WIDTH, _HEIGHT, _MARGIN = 180, 20, 6


def usual(mean: float, high: float, most: float, alarm: float, limit: float) -> Markup:
    """Draw values between 0 and `limit`; hidden from screen readers.

    A bar from 0 to where 95 of 100 windows lie, a line at the mean, a ring at the largest, and a
    dashed line from which on there can be an alarm.

    Examples
    --------
    >>> usual(0.02, 0.04, 0.05, 0.12, 0.2).count("<path"), usual(0, 0, 0, 0.1, 0.2).count("ours")
    (4, 1)
    """

    def at(value: float) -> str:
        return f"{_MARGIN + (_WIDTH - 2 * _MARGIN) * min(value / (limit or 1.0), 1):.1f}"

    middle = _HEIGHT // 2
    parts = [
        f'<path class="axis" d="M{_MARGIN} {middle}H{_WIDTH - _MARGIN}"/>',
        f'<path class="dummy" d="M{at(alarm)} 2V{_HEIGHT - 2}"/>',
        f'<path class="interval" d="M{at(0)} {middle}H{at(high)}"/>',
        f'<path class="mean" d="M{at(mean)} {middle - 6}V{middle + 6}"/>',
        f'<circle class="ours" cx="{at(most)}" cy="{middle}" r="3.5"/>',
    ]
    return Markup(
        f'<svg class="strip" aria-hidden="true" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}">{"".join(parts)}</svg>'
    )
