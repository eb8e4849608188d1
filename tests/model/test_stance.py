"""Stance: from what the NLI model finds likely to what a label's score says."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from model.article import NARRATOR
from model.entailment import CheckpointError, Pair
from model.entailment.dummy import DummyEntailment
from model.hearing import STANCES
from model.labels import DEFAULT_LABELS, Label, LabelSet
from model.stance import SAYING, Calibration, Question, Stance, bounded, calibrated, is_heard, joined, stances

PRAISE = LabelSet(
    (
        Label("praise", ("{speaker} praises.", "{speaker} applauds.")),
        Label("plain", ("{speaker} speaks.",), unmarked=True),
        Label("threat", ("{speaker} threatens.", "Somebody threatens.", "{speaker} warns.")),
    )
)
ANA = Question("Ana spoke.", "Ana")


class Sure(DummyEntailment):
    """Entails each hypothesis as told, everything else with a tenth."""

    def __init__(self, **told: float) -> None:
        super().__init__()
        self.told = told
        self.asked: list[Pair] = []

    def predict(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        self.asked += pairs
        rows = [
            next((value for word, value in self.told.items() if word in pair.hypothesis), 0.1)
            for pair in pairs
        ]
        return np.array([[row, 1 - row, 0] for row in rows], dtype=np.float32)


def ask(entailment: DummyEntailment, question: Question = ANA, **values: Any) -> Stance:
    return stances(entailment, [question], PRAISE, Calibration(**values))[0]


@settings(max_examples=40)
@given(
    st.lists(st.builds(Question, st.text(max_size=9), st.sampled_from(["Ana", NARRATOR])), max_size=4),
    st.floats(0.1, 9),
    st.floats(-9, 9),
    st.floats(-9, 9),
)
def test_scores_are_distributions_in_the_order_of_the_labels(
    questions: list[Question], temperature: float, unmarked: float, narrator: float
) -> None:
    calibration = Calibration(temperature, unmarked, narrator)
    for labels in (DEFAULT_LABELS, PRAISE):
        found = stances(DummyEntailment(), questions, labels, calibration)
        assert len(found) == len(questions)
        for stance in found:
            assert tuple(stance.scores) == labels.names
            assert math.isclose(sum(stance.scores.values()), 1, abs_tol=1e-9)
            assert stance.scores[stance.label] == max(stance.scores.values())


def test_every_hypothesis_is_asked_about_the_speaker_in_order_and_of_others_whether_they_say_a_thing() -> (
    None
):
    entailment = Sure()
    stances(entailment, [ANA, Question("It rained.", NARRATOR)], PRAISE, Calibration())
    wordings = [wording for label in PRAISE for wording in label.hypotheses]
    for premise, name, more in (("Ana spoke.", "Ana", [SAYING]), ("It rained.", "The author", [])):
        asked = [pair.hypothesis for pair in entailment.asked if pair.premise == premise]
        assert asked[: len(wordings)] == [wording.replace("{speaker}", name) for wording in wordings]
        assert asked[len(wordings) :] == [wording.replace("{speaker}", name) for wording in more]


@pytest.mark.parametrize("word", ["praises", "applauds"])
def test_a_label_is_as_likely_as_its_best_hypothesis(word: str) -> None:
    assert ask(Sure(**{word: 0.9})).scores == ask(Sure(praises=0.9, applauds=0.9)).scores
    assert ask(Sure(**{word: 0.9})).label == "praise"


@pytest.mark.parametrize(("word", "label"), [("speaks", "plain"), ("warns", "threat"), ("praises", "praise")])
def test_each_label_answers_for_its_own_hypotheses(word: str, label: str) -> None:
    assert ask(Sure(**{word: 0.9})).label == label


def test_scores_are_the_softmax_of_log_odds() -> None:
    found = ask(Sure(praises=0.8, speaks=0.5, warns=0.2), temperature=2.0)
    weights = [math.sqrt(4), math.sqrt(1), math.sqrt(1 / 4)]
    np.testing.assert_allclose(list(found.scores.values()), [w / sum(weights) for w in weights], rtol=1e-5)


def test_certainty_stays_a_number() -> None:
    for sure in (Sure(praises=1.0, applauds=1.0, speaks=1.0, warns=1.0), Sure(speaks=0.0)):
        assert all(math.isfinite(score) for score in ask(sure, temperature=0.05).scores.values())


def test_a_high_temperature_levels_and_keeps_the_order() -> None:
    sharp, soft = (ask(Sure(praises=0.9), temperature=t) for t in (0.5, 5.0))
    assert sharp.scores["praise"] > soft.scores["praise"] > soft.scores["plain"]


def test_offsets_are_the_unmarked_label_s_and_the_narrator_s() -> None:
    narrator = ANA._replace(name=NARRATOR)
    even = {"praises": 0.5, "speaks": 0.5, "threatens": 0.5}
    plain = ask(Sure(**even)).scores
    assert ask(Sure(**even), unmarked=1.0).scores["plain"] > plain["plain"]
    assert ask(Sure(**even), unmarked=-1.0).scores["plain"] < plain["plain"]
    assert ask(Sure(**even), narrator=1.0).scores == plain
    assert ask(Sure(**even), narrator, narrator=1.0).scores == ask(Sure(**even), unmarked=1.0).scores
    moved = ask(Sure(praises=0.7), unmarked=2.0).scores
    kept = ask(Sure(praises=0.7)).scores
    assert moved["praise"] / moved["threat"] == pytest.approx(kept["praise"] / kept["threat"])


def test_a_set_without_an_unmarked_label_has_no_offset() -> None:
    labels = LabelSet(tuple(Label(label.name, label.hypotheses) for label in PRAISE))
    odds = np.array([[1.0, 0.0, -1.0]])
    plain, shifted = (calibrated(odds, np.array([True]), labels, Calibration(1.0, u, u)) for u in (0.0, 5.0))
    np.testing.assert_array_equal(plain, shifted)


@pytest.mark.parametrize(("entailed", "odds"), [(0.5, 0.0), (0.9, 2.197), (0.1, -2.197)])
def test_the_log_odds_that_anything_is_said_come_with_the_stance(entailed: float, odds: float) -> None:
    assert ask(Sure(something=entailed)).said == pytest.approx(odds, abs=1e-3)


def test_no_question_no_answer() -> None:
    assert stances(DummyEntailment(), [], PRAISE, Calibration()) == []


def test_a_calibration_is_read_from_its_folder(tmp_path: Path) -> None:
    assert Calibration.load(tmp_path) == Calibration()
    (tmp_path / "calibration.json").write_text(json.dumps({"temperature": 2.5, "narrator": 1.5}))
    assert Calibration.load(tmp_path) == Calibration(temperature=2.5, narrator=1.5)


def test_a_joint_calibration_is_read_with_the_other(tmp_path: Path) -> None:
    values = {"temperature": 2.5, "joint": {"unmarked": -1.0, "heard": 0.5}}
    (tmp_path / "calibration.json").write_text(json.dumps(values))
    joint = Calibration(unmarked=-1.0, heard=0.5)
    assert Calibration.load(tmp_path) == Calibration(temperature=2.5, joint=joint)


def test_the_default_labels_are_heard_in_any_order_and_no_others() -> None:
    labels = tuple(DEFAULT_LABELS)
    assert is_heard(LabelSet(labels[::-1]))
    assert not is_heard(LabelSet(labels[:2]))
    assert not is_heard(LabelSet((*labels[:2], Label(labels[2].name, ("{speaker} curses.",)))))
    assert not is_heard(PRAISE)


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_heard_counts_by_its_weight(turned: bool) -> None:
    labels = LabelSet(tuple(DEFAULT_LABELS)[::-1]) if turned else DEFAULT_LABELS
    given = [Stance(dict(zip(STANCES, (0.5, 0.3, 0.2), strict=True)), 0.5, (0.0, 0.0, 0.0))]
    heard = np.log(np.array([[0.2, 0.7, 0.1]], dtype=np.float32))
    for weight, sharpness in ((0.0, 0.0), (1.0, 1.0), (2.0, 2.0)):
        (found,) = joined(given, heard, np.ones(1), np.array([False]), labels, Calibration(heard=weight))
        expected = np.array([0.2, 0.7, 0.1]) ** sharpness
        assert tuple(found.scores) == labels.names
        assert [found.scores[name] for name in STANCES] == pytest.approx(expected / expected.sum())
        assert found.said == 0.5
    nobody = np.zeros(0, dtype=np.bool_)
    assert joined([], heard[:0], np.zeros(0), nobody, labels, Calibration()) == []


def test_what_is_heard_of_somebody_else_does_not_count() -> None:
    given = [Stance(dict(zip(STANCES, (0.5, 0.3, 0.2), strict=True)), 0.5, (0.0, 0.0, 0.0))]
    heard = np.log(np.array([[0.2, 0.7, 0.1]], dtype=np.float32))
    for agreed in (0.0, 0.25, 1.0):
        (found,) = joined(
            given, heard, np.array([agreed]), np.array([False]), DEFAULT_LABELS, Calibration(heard=1.0)
        )
        expected = agreed * np.array([0.2, 0.7, 0.1]) + (1 - agreed) * np.array([0.5, 0.3, 0.2])
        assert list(found.scores.values()) == pytest.approx(expected)


@pytest.mark.parametrize(
    "content", ["", "{", "[1]", '{"temprature": 2}', "7", '{"joint": 3}', '{"joint": {"hear": 3}}']
)
def test_what_is_no_calibration_is_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "calibration.json").write_text(content)
    with pytest.raises(CheckpointError, match=r"calibration\.json cannot be read"):
        Calibration.load(tmp_path)


def test_who_says_nothing_takes_no_stance() -> None:
    labels = LabelSet(
        (
            Label("calm", ("{speaker} speaks.",), unmarked=True),
            Label("praise", ("{speaker} praises.",)),
            Label("threat", ("{speaker} threatens.",)),
        )
    )
    scores = np.array([[0.1, 0.6, 0.3]] * 4)
    said = np.array([-9.0, -1.0, 0.0, 9.0])
    found = bounded(scores, said, labels, Calibration(temperature=2.0))
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_allclose(found[2:], scores[2:])
    assert found.argmax(axis=1).tolist() == [0, 1, 1, 1]
    assert found[0, 1] == pytest.approx(2 * found[0, 2])
    none = LabelSet(tuple(Label(name, ("{speaker} speaks.",)) for name in "abc"))
    np.testing.assert_allclose(bounded(scores, said, none, Calibration()), scores)
