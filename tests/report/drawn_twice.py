"""What every figure has to be: the same bytes each time, small, and told in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from handbook.report.figures.svg import words


def check_drawing(draw: Callable[[str, Path, Path], None], name: str, result: Path) -> None:
    """Draw a result twice beside it, and hold both drawings to that."""
    figures = [result.with_name("a.svg"), result.with_name("b.svg")]
    for figure in figures:
        draw(name, result, figure)
    assert figures[0].read_bytes() == figures[1].read_bytes()
    assert figures[0].stat().st_size < 400_000
    text = words(figures[0])
    assert len(text.title) > 10
    assert len(text.description) > 50
    assert "nan" not in text.description.split()
