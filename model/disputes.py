"""Which claim a denial denies: disputes.

For each sentence that denies, the sentences around it are alternatives of a conditional logit
(`model.logit`), one more being that the article does not hold the claim. What is known of each: how far it
is, how much of the denial's words it has and which words it has at all, who speaks it and of whom. The
weights are learned from disputes in our gold and in public news (`model.training.disputes`).

The NLI model is not asked: that it finds a candidate entailed or contradicted by the denial told nothing
besides (of denials that are known in held-out news, F1 of the claims was 39 without it and 32 with it).
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from model.article import NARRATOR, Dispute, Sentence, SentenceRef, Speaker
from model.gazetteer import words
from model.logit import Logit, Row
from model.spans import Span
from model.speakers import mentioned

DENIAL = "denial"
"""The label whose sentences are tied to claims; a label set without it has no disputes."""
BEFORE, AFTER = 30, 4
"""How many sentences before and after a denial may hold its claim; the article's first always may."""
STEM = 5
"""Letters by which words count as one ("bribes", "bribed")."""
WORD = 0.5
"""What a word is worth beside what is known otherwise: the fit's penalty weighs four times as much on it."""
LEAST = 0.3
"""The probability from which a claim is told. Of those below a fifth are right: in cross-validation on what
is learned from, leaving them out takes precision from 49 to 56 % and F1 from 49.6 to 50.4. (Of the held-out
news, with 46 denials, it takes one right tie and two wrong ones.)"""
EARLY = 3
"""Sentences of an article's lead."""
_WORDS = re.compile(r"[^\W_]{2,}")
TURNED = (" not ", "n't ", "n’t ", " never ", " no ")


@dataclass(frozen=True)
class Scene:
    """An article's labelled sentences and speakers, as disputes are looked for in them."""

    text: str
    sentences: Sequence[Sentence]
    speakers: Sequence[Speaker]

    @cached_property
    def said(self) -> list[frozenset[str]]:
        """The words of each sentence, lower case."""
        return [frozenset(_WORDS.findall(sentence.text.lower())) for sentence in self.sentences]

    @cached_property
    def stems(self) -> list[frozenset[str]]:
        """The content words of each sentence, by their first letters."""
        return [frozenset(word[:STEM] for word in said - words().functions) for said in self.said]

    @cached_property
    def claims(self) -> list[Row]:
        """The words of each sentence, as they speak for its being a claim."""
        return [_words("claim", said) for said in self.said]

    @cached_property
    def rarity(self) -> dict[str, float]:
        """Inverse document frequency of the stems, a sentence being a document (Spärck Jones 1972)."""
        counts = Counter(stem for stems in self.stems for stem in stems)
        return {stem: math.log(1 + len(self.sentences) / count) for stem, count in counts.items()}

    @cached_property
    def named(self) -> list[frozenset[str]]:
        """The speakers whom each sentence mentions."""
        return mentioned(self.speakers, [Span(sentence.start, sentence.end) for sentence in self.sentences])

    @cached_property
    def paragraph(self) -> list[int]:
        """The number of the paragraph in which each sentence stands."""
        ends = [0, *(sentence.end for sentence in self.sentences)]
        breaks = ["\n" in self.text[end : s.start] for end, s in zip(ends, self.sentences, strict=False)]
        return [int(number) for number in np.cumsum(breaks)]

    @cached_property
    def weights(self) -> list[float]:
        """What the stems of each sentence weigh together."""
        return [self.weight(stems) for stems in self.stems]

    def weight(self, stems: frozenset[str]) -> float:
        """What stems weigh together: the squares of their rarity."""
        return sum(self.rarity[stem] ** 2 for stem in stems)


def denials(scene: Scene) -> list[int]:
    """The sentences that deny."""
    return [index for index, sentence in enumerate(scene.sentences) if sentence.label == DENIAL]


def candidates(scene: Scene, denial: int) -> list[int]:
    """The sentences that may hold the claim, the denial itself among them."""
    first = max(0, denial - BEFORE)
    near = range(first, min(len(scene.sentences), denial + AFTER + 1))
    return [0, *near] if first else list(near)


def features(scene: Scene, denial: int) -> list[Row]:
    """What is known of each candidate; the last row is that there is no claim."""
    around = candidates(scene, denial)
    pairs = {index: _of_pair(scene, denial, index) for index in around if index != denial}
    most = max((row["alike"] for row in pairs.values()), default=0.0)
    for row in pairs.values():
        row["most alike"] = float(0 < row["alike"] == most)
    rows = [pairs[index] if index != denial else _of_itself(scene, denial, most) for index in around]
    words = _words("no claim", scene.said[denial])
    return [*rows, {"no claim": 1.0, "no claim, most alike": most, **words}]


def _of_itself(scene: Scene, denial: int, most: float) -> Row:
    """What speaks for the claim being reported by the denial: "rejected the suggestion that …"."""
    reports = len(scene.sentences[denial].statements) > 1
    return {
        "itself": 1.0,
        "itself, cue of a report": float(reports),
        "itself, most alike": most,
        **_words("itself", scene.said[denial]),
    }


def _of_pair(scene: Scene, denial: int, index: int) -> Row:
    one, other = scene.sentences[denial], scene.sentences[index]
    shared = scene.stems[denial] & scene.stems[index]
    weight = scene.weight(shared)
    distance = abs(denial - index)
    paragraphs = abs(scene.paragraph[denial] - scene.paragraph[index])
    row = {
        "after": float(index > denial),
        "next": float(distance == 1),
        "distance": math.log(distance),
        "same paragraph": float(paragraphs == 0),
        "paragraphs": math.log1p(paragraphs),
        "covered": weight / max(1e-9, scene.weights[denial]),
        "opens": float(index == 0),
        "early": float(index < EARLY),
        "long": math.log1p(len(scene.said[index])),
        "shared": math.log1p(len(shared)),
        "asks": float("?" in other.text),
        "same speaker": float(one.speaker == other.speaker),
        "narrator": float(other.speaker == NARRATOR),
        "denies too": float(other.label == DENIAL),
        "unmarked": other.scores.get("assertion", 0.0),
        "names the denier": float(one.speaker in scene.named[index]),
        "named by the denial": float(other.speaker in scene.named[denial] and other.speaker != one.speaker),
        "turned": float(any(turn in f" {other.text.lower()} " for turn in TURNED)),
    }
    for kind in ("same speaker", "narrator"):
        row |= {f"{kind}, next": row[kind] * row["next"]}
    row["narrator, names the denier"] = row["narrator"] * row["names the denier"]
    # The cosine of the two sentences' stems.
    alike = weight / max(1e-9, math.sqrt(scene.weights[denial] * scene.weights[index]))
    return row | scene.claims[index] | {"alike": alike}


def _words(of: str, said: frozenset[str]) -> Row:
    return {f"{of}: {word[:STEM]}": WORD for word in said}


def find(scene: Scene, logit: Logit) -> tuple[Dispute, ...]:
    """The disputes of an article, in order of their denials.

    A denial's score is the probability that its claim is this one; it is kept from `LEAST` on, when no other
    alternative, that the article does not hold the claim among them, is more probable.
    """
    return tuple(_disputes(scene, logit))


def _disputes(scene: Scene, logit: Logit) -> Iterator[Dispute]:
    for denial in denials(scene):
        chances = logit.probabilities(features(scene, denial))
        best = int(chances.argmax())
        if best == len(chances) - 1 or chances[best] < LEAST:
            continue
        claim = candidates(scene, denial)[best]
        yield Dispute(
            denial=SentenceRef(sentence=denial),
            claim=SentenceRef(sentence=claim),
            score=float(chances[best]),
        )
