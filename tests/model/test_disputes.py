"""Which claim a denial is tied to, with weights that are told what to think."""

import pytest

from model import disputes
from model.article import NARRATOR, Extract, Sentence, Speaker
from model.disputes import BEFORE, Scene, candidates, features, find
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


def tied(*rows: tuple[str, str, str], logit: Logit = ALIKE) -> list[tuple[int, int]]:
    found = find(scene(*rows), logit)
    assert all(0 < dispute.score <= 1 for dispute in found)
    return [(dispute.denial.sentence, dispute.claim.sentence) for dispute in found]


def test_a_denial_is_tied_to_the_claim_that_it_is_about() -> None:
    assert tied(*ROWS) == [(2, 0)]


def test_without_a_denial_there_is_no_dispute() -> None:
    assert tied(*ROWS[:2]) == []


def test_a_denial_of_what_the_article_does_not_hold_is_tied_to_nothing() -> None:
    assert tied(ROWS[1], ROWS[2]) == []


def test_a_claim_that_is_hardly_likelier_than_others_is_not_told() -> None:
    one, other = ROWS[0], ("Auditors wrote that Tarn Works had paid bribes again.", "assertion", "auditors")
    doubted = [("Auditors wrote that bribes had been paid.", "assertion", "auditors")] * 4
    assert tied(one, *ROWS[2:], logit=Logit({"no claim": -9.0, "itself": -9.0})) == [(1, 0)]
    assert tied(one, other, *doubted, *ROWS[2:], logit=Logit({"no claim": -9.0, "itself": -9.0})) == []


def test_what_is_known_of_a_pair() -> None:
    first, second, own, none = features(scene(*ROWS), 2)
    assert first["alike"] > second["alike"] == 0
    assert first["opens"] == 1.0
    assert second["narrator"] == second["next"] == 1.0
    assert own["itself"] == 1.0
    assert none["no claim, most alike"] == pytest.approx(first["alike"])


def test_words_tell_a_claim_from_what_else_is_near() -> None:
    first, second, own, none = features(scene(*ROWS), 2)
    assert first["claim: audit"] == own["itself: never"] == none["no claim: never"] == disputes.WORD
    assert 0 == second["covered"] < first["covered"] <= 1
    assert (first["most alike"], second["most alike"]) == (1.0, 0.0)
    telling = Logit({"claim: audit": 9.0, "no claim": 1.0})
    assert tied(*ROWS, logit=telling) == [(2, 0)]
    assert tied(*ROWS, logit=Logit({"itself: never": 9.0, "no claim": 1.0})) == [(2, 2)]


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
