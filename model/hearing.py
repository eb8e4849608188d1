"""What the tagger hears of a sentence in its context: who tells it, and with what stance.

The teller is the narrator, a source in the sentence, or one before it; the stance is the teller's. For each
of these every word gives a value and a weight, and a sentence's score is the weighted mean of its words'
values (attention pooling with a query for each score); a further score says where the source that speaks
begins. Learned from labelled news (`model.training.statements`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.spans import Span

TELLERS = ("narrator", "source", "before")
"""Whose words a sentence is: the article's own, those of a source that stands in it, or of one before it."""
STANCES = ("assertion", "denial", "condemnation")
"""The stances that were learned, names of the default labels."""
POOLED = len(TELLERS) + len(STANCES)
HEARD_WIDTH = 2 * POOLED + 1
"""What a word gives: the values of tellers and stances, the weights of these, and whether a source begins."""
LEAST = -8.0
"""Log-probabilities below say nothing more."""

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Hearing:
    """What is heard of an article's sentences.

    tellers: shape (sentences, 3), log-probabilities of `TELLERS`.
    stances: shape (sentences, 3), log-probabilities of `STANCES`.
    starts, openings: shape (words,), the words' offsets in code points, and the log-probability that the
        source which speaks its sentence begins there.
    """

    tellers: Floats
    stances: Floats
    starts: Ints
    openings: Floats

    def teller(self, index: int, name: str) -> float:
        """Log-probability that `name` of `TELLERS` tells the sentence `index`."""
        return max(LEAST, float(self.tellers[index, TELLERS.index(name)]))

    def opening_word(self, sentence: Span) -> int:
        """The word of the sentence where its source most likely begins; -1 if it holds no word."""
        begin, end = np.searchsorted(self.starts, sentence).tolist()
        return begin + int(self.openings[begin:end].argmax()) if begin < end else -1

    def opening(self, source: Span) -> float:
        """Log-probability that the source of its sentence begins inside `source`."""
        begin, end = np.searchsorted(self.starts, source)
        inside = self.openings[begin:end]
        return max(LEAST, float(inside.max())) if len(inside) else LEAST


def hear(signs: Floats, starts: Ints, sentences: Sequence[Span]) -> Hearing:
    """What the signs of words, shape (words, `HEARD_WIDTH`), say of the sentences that they stand in."""
    edges = np.searchsorted(starts, [edge for sentence in sentences for edge in sentence])
    borders = [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]
    openings = np.full(len(starts), LEAST, dtype=np.float32)
    for begin, end in borders:
        if begin < end:
            openings[begin:end] = _log_shares(signs[begin:end, -1])
    return Hearing(*tellers_and_stances(signs, borders), starts, openings)


def tellers_and_stances(signs: Floats, borders: Sequence[tuple[int, int]]) -> tuple[Floats, Floats]:
    """Log-probabilities of `TELLERS` and of `STANCES`, each of shape (sentences, 3).

    Args:
        signs: shape (words, `HEARD_WIDTH`), what each word gives.
        borders: of each sentence its first word and the one behind its last; an empty one is the narrator's,
            who asserts it.
    """
    tellers = np.full((len(borders), len(TELLERS)), LEAST, dtype=np.float32)
    stances = np.full((len(borders), len(STANCES)), LEAST, dtype=np.float32)
    tellers[:, 0] = stances[:, 0] = 0.0
    for row, (begin, end) in enumerate(borders):
        if begin < end:
            value, weight, _ = np.split(signs[begin:end], [POOLED, 2 * POOLED], axis=1)
            share = np.exp(weight - weight.max(axis=0))
            pooled = (share * value).sum(axis=0) / share.sum(axis=0)
            tellers[row] = _log_shares(pooled[: len(TELLERS)])
            stances[row] = np.maximum(LEAST, _log_shares(pooled[len(TELLERS) :]))
    return tellers, stances


def _log_shares(scores: Floats) -> Floats:
    """The logarithm of the softmax of scores, shape (N,)."""
    least = scores - scores.max()
    found: Floats = least - np.log(np.exp(least).sum())
    return found
