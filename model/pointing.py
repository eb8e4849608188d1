"""Who speaks a sentence, as the tagger points at them: every name of the article is scored for it.

What asks is where the sentence's source seems to begin, the end of the source and the beginning of the cue;
what answers are the names. A name's score is the product of what both give (a pointer network, Vinyals et al.
2015), with a bias for the distance and the kind of source; somebody's score is the sum over their names, in
probabilities, and what the rules of `model.speakers` say of them. Learned from labelled news
(`model.training.statements --point`).
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.article import Speaker
from model.gazetteer import words
from model.mentions import FIRST_PERSON, PRONOUNS
from model.names import is_acronym
from model.pronouns import GENDERS, PLURAL
from model.quotes import is_quoted
from model.spans import Span, place_of

ASKING = ("opening", "source", "cue")
"""The words of a sentence that ask."""
NAMING = ("first", "last")
"""The words of a name that answer."""
POINT_WIDTH = 24
SIGNS = (len(ASKING) + len(NAMING)) * POINT_WIDTH
"""What a word gives: as each of those that ask, then as each of those that answer."""

FORMS = ("he", "she", "they", "it", "first person", "none", "name", "description")
"""The source of a sentence; "none" where it has none."""
EDGES = " ,;:–—-"
"""What a source may begin or end with and is no part of how it names somebody: ", the foreman,"."""
NEAR = 24
"""Buckets of distance between sentences: 14 back, on a scale of square roots of 2, and 10 ahead."""
BACK = 14
MARKS = 4
"""A mention is a name or not, and stands in quotation marks or not."""
FEATURES = (
    "named by the source",
    "one sentence before",
    "two sentences before",
    "up to four sentences before",
    "under twelve sentences before",
    "long before",
    "here",
    "mentions",
    "later only",
    "soon",
    "resolved",
    "resolved too",
    "spoke last",
    "spoke before",
    "has spoken",
    "speaks next",
    "person",
    "group",
    "document",
    "unknown",
)
"""What the rules say of somebody as a sentence's speaker."""
BEFORE = np.array([1, 2, 4, 11])
"""Sentences since the last mention, up to which it counts as one, two, up to four or under twelve before."""
SOON = 2
NOBODY = -30.0
"""The score of somebody whom no word names, and the least of those who are named."""
DIGITS = 4

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Pointer:
    """Learned weights.

    near: shape (forms, `NEAR`), of a mention at this distance. marks: shape (forms, `MARKS`), of what kind.
    rules: shape (forms, features).
    """

    near: Floats
    marks: Floats
    rules: Floats

    @classmethod
    def load(cls, path: Path) -> "Pointer":
        """The weights in a JSON file.

        Raises:
            ValueError: a field is missing or has another shape.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            near, marks = (np.array(values[name], dtype=np.float32) for name in ("near", "marks"))
            table = [[values["rules"][form][name] for name in FEATURES] for form in FORMS]
            rules = np.array(table, dtype=np.float32)
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} cannot be read: {error}") from error
        if near.shape != (len(FORMS), NEAR) or marks.shape != (len(FORMS), MARKS):
            raise ValueError(f"{path} has weights of other shapes: {near.shape}, {marks.shape}")
        return cls(near, marks, rules)

    def save(self, path: Path) -> None:
        """Write the weights."""
        rules = {
            form: dict(zip(FEATURES, row, strict=True))
            for form, row in zip(FORMS, _rounded(self.rules), strict=True)
        }
        weights = {"near": _rounded(self.near), "marks": _rounded(self.marks), "rules": rules}
        path.write_text(json.dumps(weights) + "\n", encoding="utf-8")


class Pointing(NamedTuple):
    """What the tagger gives of an article's words.

    starts: shape (words,), code points. signs: shape (words, `SIGNS`).
    """

    starts: Ints
    signs: Floats
    pointer: Pointer


class Telling(NamedTuple):
    """A sentence with what the rules know of who tells it.

    opening: the word where its source seems to begin. source, cue: of its first attribution, where they stand
    in the sentence. resolved: whom the rules see, by their places among the speakers. firm: the first of them
    has an attribution or a quotation there.
    """

    opening: int
    source: Span | None
    cue: Span | None
    resolved: Sequence[int]
    firm: bool

    def form(self, text: str) -> int:
        """The place in `FORMS` of its source."""
        return form_of(self.source.of(text) if self.source else "")


class Names(NamedTuple):
    """The mentions of speakers that answer, in the order of the speakers.

    speaker, sentence, first, last, mark: shape (mentions,); the first and the last word's place.
    """

    speaker: Ints
    sentence: Ints
    first: Ints
    last: Ints
    mark: Ints


def form_of(source: str) -> int:
    """The place in `FORMS` of a source's text; "" where there is none."""
    named = source.strip(EDGES)
    said = named.lower()
    if said in PLURAL:
        return FORMS.index("they")
    if said in GENDERS:
        return FORMS.index("he" if GENDERS[said] == "m" else "she")
    if said in ("it", "its") and not is_acronym(named):
        return FORMS.index("it")
    if said in FIRST_PERSON and not is_acronym(named):
        return FORMS.index("first person")
    if not said:
        return FORMS.index("none")
    described = named[0].islower() or said.split()[0] in words().determiners
    return FORMS.index("description" if described else "name")


def names_of(
    speakers: Sequence[Speaker], starts: Ints, sentences: Sequence[Span], quoted: Sequence[Span]
) -> Names:
    """The mentions of each speaker that begin in upper case and are no pronoun; all of one who has none.

    Args:
        speakers: somebody's place here is their number.
        starts: shape (words,), code points.
        sentences: of the article.
        quoted: the article's quotations.
    """
    rows: list[tuple[int, int, int, int, int]] = []
    for number, speaker in enumerate(speakers):
        named = [m for m in speaker.mentions if m.text[:1].isupper() and m.text.lower() not in PRONOUNS]
        for mention in named or speaker.mentions:
            first, end = np.searchsorted(starts, (mention.start, mention.end)).tolist()
            if first < end:
                mark = 2 * bool(named) + is_quoted(quoted, mention.start)
                rows.append((number, place_of(sentences, mention.start), first, end - 1, mark))
    return Names(*np.array(rows, dtype=np.int64).reshape(-1, 5).T)


def bucket(distance: Ints) -> Ints:
    """The bucket of a distance in sentences, from a mention to the sentence that asks."""
    back = np.floor(2 * np.log2(np.maximum(distance, 1))).astype(np.int64) + (distance > 0)
    return np.where(distance >= 0, np.minimum(back, BACK - 1), BACK - 1 + np.minimum(-distance, NEAR - BACK))


def rules_of(
    text: str, speakers: Sequence[Speaker], sentences: Sequence[Span], tellings: Sequence[Telling]
) -> Iterator[Floats]:
    """What the rules say of each speaker, shape (speakers, features), in one sentence after the other."""
    place = {name: number for number, name in enumerate(FEATURES)}
    kinds = np.zeros((len(speakers), len(FEATURES)), dtype=np.float32)
    bearers: dict[str, list[int]] = defaultdict(list)
    here: list[list[int]] = [[] for _ in tellings]
    for number, speaker in enumerate(speakers):
        kinds[number, place[speaker.kind]] = 1.0
        for word in _names_in(speaker.name):
            bearers[word].append(number)
        for mention in speaker.mentions:
            here[place_of(sentences, mention.start)].append(number)
    since = np.full(len(speakers), np.inf)
    count = np.zeros(len(speakers))
    spoken: list[int] = []
    for index, telling in enumerate(tellings):
        row = kinds.copy()
        since += 1
        source = telling.source.of(text) if telling.source else ""
        row[[n for word in _names_in(source) for n in bearers[word]], place["named by the source"]] = 1.0
        distance = np.searchsorted(BEFORE, since)
        row[np.arange(len(speakers)), place["one sentence before"] + distance] = 1.0
        row[here[index], place["here"]] = 1.0
        row[:, place["mentions"]] = np.log1p(count)
        row[(count == 0) & (row[:, place["here"]] == 0), place["later only"]] = 1.0
        row[[n for ahead in here[index + 1 : index + 1 + SOON] for n in ahead], place["soon"]] = 1.0
        row[list(telling.resolved), place["resolved too"]] = 1.0
        row[list(telling.resolved[:1]), place["resolved"]] = 1.0
        row[spoken[-1:], place["spoke last"]] = 1.0
        row[spoken[-2:-1], place["spoke before"]] = 1.0
        row[spoken, place["has spoken"]] = 1.0
        soon = [n for ahead in tellings[index + 1 : index + 1 + SOON] for n in ahead.resolved]
        row[soon, place["speaks next"]] = 1.0
        if telling.firm:
            first = telling.resolved[0]
            spoken = [*(number for number in spoken if number != first), first]
        np.add.at(count, here[index], 1)
        since[here[index]] = 0
        yield row


def asking_of(starts: Ints, tellings: Sequence[Telling]) -> Ints:
    """The words that ask of each sentence, in the order of `ASKING`, -1 where there is none.

    Shape (sentences, 3).
    """
    found = np.full((len(tellings), len(ASKING)), -1, dtype=np.int64)
    for row, telling in zip(found, tellings, strict=True):
        row[0] = telling.opening
        if telling.source is not None:
            row[1] = np.searchsorted(starts, telling.source.end) - 1
        if telling.cue is not None:
            row[2] = min(len(starts) - 1, int(np.searchsorted(starts, telling.cue.start)))
    return found


def point(
    pointing: Pointing,
    text: str,
    sentences: Sequence[Span],
    quoted: Sequence[Span],
    speakers: Sequence[Speaker],
    tellings: Sequence[Telling],
) -> Iterator[Floats]:
    """Log-probability that each of the speakers tells each of the sentences, if one of them does.

    Args:
        pointing: what the tagger gives.
        text: the article.
        sentences: its sentences.
        quoted: its quotations.
        speakers: everybody whom the article names.
        tellings: of each sentence.

    Yields:
        for each sentence shape (speakers,).
    """
    names = names_of(speakers, pointing.starts, sentences, quoted)
    asks, first, last = np.split(
        pointing.signs, [len(ASKING) * POINT_WIDTH, (len(ASKING) + 1) * POINT_WIDTH], axis=1
    )
    answers = first[names.first] + last[names.last]
    queries = asks.reshape(-1, len(ASKING), POINT_WIDTH)
    begins = np.flatnonzero(np.diff(names.speaker, prepend=-1))
    named = names.speaker[begins]
    places = np.arange(len(sentences))
    every = zip(
        tellings,
        asking_of(pointing.starts, tellings),
        rules_of(text, speakers, sentences, tellings),
        strict=True,
    )
    for index, (telling, asking, rules) in enumerate(every):
        form = telling.form(text)
        query = queries[asking, np.arange(len(ASKING))][asking >= 0].sum(axis=0)
        each = (answers @ query) / np.float32(POINT_WIDTH**0.5)
        each += pointing.pointer.near[form, bucket(index - places)][names.sentence]
        each += pointing.pointer.marks[form, names.mark]
        scores = np.full(len(speakers), NOBODY, dtype=np.float32)
        scores[named] = np.logaddexp(NOBODY, np.logaddexp.reduceat(each, begins)) if len(begins) else []
        scores += rules @ pointing.pointer.rules[form]
        yield scores - np.logaddexp.reduce(scores)


def _names_in(text: str) -> set[str]:
    """The words of a text that begin in upper case, without punctuation and case."""
    capital = (word for word in text.split() if word[:1].isupper())
    return {word.strip(".,’'\"").lower().removesuffix("’s").removesuffix("'s") for word in capital}


def _rounded(values: Floats) -> list[list[float]]:
    return [[round(float(value), DIGITS) for value in row] for row in values]
