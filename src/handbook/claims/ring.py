"""Two small networks trained against each other on Gaussians in a ring, for all seeds at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from handbook.models.gan.losses import discriminator_loss, generator_loss, gradient_penalty

__all__ = ["Duel", "Ring", "Setting", "Stacked", "maker_loss", "spread_over"]


@dataclass(frozen=True)
class Ring:
    """Gaussians whose centres lie in a ring of radius 1 in the plane.

    Parameters
    ----------
    modes : int
        How many.
    deviation : float
        Standard deviation of each, in both directions.
    """

    modes: int
    deviation: float

    def centers(self) -> Tensor:
        """Return the centres, (modes, 2)."""
        angles = torch.arange(self.modes) * (2 * math.pi / self.modes)
        return torch.stack([angles.cos(), angles.sin()], dim=1)

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """Return points, (count, 2)."""
        which = torch.randint(self.modes, (count,), generator=generator)
        return self.centers()[which] + self.deviation * torch.randn(count, 2, generator=generator)

    def shares(self, points: Tensor) -> Tensor:
        """Return the share of the points of each seed in each mode, (seeds, modes).

        A point is in a mode within three deviations of its centre. Points are (seeds, count, 2).
        """
        near, which = torch.cdist(points, self.centers()).min(dim=-1)
        hits = nn.functional.one_hot(which, self.modes) * (near < 3 * self.deviation)[..., None]
        return hits.float().mean(dim=1)


class Stacked(nn.Module):
    """As many dense networks of one shape as there are seeds, (S, B, in) to (S, B, out).

    Rectified but for the last layer. The weights of each seed are drawn by themselves, uniform
    within 1 / sqrt(in), as torch does.
    """

    def __init__(self, sizes: Sequence[int], generators: Sequence[torch.Generator]) -> None:
        super().__init__()
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for before, after in pairwise(sizes):
            bound = 1 / math.sqrt(before)
            drawn = [torch.rand(before + 1, after, generator=own) for own in generators]
            layer = (2 * torch.stack(drawn) - 1) * bound  # (S, in + 1, out)
            self.weights.append(layer[:, :-1].clone())
            self.biases.append(layer[:, -1:].clone())

    def forward(self, x: Tensor) -> Tensor:
        """Return the answers of each seed's network to its own points."""
        for number, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = torch.baddbmm(bias, x if number == 0 else x.relu(), weight)
        return x


@dataclass(frozen=True)
class Setting:
    """How the two are trained.

    Parameters
    ----------
    width : int
        Units of each of two hidden layers, in both networks.
    latent, batch, steps : int
        Dimensions of a latent point, points of an update, and updates of the generator.
    rate : float
        Adam's learning rate, for both.
    penalty : float
        Weight of the gradient penalty, with the Wasserstein loss.
    """

    width: int
    latent: int
    batch: int
    steps: int
    rate: float
    penalty: float


def maker_loss(answers: Tensor, loss: str) -> Tensor:
    """Return the loss of the generator; "saturating" is log(1 - D), the first one of section 6.1.

    Examples
    --------
    >>> round(float(maker_loss(torch.zeros(3), "saturating")), 4)  # log 1/2
    -0.6931
    """
    return -softplus(answers).mean() if loss == "saturating" else generator_loss(answers, loss)


class Duel:
    """The two networks of each seed, their points and their optimizers.

    Parameters
    ----------
    seeds : sequence of int
        Weights and draws of a seed do not depend on the others, nor on the loss.
    """

    def __init__(self, ring: Ring, setting: Setting, seeds: Sequence[int]) -> None:
        self.ring, self.setting, self.seeds = ring, setting, seeds
        wide = (setting.width, setting.width)
        first = self._generators(0)
        self.maker = Stacked((setting.latent, *wide, 2), first)
        self.judge = Stacked((2, *wide, 1), first)
        self.draws, self.shares = self._generators(1), self._generators(2)
        self.fixed = self.noise(1000, self._generators(3))
        options = {"lr": setting.rate, "betas": (0.5, 0.9)}
        self.of_maker = torch.optim.Adam(self.maker.parameters(), **options)  # type: ignore[arg-type]
        self.of_judge = torch.optim.Adam(self.judge.parameters(), **options)  # type: ignore[arg-type]

    def _generators(self, use: int) -> list[torch.Generator]:
        return [torch.Generator().manual_seed(10 * seed + use) for seed in self.seeds]

    def noise(self, count: int, generators: Sequence[torch.Generator]) -> Tensor:
        """Return latent points of each seed, (S, count, latent)."""
        return torch.stack(
            [torch.randn(count, self.setting.latent, generator=g) for g in generators]
        )

    def answers(self, points: Tensor) -> Tensor:
        """Return the discriminators' answers to points of all seeds, (S * B,)."""
        answers: Tensor = self.judge(points).flatten()
        return answers

    def update_judge(self, loss: str) -> Tensor:
        """Update the discriminators once; return the points that the generators made for it."""
        setting, seeds = self.setting, len(self.seeds)
        real = torch.stack([self.ring.draw(setting.batch, own) for own in self.draws])
        made: Tensor = self.maker(self.noise(setting.batch, self.draws))
        kind = "wasserstein" if loss == "wasserstein" else "standard"
        value = discriminator_loss(self.answers(real), self.answers(made.detach()), kind)
        if loss == "wasserstein":
            between = torch.cat([torch.rand(setting.batch, generator=g) for g in self.shares])
            value = value + setting.penalty * gradient_penalty(
                # the penalty takes images: these are points, as images of one pixel
                lambda points: self.answers(points.view(seeds, -1, 2)),
                real.view(-1, 1, 1, 2),
                made.view(-1, 1, 1, 2),
                between,
            )
        self.of_judge.zero_grad()
        # the mean is over seeds too: each has its own loss back
        torch.autograd.backward(seeds * value)
        self.of_judge.step()
        return made

    def update_maker(self, made: Tensor, loss: str) -> None:
        """Update the generators once, on points they made."""
        self.judge.requires_grad_(False)
        self.of_maker.zero_grad()
        torch.autograd.backward(len(self.seeds) * maker_loss(self.answers(made), loss))
        self.of_maker.step()
        self.judge.requires_grad_(True)

    def slopes(self, loss: str) -> Tensor:
        """Return the length of the generators' gradient on the fixed points, (S,)."""
        parameters = list(self.maker.parameters())
        value = len(self.seeds) * maker_loss(self.answers(self.maker(self.fixed)), loss)
        gradients = torch.autograd.grad(value, parameters)
        return torch.stack([g.flatten(1).pow(2).sum(dim=1) for g in gradients]).sum(dim=0).sqrt()

    def picture(self) -> Tensor:
        """Return the generators' points of the fixed latent points, (S, 1000, 2)."""
        with torch.no_grad():
            points: Tensor = self.maker(self.fixed)
        return points


def spread_over(
    ring: Ring, setting: Setting, seeds: Sequence[int], loss: str, updates: int, pictures: int
) -> tuple[Tensor, Tensor]:
    """Train, and return the shares of points in each mode over time, and the points at the end.

    Parameters
    ----------
    loss : {"standard", "saturating", "wasserstein"}
    updates : int
        Of the discriminator, for one of the generator.
    pictures : int
        How often in the course of the training shares are taken.

    Returns
    -------
    shares : Tensor of shape (pictures, S, modes)
    points : Tensor of shape (S, 1000, 2)
    """
    duel = Duel(ring, setting, seeds)
    kept = []
    for step in range(1, setting.steps + 1):
        for _ in range(updates):
            made = duel.update_judge(loss)
        duel.update_maker(made, loss)
        if step % (setting.steps // pictures) == 0:
            kept.append(ring.shares(duel.picture()))
    return torch.stack(kept), duel.picture()
