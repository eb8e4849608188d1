"""Which sentences are right: labels and speakers, judged as `GUIDELINES` lets a careful reader judge.

A gold sentence is compared with the predicted sentence that overlaps it most. A label is right when
it is among the accepted ones; it then counts as the gold label. A speaker is right when its name is
an accepted one, titles, determiners and case aside, or holds every word of the gold name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from model.article import NARRATOR, LabelledArticle
from model.evaluation.gold import GoldArticle, GoldSentence
from model.evaluation.predictions import Prediction, align
from model.evaluation.tally import Confusion, Floats, Metric, Sums, Tally, ratio

UNCOUNTED = frozenset(["the", "a", "an", "mr", "mrs", "ms", "dr", "sen", "rep", "gov", "sir", "lord"])
LONGER_BY = 8
"""A name that holds all words of the gold name may have so many more: a title, a role."""
COUNTS = ("sentences", "speaker_right", "named", "named_right", "full_name", "both_right")


@dataclass(frozen=True)
class Judgement:
    """One gold sentence beside its prediction."""

    gold: str
    predicted: str
    speaker_right: bool
    full_name: bool
    named: bool

    @property
    def label_right(self) -> bool:
        """Whether the label is an accepted one."""
        return self.gold == self.predicted

    @property
    def both_right(self) -> bool:
        """Whether label and speaker are right."""
        return self.label_right and self.speaker_right


@dataclass(frozen=True)
class Scores:
    """In percent; `named` leaves out sentences whose gold speaker is the narrator."""

    sentences: int
    label_accuracy: float
    label_macro_f1: float
    speaker_accuracy: float
    speaker_accuracy_named: float
    full_name_named: float
    joint_accuracy: float


def name_words(name: str) -> list[str]:
    """The words of a name that count."""
    plain = re.sub(r"'s\b", "", name.lower().replace("’", "'").replace("‘", "'")).replace(".", "")
    return [word for word in re.findall(r"[\w&]+", plain) if word not in UNCOUNTED]


def same_speaker(gold: GoldSentence, name: str) -> bool:
    """Whether `name` is the gold speaker's."""
    if NARRATOR in (gold.speaker, name):
        return name == NARRATOR and NARRATOR in (gold.speaker, *gold.speaker_accept)
    got, wanted = name_words(name), name_words(gold.speaker)
    if any(got == name_words(accepted) for accepted in (gold.speaker, *gold.speaker_accept)):
        return True
    return len(wanted) > 1 and set(wanted) <= set(got) and len(got) <= len(wanted) + LONGER_BY


def in_full(gold: GoldSentence, name: str) -> bool:
    """Whether `name` is the gold speaker's full name, titles, determiners and case aside."""
    return same_speaker(gold, name) and name_words(name) == name_words(gold.speaker)


def judge(gold: GoldArticle, predicted: LabelledArticle) -> list[Judgement]:
    """Every gold sentence beside its prediction.

    Raises:
        PredictionError: a gold sentence has none.
    """
    return judge_answers(gold, align(gold, predicted))


def judge_answers(gold: GoldArticle, prediction: Prediction) -> list[Judgement]:
    """Every gold sentence beside its answer."""
    judgements: list[Judgement] = []
    for sentence, answer in zip(gold.sentences, prediction.answers, strict=True):
        judgements.append(
            Judgement(
                gold=answer.label if answer.label in sentence.accept else sentence.label,
                predicted=answer.label,
                speaker_right=same_speaker(sentence, answer.speaker),
                full_name=in_full(sentence, answer.speaker),
                named=sentence.speaker != NARRATOR,
            )
        )
    return judgements


def sentence_columns(labels: Sequence[str]) -> tuple[str, ...]:
    """What is counted of sentences."""
    return (*COUNTS, *Confusion(labels).columns)


def count(judgements: Sequence[Judgement], labels: Sequence[str]) -> dict[str, int]:
    """Judgements counted, by column."""
    confusion = Confusion(labels)
    counts = dict.fromkeys(sentence_columns(labels), 0)
    for each in judgements:
        counts["sentences"] += 1
        counts["speaker_right"] += each.speaker_right
        counts["named"] += each.named
        counts["named_right"] += each.named and each.speaker_right
        counts["full_name"] += each.named and each.full_name
        counts["both_right"] += each.both_right
        counts[confusion.column(each.gold, each.predicted)] += 1
    return counts


def sentence_metrics(labels: Sequence[str]) -> list[Metric]:
    """The scores of sentences, in the order of tables."""
    confusion = Confusion(labels)
    return [
        Metric("label_accuracy", "label accuracy", confusion.accuracy),
        Metric("label_macro_f1", "label macro-F1", confusion.macro_f1),
        ratio("speaker_accuracy", "speaker", "speaker_right", "sentences"),
        ratio("speaker_accuracy_named", "speaker, named", "named_right", "named"),
        ratio("full_name_named", "full name, named", "full_name", "named"),
        ratio("joint_accuracy", "label and speaker", "both_right", "sentences"),
    ]


def score(judgements: Sequence[Judgement], labels: Sequence[str]) -> Scores:
    """All scores, rounded to a tenth, 0 where nothing is scored; `labels` are what macro-F1 averages over."""
    sums = Tally.of(["all"], [count(judgements, labels)], sentence_columns(labels)).sums
    values = {metric.key: _rounded(metric, sums) for metric in sentence_metrics(labels)}
    return Scores(sentences=len(judgements), **values)


def _rounded(metric: Metric, sums: Sums) -> float:
    value: Floats = metric.compute(sums)
    return round(float(value), 1) if float(value) == float(value) else 0.0
