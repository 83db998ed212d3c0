"""Tiny networks and images for the adversarial models."""

from __future__ import annotations

from typing import Any

import numpy as np

from handbook.models.gan import DCGAN, GAN


def marks(n: int = 96) -> tuple[np.ndarray, np.ndarray]:
    """Draw 8x8 images: a bright upper half (0) or a bright left half (1), in many shades."""
    random = np.random.default_rng(0)
    labels = np.arange(n) % 2
    images = np.zeros((n, 8, 8), np.uint8)
    for image, label in zip(images, labels, strict=True):
        shade = random.integers(200, 256)
        if label:
            image[:, :4] = shade
        else:
            image[:4] = shade
    return images, labels


def creatures(n: int = 24) -> np.ndarray:
    """Draw coloured squares on white, of 64x64."""
    random = np.random.default_rng(0)
    images = np.full((n, 64, 64, 3), 255, np.uint8)
    for image in images:
        top, left = random.integers(0, 40, 2)
        image[top : top + 24, left : left + 24] = random.integers(0, 200, 3)
    return images


def gan(**settings: Any) -> GAN:
    quick = {"n_steps": 6, "snapshot_every": 2, "batch_size": 16, "latent_size": 6, "width": 8}
    return GAN(**{**quick, "discriminator_width": 4, "random_state": 0} | settings)


def dcgan(**settings: Any) -> DCGAN:
    return DCGAN(**{"epochs": 2, "batch_size": 8, "width": 2, "random_state": 0} | settings)
