"""What the generator's objectives do to the discriminator's answer (section 6.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from scipy.integrate import quad
from scipy.special import log_expit
from scipy.stats import norm

from handbook.core.numbers import listed
from handbook.labs.peers import by_autograd
from handbook.labs.result import Array, Result, against, implies
from handbook.nn import sigmoid

__all__ = ["best_accuracy", "compute", "plot", "slopes"]

PRINTED, GAME, NON_SATURATING = "−log(1 − D)", "log(1 − D)", "−log D"

# Of the logit o of an image that the generator made, where D = sigmoid(o).
_LOSSES: dict[str, Callable[[Any], Any]] = {
    PRINTED: lambda o: -log_expit(-o),
    GAME: lambda o: log_expit(-o),
    NON_SATURATING: lambda o: -log_expit(o),
}


def slopes(logits: Array) -> dict[str, Array]:
    """Return the derivative of each objective by the logit of a made image.

    Descent raises the logit, so that the image looks more real, where it is below 0.

    Examples
    --------
    >>> {name: float(slope[0]) for name, slope in slopes(np.zeros(1)).items()}
    {'−log(1 − D)': 0.5, 'log(1 − D)': -0.5, '−log D': -0.5}
    """
    real = np.asarray(sigmoid(logits))
    return {PRINTED: real, GAME: -real, NON_SATURATING: real - 1}


def best_accuracy(apart: float) -> float:
    """Return the accuracy of the best discriminator, which knows both distributions.

    Real numbers are normal with mean 0 and made ones with mean `apart`, both with deviation 1 and
    as many of each. It calls real what is more probable there, so it is right with the larger of
    both densities.

    Examples
    --------
    >>> round(best_accuracy(0.0), 6)
    0.5
    """
    larger, _ = quad(
        lambda x: max(norm.pdf(x), norm.pdf(x, apart)) / 2, -12, 12 + apart, points=[apart / 2]
    )
    return float(larger)


def compute(logit: float, logits: list[float], apart: list[float]) -> list[Result]:
    """Compare how strongly two objectives pull a generator, by the discriminator's answer."""
    ours = {name: float(slope[0]) for name, slope in slopes(np.array([logit])).items()}
    theirs = {name: _torchs(name, [logit])[0] for name in _LOSSES}
    flattest = logits[int(np.argmin(np.abs(slopes(np.array(logits))[GAME])))]
    real = 1 / (1 + np.exp(-logit))
    return [
        by_autograd(
            f"derivative by the logit, at {logit:g}, of what the generator should make small: "
            f"{GAME}",
            ours[GAME],
            theirs[GAME],
            book=implies(ours[PRINTED], (6668, 6670, 6672)),
            reason="the text above and below the formula has the generator make the "
            "discriminator's loss large; the formula makes it small, and descent on it makes the "
            "images easier to tell",
            instead="trains its generators on −log D, which has the right sign (model gan)",
            fault="contradicts itself",
        ),
        by_autograd(f"the same of {NON_SATURATING}", ours[NON_SATURATING], theirs[NON_SATURATING]),
        against("closed form: D, −D and D − 1")(
            f"derivatives of {', '.join(_LOSSES)} at {logit:g}",
            list(ours.values()),
            [real, -real, real - 1],
        ),
        against("the sign of torch's derivative")(
            f"answer that descent on {NON_SATURATING} makes more probable",
            "real" if ours[NON_SATURATING] < 0 else "fake",
            "real" if theirs[NON_SATURATING] < 0 else "fake",
            book=implies("fake", (6674, 6678, 6680)),
            reason="−log D is small where D is near 1, which is the answer real; the formula is "
            "right and is told the wrong way round, three times",
            instead="tells what the loss rewards beside its curve",
            fault="wrong claim",
        ),
        against("torch's derivatives: the one nearest to 0")(
            f"logit of {listed(logits)} at which {GAME} leaves the generator least to learn from",
            flattest,
            logits[int(np.argmin(np.abs(_torchs(GAME, logits))))],
            book=implies(max(logits), 6674),
            reason="the text changes the objective for the case that the generator has become too "
            "good and the discriminator's gradients small. What the change mends is another case: "
            "a discriminator that is sure of a fake, where the generator's own gradient vanishes",
            instead="shows the slope over the logit",
            fault="wrong claim",
        ),
        against("closed form: the normal distribution at half the distance", 1e-7)(
            f"accuracy of the best discriminator where the means lie {listed(apart)} apart",
            [best_accuracy(distance) for distance in apart],
            [norm.cdf(distance / 2) for distance in apart],
        ),
        against("both densities are one: whatever it answers, half is wrong", 1e-7)(
            "accuracy of the best discriminator where made data cannot be told from real data",
            best_accuracy(0.0),
            0.5,
            book=implies("highly accurate", 6649),
            reason="the end of the training is told as both: data that cannot be told apart, and a "
            "discriminator that tells them apart; at that end D is 1/2 everywhere",
            instead="draws both losses, which settle where neither side wins (model gan)",
            fault="contradicts itself",
        ),
    ]


def plot(logit: float, logits: list[float], apart: list[float]) -> dict[str, Any]:
    """Return each objective and its derivative over the logit."""
    reach = max(map(abs, (logit, *logits)))
    across = np.linspace(-reach, reach, 121)
    return {
        "logit": logit,
        "across": across,
        "losses": {name: loss(across) for name, loss in _LOSSES.items()},
        "slopes": slopes(across),
        "there": {name: float(slope[0]) for name, slope in slopes(np.array([logit])).items()},
    }


def _torchs(name: str, logits: list[float]) -> list[float]:
    """Return an objective's derivative by torch, from the probability that it answers."""
    o = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    real = torch.sigmoid(o)
    losses = {
        PRINTED: -torch.log(1 - real),
        GAME: torch.log(1 - real),
        NON_SATURATING: -torch.log(real),
    }
    (gradient,) = torch.autograd.grad(losses[name].sum(), o)
    slope: list[float] = gradient.tolist()
    return slope
