"""LeNet, the convolutional network for small images."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from torch import Tensor, nn

from handbook.core.errors import HandbookError
from handbook.models.images.estimator import ImageClassifier
from handbook.models.images.pixels import ImageNetwork
from handbook.models.parameters import WHOLE

__all__ = ["LeNet", "LeNetClassifier"]


class LeNet(ImageNetwork):
    """Two convolutions with pooling, three dense layers, ReLU between.

    Parameters
    ----------
    shape : tuple of int
        Channels, height and width of an image.
    classes : int
    padding : int
        Zeros around the image before the first convolution; 2 keeps the border of 28x28 in
        view, as in the original's 32x32 input.
    """

    def __init__(
        self, shape: tuple[int, int, int] = (1, 28, 28), classes: int = 10, padding: int = 0
    ) -> None:
        super().__init__()
        channels, height, width = shape
        # a convolution takes 4 off each side length, pooling halves what is left
        high, wide = (((side + 2 * padding - 4) // 2 - 4) // 2 for side in (height, width))
        if high < 1 or wide < 1:
            raise HandbookError(
                f"LeNet: images of {height}x{width} with padding {padding} leave nothing after "
                "two 5x5 convolutions and two poolings; expected 16 pixels a side or more"
            )
        self.conv1 = nn.Conv2d(channels, 6, kernel_size=5, padding=padding)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.pool = nn.MaxPool2d(2)
        self.dense1 = nn.Linear(16 * high * wide, 120)
        self.dense2 = nn.Linear(120, 84)
        self.dense3 = nn.Linear(84, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return class scores, (B, classes)."""
        scores: Tensor = self.dense3(self.features(x))
        return scores

    def features(self, x: Tensor) -> Tensor:
        """See :meth:`ImageNetwork.features`. Shapes are of 28x28 grey images without padding."""
        # x: (B, 1, 28, 28); pooling first gives the same values for a quarter of the ReLUs
        x = self.pool(self.conv1(x)).relu()  # (B, 6, 24, 24) -> (B, 6, 12, 12)
        x = self.pool(self.conv2(x)).relu()  # (B, 16, 8, 8) -> (B, 16, 4, 4)
        x = x.flatten(1)  # (B, 256)
        x = self.dense1(x).relu()  # (B, 120)
        last: Tensor = self.dense2(x)  # (B, 84)
        return last.relu()

    def maps(self, x: Tensor) -> list[Tensor]:
        """See :meth:`ImageNetwork.maps`."""
        first = self.conv1(x).relu()
        return [first, self.conv2(self.pool(first)).relu()]


@dataclass(eq=False, repr=False)
class LeNetClassifier(ImageClassifier):
    """:class:`LeNet` trained by stochastic gradient descent with momentum.

    The defaults are the handbook's settings.

    Parameters
    ----------
    epochs : int, default=10
    learning_rate : float, default=0.001
    padding : int, default=0
        Zeros around the image before the first convolution.
    momentum, batch_size, weight_decay, schedule, scaling, label_smoothing, shift, flip, test_flip
        See :class:`handbook.models.cnn.CNNClassifier`, whose defaults they have.
    averaging, channels_last, devices, random_state, device
        See there too.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86 (1998). Handbook, 3.13.

    Examples
    --------
    >>> import numpy as np
    >>> from handbook.models.lenet import LeNetClassifier
    >>> images = np.zeros((40, 16, 16), np.uint8)
    >>> images[20:, 4:12] = 255
    >>> labels = np.repeat(["blank", "stripe"], 20)
    >>> model = LeNetClassifier(epochs=5, learning_rate=0.05, batch_size=8, random_state=0)
    >>> model.fit(images, labels).predict(images[[0, 39]]).tolist()
    ['blank', 'stripe']
    """

    learning_rate: float = 0.001
    _: KW_ONLY
    padding: int = 0
    devices: int = 1

    _parameter_constraints = ImageClassifier._parameter_constraints | {"padding": [WHOLE]}

    def _build(self, shape: tuple[int, int, int], classes: int) -> ImageNetwork:
        return LeNet(shape, classes, self.padding)
