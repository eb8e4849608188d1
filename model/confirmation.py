"""Which doubtful attributions are believed: those whose source the NLI model hears deny or condemn.

The tagger learned from PolNeAR, where a content is mostly what could stand as a sentence. Whoever laughs off
a charge or hits out at a rival takes a stance as well, and the corpus marks that now and then only. So what
the tagger doubts is put to the NLI model.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from model.article import UNKNOWN
from model.entailment import Entailment
from model.labels import DEFAULT_LABELS
from model.premises import narrated_premise
from model.spans import Span
from model.stance import Question, log_odds
from model.statements import Attribution, Reading, in_order

LEAST = 1.0
"""Log-odds of a marked label from which an attribution is believed. On the dev part of our gold and the
development articles 7 of 8 are right from here on, 8 of 13 from 0 on."""


def confirmed(entailment: Entailment, readings: Sequence[Reading]) -> list[tuple[Attribution, ...]]:
    """For each reading its sure attributions and those doubtful ones that are believed, one for a sentence.

    The default labels are asked about, whatever labels a user brings: who speaks does not hang on them.
    """
    asked = [(reading, attribution) for reading in readings for attribution in reading.doubtful]
    odds, _ = log_odds(entailment, [_question(*item) for item in asked], DEFAULT_LABELS)
    marked = odds[:, [not label.unmarked for label in DEFAULT_LABELS]].max(axis=1)
    answers = iter(marked.tolist())
    return [
        in_order([*reading.sure, *_best(reading, [next(answers) for _ in reading.doubtful])])
        for reading in readings
    ]


def _best(reading: Reading, odds: Sequence[float]) -> Iterator[Attribution]:
    """The likeliest attribution of each sentence, where it is likely enough."""
    best: dict[Span, tuple[float, int]] = {}
    for number, (attribution, value) in enumerate(zip(reading.doubtful, odds, strict=True)):
        place = _sentence(reading, attribution)
        best[place] = max(best.get(place, (LEAST, -1)), (value, number))
    yield from (reading.doubtful[number] for _, number in best.values() if number >= 0)


def _question(reading: Reading, attribution: Attribution) -> Question:
    name = attribution.source.of(reading.text).strip(", ") if attribution.source is not None else UNKNOWN
    return Question(narrated_premise(reading.text, _sentence(reading, attribution)), name)


def _sentence(reading: Reading, attribution: Attribution) -> Span:
    first = attribution.content[0]
    return reading.sentences[bisect_right(reading.sentences, first.start, key=lambda span: span.start) - 1]
