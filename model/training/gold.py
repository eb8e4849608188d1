"""Passages of our own gold articles: the train part of `data/gold`, read as the reader reads.

Each sentence becomes a premise as `model.premises` makes them, with what its speakers do; speakers whom it
names without a word of theirs say nothing.
"""

from collections.abc import Iterator
from pathlib import Path

from model.article import NARRATOR
from model.evaluation.gold import GoldArticle, GoldSentence, GoldVoice, read_gold
from model.premises import narrated_premise, reported_premise
from model.spans import Span
from model.training.passages import Passage

GOLD = Path(__file__).parents[2] / "data" / "gold"
TRAIN, TOLD, QUOTED, DESCRIBED = (GOLD / f"{name}.jsonl" for name in ("train", "told", "quoted", "described"))


def gold_passages(path: Path = TRAIN) -> list[Passage]:
    """A passage for each gold sentence that careful readers label in one way only."""
    return [
        passage_of(article, sentence)
        for article in read_gold(path)
        for sentence in article.sentences
        if len(sentence.accept) == 1
    ]


def passage_of(article: GoldArticle, sentence: GoldSentence) -> Passage:
    """The sentence with the stance of everybody in it."""
    span = Span(sentence.start, sentence.end)
    stances: dict[str, frozenset[str]] = {name: frozenset() for name in _named(article, span)}
    stances[NARRATOR] = frozenset()
    for voice in sentence.also:
        if isinstance(voice, GoldVoice):
            stances[voice.speaker] = frozenset({voice.label})
    stances[sentence.speaker] = frozenset({sentence.label})
    if sentence.speaker == NARRATOR:
        return Passage(narrated_premise(article.text, span), stances)
    source = next(sources_in(article, sentence), None)
    return Passage(reported_premise(article.text, span, source, sentence.speaker), stances)


def _named(article: GoldArticle, span: Span) -> Iterator[str]:
    """Speakers whose full name stands in the sentence."""
    for speaker in article.speakers:
        if speaker.name in span.of(article.text):
            yield speaker.name


def sources_in(article: GoldArticle, sentence: GoldSentence) -> Iterator[Span]:
    """Source spans in the sentence that mean its speaker."""
    names = {sentence.speaker.casefold()}
    for speaker in article.speakers:
        if speaker.name == sentence.speaker:
            names |= {alias.casefold() for alias in speaker.aliases}
    span = Span(sentence.start, sentence.end)
    for statement in article.statements:
        for source in statement.source:
            said = source.of(article.text).casefold()
            if span.covers(source) and (said in names or sentence.speaker.casefold() in said):
                yield source
