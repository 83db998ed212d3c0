"""The error of models as bias and variance over bootstrap samples."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handbook.core.files import read_json
from handbook.report.figures import style
from handbook.report.figures.diagnosed.curves import setting_axis
from handbook.report.figures.style import INK, MAIN, MARK, Drawn, canvas, caption
from handbook.report.numbers import number, value

__all__ = ["draw_bias_variance"]


def draw_bias_variance(path: Path, out: Path) -> None:
    """Draw error, bias and variance of each model against the setting that was varied.

    Parameters
    ----------
    path : Path
        ``decomposition.json``: for every value, error = bias + variance, where bias is the squared
        bias and the noise of the rows, which cannot be told apart on real data.
    out : Path
        The SVG file.

    References
    ----------
    Geman, Bienenstock and Doursat (1992), "Neural networks and the bias/variance dilemma".
    """
    with style.applied():
        style.save(_bias_variance(read_json(path, made_by="make rebuild")), out)


def _bias_variance(record: Mapping[str, Any]) -> Drawn:
    models = record["models"]
    least = [min(range(len(model["values"])), key=model["error"].__getitem__) for model in models]
    where = [
        f"{model['parameter']} = {value(model['values'][best])}"
        for model, best in zip(models, least, strict=True)
    ]
    title = f"Least error at {' and at '.join(where)}"
    subtitle = (
        f"{caption(record)} · mean over {record['rounds']} bootstrap samples of the training rows"
    )
    figure = canvas(title, subtitle, 1.2 + 3.4 * len(models), 4.0)
    grid = figure.subplots(1, len(models), sharey=True, squeeze=False)[0]
    for axes, model, best in zip(grid, models, least, strict=True):
        x = setting_axis(axes, model["values"], model["parameter"])
        for name, colour, dashes, marker, label in (
            ("error", INK, "solid", "o", "error"),
            ("bias", MAIN, (0, (4, 2)), "s", "squared bias + noise"),
            ("variance", MARK, (0, (1.2, 1.2)), "^", "variance"),
        ):
            axes.plot(
                x, model[name], color=colour, linestyle=dashes, marker=marker, markersize=4,
                label=label,
            )  # fmt: skip
        axes.axvline(x[best], color=INK, linewidth=0.8, alpha=0.4, zorder=0)
        axes.set_title(model["title"], fontsize=9)
        axes.set_ylim(bottom=0)
    grid[0].set_ylabel(f"squared error of {record['target']}")
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    return Drawn(figure, title, _words(record, least))


def _words(record: Mapping[str, Any], least: list[int]) -> str:
    def ends(values: list[float]) -> str:
        return f"from {number(values[0], 3)} to {number(values[-1], 3)}"

    parts = [
        f"{model['title']}, {model['parameter']} from {value(model['values'][0])} to "
        f"{value(model['values'][-1])}: squared bias with noise goes {ends(model['bias'])}, "
        f"variance {ends(model['variance'])}; their sum is least, "
        f"{number(model['error'][best], 3)}, at "
        f"{value(model['values'][best])}."
        for model, best in zip(record["models"], least, strict=True)
    ]
    return (
        f"Squared error on {record['check_rows']:,} rows, taken apart over {record['rounds']} fits "
        f"on bootstrap samples of {record['fit_rows']:,} rows. {' '.join(parts)}"
    )
