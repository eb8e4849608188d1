"""The part of the tagger that points at who speaks a sentence (`model.pointing`), in PyTorch."""

from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn

from model.pointing import ASKING, FEATURES, FORMS, MARKS, NAMING, NEAR, NOBODY, POINT_WIDTH, Pointer

SMALL = 0.004
"""Standard deviation of the first weights: the states are large, and what the rules say is learned first."""


class PointerHead(nn.Module):
    """Two linear maps of a word's states, of all layers, and the weights of `model.pointing.Pointer`."""

    def __init__(self, width: int, dropout: float = 0.3) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.asking = nn.Linear(width, len(ASKING) * POINT_WIDTH)
        self.naming = nn.Linear(width, len(NAMING) * POINT_WIDTH)
        for layer in (self.asking, self.naming):
            nn.init.normal_(layer.weight, std=SMALL)
            nn.init.zeros_(layer.bias)
        self.near = nn.Parameter(torch.zeros(len(FORMS), NEAR))
        self.marks = nn.Parameter(torch.zeros(len(FORMS), MARKS))
        self.rules = nn.Parameter(torch.zeros(len(FORMS), len(FEATURES)))

    def forward(self, states: Tensor) -> Tensor:
        """The signs of words, shape (…, `SIGNS`), from their states, shape (…, width)."""
        shaken = self.dropout(states)
        return torch.cat([self.asking(shaken), self.naming(shaken)], dim=-1)

    def weights(self) -> Pointer:
        """What is no sign of words."""
        return Pointer(*(p.detach().float().cpu().numpy() for p in (self.near, self.marks, self.rules)))


@dataclass(frozen=True)
class Case:
    """An article with the right speakers of its sentences that somebody speaks.

    asking: shape (sentences, 3), places of words, -1 for none. form: shape (sentences,).
    speaker, first, last, mark: shape (mentions,), as in `model.pointing.Names`.
    distance: shape (sentences, mentions), buckets. rules: shape (sentences, speakers, features).
    right: shape (sentences, speakers), whether somebody is the speaker.
    """

    asking: Tensor
    form: Tensor
    speaker: Tensor
    first: Tensor
    last: Tensor
    mark: Tensor
    distance: Tensor
    rules: Tensor
    right: Tensor

    @property
    def known(self) -> Tensor:
        """Of which sentences the article names the speaker, shape (sentences,)."""
        return self.right.any(1)

    def to(self, device: torch.device) -> "Case":
        """The case on a device."""
        return Case(**{part.name: getattr(self, part.name).to(device) for part in fields(self)})


def pointed(head: PointerHead, signs: Tensor, case: Case) -> Tensor:
    """Log-probabilities, shape (sentences, speakers): what `model.pointing.point` computes.

    Args:
        head: the weights that are no signs.
        signs: shape (words, `SIGNS`), of the article's words.
        case: the article.
    """
    asks, first, last = torch.split(signs, [len(ASKING) * POINT_WIDTH, POINT_WIDTH, POINT_WIDTH], dim=1)
    by_way = asks.view(-1, len(ASKING), POINT_WIDTH)
    ways = torch.arange(len(ASKING), device=signs.device)
    query = (by_way[case.asking.clamp(min=0), ways] * (case.asking >= 0).unsqueeze(2)).sum(1)
    each = query @ (first[case.first] + last[case.last]).T / POINT_WIDTH**0.5
    each = each + head.near[case.form.unsqueeze(1), case.distance] + head.marks[case.form][:, case.mark]
    index = case.speaker.expand_as(each)
    people = torch.full(case.right.shape, NOBODY, device=signs.device)
    largest = people.scatter_reduce(1, index, each.detach(), "amax")
    total = (people - largest).exp().scatter_add(1, index, (each - largest.gather(1, index)).exp())
    rules = (case.rules * head.rules[case.form].unsqueeze(1)).sum(2)
    return (largest + total.log() + rules).log_softmax(1)


def pointed_loss(head: PointerHead, signs: Tensor, case: Case) -> Tensor:
    """Minus the log-probability of the right speakers, summed over the sentences that have one."""
    shares = pointed(head, signs, case).masked_fill(~case.right, -torch.inf)
    return -shares[case.known].logsumexp(1).sum()
