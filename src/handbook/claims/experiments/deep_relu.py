"""Claim of section 3.3.2.3: ReLU keeps gradients that tanh and sigmoid lose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from torch import nn

from handbook.claims.finding import Finding, paired
from handbook.claims.images import Images, parted
from handbook.claims.networks import accuracy, dense, fresh, train
from handbook.data.dataset import Dataset

__all__ = ["ACTIVATIONS", "chain", "compute", "gradient_norms"]

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "ReLU": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}

# What counts for a gradient that is exactly 0.
_LEAST = 1e-30


def chain(
    activation: str, suited: bool, inputs: int, width: int, layers: int, classes: int
) -> nn.Sequential:
    """Return a network of dense layers of one width, biases 0 at first.

    Parameters
    ----------
    activation : str
        Of :data:`ACTIVATIONS`.
    suited : bool
        Whether the first weights are those usual for the activation, He's for ReLU and Glorot's for
        the others; else those that torch gives any layer, whatever follows it.
    inputs, width, layers, classes : int
    """
    network = dense([inputs, *[width] * layers, classes], ACTIVATIONS[activation])
    for part in network:
        if isinstance(part, nn.Linear):
            nn.init.zeros_(part.bias)
            if suited and activation == "ReLU":
                nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
            elif suited:
                gain = nn.init.calculate_gain("tanh") if activation == "tanh" else 1.0
                nn.init.xavier_normal_(part.weight, gain)
    return network


def gradient_norms(network: nn.Module, rows: Images) -> list[float]:
    """Return the norm of the loss's gradient by each layer's biases, from first to last.

    That is the mean over the rows of what is propagated back to the layer's output.
    """
    network.zero_grad()
    nn.functional.cross_entropy(network(rows.X), rows.y).backward()  # type: ignore[no-untyped-call]
    layers = [part for part in network.modules() if isinstance(part, nn.Linear)]
    return [float(torch.linalg.vector_norm(layer.bias.grad)) for layer in layers]


def compute(
    data: Dataset,
    seeds: Sequence[int],
    rows: int,
    held_out: int,
    shrink: int,
    width: int,
    layers: int,
    epochs: int,
    batch_size: int,
    rates: list[float],
) -> Finding:
    """Train a deep chain of dense layers on small digits with ReLU, tanh and sigmoid.

    Each begins once from the weights that torch gives any layer, and once from those usual for its
    activation (He's for ReLU, Glorot's for the others). Measured are the gradient of the first
    layer before training, relative to that of the last hidden layer, and the accuracy on digits
    held out after it, at the best of the same rates. Same digits, same batches.
    """
    norms: dict[str, list[list[float]]] = {}
    scores: dict[str, list[float]] = {}
    ratios: dict[str, list[float]] = {}
    for seed in seeds:
        fit, check = parted(data, seed, rows, held_out, shrink)
        inputs = fit.X[0].numel()
        for activation in ACTIVATIONS:
            for suited in (False, True):
                name = f"{activation}, {'suited' if suited else 'any'} weights"
                build = partial(chain, activation, suited, inputs, width, layers, 10)
                reached: list[float] = []
                for rate in rates:
                    network = fresh(build, seed)
                    if not reached:
                        lengths = gradient_norms(network, fit)
                    train(
                        network, fit.X, fit.y,
                        seed=seed, epochs=epochs, batch_size=batch_size, rate=rate,
                    )  # fmt: skip
                    reached.append(accuracy(network, *check))
                scores.setdefault(name, []).append(max(reached))
                norms.setdefault(name, []).append(lengths)
                # Of the first layer and the last hidden one; a gradient of 0 has a logarithm too.
                first, last = lengths[0] + _LEAST, lengths[-2] + _LEAST
                ratios.setdefault(name, []).append(float(np.log10(first / last)))
    parts = []
    for weights, when in (
        ("any", "usual"),
        ("suited", "suited"),
    ):
        for other in ("tanh", "sigmoid"):
            ours, theirs = f"ReLU, {weights} weights", f"{other}, {weights} weights"
            parts += [
                paired(
                    f"gradient-{other}-{weights}",
                    f"gradients are held against {other}'s from {when} weights",
                    "log10 of the first layer's gradient over the last's, ReLU's less the other's",
                    ratios[ours],
                    ratios[theirs],
                ),
                paired(
                    f"accuracy-{other}-{weights}",
                    f"accuracy is held against {other}'s from {when} weights",
                    f"accuracy of {layers} layers with ReLU less with the other",
                    scores[ours],
                    scores[theirs],
                ),
            ]
    return Finding(
        measured={f"accuracy, {name}": values for name, values in scores.items()}
        | {f"log10 first/last gradient, {name}": values for name, values in ratios.items()},
        parts=parts,
        plot={"norms": norms, "accuracy": scores, "layers": layers},
    )
