"""Compiled networks, and plain ones where compilation fails."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterable

import torch
from torch import nn

from handbook.models.trainer.learner import Learner

__all__ = ["compile_or_leave"]

_BACKEND = "inductor"  # torch's own default

_log = logging.getLogger(__name__)


def compile_or_leave(learner: Learner, networks: Iterable[nn.Module]) -> bool:
    """Compile networks of a learner in place, or leave them plain where that fails.

    A compilation may fail as late as in the first backward pass. Therefore one step is taken, and
    what is measured after an epoch, and then the learner is put back: weights, optimizers,
    generators and all else that the training depends on are as before.

    Parameters
    ----------
    learner : Learner
        Before its first step.
    networks : iterable of nn.Module
        Those to compile, as they are without what the engine wraps around them.

    Returns
    -------
    bool
        Whether they are compiled; if not, a warning in the log says why.
    """
    networks = list(networks)
    learned = [(weight, weight.requires_grad) for own in networks for weight in own.parameters()]
    before = copy.deepcopy(learner.state_dict())
    devices = [learner.engine.device] if learner.engine.device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        try:
            for network in networks:
                network.compile(backend=_BACKEND)
            _try_out(learner)
            compiled = True
        except Exception as error:  # compilers, drivers and generated code raise all there is
            for network in networks:
                network._compiled_call_impl = None
            torch._dynamo.reset()
            _log.warning(
                "compile: true gave %s (%s); the training goes on with plain networks, perhaps "
                "slower; compile: false saves the attempt",
                type(error).__name__,
                " ".join(str(error).split())[:200] or "no word of why",
            )
            compiled = False
    learner.load_state_dict(before)
    for weight, learns in learned:
        weight.requires_grad_(learns)  # as it was, where a step has ended early
        weight.grad = None
    return compiled


def _try_out(learner: Learner) -> None:
    for network in learner.networks.values():
        network.train()
    learner.step(next(iter(learner.batches())))
    for network in learner.networks.values():
        network.eval()
    with torch.inference_mode():
        learner.after_epoch(1)
