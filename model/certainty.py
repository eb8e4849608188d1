"""Whose stance need not be asked: voices that the tagger hears, beyond doubt, assert something.

Most of an article is told by its narrator or behind a plain "said". There the NLI model has never disagreed
with what is heard so surely (`CERTAIN`), and asking it is most of a reading's cost.
"""

from collections.abc import Iterator
from math import exp, log

from model.hearing import STANCES
from model.labels import LabelSet
from model.stance import Question, Stance
from model.voices import Draft, Voice

CERTAIN = log(0.95)
"""Log-probability, from which nothing is asked, that a voice tells the sentence and asserts it."""
SAID = 6.0
"""The log-odds that such a voice says something."""


def certain(draft: Draft, labels: LabelSet) -> dict[Question, Stance]:
    """The stances of the voices that are certain, by their questions; `labels` are those that are heard.

    A question that another voice of the article shares, who is not certain, must be asked.
    """
    found: dict[Question, Stance] = {}
    open_questions: set[Question] = set()
    for index, voice in _voices(draft):
        if _is_certain(draft, index, voice):
            found[voice.question] = _stance(draft, index, labels)
        else:
            open_questions.add(voice.question)
    return {question: stance for question, stance in found.items() if question not in open_questions}


def _voices(draft: Draft) -> Iterator[tuple[int, Voice]]:
    for index, voices in enumerate(draft.voices):
        yield from ((index, voice) for voice in voices)


def _is_certain(draft: Draft, index: int, voice: Voice) -> bool:
    hearing = draft.hearing
    if hearing is None:
        return False
    teller = draft.teller(index, voice)
    sure = hearing.teller(index, teller) + float(hearing.stances[index, STANCES.index("assertion")])
    source = draft.source(voice)
    if teller == "source" and source is not None:
        sure += hearing.opening(source)
    return sure > CERTAIN


def _stance(draft: Draft, index: int, labels: LabelSet) -> Stance:
    if draft.hearing is None:
        raise TypeError("nothing is heard")
    heard = [exp(draft.hearing.stances[index, STANCES.index(name)]) for name in labels.names]
    return Stance({name: share / sum(heard) for name, share in zip(labels.names, heard, strict=True)}, SAID)
