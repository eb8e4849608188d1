"""Whether a speaker asserts, denies or condemns: label probabilities from entailment.

Each label's hypotheses are asked of the premise; a label is as probable as the best supported of its
hypotheses. The scores are a softmax over the labels' log-odds of entailment, with a temperature and
two offsets fitted on development data (Guo et al. 2017): one for the unmarked label, which would hold
beside any other, and one for the narrator, who seldom takes a marked stance. The tagger has learned to hear
the default labels in context (`model.hearing`): for these, the speaker of a sentence has a stance from both,
by a weighted sum of the logarithms (a product of experts, Hinton 2002), as far as it is the speaker who was
heard; or from what is heard alone, where that is an
assertion beyond doubt (`model.certainty`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.article import NARRATOR
from model.entailment import CheckpointError, Entailment, Pair, entailed_odds
from model.hearing import STANCES
from model.labels import DEFAULT_LABELS, LabelSet, render
from model.premises import spoken_name

Floats = NDArray[np.float64]

SAYING = "{speaker} says something."
"""Asked beside the labels of all but the narrator: a tagged source may act, decline or be spoken of, and say
nothing."""


class Question(NamedTuple):
    """What is asked: the stance of the speaker called `name` in `premise`."""

    premise: str
    name: str


@dataclass(frozen=True)
class Calibration:
    """Temperature of the log-odds, what is added to the unmarked label's, and for the narrator on top.

    heard: the weight of the log-probabilities that the tagger heard.
    certain: the weight of these where nothing else is asked.
    joint: the calibration of both together, where these are heard; without it they count for nothing.
    """

    temperature: float = 1.0
    unmarked: float = 0.0
    narrator: float = 0.0
    heard: float = 0.0
    certain: float = 1.0
    joint: "Calibration | None" = None

    @classmethod
    def load(cls, folder: Path) -> "Calibration":
        """The calibration of a checkpoint's folder; the neutral one where there is none.

        Raises:
            CheckpointError: the file holds something else.
        """
        path = folder / "calibration.json"
        if not path.is_file():
            return cls()
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            joint = values.pop("joint", None)
            return cls(**values, joint=cls(**joint) if joint else None)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise CheckpointError(f"{path} cannot be read: {error}") from error


@dataclass(frozen=True)
class Stance:
    """Probabilities of the labels, in their order, which sum to 1.

    `odds` are the log-odds of entailment that they come from, none where the NLI model was not asked; `said`
    are those that the speaker says anything.
    """

    scores: dict[str, float]
    said: float = 0.0
    odds: tuple[float, ...] = ()

    @property
    def label(self) -> str:
        """The most probable label."""
        return max(self.scores, key=self.scores.__getitem__)


def log_odds(
    entailment: Entailment, questions: Sequence[Question], labels: LabelSet
) -> tuple[Floats, Floats]:
    """Log-odds of entailment of the labels, shape (questions, labels), and of `SAYING`, shape (questions,).

    A label has the odds of its best supported hypothesis. That the narrator says something is not asked: 0.
    """
    templates = [hypothesis for label in labels for hypothesis in label.hypotheses]
    pairs = [_pair(question, template) for question in questions for template in templates]
    others = [place for place, question in enumerate(questions) if question.name != NARRATOR]
    pairs += [_pair(questions[place], SAYING) for place in others]
    odds = entailed_odds(entailment.predict(pairs))
    asked = len(questions) * len(templates)
    starts = np.cumsum([0, *(len(label.hypotheses) for label in labels)])[:-1]
    best: Floats = np.maximum.reduceat(odds[:asked].reshape(-1, len(templates)), starts, axis=1)
    said = np.zeros(len(questions))
    said[others] = odds[asked:]
    return best, said


def _pair(question: Question, template: str) -> Pair:
    return Pair(question.premise, render(template, spoken_name(question.name)))


def calibrated(
    odds: Floats,
    narrated: NDArray[np.bool_],
    labels: LabelSet,
    calibration: Calibration,
    heard: Floats | None = None,
) -> Floats:
    """Label probabilities of shape (questions, labels) from log-odds; `narrated` marks the narrator's.

    `heard` holds log-probabilities of the labels, of the same shape as `odds`.
    """
    shift = np.array([float(label.unmarked) for label in labels])
    offset = calibration.unmarked + calibration.narrator * narrated.astype(np.float64)
    logits = odds / calibration.temperature + offset[:, None] * shift
    if heard is not None:
        logits = logits + calibration.heard * heard
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    scores: Floats = weights / weights.sum(axis=1, keepdims=True)
    return scores


def stances(
    entailment: Entailment, questions: Sequence[Question], labels: LabelSet, calibration: Calibration
) -> list[Stance]:
    """The stance that each question asks for."""
    if not questions:
        return []
    narrated = np.array([question.name == NARRATOR for question in questions])
    odds, said = log_odds(entailment, questions, labels)
    scores = calibrated(odds, narrated, labels, calibration)
    if is_heard(labels):
        scores = bounded(scores, said, labels, calibration)
    return as_stances(scores, odds, said, labels)


def as_stances(scores: Floats, odds: Floats, said: Floats, labels: LabelSet) -> list[Stance]:
    """Rows of label probabilities as stances, with the log-odds that they come from."""
    names = labels.names
    return [
        Stance(dict(zip(names, row, strict=True)), says, tuple(own))
        for row, says, own in zip(scores.tolist(), said.tolist(), odds.tolist(), strict=True)
    ]


def is_heard(labels: LabelSet) -> bool:
    """Whether the tagger has learned to hear these labels: the default ones, in whatever order."""
    return set(labels) == set(DEFAULT_LABELS)


def joined(
    given: Sequence[Stance],
    heard: NDArray[np.floating[Any]],
    agreed: NDArray[np.floating[Any]],
    narrated: NDArray[np.bool_],
    labels: LabelSet,
    calibration: Calibration,
) -> list[Stance]:
    """The stances with what is heard of each.

    A stance is heard of whoever was heard to tell the sentence; as far as that may be somebody else than the
    speaker, the stance stays as it was given.

    Args:
        given: the stances of speakers, from the NLI model alone.
        heard: shape (stances, `STANCES`), log-probabilities.
        agreed: shape (stances,), the probabilities that the speakers are those who were heard.
        narrated: shape (stances,), whether the narrator speaks.
        labels: the labels of the stances, those that are heard.
        calibration: the joint one.
    """
    if not given:
        return []
    odds = np.array([stance.odds for stance in given])
    said = np.array([stance.said for stance in given])
    alone = np.array([[stance.scores[name] for name in labels.names] for stance in given])
    own = heard[:, [STANCES.index(name) for name in labels.names]].astype(np.float64)
    both = calibrated(odds, narrated, labels, calibration, own)
    scores = bounded(mixed(both, alone, agreed), said, labels, calibration)
    return as_stances(scores, odds, said, labels)


def bounded(scores: Floats, said: Floats, labels: LabelSet, calibration: Calibration) -> Floats:
    """Label probabilities under which nobody takes a stance who says nothing ("denied him a visa").

    The marked ones of the default labels entail that the speaker says something, so together they are no
    likelier than that, taken twice: even odds that something is said bound nothing.
    """
    unmarked = np.array([label.unmarked for label in labels])
    if not unmarked.any():
        return scores
    marked = scores[:, ~unmarked].sum(axis=1)
    most = np.minimum(1.0, 2 * np.exp(-np.logaddexp(0.0, -said / calibration.temperature)))
    kept = np.minimum(1.0, most / np.maximum(marked, 1e-9))
    freed = (1 - kept) * marked / unmarked.sum()
    found: Floats = np.where(unmarked, scores + freed[:, None], scores * kept[:, None])
    return found


def mixed(both: Floats, alone: Floats, agreed: NDArray[np.floating[Any]]) -> Floats:
    """Label probabilities (N, L): `both` as far as the speaker was heard (`agreed`, (N,)), else `alone`."""
    share = agreed.astype(np.float64)[:, None]
    scores: Floats = share * both + (1 - share) * alone
    return scores
