"""The adversarial model of 6.7: what the tuned setting saves, beside the handbook's own.

Run it on a quiet machine, after `make rebuild` (or at least its preparation of mnist and the
training of its judge):

    .venv/bin/python benchmarks/gan.py [--threads 2]
        [--steps-of-the-book 200 --curve-of-the-book FILE]

Both settings of `params.yaml`, whole as in the tier `full`, on the training rows. Ten times in
each the Fréchet distance of 10,000 samples to the 10,000 test images is measured, by the judge of
the rebuild; it takes no part in the seconds, and no choice rests on it. Milliseconds a step are
medians over the stretches between two snapshots.

The handbook's setting takes 20 minutes and more on two cores. With `--steps-of-the-book 200` only
its pace is measured, and the distances that a whole training has left in a JSON file, a list of
`step` and `frechet_distance`, are read from there. (The distances in the results kept here are of
a training on 50,000 of the 60,000 rows, with one thread.)

Results go to `benchmarks/results/gan.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

# cuBLAS gives the same bits each time only with a workspace of its own; before CUDA starts
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import numpy as np
import torch

from handbook.catalogue import reading
from handbook.data.dataset import read
from handbook.models.gan import GAN, estimator
from handbook.models.gan.drawing import draw
from handbook.models.gan.learner import Adversaries
from handbook.models.trainer import Row
from handbook.tasks import generation
from handbook.tasks.frechet import frechet_distance
from handbook.training import saving

ROOT = Path(__file__).parents[1]
DATA = ROOT / "results" / "data" / "mnist"
JUDGE = ROOT / "results" / "judges" / "mnist" / "model.skops"
SAMPLES, MEASURED = 10_000, 10  # samples, and how often


class Clock:
    """Counts the seconds of a training, and stands still while its samples are judged."""

    def __init__(self, judge: Any, real: np.ndarray, epochs: int) -> None:
        self.judge, self.real = judge, real  # features of the test images
        self.every = max(1, epochs // MEASURED)
        self.stretches: list[float] = []
        self.curve: list[dict[str, float]] = []
        self.started = time.perf_counter()

    def stop(self) -> None:
        self.stretches.append(time.perf_counter() - self.started)

    def measure(self, learner: Adversaries, epoch: int) -> None:
        if epoch % self.every == 0:
            random = np.random.RandomState(0)
            points = random.standard_normal((SAMPLES, learner.settings.latent)).astype(np.float32)
            parts = torch.from_numpy(points).to(learner.engine.device).split(500)
            made = torch.cat([draw(learner.best, part) for part in parts]).numpy()[:, 0]
            found = {
                "step": epoch * len(learner),
                "seconds": round(sum(self.stretches), 1),
                "frechet_distance": round(
                    frechet_distance(self.real, self.judge.features(made)), 2
                ),
            }
            self.curve.append(found)
            print(found, flush=True)
        self.started = time.perf_counter()


class Watched(Adversaries):
    """The two networks, by the clock."""

    clock: ClassVar[Clock]

    def after_epoch(self, epoch: int) -> Row:
        """Stop the clock, and measure where it is time."""
        self.clock.stop()
        found = super().after_epoch(epoch)
        self.clock.measure(self, epoch)
        return found


def main() -> None:
    """Measure, print and write down."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--threads", type=int, default=2)
    ask.add_argument("--device", default="cpu")
    ask.add_argument("--steps-of-the-book", type=int, default=10_000)
    ask.add_argument("--curve-of-the-book", type=Path)
    ask.add_argument("--judge", type=Path, default=JUDGE)
    asked = ask.parse_args()
    for path in (DATA / "train.arrow", asked.judge):
        if not path.exists():
            sys.exit(f"{path} is missing: run `make rebuild` first")
    torch.set_num_threads(asked.threads)
    rows, held_out = read(DATA / "train.arrow"), read(DATA / "test.arrow")
    judge = saving.load(asked.judge)
    ends = generation.ends(rows.X, held_out.X, 10, judge)
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "torch": version("torch"),
        "threads": asked.threads,
        "device": asked.device,
        "rows": len(rows.X),
        "ends": {name: round(one["frechet_distance"], 2) for name, one in ends.items()},
    }
    estimator.Adversaries = Watched
    variants = reading.read(ROOT / "params.yaml").models["gan"].variants
    for name in ("book", "tuned"):
        full = variants[name].tiers.get("full")
        params = variants[name].params | (full.params if full else {})
        if name == "book":
            params |= {"n_steps": asked.steps_of_the_book}
        model = GAN(**params | {"random_state": 42, "device": asked.device})
        Watched.clock = Clock(
            judge, judge.features(held_out.X), model.n_steps // model.snapshot_every
        )
        model.fit(rows.X)
        found[name] = summary(model, Watched.clock)
    if asked.curve_of_the_book is not None:
        pace = found["book"]["milliseconds_a_step"] / 1000
        found["book"]["curve"] = [
            {"step": step, "seconds": round(pace * step, 1), "frechet_distance": distance}
            for step, distance in (
                (one["step"], one["frechet_distance"])
                for one in json.loads(asked.curve_of_the_book.read_text())
            )
        ]
    found["tuned_reaches_the_book"] = reached(found["tuned"]["curve"], found["book"]["curve"])
    out = ROOT / "benchmarks" / "results" / "gan.json"
    out.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


def summary(model: GAN, clock: Clock) -> dict[str, Any]:
    """Return what a training cost and where it came to."""
    paces = [1000 * stretch / model.snapshot_every for stretch in clock.stretches]
    return {
        "steps": model.n_steps,
        "batch_size": model.batch_size,
        "milliseconds_a_step": round(statistics.median(paces), 1),
        "range": [round(min(paces), 1), round(max(paces), 1)],
        "seconds": round(sum(clock.stretches), 1),
        "curve": clock.curve,
    }


def reached(tuned: list[dict[str, float]], book: list[dict[str, float]]) -> dict[str, float] | None:
    """Return when the tuned setting was first as near to real images as the book's at its end."""
    for one in tuned:
        if one["frechet_distance"] <= book[-1]["frechet_distance"]:
            return one | {"share_of_the_books_time": round(one["seconds"] / book[-1]["seconds"], 3)}
    return None


if __name__ == "__main__":
    main()
