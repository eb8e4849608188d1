"""Who is chosen to speak a sentence, and what is known about each who might."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from model.article import NARRATOR
from model.hearing import Hearing
from model.labels import DEFAULT_LABELS, Label, LabelSet
from model.logit import Logit, Row
from model.selection import choose, features
from model.sentences import split
from model.stance import Question, Stance
from model.voices import Article, Draft
from tests.model.test_reader import LARGEST, Told

EVEN = dict.fromkeys(DEFAULT_LABELS.names, 1 / 3)
ANA = ("Ana Duarte", "said", ["the dam is safe"])


def draft_of(text: str, *told: tuple[str | None, str | None, list[str]]) -> Draft:
    return Draft(Article(text), split(text), Told(*told).read(text, split(text)))


def answers(draft: Draft, marked: Sequence[str] = (), silent: Sequence[str] = ()) -> dict[Question, Stance]:
    def stance(name: str) -> Stance:
        label = "denial" if name in marked else "assertion"
        scores = {each: 0.9 if each == label else 0.05 for each in DEFAULT_LABELS.names}
        return Stance(scores, -4.0 if name in silent else 4.0)

    return {v.question: stance(draft.names[v.speaker]) for voices in draft.voices for v in voices}


def chosen(draft: Draft, weights: Mapping[str, float] = LARGEST.weights, **people: Sequence[str]) -> str:
    voice = choose(Logit(dict(weights)), draft, 0, answers(draft, **people), DEFAULT_LABELS)
    return draft.names[voice.speaker]


def rows(draft: Draft) -> list[Row]:
    return features(draft, 0, answers(draft), DEFAULT_LABELS)


def test_with_nobody_else_the_narrator_speaks() -> None:
    assert chosen(draft_of("It rained in Port Lell.")) == NARRATOR


def test_who_has_most_of_the_sentence_speaks_it() -> None:
    assert chosen(draft_of("Ana Duarte said the dam is safe.", ANA)) == "Ana Duarte"
    long = "Workers who had climbed the wall at night with ropes and lamps heard that Ana Duarte said so."
    assert chosen(draft_of(long, ("Ana Duarte", "said", ["so"]))) == NARRATOR


def test_who_says_nothing_is_not_chosen() -> None:
    draft = draft_of("Ana Duarte said the dam is safe.", ANA)
    assert chosen(draft, silent=["Ana Duarte"]) == NARRATOR


TWO = "Ana Duarte said the dam is safe, but Olm Perrault said it leaks."
TOLD = (ANA, ("Olm Perrault", "but", ["it leaks"]))


def test_a_marked_stance_comes_first() -> None:
    draft = draft_of(TWO, *TOLD)
    assert chosen(draft) == "Ana Duarte"
    assert chosen(draft, marked=["Olm Perrault"]) == "Olm Perrault"


def test_every_voice_has_a_row_and_the_narrator_the_last() -> None:
    table = rows(draft_of(TWO, *TOLD))
    assert [("narrator" in row, "somebody" in row) for row in table] == [
        (False, True),
        (False, True),
        (True, False),
    ]
    assert table[0]["first"] > table[1]["first"]
    assert table[2]["narrator's rest"] == pytest.approx(1 - max(table[0]["share"], table[1]["share"]))


def test_who_is_pointed_at_does_not_count_as_one_more_beside_the_narrator() -> None:
    draft = draft_of("It rained for days and Ana Duarte said the dam is safe.", ANA)
    before = rows(draft)[-1]
    (own, narrator) = draft.voices[0]
    draft.voices = [[replace(own, speaker="s9", share=1.0, instead=own.question), own, narrator]]
    draft.names["s9"], draft.kinds["s9"] = "Olm Perrault", "person"
    after = rows(draft)[-1]
    assert before["narrator among several"] == after["narrator among several"] == 0.0
    assert before["narrator's rest"] == after["narrator's rest"] > 0.0


def test_where_source_cue_and_content_stand() -> None:
    row = rows(draft_of("Ana Duarte said the dam is safe.", ANA))[0]
    assert row["source opens"] == row["cue here"] == row["cue before content"] == row["content closes"] == 1.0
    assert row["subordinate"] == row["content opens"] == row["no source"] == row["inside another"] == 0.0
    late = rows(draft_of("“The dam is safe,” Ana Duarte said.", ("Ana Duarte", "said", ["The dam is safe"])))[
        0
    ]
    assert late["content opens"] == 1.0
    assert late["cue before content"] == 0.0
    assert late["cue late"] > row["cue late"]


def test_a_source_behind_a_subordinator_and_a_relative_one() -> None:
    after = rows(draft_of("It rained after Ana Duarte said the dam is safe.", ANA))[0]
    assert after["subordinate"] == 1.0
    who = rows(draft_of("It was Ana Duarte who said the dam is safe.", ("who", "said", ["the dam is safe"])))[
        0
    ]
    assert who["relative"] == 1.0


def test_a_statement_told_inside_another_one() -> None:
    text = "Olm Perrault said that Ana Duarte claimed the dam is safe."
    told = (
        ("Olm Perrault", "said", ["that Ana Duarte claimed the dam is safe"]),
        ("Ana Duarte", "claimed", ["the dam is safe"]),
    )
    assert [row.get("inside another") for row in rows(draft_of(text, *told))] == [0.0, 1.0, None]


def test_labels_without_an_unmarked_one_say_nothing_of_marks() -> None:
    draft = draft_of("Ana Duarte said the dam is safe.", ANA)
    praise = LabelSet((Label("praise", ("{speaker} praises.",)), Label("threat", ("{speaker} threatens.",))))
    found = {v.question: Stance({"praise": 0.5, "threat": 0.5}, 2.0) for v in draft.voices[0]}
    assert "marked" not in features(draft, 0, found, praise)[0]


GOES_ON = "Ana Duarte said the dam is safe. We built it to last. It rained."


def voices_of(text: str, index: int) -> list[tuple[str, int]]:
    draft = draft_of(text, ANA)
    return [(draft.names[voice.speaker], voice.carried) for voice in draft.voices[index]]


def test_a_report_may_go_on_without_a_sign() -> None:
    assert voices_of(GOES_ON, 0) == [("Ana Duarte", 0), (NARRATOR, 0)]
    assert voices_of(GOES_ON, 1) == [("Ana Duarte", 1), (NARRATOR, 0)]
    assert voices_of(GOES_ON, 2) == [("Ana Duarte", 2), (NARRATOR, 0)]


def test_but_not_for_ever() -> None:
    assert voices_of("Ana Duarte said the dam is safe." + " It rained." * 5, 5) == [(NARRATOR, 0)]


def test_what_may_only_go_on_is_not_asked_about_before_the_choice() -> None:
    draft = draft_of(GOES_ON, ANA)
    assert [draft.names[voice.speaker] for voice in draft.asked] == ["Ana Duarte"]


def test_what_speaks_for_a_report_that_goes_on() -> None:
    draft = draft_of(GOES_ON.replace("safe. We", "safe.\nWe"), ANA)
    first, second = (features(draft, index, {}, DEFAULT_LABELS)[0] for index in (1, 2))
    assert first["carried, first person"] == first["carried into a new paragraph"] == 1.0
    assert second["carried, first person"] == 0.0
    assert second["carried far"] == 1.0


def test_the_words_of_a_cue_are_known() -> None:
    row = rows(draft_of("He said the dam is safe.", ("He", "said", ["the dam is safe"])))[0]
    assert row["cue: said"] == row["source is a pronoun"] == 1.0
    assert rows(draft_of("Ana Duarte said the dam is safe.", ANA))[0]["source is a pronoun"] == 0.0


def test_what_is_heard_speaks_for_the_teller_that_a_voice_would_be() -> None:
    text = "Ana Duarte said the dam is safe. We built it to last. “It holds,” she said."
    told = (ANA, ("she", "said", ["It holds"]))
    signs = np.log(np.array([[0.1, 0.7, 0.2], [0.3, 0.1, 0.6], [0.2, 0.7, 0.1]], dtype=np.float32))
    sentences = split(text)
    starts = np.array([0, text.index("We"), text.index("she")])
    hearing = Hearing(
        signs,
        np.zeros((3, 3), dtype=np.float32),
        starts,
        np.log(np.array([0.5, 1.0, 0.25], dtype=np.float32)),
    )
    draft = Draft(Article(text), sentences, Told(*told).read(text, sentences), hearing)
    tables = [features(draft, index, answers(draft), DEFAULT_LABELS) for index in range(3)]
    assert np.exp(tables[0][0]["heard from source"]) == pytest.approx(0.7)
    assert np.exp(tables[0][0]["heard at its source"]) == pytest.approx(0.5)
    assert np.exp(tables[0][-1]["heard from narrator"]) == pytest.approx(0.1)
    assert np.exp(tables[1][0]["heard from before"]) == pytest.approx(0.6)
    assert "heard at its source" not in tables[1][0]
    assert np.exp(tables[2][0]["heard at its source"]) == pytest.approx(0.25)
    assert not any(name.startswith("heard") for row in rows(draft_of(text, *told)) for name in row)


def test_a_heard_teller_may_decide() -> None:
    draft = draft_of("Ana Duarte said the dam is safe.", ANA)
    for least, name in ((-0.01, NARRATOR), (-7.0, "Ana Duarte")):
        tellers = np.array([[least, -1.0, -1.0]], dtype=np.float32)
        draft.hearing = Hearing(
            tellers, np.zeros((1, 3), dtype=np.float32), np.array([0]), np.zeros(1, dtype=np.float32)
        )
        assert chosen(draft, {"heard from narrator": 1.0, "heard from source": 1.0}) == name
