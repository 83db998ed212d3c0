"""Fashion-MNIST: 70,000 garments of 28x28 grey pixels, a harder stand-in for MNIST."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from handbook.data.dataset import Dataset, Kind
from handbook.data.expectation import Expectation, between, images
from handbook.data.formats import idx
from handbook.data.source import Source

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


__all__ = ["KIND", "SOURCES", "TASKS", "expectations", "load", "sample"]

_URLS = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
)
_PINS = (
    (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
    (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
    (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
    (5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
)

SOURCES = {
    "official": Source(
        title="Fashion-MNIST",
        folder="fashion-mnist",
        files=idx.pinned(_PINS, _URLS),
        rows="a99668bcb19f9f881e7a90e5efcab82ef189ffb0e2450e9b6ba8749166ed0bb3",
        licence="MIT",
        homepage="https://github.com/zalandoresearch/fashion-mnist",
        citation=(
            "H. Xiao, K. Rasul and R. Vollgraf. Fashion-MNIST: a novel image dataset for "
            "benchmarking machine learning algorithms. arXiv:1708.07747, 2017."
        ),
        notes="The publisher's own split: 60,000 garments for training, 10,000 for the test.",
    )
}
KIND: Kind = "images"
TASKS = ("classification", "generation")
CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

_SAMPLE_ROWS_PER_CLASS = 200

# Rectangles (top, bottom, left, right) on 28x28 pixels: the generated garments' true shapes
_SHAPES: tuple[tuple[tuple[int, int, int, int], ...], ...] = (
    ((4, 24, 9, 19), (4, 10, 4, 24)),  # T-shirt: a trunk and short sleeves
    ((3, 25, 9, 13), (3, 25, 15, 19), (3, 8, 9, 19)),  # trouser: two legs
    ((4, 24, 9, 19), (4, 21, 4, 7), (4, 21, 21, 24), (4, 8, 4, 24)),  # pullover: long sleeves
    ((3, 14, 11, 17), (14, 25, 8, 20)),  # dress: narrow above, wide below
    ((4, 25, 8, 13), (4, 25, 15, 20), (4, 21, 4, 7), (4, 21, 21, 24), (4, 8, 4, 24)),  # coat: open
    ((18, 20, 4, 24), (13, 15, 8, 20), (13, 20, 10, 11)),  # sandal: straps
    ((4, 24, 9, 13), (4, 24, 14, 19), (4, 14, 5, 8), (4, 14, 20, 23)),  # shirt: buttons
    ((14, 20, 4, 24), (11, 14, 4, 14)),  # sneaker: low
    ((11, 24, 4, 24), (5, 7, 9, 19), (5, 11, 9, 11), (5, 11, 17, 19)),  # bag: a handle
    ((17, 23, 4, 24), (5, 17, 4, 13)),  # ankle boot: a shaft
)


def load(raw: Path, release: str) -> Dataset:
    """Read the four official files."""
    return idx.load(raw, "fashion-mnist", release, CLASSES)


def sample(seed: int) -> Dataset:
    """Draw 2,000 garments from ten known shapes, moved, shaded and with noise."""
    import numpy as np

    random = np.random.default_rng(seed)
    y = random.permutation(np.repeat(np.arange(len(CLASSES)), _SAMPLE_ROWS_PER_CLASS))
    X = np.stack([_garment(label, random) for label in y])
    return Dataset("fashion-mnist", "sample", KIND, X, y.astype(np.int64), "label", CLASSES)


def _garment(label: int, random: np.random.Generator) -> npt.NDArray[np.uint8]:
    import numpy as np

    picture = np.zeros((28, 28))
    for top, bottom, left, right in _SHAPES[label]:
        # every edge moves by itself, so that shapes of neighbouring classes overlap a little
        t, b, le, r = np.array([top, bottom, left, right]) + random.integers(-1, 2, 4)
        picture[t : max(b, t + 1), le : max(r, le + 1)] = random.uniform(90, 230)
    cloth = picture > 0
    picture[cloth] += random.normal(0, 25, cloth.sum())
    picture = np.roll(picture, random.integers(-2, 3, 2), axis=(0, 1))
    return np.clip(picture, 0, 255).astype(np.uint8)


def expectations(release: str) -> list[Expectation]:
    """Return the expectations: as many garments of each kind, background, none twice."""
    per_class = _SAMPLE_ROWS_PER_CLASS if release == "sample" else 7_000
    return [
        *images((28, 28), dict.fromkeys(CLASSES, per_class), per_class * len(CLASSES)),
        between("mean", 1, 220, "garments lie on a dark background"),
    ]
