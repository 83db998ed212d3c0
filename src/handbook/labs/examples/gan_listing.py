"""Whether the two networks of the GAN's listing fit each other (section 6.7)."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

from handbook.labs.names import unbound
from handbook.labs.result import Result, against, implies, outcome, prints

__all__ = ["compute", "discriminator"]

# Names of the listings for training and plotting, and of those before them.
_USED = (
    "tf", "os", "discriminator", "generator", "combined_model_gen", "noise", "batch_size",
    "latent_dim", "sample_images", "fake_imgs", "d_loss_real", "epoch", "sample_interval",
    "g_losses", "d_losses",
)  # fmt: skip
_BOUND = (
    "np", "plt", "mnist", "Sequential", "Dense", "LeakyReLU", "BatchNormalization", "Adam",
    "Input", "Reshape", "Conv2DTranspose", "Model", "x_train", "x_test", "D", "latent_dim",
    "build_generator", "generator", "build_discriminator", "discriminator", "z", "img", "combined",
    "fake_pred", "combined_model_gen", "epochs", "batch_size", "sample_period", "ones", "zeros",
    "generator_losses", "discriminator_losses", "generated_images_path", "sample_images", "noise",
    "d_loss", "g_loss",
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
    """Call the discriminator with the generator's output, as an image and as a vector."""
    made = torch.zeros(3, 1, side, side)  # what the generator answers to 3 latent points
    network = discriminator([side**2, *sizes])
    kept = list(range(0, steps, every))
    return [
        against(f"the first layer takes {side**2} numbers; an image's rows have {side}")(
            "generator and discriminator joined, as they are listed",
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
            f"step of the pictures to show for step {asked:,}",
            kept[asked // every],
            asked // every * every,
            book=prints(0, 7203),
            fault="contradicts itself",
            reason=f"the listing for step {asked:,} loads the pictures of step 0 again",
            instead="shows the pictures of each step under their own step",
        ),
        against("the last multiple of the interval below the number of steps")(
            f"last step of {steps:,}, counted from 0, whose pictures are kept",
            kept[-1],
            (steps - 1) // every * every,
            book=prints(steps, 7221),
            fault="crashes when run",
            reason=f"the listing for step {steps:,} loads a file of that number, which no step "
            "writes",
            instead="keeps the pictures of the last step as well",
        ),
        against("steps times batch size by images")(
            f"passes over {images:,} images in {steps:,} steps of {batch_size}",
            sum([batch_size] * steps) / images,
            steps * batch_size / images,
            book=implies(steps, (7041, 7060)),
            fault="wrong claim",
            reason="an epoch is told to be a pass over the whole data set; each goes through the "
            "loop once, which takes one batch",
            instead="calls a step a step (model gan)",
        ),
        against("the names used less those bound")(
            "names that training and plotting use and nothing binds",
            ", ".join(unbound(_USED, _BOUND)),
            ", ".join(name for name in _USED if name not in _BOUND),
            book=implies("none", (6805, 7055, 7110, 7112, 7127, 7153, 7154)),
            fault="crashes when run",
            reason="the loop that would count epochs, the real batch and the made images are not "
            "there; the interval and both lists of losses are set under other names, and nothing "
            "is put into the lists; of TensorFlow only parts are imported, and os is not",
            instead="has one trainer for all its networks",
        ),
    ]
