"""Our own labels of public news articles: who says each sentence, and how (`data/annotations`).

The texts stay where they are published; the labels point into them by offsets alone, so this step needs a
copy of the corpora (`data/corpora.toml`). An article whose text is another one than we labelled is refused.
"""

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from model.article import NARRATOR
from model.evaluation.gold import GoldArticle, GoldDispute, GoldSentence, GoldSpeaker, GoldVoice
from model.premises import narrated_premise, reported_premise
from model.spans import Span
from model.training.corpora import read_lines
from model.training.passages import MARKED, Passage

FOLDER = Path(__file__).parents[2] / "data" / "annotations"
LABELS = {"A": "assertion", "D": "denial", "C": "condemnation"}
DIGEST = 12
"""Hexadecimal digits of a text's SHA-256 that a line holds."""
NARRATED = 0.5
"""Of the narrator's unmarked sentences, the share that an epoch reads: they are most of an article."""
MOST_SILENT = 3
"""People who are mentioned and say nothing, at most, of whom a passage asks."""


class Frame(NamedTuple):
    """Where a sentence says who speaks: its source and its cue, empty spans where it has none."""

    source: Span
    cue: Span


def annotated_articles(part: str, corpora: Path, held_out: set[str]) -> list[tuple[GoldArticle, list[Frame]]]:
    """The articles of a part, a file of the folder, each with the frames of its sentences.

    Raises:
        ValueError: a text differs from the one that was labelled, or an article is held out.
    """
    lines = (FOLDER / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
    return [_article(json.loads(line), corpora, held_out) for line in lines]


@cache
def _texts(path: Path) -> dict[str, str]:
    return {line["doc_id"]: line["text"] for line in read_lines(path)}


def _article(line: dict[str, Any], corpora: Path, held_out: set[str]) -> tuple[GoldArticle, list[Frame]]:
    name = line["doc_id"]
    if name in held_out:
        raise ValueError(f"{name} is held out and must not be learned from")
    text = _texts(corpora / f"{line['corpus']}.jsonl.gz")[name]
    if hashlib.sha256(text.encode()).hexdigest()[:DIGEST] != line["sha256"]:
        raise ValueError(f"{name}: not the text that was labelled")

    def words(span: Sequence[int]) -> str:
        return " ".join(Span(*span).of(text).split())

    speakers = tuple(
        GoldSpeaker(name=words(first), aliases=tuple(words(span) for span in others))
        for first, *others in line["speakers"]
    )
    sentences, frames = [], []
    for start, end, labels, *rest in line["sentences"]:
        # A line ends with the last field that is not as usual.
        usual: list[Any] = [-1, None, None, []]
        number, source, cue, also = rest + usual[len(rest) :]
        accept = tuple(LABELS[letter] for letter in labels)
        sentences.append(
            GoldSentence(
                start=start,
                end=end,
                label=accept[0],
                accept=accept,
                speaker=NARRATOR if number < 0 else speakers[number].name,
                speaker_accept=() if number < 0 else speakers[number].aliases,
                also=tuple(GoldVoice(speaker=speakers[i].name, label=LABELS[letter]) for i, letter in also),
            )
        )
        frames.append(Frame(*(Span(*span) if span else Span(start, start) for span in (source, cue))))
    disputes = tuple(
        GoldDispute(denial=denial, claim=claim)
        for denial, *claims in line.get("disputes", ())
        for claim in claims
    )
    article = GoldArticle(
        id=name, text=text, sentences=tuple(sentences), speakers=speakers, disputes=disputes
    )
    return article, frames


def annotated_passages(corpora: Path, held_out: set[str], part: str = "train") -> list[Passage]:
    """A passage for each sentence that is labelled in one way only."""
    return [
        _passage(article, sentence, frame.source)
        for article, frames in annotated_articles(part, corpora, held_out)
        for sentence, frame in zip(article.sentences, frames, strict=True)
        if len(sentence.accept) == 1
    ]


def of_epoch(passages: Sequence[Passage], chance: random.Random, plain: float = 1.0) -> list[Passage]:
    """The passages of an epoch: those with a marked stance twice, of the others the share `plain`.

    Of the narrator's plain ones it is `NARRATED` of that.
    """
    found: list[Passage] = []
    for passage in passages:
        told = frozenset().union(*passage.stances.values())
        if told.isdisjoint(MARKED):
            share = plain * (NARRATED if passage.stances[NARRATOR] else 1.0)
            found += [passage] if chance.random() < share else []
        else:
            found += [passage, passage]
    return found


def _passage(article: GoldArticle, sentence: GoldSentence, source: Span) -> Passage:
    span = Span(sentence.start, sentence.end)
    stances: dict[str, frozenset[str]] = {NARRATOR: frozenset()}
    own = next((s for s in article.speakers if s.name == sentence.speaker), None)
    voices = {voice.speaker: voice.label for voice in sentence.also if isinstance(voice, GoldVoice)}
    silent = 0
    for speaker in article.speakers:
        form = next(_forms(speaker, span.of(article.text)), None)
        if speaker is own or form is None or (own is not None and _alike(form, own)):
            continue
        if speaker.name in voices:
            stances[form] = frozenset({voices[speaker.name]})
        elif silent < MOST_SILENT:
            silent += 1
            stances[form] = frozenset()
    stances[sentence.speaker] = frozenset({sentence.label})
    if sentence.speaker == NARRATOR:
        return Passage(narrated_premise(article.text, span), stances)
    here = source if source.end > source.start else None
    return Passage(reported_premise(article.text, span, here, sentence.speaker), stances)


def _forms(speaker: GoldSpeaker, sentence: str) -> Iterator[str]:
    """The names of a speaker that stand in the sentence, the longest first."""
    for form in sorted((speaker.name, *speaker.aliases), key=len, reverse=True):
        if form[:1].isupper() and form in sentence:
            yield form


def _alike(form: str, speaker: GoldSpeaker) -> bool:
    return any(form in name or name in form for name in (speaker.name, *speaker.aliases))
