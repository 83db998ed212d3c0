"""Several processes that share each batch: they learn what one process learns."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial

import numpy as np
import pytest
import safetensors.torch
import torch
from tests.models.trainer.test_loop import Points
from torch import nn

from handbook.core.errors import HandbookError
from handbook.models.cnn import CNNClassifier
from handbook.models.lenet import LeNetClassifier
from handbook.models.trainer import Checkpoint, Engine, engine, reproducible, train

ROWS = 41  # four batches of 10, of five rows a process, and one of a single row


def images() -> tuple[np.ndarray, np.ndarray]:
    labels = np.arange(ROWS) % 2
    pictures = np.random.default_rng(0).integers(0, 256, (ROWS, 16, 16), dtype=np.uint8)
    pictures[labels == 1, 4:8] //= 4
    return pictures, labels


@pytest.mark.parametrize(
    "kind",
    [
        LeNetClassifier,
        partial(CNNClassifier, widths=(4, 4), validation_fraction=0.25, patience=3),
        partial(LeNetClassifier, averaging=0.9, schedule="one-cycle"),
    ],
)
@pytest.mark.parametrize("size", [10, 7])
def test_two_processes_learn_what_one_learns_also_from_batches_of_odd_size(kind, size) -> None:
    settings = {"epochs": 2, "learning_rate": 0.05, "batch_size": size, "random_state": 0}
    alone = kind(**settings).fit(*images())
    rows = []
    shared = kind(**settings, devices=2).set_progress(rows.append).fit(*images())
    expected, weights = (safetensors.torch.load(model.state_) for model in (alone, shared))
    for name, value in expected.items():
        torch.testing.assert_close(weights[name], value, rtol=1e-4, atol=1e-6)
    assert rows == shared.history_
    for row, other in zip(rows, alone.history_, strict=True):
        assert row == pytest.approx(other, rel=1e-4)


def test_forks_of_a_process_that_has_used_threads_end() -> None:
    code = (
        "import torch; from handbook.models.trainer import engine;"
        "multiply = lambda *_: (torch.rand(500, 500) @ torch.rand(500, 500)).exp().shape[0];"
        "torch.set_num_threads(2); multiply();"
        "print(engine(devices=2).launch(multiply))"
    )
    two = os.environ | {"OMP_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=two, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.endswith("500\n"), done.stderr


@pytest.mark.parametrize("differs", [True, False])
def test_a_process_with_other_rows_than_the_first_is_refused(
    tmp_path, monkeypatch, differs
) -> None:
    monkeypatch.setattr(LeNetClassifier, "_train", lambda *_: ("trained",))
    rows = torch.arange(4)

    def train_on_own_rows(runs_on: Engine) -> None:
        model, own = LeNetClassifier(devices=2), rows + (differs and not runs_on.leads)
        try:
            outcome = model._train_alike(runs_on, own, 0)[0]
        except HandbookError as error:
            outcome = str(error)
        (tmp_path / str(runs_on.leads)).write_text(outcome)

    engine(devices=2).launch(train_on_own_rows)
    assert (tmp_path / "True").read_text() == "trained"
    refusal = "LeNetClassifier: this process has other rows or settings than the first one"
    expected = refusal if differs else "trained"
    assert (tmp_path / "False").read_text().startswith(expected)


def test_batch_normalisation_is_refused_in_words() -> None:
    model = CNNClassifier(batch_norm=True, devices=2)
    with pytest.raises(HandbookError, match=r"batch normalisation on 2 devices.*batch_norm: false"):
        model.fit(*images())


def test_a_training_that_diverges_says_so_as_on_one_device() -> None:
    with pytest.raises(HandbookError, match="lower learning_rate"):
        LeNetClassifier(learning_rate=1e30, devices=2, random_state=0).fit(*images())


@pytest.mark.parametrize(("started", "devices"), [(2, 1), (1, 2), (3, 2)])
def test_torchrun_starts_as_many_processes_as_devices(monkeypatch, started, devices) -> None:
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "none")
    monkeypatch.setenv("WORLD_SIZE", str(started))
    expected = rf"started {started} process.*{devices} device.*set devices: {started}"
    with pytest.raises(HandbookError, match=expected):
        engine(devices=devices)


def test_several_gpus_need_torchrun(monkeypatch) -> None:
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    with pytest.raises(HandbookError, match=r"torchrun --nproc-per-node 4 .*HANDBOOK_LAUNCHER"):
        engine("cuda", devices=4)


def trained(runs_on: Engine, epochs: int, kept: Checkpoint | None) -> list[float]:
    """Train on points; only the leading process can read and write the checkpoint."""
    if kept is not None and not runs_on.leads:
        kept = Checkpoint(kept.path / "of another node", kept.key)
    with reproducible(0) as generator:
        network = nn.Sequential(nn.Linear(2, 8), nn.Linear(8, 2))
        optimizer = torch.optim.SGD(network.parameters(), lr=0.5, momentum=0.9)
        learner = Points(runs_on, generator, network, optimizer, 9)
        train(learner, epochs=epochs, checkpoint=kept)
    return network[0].weight.tolist()


def test_a_training_goes_on_from_what_the_first_process_kept(tmp_path) -> None:
    kept = Checkpoint(tmp_path / "state", "key")
    whole = engine(devices=2).launch(trained, 3, None)
    assert engine(devices=2).launch(trained, 2, kept) != whole
    assert list(tmp_path.iterdir()) == [kept.path]
    assert engine(devices=2).launch(trained, 3, kept) == whole
