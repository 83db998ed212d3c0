"""Five prices, networks that meet them all, and what they forecast."""

from __future__ import annotations

from handbook.report.figures.style import INK, Drawn, Plot, canvas, look

__all__ = ["draw"]


def draw(plot: Plot, caption: str) -> Drawn:
    """Draw the prices, and what each network says of known days and of the next one."""
    prices, window, forecasts = plot["prices"], plot["window"], plot["forecasts"]
    days = range(1, len(prices) + 1)
    low, high = min(forecasts), max(forecasts)
    title = f"{len(prices)} prices prove nothing, however well a network meets them"
    figure = canvas(title, caption, 6.4, 4.2)
    axes = figure.add_subplot()
    for index, (answers, forecast) in enumerate(zip(plot["said"], forecasts, strict=True)):
        axes.plot(
            [*days[window:], len(prices) + 1], [*answers, forecast],
            **look(index),
            linewidth=1.1, marker="x", markersize=5, label=f"network {index + 1}",
        )  # fmt: skip
    axes.plot(days, prices, "o-", color=INK, markersize=6, label="price")
    axes.axvspan(len(prices) + 0.5, len(prices) + 1.5, color="#eceff1")
    axes.text(
        len(prices) + 1, 0.03, "not known", transform=axes.get_xaxis_transform(), ha="center",
        fontsize=8,
    )  # fmt: skip
    axes.set(xlabel="day", ylabel="price", xlim=(0.7, len(prices) + 1.5))
    axes.legend(loc="upper left", ncols=2)
    misses = max(
        abs(answer - price)
        for answers in plot["said"]
        for answer, price in zip(answers, prices[window:], strict=True)
    )
    description = (
        f"Prices of {len(prices)} days: {', '.join(f'{answer:g}' for answer in prices)}. "
        f"{len(forecasts)} recurrent networks that read {window} days and differ in their seed "
        f"alone meet the {len(prices) - window} known days after a window within {misses:.1g}, "
        f"and forecast {low:.1f} to {high:.1f} for the next day. So many weights can meet so few "
        "prices in any order; nothing is left to test the forecast on."
    )
    return Drawn(figure, title, description)
