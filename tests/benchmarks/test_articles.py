"""Articles for benchmarks: as long as asked, and none like another."""

import json
from itertools import islice

import pytest

from benchmarks.articles import code, first_sentences, label_requests, long_text, seeds, template
from model.sentences import split

TEXT = "Ines Okoro denied the report. “No,” she said. He?\n... “It is a disgrace,” said Tomas Velk."


def test_every_sentence_of_every_article_is_new() -> None:
    opened = template(TEXT)
    texts = [opened.text(number) for number in range(30)]
    sentences = [span.of(text) for text in texts for span in split(text)]
    assert len(set(sentences)) == len(sentences)
    assert {len(split(text)) for text in texts} == {len(split(TEXT))}
    assert len({len(text) for text in texts}) == 1
    assert all("Ines Okoro" in text and "Tomas Velk" in text for text in texts)


def test_codes_differ_and_are_of_one_length() -> None:
    codes = [code(number) for number in range(5000)]
    assert len(set(codes)) == len(codes)
    assert {len(each) for each in codes} == {3}


@pytest.mark.parametrize("sentences", [1, 7, 60])
def test_a_long_text_has_as_many_sentences_as_asked(sentences: int) -> None:
    assert len(split(long_text(sentences))) == sentences


def test_a_short_text_stays_whole() -> None:
    assert first_sentences("One. Two.", 5) == "One. Two."
    assert first_sentences("", 5) == ""


def test_requests_are_as_long_as_they_say_and_never_the_same() -> None:
    bodies = []
    for request in islice(label_requests(3), 20):
        head, _, body = request.partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")
        bodies.append(json.loads(body)["text"])
    assert len(set(bodies)) == len(bodies)
    assert {len(split(text)) for text in bodies} == {3}


def test_requests_repeat_when_asked_to() -> None:
    requests = list(islice(label_requests(3, repeat=True), 2 * len(seeds())))
    assert requests[: len(seeds())] == requests[len(seeds()) :]
