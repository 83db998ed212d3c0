"""Schedules against torch's schedulers, and which rows a gradient is taken of."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from handbook.core.errors import HandbookError
from handbook.optim import Plateau, batch, exponential, mini_batch, step_decay, stochastic, warm_up

STEPS = np.arange(40)
rates = st.floats(1e-4, 1.0)


def optimizer(rate: float) -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)


def theirs(scheduler: lr_scheduler.LRScheduler) -> list[float]:
    found = []
    for _ in STEPS:
        found.append(scheduler.get_last_lr()[0])
        scheduler.optimizer.step()
        scheduler.step()
    return found


@given(rates, st.integers(1, 20), st.floats(0.05, 0.95))
def test_step_decay_is_torchs(rate: float, every: int, factor: float) -> None:
    peer = lr_scheduler.StepLR(optimizer(rate), every, factor)
    assert step_decay(STEPS, rate, every, factor) == pytest.approx(theirs(peer))


@given(rates, st.floats(0.5, 1.0))
def test_exponential_is_torchs(rate: float, factor: float) -> None:
    peer = lr_scheduler.ExponentialLR(optimizer(rate), factor)
    assert exponential(STEPS, rate, factor) == pytest.approx(theirs(peer))


@given(rates, st.integers(1, 30), st.floats(0.01, 1.0))
def test_warm_up_is_torchs(rate: float, steps: int, start: float) -> None:
    peer = lr_scheduler.LinearLR(optimizer(rate), start_factor=start, total_iters=steps)
    assert warm_up(STEPS, rate, steps, start) == pytest.approx(theirs(peer))


@given(
    rates,
    st.floats(0.05, 0.95),
    st.integers(0, 4),
    st.floats(0, 0.2),
    st.lists(st.floats(0.1, 5.0), min_size=1, max_size=40),
)
def test_plateau_is_torchs(
    rate: float, factor: float, patience: int, threshold: float, losses: list[float]
) -> None:
    ours = Plateau(rate, factor, patience, threshold)
    peer_of = optimizer(rate)
    # torch leaves out falls below eps; ours has no such floor.
    peer = lr_scheduler.ReduceLROnPlateau(
        peer_of, factor=factor, patience=patience, threshold=threshold, eps=0.0
    )
    for loss in losses:
        peer.step(loss)
        assert ours.after(loss) == pytest.approx(peer_of.param_groups[0]["lr"])


def test_one_step_is_a_number() -> None:
    assert step_decay(10, 0.1, 10) == pytest.approx(0.01)
    assert warm_up(0, 0.1, 5) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: step_decay(1, 0.1, 0), "falls every 0 steps"),
        (lambda: warm_up(1, 0.1, 0), "0 steps of rise"),
        (lambda: Plateau(0.1, factor=1.5), "factor 1.5 lowers no rate"),
        (lambda: next(mini_batch(5, 6, np.random.default_rng(0))), "6 out of 5 rows"),
    ],
)
def test_what_cannot_be_is_an_error(make: object, said: str) -> None:
    assert callable(make)
    with pytest.raises(HandbookError, match=said):
        make()


@given(st.integers(1, 40), st.data(), st.integers(0, 9))
def test_an_epoch_of_mini_batches_holds_each_row_once(
    n: int, data: st.DataObject, seed: int
) -> None:
    size = data.draw(st.integers(1, n))
    rows = mini_batch(n, size, np.random.default_rng(seed))
    each = -(-n // size)
    for _ in range(2):
        epoch = list(islice(rows, each))
        assert sorted(np.concatenate(epoch).tolist()) == list(range(n))
        assert all(len(one) <= size for one in epoch)


def test_epochs_come_in_different_orders() -> None:
    rows = stochastic(50, np.random.default_rng(0))
    first, second = ([int(one[0]) for one in islice(rows, 50)] for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second


def test_a_batch_is_always_everything() -> None:
    assert [one.tolist() for one in islice(batch(3), 2)] == [[0, 1, 2]] * 2


def test_mini_batches_are_unbiased() -> None:
    # The mean over an epoch of equal batches is the whole gradient, at fixed parameters.
    random = np.random.default_rng(5)
    X, y, w = random.normal(size=(60, 3)), random.normal(size=60), random.normal(size=3)
    whole = X.T @ (X @ w - y) / 60
    parts = [X[q].T @ (X[q] @ w - y[q]) / 12 for q in islice(mini_batch(60, 12, random), 5)]
    assert np.mean(parts, axis=0) == pytest.approx(whole)
