"""Harvesting: from an annotated article to passages whose stance the cue tells."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from model.article import NARRATOR
from model.training import reporting
from model.training.corpora import held_out_ids, read_lines
from model.training.harvest import NARRATED_WEIGHT, drawn, harvested_passages
from model.training.passages import SAYING, Judged, Passage, Wordings, read_table, written_passages

SENTENCES = (
    "Mayor Ana Duarte denied the report about the dam.",
    "Tom Pell said that the wall was safe for everybody below.",
    "Lis Marsh said the bridge was closed.",
    "The dam stood above the town of Velmar for forty long years.",
    "He denied the story as well.",
    "Jan Ode added that nobody had asked.",
    "“It is safe,” Kim Roe said.",
    "The council shrugged.",
    "Rita Holm condemned the vote of the Harbour Board.",
)
# Sentence, source, cue, content.
ATTRIBUTIONS = (
    (0, "Mayor Ana Duarte", "denied", "the report about the dam"),
    (1, "Tom Pell", "said", "the wall was safe for everybody below"),
    (2, "Lis Marsh", "said", "the bridge was closed"),
    (4, "He", "denied", "the story"),
    (5, "Jan Ode", "added", "nobody had asked"),
    (6, "Kim Roe", "said", "“It is safe,”"),
    (8, "Rita Holm", "condemned", "the vote of the Harbour Board"),
)


def article(doc_id: str) -> dict[str, Any]:
    text = " ".join(SENTENCES)

    def spans(sentence: int, part: str) -> list[list[int]]:
        start = text.index(part, text.index(SENTENCES[sentence]))
        return [[start, start + len(part)]]

    return {
        "doc_id": doc_id,
        "text": text,
        "attributions": [
            {"source": spans(at, source), "cue": spans(at, cue), "content": spans(at, content)}
            for at, source, cue, content in ATTRIBUTIONS
        ]
        + [{"source": [], "cue": [], "content": []}],
    }


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    (tmp_path / "attribution").mkdir()
    with gzip.open(tmp_path / "attribution" / "polnear.train.jsonl.gz", "wt", encoding="utf-8") as lines:
        for name in ("one", "two"):
            lines.write(json.dumps(article(name)) + "\n")
    return tmp_path


@pytest.fixture
def passages(corpora: Path) -> list[Passage]:
    return harvested_passages(corpora, {"two"})


def about(passages: list[Passage], name: str) -> list[tuple[str, set[str], float]]:
    return [(p.premise, set(p.stances[name]), p.weight) for p in passages if name in p.stances]


def test_a_cue_of_ours_tells_the_stance(passages: list[Passage]) -> None:
    assert about(passages, "Mayor Ana Duarte") == [(SENTENCES[0], {"denial"}, 0.7)]
    assert about(passages, "Rita Holm") == [(SENTENCES[8], {"condemnation"}, 0.7)]
    assert about(passages, "the Harbour Board") == []
    assert about(passages, "Harbour Board") == [(SENTENCES[8], set(), 0.7)]


def test_a_cue_that_tells_nothing_marks_nothing(passages: list[Passage]) -> None:
    assert about(passages, "Jan Ode") == [(SENTENCES[5], {"assertion"}, 0.5)]


@pytest.mark.parametrize(
    ("name", "sentence", "behind"),
    [
        ("Tom Pell", 1, " that the wall was safe for everybody below."),
        ("Lis Marsh", 2, " that the bridge was closed."),
    ],
)
def test_plain_indirect_speech_is_also_turned_into_a_denial(
    passages: list[Passage], name: str, sentence: int, behind: str
) -> None:
    plain, swapped = about(passages, name)
    assert plain == (SENTENCES[sentence], {"assertion"}, 0.3)
    premise, stances, _ = swapped
    assert stances == {"denial"}
    assert premise.startswith(name + " ")
    assert premise.endswith(behind)
    verb = premise.removeprefix(name + " ").removesuffix(behind)
    assert verb in read_table("cues.toml")["denial"]["clause_verbs"]


def test_what_nobody_says_is_the_narrator_s(passages: list[Passage]) -> None:
    told = [passage for passage in passages if passage.stances.get(NARRATOR)]
    assert [(p.premise, set(p.stances[NARRATOR]), p.weight) for p in told] == [
        (SENTENCES[3], {"assertion"}, NARRATED_WEIGHT)
    ]
    assert told[0].stances["Velmar"] == set()


def test_pronouns_quotations_and_short_lines_are_left_out(passages: list[Passage]) -> None:
    premises = {passage.premise for passage in passages}
    assert premises.isdisjoint({SENTENCES[4], SENTENCES[6], SENTENCES[7]})


def test_everybody_asked_about_is_in_the_premise(passages: list[Passage]) -> None:
    for passage in passages:
        assert all(name in passage.premise for name in passage.stances if name != NARRATOR)


def test_held_out_articles_are_never_learned_from(corpora: Path, passages: list[Passage]) -> None:
    assert len(harvested_passages(corpora, set())) == 2 * len(passages)
    assert harvested_passages(corpora, {"one", "two"}) == []


def test_harvesting_twice_gives_the_same(corpora: Path, passages: list[Passage]) -> None:
    assert harvested_passages(corpora, {"two"}) == passages


def test_drawing_some(passages: list[Passage]) -> None:
    assert len(drawn(passages, 3, random.Random(1))) == 3
    assert sorted(p.premise for p in drawn(passages, 999, random.Random(1))) == sorted(
        p.premise for p in passages
    )


def test_ids_of_gold_articles_are_held_out(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text('{"id": "one"}\n\n{"id": "three", "text": ""}\n')
    assert held_out_ids(tmp_path / "gold.jsonl") == {"one", "three"}


def test_lines_are_read_in_order(corpora: Path) -> None:
    path = corpora / "attribution" / "polnear.train.jsonl.gz"
    assert [line["doc_id"] for line in read_lines(path)] == ["one", "two"]


def test_an_epoch_of_pairs_is_the_same_each_time_and_another_each_epoch(
    corpora: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = written_passages()[:40]
    annotated = [Passage("The wall stood.", {NARRATOR: frozenset({"denial"})})]
    monkeypatch.setattr(reporting, "annotated_passages", lambda *_: annotated)
    monkeypatch.setattr(reporting, "written_passages", lambda: written)
    monkeypatch.setattr(reporting, "DRAWN", 30)
    epoch = reporting.reporting_pairs(corpora, {"two"})
    first = epoch(0)
    assert first == epoch(0)
    assert first != epoch(1)
    premises = {pair.premise for pair in first}
    assert SENTENCES[3] in premises
    assert {passage.premise for passage in [*written, *annotated]} <= premises
    assert {pair.label for pair in first} == {"entailment", "not_entailment"}
    assert all(0 < pair.weight <= 1 for pair in first)


def test_the_test_of_generalisation_asks_in_words_never_trained_on() -> None:
    found: list[Judged] = reporting.held_out_cues(40)
    wordings, seen = Wordings(held_out=True), Wordings()
    shared = {*SAYING, *seen.exclusive}
    asked = {pair.hypothesis.lower() for pair in found}

    def ends(templates: list[str] | set[str]) -> set[str]:
        return {part.lower() for each in templates for part in [max(each.split("{speaker}"), key=len)]}

    known = ends(shared)
    held = ends({each for templates in wordings.templates.values() for each in templates})
    for hypothesis in asked:
        assert any(end in hypothesis for end in known | held), hypothesis
    assert len(found) > 100
    assert {pair.label for pair in found} == {"entailment", "not_entailment"}
