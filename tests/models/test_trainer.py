"""The training loop: its schedules, its determinism, its history."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from handbook.errors import HandbookError
from handbook.models.trainer import SCHEDULES, Schedule, reproducible, train


def optimizer(rate: float = 1.0) -> torch.optim.Optimizer:
    return torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=rate)


def rates(name: str | None, epochs: int, batches: int, losses=None) -> list[float]:
    """The rate that each batch is taken at."""
    one = optimizer()
    schedule = Schedule(name, one, epochs, batches)
    seen = []
    for epoch in range(epochs):
        for _ in range(batches):
            seen.append(schedule.rate)
            one.step()
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


def points(n: int = 64) -> tuple[torch.Tensor, torch.Tensor]:
    X = torch.randn(n, 2, generator=torch.Generator().manual_seed(0))
    return X, (X.sum(dim=1) > 0).long()


def fitted(seed: int = 0, rate: float = 0.5, **options):
    with reproducible(seed) as generator:
        network = nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.2), nn.Linear(8, 2))
        history = train(
            network,
            *points(),
            optimizer=torch.optim.SGD(network.parameters(), lr=rate),
            generator=generator,
            **{"epochs": 3, "batch_size": 10} | options,
        )
    return network, history


def test_the_history_has_a_row_an_epoch_and_the_loss_falls() -> None:
    seen = []
    _, history = fitted(progress=seen.append)
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert history[-1]["loss"] < history[0]["loss"]
    assert history == seen


@pytest.mark.parametrize("name", SCHEDULES)
def test_each_schedule_trains(name) -> None:
    _, history = fitted(schedule=name)
    assert len(history) == 3


def test_one_batch_of_all_rows_is_gradient_descent_by_hand() -> None:
    X, y = points()
    network = nn.Linear(2, 2, bias=False)
    before = network.weight.detach().clone()
    probabilities = (X @ before.T).softmax(dim=1)
    gradient = (probabilities - nn.functional.one_hot(y)).T @ X / len(X)
    train(
        network,
        X,
        y,
        optimizer=torch.optim.SGD(network.parameters(), lr=0.3),
        generator=torch.Generator().manual_seed(0),
        epochs=1,
        batch_size=len(X),
    )
    torch.testing.assert_close(network.weight.detach(), before - 0.3 * gradient)


def test_equal_seeds_give_equal_weights_dropout_included() -> None:
    (first, _), (second, _), (other, _) = fitted(1), fitted(1), fitted(2)
    weights = [network[0].weight for network in (first, second, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_torch_is_left_as_it_was() -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    fitted()
    assert torch.equal(torch.rand(1), expected)
    assert not torch.are_deterministic_algorithms_enabled()


def test_strictness_is_restored_after_an_error_too() -> None:
    def fail() -> None:
        with reproducible(0):
            assert torch.are_deterministic_algorithms_enabled()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_diverging_loss_is_an_error_that_names_the_epoch_and_the_rate() -> None:
    with pytest.raises(HandbookError, match=r"Sequential: the loss became (nan|inf) in epoch \d"):
        fitted(rate=1e30)
