"""The host's time of a step: this project's trainer against a plain loop of the same operations.

    .venv/bin/python benchmarks/host.py [--device cpu] [--epochs 12]

The networks are so small that only the host counts: what Python and PyTorch do between one
operation and the next, which a GPU would have to wait for. On the other side stands what one would
write by hand: the same network, optimizer, losses, running means and metrics, in one function.

Both take turns in one process, on one thread: after each epoch of ours the plain loop takes as many
steps. The ratio is that of the medians over epochs, the first left out. An epoch ends, on both
sides, by reading the mean loss. Results go to `benchmarks/results/host.json`.
"""

from __future__ import annotations

import argparse
import copy
import json
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, softplus

from handbook.models.cnn import CNN, CNNClassifier
from handbook.models.gan import DCGAN, GAN
from handbook.models.gan.deep import DeepDiscriminator, DeepGenerator
from handbook.models.gan.networks import ConvolutionalDiscriminator, Generator
from handbook.models.text import CharacterModel
from handbook.models.text.network import StreamNetwork

ROOT = Path(__file__).parents[1]
STEPS = 100  # of an epoch, on both sides
TARGET = 1.3

#: An epoch of a plain loop; returns its mean loss.
Epoch = Callable[[], float]


def main() -> None:
    """Measure, print and write down."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--device", default="cpu")
    ask.add_argument("--epochs", type=int, default=12)
    ask.add_argument("--steps", type=int, default=STEPS)
    ask.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "host.json")
    given = ask.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # of networks that fall apart, which cost tens of times more
    steps = {
        name: pair(given.device, given.epochs, given.steps)
        for name, pair in {"cnn": cnn, "gan": gan, "dcgan": dcgan, "lstm": lstm}.items()
    }
    content = {
        "python": platform.python_version(),
        "torch": version("torch"),
        "device": given.device,
        "target": TARGET,
        "steps": steps,
    }
    given.out.write_text(json.dumps(content, indent=2) + "\n")
    print(json.dumps(content, indent=2))


def in_turns(model: Any, rows: tuple[Any, ...], plain: Epoch, steps: int) -> dict[str, float]:
    """Return milliseconds a step of a model's training and of a plain loop, and their ratio."""
    ours: list[float] = []
    theirs: list[float] = []
    started = time.perf_counter()

    def turn(row: dict[str, float]) -> None:
        nonlocal started
        ours.append(time.perf_counter() - started)
        started = time.perf_counter()
        plain()
        theirs.append(time.perf_counter() - started)
        started = time.perf_counter()

    model.set_progress(turn).fit(*rows)
    one, other = (1000 * statistics.median(times[1:]) / steps for times in (ours, theirs))
    return {
        "milliseconds_a_step": round(one, 4),
        "of_a_plain_loop": round(other, 4),
        "ratio": round(one / other, 3),
    }


def cnn(device: str, epochs: int, steps: int) -> dict[str, float]:
    """Measure the network of 4.3, on 8 images of 8x8 a step."""
    images = np.random.default_rng(0).integers(0, 256, (8 * steps, 8, 8), np.uint8)
    labels = np.arange(len(images)) % 4
    shape: dict[str, Any] = {"widths": (2, 2), "dense": 4}
    model = CNNClassifier(
        epochs=epochs, batch_size=8, random_state=0, device=device, channels_last=False, **shape
    )
    network = CNN((1, 8, 8), 4, **shape).to(device)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    rows = torch.from_numpy(images)[:, None].to(device)
    codes = torch.from_numpy(labels).to(device)

    def epoch() -> float:
        network.train()
        losses = torch.zeros((), dtype=torch.float64, device=device)
        right = torch.zeros((), dtype=torch.float64, device=device)
        for batch in torch.randperm(len(rows)).to(device).split(8):
            x, y = rows[batch].float() / 255, codes[batch]
            scores = network(x)
            loss = cross_entropy(scores, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses += loss.detach() * len(batch)
            right += (scores.detach().argmax(1) == y).double().mean() * len(batch)
        return float(losses / len(rows)) + float(right / len(rows))

    return in_turns(model, (images, labels), epoch, steps)


def gan(device: str, epochs: int, steps: int) -> dict[str, float]:
    """Measure the networks of 6.7 with a running mean, on 4 images of 8x8 a step."""
    images = np.random.default_rng(0).integers(0, 256, (64, 8, 8), np.uint8)
    model = GAN(
        n_steps=epochs * steps, snapshot_every=steps, batch_size=4, latent_size=4, width=2,
        discriminator="convolutional", discriminator_width=1, ema=0.99, random_state=0,
        device=device,
    )  # fmt: skip
    maker = Generator((1, 8, 8), 4, 0, 2).to(device)
    judge = ConvolutionalDiscriminator((1, 8, 8), 0, 1).to(device)
    epoch = adversaries(
        maker, judge, torch.from_numpy(images)[:, None], 4, steps, device, rate=2e-4, ema=0.99
    )
    return in_turns(model, (images,), epoch, steps)


def dcgan(device: str, epochs: int, steps: int) -> dict[str, float]:
    """Measure the networks of 6.8, on 2 images of 64x64 a step."""
    images = np.random.default_rng(0).integers(0, 256, (2 * steps, 64, 64, 3), np.uint8)
    model = DCGAN(
        epochs=epochs, batch_size=2, latent_size=4, width=1, random_state=0, device=device
    )
    maker, judge = DeepGenerator(3, 4, 1).to(device), DeepDiscriminator((3, 64, 64), 1).to(device)
    rows = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    epoch = adversaries(maker, judge, rows, 2, steps, device, rate=0.005, ema=None)
    return in_turns(model, (images,), epoch, steps)


def adversaries(
    maker: nn.Module,
    judge: nn.Module,
    rows: Tensor,
    size: int,
    steps: int,
    device: str,
    *,
    rate: float,
    ema: float | None,
    latent: int = 4,
) -> Epoch:
    """Return a plain loop over two networks, with Adam and the losses of the standard GAN."""
    rows = rows.to(device)
    of_maker, of_judge = (
        torch.optim.Adam(network.parameters(), lr=rate, betas=(0.5, 0.999))
        for network in (maker, judge)
    )
    mean = copy.deepcopy(maker).requires_grad_(False)

    def epoch() -> float:
        sums = torch.zeros(4, dtype=torch.float64, device=device)
        for _ in range(steps):
            batch = torch.randint(len(rows), (size,)).to(device)
            real = rows[batch].float() / 127.5 - 1
            made = maker(torch.randn(size, latent).to(device))
            on_real, on_made = judge(real), judge(made.detach())
            loss = 0.5 * (softplus(-on_real).mean() + softplus(on_made).mean())
            of_judge.zero_grad()
            loss.backward()
            of_judge.step()
            judge.requires_grad_(False)
            deceived = softplus(-judge(made)).mean()
            of_maker.zero_grad()
            deceived.backward()
            of_maker.step()
            judge.requires_grad_(True)
            if ema is not None:
                with torch.no_grad():
                    for kept, new in zip(mean.parameters(), maker.parameters(), strict=True):
                        kept.lerp_(new, 1 - ema)
                    for kept, new in zip(mean.buffers(), maker.buffers(), strict=True):
                        kept.copy_(new)
            answers = (on_real.sigmoid().mean(), on_made.sigmoid().mean())
            sums += size * torch.stack([deceived, loss, *answers]).detach()
        return float(sums.sum())

    return epoch


def lstm(device: str, epochs: int, steps: int) -> dict[str, float]:
    """Measure the network of 5.6 in its stream form, on 4 steps of 4 streams at a time."""
    text = "".join(np.random.default_rng(0).choice(list("abcdefgh"), 4 * 4 * steps))
    model = CharacterModel(
        "stream", hidden=4, layers=1, dropout=0.1, epochs=epochs, batch_size=4, embedding=4,
        chunk=4, clip=1.0, samples=0, random_state=0, device=device,
    )  # fmt: skip
    network = StreamNetwork(8, "lstm", 4, 1, 0.1, 0.0, 4).to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.001, weight_decay=0.0)
    codes = torch.from_numpy(np.array([ord(letter) - ord("a") for letter in text])).to(device)

    def epoch() -> float:
        network.train()
        losses = torch.zeros((), dtype=torch.float64, device=device)
        state: Any = None
        for batch in codes.view(4, -1).t().split(4):
            scores, after = network(batch, state)
            state = [(h.detach(), c.detach()) for h, c in after]
            loss = cross_entropy(scores.flatten(0, 1), batch.flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            losses += loss.detach() * len(batch)
        return float(losses)

    return in_turns(model, (text,), epoch, steps)


if __name__ == "__main__":
    main()
