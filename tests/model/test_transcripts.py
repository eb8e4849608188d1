"""Conversations that are written out: who speaks in each turn."""

import pytest

from model.sentences import split
from model.spans import Span
from model.statements import Attribution, Reading
from model.transcripts import in_turns, turns

TALK = """Ana Duarte spoke to us in Velmar.

Gazette: Is the dam safe?
Duarte: It is. The mayor says it is not.
Gazette: Why does he?
Duarte: He lies."""
INTERVIEW = """Ana Duarte spoke to us in Velmar.

Q. Is the dam safe?

A. It is.

Q. The mayor denies it.

A. He lies.
"""


def told(text: str) -> list[tuple[str, str]]:
    return [(turn.speaker.of(text), turn.said.of(text)) for turn in turns(text)]


def place(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def reading(text: str, *sure: Attribution, doubtful: tuple[Attribution, ...] = ()) -> Reading:
    return Reading(text, split(text), sure, doubtful)


def test_a_turn_is_a_speaker_and_the_rest_of_the_paragraph() -> None:
    assert told(TALK) == [
        ("Gazette", "Is the dam safe?"),
        ("Duarte", "It is. The mayor says it is not."),
        ("Gazette", "Why does he?"),
        ("Duarte", "He lies."),
    ]


def test_questions_and_answers_may_have_a_full_stop() -> None:
    assert [who for who, _ in told(INTERVIEW)] == ["Q", "A", "Q", "A"]


def test_a_question_may_stick_to_its_letter() -> None:
    text = "QIs it safe?\nA: It is.\nQWhy then?\nA: He lies.\nQAnd Quill?"
    assert told(text) == [
        ("Q", "Is it safe?"),
        ("A", "It is."),
        ("Q", "Why then?"),
        ("A", "He lies."),
        ("Q", "And Quill?"),
    ]


def test_a_turn_goes_on_up_to_the_next_one_but_for_the_first_and_the_last() -> None:
    text = """Vos: No, says the mayor
It rained.
Vos: No.

Never.
(Laughter)
Duarte: Why?
VOS: I said no.
It is over.
MS DUARTE: Thank you.
The talk was shortened."""
    assert told(text) == [
        ("Vos", "No, says the mayor"),
        ("Vos", "No.\n\nNever."),
        ("Duarte", "Why?"),
        ("VOS", "I said no.\nIt is over."),
        ("MS DUARTE", "Thank you."),
    ]


def test_where_the_article_goes_back_to_telling_a_turn_is_one_paragraph() -> None:
    report = "\n".join(["It rained."] * 20)
    text = f"Vos: No.\nDuarte: Why?\n{report}\nVos: It is over.\nDuarte: Good."
    assert ("Duarte", "Why?") in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Place: Velmar\nDate: Friday\nPrice: 12 crowns\nCast: Ana Duarte, Piet Vos",
        "Duarte: It is safe.\nVos: It is not.\nThey left.",
        "Duarte: It is.\nDuarte: It was.\nDuarte: It will be.\nDuarte: It may be.",
        "The truth: it is.\nThe lie: it is not.\nThe truth: it was.\nThe lie: it was not.",
        "B. It is.\n\nC. It is not.\n\nB. It was.\n\nC. It was not.",
    ],
)
def test_what_is_no_conversation(text: str) -> None:
    assert turns(text) == ()


def test_each_turn_is_an_attribution_and_others_stay_outside_or_inside() -> None:
    before, within = place(TALK, "to us in Velmar.\n\nGazette: Is"), place(TALK, "it is not")
    across = Attribution(place(TALK, "Ana Duarte"), place(TALK, "spoke"), (before,), "indirect")
    guessed = Attribution(
        place(TALK, "Duarte: It"), place(TALK, "is."), (place(TALK, "The mayor"),), "direct"
    )
    inside = Attribution(place(TALK, "The mayor"), place(TALK, "says"), (within,), "indirect")
    found = in_turns(reading(TALK, across, guessed, inside, doubtful=(guessed,)))
    assert [
        (each.source.of(TALK), [span.of(TALK) for span in each.content], each.turn)
        for each in found.sure
        if each.source is not None
    ] == [
        ("Ana Duarte", ["to us in Velmar."], False),
        ("Gazette", ["Is the dam safe?"], True),
        ("Duarte", ["It is. The mayor says it is not."], True),
        ("The mayor", ["it is not"], False),
        ("Gazette", ["Why does he?"], True),
        ("Duarte", ["He lies."], True),
    ]
    assert found.doubtful == ()


def test_any_other_text_is_left_alone() -> None:
    plain = reading("Ana Duarte left.")
    assert in_turns(plain) is plain
