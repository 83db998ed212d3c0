"""Forecasts of a series of five values by windows of two (section 5.4)."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from scipy.optimize import minimize
from scipy.stats import permutation_test

from handbook.labs.examples.rnn_unrolling import torchs_of
from handbook.labs.result import Array, Result, against
from handbook.nn import Cell, LSTMCell, RNNCell, dense, dense_backward

__all__ = ["CELLS", "Forecaster", "compute", "neighbours_alike", "plot"]

#: The cells that the lab compares, by name.
CELLS: dict[str, type[Cell]] = {"RNN": RNNCell, "LSTM": LSTMCell}
# Of the squared weights, beside squared errors in units of the series' deviation.
_RIDGE = 1e-4


class Forecaster:
    """A recurrent cell that reads a window, and a dense layer that predicts the next value.

    Parameters
    ----------
    hidden : int
        Units of the cell.
    seed : int
        Of the weights that it starts from.
    kind : class of cell
    """

    def __init__(self, hidden: int, seed: int, kind: type[Cell] = RNNCell) -> None:
        self.hidden, self.kind = hidden, kind
        rng = np.random.default_rng(seed)
        cell = kind.random(1, hidden, rng)
        self.weights = np.concatenate(
            [cell.W.ravel(), cell.U.ravel(), cell.b, rng.normal(size=hidden), np.zeros(1)]
        )

    def parts(self, weights: Array) -> tuple[Cell, Array, Array]:
        """Return cell, weights and bias of the dense layer from the vector of all weights."""
        h, rows = self.hidden, self.kind.gates * self.hidden
        W, U, b, w, v = np.split(weights, np.cumsum([rows, rows * h, rows, h]))
        return self.kind(W[:, None], U.reshape(rows, h), b, np.zeros(rows)), w[None], v

    def predict(self, windows: Array) -> Array:
        """Predict the value after each window, (n, steps) to (n,)."""
        cell, w, v = self.parts(self.weights)
        return dense(cell.unroll(windows.T[:, :, None])[0][-1], w, v)[:, 0]

    def loss(self, weights: Array, windows: Array, nexts: Array) -> tuple[float, Array]:
        """Return half the squared error with the ridge, and its gradient."""
        cell, w, v = self.parts(weights)
        X = windows.T[:, :, None]  # (steps, n, 1)
        states, _ = cell.unroll(X)
        error = dense(states[-1], w, v)[:, 0] - nexts
        head = dense_backward(error[:, None], states[-1], w)
        grad = np.zeros(states.shape)
        grad[-1] = head.X
        back = cell.backward(grad, X)
        slope = np.concatenate([back.W.ravel(), back.U.ravel(), back.b, head.W[0], head.b])
        loss = 0.5 * float(error @ error) + 0.5 * _RIDGE * float(weights @ weights)
        return loss, slope + _RIDGE * weights

    def fit(self, windows: Array, nexts: Array) -> Forecaster:
        """Learn by L-BFGS; the gradient comes back through time."""
        self.weights = minimize(
            self.loss, self.weights, (windows, nexts), jac=True, method="L-BFGS-B"
        ).x
        return self


def neighbours_alike(values: Array) -> float:
    """Return the absolute correlation of a value with the next, from 0 to 1.

    Examples
    --------
    >>> round(neighbours_alike(np.array([1.0, -1.0, 1.0, -1.0])), 9)
    1.0
    """
    return abs(float(np.corrcoef(values[:-1], values[1:])[0, 1]))


def compute(prices: list[float], window: int, hidden: int, seeds: list[int]) -> list[Result]:
    """Forecast the next of five prices by a line and by networks, from the two before."""
    series = np.array(prices)
    X, y = _windows(series, window)
    slope, level = np.polyfit(series[:-1], series[1:], 1)
    covariance = np.cov(series[:-1], series[1:])
    closed = covariance[0, 1] / covariance[0, 0]
    shuffled = [neighbours_alike(series[list(order)]) for order in permutations(range(len(series)))]
    own = neighbours_alike(series)
    test = permutation_test(
        (series,), neighbours_alike, permutation_type="pairings", alternative="greater",
        n_resamples=np.inf,
    )  # fmt: skip
    return [
        against("cut by hand")(
            f"windows of {window}, and the value after each",
            np.column_stack([X, y]),
            [prices[i : i + window + 1] for i in range(len(prices) - window)],
        ),
        against("closed form: slope = covariance / variance", 1e-6)(
            "forecast by a line through value and next value",
            slope * series[-1] + level,
            series[1:].mean() + closed * (series[-1] - series[:-1].mean()),
        ),
        *(result for name in CELLS for result in _results_of(name, series, window, hidden, seeds)),
        against("scipy.stats.permutation_test over all orders")(
            "share of all orders of these values in which neighbours are correlated as much "
            "(p-value)",
            np.mean(np.array(shuffled) >= own - 1e-9),
            test.pvalue,
        ),
    ]


def plot(prices: list[float], window: int, hidden: int, seeds: list[int]) -> dict[str, Any]:
    """Return the series, what each network predicts after each window, and its forecast."""
    series = np.array(prices)
    X, _ = _windows(series, window)
    spread, middle = float(series.std()), float(series.mean())
    panels = []
    for name in CELLS:
        networks = _fitted(series, window, hidden, seeds, name)
        past = [network.predict(_scaled(X, series)) * spread + middle for network in networks]
        forecasts = [round(_forecast(network, series, window), 2) for network in networks]
        panels.append(
            {
                "cell": name,
                "weights": len(networks[0].weights),
                "past": [values.round(4) for values in past],
                "forecasts": forecasts,
            }
        )
    return {"prices": prices, "window": window, "panels": panels}


def _results_of(
    name: str, series: Array, window: int, hidden: int, seeds: list[int]
) -> list[Result]:
    """Return what networks of one cell forecast, and how well they meet what they learnt from."""
    networks = _fitted(series, window, hidden, seeds, name)
    X, y = _windows(_scaled(series, series), window)
    misses = [np.abs(network.predict(X) - y).max() for network in networks]
    return [
        against(f"torch.nn.{name} with the same weights", 1e-6)(
            f"forecasts by {len(networks)} {name}s that differ in their seed alone",
            [_forecast(network, series, window) for network in networks],
            [_torchs(network, series, window) for network in networks],
        ),
        against(f"{len(networks[0].weights)} weights can meet {len(y)} values", 0.5)(
            f"the {name}s' largest miss on the windows that they learnt from",
            max(misses) * series.std(),
            0.0,
        ),
    ]


def _windows(series: Array, window: int) -> tuple[Array, Array]:
    windows = sliding_window_view(series, window + 1)
    return windows[:, :-1], windows[:, -1]


def _scaled(values: Array, series: Array) -> Array:
    return np.asarray((values - series.mean()) / series.std())


def _fitted(
    series: Array, window: int, hidden: int, seeds: list[int], name: str
) -> list[Forecaster]:
    X, y = _windows(_scaled(series, series), window)
    return [Forecaster(hidden, seed, CELLS[name]).fit(X, y) for seed in seeds]


def _forecast(network: Forecaster, series: Array, window: int) -> float:
    output = network.predict(_scaled(series[None, -window:], series))[0]
    return float(output * series.std() + series.mean())


def _torchs(network: Forecaster, series: Array, window: int) -> float:
    cell, w, v = network.parts(network.weights)
    with torch.no_grad():
        states, _ = torchs_of(cell)(torch.tensor(_scaled(series[-window:, None], series)))
        output = torch.nn.functional.linear(states[-1], torch.tensor(w), torch.tensor(v)).item()
    return float(output * series.std() + series.mean())
