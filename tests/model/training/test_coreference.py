"""Pronouns whose speakers are known, and the weights that make the right antecedents likely."""

from typing import cast

import numpy as np

from model.article import NARRATOR
from model.evaluation.gold import GoldArticle, GoldSentence
from model.pronouns import FEATURES
from model.sentences import split
from model.spans import Span
from model.statements import StatementReader
from model.training.annotations import Frame
from model.training.coreference import Case, accuracy, annotated_cases, fit, vector
from tests.model.test_reader import Told

TEXT = "Rolf Maribo met Piet Vos by the old harbour. He said the wall was safe."


def sentence(index: int, speaker: str) -> GoldSentence:
    start, end = split(TEXT)[index]
    return GoldSentence(
        start=start, end=end, label="assertion", accept=("assertion",), speaker=speaker, speaker_accept=()
    )


def cases_of(speaker: str) -> list[Case]:
    article = GoldArticle(id="a", text=TEXT, sentences=(sentence(0, NARRATOR), sentence(1, speaker)))
    he = Span(TEXT.index("He "), TEXT.index("He ") + 2)
    told = cast("StatementReader", Told(("He", "said", ["the wall was safe"])))
    return list(annotated_cases(article, [Frame(Span(0, 0), Span(0, 0)), Frame(he, Span(0, 0))], told))


def test_a_pronoun_that_is_a_source_is_a_case() -> None:
    for speaker in ("Rolf Maribo", "Piet Vos"):
        (case,) = cases_of(speaker)
        assert case.kind == "he"
        assert case.rows.shape == (2, len(FEATURES))
        assert case.right.sum() == 1
    (one,), (other,) = cases_of("Rolf Maribo"), cases_of("Piet Vos")
    assert (one.right != other.right).all()


def test_a_speaker_whom_no_candidate_means_is_none() -> None:
    assert cases_of("Ana Duarte") == []


def test_weights_make_the_right_candidates_likeliest() -> None:
    place = FEATURES.index("subject")
    near = np.zeros((2, len(FEATURES)))
    near[1, place] = 1.0
    three = np.zeros((3, len(FEATURES)))
    three[2, place] = 1.0
    found = [
        Case("he", near, np.array([False, True]), 0.5),
        Case("he", three, np.array([False, False, True]), 0.5),
    ]
    weights = fit(found, 1e-3)
    assert weights[place] > 1
    assert np.flatnonzero(weights).tolist() == [place]
    assert accuracy(found, weights) == 1.0
    assert vector({"subject": 2.0})[place] == 2.0
