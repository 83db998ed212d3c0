"""Size of the output over size of the input."""

from __future__ import annotations

from handbook.report.figures.style import COLOURS, DASHES, QUIET, Drawn, Plot, canvas

__all__ = ["draw"]

_MARKERS = ("o", "s", "^")


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw a line a setting, the stated size marked on it."""
    title = "; ".join(f"{line['size']} to {line['output']}" for line in plot["lines"])
    figure = canvas(title, caption, 6.4, 4.4)
    axes = figure.add_subplot()
    sizes = []
    for line, colour, dashes, marker in zip(plot["lines"], COLOURS, DASHES, _MARKERS, strict=False):
        name = "transposed convolution" if line["transposed"] else "convolution"
        name += f", kernel {line['kernel']}, stride {line['stride']}, padding {line['padding']}"
        axes.plot(line["sizes"], line["outputs"], color=colour, linestyle=dashes, label=name)
        axes.plot(line["size"], line["output"], marker, color=colour, markersize=8)
        axes.annotate(
            f"{line['size']} → {line['output']}", (line["size"], line["output"]),
            xytext=(9, -11), textcoords="offset points", fontsize=8,
        )  # fmt: skip
        sizes.append(f"{name}: {line['size']} becomes {line['output']}")
    axes.plot(
        [1, 32], [1, 32], color=QUIET, linewidth=0.8, linestyle=(0, (1, 3)), label="as it was"
    )
    axes.set(xlabel="height and width of the input (pixels)", ylabel="of the output (pixels)")
    for axis, set_scale in ((axes.xaxis, axes.set_xscale), (axes.yaxis, axes.set_yscale)):
        set_scale("log", base=2)  # doubling and halving are steps of one length
        axis.set_major_formatter("{x:g}")
    axes.legend(loc="upper left")
    return Drawn(figure, title, f"Sizes of square images. {'; '.join(sizes)}.")
