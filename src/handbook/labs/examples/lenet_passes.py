"""The steps of LeNet's training, and the losses that it prints, counted (section 3.13)."""

from __future__ import annotations

import math

from handbook.labs.result import Result, against, implies

__all__ = ["compute"]


def compute(images: int, batch_size: int, epochs: int, interval: int) -> list[Result]:
    """Count the steps that LeNet's training takes, and how often the listing prints a loss."""
    batches = math.ceil(images / batch_size)
    return [
        against("images by batch size, rounded up")(
            "steps of an epoch, one for each batch",
            sum(1 for _ in range(0, images, batch_size)),
            -(-images // batch_size),
        ),
        against("batches times epochs")(
            f"steps of {epochs} epochs",
            sum(1 for _ in range(epochs) for _ in range(0, images, batch_size)),
            batches * epochs,
        ),
        against("whole multiples of the interval among the batches")(
            f"losses printed in an epoch, one every {interval} batches",
            sum(1 for batch in range(batches) if (batch + 1) % interval == 0),
            batches // interval,
            book=implies("at least one", (4863, 4869, 4909)),
            fault="wrong claim",
            reason=f"an epoch has {batches} batches, so that none has a number that {interval} "
            "divides: nothing is ever printed before the accuracy",
            instead="records the loss of each epoch",
        ),
    ]
