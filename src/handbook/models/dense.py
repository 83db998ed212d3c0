"""Dense layers whose products oneDNN computes, where torch has it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["Dense"]


class Dense(nn.Linear):
    """:class:`torch.nn.Linear`, in 32 bits on a processor by way of oneDNN.

    Parameters, weights and outputs are those of the base class, the outputs up to rounding. torch
    leaves such products to MKL, which keeps to AVX2 on processors that are not Intel's: 113 GFLOP/s
    on a core of an AMD EPYC where oneDNN, which computes torch's convolutions, reached 217 to 254.
    A small layer gains nothing: a call costs some microseconds more.

    Examples
    --------
    >>> layer = Dense(3, 2)
    >>> [*layer.state_dict()], layer(torch.ones(4, 3)).shape
    (['weight', 'bias'], torch.Size([4, 2]))
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return (B, outputs) for (B, inputs)."""
        if not self._by_onednn(input):
            return super().forward(input)
        outputs: Tensor = _Affine.apply(input, self.weight, self.bias)  # type: ignore[no-untyped-call]
        return outputs

    def _by_onednn(self, x: Tensor) -> bool:
        return (
            not torch.compiler.is_compiling()  # first: a compiler cannot follow the rest
            and x.device.type == "cpu"
            and x.dtype == self.weight.dtype == torch.float32
            and x.dim() == 2
            and len(x) > 0
            and x.shape[1] == self.in_features
            and torch._C._get_mkldnn_enabled()
            and hasattr(torch.ops.mkldnn, "_linear_pointwise")
            and not torch.is_autocast_enabled("cpu")
        )


class _Affine(torch.autograd.Function):
    """x W' + b with a gradient of the same products, which has a gradient as well."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        product: Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
        return product

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        x, weight = ctx.saved_tensors
        of_x, of_weight, of_bias = ctx.needs_input_grad
        return (
            _Affine.apply(gradient, weight.t(), None) if of_x else None,  # type: ignore[no-untyped-call]
            _Affine.apply(gradient.t(), x.t(), None) if of_weight else None,  # type: ignore[no-untyped-call]
            gradient.sum(dim=0) if of_bias else None,
        )
