"""Labels that point into other people's texts. All people and places are invented."""

import gzip
import hashlib
import json
import random
from pathlib import Path
from typing import Any

import pytest

from model.article import NARRATOR
from model.training import annotations
from model.training.annotations import annotated_articles, annotated_passages, of_epoch

TEXT = (
    "Mayor Ana Duarte denied the report. “A  disgrace,” she said of Tom Pell. It rained. "
    "Pell was not asked. Some saw it so."
)


def at(words: str, start: int = 0) -> list[int]:
    begin = TEXT.index(words, start)
    return [begin, begin + len(words)]


def line(**changes: Any) -> dict[str, Any]:
    return {
        "corpus": "attribution/made",
        "doc_id": "made-1",
        "sha256": hashlib.sha256(TEXT.encode()).hexdigest()[:12],
        "speakers": [[at("Ana Duarte"), at("Mayor")], [at("Tom Pell"), at("Pell", at("It rained")[0])]],
        "sentences": [
            [*at("Mayor Ana Duarte denied the report."), "D", 0, at("Ana Duarte"), at("denied")],
            [*at("“A  disgrace,” she said of Tom Pell."), "C", 0, at("she"), at("said"), [[1, "A"]]],
            [*at("It rained."), "A"],
            [*at("Pell was not asked."), "A"],
            [*at("Some saw it so."), "CA"],
        ],
        **changes,
    }


@pytest.fixture
def corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "attribution"
    folder.mkdir()
    with gzip.open(folder / "made.jsonl.gz", "wt", encoding="utf-8") as out:
        out.write(json.dumps({"doc_id": "made-1", "text": TEXT}) + "\n")
    monkeypatch.setattr(annotations, "FOLDER", tmp_path)
    write(tmp_path, line())
    return tmp_path


def write(folder: Path, *lines: dict[str, Any]) -> None:
    (folder / "train.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")


def test_offsets_become_gold(corpora: Path) -> None:
    ((article, frames),) = annotated_articles("train", corpora, set())
    assert [(s.label, s.speaker) for s in article.sentences[:3]] == [
        ("denial", "Ana Duarte"),
        ("condemnation", "Ana Duarte"),
        ("assertion", NARRATOR),
    ]
    assert article.sentences[0].speaker_accept == ("Mayor",)
    assert article.sentences[4].accept == ("condemnation", "assertion")
    assert [frame.source.of(TEXT) for frame in frames] == ["Ana Duarte", "she", "", "", ""]


def test_a_denial_has_its_claims(corpora: Path) -> None:
    write(corpora, line(disputes=[[0, 4, 1], [3]]))
    ((article, _),) = annotated_articles("train", corpora, set())
    assert [(dispute.denial, dispute.claim) for dispute in article.disputes] == [(0, 4), (0, 1)]


def test_a_passage_tells_of_everybody_in_it(corpora: Path) -> None:
    denied, condemned, rained, unasked = annotated_passages(corpora, set())
    assert denied.premise == "Mayor Ana Duarte denied the report."
    assert denied.stances == {NARRATOR: frozenset(), "Ana Duarte": frozenset({"denial"})}
    assert condemned.premise == "“A disgrace,” Ana Duarte said of Tom Pell."
    assert condemned.stances["Tom Pell"] == {"assertion"}
    assert rained.stances == {NARRATOR: frozenset({"assertion"})}
    assert unasked.stances == {NARRATOR: frozenset({"assertion"}), "Pell": frozenset()}


def test_an_epoch_reads_marked_passages_twice_and_plain_ones_of_the_narrator_in_part(corpora: Path) -> None:
    passages = annotated_passages(corpora, set())
    drawn = [of_epoch(passages, random.Random(seed)) for seed in range(40)]
    assert {sum(passage is passages[0] for passage in epoch) for epoch in drawn} == {2}
    assert {sum(passage is passages[2] for passage in epoch) for epoch in drawn} == {0, 1}


def test_an_epoch_reads_a_share_of_what_has_no_marked_stance(corpora: Path) -> None:
    passages = annotated_passages(corpora, set())
    drawn = [of_epoch(passages, random.Random(seed), plain=0.0) for seed in range(4)]
    marked = [
        p
        for p in passages
        if not frozenset().union(*p.stances.values()).isdisjoint({"denial", "condemnation"})
    ]
    assert all(len(epoch) == 2 * len(marked) for epoch in drawn)


def test_another_text_and_what_is_held_out_are_refused(corpora: Path) -> None:
    with pytest.raises(ValueError, match="made-1 is held out"):
        annotated_articles("train", corpora, {"made-1"})
    write(corpora, line(sha256="0" * 12))
    with pytest.raises(ValueError, match="made-1: not the text that was labelled"):
        annotated_articles("train", corpora, set())
