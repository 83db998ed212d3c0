"""How often LeNet's listing passes over the images, counted (section 3.13)."""

from __future__ import annotations

import math

from handbook.labs.result import Result, against, implies, prints

__all__ = ["compute"]


def count_steps(batches: int, listed: bool) -> int:
    """Count the steps of one epoch by running its loops.

    One pass over the images has so many batches. In the book's listing each of them has a loop over
    all batches inside.

    Examples
    --------
    >>> count_steps(3, listed=False), count_steps(3, listed=True)
    (3, 9)
    """
    steps = 0
    for _ in range(batches):
        for _ in range(batches if listed else 1):
            steps += 1
    return steps


def compute(images: int, batch_size: int, epochs: int, interval: int) -> list[Result]:
    """Run the loops of the training as they are listed and as they are described."""
    batches = math.ceil(images / batch_size)
    single, nested = count_steps(batches, listed=False), count_steps(batches, listed=True)
    nesting = (
        "inside the loop over the batches stands another one over all of them, so each batch "
        "brings a whole pass"
    )
    return [
        against("images by batch size, rounded up")(
            "steps of an epoch, one for each batch", single, -(-images // batch_size)
        ),
        against("the batches squared")(
            "steps of an epoch as it is listed",
            nested,
            batches**2,
            book=implies(batches, 4915),
            fault="contradicts itself",
            reason=nesting,
            instead="passes over the images once an epoch (model lenet)",
        ),
        against("batches times epochs")(
            f"passes over the images in {epochs} epochs as they are listed",
            nested * epochs // single,
            batches * epochs,
            book=prints(epochs, 4840),
            fault="contradicts itself",
            reason=f"{nesting}; the printed accuracy is not that of {epochs} epochs",
            instead="trains the stated epochs, and sets what they reach beside the printed figure",
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
