"""Images of a data set's training rows, as small tensors for experiments."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from handbook.core.errors import HandbookError
from handbook.data.dataset import Dataset
from handbook.models.images.pixels import image_tensor

__all__ = ["Images", "drawn_rows", "parted"]

Rows = npt.NDArray[np.int64]


class Images(NamedTuple):
    """Images with their classes.

    Parameters
    ----------
    X : Tensor of shape (n, channels, height, width)
        Pixels from 0 to 1.
    y : int64 Tensor of shape (n,)
    """

    X: Tensor
    y: Tensor


def drawn_rows(data: Dataset, seed: int, train: int, held_out: int) -> tuple[Rows, Rows]:
    """Return the numbers of rows to train on and of others to measure on, in random order.

    Parameters
    ----------
    data : Dataset
        Training rows: no test row is ever drawn.
    seed : int
    train, held_out : int
        How many.

    Raises
    ------
    HandbookError
        There are fewer rows.
    """
    if train + held_out > len(data):
        raise HandbookError(
            f"{data.name}: {train} rows to train on and {held_out} to measure on, of "
            f"{len(data)}; ask for fewer in params.yaml"
        )
    order = np.random.default_rng(seed).permutation(len(data))[: train + held_out]
    return order[:train], order[train:]


def parted(
    data: Dataset, seed: int, train: int, held_out: int, shrink: int = 1
) -> tuple[Images, Images]:
    """Return images to train on and others to measure on, as :func:`drawn_rows` draws them.

    Parameters
    ----------
    data, seed, train, held_out
        Of :func:`drawn_rows`.
    shrink : int
        Side of the squares of pixels whose mean becomes one pixel.
    """
    order = np.concatenate(drawn_rows(data, seed, train, held_out))
    X = image_tensor(data.X[order], data.name).float() / 255
    if shrink > 1:
        X = nn.functional.avg_pool2d(X, shrink)
    y = torch.from_numpy(data.labels[order].astype(np.int64))
    return Images(X[:train], y[:train]), Images(X[train:], y[train:])
