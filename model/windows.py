"""An article as the token classifier sees it: words, their surface features, and windows over them.

The encoder's vocabulary is lower-cased and drops line breaks, so what case, quotation marks and
paragraphs tell is given to it as a feature of each token.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from model.tokens import encodable

WINDOW = 384
OVERLAP = 96
CASES, BREAKS = 4, 3
FEATURES = CASES * 2 * BREAKS

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Words:
    """The words of an article (the tokenizer's pre-tokens), T tokens and W words.

    tokens: shape (T,), ids in the vocabulary.
    features: shape (T,), below `FEATURES`: case, inside a quotation, what stands before.
    first: shape (W + 1,), index of each word's first token; the last entry is T.
    start, end: shape (W,), code points.
    quoted: for each code point of the article, whether it stands in quotation marks (see `quoted`).
    """

    tokens: Ints
    features: Ints
    first: Ints
    start: Ints
    end: Ints
    quoted: Marks

    def __len__(self) -> int:
        return len(self.start)

    def part(self, begin: int, end: int) -> "Words":
        """Words `begin` to `end`; tokens and code points stay whole: `first` and `start` point at them."""
        return replace(
            self, first=self.first[begin : end + 1], start=self.start[begin:end], end=self.end[begin:end]
        )


@dataclass(frozen=True)
class Window:
    """Words `begin` to `end` of an article (end exclusive)."""

    begin: int
    end: int


def read_words(tokenizer: Tokenizer, text: str) -> Words:
    """Words of `text` with their features; control characters and white space belong to no word."""
    encoding = tokenizer.encode(encodable(text), add_special_tokens=False)
    word_of = np.array(encoding.word_ids, dtype=np.int64)
    spans = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
    inside = quoted(text)
    if not len(word_of):
        empty = np.zeros(0, dtype=np.int64)
        return Words(empty, empty, np.zeros(1, dtype=np.int64), empty, empty, inside)
    opens = np.flatnonzero(np.diff(word_of, prepend=-1))
    first = np.append(opens, len(word_of))
    start, end = spans[opens, 0], spans[first[1:] - 1, 1]
    of_word = _features(text, start, end, inside)
    return Words(
        tokens=np.array(encoding.ids, dtype=np.int64),
        features=np.repeat(of_word, np.diff(first)),
        first=first,
        start=start,
        end=end,
        quoted=inside,
    )


def quoted(text: str) -> Marks:
    """For each code point, whether it stands in double quotation marks, these included.

    A paragraph starts outside of quotation: where a quotation goes on, the paragraph opens with a
    mark of its own.
    """
    inside = np.zeros(len(text), dtype=np.bool_)
    state = False
    for index, char in enumerate(text):
        if char in '“"„«' and not state:
            state = inside[index] = True
        elif char in '”"»' and state:
            inside[index], state = True, False
        elif char == "\n":
            state = False
        else:
            inside[index] = state
    return inside


def _features(text: str, start: Ints, end: Ints, inside: Marks) -> Ints:
    features = np.zeros(len(start), dtype=np.int64)
    before = 0
    for index, (begin, stop) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        gap, word = text[before:begin], text[begin:stop]
        broken = 2 if index == 0 or "\n" in gap else int(bool(gap))
        features[index] = _case(word) + CASES * (int(inside[begin]) + 2 * broken)
        before = stop
    return features


def _case(word: str) -> int:
    if word[:1].isupper():
        return 2 if len(word) > 1 and word.isupper() else 1
    return 0 if word[:1].islower() else 3


def windows(words: Words, size: int = WINDOW, overlap: int = OVERLAP, offset: int = 0) -> list[Window]:
    """Windows of at most `size` tokens, two special ones included, each `overlap` tokens into the last.

    `offset` (tokens) makes the first window shorter, so that training sees other borders each time.
    """
    found: list[Window] = []
    begin, room = 0, (size - 2 - offset if 0 < offset < size - 2 else size - 2)
    while begin < len(words):
        end = int(np.searchsorted(words.first, words.first[begin] + room, side="right")) - 1
        end = min(max(end, begin + 1), len(words))
        found.append(Window(begin, end))
        if end == len(words):
            break
        back = int(np.searchsorted(words.first, words.first[end] - overlap, side="left"))
        begin, room = max(back, begin + 1), size - 2
    return found


def depths(window: Window, count: int) -> Ints:
    """How deep each word of a window stands in it, shape (its words,): 1 where it is cut off beside the word.

    The ends of the text, of `count` words, are no borders: nothing is cut off there.
    """
    places = np.arange(window.begin, window.end)
    before = places - window.begin + (window.begin == 0) * WINDOW
    behind = window.end - 1 - places + (window.end == count) * WINDOW
    return np.minimum(before, behind) + 1


def joined(found: Sequence[Window], values: Sequence[Sequence[Floats]], count: int) -> list[Floats]:
    """What was said of the words in their windows, one row for each of `count` words.

    Of a word in several windows it is the mean, each counting by how deep the word stands in it, so that what
    is said changes step by step from one window to the next.

    Args:
        found: windows that cover the words.
        values: of each window its outputs, each of shape (its words, width).
        count: words of the text.
    """
    deep = [depths(window, count) for window in found]
    total = np.zeros(count, dtype=np.int64)
    for window, depth in zip(found, deep, strict=True):
        total[window.begin : window.end] += depth
    widths = [output.shape[1] for output in values[0]] if values else []
    rows = [np.zeros((count, width), dtype=np.float32) for width in widths]
    for window, depth, outputs in zip(found, deep, values, strict=True):
        here = slice(window.begin, window.end)
        share = (depth / total[here]).astype(np.float32)[:, np.newaxis]
        for row, output in zip(rows, outputs, strict=True):
            row[here] += share * output
    return rows
