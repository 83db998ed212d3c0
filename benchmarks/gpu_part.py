"""One part of `benchmarks/gpu.sh`: measures, and prints what it measured as JSON.

Pace is that of whole epochs of this project's own trainings, the first left out (a GPU chooses its
algorithms in it), and beside it that of a plain loop of the same networks, which takes turns with
it: see `benchmarks/host.py`. Rows are noise, which costs as much as anything else.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import host
import numpy as np
import torch
from torch.nn.functional import cross_entropy

from handbook.models.cnn import CNN, CNNClassifier
from handbook.models.gan import DCGAN, GAN
from handbook.models.gan.deep import DeepDiscriminator, DeepGenerator
from handbook.models.gan.learner import Adversaries
from handbook.models.gan.networks import DenseDiscriminator, Generator
from handbook.models.text import CharacterModel

Found = dict[str, Any]


class Size:
    """How much is done: for a GPU, or for a moment on a processor."""

    def __init__(self, smoke: bool) -> None:
        self.smoke = smoke
        self.device = "cpu" if smoke else "cuda"
        self.epochs = 2 if smoke else 5

    def of(self, whole: int, little: int) -> int:
        """Return a count on a GPU, or for a moment."""
        return little if self.smoke else whole


def machine(size: Size) -> Found:
    """Say what was measured on."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "gpu": gpu, "torch": torch.__version__, "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(), "cores": os.cpu_count(),
    }  # fmt: skip


def hosts(size: Size) -> Found:
    """Hold the host's time of a step against that of a plain loop, on networks of a few weights."""
    steps = size.of(100, 2)
    pairs = {"cnn": host.cnn, "gan": host.gan, "dcgan": host.dcgan, "lstm": host.lstm}
    return {name: pair(size.device, size.epochs, steps) for name, pair in pairs.items()}


def dcgan(size: Size) -> Found:
    """Measure images a second of the network of 6.8, target 45,000, beside a plain loop."""
    batch, width, steps = size.of(256, 2), size.of(64, 1), size.of(40, 1)
    images = noise(batch * steps, 64, 64, 3)
    model = DCGAN(
        epochs=size.epochs, batch_size=batch, width=width, random_state=0, device=size.device,
        channels_last=False,
    )  # fmt: skip
    maker = DeepGenerator(3, 100, width).to(size.device)
    judge = DeepDiscriminator((3, 64, 64), width).to(size.device)
    rows = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    plain = host.adversaries(
        maker, judge, rows, batch, steps, size.device, rate=0.005, ema=None, latent=100
    )
    measures: Found = host.in_turns(model, (images,), plain, steps)
    measures |= {"images_a_second": round(1000 * batch / measures["milliseconds_a_step"], 1)}
    return measures | unrecorded(model, (images,), steps)


def formats(size: Size) -> Found:
    """Measure what bf16, channels last and compilation make of the network of 6.8."""
    batch, width, steps = size.of(256, 2), size.of(64, 1), size.of(20, 1)
    images = noise(batch * steps, 64, 64, 3)
    bf16: Found = {"channels_last": False, "precision": "bf16-mixed"}
    ways: dict[str, Found] = {
        "bf16": bf16,
        "channels last": {"channels_last": True},
        "bf16, channels last": bf16 | {"channels_last": True},
        "bf16, channels last, compiled": bf16 | {"channels_last": True, "compile": not size.smoke},
    }
    measures: Found = {}
    for name, way in ways.items():
        model = DCGAN(
            epochs=3, batch_size=batch, width=width, random_state=0, device=size.device, **way
        )
        try:
            measures[name] = {
                "images_a_second": round(1000 * batch / pace(model, (images,), steps), 1)
            }
        except Exception as error:
            measures[name] = {"failed": f"{type(error).__name__}: {error}"[:300]}
    return measures


def gan(size: Size) -> Found:
    """Measure a step of the networks of 6.7, target 1.5 ms, beside a plain loop."""
    batch, width, steps = size.of(128, 2), size.of(128, 2), size.of(100, 2)
    images = noise(1000, 28, 28)
    model = GAN(
        n_steps=size.epochs * steps, snapshot_every=steps, batch_size=batch, width=width,
        random_state=0, device=size.device, channels_last=False,
    )  # fmt: skip
    maker = Generator((1, 28, 28), 100, 0, width).to(size.device)
    judge = DenseDiscriminator((1, 28, 28)).to(size.device)
    rows = torch.from_numpy(images)[:, None]
    plain = host.adversaries(
        maker, judge, rows, batch, steps, size.device, rate=2e-4, ema=None, latent=100
    )
    measures: Found = host.in_turns(model, (images,), plain, steps)
    return measures | unrecorded(model, (images,), steps)


def cnn(size: Size) -> Found:
    """Measure a step of the network of 4.3 on 128 images, target 1.2 ms, beside a plain loop."""
    batch, steps, device = size.of(128, 4), size.of(200, 2), size.device
    images, labels = noise(batch * steps, 28, 28), np.arange(batch * steps) % 10
    model = CNNClassifier(
        epochs=size.epochs, batch_size=batch, widths=(32, 64), random_state=0, device=device,
        channels_last=False,
    )  # fmt: skip
    network = CNN((1, 28, 28), 10, (32, 64)).to(device)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    rows, codes = torch.from_numpy(images)[:, None].to(device), torch.from_numpy(labels).to(device)

    def epoch() -> float:
        losses = torch.zeros((), device=device)
        for part in torch.randperm(len(rows)).to(device).split(batch):
            loss = cross_entropy(network(rows[part].float() / 255), codes[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses += loss.detach()
        return float(losses)

    return host.in_turns(model, (images, labels), epoch, steps)


def lstm(size: Size) -> Found:
    """Measure a step of the network of 5.6 as the book has it: windows of 50 characters."""
    batch, steps = size.of(128, 2), size.of(60, 2)
    text = "".join(np.random.default_rng(0).choice(list("abcdefgh"), batch * steps + 50))
    model = CharacterModel(
        "windows", hidden=size.of(300, 4), batch_size=batch, epochs=size.epochs, samples=0,
        random_state=0, device=size.device,
    )  # fmt: skip
    return {"milliseconds_a_step": round(pace(model, (text,), steps), 4)}


def repeats(size: Size) -> Found:
    """Train each network twice, and say whether the bytes are equal."""
    steps, device = size.of(30, 2), size.device
    small, large = noise(200, 28, 28), noise(48, 64, 64, 3)
    labels, text = np.arange(200) % 10, "a rose is a rose is a rose. " * 40
    makers: dict[str, tuple[Callable[[], Any], tuple[Any, ...]]] = {
        "gan": (
            lambda: GAN(n_steps=steps, snapshot_every=steps, ema=0.9, batch_size=16, width=8,
                        random_state=0, device=device),
            (small,),
        ),
        "dcgan": (
            lambda: DCGAN(epochs=2, batch_size=16, width=2, flip=True, random_state=0,
                          device=device),
            (large,),
        ),
        "cnn": (
            lambda: CNNClassifier(epochs=2, shift=1, flip=True, dropout=0.1, averaging=0.9,
                                  random_state=0, device=device),
            (small, labels),
        ),
        "lstm": (
            lambda: CharacterModel("stream", epochs=2, hidden=16, batch_size=8, random_state=0,
                                   device=device),
            (text,),
        ),
    }  # fmt: skip
    measures: Found = {}
    for name, (make, rows) in makers.items():
        try:
            measures[name] = make().fit(*rows).state_ == make().fit(*rows).state_
        except Exception as error:
            measures[name] = f"{type(error).__name__}: {error}"[:300]
    return measures


PARTS: dict[str, Callable[[Size], Found]] = {
    "machine": machine, "host": hosts, "dcgan": dcgan, "formats": formats, "gan": gan, "cnn": cnn,
    "lstm": lstm, "repeats": repeats,
}  # fmt: skip


def noise(*shape: int) -> np.ndarray:
    """Return images of noise."""
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def pace(model: Any, rows: tuple[Any, ...], steps: int) -> float:
    """Return milliseconds a step of a training, its first epoch left out."""
    times = [time.perf_counter()]
    model.set_progress(lambda row: times.append(time.perf_counter())).fit(*rows)
    return 1000 * statistics.median(np.diff(times)[1:]) / steps


def unrecorded(model: Any, rows: tuple[Any, ...], steps: int) -> Found:
    """Return the pace of the same training where no step is recorded as a CUDA graph."""
    Adversaries.recordable = False
    try:
        return {"of_steps_not_recorded": round(pace(model, rows, steps), 4)}
    finally:
        Adversaries.recordable = True


def main() -> None:
    """Run a part."""
    ask = argparse.ArgumentParser()
    ask.add_argument("part", choices=PARTS)
    ask.add_argument("--cpu-smoke", action="store_true")
    given = ask.parse_args()
    torch.set_num_threads(1)
    log = io.StringIO()  # such as: steps are not recorded
    logging.basicConfig(stream=log, format="%(message)s", level=logging.WARNING)
    measures = PARTS[given.part](Size(given.cpu_smoke))
    warnings = list(dict.fromkeys(log.getvalue().splitlines()))
    print(json.dumps(measures | ({"warnings": warnings} if warnings else {})))


if __name__ == "__main__":
    main()
