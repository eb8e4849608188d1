"""Whose stance need not be asked: likely tellers of what the tagger hears, beyond doubt, to be asserted.

Most of an article is told by its narrator or behind a plain "said". There the NLI model hardly ever disagrees
with what is heard so surely, and asking it is half of a reading's cost. That the sentence is asserted must be
beyond doubt; that the voice is its teller need not. (With 0.95 for all of it together a fifth more is asked,
and of the 4,962 sentences that gainsay is measured on one more label is right.)
"""

from math import exp, inf, log

from model.hearing import STANCES, Hearing
from model.labels import LabelSet
from model.stance import Question, Stance
from model.voices import Draft, Voice

ASSERTED = log(0.98)
"""Log-probability, from which nothing is asked, that whoever tells the sentence asserts it."""
TOLD = log(0.7)
"""The same, that the voice is the kind of teller that tells it."""
OPENED = log(0.3)
"""The same, that the voice's source is where the sentence's source begins."""
SAID = 6.0
"""The log-odds that such a voice says something: as sure as the NLI model gets, for what is asserted so
surely is asserted by whoever tells it."""


def certain(draft: Draft, labels: LabelSet, weight: float = 1.0) -> dict[Question, Stance]:
    """The stances of the voices that are certain, by their questions.

    Of voices that share a question the least certain one counts; if that is in doubt, it must be asked.

    Args:
        draft: an article.
        labels: those that are heard.
        weight: of the log-probabilities that are heard (`Calibration.certain`).
    """
    hearing = draft.hearing
    if hearing is None:
        return {}
    found: dict[Question, tuple[float, int]] = {}
    for index, voices in enumerate(draft.voices):
        for voice in voices:
            here = (_asserted(draft, hearing, index, voice), index)
            found[voice.question] = min(found.get(voice.question, here), here)
    return {
        question: _stance(hearing, index, labels, weight)
        for question, (asserted, index) in found.items()
        if asserted > ASSERTED
    }


def _asserted(draft: Draft, hearing: Hearing, index: int, voice: Voice) -> float:
    """Log-probability that the sentence is asserted; minus infinity unless the voice is heard to tell it."""
    teller, source = draft.teller(index, voice), draft.source(voice)
    told = hearing.teller(index, teller) > TOLD
    if teller == "source" and source is not None:
        told = told and hearing.opening(source) > OPENED
    return float(hearing.stances[index, STANCES.index("assertion")]) if told else -inf


def _stance(hearing: Hearing, index: int, labels: LabelSet, weight: float) -> Stance:
    heard = [exp(weight * hearing.stances[index, STANCES.index(name)]) for name in labels.names]
    return Stance({name: share / sum(heard) for name, share in zip(labels.names, heard, strict=True)}, SAID)
