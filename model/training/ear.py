"""The part of the tagger that hears who tells a sentence and with what stance (`model.hearing`), in PyTorch.

It reads the states of every layer of the encoder, for the last ones know of tags and little else. With an
encoder held still, denials in the held-out news had an average precision of 7 % by the last layer's states,
and of 24 % by those of all layers.
"""

import torch
from torch import Tensor, nn

from model.hearing import HEARD_WIDTH, POOLED, TELLERS

EAR_WIDTH = 128
SOURCE_WEIGHT = 0.3
"""Of the loss of where a source begins, beside those of tellers and stances."""
UNKNOWN = -1
"""A teller, a stance or a source's place that is not known."""


class Ear(nn.Module):
    """Two layers from the states of a word, shape (…, width), to its signs, shape (…, `HEARD_WIDTH`)."""

    def __init__(self, width: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.inner = nn.Linear(width, EAR_WIDTH)
        self.outer = nn.Linear(EAR_WIDTH, HEARD_WIDTH)

    def forward(self, states: Tensor) -> Tensor:
        """The signs of words."""
        inner = torch.relu(self.inner(self.dropout(states)))
        signs: Tensor = self.outer(self.dropout(inner))
        return signs


def heard_loss(signs: Tensor, sentence: Tensor, told: Tensor, begins: Tensor) -> Tensor:
    """Cross-entropy of tellers, of stances and of where sources begin.

    Args:
        signs: shape (N, `HEARD_WIDTH`), of words.
        sentence: shape (N,), which of the S sentences a word stands in.
        told: shape (S, 2), the teller and the stance of each sentence, or `UNKNOWN`.
        begins: shape (N,), whether the source of its sentence begins at a word.
    """
    if not len(told):
        return signs.sum() * 0
    tellers, stances, openings = _heard(signs, sentence, len(told))
    sources = SOURCE_WEIGHT * openings[begins].sum() / len(told)
    return _cross_entropy(tellers, told[:, 0]) + _cross_entropy(stances, told[:, 1]) - sources


def held_loss(signs: Tensor, taught: Tensor, sentence: Tensor, sentences: int) -> Tensor:
    """How far what is heard has gone from what a teacher's signs say, as a divergence a sentence.

    Args:
        signs: shape (N, `HEARD_WIDTH`), of words.
        taught: shape (N, `HEARD_WIDTH`), the teacher's.
        sentence: shape (N,), which of the sentences a word stands in.
        sentences: how many there are.
    """
    if not sentences:
        return signs.sum() * 0
    ours, theirs = (_heard(each, sentence, sentences) for each in (signs, taught))
    tellers, stances = (divergence(ours[part], theirs[part]) for part in range(2))
    openings = (theirs[2].exp() * (theirs[2] - ours[2])).sum() / sentences
    return tellers + stances + SOURCE_WEIGHT * openings


def divergence(scores: Tensor, taught: Tensor) -> Tensor:
    """Kullback and Leibler's, from what `taught` says to what `scores` say, both of shape (N, classes)."""
    wanted = taught.log_softmax(1)
    return nn.functional.kl_div(scores.log_softmax(1), wanted, reduction="batchmean", log_target=True)


def _heard(signs: Tensor, sentence: Tensor, sentences: int) -> tuple[Tensor, Tensor, Tensor]:
    """Scores of tellers and of stances a sentence, and for each word the log-probability of an opening."""
    value, weight = signs[:, :POOLED], signs[:, POOLED:-1]
    share = _softmax_within(weight, sentence, sentences).exp()
    pooled = torch.zeros(sentences, POOLED, device=signs.device).index_add(0, sentence, share * value)
    openings = _softmax_within(signs[:, -1:], sentence, sentences).squeeze(1)
    return pooled[:, : len(TELLERS)], pooled[:, len(TELLERS) :], openings


def _cross_entropy(scores: Tensor, target: Tensor) -> Tensor:
    """The mean over those whose target is known; 0 where none is."""
    total = nn.functional.cross_entropy(scores, target, ignore_index=UNKNOWN, reduction="sum")
    return total / (target != UNKNOWN).sum().clamp(min=1)


def _softmax_within(scores: Tensor, sentence: Tensor, sentences: int) -> Tensor:
    """Log-softmax of scores (N, K) over the words of each sentence, which `sentence` (N,) gives."""
    index = sentence.unsqueeze(1).expand_as(scores)
    empty = torch.full((sentences, scores.shape[1]), -torch.inf, device=scores.device)
    largest = empty.scatter_reduce(0, index, scores.detach(), "amax")
    total = torch.zeros_like(empty).index_add(0, sentence, (scores - largest[sentence]).exp())
    return scores - (largest + total.log())[sentence]
