"""Whose stance need not be asked: voices that the tagger hears, beyond doubt, assert something.

Most of an article is told by its narrator or behind a plain "said". There the NLI model has never disagreed
with what is heard so surely (`CERTAIN`), and asking it is most of a reading's cost.
"""

from math import exp, log

from model.hearing import STANCES, Hearing
from model.labels import LabelSet
from model.stance import Question, Stance
from model.voices import Draft, Voice

CERTAIN = log(0.95)
"""Log-probability, from which nothing is asked, that a voice tells the sentence and asserts it."""
SAID = 6.0
"""The log-odds that such a voice says something."""


def certain(draft: Draft, labels: LabelSet, weight: float = 1.0) -> dict[Question, Stance]:
    """The stances of the voices that are certain, by their questions.

    Of voices that share a question the least sure one counts; if that is not certain, it must be asked.

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
            sure = (_sureness(draft, hearing, index, voice), index)
            found[voice.question] = min(found.get(voice.question, sure), sure)
    return {
        question: _stance(hearing, index, labels, weight)
        for question, (sure, index) in found.items()
        if sure > CERTAIN
    }


def _sureness(draft: Draft, hearing: Hearing, index: int, voice: Voice) -> float:
    """Log-probability that the voice tells the sentence and asserts it, as far as it is heard."""
    teller = draft.teller(index, voice)
    sure = hearing.teller(index, teller) + float(hearing.stances[index, STANCES.index("assertion")])
    source = draft.source(voice)
    if teller == "source" and source is not None:
        sure += hearing.opening(source)
    return sure


def _stance(hearing: Hearing, index: int, labels: LabelSet, weight: float) -> Stance:
    heard = [exp(weight * hearing.stances[index, STANCES.index(name)]) for name in labels.names]
    return Stance({name: share / sum(heard) for name, share in zip(labels.names, heard, strict=True)}, SAID)
