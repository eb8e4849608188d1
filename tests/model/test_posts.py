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
        ('<TWEET tweet-author="dw">It leaks.<tweet/> It rained.', [("dw", "It leaks.")]),
        (
            '<post author="Ana O\'Hale">It <b>leaks</b>\nI <3 it.</post>',
            [("Ana O'Hale", "It <b>leaks</b>\nI <3 it.")],
        ),
        ('<post author="@a">It leaks.\nIt rained.', [("@a", "It leaks.")]),
        ('<post author="@a">It leaks. <post author="@b">No.</post>', [("@a", "It leaks."), ("@b", "No.")]),
        (SIGNED, [("Ana Duarte", "The dam is safe.")]),
        ("The dam is safe.\n— Ana Duarte (@anaduarte) 3 June 2031", [("Ana Duarte", "The dam is safe.")]),
        ("It rained.\n\nIt leaks.\nGo!\n— Ana Duarte (@a) June 3, 2031", [("Ana Duarte", "It leaks.\nGo!")]),
        ("It rained.\n\nIt leaks.\n\n— Ana Duarte (@a) June 3, 2031", [("Ana Duarte", "It leaks.")]),
        ("It leaks.— Ana Duarte (@ana@dam.example) June 3, 2031", [("Ana Duarte", "It leaks.")]),
        ('<tweet author="@a">It leaks.\n\nIt rained.\n\n<tweet id="5"/>', [("@a", "It leaks.")]),
        (
            "The well-built dam - ours -- Ana Duarte (@a.d) 2031-06-03",
            [("Ana Duarte", "The well-built dam - ours")],
        ),
        ("It leaks. — Ana Duarte (@a) June 3, 2031 at 10:04 PM", [("Ana Duarte", "It leaks.")]),
        ('<post author="@a">It leaks. — Ana Duarte (@A) June 3, 2031</post>', [("Ana Duarte", "It leaks.")]),
        (
            '<post author="@a">Sad - my friend Piet Olm (@po) was hurt.</post>',
            [("@a", "Sad - my friend Piet Olm (@po) was hurt.")],
        ),
        (
            "It leaks. — Ana Duarte (@a) June 3, 2031\n\n— Piet Olm (@po) June 4, 2031",
            [("Ana Duarte", "It leaks.")],
        ),
    ],
)
def test_who_wrote_what(text: str, found: list[tuple[str, str]]) -> None:
    assert told(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "The dam — Ana Duarte (@anaduarte) saw it on June 3, 2031 — is safe.",
        "Ana Duarte is a Lisbon-based journalist (@anaduarte)",
        "The council promised an inquiry.\n\n— Jane Smith (@janesmith)",
        "We spoke to three people - the mayor, Piet Olm and Ana Duarte (@a)",
        'He denied it in <a data-author="Jane Smith">an interview</a> on Monday.',
        '<article author="Jane Smith">Ana Duarte denied it.</article>',
        '<post id="1">The dam is safe.</post>',
        '<tweet author="@a" id="1"/>\n\nThe council met.\n\n<tweet author="@b" id="2"/>',
        '<post-meta author="Jane Smith">Piet Olm denied it.</post-meta>',
        '<post author="@damwatch"></post>',
        '<post author="@damwatch',
        "— Ana Duarte (@anaduarte) June 3, 2031",
        "Ana Duarte (the mayor) said so.",
        "",
    ],
)
def test_what_is_no_post(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("handle", "author"),
    [
        ("@MayorAnaDuarte", "Ana Duarte"),
        ("realAnaDuarte", "Ana Duarte"),
        ("ana_duarte_7", "Ana Duarte"),
        ("@ImpeachAnaDuarte", "ImpeachAnaDuarte"),
        ("@AnaDuarteFans", "AnaDuarteFans"),
    ],
)
def test_a_handle_is_whose_name_it_spells(handle: str, author: str) -> None:
    text = f"Mayor Ana Duarte replied.\n\n{MARKED_UP.replace('@damwatch', handle)}"
    assert authors(text) == [author]


@pytest.mark.parametrize(("one", "other"), [("@damwatch", "damwatch"), ("@1984", "1984")])
def test_a_stranger_is_one_speaker_in_all_posts(one: str, other: str) -> None:
    text = f"It rained.\n\n{MARKED_UP.replace('@damwatch', one)}\n\n{MARKED_UP.replace('@damwatch', other)}"
    assert authors(text) == [one.lstrip("@")] * 2


def test_two_strangers_are_two() -> None:
    text = "\n\n".join(MARKED_UP.replace("damwatch", name) for name in ("dam1", "dam2"))
    assert authors(text) == ["dam1", "dam2"]


@pytest.mark.parametrize("written", ["Mayor Duarte", "Prime Minister Ana Duarte", "Ana Duarte, mayor"])
def test_an_author_is_who_is_named_there(written: str) -> None:
    text = f"Mayor Ana Duarte replied.\n\n{MARKED_UP.replace('@damwatch', written)}"
    assert authors(text) == ["Ana Duarte"]


def test_who_introduces_a_post_is_kept_and_what_is_read_into_its_frame_is_not() -> None:
    text = f"Duarte replied: {SIGNED}"
    said = Attribution(Span(0, 6), Span(7, 14), (Span(16, 32),), "indirect")
    name = Span(text.index("Ana"), text.index(" (@"))
    signed = Attribution(name, Span(name.end, name.end + 3), (Span(16, 32),), "indirect")
    reading = in_turns(Reading(text, split(text), (said, signed)))
    assert said in reading.sure
    assert signed not in reading.sure
    assert [each.source for each in reading.sure if each.post] == [name]


def test_a_post_does_not_stop_a_quotation_from_going_on() -> None:
    text = (
        "Ana Duarte said: “The dam is safe.\n\n"
        '<tweet author="@pietolm">The mayor lied.</tweet>\n\n'
        "“We checked it twice.”"
    )
    said = Attribution(Span(0, 10), Span(11, 15), (Span(17, 34),), "direct")
    reading = in_turns(Reading(text, split(text), (said,)))
    cast = resolve(text, reading.sentences, reading.sure)
    names = {speaker.id: speaker.name for speaker in cast.speakers}
    assert names[cast.continued[-1] or ""] == "Ana Duarte"


def test_who_answers_is_named_before_the_questions_not_before_a_post() -> None:
    text = f"{MARKED_UP}\n\nWe met Ana Duarte.\n\nQ: Is it safe?\nA: It is.\nQ: Why then?\nA: He lies.\n"
    assert authors(text) == ["damwatch", "narrator", "Ana Duarte", "narrator", "Ana Duarte"]


HOSTILE = (
    '<a author="',
    "— A (@",
    "<tweet ",
    "— ",
    '<tweet author="b">',
    "— Ab Cd (@e) June 3, 2031\n",
    'author="b" ',
)


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("opening", ["", "<tweet "])
def test_a_hostile_text_takes_linear_time(piece: str, opening: str) -> None:
    started = time.perf_counter()
    posts(opening + piece * 20_000)
    assert time.perf_counter() - started < SECONDS


def test_a_long_author_takes_no_quadratic_time() -> None:
    started = time.perf_counter()
    authors(MARKED_UP.replace("@damwatch", "ab" * 50_000))
    assert time.perf_counter() - started < SECONDS


def test_many_authors_take_no_quadratic_time() -> None:
    text = "\n\n".join(
        f"It leaks. — Ana Dua{'x' * (n % 40)}{chr(97 + n % 26)} (@a{n}) June 3, 2031" for n in range(1500)
    )
    started = time.perf_counter()
    assert len(authors(text)) == 1500
    assert time.perf_counter() - started < 2 * SECONDS
