"""Trainings of the networks: this project's estimators against a plain PyTorch script of each.

Run it on a quiet machine, after `make rebuild`:

    GLIBC_TUNABLES=glibc.malloc.hugetlb=1 .venv/bin/python benchmarks/networks.py

The settings are those of the catalogue's variants `book`, but for the GAN's fresh noise and
separate updates, the rows real ones. On the other side stands what somebody would write by hand:
the same layers of `torch.nn`, one function, all rows in memory as floats, no seeds, no checks,
nothing kept; the memory is laid out as PyTorch does it.

Both take turns in one process, on one thread: after each epoch of ours the plain loop takes as many
steps. The ratio is that of the medians over epochs, the first left out. The variable above, which
the workflow sets for its jobs, serves both sides. Results go to `benchmarks/results/networks.json`.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import host
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from handbook.data import dataset
from handbook.models.cnn import CNNClassifier
from handbook.models.gan import GAN
from handbook.models.lenet import LeNetClassifier
from handbook.models.text import CharacterModel

ROOT = Path(__file__).parents[1]
EPOCHS = 4
TARGET = 1.03


def main() -> None:
    """Measure, print and write down."""
    torch.set_num_threads(1)
    pairs = {"lenet": lenet, "cnn": cnn, "lstm": lstm, "gan": gan}
    content = {
        "python": platform.python_version(),
        "torch": version("torch"),
        "tunables": os.environ.get("GLIBC_TUNABLES", ""),
        "target": TARGET,
        "networks": {name: pair() for name, pair in pairs.items()},
    }
    out = ROOT / "benchmarks" / "results" / "networks.json"
    out.write_text(json.dumps(content, indent=2) + "\n")
    print(json.dumps(content, indent=2))


def lenet() -> dict[str, float]:
    """Measure section 3.13, on 64 garments a step."""
    network = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10),
    )  # fmt: skip
    model = LeNetClassifier(epochs=EPOCHS, learning_rate=0.001, batch_size=64, random_state=0)
    return classifiers("fashion-mnist", model, network, 0.001, 64)


def cnn() -> dict[str, float]:
    """Measure section 4.3 without pooling, on 64 digits a step."""
    network = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(32 * 28 * 28, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip
    model = CNNClassifier(
        epochs=EPOCHS, learning_rate=0.01, batch_size=64, pooling=False, channels_last=False,
        random_state=0,
    )  # fmt: skip
    return classifiers("mnist", model, network, 0.01, 64)


def classifiers(
    data: str, model: Any, network: nn.Module, rate: float, size: int
) -> dict[str, float]:
    """Hold a classifier of images against a plain loop over the same network."""
    rows = dataset.read(ROOT / "results" / "data" / data / "train.arrow")
    images, labels = rows.X[:6400], rows.y[:6400]
    x = torch.from_numpy(images.copy()).float()[:, None] / 255
    y = torch.from_numpy(labels.copy())
    optimizer = torch.optim.SGD(network.parameters(), lr=rate, momentum=0.9)

    def epoch() -> float:
        network.train()
        total, right = 0.0, 0
        for batch in torch.randperm(len(x)).split(size):
            scores = network(x[batch])
            loss = cross_entropy(scores, y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
            right += int((scores.argmax(1) == y[batch]).sum())
        return total / len(x) + right / len(x)

    return host.in_turns(model, (images, labels), epoch, -(-len(x) // size))


class Recurrent(nn.Module):
    """The network of section 5.6 as its listing has it."""

    def __init__(self, symbols: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, 300, num_layers=2, dropout=0.2)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(300, symbols)

    def forward(self, x: Tensor) -> Tensor:
        """Return scores of the character after each window."""
        hidden, _ = self.lstm(x)
        scores: Tensor = self.head(self.dropout(hidden[-1]))
        return scores


def lstm() -> dict[str, float]:
    """Measure section 5.6, on 128 windows of 50 characters a step."""
    rows = dataset.read(ROOT / "results" / "data" / "macbeth" / "train.arrow")
    text = rows.X[:60000].lower()
    steps = 14
    alphabet = sorted(set(text))
    codes = torch.tensor([alphabet.index(letter) for letter in text])
    windows = codes[:-1].unfold(0, 50, 1)  # (N, 50)
    after = codes[50:]
    model = CharacterModel(
        "windows", epochs=EPOCHS, share=steps * 128 / len(after), samples=0, random_state=0
    )
    network = Recurrent(len(alphabet))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)

    def epoch() -> float:
        network.train()
        total = 0.0
        for batch in torch.randperm(len(after))[: steps * 128].split(128):
            x = windows[batch].t().unsqueeze(-1) / len(alphabet)
            loss = cross_entropy(network(x), after[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        return total / steps

    return host.in_turns(model, (text,), epoch, steps)


def gan() -> dict[str, float]:
    """Measure section 6.7, on 128 digits a step."""
    steps = 20
    rows = dataset.read(ROOT / "results" / "data" / "mnist" / "train.arrow")
    maker = nn.Sequential(
        nn.Linear(100, 128 * 7 * 7), nn.LeakyReLU(0.2), nn.Unflatten(1, (128, 7, 7)),
        nn.ConvTranspose2d(128, 128, 3, 2, 1, 1), nn.BatchNorm2d(128), nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(128, 64, 3, 1, 1), nn.BatchNorm2d(64), nn.LeakyReLU(0.2),
        nn.ConvTranspose2d(64, 1, 3, 2, 1, 1), nn.Tanh(),
    )  # fmt: skip
    judge = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 512), nn.LeakyReLU(0.2), nn.Linear(512, 256),
        nn.LeakyReLU(0.2), nn.Linear(256, 1), nn.Flatten(0),
    )  # fmt: skip
    model = GAN(n_steps=EPOCHS * steps, snapshot_every=steps, batch_size=128, random_state=0)
    images = torch.from_numpy(np.array(rows.X))[:, None]
    plain: Callable[[], float] = host.adversaries(
        maker, judge, images, 128, steps, "cpu", rate=2e-4, ema=None, latent=100
    )
    return host.in_turns(model, (rows.X,), plain, steps)


if __name__ == "__main__":
    main()
