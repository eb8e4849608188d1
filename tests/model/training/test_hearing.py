"""The ear's training: what it reads, what it learns and how that is measured. All names are invented."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from model.article import NARRATOR
from model.hearing import STANCES, TELLERS
from model.tokens import special_tokens
from model.training.ear import UNKNOWN, Ear
from model.training.examples import Annotated, Told, states_of
from model.training.hearing import (
    SENTENCES_A_BATCH,
    Heard,
    Listener,
    as_sentences,
    epochs,
    heard,
    passages_to_learn_from,
    score,
)
from model.training.passages import Passage
from model.training.tagger import StatementTagger
from model.windows import read_words
from tests.model.training.tiny import tiny_encoder

WIDTH = 12


def sentences(number: int) -> list[Heard]:
    """Every word of a sentence shows its stance and, if it has one, its source's first word."""
    chance = np.random.default_rng(5)
    made = []
    for index in range(number):
        states = (chance.standard_normal((3 + index % 4, WIDTH)) / 4).astype(np.float16)
        stance, teller = index % 3, index % 2
        states[:, stance] += 2
        states[:, 4 + teller] += 2
        states[1, 8] += 2 * teller
        made.append(Heard(states, teller, stance, 1 if teller else UNKNOWN))
    return made


def test_the_states_are_those_of_the_sentence(tokenizer: Tokenizer) -> None:
    model = StatementTagger(tiny_encoder())
    words = read_words(tokenizer, "Ana zyx denies it. It rained.")
    told = (Told(0, 5, 1, 1, source=0), Told(5, len(words), 0, UNKNOWN))
    article = Annotated(words, np.zeros(len(words), dtype=np.int64), {}, frozenset(), "", told)
    special = special_tokens(tokenizer)
    first, second = heard(model, special, [replace(article, told=told)])
    states = states_of(model, words, special)
    assert states.shape == (len(words), 2 * model.encoder.config.hidden_size)
    np.testing.assert_allclose(first.states, states[:5], atol=0.01)
    np.testing.assert_allclose(second.states, states[5:], atol=0.01)
    assert first[1:] == (1, 1, 0)
    assert second[1:] == (0, UNKNOWN, UNKNOWN)


NOTHING: frozenset[str] = frozenset()
DENIED, CONDEMNED, ASSERTED = (frozenset({name}) for name in ("denial", "condemnation", "assertion"))


@pytest.mark.parametrize(
    ("premise", "stances", "expected"),
    [
        ("Ana denies it.", {"Ana": DENIED, NARRATOR: NOTHING}, ("source", "denial")),
        ("She denies it.", {"Ana": DENIED, NARRATOR: NOTHING}, (None, "denial")),
        ("Ana denies it, zyx says.", {"Ana": DENIED, "zyx": CONDEMNED}, None),
        ("Ana denies it, zyx says.", {"Ana": DENIED, "zyx": ASSERTED}, (None, "denial")),
        ("The court denied Ana bail.", {"The court": NOTHING, NARRATOR: ASSERTED}, ("narrator", "assertion")),
        ("It rained, Ana says.", {"Ana": ASSERTED, NARRATOR: ASSERTED}, (None, "assertion")),
    ],
)
def test_a_passage_tells_the_one_stance_that_is_taken_in_it(
    premise: str,
    stances: dict[str, frozenset[str]],
    expected: tuple[str | None, str] | None,
    tokenizer: Tokenizer,
) -> None:
    found = [one for article in as_sentences(tokenizer, [Passage(premise, stances)]) for one in article.told]
    named = [(None if one.teller == UNKNOWN else TELLERS[one.teller], STANCES[one.stance]) for one in found]
    assert named == ([expected] if expected else [])
    assert all(one.begin == 0 and one.source == UNKNOWN for one in found)


def test_passages_of_the_lexicons_are_the_same_each_time() -> None:
    first, again = passages_to_learn_from(), passages_to_learn_from()
    assert first == again
    assert len(first) > 9000


def test_an_epoch_is_every_sentence_once_in_an_order_of_its_own() -> None:
    made = sentences(SENTENCES_A_BATCH + 3)
    plan = epochs(made)
    first, again, other = plan(0), plan(0), plan(1)
    assert [len(batch) for batch in first] == [SENTENCES_A_BATCH, 3]
    assert [id(one) for batch in first for one in batch] == [id(one) for batch in again for one in batch]
    assert [id(one) for batch in first for one in batch] != [id(one) for batch in other for one in batch]
    assert {id(one) for batch in other for one in batch} == {id(one) for one in made}


def test_what_words_show_is_learned_and_measured() -> None:
    torch.manual_seed(0)
    ear = Ear(WIDTH)
    listener, made = Listener(ear), sentences(60)
    before = score(ear, made)
    optimizer = torch.optim.Adam(ear.parameters(), lr=0.01)
    listener.train()
    for _ in range(80):
        optimizer.zero_grad()
        torch.autograd.backward(listener.loss(made))
        optimizer.step()
    after = score(ear, made)
    assert after.keys() == before.keys() == {"tellers", "narrated", "denial", "condemnation"}
    assert all(value > 95 for value in after.values())
    assert min(before.values()) < 80


def test_a_stance_that_is_not_known_is_not_measured() -> None:
    torch.manual_seed(0)
    ear, made = Ear(WIDTH), sentences(30)
    others = [one._replace(stance=UNKNOWN) for one in made]
    known, more = score(ear, made), score(ear, [*made, *others])
    assert known["denial"] == pytest.approx(more["denial"])
    assert known["tellers"] == pytest.approx(more["tellers"], abs=0.1)
