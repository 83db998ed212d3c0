"""The convolutional network of chapter 4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import pairwise

from torch import Tensor, nn

from handbook.core.errors import HandbookError
from handbook.models.dense import Dense
from handbook.models.images.estimator import ImageClassifier
from handbook.models.images.pixels import ImageNetwork
from handbook.models.parameters import COUNT, FRACTION

__all__ = ["CNN", "CNNClassifier"]


class CNN(ImageNetwork):
    """Convolutions of 3x3, with or without pooling, then two dense layers, ReLU between.

    Parameters
    ----------
    shape : tuple of int
        Channels, height and width of an image.
    classes : int
    widths : sequence of int
        Channels that each convolution gives.
    dense : int
        Outputs of the first dense layer.
    batch_norm : bool
        Normalise each channel after pooling, where it costs a quarter. Its scale stays 1, since
        the next layer can scale as well; so the result is that of normalising before pooling.
    dropout : float
        Share of the inputs of each dense layer that is set to 0 in training.
    pooling : bool
        Whether a maximum over 2x2 pixels follows each convolution. The handbook's network has
        none: its first dense layer takes 32 * 28 * 28 numbers of an image of 28x28.
    """

    def __init__(
        self,
        shape: tuple[int, int, int] = (1, 28, 28),
        classes: int = 10,
        widths: Sequence[int] = (16, 32),
        dense: int = 128,
        batch_norm: bool = False,
        dropout: float = 0.0,
        pooling: bool = True,
    ) -> None:
        super().__init__()
        channels, height, width = shape
        # a padded convolution keeps the size, each pooling halves it
        poolings = len(widths) if pooling else 0
        high, wide = (side // 2**poolings for side in (height, width))
        if high < 1 or wide < 1:
            raise HandbookError(
                f"CNN: images of {height}x{width} leave nothing after {poolings} poolings; "
                f"expected {2**poolings} pixels a side or more"
            )
        ends = (channels, *widths)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, kernel_size=3, padding=1, bias=not batch_norm)
            for before, after in pairwise(ends)
        )
        self.norms = nn.ModuleList(
            nn.BatchNorm2d(after) if batch_norm else nn.Identity() for after in widths
        )
        if batch_norm:
            for norm in self.norms:
                norm.weight.requires_grad_(False)
        self.pool = nn.MaxPool2d(2) if pooling else nn.Identity()
        self.drop = nn.Dropout(dropout)
        self.dense1 = Dense(ends[-1] * high * wide, dense)
        self.dense2 = nn.Linear(dense, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return class scores, (B, classes)."""
        scores: Tensor = self.dense2(self.drop(self.features(x)))
        return scores

    def features(self, x: Tensor) -> Tensor:
        """See :meth:`ImageNetwork.features`. Shapes are those of the defaults."""
        # x: (B, 1, 28, 28) -> (B, 16, 14, 14) -> (B, 32, 7, 7)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            # pooling first gives the same values for a quarter of the ReLUs
            x = norm(self.pool(convolution(x))).relu()
        dense: Tensor = self.dense1(self.drop(x.flatten(1)))  # (B, 1568) -> (B, 128)
        return dense.relu()

    def maps(self, x: Tensor) -> list[Tensor]:
        """See :meth:`ImageNetwork.maps`; not for training."""
        maps: list[Tensor] = []
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            maps.append(norm(convolution(x)).relu())
            x = self.pool(maps[-1])
        return maps


@dataclass(eq=False, repr=False)
class CNNClassifier(ImageClassifier):
    """:class:`CNN` trained by stochastic gradient descent with momentum.

    The defaults are the layers of the handbook's network, each convolution followed by a pooling
    that the handbook's has not (`pooling`), and plain training, of which the handbook shows none.

    Parameters
    ----------
    epochs : int, default=10
    learning_rate : float, default=0.01
    momentum : float, default=0.9
    batch_size : int, default=64
    weight_decay : float, default=0.0
    schedule : str or None, default=None
        See :class:`handbook.models.trainer.Schedule`.
    scaling : {"unit", "standard"}, default="unit"
        Pixels are scaled to 0..1, or to mean 0 and standard deviation 1 over the training images.
    widths : sequence of int, default=(16, 32)
        Channels that each convolution gives. The book's network has two convolutions; a third
        one suits larger images.
    dense : int, default=128
        Outputs of the first dense layer.
    batch_norm : bool, default=False
        Normalise each channel after pooling.
    dropout : float, default=0.0
        Share of the inputs of each dense layer that is set to 0 in training.
    pooling : bool, default=True
        Whether a maximum over 2x2 pixels follows each convolution. False is the handbook's
        network, with sixteen times as many weights in its first dense layer.
    label_smoothing : float, default=0.0
        Share of each label that is spread over all classes.
    shift : int, default=0
        Most pixels by which a training image is moved along each axis, drawn anew each time.
    flip : bool, default=False
        Mirror a training image left to right with probability one half, drawn anew each time.
    test_flip : bool, default=False
        Scores are the mean of those of an image and of its mirror image.
    averaging : float, default=0.0
        Share of itself that a running mean of the weights keeps at each batch; the mean becomes
        the trained network. 0 takes the weights of the last batch.
    validation_fraction : float, default=0.0
        Share of the images that is held out and measured after each epoch.
    patience : int or None, default=None
        Epochs without a lower loss on the images held out before training stops and goes back to
        the epoch with the lowest. None trains all epochs.
    channels_last : bool, default=True
        Keep a pixel's channels side by side in memory: the same sums in another order, 1.8 times
        as quick on two cores.
    precision : str, default="32-true"
        ``bf16-mixed``, ``16-mixed`` and ``bf16-true`` need Lightning Fabric.
    devices : int, default=1
        More than one needs Lightning Fabric. The gradient of a batch is that of one device, up to
        rounding; what `dropout`, `shift` and `flip` draw is not, and `batch_norm` is refused.
    random_state : int, RandomState instance or None, default=None
        Seed of the first weights, the order of the rows and all else that is drawn.
    device : str, default="cpu"
        Where torch computes.

    References
    ----------
    Handbook, 4.3. Ioffe and Szegedy, "Batch normalization" (2015). Srivastava et al., "Dropout"
    (2014). Szegedy et al., "Rethinking the Inception architecture" (2016), for smoothed labels.
    Smith and Topin, "Super-convergence" (2018), for the schedule ``one-cycle``.

    Examples
    --------
    >>> import numpy as np
    >>> from handbook.models.cnn import CNNClassifier
    >>> images = np.zeros((40, 8, 8), np.uint8)
    >>> images[20:, 2:6] = 255
    >>> labels = np.repeat(["blank", "stripe"], 20)
    >>> model = CNNClassifier(epochs=5, batch_size=8, random_state=0).fit(images, labels)
    >>> model.predict(images[[0, 39]]).tolist(), model.features(images).shape
    (['blank', 'stripe'], (40, 128))
    """

    _: KW_ONLY
    widths: Sequence[int] = (16, 32)
    dense: int = 128
    batch_norm: bool = False
    dropout: float = 0.0
    pooling: bool = True
    validation_fraction: float = 0.0
    patience: int | None = None
    precision: str = "32-true"
    devices: int = 1

    _parameter_constraints = ImageClassifier._parameter_constraints | {
        "widths": ["array-like"],
        "dense": [COUNT],
        "batch_norm": ["boolean"],
        "dropout": [FRACTION],
        "pooling": ["boolean"],
    }

    def _build(self, shape: tuple[int, int, int], classes: int) -> ImageNetwork:
        return CNN(
            shape, classes, self.widths, self.dense, self.batch_norm, self.dropout, self.pooling
        )

    def _validate_params(self) -> None:
        super()._validate_params()
        self._require(
            len(self.widths) > 0 and all(map(COUNT.is_satisfied_by, self.widths)),
            "widths",
            "one or more whole numbers from 1 on",
        )
