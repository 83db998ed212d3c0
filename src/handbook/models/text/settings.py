"""What the parameters of a model of characters may be, checked when it is fitted."""

from __future__ import annotations

from typing import Any

from handbook.models.text.network import CELLS

__all__ = ["SCHEMES", "faults"]

#: How a network is trained; see :class:`handbook.models.text.CharacterModel`.
SCHEMES = ("windows", "stream")


def faults(model: Any) -> dict[str, tuple[bool, str]]:
    """Tell of each parameter whether its value will do, and what is expected.

    Parameters
    ----------
    model : CharacterModel

    Returns
    -------
    dict of str to (bool, str)
        For :meth:`handbook.models.trainer.estimator.TorchEstimator._require`.
    """
    at_least_one = "1 or more"
    share = "a number from 0 on and below 1"
    found = {
        "scheme": (model.scheme in SCHEMES, "'windows' or 'stream'"),
        "cell": (model.cell in CELLS, "'lstm', 'gru' or 'rnn'"),
        "clip": (model.clip is None or model.clip > 0, "null, or a number above 0"),
        "share": (0 < model.share <= 1, "above 0 and at most 1"),
        "calibration": (model.calibration > 0, "a number above 0"),
        "patience": (
            model.patience is None or (model.patience >= 1 and model.validation_fraction > 0),
            "null, or 1 or more together with a validation_fraction above 0",
        ),
        "samples": (model.samples >= 0, "0 or more"),
    }
    for name in (
        "hidden", "layers", "epochs", "batch_size", "window", "embedding", "chunk", "members",
    ):  # fmt: skip
        found[name] = (getattr(model, name) >= 1, at_least_one)
    for name in ("dropout", "input_dropout", "recurrent_dropout", "validation_fraction"):
        found[name] = (0 <= getattr(model, name) < 1, share)
    for name in ("learning_rate", "weight_decay"):
        found[name] = (getattr(model, name) >= 0, "a number that is not negative")
    return found
