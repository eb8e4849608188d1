"""Our own gold: exact, complete, its parts apart from one another, and the hands' work beside it."""

from collections import defaultdict
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from model.article import NARRATOR
from model.evaluation.agreement import Hands, read_hands
from model.evaluation.gold import GoldArticle, GoldSentence, GoldVoice, read_gold
from model.spans import Span

GOLD = Path(__file__).resolve().parents[2] / "data" / "gold"
PARTS = ("train", "dev", "test")
LABELS = ("assertion", "denial", "condemnation")
STYLES = set("wire political court company science sports local diplomatic commentary".split())
GENERIC = {"prosecutors", "analysts", "the memo", "one of them", "her office"}
"""Speakers without a name that articles of several parts have."""
TAUGHT_GENERIC = GENERIC | {"the report", "the finance ministry"}
"""Those that what trains shares with the test part."""

READ: dict[str, list[GoldArticle]] = {part: read_gold(GOLD / f"{part}.jsonl", LABELS) for part in PARTS}
ALL = [article for articles in READ.values() for article in articles]
TOLD, QUOTED, LEARNED, UNHEARD = (
    read_gold(GOLD / f"{name}.jsonl", LABELS) for name in ("told", "quoted", "described", "unheard")
)
DESCRIBED = [*LEARNED, *UNHEARD]
TAUGHT = [*TOLD, *QUOTED, *DESCRIBED]
HANDS: dict[str, Hands] = {
    article.id: article for part in PARTS for article in read_hands(GOLD / "hands" / f"{part}.jsonl")
}

each_article = pytest.mark.parametrize("article", ALL, ids=lambda article: article.id)
each_text = pytest.mark.parametrize("article", [*ALL, *TAUGHT], ids=lambda article: article.id)


def names(article: GoldArticle) -> set[str]:
    return {speaker.name for speaker in article.speakers}


def test_there_are_enough_articles_and_sentences_in_every_style() -> None:
    assert len(ALL) >= 60
    assert sum(len(article.sentences) for article in ALL) >= 1500
    assert {article.style for article in ALL} == STYLES
    assert all(len(articles) >= 20 for articles in READ.values())


@pytest.mark.parametrize("part", PARTS)
def test_the_datasheet_counts_what_is_there(part: str) -> None:
    articles = READ[part]
    sentences = [sentence for article in articles for sentence in article.sentences]
    counts = (
        len(articles),
        len(sentences),
        sum(len(article.text.split()) for article in articles),
        *(sum(sentence.label == label for sentence in sentences) for label in LABELS),
        sum(sentence.speaker == NARRATOR for sentence in sentences),
        sum(len(article.statements) for article in articles),
        sum(len(article.disputes) for article in articles),
    )
    row = f"| {part} | " + " | ".join(f"{count:,}" for count in counts) + " |"
    assert row in (GOLD / "DATASHEET.md").read_text(encoding="utf-8").splitlines()


def test_every_article_is_there_once() -> None:
    texts = [*ALL, *TAUGHT]
    assert len({article.id for article in texts}) == len(texts)
    assert len({article.text for article in texts}) == len(texts)


def test_what_trains_the_choice_of_speakers_is_mostly_told_by_the_narrator() -> None:
    sentences = [sentence for article in TOLD for sentence in article.sentences]
    assert sum(sentence.speaker == NARRATOR for sentence in sentences) > len(sentences) / 2
    counts = [len(sentences), *(sum(s.label == label for s in sentences) for label in LABELS)]
    row = (
        f"{{}} articles more, {counts[0]} sentences ({counts[1]} assertions, {counts[2]} denials, {counts[3]}"
    )
    assert row.format(len(TOLD)) in (GOLD / "DATASHEET.md").read_text(encoding="utf-8").replace("\n", " ")


def test_what_trains_the_tagger_denies_and_condemns_in_the_words_quoted() -> None:
    sentences = [sentence for article in QUOTED for sentence in article.sentences]
    counts = [len(sentences), *(sum(s.label == label for s in sentences) for label in LABELS)]
    row = f"{len(QUOTED)} short articles, {counts[0]:,} sentences ({counts[1]:,} assertions, {counts[2]} denials, {counts[3]}"
    assert row in (GOLD / "DATASHEET.md").read_text(encoding="utf-8").replace("\n", " ")
    cues = [cue.of(a.text).lower() for a in QUOTED for statement in a.statements for cue in statement.cue]
    assert sum("den" in cue or "condemn" in cue for cue in cues) < len(cues) / 50


def test_what_trains_who_is_meant_calls_the_speakers_by_descriptions() -> None:
    sentences = [sentence for article in DESCRIBED for sentence in article.sentences]
    counts = [len(sentences), *(sum(s.label == label for s in sentences) for label in LABELS)]
    rows = (
        f"{len(LEARNED)} and {len(UNHEARD)} articles, together {counts[0]:,} sentences",
        f"({counts[1]:,} assertions, {counts[2]} denials, {counts[3]} condemnations)",
        f"{sum(map(len, map(described, DESCRIBED)))} of its sentences are told by a description",
        f"{sum(sentence.speaker == NARRATOR for sentence in sentences):,} are the narrator's",
    )
    datasheet = (GOLD / "DATASHEET.md").read_text(encoding="utf-8").replace("\n", " ")
    assert all(row in datasheet for row in rows)


def described(article: GoldArticle) -> list[GoldSentence]:
    """The sentences of somebody with a name of several words, none of which stands in the sentence's sources."""
    found = []
    for sentence in article.sentences:
        span = Span(sentence.start, sentence.end)
        every = [
            source.of(article.text)
            for statement in article.statements
            for source in statement.source
            if span.covers(source)
        ]
        named = [word for word in sentence.speaker.split() if word[:1].isupper() and len(word) > 2]
        said = " ".join(every).lower()
        alone = said in ("he", "she", "they", "it", "who", "her", "him", "his")
        full = any(word[:1].isupper() for word in sentence.speaker.split()[1:])
        if every and full and not alone and not any(w.lower() in said for w in named):
            found.append(sentence)
    return found


@pytest.mark.parametrize("article", TAUGHT, ids=lambda article: article.id)
def test_speakers_without_aliases_stand_in_the_text(article: GoldArticle) -> None:
    tested = {name.casefold() for other in READ["test"] for name in names(other)} - TAUGHT_GENERIC
    for sentence in article.sentences:
        assert sentence.speaker == NARRATOR or sentence.speaker.casefold() in article.text.casefold()
        assert sentence.speaker in sentence.speaker_accept
        assert sentence.label in sentence.accept
        assert sentence.speaker.casefold() not in tested


@pytest.mark.parametrize(("one", "other"), list(combinations(PARTS, 2)))
def test_parts_share_no_speaker(one: str, other: str) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for part in (one, other):
        for article in READ[part]:
            found[part] |= {name.casefold() for name in names(article)}
    assert found[one] & found[other] <= GENERIC


@each_text
def test_sentences_cover_every_character_once_and_in_order(article: GoldArticle) -> None:
    end = 0
    for sentence in article.sentences:
        assert article.text[end : sentence.start].strip() == ""
        assert end <= sentence.start < sentence.end <= len(article.text)
        inside = article.text[sentence.start : sentence.end]
        assert inside == inside.strip()
        assert "\n" not in inside
        end = sentence.end
    assert article.text[end:].strip() == ""


@each_article
def test_speakers_are_listed_with_strings_of_the_text(article: GoldArticle) -> None:
    text = article.text.casefold()
    for speaker in article.speakers:
        assert all(string.casefold() in text for string in (speaker.name, *speaker.aliases))
    assert len(names(article)) == len(article.speakers)
    for sentence in article.sentences:
        assert sentence.speaker in names(article) | {NARRATOR}
        assert sentence.speaker in sentence.speaker_accept
        for voice in sentence.also:
            assert isinstance(voice, GoldVoice)
            assert voice.label in LABELS


@each_article
def test_statements_say_who_or_how(article: GoldArticle) -> None:
    assert article.statements
    assert all(statement.source or statement.cue for statement in article.statements)


@pytest.mark.parametrize("article", [*ALL, *QUOTED, *DESCRIBED], ids=lambda article: article.id)
def test_statements_are_trimmed(article: GoldArticle) -> None:
    for statement in article.statements:
        assert statement.content
        for pieces in (statement.source, statement.cue, statement.content):
            assert list(pieces) == sorted(pieces)
            assert not any(one.overlap(other) for one, other in pairwise(pieces))
        for span in statement.spans:
            words = span.of(article.text)
            assert words
            assert words == words.strip()


@each_article
def test_every_sentence_of_a_named_speaker_belongs_to_a_statement(article: GoldArticle) -> None:
    spans = [span for statement in article.statements for span in statement.spans]
    for sentence in article.sentences:
        if sentence.speaker != NARRATOR:
            assert any(span.overlap(Span(sentence.start, sentence.end)) for span in spans)


@each_article
def test_disputes_tie_denials_to_claims(article: GoldArticle) -> None:
    pairs = {(dispute.denial, dispute.claim) for dispute in article.disputes}
    assert len(pairs) == len(article.disputes)
    for denial, _ in pairs:
        sentence = article.sentences[denial]
        also = {voice.label for voice in sentence.also if isinstance(voice, GoldVoice)}
        assert "denial" in {*sentence.accept, *also}


def test_half_of_the_articles_hold_disputes() -> None:
    assert sum(bool(article.disputes) for article in ALL) >= len(ALL) / 2


def test_the_hands_labelled_these_sentences() -> None:
    assert set(HANDS) == {article.id for article in ALL}
    for article in ALL:
        for hand in (HANDS[article.id].first, HANDS[article.id].second):
            assert len(hand.labels) == len(article.sentences)
            assert {label for choice in hand.labels for label in choice} <= set(LABELS)
            assert all(0 <= place < len(article.sentences) for pair in hand.disputes for place in pair)


def test_gold_departs_from_both_hands_in_few_sentences_only() -> None:
    chosen = [
        (sentence.label, first[0], second[0])
        for article in ALL
        for sentence, first, second in zip(
            article.sentences, HANDS[article.id].first.labels, HANDS[article.id].second.labels, strict=True
        )
    ]
    assert sum(gold not in hands for gold, *hands in chosen) <= len(chosen) / 100
