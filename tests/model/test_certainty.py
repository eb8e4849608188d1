"""Whose stance is not asked, and that it is the one that is heard."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from model.article import NARRATOR
from model.certainty import certain
from model.hearing import STANCES, TELLERS, Hearing
from model.labels import DEFAULT_LABELS, LabelSet
from model.reader import Reader
from model.spans import Span
from model.stance import Calibration
from model.statements import Reading
from model.voices import Article, Draft
from tests.model.test_reader import LARGEST, PEACE, QUIET, Sure, Told
from tests.model.test_selection import draft_of

TEXT = "It rained. Ana Duarte said the dam is safe."
ANA = ("Ana Duarte", "said", ["the dam is safe"])


Said = tuple[str, str, float] | tuple[str, str, float, float]
"""Who tells a sentence and with what stance, and how likely each of the two is; one number stands for both."""


def heard(*sentences: Said, opening: int = 11, opens: float = 0.999) -> Hearing:
    """What is heard of each sentence of TEXT, and where a source is heard to begin."""

    def rows(names: tuple[str, ...], place: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        likely = [(one[place], one[-1] if place else one[2]) for one in sentences]
        found = [[p if name == right else (1 - p) / 2 for name in names] for right, p in likely]
        return np.log(np.array(found, dtype=np.float32))

    starts = np.array([0, 3, 11, 15, 22])
    openings = np.log(np.where(starts == opening, opens, (1 - opens) / 4)).astype(np.float32)
    return Hearing(rows(TELLERS, 0), rows(STANCES, 1), starts, openings)


def names(draft: Draft) -> set[str]:
    return {question.name for question in certain(draft, DEFAULT_LABELS)}


@pytest.mark.parametrize(
    ("first", "second", "opening", "expected"),
    [
        (("narrator", "assertion", 0.99), ("source", "assertion", 0.99), 11, {NARRATOR, "Ana Duarte"}),
        (("narrator", "assertion", 0.96), ("source", "assertion", 0.96), 11, set()),
        (("narrator", "denial", 0.99), ("source", "condemnation", 0.99), 11, set()),
        (("before", "assertion", 0.99), ("narrator", "assertion", 0.99), 11, {NARRATOR}),
        (("narrator", "assertion", 0.99), ("source", "assertion", 0.99), 22, {NARRATOR}),
    ],
)
def test_who_is_certain(first: Said, second: Said, opening: int, expected: set[str]) -> None:
    draft = draft_of(TEXT, ANA)
    draft.hearing = heard(first, second, opening=opening)
    assert names(draft) == expected


@pytest.mark.parametrize(
    ("asserted", "told", "opens", "certain"),
    [
        (0.99, 0.75, 0.4, True),
        (0.97, 0.99, 0.99, False),
        (0.99, 0.65, 0.99, False),
        (0.99, 0.99, 0.2, False),
    ],
)
def test_that_it_is_asserted_must_be_surer_than_who_tells_it(
    asserted: float, told: float, opens: float, certain: bool
) -> None:
    draft = draft_of(TEXT, ANA)
    narrated = ("narrator", "assertion", 0.6)
    draft.hearing = heard(narrated, ("source", "assertion", told, asserted), opens=opens)
    assert names(draft) == ({"Ana Duarte"} if certain else set())


def test_nobody_is_certain_where_nothing_is_heard() -> None:
    assert certain(draft_of(TEXT, ANA), DEFAULT_LABELS) == {}


def test_a_question_that_somebody_else_shares_is_asked() -> None:
    draft = draft_of("It rained. It rained.")
    draft.hearing = heard(("narrator", "assertion", 0.99), ("narrator", "assertion", 0.5))
    assert names(draft) == set()


def test_of_two_that_share_a_question_the_least_sure_counts() -> None:
    draft = draft_of("It rained. It rained.")
    for told in ((0.999, 0.985), (0.985, 0.999)):
        draft.hearing = heard(*(("narrator", "assertion", p) for p in told))
        (stance,) = certain(draft, DEFAULT_LABELS).values()
        assert stance.scores["assertion"] == pytest.approx(0.985)


def test_what_is_heard_has_a_weight() -> None:
    draft = draft_of("It rained.")
    draft.hearing = heard(("narrator", "assertion", 0.99))
    (stance,) = certain(draft, DEFAULT_LABELS, 0.5).values()
    assert stance.scores["assertion"] == pytest.approx(0.99**0.5 / (0.99**0.5 + 2 * 0.005**0.5))


class Heard(Told):
    """Hears each text as it is told."""

    def __init__(self, **hearings: Hearing) -> None:
        super().__init__()
        self.hearings = hearings

    def read_twice(self, text: str, sentences: Sequence[Span]) -> Reading:
        return replace(super().read_twice(text, sentences), hearing=self.hearings[text[-2]])


def test_another_article_changes_nothing() -> None:
    sure, unsure = (heard(*[("narrator", "assertion", p)] * 2) for p in (0.99, 0.6))
    heard_as = Heard(a=sure, b=unsure)
    joint = replace(QUIET, joint=Calibration(heard=1.0))
    told = Reader(Sure(longest=20), heard_as, calibration=joint, selection=LARGEST, disputes=PEACE)
    articles = [Article(f"It rained and rained and rained. It {end}.") for end in "ab"]
    together = told.read_many(articles)
    assert together == [told.read(article) for article in articles]
    assert [article.truncated for article in together] == [False, True]


def reader(entailment: Sure, joint: Calibration | None) -> Reader:
    hearing = heard(("narrator", "assertion", 0.99), ("source", "assertion", 0.99))
    calibration = replace(QUIET, joint=joint)
    return Reader(
        entailment, Told(ANA, hearing=hearing), calibration=calibration, selection=LARGEST, disputes=PEACE
    )


def test_who_is_certain_is_not_asked_and_has_the_stance_that_is_heard() -> None:
    entailment = Sure(("", "denies"))
    found = reader(entailment, Calibration(heard=1.0)).read(Article(TEXT))
    assert entailment.calls == 0
    assert [sentence.label for sentence in found.sentences] == ["assertion", "assertion"]
    for sentence in found.sentences:
        assert sentence.scores == pytest.approx({"assertion": 0.99, "denial": 0.005, "condemnation": 0.005})
    assert found.statements[0].scores == found.sentences[1].scores
    assert not found.truncated


@pytest.mark.parametrize("own", [True, False])
def test_all_are_asked_for_other_labels_and_by_a_model_that_was_not_fitted_with_it(own: bool) -> None:
    entailment = Sure(("", "denies"))
    labels = LabelSet(tuple(replace(label, hypotheses=("{speaker} denies.",)) for label in DEFAULT_LABELS))
    reader(entailment, Calibration(heard=1.0) if own else None).read(Article(TEXT), labels if own else None)
    assert entailment.calls > 0
