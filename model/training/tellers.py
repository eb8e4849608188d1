"""Articles whose sentences have a known speaker and label, for the tagger: who tells each, and its stance.

The labelled news (`model.training.annotations`) and our own gold articles give no whole attributions. What
they lack is read by the tagger itself, held to what is known (self-training under constraints).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from model.article import NARRATOR
from model.decoding import TAGS, Chain, Floats, spans_of, viterbi
from model.evaluation.gold import GoldArticle, GoldSentence, read_gold
from model.hearing import STANCES, TELLERS
from model.spans import Span
from model.training.annotations import Frame, annotated_articles
from model.training.ear import UNKNOWN
from model.training.examples import Annotated, Ints, Told, predict, untagged, word_span
from model.training.gold import DESCRIBED, QUOTED, TOLD, TRAIN, sources_in
from model.training.tagger import StatementTagger
from model.windows import Words, read_words

RULED_OUT = -1e3
"""Added to the emission of a tag that is known to be wrong."""

NOWHERE = Span(0, 0)
"""A source or a cue that a sentence lacks."""
UNMARKED = Span(-1, -1)
"""A source that nobody has marked, be there one or not."""

Known = tuple[GoldArticle, list[Frame]]


def known_articles(corpora: Path, held_out: set[str], part: str = "train") -> list[Known]:
    """The labelled news of a part; with those to learn from also our own gold articles."""
    found = annotated_articles(part, corpora, held_out)
    if part != "train":
        return found
    ours = [article for path in (TRAIN, TOLD, QUOTED, DESCRIBED) for article in read_gold(path)]
    return [*found, *annotated_articles("picked", corpora, held_out), *map(own, ours)]


def own(article: GoldArticle) -> Known:
    """A gold article of ours, with the places of its sources; unknown ones where no statement is marked."""
    if not article.statements:
        return article, [Frame(UNMARKED, NOWHERE)] * len(article.sentences)
    return article, [Frame(_own_source(article, sentence), NOWHERE) for sentence in article.sentences]


def _own_source(article: GoldArticle, sentence: GoldSentence) -> Span:
    """The source in a sentence that means its speaker, by name or else, as "he" may, the first of all."""
    span = Span(sentence.start, sentence.end)
    every = (source for statement in article.statements for source in statement.source if span.covers(source))
    return next(sources_in(article, sentence), None) or next(every, NOWHERE)


def told(words: Words, article: GoldArticle, frames: Sequence[Frame]) -> Iterator[Told]:
    """Who tells each sentence, of those that hold a word, and its stance where readers agree."""
    for sentence, frame in zip(article.sentences, frames, strict=True):
        begin, end = word_span(words, Span(sentence.start, sentence.end))
        if begin < end:
            teller, source = _teller(words, sentence, frame)
            stance = STANCES.index(sentence.label) if len(sentence.accept) == 1 else UNKNOWN
            yield Told(begin, end, teller, stance, source)


def _teller(words: Words, sentence: GoldSentence, frame: Frame) -> tuple[int, int]:
    """The place in `TELLERS` and the first word of the source, as far as they are known."""
    if sentence.speaker == NARRATOR:
        return TELLERS.index("narrator"), UNKNOWN
    if frame.source == UNMARKED:
        return UNKNOWN, UNKNOWN
    begin, end = word_span(words, frame.source)
    inside = begin < end and sentence.start <= words.start[begin] < sentence.end
    return (TELLERS.index("source"), begin) if inside else (TELLERS.index("before"), UNKNOWN)


def with_tellers(
    annotated: Sequence[Annotated], names: Sequence[str], known: Sequence[Known]
) -> list[Annotated]:
    """Annotated articles of these names, with the tellers of those that are known."""
    by_name = {article.id: (article, frames) for article, frames in known}
    return [
        replace(one, told=tuple(told(one.words, *by_name[name]))) if name in by_name else one
        for one, name in zip(annotated, names, strict=True)
    ]


def annotated_without_tags(tokenizer: Tokenizer, known: Sequence[Known]) -> list[Annotated]:
    """The articles with their tellers and stances, and no tags."""
    read = [(read_words(tokenizer, article.text), article, frames) for article, frames in known]
    return [untagged(words, article.text, told(words, article, frames)) for words, article, frames in read]


def read_silver(
    model: StatementTagger, special: tuple[int, int], articles: Iterable[tuple[Annotated, Sequence[Frame]]]
) -> list[Annotated]:
    """Articles with the tags that the tagger gives them, held to the sources and cues that are known."""
    model.eval()
    chain = Chain.legal(
        *(p.detach().float().cpu().numpy() for p in (model.transitions, model.begin, model.finish))
    )
    return [_silver(model, special, chain, article, frames) for article, frames in articles]


def _silver(
    model: StatementTagger,
    special: tuple[int, int],
    chain: Chain,
    article: Annotated,
    frames: Sequence[Frame],
) -> Annotated:
    words = article.words
    emission, *_ = predict(model, words, special)
    links: dict[int, int] = {}
    for frame in frames:
        hold(emission, word_span(words, frame.source), "source")
        hold(emission, word_span(words, frame.cue), "cue")
        if frame.source.end > frame.source.start and frame.cue.end > frame.cue.start:
            links[word_span(words, frame.source)[0]] = word_span(words, frame.cue)[0]
    tags: Ints = viterbi(emission, chain)
    starts = {span.begin for span in spans_of(tags)}
    links = {source: cue for source, cue in links.items() if source in starts and cue in starts}
    return replace(article, tags=tags, links=links)


def hold(emission: Floats, span: tuple[int, int], kind: str) -> None:
    """Rule out every other tag of the words of a span of this kind."""
    begin, end = span
    for place in range(begin, end):
        wanted = TAGS.index(f"{'B' if place == begin else 'I'}-{kind}")
        others = np.arange(len(TAGS)) != wanted
        emission[place, others] += RULED_OUT
    if begin < end < len(emission):
        emission[end, TAGS.index(f"I-{kind}")] += RULED_OUT
