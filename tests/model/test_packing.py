"""Packing: a premise and its hypotheses in one sequence, each where the model expects it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.entailment.packing import (
    MAX_HYPOTHESES,
    MAX_HYPOTHESIS,
    MAX_PREMISE,
    MAX_SEQUENCE,
    PAD,
    Group,
    pack,
    split_groups,
)

CLS, SEP = 1, 2
tokens = st.integers(3, 9)


def test_the_layout_of_a_batch() -> None:
    packed = pack([Group([5, 6], ([7], [8, 9])), Group([4], ([3],))], (CLS, SEP))
    assert packed.tokens.tolist() == [
        [CLS, 5, 6, SEP, CLS, 7, SEP, CLS, 8, 9, SEP],
        [CLS, 4, SEP, CLS, 3, SEP, 0, 0, 0, 0, 0],
    ]
    assert packed.positions.tolist() == [
        [0, 1, 2, 3, 4, 5, 6, 4, 5, 6, 7],
        [0, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0],
    ]
    assert packed.segments.tolist() == [
        [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2],
        [0, 0, 0, 1, 1, 1, *[PAD] * 5],
    ]
    assert packed.heads.tolist() == [[4, 7], [3, 0]]
    assert packed.filled.tolist() == [[True, True], [True, False]]


def test_padding_has_the_token_that_is_asked_for() -> None:
    packed = pack([Group([5, 6], ([7],)), Group([4], ([3],))], (CLS, SEP), pad=77)
    assert packed.tokens[1].tolist() == [CLS, 4, SEP, CLS, 3, SEP, 77]


@given(
    st.lists(
        st.builds(
            Group,
            st.lists(tokens, max_size=9),
            st.lists(st.lists(tokens, max_size=5), min_size=1, max_size=5).map(tuple),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_group_can_be_read_back(groups: list[Group]) -> None:
    packed = pack(groups, (CLS, SEP))
    assert packed.tokens.shape[1] == max(group.length for group in groups)
    for row, group in enumerate(groups):
        assert (packed.segments[row] != PAD).sum() == group.length
        for segment, part in enumerate([group.premise, *group.hypotheses]):
            here = packed.segments[row] == segment
            assert packed.tokens[row, here].tolist() == [CLS, *part, SEP]
            after = len(group.premise) + 2 if segment else 0
            assert packed.positions[row, here].tolist() == list(range(after, after + len(part) + 2))
            if segment:
                assert packed.filled[row, segment - 1]
                assert packed.heads[row, segment - 1] == np.flatnonzero(here)[0]
        assert packed.filled[row].sum() == len(group.hypotheses)


@given(
    st.integers(0, 2 * MAX_PREMISE),
    st.lists(st.integers(0, 2 * MAX_HYPOTHESIS), max_size=40),
)
def test_groups_hold_every_hypothesis_once_in_order_and_fit(premise: int, lengths: list[int]) -> None:
    hypotheses = [[number] * length for number, length in enumerate(lengths)]
    groups = list(split_groups([3] * premise, hypotheses))
    assert [list(h) for group in groups for h in group.hypotheses] == [h[:MAX_HYPOTHESIS] for h in hypotheses]
    for group in groups:
        assert group.hypotheses
        assert len(group.premise) == min(premise, MAX_PREMISE)
        assert group.length <= MAX_SEQUENCE
        hypotheses_only = group.length - len(group.premise) - 2
        assert len(group.hypotheses) == 1 or hypotheses_only <= MAX_HYPOTHESES


def test_groups_are_as_full_as_they_may_be() -> None:
    sizes = [len(group.hypotheses) for group in split_groups([3] * 20, [[4] * 8] * 60)]
    room = MAX_HYPOTHESES // 10
    assert sizes == [room, room, room, 60 - 3 * room]


def test_a_long_premise_leaves_its_hypotheses_less_room() -> None:
    sizes = [len(group.hypotheses) for group in split_groups([3] * MAX_PREMISE, [[4] * 8] * 20)]
    assert sizes == [(MAX_SEQUENCE - MAX_PREMISE - 2) // 10, 20 - (MAX_SEQUENCE - MAX_PREMISE - 2) // 10]


def test_without_hypotheses_there_is_nothing_to_read() -> None:
    assert list(split_groups([3, 4], [])) == []
