"""The nine nodes trained whole: against MiniSom, and what a radius counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from minisom import MiniSom

from handbook.catalogue import reading
from handbook.labs.examples import som_training

PARAMS: dict[str, Any] = (
    reading.read(Path(__file__).parents[2] / "params.yaml").labs["som-training"].params
)
NODES = PARAMS["nodes"]


def _decay(value: float, step: int, steps: int) -> float:
    return float(value * np.exp(-step / steps))


def test_the_nine_nodes_meet_the_rule_written_out() -> None:
    results = som_training.compute(**PARAMS)
    assert [result.name for result in results if not result.holds] == []
    first, alone, nearer, *_, scale = results
    assert (scale.computed, scale.verdict) == ("no", "book differs")
    # Node 9 is nearest and goes half the way; the farthest corner, node 1, hardly moves.
    assert first.computed[8] == pytest.approx([0.52, 0.5, 0.705])
    assert np.abs(np.array(first.computed[0]) - NODES[0]).max() < 0.1
    assert nearer.computed == 9
    left = np.linalg.norm(np.array(alone.computed) - PARAMS["x"], axis=1)
    assert left.argmin() == 8


def test_many_inputs_give_what_minisom_gives() -> None:
    X = np.random.default_rng(5).uniform(0, 1, (30, 3))
    ours = som_training.trained(NODES, X, 60, sigma=1.5, rate=0.5)
    peer = MiniSom(3, 3, 3, sigma=1.5, learning_rate=0.5, decay_function=_decay)
    peer._sigma_decay_function = _decay
    peer._weights = np.array(NODES).reshape(3, 3, 3).copy()
    for step in range(60):
        row = X[step % len(X)]
        peer.update(row, peer.winner(row), step, 60)
    assert ours.weights_ == pytest.approx(peer._weights, abs=1e-9)


@pytest.mark.parametrize("factor", [0.01, 100.0])
def test_the_scale_of_the_data_changes_no_winner(factor: float) -> None:
    X = np.random.default_rng(2).uniform(0, 1, (40, 3))
    plain = som_training.trained(NODES, X, 80, sigma=1.5, rate=0.5)
    scaled = som_training.trained(factor * np.array(NODES), factor * X, 80, sigma=1.5, rate=0.5)
    assert scaled.weights_ == pytest.approx(factor * plain.weights_)
    assert scaled.predict(factor * X).tolist() == plain.predict(X).tolist()


def test_the_figures_grid_joins_neighbours_alone() -> None:
    edges = som_training.plot(**PARAMS)["edges"]
    assert len(edges) == 12
    for a, b in edges:
        assert abs(a // 3 - b // 3) + abs(a % 3 - b % 3) == 1
