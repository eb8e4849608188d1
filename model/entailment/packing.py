"""One-pass form: a premise and all its hypotheses as one sequence of tokens.

The premise sees itself alone. Each hypothesis opens with a classification token of its own, has
positions that go on after the premise, and sees the premise and itself but no other hypothesis, so
a hypothesis more costs only its own few tokens and changes no other's probability.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PAD, PREMISE = -1, 0
MAX_PREMISE = 320
MAX_HYPOTHESIS = 96
MAX_SEQUENCE = 480
MAX_HYPOTHESES = 192
"""Tokens of a group's hypotheses, unless it is one: attention grows with the square of a sequence, so that
many hypotheses are cheaper in two readings of the premise than in one."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Group:
    """A premise with some of its hypotheses, as token ids with no special token."""

    premise: Sequence[int]
    hypotheses: tuple[Sequence[int], ...]

    @property
    def length(self) -> int:
        """Number of tokens of the packed sequence, special ones included."""
        return len(self.premise) + 2 + sum(len(h) + 2 for h in self.hypotheses)


@dataclass(frozen=True)
class Packed:
    """A batch of B groups, L tokens and H hypotheses at most.

    tokens, positions, segments: shape (B, L); a token's segment is 0 in the premise, k in the k-th
    hypothesis, -1 where padded. heads: shape (B, H), the place of each hypothesis' classification
    token, 0 where there is none. filled: shape (B, H), where there is one.
    """

    tokens: Ints
    positions: Ints
    segments: Ints
    heads: Ints
    filled: NDArray[np.bool_]


def split_groups(premise: Sequence[int], hypotheses: Sequence[Sequence[int]]) -> Iterator[Group]:
    """Groups that share the premise, hypotheses in order.

    None has more than `MAX_SEQUENCE` tokens, or more than `MAX_HYPOTHESES` in its hypotheses.
    """
    premise = premise[:MAX_PREMISE]
    most = min(MAX_HYPOTHESES, MAX_SEQUENCE - len(premise) - 2)
    room: list[Sequence[int]] = []
    size = 0
    for hypothesis in hypotheses:
        cut = hypothesis[:MAX_HYPOTHESIS]
        if room and size + len(cut) + 2 > most:
            yield Group(premise, tuple(room))
            room, size = [], 0
        room.append(cut)
        size += len(cut) + 2
    if room:
        yield Group(premise, tuple(room))


def pack(groups: Sequence[Group], special: tuple[int, int], pad: int = 0) -> Packed:
    """Groups as one padded batch; `special` are the ids that open and close a sequence."""
    opening, closing = special
    size = max(group.length for group in groups)
    count = max(len(group.hypotheses) for group in groups)
    tokens = np.full((len(groups), size), pad, dtype=np.int64)
    positions = np.zeros((len(groups), size), dtype=np.int64)
    segments = np.full((len(groups), size), PAD, dtype=np.int64)
    heads = np.zeros((len(groups), count), dtype=np.int64)
    filled = np.zeros((len(groups), count), dtype=np.bool_)
    for row, group in enumerate(groups):
        after = len(group.premise) + 2
        tokens[row, :after] = [opening, *group.premise, closing]
        positions[row, :after] = np.arange(after)
        segments[row, :after] = PREMISE
        place = after
        for index, hypothesis in enumerate(group.hypotheses):
            end = place + len(hypothesis) + 2
            tokens[row, place:end] = [opening, *hypothesis, closing]
            positions[row, place:end] = np.arange(after, after + end - place)
            segments[row, place:end] = index + 1
            heads[row, index] = place
            filled[row, index] = True
            place = end
    return Packed(tokens, positions, segments, heads, filled)
