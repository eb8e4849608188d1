"""Sentences whose speaker is known, as the tagger learns from them. All names are invented."""

from dataclasses import replace

import numpy as np
import pytest
from tokenizers import Tokenizer

from model.article import NARRATOR
from model.decoding import TAGS, Chain, viterbi
from model.evaluation.gold import GoldArticle, GoldSentence
from model.hearing import STANCES, TELLERS
from model.spans import Span
from model.tokens import special_tokens
from model.training.annotations import Frame
from model.training.ear import UNKNOWN
from model.training.examples import word_span
from model.training.tagger import StatementTagger
from model.training.tellers import (
    NOWHERE,
    annotated_without_tags,
    hold,
    known_articles,
    read_silver,
    told,
    with_tellers,
)
from model.windows import read_words
from tests.model.training.tiny import tiny_encoder

TEXT = "Ana zyx denies it. It rained. zyx it."
BORDERS = [(0, 18), (19, 29), (30, 37)]


def known() -> tuple[GoldArticle, list[Frame]]:
    speakers = ("Ana zyx", NARRATOR, "Ana zyx")
    labels = (("denial",), ("assertion",), ("condemnation", "denial"))
    sentences = tuple(
        GoldSentence(start=start, end=end, label=accept[0], accept=accept, speaker=speaker, speaker_accept=())
        for (start, end), speaker, accept in zip(BORDERS, speakers, labels, strict=True)
    )
    frames = [Frame(Span(0, 7), Span(8, 14)), Frame(NOWHERE, NOWHERE), Frame(NOWHERE, NOWHERE)]
    return GoldArticle(id="a", text=TEXT, sentences=sentences), frames


def test_a_sentence_is_told_by_the_narrator_a_source_or_one_before(tokenizer: Tokenizer) -> None:
    words = read_words(tokenizer, TEXT)
    found = list(told(words, *known()))
    assert [TELLERS[one.teller] for one in found] == ["source", "narrator", "before"]
    assert [one.source for one in found] == [0, UNKNOWN, UNKNOWN]
    # of the last one readers are of two minds
    assert [one.stance for one in found] == [STANCES.index("denial"), STANCES.index("assertion"), UNKNOWN]
    assert [(words.start[one.begin], words.end[one.end - 1]) for one in found] == BORDERS


def test_words_of_a_span(tokenizer: Tokenizer) -> None:
    words = read_words(tokenizer, TEXT)
    assert word_span(words, Span(0, 7)) == (0, 2)
    assert word_span(words, Span(5, 9)) == (1, 3)
    assert word_span(words, NOWHERE) == (0, 0)


def test_what_is_known_is_given_to_articles_by_name(tokenizer: Tokenizer) -> None:
    (plain,) = annotated_without_tags(tokenizer, [known()])
    assert len(plain.told) == len(BORDERS)
    bare = replace(plain, told=())
    given = with_tellers([bare, bare], ["a", "b"], [known()])
    assert [len(one.told) for one in given] == [len(BORDERS), 0]


@pytest.mark.parametrize("kind", ["source", "cue"])
def test_a_known_span_is_decoded_whatever_the_network_says(kind: str) -> None:
    chance = np.random.default_rng(3)
    emission = (chance.standard_normal((6, len(TAGS))) * 9).astype(np.float32)
    chain = Chain.legal(*(np.zeros(shape, dtype=np.float32) for shape in ((len(TAGS), len(TAGS)), 7, 7)))
    hold(emission, (2, 4), kind)
    path = [TAGS[tag] for tag in viterbi(emission, chain)]
    assert path[2:4] == [f"B-{kind}", f"I-{kind}"]
    assert path[4] != f"I-{kind}"


def test_silver_tags_keep_to_what_is_known(tokenizer: Tokenizer) -> None:
    model = StatementTagger(tiny_encoder(layers=1))
    (plain,) = annotated_without_tags(tokenizer, [known()])
    (silver,) = read_silver(model, special_tokens(tokenizer), [(plain, known()[1])])
    names = [TAGS[tag] for tag in silver.tags]
    assert names[:2] == ["B-source", "I-source"]
    assert names[2] == "B-cue"
    assert silver.links == {0: 2}
    assert len(silver.told) == len(BORDERS)


def test_our_own_gold_is_known_too(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.training.tellers.annotated_articles", lambda *_: [])
    articles = known_articles(None, set())  # type: ignore[arg-type]
    unmarked = [pair for pair in articles if not pair[0].statements]
    assert len(unmarked) == 15
    for one in annotated_without_tags(tokenizer, unmarked):
        assert {each.teller for each in one.told} == {TELLERS.index("narrator"), UNKNOWN}
        assert {each.stance for each in one.told} >= {0, 1, 2}
    sourced = sum(frame.source.end > frame.source.start for _, frames in articles for frame in frames)
    assert len(articles) == 459
    assert sourced > 1000
    assert known_articles(None, set(), "dev") == []  # type: ignore[arg-type]
