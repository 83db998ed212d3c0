"""MNIST: 70,000 handwritten digits of 28x28 grey pixels."""

from __future__ import annotations

from pathlib import Path

from handbook.data.dataset import Dataset, Kind
from handbook.data.expectation import Expectation, between, images
from handbook.data.formats import idx
from handbook.data.source import Source

__all__ = ["KIND", "SOURCES", "TASKS", "expectations", "load", "sample"]

_URLS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
_PINS = (
    (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
    (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
    (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
    (4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
)

SOURCES = {
    "official": Source(
        title="MNIST handwritten digits",
        folder="mnist",
        files=idx.pinned(_PINS, _URLS),
        rows="77322b36d7e7ad6cde5506fe798c808c10352cce8d01fc1dc8fdafa4974bf228",
        licence="CC BY-SA 3.0",
        homepage="http://yann.lecun.com/exdb/mnist/",
        citation=(
            "Y. LeCun, L. Bottou, Y. Bengio and P. Haffner. Gradient-based learning applied to "
            "document recognition. Proceedings of the IEEE 86(11), 1998."
        ),
        notes="The publisher's own split: 60,000 digits for training, 10,000 for the test.",
    )
}
KIND: Kind = "images"
TASKS = ("classification", "generation")
CLASSES = tuple("0123456789")

_COUNTS = dict(
    zip(CLASSES, (6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958), strict=True)
)
_SAMPLE_COUNTS = dict(zip(CLASSES, (178, 182, 177, 183, 181, 182, 181, 179, 174, 180), strict=True))


def load(raw: Path, release: str) -> Dataset:
    """Read the four official files."""
    return idx.load(raw, "mnist", release, CLASSES)


def sample(seed: int) -> Dataset:
    """Give scikit-learn's 1,797 digits of 8x8 pixels, enlarged, in an order drawn with `seed`.

    They are enlarged to 20x20 pixels in the middle of 28x28, as MNIST's own digits are.
    """
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_digits

    digits = load_digits()
    X = np.zeros((len(digits.images), 28, 28), np.uint8)
    for canvas, digit in zip(X, digits.images, strict=True):
        # 16 is the brightest of the bundled digits
        picture = Image.fromarray((digit * (255 / 16)).astype(np.uint8))
        canvas[4:24, 4:24] = np.asarray(picture.resize((20, 20), Image.Resampling.BILINEAR))
    order = np.random.default_rng(seed).permutation(len(X))
    y = digits.target[order].astype(np.int64)
    return Dataset("mnist", "sample", KIND, X[order], y, "label", CLASSES)


def expectations(release: str) -> list[Expectation]:
    """Return the expectations: counts of the digits, dark corners, no digit twice."""
    counts = _SAMPLE_COUNTS if release == "sample" else _COUNTS
    return [
        *images((28, 28), counts, sum(counts.values())),
        between("mean", 1, 128, "digits are bright on dark, most of an image is dark"),
        between("blank", 0.3, 0.99, "at least 30 % of an image is background"),
    ]
