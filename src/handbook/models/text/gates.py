"""Gates and states of a recurrent layer, step by step."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["gates"]


def gates(layer: nn.RNNBase, inputs: Tensor) -> dict[str, Tensor]:
    """Return gates and states of a layer, which torch's own module keeps to itself.

    The layer has one direction and biases, an RNN's tanh; it reads one sequence, (T, inputs), from
    a state of zeros. Each result is of shape (T, H): ``hidden state``, the layer's output; of an
    LSTM also ``input gate``, ``forget gate``, ``candidate``, ``output gate`` and ``cell state``;
    of a GRU ``reset gate``, ``update gate`` (where it is 1 the state stays) and ``candidate``.

    References
    ----------
    Hochreiter and Schmidhuber (1997) and Gers, Schmidhuber and Cummins (2000) for the LSTM; Cho et
    al. (2014) for the GRU, in torch's form, where the reset gate acts after the matrix. Handbook,
    3.2.8 and 5.5.

    Examples
    --------
    >>> layer = nn.LSTM(2, 3)
    >>> values = gates(layer, torch.zeros(4, 2))
    >>> values["hidden state"].shape, bool((values["forget gate"] > 0).all())
    (torch.Size([4, 3]), True)
    """
    weight_ih, weight_hh, bias_ih, bias_hh = layer.all_weights[0]
    step = {nn.LSTM: _lstm, nn.GRU: _gru, nn.RNN: _rnn}[type(layer)]
    hidden = torch.zeros(layer.hidden_size, dtype=inputs.dtype, device=inputs.device)
    before = {"hidden state": hidden, "cell state": hidden}
    steps = []
    for x in inputs @ weight_ih.t() + bias_ih:
        before = step(x, weight_hh @ before["hidden state"] + bias_hh, before)
        steps.append(before)
    return {name: torch.stack([values[name] for values in steps]) for name in before}


def _lstm(x: Tensor, h: Tensor, before: dict[str, Tensor]) -> dict[str, Tensor]:
    take, keep, new, show = (x + h).chunk(4)
    take, keep, new, show = take.sigmoid(), keep.sigmoid(), new.tanh(), show.sigmoid()
    cell = keep * before["cell state"] + take * new
    return {
        "input gate": take,
        "forget gate": keep,
        "candidate": new,
        "output gate": show,
        "cell state": cell,
        "hidden state": show * cell.tanh(),
    }


def _gru(x: Tensor, h: Tensor, before: dict[str, Tensor]) -> dict[str, Tensor]:
    (x_reset, x_update, x_new), (h_reset, h_update, h_new) = x.chunk(3), h.chunk(3)
    reset, update = (x_reset + h_reset).sigmoid(), (x_update + h_update).sigmoid()
    new = (x_new + reset * h_new).tanh()
    return {
        "reset gate": reset,
        "update gate": update,
        "candidate": new,
        "hidden state": (1 - update) * new + update * before["hidden state"],
    }


def _rnn(x: Tensor, h: Tensor, before: dict[str, Tensor]) -> dict[str, Tensor]:
    return {"hidden state": (x + h).tanh()}
