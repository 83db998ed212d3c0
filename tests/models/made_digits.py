"""Small images of digits, and the network of chapter 4 trained briefly on them."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from handbook.models.cnn import CNNClassifier

#: Settings that change how it learns, all at once.
ALL = {
    "batch_norm": True, "dropout": 0.2, "label_smoothing": 0.1, "shift": 1, "flip": True,
    "averaging": 0.9, "validation_fraction": 0.2, "schedule": "one-cycle", "weight_decay": 1e-3,
    "scaling": "standard", "patience": 3,
}  # fmt: skip


def digits(n: int = 200, times: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Scikit-learn's 8x8 digits, blown up."""
    X, y = load_digits(return_X_y=True)
    images = (X[:n].reshape(-1, 8, 8) * 15.9).astype(np.uint8)
    return images.repeat(times, axis=1).repeat(times, axis=2), y[:n]


def quick(**settings) -> CNNClassifier:
    return CNNClassifier(
        **{"epochs": 2, "learning_rate": 0.05, "batch_size": 20, "random_state": 0} | settings
    )
