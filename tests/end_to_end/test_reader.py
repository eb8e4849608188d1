"""The shipped weights on texts of our own."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.article import NARRATOR, Extract, LabelledArticle, Sentence
from model.labels import parse_labels
from model.reader import MAX_SENTENCES, Article, ArticleError, Reader

LIMIT_SECONDS = 20.0
"""What the issue allows for the default text limit on two cores."""


def read(reader: Reader, text: str) -> LabelledArticle:
    labelled = reader.read(Article(text))
    covered = "".join(sentence.text for sentence in labelled.sentences)
    assert "".join(covered.split()) == "".join(text.split())
    parts: list[Sentence | Extract] = [
        *labelled.sentences,
        *(mention for speaker in labelled.speakers for mention in speaker.mentions),
        *(extract for s in labelled.statements for extract in (s.source, s.cue, *s.content) if extract),
    ]
    for part in parts:
        assert text[part.start : part.end] == part.text
    ids = {speaker.id for speaker in labelled.speakers}
    for sentence in labelled.sentences:
        assert sentence.speaker in ids
        assert sum(sentence.scores.values()) == pytest.approx(1, abs=1e-6)
        assert sentence.score == sentence.scores[sentence.label] == max(sentence.scores.values())
    assert {statement.speaker for statement in labelled.statements} <= ids
    assert [sentence.index for sentence in labelled.sentences] == list(range(len(labelled.sentences)))
    return labelled


def speaker_of(labelled: LabelledArticle, index: int) -> str:
    names = {speaker.id: speaker.name for speaker in labelled.speakers}
    return names[labelled.sentences[index].speaker]


@pytest.mark.parametrize(
    ("text", "label", "speaker"),
    [
        ("Mayor Odile Ferrand denied that she had taken money from the builder.", "denial", "Odile Ferrand"),
        ("“I never met the man, and the story is a lie,” said Tomas Velk.", "denial", "Tomas Velk"),
        ("Governor Ines Okoro condemned the raid as a cowardly crime.", "condemnation", "Ines Okoro"),
        ("“What they did to those children is a disgrace,” Piet Maas said.", "condemnation", "Piet Maas"),
        ("Odile Ferrand said that the bridge would open in May.", "assertion", "Odile Ferrand"),
    ],
)
def test_who_says_what(reader: Reader, text: str, label: str, speaker: str) -> None:
    labelled = read(reader, text)
    assert labelled.sentences[0].label == label
    assert speaker_of(labelled, 0) == speaker


@pytest.mark.parametrize(
    "text",
    [
        "Tomas Velk did not deny that he had been at the meeting.",
        "Tomas Velk was denied bail on Thursday.",
        "The embassy denied Tomas Velk a visa.",
        "Tomas Velk declined to comment.",
        "Ines Okoro refused to condemn the attack.",
        "A court condemned Tomas Velk to death.",
        "The family still lives in a condemned building near the docks.",
        "Odile Ferrand rejected the union's latest offer.",
        "The ministry neither confirmed nor denied the report.",
    ],
)
def test_traps_are_neither_denial_nor_condemnation(reader: Reader, text: str) -> None:
    assert read(reader, text).sentences[0].label == "assertion"


@pytest.mark.parametrize("speaker", ["Ines Okoro", "The minister", "The company"])
@pytest.mark.parametrize(
    ("words", "label"), [("denied the report.", "denial"), ("condemned the attack.", "condemnation")]
)
def test_a_sentence_alone_that_denies_or_condemns(
    reader: Reader, speaker: str, words: str, label: str
) -> None:
    labelled = read(reader, f"{speaker} {words}")
    assert labelled.sentences[0].label == label
    assert speaker_of(labelled, 0) == speaker


def test_a_pronoun_has_its_speakers_full_name(reader: Reader) -> None:
    text = (
        "Ines Okoro spoke to reporters on Monday. “The report is false, and I did nothing wrong,” she said."
    )
    assert speaker_of(read(reader, text), 1) == "Ines Okoro"


def test_a_changed_hypothesis_moves_the_scores(reader: Reader) -> None:
    article = Article("Tomas Velk promised to rebuild the school by spring.")
    mine = parse_labels(
        {"promise": ["{speaker} promises something."], "threat": ["{speaker} threatens somebody."]}
    )
    other = parse_labels({"promise": ["{speaker} apologises."], "threat": ["{speaker} threatens somebody."]})
    first, second = (reader.read(article, labels).sentences[0] for labels in (mine, other))
    assert first.label == "promise"
    assert first.scores["promise"] > second.scores["promise"] + 0.05


def test_scores_do_not_depend_on_company(reader: Reader) -> None:
    texts = [
        "Ines Okoro condemned the raid as a cowardly crime.",
        "Odile Ferrand said that the bridge would open in May. " * 3,
        "“I never met the man,” said Tomas Velk.",
    ]
    alone = [reader.read(Article(text)) for text in texts]
    together = reader.read_many([Article(text) for text in texts])
    for one, other in zip(alone, together, strict=True):
        assert [s.label for s in one.sentences] == [s.label for s in other.sentences]
        for a, b in zip(one.sentences, other.sentences, strict=True):
            assert a.scores == pytest.approx(b.scores, abs=0.1)


def test_reading_twice_gives_the_same_bytes(reader: Reader) -> None:
    article = Article(Path("seeds/wire.txt").read_text(encoding="utf-8"), id="wire")
    assert reader.read(article).to_json() == reader.read(article).to_json()


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_any_text_is_answered(reader: Reader, text: str) -> None:
    read(reader, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\u00a0 ",
        "“”",
        '"' * 500,
        "“Unclosed, she said, and “nested ‘twice",
        "\u0000\u0007\u001b[31m control \u200f right \u200e left",
        "<html><body><p>He said “no” &amp; left.</p></body></html>",
        "Министр заявил, что это ложь. Он осудил нападение.",
        "外相は記者会見で「事実ではない」と述べた。中国は攻撃を非難した。",
        "قال الوزير إن الخبر كاذب.",
        "😀 said 😡: “🤥”",
        "a\r\nb\r\n\r\nc\u2028d\u2029e",
    ],
)
def test_odd_text_is_answered(reader: Reader, text: str) -> None:
    read(reader, text)


def test_half_a_character_is_refused_by_name() -> None:
    with pytest.raises(ArticleError, match="text holds a lone surrogate"):
        Article("lone \ud800 surrogate")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        " ".join(f"Word{number}." for number in range(MAX_SENTENCES)),
        "“" * 20_000,
        "He denied it. She said, “No.” " * (MAX_SENTENCES // 2),
        (Path("seeds/politics.txt").read_text(encoding="utf-8") * 40)[:200_000],
    ],
    ids=["one long word", "one-word sentences", "only marks", "repetition", "as long as allowed"],
)
def test_long_text_takes_bounded_time(reader: Reader, text: str) -> None:
    started = time.monotonic()
    read(reader, text)
    assert time.monotonic() - started < LIMIT_SECONDS


def test_more_sentences_than_the_limit_are_refused(reader: Reader) -> None:
    long = Article(" ".join(f"Word{number}." for number in range(10_000)))
    with pytest.raises(
        ArticleError, match=f"text has 10000 sentences; the limit is {MAX_SENTENCES}"
    ) as caught:
        reader.read_many([Article("She denied it."), long])
    assert caught.value.index == 1


def test_the_shipped_path_needs_neither_torch_nor_network() -> None:
    program = (
        "import socket, sys\n"
        "def cut(*a, **k): raise OSError('the network is cut')\n"
        "socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = cut\n"
        "from model.reader import Article, load_reader\n"
        "print(len(load_reader().read(Article('She denied it.')).sentences))\n"
        "assert not {'torch', 'transformers', 'fastapi'} & set(sys.modules), sorted(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    assert (done.returncode, done.stdout.strip()) == (0, "1"), done.stderr


def test_in_a_conversation_each_turn_is_its_speaker_s(reader: Reader) -> None:
    turns = ["Gazette: Is the dam safe?", "Duarte: It is.", "Gazette: Why then?", "Duarte: The mayor lied."]
    article = reader.read("\n".join(["Ana Duarte spoke to us in Velmar.", *turns]))
    assert speakers(article) == [NARRATOR, "Gazette", "Ana Duarte", "Gazette", "Ana Duarte"]


def test_answers_are_whose_interview_it_is(reader: Reader) -> None:
    turns = ["Q. Is the dam safe?", "A. It is.", "Q. Why then?", "A. The mayor lied."]
    article = reader.read("\n\n".join(["Ana Duarte spoke to us in Velmar.", *turns]))
    assert speakers(article) == [NARRATOR, NARRATOR, "Ana Duarte", NARRATOR, "Ana Duarte"]


def speakers(article: LabelledArticle) -> list[str]:
    names = {speaker.id: speaker.name for speaker in article.speakers}
    return [names[sentence.speaker] for sentence in article.sentences]
