"""Which claim a denial is tied to, with weights and an NLI model that are told what to think."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from model import disputes
from model.article import NARRATOR, Extract, Sentence, Speaker
from model.disputes import BEFORE, Scene, candidates, features, find
from model.entailment import Pair
from model.entailment.dummy import DummyEntailment
from model.logit import Logit

ALIKE = Logit({"alike": 10.0, "no claim": 2.0, "itself": -9.0})
ROWS = (
    ("Auditors wrote that Tarn Works had paid bribes.", "assertion", "auditors"),
    ("It rained in Port Lell.", "assertion", NARRATOR),
    ("Olm Perrault said the works never paid bribes.", "denial", "olm"),
)


def scene(*rows: tuple[str, str, str]) -> Scene:
    text, sentences = "", []
    for index, (line, label, speaker) in enumerate(rows):
        start = len(text) + (1 if text else 0)
        text = f"{text} {line}" if text else line
        scores = {name: float(name == label) for name in ("assertion", "denial", "condemnation")}
        sentences.append(
            Sentence(
                index=index,
                start=start,
                end=len(text),
                text=line,
                label=label,
                score=1.0,
                scores=scores,
                speaker=speaker,
            )
        )
    mentions = {"auditors": "Auditors", "olm": "Olm Perrault"}
    speakers = [Speaker(id=NARRATOR, name=NARRATOR, kind="narrator")]
    for key, name in mentions.items():
        places = (
            [Extract(start=text.index(name), end=text.index(name) + len(name), text=name)]
            if name in text
            else []
        )
        speakers.append(Speaker(id=key, name=name, kind="person", mentions=tuple(places)))
    return Scene(text, sentences, speakers)


class Contradicting(DummyEntailment):
    """Finds pairs contradicted whose hypothesis holds a word."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word
        self.asked: list[Pair] = []

    def predict(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        self.asked += pairs
        rows = [(0.0, 0.0, 1.0) if self.word in pair.hypothesis else (0.0, 1.0, 0.0) for pair in pairs]
        return np.array(rows, dtype=np.float32)


def tied(*rows: tuple[str, str, str], logit: Logit = ALIKE) -> list[tuple[int, int]]:
    (found,) = find([scene(*rows)], logit, DummyEntailment())
    assert all(0 < dispute.score <= 1 for dispute in found)
    return [(dispute.denial.sentence, dispute.claim.sentence) for dispute in found]


def test_a_denial_is_tied_to_the_claim_that_it_is_about() -> None:
    assert tied(*ROWS) == [(2, 0)]


def test_disputes_of_several_articles_are_asked_together_and_kept_apart() -> None:
    model = Contradicting("bribes")
    found = find([scene(*ROWS), scene(*ROWS[:2]), scene(*ROWS)], ALIKE, model)
    assert [len(disputed) for disputed in found] == [1, 0, 1]
    assert len(model.asked) == 2


def test_without_a_denial_there_is_no_dispute() -> None:
    assert tied(*ROWS[:2]) == []


def test_a_denial_of_what_the_article_does_not_hold_is_tied_to_nothing() -> None:
    assert tied(ROWS[1], ROWS[2]) == []


def test_the_nli_model_is_asked_of_few_and_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disputes, "ASKED", 4)
    rows = [(f"Tarn Works paid bribes in year {year}.", "assertion", "auditors") for year in range(12)]
    model = Contradicting("year 7")
    (found,) = find(
        [scene(*rows, ROWS[2])], Logit({"contradicted": 5.0, "distance": 0.1, "itself": -9.0}), model
    )
    assert len(model.asked) == 4
    assert len({pair.premise for pair in model.asked}) == 1
    (near,) = find(
        [scene(*rows, ROWS[2])],
        Logit({"contradicted": 5.0, "distance": -1.0, "itself": -9.0}),
        Contradicting("year 9"),
    )
    assert near[0].claim.sentence == 9
    assert found[0].denial.sentence == 12


def test_what_is_known_of_a_pair() -> None:
    first, second, own, none = features(scene(*ROWS), 2)
    assert first["alike"] > second["alike"] == 0
    assert first["opens"] == 1.0
    assert second["narrator"] == second["next"] == 1.0
    assert own["itself"] == 1.0
    assert none["no claim, most alike"] == pytest.approx(first["alike"])


def test_who_is_named_in_claim_and_denial() -> None:
    named = features(
        scene(
            ("Auditors said Olm Perrault knew.", "assertion", "auditors"),
            ("Olm Perrault said no.", "denial", "olm"),
        ),
        1,
    )
    assert named[0]["names the denier"] == 1.0
    assert named[0]["named by the denial"] == 0.0


def test_only_sentences_around_and_the_first_are_looked_at() -> None:
    rows = [(f"It rained on day {day}.", "assertion", NARRATOR) for day in range(BEFORE + 20)]
    wide = scene(*rows)
    around = candidates(wide, BEFORE + 10)
    assert around[:2] == [0, 10]
    assert len(around) < len(rows)
    assert candidates(wide, 0)[0] == 0


def test_paragraphs() -> None:
    text = "One.\n\nTwo. Three."
    spans = [(0, 4), (6, 10), (11, 17)]
    sentences = [
        Sentence(
            index=i, start=a, end=b, text=text[a:b], label="assertion", score=1.0, scores={}, speaker=NARRATOR
        )
        for i, (a, b) in enumerate(spans)
    ]
    assert Scene(text, sentences, []).paragraph == [0, 1, 1]
