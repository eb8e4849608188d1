"""The calibration's fit, on sentences made up by numbers."""

from dataclasses import replace

import numpy as np
import pytest

from model.article import NARRATOR
from model.evaluation.gold import GoldArticle, GoldSentence
from model.hearing import Hearing
from model.labels import DEFAULT_LABELS
from model.reader import Reader
from model.stance import Calibration, calibrated
from model.training.calibrate import HEARD, Fitting, Rows, likeliest, readiest, scaled, sharpened
from tests.model.test_reader import LARGEST, Sure, Told

LABELS = len(DEFAULT_LABELS)


def rows(number: int = 600, temperature: float = 2.0) -> Rows:
    """Sentences whose labels are drawn as a calibration of this temperature says; what is heard says nothing."""
    chance = np.random.default_rng(4)
    odds = chance.normal(0, 3, (number, LABELS))
    narrated = chance.random(number) < 0.5
    heard = np.full((number, LABELS), np.log(1 / LABELS))
    truth = calibrated(odds, narrated, DEFAULT_LABELS, Calibration(temperature, -1.0, 1.0))
    gold = np.array([chance.choice(LABELS, p=row) for row in truth])
    return Rows(
        odds,
        narrated,
        heard,
        np.ones(number),
        np.eye(LABELS, dtype=np.bool_)[gold],
        gold,
        np.ones(number, dtype=np.bool_),
    )


def heard_rightly(found: Rows) -> Rows:
    """The same sentences, heard rightly."""
    heard = np.log(np.where(found.right, 0.9, 0.05))
    return found._replace(heard=heard, alone=found.scores(Calibration()))


def test_the_temperature_by_which_labels_were_drawn_is_found() -> None:
    found = likeliest(rows(3000))
    assert found.temperature == pytest.approx(2.0, rel=0.15)
    assert found.unmarked == pytest.approx(-1.0, abs=0.3)
    assert found.narrator == pytest.approx(1.0, abs=0.4)
    assert found.heard == 0.0


def test_what_is_heard_rightly_counts() -> None:
    found = heard_rightly(rows())
    fitted = likeliest(found)
    assert fitted.heard * fitted.temperature == pytest.approx(HEARD, rel=0.01)
    assert found.loss(fitted) < 0.7 * found.loss(replace(fitted, heard=0.0))


def test_nothing_is_heard_of_another_speaker() -> None:
    found = heard_rightly(rows())._replace(agreed=np.zeros(600))
    np.testing.assert_array_equal(found.scores(Calibration(heard=3.0)), found.alone)
    np.testing.assert_array_equal(found._replace(alone=None).scores(Calibration(heard=3.0)), found.alone)


def test_the_readiest_offset_is_one_whose_neighbours_do_well_too() -> None:
    peak, plateau = -3.5, -1.0

    def macro_f1(tried: Calibration) -> float:
        return 0.9 if tried.unmarked == peak else 0.8 if abs(tried.unmarked - plateau) <= 0.5 else 0.5

    assert readiest(Calibration(1.5), macro_f1) == Calibration(1.5, unmarked=plateau)


def test_sharper_scores_are_likelier_and_keep_their_labels() -> None:
    found, flat = rows(), Calibration(8.0, -0.25, 0.25)
    sharp = sharpened(found, flat)
    assert found.loss(sharp) < found.loss(flat)
    assert (found.scores(sharp).argmax(1) == found.scores(flat).argmax(1)).all()
    assert scaled(sharp, 1.0) == sharp


def test_macro_f1_takes_an_accepted_label_for_right() -> None:
    found = rows()
    likely = Calibration(2.0, -1.0, 1.0)
    place = found.scores(likely).argmax(1)
    either = found._replace(right=found.right | np.eye(LABELS, dtype=np.bool_)[place])
    assert either.macro_f1(likely) == 1.0
    assert found.macro_f1(likely) < 1.0
    assert set(place.tolist()) == set(range(LABELS))


def test_scores_are_those_that_the_reader_gives() -> None:
    text = "The dam is safe, Ana Duarte said. It rained."
    plain, joint = Calibration(1.5, -0.5, 0.5), Calibration(2.0, -0.7, 0.3, 1.1)
    tellers = np.log(np.array([[0.2, 0.7, 0.1], [0.6, 0.3, 0.1]], dtype=np.float32))
    hearing = Hearing(tellers, tellers[::-1], np.array([0]), np.zeros(1, dtype=np.float32))
    told = Told(("Ana Duarte", "said", ["The dam is safe"]), hearing=hearing)
    calibration = replace(plain, joint=joint)
    reader = Reader(Sure(("safe", "denies")), told, calibration=calibration, selection=LARGEST)
    sentences = tuple(
        GoldSentence(start=start, end=end, label=name, accept=(name,), speaker=speaker, speaker_accept=())
        for start, end, name, speaker in ((0, 33, "denial", "Ana Duarte"), (34, 44, "assertion", NARRATOR))
    )
    found = Fitting(reader, [GoldArticle(id="a", text=text, sentences=sentences)]).rows(plain)
    assert found.narrated.tolist() == [False, True]
    scores = found._replace(alone=found.scores(plain)).scores(joint)
    given = [[s.scores[name] for name in DEFAULT_LABELS.names] for s in reader.read(text).sentences]
    np.testing.assert_allclose(scores, given, rtol=1e-6)
    assert np.abs(scores - found.scores(plain)).max() > 0.05
