"""Sentences that stand alone, as the tagger learns from them. All names are invented."""

import random
from collections import Counter

import pytest
from tokenizers import Tokenizer

from model.article import NARRATOR
from model.evaluation.gold import GoldArticle, GoldSentence, problems
from model.hearing import STANCES, TELLERS
from model.spans import Span
from model.training.annotations import Frame
from model.training.ear import UNKNOWN
from model.training.isolated import alone, as_articles, as_sentences, passages_to_learn_from
from model.training.passages import Passage
from model.training.tellers import NOWHERE, Known, annotated_without_tags

TEXT = "It rained. Ana zyx denies it. He did. Ben abc agrees."
NOTHING: frozenset[str] = frozenset()
DENIED, CONDEMNED, ASSERTED = (frozenset({name}) for name in ("denial", "condemnation", "assertion"))


def known(ana: str = "denial") -> Known:
    told = {
        "It rained.": (NARRATOR, "assertion", Frame(NOWHERE, NOWHERE)),
        "Ana zyx denies it.": ("Ana zyx", ana, Frame(Span(11, 18), Span(19, 25))),
        # The source stands in the sentence before.
        "He did.": ("Ana zyx", "assertion", Frame(Span(11, 18), NOWHERE)),
        "Ben abc agrees.": ("Ben abc", "assertion", Frame(Span(38, 45), Span(46, 52))),
    }
    sentences = [
        GoldSentence(
            start=TEXT.index(said),
            end=TEXT.index(said) + len(said),
            label=label,
            accept=(label,),
            speaker=speaker,
            speaker_accept=(),
        )
        for said, (speaker, label, _) in told.items()
    ]
    frames = [frame for *_, frame in told.values()]
    return GoldArticle(id="a", text=TEXT, sentences=tuple(sentences)), frames


def test_a_sentence_alone_is_one_that_says_who_tells_it(tokenizer: Tokenizer) -> None:
    found = alone([known()] * 5 + [known("assertion")] * 15, random.Random(1), 20)
    assert len(found) == 20
    assert {article.text for article, _ in found} == {"It rained.", "Ana zyx denies it.", "Ben abc agrees."}
    assert sum(article.text == "It rained." for article, _ in found) == 10
    for article, (frame,) in found:
        (sentence,) = article.sentences
        assert sentence.end == len(article.text)
        if sentence.speaker != NARRATOR:
            assert frame.source.of(article.text) == sentence.speaker
            assert frame.cue.of(article.text) in {"denies", "agrees"}
    for one in annotated_without_tags(tokenizer, found):
        (told,) = one.told
        assert TELLERS[told.teller] == ("narrator" if one.text == "It rained." else "source")
        assert told.source == (UNKNOWN if one.text == "It rained." else 0)
        assert STANCES[told.stance] in ("assertion", "denial" if "denies" in one.text else "assertion")


def test_what_is_marked_stands_alone_first() -> None:
    found = alone([known()] * 5 + [known("assertion")] * 15, random.Random(1), 20)
    labels = Counter(article.sentences[0].label for article, _ in found)
    assert labels == {"denial": 5, "assertion": 15}
    few = alone([known()] * 20, random.Random(1), 20)
    assert Counter(article.text for article, _ in few) == {"It rained.": 10, "Ana zyx denies it.": 10}


def test_no_more_sentences_alone_than_there_are() -> None:
    assert len(alone([known()], random.Random(1), 100)) == 2


@pytest.mark.parametrize(
    ("premise", "stances", "expected"),
    [
        ("Ana denies it.", {"Ana": DENIED, NARRATOR: NOTHING}, ("source", "denial")),
        ("She denies it.", {"Ana": DENIED, NARRATOR: NOTHING}, (None, "denial")),
        ("Ana denies it, zyx says.", {"Ana": DENIED, "zyx": CONDEMNED}, None),
        ("Ana denies it, zyx says.", {"Ana": DENIED, "zyx": ASSERTED}, (None, "denial")),
        ("The court denied Ana bail.", {"The court": NOTHING, NARRATOR: ASSERTED}, ("narrator", "assertion")),
        ("It rained. Ana denies it.", {"Ana": DENIED, NARRATOR: NOTHING}, None),
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


def test_a_passage_of_one_sentence_is_an_article_with_its_speaker() -> None:
    passages = [
        Passage(" Ana denies it.", {"Ana": DENIED, NARRATOR: NOTHING}),
        Passage("The court denied Ana bail.", {"The court": NOTHING, NARRATOR: ASSERTED}),
        Passage("It rained. Ana denies it.", {"Ana": DENIED, NARRATOR: NOTHING}),
        Passage("She denies it.", {"Ana": DENIED, NARRATOR: NOTHING}),
        Passage("Ana denies and condemns it.", {"Ana": DENIED | CONDEMNED, NARRATOR: NOTHING}),
    ]
    first, second, both = as_articles(passages)
    assert not list(problems(first, None))
    (denial,), (refusal,), (mixed,) = first.sentences, second.sentences, both.sentences
    assert first.text[denial.start : denial.end] == "Ana denies it."
    assert (denial.speaker, denial.label, denial.accept) == ("Ana", "denial", ("denial",))
    assert (refusal.speaker, refusal.label) == (NARRATOR, "assertion")
    assert mixed.label in mixed.accept == ("condemnation", "denial")


def test_passages_of_the_lexicons_are_the_same_each_time() -> None:
    first, again = (passages_to_learn_from(random.Random(2)) for _ in range(2))
    assert first == again
    assert len(first) > 9000
