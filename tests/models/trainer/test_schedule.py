"""Learning-rate schedules by name."""

from __future__ import annotations

import json

import pytest
import torch
from torch import nn

from handbook.core.errors import HandbookError
from handbook.models.trainer import SCHEDULES, Schedule


def optimizer(rate: float = 1.0) -> torch.optim.Optimizer:
    return torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=rate)


def rates(name: str | None, epochs: int, batches: int, losses=None) -> list[float]:
    """The rate that each batch is taken at."""
    sgd = optimizer()
    schedule = Schedule(name, sgd, epochs, batches)
    seen = []
    for epoch in range(epochs):
        for _ in range(batches):
            seen.append(schedule.rate)
            sgd.step()
            schedule.after_batch()
        schedule.after_epoch(losses[epoch] if losses else 1.0)
    return seen


def test_no_schedule_keeps_the_rate() -> None:
    assert rates(None, 3, 2) == [1.0] * 6


def test_step_divides_by_ten_at_each_third() -> None:
    assert rates("step", 6, 1) == pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.01])


def test_exponential_takes_a_tenth_off_each_epoch() -> None:
    assert rates("exponential", 4, 1) == pytest.approx([1, 0.9, 0.81, 0.729])


def test_plateau_waits_for_the_loss_to_stand_still() -> None:
    losses = [1.0, 0.5, 0.5, 0.5, 0.5]
    assert rates("plateau", 5, 1, losses) == pytest.approx([1, 1, 1, 1, 0.1])


def test_warmup_climbs_in_a_straight_line_and_stays() -> None:
    seen = rates("warmup", 4, 10)  # 40 batches, the first 4 of them warm up
    assert seen[:5] == pytest.approx([0.1, 0.325, 0.55, 0.775, 1.0])
    assert seen[5:] == pytest.approx([1.0] * 35)


def test_cosine_is_half_a_wave() -> None:
    seen = rates("cosine", 2, 50)
    assert seen[0] == 1.0
    assert seen[50] == pytest.approx(0.5)
    assert seen[-1] < 0.001


def test_one_cycle_peaks_at_the_rate_and_ends_near_nothing() -> None:
    seen = rates("one-cycle", 4, 25)
    assert seen[0] == pytest.approx(1 / 25)
    assert max(seen) == pytest.approx(1.0, abs=0.01)
    assert seen[-1] < 0.002


def test_an_unknown_schedule_names_the_nearest() -> None:
    with pytest.raises(HandbookError, match="did you mean 'exponential'"):
        Schedule("exponentiall", optimizer(), 1, 1)


@pytest.mark.parametrize("name", [None, *SCHEDULES])
def test_a_schedule_goes_on_from_where_it_stood(name) -> None:
    whole = rates(name, 6, 4)
    first = optimizer()
    schedule = Schedule(name, first, 6, 4)
    for _ in range(3):
        for _ in range(4):
            first.step()
            schedule.after_batch()
        schedule.after_epoch(1.0)
    other = optimizer()
    resumed = Schedule(name, other, 6, 4)
    other.load_state_dict(first.state_dict())
    resumed.load_state_dict(json.loads(json.dumps(schedule.state_dict())))
    seen = []
    for _ in range(3):
        for _ in range(4):
            seen.append(resumed.rate)
            other.step()
            resumed.after_batch()
        resumed.after_epoch(1.0)
    assert seen == whole[12:]
