"""The table that people read: whole at any width, told apart without colour, safe to print."""

import io

import pytest

from model.article import Dispute, Extract, LabelledArticle, ModelInfo, Sentence, SentenceRef, Speaker
from service.exports import table

ROWS = [
    ("assertion", "narrator", "The port of Velmora spilled no oil last month, its director said on Monday."),
    ("denial", "s1", "“We never let a drop into the bay,” Ana Duarte told reporters."),
    ("condemnation", "s2", "The mayor\ncalled it a \x1b[31mdisgrace\x1b[0m\u202e."),
    ("praise", "s2", "[bold]He[/bold] praised the divers."),
]


@pytest.fixture
def article() -> LabelledArticle:
    names = ("assertion", "denial", "condemnation", "praise")
    return LabelledArticle(
        schema=1,
        id="[red]wire[/red].txt",
        model=ModelInfo(name="builtin", revision="0123456789ab"),
        labels=names,
        hypotheses={name: (f"It is {name}.",) for name in names},
        speakers=(
            Speaker(id="narrator", name="narrator", kind="narrator"),
            Speaker(
                id="s1",
                name="Ana Duarte",
                kind="person",
                mentions=(Extract(start=0, end=10, text="its director"),),
            ),
            Speaker(
                id="s2", name="Tomas Reyk, mayor of Velmora and head of its harbour council", kind="person"
            ),
        ),
        sentences=tuple(
            Sentence(
                index=index,
                start=0,
                end=1,
                text=text,
                label=label,
                score=0.5,
                scores={label: 0.5},
                speaker=speaker,
            )
            for index, (label, speaker, text) in enumerate(ROWS)
        ),
        statements=(),
        disputes=(Dispute(denial=SentenceRef(sentence=1), claim=SentenceRef(sentence=0), score=0.875),),
    )


def printed(article: LabelledArticle, width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    out = io.StringIO()
    table.write([article], out)
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 120, 200])
def test_every_word_is_there_at_any_width(
    article: LabelledArticle, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = printed(article.marked(0.6), width, monkeypatch)
    assert max(map(len, text.splitlines())) <= width
    for label, _, sentence in ROWS:
        assert label in text
        for word in sentence.split():
            if word.isalpha():
                assert word in text
    assert "[bold]He[/bold]" in text
    assert "[red]wire[/red].txt" in text


def test_labels_differ_without_colour(article: LabelledArticle, monkeypatch: pytest.MonkeyPatch) -> None:
    text = printed(article, 120, monkeypatch)
    for shown in ("· assertion", "✗ denial", "! condemnation", "■ praise"):
        assert shown in text


def test_speakers_and_disputes_are_summed_up(
    article: LabelledArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = printed(article, 120, monkeypatch)
    assert "Ana Duarte  person, 1 sentence; also its director" in text
    assert "Tomas Reyk, mayor of Velmora and head of its harbour council  person, 2 sentences" in text
    assert "sentence 2 denies sentence 1 (0.88)" in text


def test_uncertain_sentences_are_told_without_colour(
    article: LabelledArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "?" not in printed(article, 120, monkeypatch)
    first, *rest = article.sentences
    sure = article.model_copy(update={"sentences": (first.model_copy(update={"score": 0.9}), *rest)})
    text = printed(sure.marked(0.6), 120, monkeypatch)
    assert "0.90 ?" not in text
    assert text.count("0.50 ?") == 3
    assert "uncertain: 3 sentences with a score below --min-score" in text


def test_no_control_character_reaches_the_terminal(
    article: LabelledArticle, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = printed(article, 120, monkeypatch)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_colour_on_a_terminal_only(article: LabelledArticle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[1;33m✗ denial" in printed(article, 120, monkeypatch)
