"""Statements: from tagged words to attributions with the right offsets, and what kind of quotation they are."""

from pathlib import Path

import numpy as np
import pytest

from model.decoding import TAGS
from model.hearing import POOLED, TELLERS
from model.manifest import ManifestError
from model.sentences import split
from model.spans import Span
from model.statements import LEANING, Attribution, StatementReader, _nearest, _quotation, outside, quoted_as
from model.tokens import special_tokens
from model.windows import WINDOW, quoted
from tests.model.scripted import TableSession, open_reader, tagging

TAGGED = {
    "ana": "B_source",
    "duarte": "I_source",
    "he": "B_source",
    "denies": "B_cue",
    "says": "B_cue",
    "the": "B_content",
    "report": "I_content",
    "lied": "B_content",
}


@pytest.fixture
def session() -> TableSession:
    return tagging(**TAGGED)


@pytest.fixture
def reader(tmp_path: Path, session: TableSession, monkeypatch: pytest.MonkeyPatch) -> StatementReader:
    return open_reader(tmp_path, session, monkeypatch)


def source_and_cue(text: str, found: Attribution) -> tuple[str | None, str | None]:
    return found.source.of(text) if found.source else None, found.cue.of(text) if found.cue else None


def read(reader: StatementReader, text: str) -> list[tuple[str | None, str | None, list[str], str]]:
    return [
        (
            *source_and_cue(text, found),
            [span.of(text) for span in found.content],
            found.quotation,
        )
        for found in reader.read(text, split(text))
    ]


def test_source_cue_and_content_of_a_statement(reader: StatementReader) -> None:
    text = "🙂 Yes, Ana Duarte denies the report."
    assert reader.read(text, split(text)) == (
        Attribution(Span(7, 17), Span(18, 24), (Span(25, 35),), "indirect"),
    )


def test_two_statements_in_the_order_in_which_they_stand(reader: StatementReader) -> None:
    assert read(reader, "Ana says the report. So it was. “Lied,” he says.") == [
        ("Ana", "says", ["the report"], "indirect"),
        ("he", "says", ["Lied"], "direct"),
    ]


def test_without_content_there_is_no_statement(reader: StatementReader) -> None:
    assert read(reader, "Ana Duarte says.") == []
    assert read(reader, "Nobody is here.") == []
    assert read(reader, "") == []
    assert read(reader, " \n\x00\u200b") == []


def test_content_alone_is_a_statement_of_nobody(reader: StatementReader) -> None:
    assert read(reader, "“The report.”") == [(None, None, ["The report"], "direct")]


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        (
            "The Echo quoted Vel, the mayor, as saying that it was late.",
            ("Vel, the mayor", "as saying", "that it was late.", "indirect"),
        ),
        ("The Echo also cites him as saying: “We wait.”", ("him", "as saying", "“We wait.”", "direct")),
        ("The Echo cited the flood as being the reason.", None),
        ("The Echo cited the law as requiring a permit.", None),
        ("The Echo cited Vel as denying it.", ("Vel", "as denying", "it.", "indirect")),
        ("The Echo reportedly wrote of the plan as saving money.", None),
        ("The Echo quoted Vel as a witness.", None),
        ("The Echo praised Vel as leaving nothing undone.", None),
    ],
)
def test_whom_a_source_quotes_as_saying_something(text: str, inner: tuple[str, str, str, str] | None) -> None:
    verb = next(
        word for word in ("quoted", "also cites", "cited", "praised", "reportedly wrote") if word in text
    )
    cue = Span(text.index(verb), text.index(verb) + len(verb))
    outer = Attribution(Span(0, 8), cue, (Span(cue.end + 1, len(text)),), "indirect")
    found = quoted_as(text, outer, quoted(text))
    told = found and (*source_and_cue(text, found), found.content[0].of(text), found.quotation)
    assert told == inner


def test_what_the_tagger_doubts_is_read_where_nothing_is_sure(
    reader: StatementReader, session: TableSession
) -> None:
    ids = reader._tokenizer.get_vocab()
    for word in ("he", "denies", "the", "report"):
        session.emission[ids[word], TAGS.index("O")] = session.emission[ids[word]].max() + LEANING / 2
    text = "Ana says lied. He denies the report. The report is here. Ana denies. Lied, he says."
    reading = reader.read_twice(text, split(text))
    assert reading.sure == reader.read(text, split(text))
    assert [source_and_cue(text, found) for found in reading.sure] == [("Ana", "says"), ("he", "says")]
    # "The report" has no source, "Ana denies" no content, and with "Lied" a sure one stands beside it.
    assert reading.doubtful == (Attribution(Span(15, 17), Span(18, 24), (Span(25, 35),), "indirect"),)
    # Nor is anything doubted where the tagger hears for certain that no source in the sentence tells it.
    narrator = TELLERS.index("narrator")
    session.heard[ids["he"], [narrator, POOLED + narrator]] = 9
    again = reader.read_twice(text, split(text))
    assert again.sure == reading.sure
    assert again.doubtful == ()


def hear_mayor(session: TableSession, ids: dict[str, int], told_by: str) -> None:
    """The sentences with the word `told_by` are heard as the mayor's, who stands in them."""
    value = session.heard[ids[told_by]]
    value[TELLERS.index("source")] = value[POOLED + TELLERS.index("source")] = 9
    session.heard[ids["mayor"], -1] = 9


def test_a_source_that_is_heard_and_not_tagged_is_looked_for_where_it_is_heard(
    reader: StatementReader, session: TableSession
) -> None:
    ids = reader._tokenizer.get_vocab()
    # The mayor is tagged as what somebody says.
    session.emission[ids["mayor"], [TAGS.index("B-content"), TAGS.index("B-source")]] = 9, 8
    text = "Ana denies the report. Mayor says the report. Mayor lied."
    sentence = split(text)[1]
    before = reader.read_twice(text, split(text))
    assert any(sentence.overlap(span) for found in before.sure for span in found.content)
    assert "Mayor" not in [source_and_cue(text, found)[0] for found in before.sure]
    hear_mayor(session, ids, told_by="says")
    reading = reader.read_twice(text, split(text))
    assert reading.hearing is not None
    heard = np.exp(reading.hearing.tellers[:, TELLERS.index("source")])
    assert heard == pytest.approx([1 / 3, 1, 1 / 3], abs=0.01)
    added = [found for found in reading.sure if found not in before.sure]
    assert [source_and_cue(text, found) for found in added] == [("Mayor", "says")]
    assert [s.of(text) for found in added for s in found.content if sentence.covers(s)] == ["the report"]
    # Nothing of the sentence is left to whoever had its words before.
    within = [found for found in reading.sure if any(sentence.overlap(span) for span in found.content)]
    assert within == added


@pytest.mark.parametrize(
    ("spans", "left"),
    [
        (["the report. Mayor says it"], ["the report."]),
        (["the report. Mayor says it. He lied"], ["the report.", "He lied"]),
        (["Mayor says it"], []),
        (["the report", "He lied"], ["the report", "He lied"]),
    ],
)
def test_what_is_left_outside_a_sentence(spans: list[str], left: list[str]) -> None:
    text = "Ana denies the report. Mayor says it. He lied."
    given = [Span(text.index(words), text.index(words) + len(words)) for words in spans]
    assert [span.of(text) for span in outside(text, given, split(text)[1])] == left


def test_what_a_replaced_attribution_tells_elsewhere_is_told_by_the_one_that_replaces_it(
    reader: StatementReader, session: TableSession
) -> None:
    ids = reader._tokenizer.get_vocab()
    session.emission[ids["mayor"], [TAGS.index("O"), TAGS.index("B-source")]] = 9, 8
    text = "\u201cThe report. Lied,\u201d says mayor. Ana denies the report."
    before = reader.read_twice(text, split(text)).sure
    assert [span.of(text) for span in before[0].content] == ["The report", "Lied"]
    hear_mayor(session, ids, told_by="lied")
    found, other = reader.read_twice(text, split(text)).sure
    assert source_and_cue(text, found) == ("mayor", "says")
    assert [span.of(text) for span in found.content] == ["The report", "Lied"]
    assert found.quotation == "direct"
    assert other == before[1]


def test_special_tokens_of_an_article_are_text(reader: StatementReader, session: TableSession) -> None:
    assert read(reader, "[SEP] Ana denies [CLS] the report.") == [
        ("Ana", "denies", ["the report"], "indirect")
    ]
    tokens = session.inputs[0]["tokens"]
    for special in special_tokens(reader._tokenizer):
        assert (tokens == special).sum() == 1


def test_a_lone_surrogate_moves_nothing(reader: StatementReader) -> None:
    assert read(reader, "\ud800 Ana denies\udfff the report.") == [
        ("Ana", "denies", ["the report"], "indirect")
    ]


def test_an_article_longer_than_a_window_is_read_whole(
    reader: StatementReader, session: TableSession
) -> None:
    text = "Ana says the report. " * 400
    assert read(reader, text) == [("Ana", "says", ["the report"], "indirect")] * 400
    assert sum(len(inputs["tokens"]) for inputs in session.inputs) > 5
    for inputs in session.inputs:
        assert inputs["tokens"].shape == inputs["features"].shape
        (tokens,) = inputs["tokens"]
        assert len(tokens) <= WINDOW
        assert (tokens[0], tokens[-1]) == reader._special


@pytest.mark.usefixtures("reader")
def test_the_folder_is_checked(tmp_path: Path) -> None:
    (tmp_path / "decoder.json").write_text("{}")
    with pytest.raises(ManifestError, match=r"decoder\.json"):
        StatementReader(tmp_path)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("“{I was never there},” she said.", "direct"),
        ("{“I was never there,”} she said.", "direct"),
        ('{"I was never there,"} she said.', "direct"),
        ("{«Jamais.»} dit-elle.", "direct"),
        ("She said {“I was never there}", "direct"),
        ("{“I was never there.\n\n“Not once,”} she said.", "direct"),
        ("She said {it was “never” true}.", "mixed"),
        ("{It was “a witch hunt”} and {an outrage}, she said.", "mixed"),
        ("She said {it was never true}.", "indirect"),
        ("“No,” he said. She said {it was never true}.", "indirect"),
        ("She said {it was ‘never’ true}.", "indirect"),
        ("She said {“…”}.", "indirect"),
    ],
)
def test_quotation_by_where_the_marks_stand(marked: str, expected: str) -> None:
    content: list[Span] = []
    text = ""
    for part in marked.split("{"):
        inside, _, after = part.rpartition("}")
        if inside:
            content.append(Span(len(text), len(text) + len(inside)))
        text += inside + after
    assert content
    assert _quotation(text, content, quoted(text)) == expected


def test_of_several_sources_the_nearest_to_the_cue_speaks() -> None:
    far, near, behind = Span(0, 5), Span(20, 24), Span(40, 45)
    assert _nearest([far, near, behind], Span(26, 30)) == near
    assert _nearest([far, near, behind], Span(34, 38)) == behind
    assert _nearest([far, near], None) == far
    assert _nearest([], Span(26, 30)) is None
