"""The rule by which drift is an alarm, as the catalogue declares it."""

from __future__ import annotations

from pydantic import Field

from handbook.core.section import Section

__all__ = ["LEAST", "Rule"]

#: Of fewer rows nothing is said: no test would find what matters.
LEAST = 20


class Rule(Section):
    """What is an alarm: a change that is not by chance, and is large enough to matter."""

    rows: int = Field(default=500, ge=LEAST, description="of a window")
    least: int = Field(default=50, ge=LEAST, description="rows of a last window that is shorter")
    level: float = Field(
        default=0.01, gt=0, lt=1, description="chance of any false alarm at all in one watch"
    )
    shift: float = Field(
        default=0.1, ge=0, description="smallest drift that matters: PSI beyond that of chance"
    )
    ignore: dict[str, list[str]] = Field(
        default={}, description="data set -> columns that move without harm, such as the month"
    )
