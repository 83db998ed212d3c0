"""The part of an epoch that has been done: its batches, rows and sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import torch
from torch import Tensor

from handbook.models.trainer.devices import widest

__all__ = ["Part", "Row"]

#: A row of a history.
Row: TypeAlias = dict[str, float]


@dataclass
class Part:
    """What has been done of an epoch.

    Sums stay on the device: reading a number would make it wait.
    """

    #: State of the learner's generator before the first batch was drawn.
    order: Tensor
    batches: int = 0
    rows: int = 0
    #: Columns of the history, and their sums over rows, in 64 bits where the device has them.
    columns: list[str] = field(default_factory=list)
    sums: Tensor | None = None

    def add(self, means: Mapping[str, Tensor], rows: int) -> None:
        """Add a batch's means; on its device, since reading a number would make it wait."""
        values = [mean.detach() for mean in means.values()]
        wide = widest(values[0].device)
        if len({value.dtype for value in values}) > 1:
            values = [value.to(wide) for value in values]
        batch = torch.stack(values).to(wide) * rows
        self.columns = list(means)
        # sums of a checkpoint come from the processor
        self.sums = batch if self.sums is None else self.sums.to(batch.device) + batch
        self.rows += rows
        self.batches += 1

    def means(self, total: Callable[[Tensor], Tensor]) -> Row:
        """Return the means over rows, of all processes together; the one time that it waits."""
        assert self.sums is not None
        count = float(total(torch.tensor(float(self.rows), dtype=torch.float64)))
        values = [value / count for value in total(self.sums).tolist()]
        return dict(zip(self.columns, values, strict=True))
