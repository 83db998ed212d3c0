"""Recorded steps, with a recorder that any machine has: the same training, or a plain one."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from tests.models.made_adversaries import gan, marks
from tests.models.made_digits import digits, quick

from handbook.models.trainer import loop, recording


class Again:
    """Records nothing, and does the work again at each replay, into the same tensors."""

    def __init__(self, wrong: float = 0.0, fails: bool = False) -> None:
        self.wrong, self.fails, self.replays = wrong, fails, 0

    def warm(self, work) -> None:
        work()

    def generators(self, device: torch.device) -> list[torch.Generator]:
        return [torch.default_generator]

    def record(self, work, generators) -> Any:
        if self.fails:
            raise RuntimeError("operation not permitted\nwhen stream is capturing")
        means: dict[str, torch.Tensor] = {}

        def replay() -> None:
            self.replays += 1
            for name, value in work().items():
                means.setdefault(name, torch.empty_like(value)).detach().copy_(value.detach())
                means[name] += self.wrong

        return replay, means


class Shifted(Again):
    """Replays other steps than the plain ones."""

    def record(self, work, generators) -> Any:
        replay, means = super().record(work, generators)

        def other() -> None:
            generators[0].manual_seed(99)
            replay()

        return other, means


def trained(monkeypatch: pytest.MonkeyPatch, recorder: Again | None, model: Any, rows: Any) -> Any:
    if recorder is not None:
        monkeypatch.setattr(
            loop,
            "steps_of",
            lambda learner, steady: (
                recording.RecordedStep(learner, recorder)  # type: ignore[arg-type]
                if learner.recordable and steady
                else learner.step
            ),
        )
    return model.fit(*rows)


MODELS = {
    "gan": lambda: (gan(ema=0.9, n_steps=10), marks()),
    "book": lambda: (gan(separate_updates=True, fresh_noise=True), marks()),
    "wasserstein": lambda: (
        gan(loss="wasserstein", discriminator="convolutional", critic_steps=2), marks(),
    ),
    # 200 rows by 30: the last batch of an epoch is smaller
    "cnn": lambda: (
        quick(batch_size=30, dropout=0.2, shift=1, flip=True, batch_norm=True, averaging=0.9),
        digits(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_a_recorded_training_is_the_plain_one(name: str, monkeypatch) -> None:
    plain = trained(monkeypatch, None, *MODELS[name]())
    recorder = Again()
    recorded = trained(monkeypatch, recorder, *MODELS[name]())
    assert recorded.state_ == plain.state_
    assert recorded.history_ == plain.history_
    assert recorder.replays == {"gan": 10, "book": 6, "wasserstein": 6, "cnn": 12}[name]


@pytest.mark.parametrize("recorder", [Again(fails=True), Shifted()])
def test_a_recording_that_fails_or_differs_leaves_the_plain_training(
    recorder: Again, monkeypatch, caplog
) -> None:
    plain = trained(monkeypatch, None, *MODELS["gan"]())
    fallen = trained(monkeypatch, recorder, *MODELS["gan"]())
    assert fallen.state_ == plain.state_
    assert fallen.history_ == plain.history_
    (record,) = [record for record in caplog.records if record.name == recording.__name__]
    assert "steps are not recorded on cpu (RuntimeError: " in record.getMessage()


class Counted:
    """A learner of one weight, which a batch's mean is added to."""

    def __init__(self) -> None:
        self.network = torch.nn.Linear(1, 1, bias=False)
        self.networks, self.optimizers = {"network": self.network}, {}
        self.network.weight.data.zero_()

    def generators(self) -> list[torch.Generator]:
        return []

    def step(self, batch: torch.Tensor) -> dict[str, torch.Tensor]:
        self.network.weight.data.add_(batch.mean())
        return {"loss": batch.mean()}


def test_a_training_that_resumes_at_a_short_batch_is_recorded_at_the_next_long_one() -> None:
    learner: Any = Counted()
    recorder = Again()
    step = recording.RecordedStep(learner, recorder)  # type: ignore[arg-type]
    batches = [torch.full((rows,), float(rows)) for rows in (3, 8, 8, 3, 8)]
    assert [float(step(batch)["loss"]) for batch in batches] == [3, 8, 8, 3, 8]
    assert learner.network.weight.item() == 30
    assert recorder.replays == 4  # of 3, and then of every 8


def test_steps_on_a_processor_and_of_moving_rates_are_plain() -> None:
    class Engine:
        records = False

    class Learner:
        engine, recordable = Engine(), True

        def step(self, batch): ...

    learner: Any = Learner()
    assert recording.steps_of(learner, steady=True) == learner.step
    learner.engine.records = True
    assert recording.steps_of(learner, steady=False) == learner.step
    assert isinstance(recording.steps_of(learner, steady=True), recording.RecordedStep)
