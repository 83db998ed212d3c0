"""The figures of claims on nearest neighbours."""

from __future__ import annotations

import numpy as np

from handbook.report.figures.panels import label, logarithmic, panels
from handbook.report.figures.seeds import by_group, over
from handbook.report.figures.style import INK, QUIET, Drawn, Plot, look
from handbook.report.numbers import listed

__all__ = ["k_nn_dimension", "k_nn_neighbours", "k_nn_noise", "k_nn_scaling"]


def k_nn_neighbours(plot: Plot, caption: str) -> Drawn:
    """Draw accuracy on fitted and on other rows over the number of neighbours."""
    k, others, fitted = plot["neighbours"], plot["others"], plot["fitted"]
    means = np.mean(others, axis=1)
    best = int(np.argmax(means))
    title = (
        f"Accuracy on other rows: {means[0]:.3f} with k = {k[0]}, {means[best]:.3f} with "
        f"k = {k[best]}, {means[-1]:.3f} with k = {k[-1]}"
    )
    figure, axes = panels(title, caption, 8.0, 4.2)
    over(axes, k, fitted, look, 1, "on the rows it was fitted to")
    over(axes, k, others, look, 0, "on other rows")
    axes.axvline(plot["middle"], color=QUIET, linewidth=0.8, linestyle=(0, (1, 2)))
    label(axes, "number of neighbours k", "accuracy", legend="best")
    logarithmic(axes, "x")
    description = (
        f"Mean accuracy on other rows, with {listed(k)} neighbours: "
        f"{', '.join(f'{value:.3f}' for value in means)}. On the rows fitted: "
        f"{', '.join(f'{value:.3f}' for value in np.mean(fitted, axis=1))}. A dot for each seed."
    )
    return Drawn(figure, title, description)


def k_nn_scaling(plot: Plot, caption: str) -> Drawn:
    """Draw accuracy with columns as they are and standardised."""
    scores = plot["scores"]
    means = {name: float(np.mean(values)) for name, values in scores.items()}
    title = (
        f"Standardised: {means['unlike, standardised'] - means['unlike, as they are']:+.3f} where "
        f"spreads differ, {means['like, standardised'] - means['like, as they are']:+.3f} where "
        "they are alike"
    ).replace("-", "−")
    figure, *axes = panels(title, caption, 8.0, 4.2, 2, sharey=True)
    for own, name, heading in (
        (axes[0], "unlike", "columns of unlike spread"),
        (axes[1], "like", "columns of like spread"),
    ):
        spreads = plot["spreads"][name]
        kinds = ["as they are", "standardised"]
        pairs = [scores[f"{name}, {kind}"] for kind in kinds]
        own.plot([0, 1], np.array(pairs), color=QUIET, linewidth=0.6, alpha=0.5)
        by_group(own, kinds, pairs)
        label(own, title=f"{heading}: {min(spreads):,.1f} to {max(spreads):,.0f}")
    axes[0].set_ylabel("accuracy on other rows")
    listing = "; ".join(f"{name} {mean:.3f}" for name, mean in means.items())
    return Drawn(figure, title, f"Mean accuracy of nearest neighbours: {listing}.")


def k_nn_dimension(plot: Plot, caption: str) -> Drawn:
    """Draw accuracy over the number of further columns."""
    added, scores = plot["added"], plot["scores"]
    ends = {name: (np.mean(values[0]), np.mean(values[-1])) for name, values in scores.items()}
    useless, turned = ends["k-NN, useless"], ends["k-NN, turned"]
    title = (
        f"{added[-1]} more columns: {useless[0]:.3f} to {useless[1]:.3f} if useless, "
        f"{turned[0]:.3f} to {turned[1]:.3f} if they only mix the old ones"
    )
    figure, axes = panels(title, caption, 8.0, 4.2)
    for index, (name, values) in enumerate(scores.items()):
        over(axes, added, values, look, index, name)
    label(axes, "further columns", "accuracy on other rows", legend="best")
    axes.set_xscale("symlog", linthresh=10)
    axes.set_xticks(added, [str(count) for count in added])
    axes.minorticks_off()
    listing = "; ".join(f"{name} {a:.3f} to {b:.3f}" for name, (a, b) in ends.items())
    return Drawn(figure, title, f"Mean accuracy from no to {added[-1]} further columns: {listing}.")


def k_nn_noise(plot: Plot, caption: str) -> Drawn:
    """Draw accuracy over the share of wrong labels, for each number of neighbours."""
    wrong, scores = plot["wrong"], np.array(plot["scores"])
    held = wrong.index(plot["at"])
    cost = (scores[:, 0] - scores[:, held]).mean(axis=1)
    k = plot["neighbours"]
    title = (
        f"{plot['at']:.0%} wrong labels cost {cost[0]:.3f} of accuracy with k = {k[0]}, "
        f"{cost[-1]:.3f} with k = {k[-1]}"
    ).replace("-", "−")
    figure, axes = panels(title, caption, 8.0, 4.2)
    for index, (k, values) in enumerate(zip(plot["neighbours"], scores, strict=True)):
        over(axes, wrong, values.tolist(), look, index, f"k = {k}")
    axes.axvline(plot["at"], color=INK, linewidth=0.6, linestyle=(0, (1, 2)))
    label(
        axes, "share of wrong labels among the rows fitted", "accuracy on other rows, labels right"
    )
    axes.legend(loc="lower left")
    listing = "; ".join(
        f"k = {k}: {', '.join(f'{value:.3f}' for value in values)}"
        for k, values in zip(plot["neighbours"], scores.mean(axis=2), strict=True)
    )
    return Drawn(figure, title, f"Mean accuracy with {listed(wrong)} of labels wrong: {listing}.")
