"""The labels of public news: offsets alone, in order, each document in one part."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "data" / "annotations"
LINES: dict[str, list[dict[str, Any]]] = {
    part: [json.loads(line) for line in (FOLDER / f"{part}.jsonl").read_text("utf-8").splitlines()]
    for part in ("train", "dev", "test", "picked", "second", "second_picked", "second_whole")
}
SECOND = {"second": {"train", "dev"}, "second_picked": {"train", "picked"}, "second_whole": {"train"}}
EVERY = [line for lines in LINES.values() for line in lines]
FIELDS = {"corpus", "doc_id", "sha256", "speakers", "sentences"}


def test_a_document_stands_in_one_part_once() -> None:
    names = [line["doc_id"] for part in LINES.keys() - SECOND for line in LINES[part]]
    assert len(names) == len(set(names))
    texts = [line["sha256"] for part in LINES.keys() - SECOND for line in LINES[part]]
    assert len(texts) == len(set(texts))
    assert min(len(LINES[part]) for part in LINES.keys() - SECOND) > 50


def test_another_hand_read_what_the_first_one_read() -> None:
    for second, parts in SECOND.items():
        first = {line["doc_id"]: line for part in parts for line in LINES[part]}
        for line in LINES[second]:
            assert line["sha256"] == first[line["doc_id"]]["sha256"]


def test_no_word_of_a_text_is_there() -> None:
    for line in EVERY:
        assert line.keys() - {"disputes"} == FIELDS
        for speaker in line["speakers"]:
            assert all(isinstance(number, int) for span in speaker for number in span)
        for _, _, labels, *rest in line["sentences"]:
            assert set(labels) <= set("ADC")
            assert not any(isinstance(value, str) for value in rest)


def test_sentences_are_in_order_and_point_at_speakers() -> None:
    for line in EVERY:
        last = 0
        for start, end, _, *rest in line["sentences"]:
            assert last <= start < end
            last = end
            speaker = rest[0] if rest else -1
            assert -1 <= speaker < len(line["speakers"])
            for number, label in rest[3] if len(rest) > 3 else []:
                assert 0 <= number < len(line["speakers"])
                assert label in "ADC"


def test_every_denial_is_asked_for_its_claims() -> None:
    for part in ("train", "dev", "test"):
        for line in LINES[part]:
            denials = [
                index for index, (_, _, labels, *_) in enumerate(line["sentences"]) if labels[0] == "D"
            ]
            assert [denial for denial, *_ in line.get("disputes", [])] == denials
            claims = [claim for _, *each in line.get("disputes", []) for claim in each]
            assert all(0 <= claim < len(line["sentences"]) for claim in claims)


def test_another_hand_tied_the_denials_that_are_held_out() -> None:
    first = {line["doc_id"]: line for part in ("dev", "test") for line in LINES[part] if "disputes" in line}
    lines = [json.loads(line) for line in (FOLDER / "second_disputes.jsonl").read_text("utf-8").splitlines()]
    assert {line["doc_id"] for line in lines} == first.keys()
    for line in lines:
        assert line.keys() == {"corpus", "doc_id", "disputes"}
        assert all(isinstance(number, int) for each in line["disputes"] for number in each)
        tied = first[line["doc_id"]]["disputes"]
        assert [denial for denial, *_ in line["disputes"]] == [denial for denial, *_ in tied]
