"""Made-up entries of ``explain.json`` of a generator."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.explain.samples import sheet


def sheets(count: int = 3, number: int = 25, side: int = 28, colours: int = 0) -> dict[str, Any]:
    """Blots, sharper from sheet to sheet."""
    random = np.random.default_rng(0)
    rows = 5 if number == 25 else 3
    steps = [0, 1000, 10_000][:count]
    shape = (number, side, side, *((colours,) if colours else ()))
    made = []
    for place, step in enumerate(steps):
        across = np.linspace(-1, 1, side)
        blot = np.hypot(across[:, None], across) < 0.4 + 0.1 * place
        pictures = np.zeros(shape, np.uint8)
        pictures[:, blot] = random.integers(100, 256, (number, 1, *shape[3:]))
        pictures += random.integers(0, 60 // (1 + 5 * place), shape).astype(np.uint8)
        made.append(sheet(pictures, rows, f"step {step:,}") | {"step": step})
    return {"steps": steps[-1], "sheets": made}


def ways(side: int = 28, colours: int = 0) -> dict[str, Any]:
    shape = (36, side, side, *((colours,) if colours else ()))
    shades = np.linspace(0, 255, 36).astype(np.uint8)
    pictures = np.ones(shape, np.uint8) * shades.reshape(36, *[1] * (len(shape) - 1))
    one = sheet(pictures, 4, "from one latent point to another")
    return {"pairs": 4, "images": 9, "sheets": [one]}


def histogram(classes: tuple[str, ...]) -> dict[str, Any]:
    k = len(classes)
    real = [100] * k
    made = [100 + (40 if place == 0 else -40 if place == k - 1 else 0) for place in range(k)]
    return {"classes": list(classes), "real": real, "made": made, "class_distance": 0.4 / k}


def scale(real: float = 0.4, model: float = 12.3, noise: float = 270.0) -> dict[str, Any]:
    def metrics(distance: float) -> dict[str, float]:
        return {
            "frechet_distance": distance,
            "sample_precision": 0.9,
            "sample_recall": 0.5,
            "class_distance": 0.1,
        }

    return {"rows": 10_000, "real": metrics(real), "model": metrics(model), "noise": metrics(noise)}
