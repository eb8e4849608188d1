"""Conversations that are written out: who speaks in each turn."""

import time

import pytest

from model.sentences import split
from model.spans import Span
from model.statements import Attribution, Reading
from model.transcripts import in_turns, turns

SECONDS = 5.0
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
    return [(turn.speaker.of(text), " / ".join(part.of(text) for part in turn.said)) for turn in turns(text)]


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
        ("Vos", "No. / Never."),
        ("Duarte", "Why?"),
        ("VOS", "I said no. / It is over."),
        ("MS DUARTE", "Thank you."),
    ]


def test_labels_have_roles_numbers_and_wide_spaces() -> None:
    text = "VOS (laughing): Why?\nSpeaker 2:\u00a0I said no.\nVOS, MAYOR: Why?\nSpeaker 2: You know."
    assert [who for who, _ in told(text)] == ["VOS", "Speaker 2", "VOS", "Speaker 2"]


def test_siblings_are_two() -> None:
    text = "Ana Duarte: Why?\nPiet Duarte: I did.\nAna Duarte: Why?\nPiet Duarte: You know."
    assert [who for who, _ in told(text)] == ["Ana Duarte", "Piet Duarte"] * 2


def test_where_somebody_is_quoted_the_article_tells_again() -> None:
    text = "Vos: Why?\nDuarte: I did.\nVos: No.\n“A disgrace,” said Lis Marsh.\nIt rained.\nDuarte: You know."
    quoted = Attribution(
        place(text, "Lis Marsh"), place(text, "said"), (place(text, "“A disgrace,”"),), "direct"
    )
    found = in_turns(reading(text, quoted))
    assert [part.of(text) for each in found.sure if each.turn for part in each.content][2:] == [
        "No.",
        "You know.",
    ]
    assert quoted in found.sure


def test_a_long_conversation_and_long_blanks_take_time_in_proportion() -> None:
    began = time.perf_counter()
    assert len(turns("A: I?\nB: No.\n" * 2_000)) == 4_000
    assert len(turns("A: b?\nB: I\nA: d\n" + " " * 200_000 + "\nB: e\nA: f\nB: g\n")) == 6
    assert time.perf_counter() - began < SECONDS


def test_where_the_article_goes_back_to_telling_a_turn_is_one_paragraph() -> None:
    report = "\n".join(["It rained."] * 20)
    text = f"Vos: No.\nDuarte: Why?\n{report}\nVos: I said no.\nDuarte: Good."
    assert ("Duarte", "Why?") in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Place: Velmar\nDate: Friday\nPrice: 12 crowns\nCast: Ana Duarte, Piet Vos",
        "Duarte: It is safe.\nVos: It is not.\nThey left.",
        "Duarte: It is.\nDuarte: It was.\nDuarte: It will be.\nDuarte: It may be.",
        "High: 12 degrees.\nLow: 3 degrees.\nHigh: 14 degrees.\nLow: 4 degrees.",
        "Norland: 3 gold, 2 silver.\nUS: 2 gold.\nNorland: 4 gold.\nUS: 3 gold, US record.",
        "QAnon spread.\n\nA. J. Morrow wrote it.\n\nQAnon grew.\n\nA. J. Morrow denied it.",
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
