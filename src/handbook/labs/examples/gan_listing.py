"""Whether the two networks of the GAN's listing fit each other (section 6.7)."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

from handbook.labs.names import unbound
from handbook.labs.result import Result, against, implies, outcome, prints

__all__ = ["compute", "discriminator"]

# Names of the listings that load the images and make a folder for pictures, and those imported.
_USED = ("tf", "np", "mnist", "os")
_BOUND = (
    "np", "plt", "mnist", "Sequential", "Dense", "LeakyReLU", "BatchNormalization", "Adam", "Input",
    "Reshape", "Conv2DTranspose", "Model",
)  # fmt: skip


def discriminator(sizes: list[int]) -> nn.Sequential:
    """Build the dense discriminator, which takes flat vectors.

    `sizes` are the numbers that go into the first layer, then those that each layer gives.
    """
    parts: list[nn.Module] = []
    for before, after in pairwise(sizes):
        parts += [nn.Linear(before, after), nn.LeakyReLU(0.2)]
    return nn.Sequential(*parts[:-1], nn.Sigmoid())


def compute(
    side: int,
    sizes: list[int],
    every: int,
    asked: int,
    steps: int,
    images: int,
    batch_size: int,
) -> list[Result]:
    """Give the generator's output to the book's discriminator, as an image and as a vector."""
    made = torch.zeros(3, 1, side, side)  # what the generator answers to 3 latent points
    network = discriminator([side**2, *sizes])
    kept = list(range(0, steps, every))
    return [
        against(f"the first layer takes {side**2} numbers; an image's rows have {side}")(
            "generator and discriminator joined as they are listed, built in PyTorch",
            outcome(lambda: network(made)),
            "raises RuntimeError",
            book=implies("runs", (6968, 6977)),
            fault="crashes when run",
            reason="the generator gives images, the discriminator takes flat vectors, and nothing "
            "between the two flattens them",
            instead="flattens images inside the discriminator (model gan)",
        ),
        against("one probability for each image")(
            "shape of the answers once the images are flattened",
            list(network(made.flatten(1)).shape),
            [3, 1],
        ),
        against(f"pictures are kept every {every} steps")(
            f"number of the pictures to show for epoch {asked:,}",
            kept[asked // every],
            asked // every * every,
            book=prints(0, 7203),
            fault="contradicts itself",
            reason=f"the listing is said to read the pictures of epoch {asked:,} and names those "
            "of epoch 0; the text does tell the reader to adjust the name",
            instead="shows the pictures of each step under their own step",
        ),
        against("steps times batch size by images")(
            f"passes over {images:,} images in {steps:,} steps of {batch_size}",
            sum([batch_size] * steps) / images,
            steps * batch_size / images,
            book=implies(steps, (7041, 7060, 7138)),
            fault="contradicts itself",
            reason="the number of epochs is said to be that of the passes over the whole data set; "
            "by the text on the training, an epoch takes one random batch",
            instead="calls a step a step (model gan)",
        ),
        against("the names used less those bound")(
            "modules that the listings use and none imports",
            ", ".join(unbound(_USED, _BOUND)),
            ", ".join(name for name in _USED if name not in _BOUND),
            book=implies("none", (6780, 6782, 6805, 7055)),
            fault="crashes when run",
            reason="of TensorFlow only parts are imported, by their own names, and os is not; the "
            "list of what each import is for has neither",
            instead="has one trainer for all its networks",
        ),
    ]
