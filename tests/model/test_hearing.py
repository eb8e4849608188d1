"""Who tells a sentence and with what stance, from what its words say of that."""

import numpy as np
import pytest

from model.hearing import HEARD_WIDTH, LEAST, POOLED, STANCES, TELLERS, hear, tellers_and_stances
from model.spans import Span

STARTS = np.array([0, 4, 8, 20, 25])


def signs(**values: tuple[int, float, float]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """For a teller or a stance a word, the value that it gives and its weight; the others give nothing."""
    found = np.zeros((len(STARTS), HEARD_WIDTH), dtype=np.float32)
    for name, (word, value, weight) in values.items():
        place = (*TELLERS, *STANCES).index(name)
        found[word, place] = value
        found[word, POOLED + place] = weight
    return found


def test_probabilities_sum_to_one() -> None:
    chance = np.random.default_rng(1).standard_normal((5, HEARD_WIDTH)).astype(np.float32)
    for found in tellers_and_stances(chance, [(0, 3), (3, 5), (2, 2)]):
        np.testing.assert_allclose(np.exp(found[:2]).sum(axis=1), 1, rtol=1e-5)
        assert found[2].tolist() == [0, LEAST, LEAST]


def test_a_word_counts_by_its_weight() -> None:
    unsure, sure = (
        tellers_and_stances(signs(source=(1, 4.0, weight)), [(0, 3)])[0][0] for weight in (0.0, 9.0)
    )
    assert unsure[1] < sure[1]
    assert sure[1] == pytest.approx(4 - np.log(np.exp(4) + 2), abs=0.01)


def test_what_is_heard_of_a_sentence_is_its_own() -> None:
    heard = hear(signs(source=(1, 9.0, 9.0), before=(3, 9.0, 9.0)), STARTS, [Span(0, 12), Span(20, 30)])
    assert heard.teller(0, "source") > heard.teller(0, "before")
    assert heard.teller(1, "before") > heard.teller(1, "source")
    assert heard.teller(1, "narrator") == LEAST


def test_a_stance_is_heard_beside_the_teller() -> None:
    heard = hear(
        signs(denial=(1, 9.0, 9.0), condemnation=(3, 99.0, 9.0)), STARTS, [Span(0, 12), Span(20, 30)]
    )
    assert [STANCES[place] for place in heard.stances.argmax(axis=1)] == ["denial", "condemnation"]
    assert heard.stances.min() == LEAST
    assert heard.tellers[0] == pytest.approx(np.log(1 / 3))


def test_where_the_source_begins() -> None:
    given = signs()
    given[1, -1] = 9
    heard = hear(given, STARTS, [Span(0, 12), Span(20, 30)])
    assert heard.opening(Span(4, 7)) > np.log(0.99)
    assert heard.opening(Span(0, 3)) < np.log(0.01)
    assert heard.opening(Span(20, 24)) == pytest.approx(np.log(0.5))
    assert heard.opening(Span(13, 19)) == LEAST
