"""The training loop: its determinism, its history, its end, and how it goes on after a kill."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from handbook.core.errors import HandbookError
from handbook.models.trainer import (
    SCHEDULES,
    Checkpoint,
    Engine,
    Learner,
    engine,
    reproducible,
    train,
)


def points(n: int = 64) -> tuple[Tensor, Tensor]:
    X = torch.randn(n, 2, generator=torch.Generator().manual_seed(0))
    return X, (X.sum(dim=1) > 0).long()


class Points(Learner):
    """A classifier of points; every `beat`-th epoch measures a validation loss of its own."""

    def __init__(self, runs_on, generator, network, optimizer, size, losses=(), clip=None):
        super().__init__(runs_on, generator, {"network": network}, {"network": optimizer})
        self.X, self.y = points()
        self.size, self.losses, self.clip = size, losses, clip

    def __len__(self) -> int:
        return math.ceil(len(self.X) / self.size)

    def batches(self):
        order = torch.randperm(len(self.X), generator=self.generator)
        return map(self.engine.mine, torch.split(order, self.size))

    def step(self, batch: Tensor) -> dict[str, Tensor]:
        scores = self.networks["network"](self.X[batch])
        loss = nn.functional.cross_entropy(scores, self.y[batch])
        self.update(loss, "network", self.clip)
        return {"loss": loss, "seen": torch.tensor(float(len(batch)))}

    def after_epoch(self, epoch: int) -> dict[str, float]:
        return {"validation_loss": self.losses[epoch - 1]} if self.losses else {}


def net() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.2), nn.Linear(8, 2))


def fitted(seed=0, rate=0.5, size=10, losses=(), clip=None, kind=torch.optim.SGD, **options):
    options = {"epochs": 3} | options
    with reproducible(seed) as generator:
        network = net()
        learner = Points(
            Engine(), generator, network, kind(network.parameters(), lr=rate), size, losses, clip
        )
        history = train(learner, **options)
    return network, history


def test_the_history_has_a_row_an_epoch_and_the_loss_falls() -> None:
    seen = []
    _, history = fitted(progress=seen.append)
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert list(history[0]) == ["epoch", "loss", "seen", "learning_rate"]
    assert history[-1]["loss"] < history[0]["loss"]
    assert history == seen


def test_means_weigh_each_batch_by_its_rows() -> None:
    _, history = fitted(epochs=1)  # 64 rows in tens: six batches of 10 and one of 4
    assert history[0]["seen"] == pytest.approx((6 * 10 * 10 + 4 * 4) / 64)


@pytest.mark.parametrize("name", SCHEDULES)
def test_each_schedule_trains(name) -> None:
    assert len(fitted(schedule=name)[1]) == 3


def test_one_batch_of_all_rows_is_gradient_descent_by_hand() -> None:
    X, y = points()
    network = nn.Linear(2, 2, bias=False)
    before = network.weight.detach().clone()
    probabilities = (X @ before.T).softmax(dim=1)
    gradient = (probabilities - nn.functional.one_hot(y)).T @ X / len(X)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.3)
    learner = Points(Engine(), torch.Generator().manual_seed(0), network, optimizer, len(X))
    train(learner, epochs=1)
    torch.testing.assert_close(network.weight.detach(), before - 0.3 * gradient)


def test_a_clipped_step_is_as_long_as_the_limit_allows() -> None:
    X, _ = points()
    network = nn.Linear(2, 2, bias=False)
    before = network.weight.detach().clone()
    optimizer = torch.optim.SGD(network.parameters(), lr=1.0)
    generator = torch.Generator().manual_seed(0)
    train(Points(Engine(), generator, network, optimizer, len(X), clip=0.01), epochs=1)
    assert float((network.weight.detach() - before).norm()) == pytest.approx(0.01, rel=1e-4)


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
            assert not torch.utils.deterministic.fill_uninitialized_memory
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.utils.deterministic.fill_uninitialized_memory


def test_a_diverging_loss_is_an_error_that_names_the_epoch_and_the_rate() -> None:
    with pytest.raises(HandbookError, match=r"Sequential: the loss became (nan|inf) in epoch \d"):
        fitted(rate=1e30)


def test_it_stops_when_nothing_gets_better_and_returns_to_the_best_epoch() -> None:
    losses = [5.0, 3.0, 4.0, 3.5, 1.0]
    stopped, history = fitted(epochs=5, losses=losses, patience=2)
    assert [row["validation_loss"] for row in history] == [5.0, 3.0, 4.0, 3.5]
    until_best, _ = fitted(epochs=2, losses=losses)
    assert torch.equal(stopped[0].weight, until_best[0].weight)
    assert len(fitted(epochs=5, losses=losses, patience=3)[1]) == 5


def test_patience_without_a_validation_loss_is_refused() -> None:
    with pytest.raises(ValueError, match="patience needs a learner that measures"):
        fitted(patience=1)


class Killed(Exception):
    pass


@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.Adam])
@pytest.mark.parametrize("schedule", [None, "one-cycle", "plateau"])
def test_killed_and_resumed_it_ends_with_the_very_same_weights(tmp_path, kind, schedule) -> None:
    options = {"kind": kind, "schedule": schedule, "epochs": 5, "rate": 0.1}
    options |= {"losses": [3.0, 2.0, 2.5, 1.0, 2.0], "patience": 3}
    whole, expected = fitted(**options)
    kept = Checkpoint(tmp_path / "state", "key")

    def die_in_the_third(row) -> None:
        if row["epoch"] == 3:
            raise Killed

    with pytest.raises(Killed):
        fitted(**options, checkpoint=kept, progress=die_in_the_third)
    seen = []
    resumed, history = fitted(**options, checkpoint=kept, progress=seen.append)
    assert seen == history == expected
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name])


def test_a_checkpoint_of_another_key_is_passed_over(tmp_path) -> None:
    path = tmp_path / "state"
    fitted(seed=1, checkpoint=Checkpoint(path, "one"))
    plain, _ = fitted(seed=2)
    other, _ = fitted(seed=2, checkpoint=Checkpoint(path, "another"))
    assert torch.equal(plain[0].weight, other[0].weight)


def test_a_damaged_checkpoint_is_an_error_that_says_what_to_do(tmp_path) -> None:
    path = tmp_path / "state"
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(HandbookError, match=r"not a whole checkpoint .* delete it"):
        Checkpoint(path, "key").load()


def test_a_checkpoint_brings_back_what_it_was_given(tmp_path) -> None:
    kept = Checkpoint(tmp_path / "deep" / "state", "key")
    assert kept.load() is None
    state = {
        "rows": [{"epoch": 1, "loss": 0.1 + 0.2}, {"epoch": 2, "loss": math.inf}],
        "numbered": {0: {"step": torch.tensor(3.0)}, 1: {"moment": None}},
        "shared": torch.arange(6).reshape(2, 3).T,
    }
    kept.save(state)
    loaded = kept.load()
    assert loaded["rows"] == state["rows"]
    assert loaded["numbered"][0]["step"] == 3.0
    assert loaded["numbered"][1] == {"moment": None}
    assert torch.equal(loaded["shared"], state["shared"])
    assert list(kept.path.parent.iterdir()) == [kept.path]


def test_a_forged_checkpoint_is_refused_and_none_of_its_code_runs(tmp_path) -> None:
    class Forged:
        def __reduce__(self):
            return (tmp_path / "executed").touch, ()

    torch.save({"key": "key", "state": Forged()}, tmp_path / "state")
    with pytest.raises(HandbookError, match=r"not a whole checkpoint .* delete it"):
        Checkpoint(tmp_path / "state", "key").load()
    assert not (tmp_path / "executed").exists()


def test_a_checkpoint_cut_short_is_refused(tmp_path) -> None:
    kept = Checkpoint(tmp_path / "state", "key")
    kept.save({"weights": torch.arange(1000)})
    whole = kept.path.read_bytes()
    for size in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        kept.path.write_bytes(whole[:size])
        with pytest.raises(HandbookError, match="not a whole checkpoint"):
            kept.load()


def test_plain_torch_needs_no_fabric() -> None:
    assert type(engine()) is Engine


def by_fabric(runs_on: Engine, seed: int = 0) -> tuple[list, list]:
    with reproducible(seed) as generator:
        network = nn.Sequential(nn.Linear(2, 8), nn.Linear(8, 2)).to(runs_on.device)
        optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
        learner = Points(runs_on, generator, network, optimizer, 16)
        history = train(learner, epochs=3)
    assert network[0].weight.dtype == torch.float32
    return network[0].weight.tolist(), history


def test_two_processes_share_each_batch_and_agree_with_one() -> None:
    alone, history = by_fabric(Engine())
    shared, rows = engine(devices=2).launch(by_fabric)
    # the mean gradient of two halves is that of the whole, up to rounding
    np.testing.assert_allclose(shared, alone, rtol=1e-4, atol=1e-6)
    assert [row["loss"] for row in rows] == pytest.approx(
        [row["loss"] for row in history], rel=1e-4
    )


def test_mixed_precision_computes_in_fewer_bits_and_keeps_weights_in_32() -> None:
    alone, _ = by_fabric(Engine())
    mixed, _ = engine(precision="bf16-mixed").launch(by_fabric)
    assert mixed != alone
    np.testing.assert_allclose(mixed, alone, rtol=0.1, atol=0.02)
