from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from model.entailment import Pair, Unwatched
from model.entailment.cache import CachedEntailment
from model.entailment.dummy import DummyEntailment

PAIRS = [Pair(f"Premise {one}.", f"Hypothesis {two}.") for one in range(4) for two in range(3)]


class Counting(DummyEntailment):
    """Counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Pair] = []

    def predict(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        self.asked += pairs
        return super().predict(pairs)


class Watching(Unwatched):
    """Counts hits and misses."""

    def __init__(self) -> None:
        self.hits = self.misses = 0

    def cache(self, hits: int, misses: int) -> None:
        self.hits += hits
        self.misses += misses


@given(st.lists(st.lists(st.sampled_from(PAIRS), max_size=9), max_size=6), st.integers(0, 20))
def test_answers_are_the_models_whatever_was_asked_before(asked: list[list[Pair]], size: int) -> None:
    watch = Watching()
    cached = CachedEntailment(Counting(), size, watch)
    for pairs in asked:
        np.testing.assert_array_equal(cached.predict(pairs), DummyEntailment().predict(pairs))
    assert watch.hits + watch.misses == sum(map(len, asked))


def test_a_pair_is_read_once() -> None:
    model, watch = Counting(), Watching()
    cached = CachedEntailment(model, 100, watch)
    cached.predict([*PAIRS, PAIRS[0]])
    cached.predict(PAIRS)
    assert model.asked == PAIRS
    assert (watch.hits, watch.misses) == (len(PAIRS), len(PAIRS) + 1)


def test_the_least_recently_asked_leave_first() -> None:
    model = Counting()
    cached = CachedEntailment(model, 2)
    for pair in (PAIRS[0], PAIRS[1], PAIRS[0], PAIRS[2], PAIRS[0], PAIRS[1]):
        cached.predict([pair])
    assert model.asked == [PAIRS[0], PAIRS[1], PAIRS[2], PAIRS[1]]


def test_threads_may_share_it() -> None:
    cached = CachedEntailment(Counting(), 5)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(cached.predict, [PAIRS] * 50))
    for answer in found:
        np.testing.assert_array_equal(answer, DummyEntailment().predict(PAIRS))
    assert len(cached._answers) == 5


def test_it_goes_by_the_name_of_what_it_holds() -> None:
    cached = CachedEntailment(DummyEntailment(longest=3), 1)
    assert (cached.name, cached.revision) == (DummyEntailment().name, DummyEntailment().revision)
    assert cached.truncates("longer")
