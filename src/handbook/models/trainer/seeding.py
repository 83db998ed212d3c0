"""Seeds and determinism of torch within a context."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

__all__ = ["reproducible"]


@contextmanager
def reproducible(seed: int) -> Iterator[torch.Generator]:
    """Seed torch and make it deterministic inside the context, and restore it after.

    Operations without a deterministic form raise. The global generator draws the first weights of
    layers and the masks of dropout.

    Yields
    ------
    torch.Generator
        Another generator, for the order of the rows.
    """
    was_strict = torch.are_deterministic_algorithms_enabled()
    was_warning = torch.is_deterministic_algorithms_warn_only_enabled()
    memory: Any = torch.utils.deterministic
    was_filling = memory.fill_uninitialized_memory
    apple = torch.mps.get_rng_state() if torch.backends.mps.is_available() else None
    with torch.random.fork_rng():  # of the processor and of NVIDIA's GPUs
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(True)
        # Filling each new tensor with NaN takes a tenth of a network's time, and no layer here
        # reads memory that it has not written.
        memory.fill_uninitialized_memory = False
        try:
            yield torch.Generator().manual_seed(seed)
        finally:
            torch.use_deterministic_algorithms(was_strict, warn_only=was_warning)
            memory.fill_uninitialized_memory = was_filling
            if apple is not None:
                torch.mps.set_rng_state(apple)
