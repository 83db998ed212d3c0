"""A network of one's own for tables: two layers, with a row's columns dropped at random."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from handbook.models.network import NetworkClassifier


@dataclass(eq=False, repr=False)
class TwoLayers(NetworkClassifier):
    """Classifier with one hidden layer.

    Parameters
    ----------
    hidden : int, default=32
        Units of the hidden layer.
    dropout : float, default=0.1
        Share of the columns, and of the hidden units, that each training step leaves out.
    """

    hidden: int = 32
    dropout: float = 0.1

    def build(self, shape: tuple[int, ...], outputs: int) -> nn.Module:
        """Return a fresh network for rows of a shape."""
        (columns,) = shape
        return nn.Sequential(
            nn.Dropout(self.dropout),
            nn.Linear(columns, self.hidden),
            nn.ReLU(),
            nn.Dropout(self.dropout),
            nn.Linear(self.hidden, outputs),
        )
