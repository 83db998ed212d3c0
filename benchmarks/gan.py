"""The adversarial model of 6.7: what the tuned setting saves, beside the handbook's own.

Run it on a quiet machine, after `make rebuild` (or at least its preparation of mnist and the
training of its judge):

    .venv/bin/python benchmarks/gan.py [--threads 2] [--book-steps 10000]

Both settings of `params.yaml`, whole, on the training rows; after every tenth of the steps the
Fréchet distance of 10,000 samples to the 10,000 test images is measured, which takes no part in
the seconds and in no choice. The judge is the one of the rebuild. Seconds a step are medians over
the stretches of steps between two snapshots.

Results go to `benchmarks/results/gan.json`.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from handbook import catalogue, saving
from handbook.models.gan import GAN
from handbook.models.gan.learner import Adversaries, as_bytes
from handbook.models.training import Row
from handbook.store import read
from handbook.tasks import generation
from handbook.tasks.frechet import frechet_distance

ROOT = Path(__file__).parents[1]
DATA, JUDGE = ROOT / "results" / "data" / "mnist", "results/models/cnn/mnist/tuned/model.skops"
SAMPLES, MEASURED = 10_000, 10  # samples, and how often


class Timed(Adversaries):
    """The two networks, with a clock that stands still while samples are judged."""

    real: np.ndarray  # features of the test images
    judge: Any
    stretches: list[float]
    curve: list[dict[str, float]]
    epochs: int

    def after_epoch(self, epoch: int) -> Row:
        """Stop the clock, and measure where it is time."""
        Timed.stretches.append(time.perf_counter() - Timed.clock)
        found = super().after_epoch(epoch)
        if epoch % max(1, Timed.epochs // MEASURED) == 0:
            random = np.random.RandomState(0)
            points = random.standard_normal((SAMPLES, self.settings.latent)).astype(np.float32)
            parts = torch.from_numpy(points).to(self.engine.device).split(500)
            made = torch.cat([as_bytes(self.best(part)).cpu() for part in parts]).numpy()[:, 0]
            distance = frechet_distance(Timed.real, Timed.judge.features(made))
            seconds = sum(Timed.stretches)
            Timed.curve.append(
                {
                    "step": epoch * len(self),
                    "seconds": round(seconds, 1),
                    "frechet_distance": round(distance, 2),
                }
            )
            print(Timed.curve[-1], flush=True)
        Timed.clock = time.perf_counter()
        return found

    clock: float


def main() -> None:
    """Measure, print and write down."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--threads", type=int, default=2)
    ask.add_argument("--book-steps", type=int, default=10_000)
    ask.add_argument("--device", default="cpu")
    ask.add_argument("--judge", type=Path, default=ROOT / JUDGE)
    asked = ask.parse_args()
    for path in (DATA / "train.arrow", asked.judge):
        if not path.exists():
            sys.exit(f"{path} is missing: run `make rebuild` first")
    torch.set_num_threads(asked.threads)
    rows, held_out = read(DATA / "train.arrow"), read(DATA / "test.arrow")
    Timed.judge = saving.load(asked.judge)
    Timed.real = Timed.judge.features(held_out.X)
    variants = catalogue.read(ROOT / "params.yaml").models["gan"].variants
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "torch": version("torch"),
        "threads": asked.threads,
        "device": asked.device,
        "rows": len(rows.X),
        "ends": {
            name: round(metrics["frechet_distance"] or 0.0, 2)
            for name, metrics in generation.ends(rows.X, held_out.X, 10, Timed.judge).items()
        },
    }
    for name in ("book", "tuned"):
        params = dict(variants[name].params)
        if name == "book":
            params["n_steps"] = asked.book_steps
        model = GAN(**params | {"random_state": 42, "device": asked.device})
        found[name] = measured(model, rows.X)
    book, tuned = found["book"], found["tuned"]
    goal = book["curve"][-1]["frechet_distance"]
    reached = [one for one in tuned["curve"] if one["frechet_distance"] <= goal]
    found["tuned_reaches_the_books_distance"] = reached[0] if reached else None
    if reached:
        share = reached[0]["seconds"] / book["curve"][-1]["seconds"]
        found["share_of_the_books_time"] = round(share, 3)
    out = ROOT / "benchmarks" / "results" / "gan.json"
    out.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


def measured(model: GAN, images: np.ndarray) -> dict[str, Any]:
    """Train a model with the clock running, and return what it cost."""
    from handbook.models.gan import estimator

    Timed.stretches, Timed.curve = [], []
    Timed.epochs = model.n_steps // model.snapshot_every
    estimator.Adversaries = Timed  # type: ignore[misc]
    Timed.clock = time.perf_counter()
    model.fit(images)
    per_step = [1000 * stretch / model.snapshot_every for stretch in Timed.stretches]
    return {
        "n_steps": model.n_steps,
        "batch_size": model.batch_size,
        "milliseconds_a_step": round(statistics.median(per_step), 1),
        "range": [round(min(per_step), 1), round(max(per_step), 1)],
        "seconds": round(sum(Timed.stretches), 1),
        "curve": Timed.curve,
    }


if __name__ == "__main__":
    main()
