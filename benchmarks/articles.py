"""Articles to ask about: cut from `seeds/`, and each unlike any before, so that no cache knows it.

In every sentence the last letters of the longest word in lower case give way to a code, another one for each
article. Names, most cues ("said") and the length in characters stay as they are; a sentence without such a
word gets the code behind its last word.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, cycle, islice
from string import ascii_lowercase

from benchmarks.clients import post
from benchmarks.serving import ROOT
from model.sentences import split
from model.spans import Span

SENTENCES = 25
"""What the design calls an article."""

_CODE_LETTERS = 3
_LONG_WORD = re.compile(r"\b[a-z]{4,}\b")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Template:
    """A text in pieces; between each two of them belongs a code."""

    pieces: Sequence[str]

    def text(self, number: int) -> str:
        """The text with the code of this number; codes repeat after 17,576 numbers."""
        return code(number).join(self.pieces)


def code(number: int) -> str:
    """The number as three letters."""
    letters = []
    for _ in range(_CODE_LETTERS):
        number, letter = divmod(number, len(ascii_lowercase))
        letters.append(ascii_lowercase[letter])
    return "".join(letters)


def template(text: str) -> Template:
    """The text, open to a code in every sentence."""
    pieces, end = [], 0
    for sentence in split(text):
        place = _place(text, sentence)
        pieces.append(text[end : place.start])
        end = place.end
    return Template((*pieces, text[end:]))


def _place(text: str, sentence: Span) -> Span:
    """What a code replaces in the sentence."""
    long = list(_LONG_WORD.finditer(text, *sentence))
    if long:
        end = max(long, key=lambda word: len(word[0])).end()
        return Span(end - _CODE_LETTERS, end)
    words = list(_WORD.finditer(text, *sentence))
    end = words[-1].end() if words else sentence.end
    return Span(end, end)


def seeds() -> list[str]:
    """The texts of `seeds/`, in the order of their names."""
    return [path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds").glob("*.txt"))]


def first_sentences(text: str, sentences: int) -> str:
    """The text up to the end of so many sentences; all of it where it has fewer."""
    spans = split(text)[:sentences]
    return text[: spans[-1].end] if spans else ""


def long_text(sentences: int, first: int = 0) -> str:
    """A text of so many sentences: the seeds from the `first` on, each time with another code."""
    templates = [template(text.strip()) for text in seeds()]
    # Every seed has more than ten sentences.
    needed = islice(cycle(templates), first, first + sentences // 10 + 1)
    texts = (each.text(number) for number, each in enumerate(needed))
    return first_sentences("\n\n".join(texts), sentences)


def label_requests(sentences: int = SENTENCES, *, repeat: bool = False) -> Iterator[bytes]:
    """Requests for `/v1/label` as they go over the wire, one seed after another, without end.

    Encoded once, so that the next one costs its reader next to nothing.

    Args:
        sentences: at which the seeds are cut.
        repeat: leave the texts as they are, so that a cache knows them from the second round on.
    """
    texts = [first_sentences(text, sentences) for text in seeds()]
    if repeat:
        yield from cycle([label_request(text) for text in texts])
    # A code is plain letters, in JSON too, and changes no length: Content-Length holds for every code.
    marker = "\x00"
    templates = []
    for text in texts:
        opened = template(text)
        shown = json.dumps(marker)[1:-1].encode()
        body = json.dumps({"text": marker.join(opened.pieces)}).encode()
        grown = (_CODE_LETTERS - len(shown)) * (len(opened.pieces) - 1)
        templates.append(post("/v1/label", body, length=len(body) + grown).split(shown))
    for number in count():
        yield code(number).encode().join(templates[number % len(templates)])


def label_request(text: str) -> bytes:
    """A request to label the text."""
    return post("/v1/label", json.dumps({"text": text}).encode())
