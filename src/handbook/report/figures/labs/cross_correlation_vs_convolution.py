"""A single 1 shows which way round an operation has its kernel; learning finds either."""

from __future__ import annotations

from handbook.core.numbers import value
from handbook.report.figures.matrices import Line, Matrix, sheet
from handbook.report.figures.style import Drawn, Plot

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw each operation on a single 1, with the kernel that it learns."""
    lines: list[Line] = []
    signs, names = ("⋆", "∗"), ("cross-correlation", "convolution")
    for sign, name, made, learnt in zip(signs, names, plot["made"], plot["learnt"], strict=True):
        lines.append(
            [
                Matrix("image", plot["impulse"]),
                sign,
                Matrix("kernel", plot["kernel"]),
                "=",
                Matrix(f"by {name}", made),
                "",
                Matrix(f"kernel that {name}\nlearns for one target", learnt),
            ]
        )
    title = "Convolution turns its kernel, and learns it turned"
    description = (
        f"An image of zeros with a single 1 and the kernel {value(plot['kernel'])}. "
        f"Cross-correlation gives {value(plot['made'][0])}, the kernel turned by half a circle; "
        f"convolution gives {value(plot['made'][1])}, the kernel itself. From one noisy image and "
        f"one target, cross-correlation learns {value(plot['learnt'][0])} and convolution "
        f"{value(plot['learnt'][1])}: each other’s turn, with the same outputs."
    )
    return sheet(title, caption, lines, description, cell=0.38)
