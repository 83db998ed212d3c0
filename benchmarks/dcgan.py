"""Images a second of the network of 6.8, as it is in the handbook and with fewer channels.

Run it on a quiet machine:

    .venv/bin/python benchmarks/dcgan.py [--threads 2]

It needs no data: pictures of noise cost as much as real ones. Every setting trains in turn, the
first steps are not counted (a GPU chooses its algorithms and torch compiles in them), and images
are real images that a step takes. On a GPU the handbook's network is also measured in bf16, with
channels last, and compiled. Results go to `benchmarks/results/dcgan.json`, a device each.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

# cuBLAS gives the same bits each time only with a workspace of its own; before CUDA starts
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import numpy as np
import torch

from handbook.catalogue import reading
from handbook.models.gan import DCGAN

ROOT = Path(__file__).parents[1]

#: How long a training is, which its pace does not depend on.
LENGTH = ("epochs", "share")


def main() -> None:
    """Measure, print and write down."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--threads", type=int, default=2)
    ask.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    asked = ask.parse_args()
    torch.set_num_threads(asked.threads)
    gpu = torch.device(asked.device).type == "cuda"
    name = torch.cuda.get_device_name() if gpu else platform.processor() or "cpu"
    settings = on_gpu() if gpu else on_cpu()
    found = {
        "python": platform.python_version(),
        "torch": version("torch"),
        "threads": asked.threads,
        "images_a_second": {
            label: rate(one, asked.device, batches=40 if gpu else 4)
            for label, one in settings.items()
        },
    }
    out = ROOT / "benchmarks" / "results" / "dcgan.json"
    every = json.loads(out.read_text()) if out.exists() else {}
    every[name] = found
    out.write_text(json.dumps(every, indent=2) + "\n")
    print(json.dumps(found, indent=2))


def of_variant(name: str) -> dict[str, Any]:
    """Return a variant's arguments, but for how long it trains, in PyTorch's own layout."""
    asked = reading.read(ROOT / "params.yaml").models["dcgan"].variants[name].params
    kept = {key: value for key, value in asked.items() if key not in LENGTH}
    return kept | {"channels_last": False}


def on_gpu() -> dict[str, dict[str, Any]]:
    """Return the handbook's network in each way to make a GPU quicker."""
    book = of_variant("book")
    bf16 = book | {"precision": "bf16-mixed"}
    return {
        "book, fp32": book,
        "book, bf16": bf16,
        "book, bf16, channels last": bf16 | {"channels_last": True},
        "book, bf16, channels last, compiled": bf16 | {"channels_last": True, "compile": True},
    }


def on_cpu() -> dict[str, dict[str, Any]]:
    """Return the handbook's network and that with fewer channels, in both layouts."""
    book, cpu = of_variant("book"), of_variant("cpu")
    return {
        "book": book,
        "book, channels last": book | {"channels_last": True},
        "cpu": cpu,
        "cpu, channels last": cpu | {"channels_last": True},
    }


def rate(settings: dict[str, Any], device: str, batches: int) -> dict[str, float]:
    """Return the images a second of a training, its first epoch left out."""
    images = np.random.default_rng(0).integers(
        0, 256, (batches * settings["batch_size"], 64, 64, 3), np.uint8
    )
    times = [time.perf_counter()]

    def tick(row: dict[str, float]) -> None:
        if device != "cpu":
            torch.cuda.synchronize()
        times.append(time.perf_counter())

    model = DCGAN(epochs=4, random_state=0, device=device, **settings)
    model.set_progress(tick).fit(images)
    seconds = np.diff(times)[1:]
    rates = [len(images) / one for one in seconds]
    found = {
        "median": round(statistics.median(rates), 1),
        "least": round(min(rates), 1),
        "most": round(max(rates), 1),
    }
    print(settings, found, flush=True)
    return found


if __name__ == "__main__":
    main()
