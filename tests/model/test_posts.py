"""Posts that an article embeds: who wrote them. All people and accounts are invented."""

import time

import pytest

from model.posts import posts
from model.sentences import split
from model.spans import Span
from model.speakers import resolve
from model.statements import Attribution, Reading
from model.transcripts import in_turns

SECONDS = 5.0
MARKED_UP = '<post id="1" author="@damwatch" date="2031-06-03">The dam is safe. It always was.</post>.'
SIGNED = "The dam is safe. — Ana Duarte (@anaduarte) June 3, 2031"


def told(text: str) -> list[tuple[str, str]]:
    return [(post.speaker.of(text), " / ".join(part.of(text) for part in post.said)) for post in posts(text)]


def authors(text: str) -> list[str]:
    reading = in_turns(Reading(text, split(text), ()))
    cast = resolve(text, reading.sentences, reading.sure)
    names = {speaker.id: speaker.name for speaker in (*cast.speakers, *cast.others)}
    return [names[key] for key in cast.of_attribution]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (MARKED_UP, [("@damwatch", "The dam is safe. It always was.")]),
        ('<tweet tweet-author="dw">It leaks.<tweet/> It rained.', [("dw", "It leaks.")]),
        (SIGNED, [("Ana Duarte", "The dam is safe.")]),
        ("The dam is safe.\n— Ana Duarte (@anaduarte) 3 June 2031", [("Ana Duarte", "The dam is safe.")]),
        (
            '<p author="@a">The dam is safe. — Ana Duarte (@a) June 3, 2031</p>',
            [("Ana Duarte", "The dam is safe.")],
        ),
    ],
)
def test_who_wrote_what(text: str, found: list[tuple[str, str]]) -> None:
    assert told(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "The dam — Ana Duarte (@anaduarte) saw it on June 3 — is safe.",
        '<post id="1">The dam is safe.</post>',
        '<post author="@damwatch"></post>',
        '<post author="@damwatch',
        "Ana Duarte (the mayor) said so.",
        "",
    ],
)
def test_what_is_no_post(text: str) -> None:
    assert told(text) == []


def test_a_handle_is_whose_name_it_spells() -> None:
    text = f"Mayor Ana Duarte replied.\n\n{MARKED_UP.replace('damwatch', 'MayorAnaDuarte')}"
    assert authors(text) == ["Ana Duarte"]


def test_a_stranger_is_one_speaker_in_all_posts() -> None:
    text = f"It rained.\n\n{MARKED_UP}\n\n{MARKED_UP}"
    assert authors(text) == ["damwatch", "damwatch"]


def test_who_introduces_a_post_is_kept() -> None:
    text = f"Duarte replied: {SIGNED}"
    said = Attribution(Span(0, 6), Span(7, 14), (Span(16, 32),), "indirect")
    reading = in_turns(Reading(text, split(text), (said,)))
    assert said in reading.sure
    assert [each.source and each.source.of(text) for each in reading.sure if each.post] == ["Ana Duarte"]


@pytest.mark.parametrize("piece", ['<a author="', "— A (@", "<a ", "— ", '<a author="b">', "— Ab Cd (@e)\n"])
def test_a_hostile_text_takes_linear_time(piece: str) -> None:
    started = time.perf_counter()
    posts(piece * 20_000)
    assert time.perf_counter() - started < SECONDS
