"""Training for int8: linear layers that round as the shipped graph does (Jacob et al. 2018).

Weights are rounded with a scale for each output channel, activations with one for each token (Yao et al.
2022, ZeroQuant). Gradients pass through as if nothing were rounded.
"""

from typing import cast

import torch
from torch import Tensor, nn

from model.training.graph import LEVELS, NARROW_LEVELS, Codes, codes_of


class _RoundedActivations(torch.autograd.Function):
    """Eight bits for each value, in steps that each token's largest value sets."""

    @staticmethod
    def forward(_: object, states: Tensor, codes: Codes) -> Tensor:
        largest = states.abs().amax(dim=-1, keepdim=True).clamp_(min=codes.least).mul_(codes.step)
        return (states / largest).round_().clamp_(-codes.zero, codes.last - codes.zero).mul_(largest)

    @staticmethod
    def backward(_: object, *gradients: Tensor) -> tuple[Tensor, None]:
        return gradients[0], None


def rounded_activations(states: Tensor, codes: Codes) -> Tensor:
    """Activations of shape (…, width) as the graph multiplies them."""
    found: Tensor = _RoundedActivations.apply(states, codes)  # type: ignore[no-untyped-call]
    return found


def rounded_weight(weight: Tensor, levels: int = NARROW_LEVELS) -> Tensor:
    """Rows rounded to `levels` steps and a sign, the greatest value of each row kept."""
    with torch.no_grad():
        scale = (weight.abs().amax(dim=1) / levels).clamp(min=1e-8)
        zero = torch.zeros_like(scale, dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, scale, zero, 0, -levels, levels)


class RoundedLinear(nn.Linear):
    """A linear layer that multiplies rounded weights with rounded activations."""

    codes: Codes

    def forward(self, states: Tensor) -> Tensor:
        """As `nn.Linear`."""
        states = rounded_activations(states, self.codes)
        return nn.functional.linear(states, rounded_weight(self.weight), self.bias)


def round_layers(module: nn.Module) -> None:
    """Make every linear layer inside round, in place; names of weights stay as they are."""
    for name, layer in module.named_modules():
        if type(layer) is nn.Linear:
            layer.__class__ = RoundedLinear
            cast("RoundedLinear", layer).codes = codes_of(name)


@torch.no_grad()
def keep_rounded(module: nn.Module) -> None:
    """Leave in the layers that round, and in embeddings, the very weights that the graph will hold.

    What was learned are the rounded weights: in float32 they answer alike but for the activations.
    """
    for layer in module.modules():
        if isinstance(layer, RoundedLinear):
            layer.weight.copy_(rounded_weight(layer.weight))
        elif isinstance(layer, nn.Embedding):
            layer.weight.copy_(rounded_weight(layer.weight, LEVELS))
