"""Sentences that stand alone: of known articles, and of the NLI reporting set.

An article hardly ever is one sentence, yet people try one: "Ines Okoro denied the report." must be hers. The
passages are rich in traps, which news lacks: "the embassy denied him a visa" is the narrator's. What the
tagger hears and the choice of speakers are learned from them too.
"""

import random
from collections.abc import Iterable, Iterator

from tokenizers import Tokenizer

from model.article import NARRATOR
from model.evaluation.gold import GoldArticle, GoldSentence
from model.hearing import STANCES, TELLERS
from model.sentences import split
from model.spans import Span
from model.training.annotations import Frame
from model.training.ear import UNKNOWN
from model.training.examples import Annotated, Told, untagged
from model.training.lexicon import Lexicon
from model.training.passages import MARKED, Passage, written_passages
from model.training.tellers import NOWHERE, Known
from model.windows import read_words

ALONE = 5000
"""Sentences of articles that are learned from by themselves too, half of them the narrator's; denials and
condemnations, which are rare, go first."""


def alone(known: Iterable[Known], chance: random.Random, number: int = ALONE) -> list[Known]:
    """Sentences as articles of their own, of those that say themselves who tells them."""
    narrated: list[Known] = []
    reported: list[Known] = []
    for article, frames in known:
        for sentence, frame in zip(article.sentences, frames, strict=True):
            span = Span(sentence.start, sentence.end)
            if sentence.speaker == NARRATOR:
                narrated.append(_by_itself(article, sentence, Frame(NOWHERE, NOWHERE)))
            elif frame.source.end > frame.source.start and span.covers(frame.source):
                reported.append(_by_itself(article, sentence, frame))
    half = min(number // 2, len(narrated), len(reported))
    return [*_marked_first(narrated, half, chance), *_marked_first(reported, half, chance)]


def _marked_first(known: list[Known], number: int, chance: random.Random) -> list[Known]:
    """So many at random, of those that assert only what the marked ones leave."""
    marked, others = (
        [one for one in known if (one[0].sentences[0].label in MARKED) == wanted] for wanted in (True, False)
    )
    marked = chance.sample(marked, min(number, len(marked)))
    return [*marked, *chance.sample(others, number - len(marked))]


def _by_itself(article: GoldArticle, sentence: GoldSentence, frame: Frame) -> Known:
    span = Span(sentence.start, sentence.end)
    spans = (Span(s.start - span.start, s.end - span.start) if span.covers(s) else NOWHERE for s in frame)
    moved = sentence.model_copy(update={"start": 0, "end": span.end - span.start})
    return GoldArticle(id=article.id, text=span.of(article.text), sentences=(moved,)), [Frame(*spans)]


def passages_to_learn_from(chance: random.Random) -> list[Passage]:
    """Those written by hand and as many drawn from the lexicons."""
    lexicon, written = Lexicon(), written_passages()
    return [*written, *(lexicon.draw(chance) for _ in written)]


def as_sentences(tokenizer: Tokenizer, passages: Iterable[Passage]) -> Iterator[Annotated]:
    """Passages of one sentence with its stance; those in which several marked ones are taken are left out."""
    for passage in passages:
        marked = frozenset().union(*passage.stances.values()).intersection(MARKED)
        words = read_words(tokenizer, passage.premise)
        if len(marked) <= 1 and len(words) and len(split(passage.premise)) == 1:
            stance = STANCES.index(next(iter(marked), STANCES[0]))
            told = Told(0, len(words), teller_of(passage), stance)
            yield untagged(words, passage.premise, [told])


def teller_of(passage: Passage) -> int:
    """Who tells a passage, of `TELLERS`, where that is plain."""
    speaker = speaker_of(passage)
    if speaker is None:
        return UNKNOWN
    return TELLERS.index("narrator" if speaker == NARRATOR else "source")


def speaker_of(passage: Passage) -> str | None:
    """Whose words a passage is, where that is plain: the only one who takes a stance in it.

    Whoever acts in it, or is mentioned, says nothing: "the embassy denied him a visa" is the narrator's.
    """
    speaking = [name for name, stances in passage.stances.items() if stances]
    plain = len(speaking) == 1 and (speaking[0] == NARRATOR or speaking[0] in passage.premise)
    return speaking[0] if plain else None


def as_articles(passages: Iterable[Passage]) -> Iterator[GoldArticle]:
    """Passages of one sentence, of which it is plain who tells them, as gold articles."""
    for place, passage in enumerate(passages):
        speaker = speaker_of(passage)
        spans = split(passage.premise)
        if speaker is None or len(spans) != 1:
            continue
        accept = tuple(sorted(passage.stances[speaker] & {*MARKED})) or (STANCES[0],)
        sentence = GoldSentence(
            start=spans[0].start,
            end=spans[0].end,
            label=accept[0],
            accept=accept,
            speaker=speaker,
            speaker_accept=(),
        )
        yield GoldArticle(id=f"passage {place}", text=passage.premise, sentences=(sentence,))
