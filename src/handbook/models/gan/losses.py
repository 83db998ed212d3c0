"""Losses of generator and discriminator."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import softplus

__all__ = ["LOSSES", "discriminator_loss", "generator_loss", "gradient_penalty"]

#: Names of the losses.
LOSSES = ("standard", "wasserstein")


def discriminator_loss(on_real: Tensor, on_made: Tensor, loss: str = "standard") -> Tensor:
    """Return the loss of the discriminator.

    Parameters
    ----------
    on_real, on_made : Tensor of shape (B,)
        Its answers: log odds that an image is real (standard), or any number (wasserstein).
    loss : {"standard", "wasserstein"}
        Half of each the binary cross-entropy on real and on made images (both answers weigh as
        in one batch of real and made images), or the negative estimate of the Wasserstein
        distance, without its penalty.

    References
    ----------
    Goodfellow et al., "Generative adversarial nets" (2014). Arjovsky, Chintala and Bottou,
    "Wasserstein generative adversarial networks" (2017). Handbook, 6.5 and 6.7.

    Examples
    --------
    >>> float(discriminator_loss(torch.zeros(2), torch.zeros(2)))  # log 2: no better than chance
    0.6931471824645996
    """
    if loss == "wasserstein":
        return on_made.mean() - on_real.mean()
    # softplus(-x) = -log sigmoid(x), without the overflow
    return 0.5 * (softplus(-on_real).mean() + softplus(on_made).mean())


def generator_loss(on_made: Tensor, loss: str = "standard") -> Tensor:
    """Return the loss of the generator.

    Parameters
    ----------
    on_made : Tensor of shape (B,)
        The discriminator's answers on made images.
    loss : {"standard", "wasserstein"}
        Binary cross-entropy as if the images were real (the form that does not saturate), or the
        critic's mean answer, negative.
    """
    return -on_made.mean() if loss == "wasserstein" else softplus(-on_made).mean()


def gradient_penalty(
    critic: Callable[[Tensor], Tensor], real: Tensor, made: Tensor, shares: Tensor
) -> Tensor:
    """Return the mean squared deviation from 1 of the critic's slope between real and made images.

    Parameters
    ----------
    critic : callable
        Answers, (B,), on images, (B, C, H, W).
    real, made : Tensor of shape (B, C, H, W)
    shares : Tensor of shape (B,)
        Weight of the real image in each point between the two, 0 to 1.

    References
    ----------
    Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville, "Improved training of Wasserstein GANs"
    (2017).

    Examples
    --------
    >>> images = torch.ones(2, 1, 2, 2)
    >>> slope = lambda x: 2 * x.flatten(1).sum(dim=1)  # of length 2 * sqrt(4) everywhere
    >>> float(gradient_penalty(slope, images, images, torch.rand(2)))
    9.0
    """
    shares = shares[:, None, None, None]
    between = (shares * real + (1 - shares) * made.detach()).requires_grad_(True)
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    excess: Tensor = slope.flatten(1).norm(dim=1) - 1
    return (excess**2).mean()
