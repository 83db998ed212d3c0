"""Whether the two networks of the GAN's listing fit each other (section 6.7)."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

from handbook.labs.result import Result, against, implies, outcome, prints

__all__ = ["compute", "discriminator"]


def discriminator(sizes: list[int]) -> nn.Sequential:
    """Build the dense discriminator, which takes flat vectors.

    `sizes` are the numbers that go into the first layer, then those that each layer gives.
    """
    parts: list[nn.Module] = []
    for before, after in pairwise(sizes):
        parts += [nn.Linear(before, after), nn.LeakyReLU(0.2)]
    return nn.Sequential(*parts[:-1], nn.Sigmoid())


def compute(side: int, sizes: list[int], every: int, asked: int) -> list[Result]:
    """Call the discriminator with the generator's output, as an image and as a vector."""
    made = torch.zeros(3, 1, side, side)  # what the generator answers to 3 latent points
    network = discriminator([side**2, *sizes])
    kept = list(range(0, 10 * asked, every))
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
    ]
