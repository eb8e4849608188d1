"""Words and windows: nothing of an article is lost on the way to the tagger, and nothing is moved."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from model.windows import (
    CASES,
    FEATURES,
    OVERLAP,
    WINDOW,
    Window,
    Words,
    depths,
    joined,
    quoted,
    read_words,
    windows,
)

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
ODD = (
    "a\ud800b\udfff",
    "e\u0301te\u0301 İstanbul ﬁne ß ŉ \u0301\u0301",
    "한국어 中文字 हिन्दी שלום",
    "\u202eabc\u202c \u200ba\u00adb\ufeff",
    "\x00a\x07b\x1cc\r\nd\u2028e\u0085f\u00a0g",
    "👩‍👩‍👧 ok 🇫🇷",
    "\u037e\u0387\u2260\U0001d15e\ufb1d",
    "[SEP] [CLS] ##a",
    "a" * 150 + " b",
    "“” ” “ «»",
)


def check_words(tokenizer: Tokenizer, text: str) -> None:
    words = read_words(tokenizer, text)
    assert words.first.tolist()[0] == 0
    assert words.first.tolist()[-1] == len(words.tokens) == len(words.features)
    assert (np.diff(words.first) > 0).all()
    assert len(words) == len(words.start) == len(words.end) == len(words.first) - 1
    assert (words.start < words.end).all()
    assert (words.end[:-1] <= words.start[1:]).all()
    assert ((words.features >= 0) & (words.features < FEATURES)).all()
    covered = {place for span in zip(words.start, words.end, strict=True) for place in range(*span)}
    assert covered <= set(range(len(text)))
    assert {place for place, char in enumerate(text) if char in LETTERS} <= covered
    assert not any(text[start:end].isspace() for start, end in zip(words.start, words.end, strict=True))


@given(text=st.text(st.characters(exclude_categories=()), max_size=60))
def test_words_lie_in_order_and_cover_every_letter(tokenizer: Tokenizer, text: str) -> None:
    check_words(tokenizer, text)


@pytest.mark.parametrize("text", ODD)
def test_words_of_odd_texts(tokenizer: Tokenizer, text: str) -> None:
    check_words(tokenizer, text)


def test_offsets_are_code_points_whatever_stands_before(tokenizer: Tokenizer) -> None:
    text = "🙂 İ\ud800 e\u0301 Ana denies it."
    words = read_words(tokenizer, text)
    spans = [text[start:end] for start, end in zip(words.start, words.end, strict=True)]
    assert spans[-4:] == ["Ana", "denies", "it", "."]


def surface(tokenizer: Tokenizer, text: str) -> list[tuple[str, int, bool, int]]:
    """Each word with its case, whether it stands in quotation marks, and what stands before it."""
    words = read_words(tokenizer, text)
    found = []
    for begin, start, end in zip(words.first[:-1], words.start, words.end, strict=True):
        feature = int(words.features[begin])
        found.append((text[start:end], feature % CASES, bool(feature // CASES % 2), feature // CASES // 2))
    return found


def test_features_tell_case_quotation_and_breaks(tokenizer: Tokenizer) -> None:
    assert surface(tokenizer, "Ana: “it NATO”7\n\nX he") == [
        ("Ana", 1, False, 2),
        (":", 3, False, 0),
        ("“", 3, True, 1),
        ("it", 0, True, 0),
        ("NATO", 2, True, 1),
        ("”", 3, True, 0),
        ("7", 3, False, 0),
        ("X", 1, False, 2),
        ("he", 0, False, 1),
    ]


def test_all_tokens_of_a_word_share_its_feature(tokenizer: Tokenizer) -> None:
    words = read_words(tokenizer, "he Zyx")
    assert np.diff(words.first).tolist() == [1, 3]
    assert len(set(words.features[1:].tolist())) == 1


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("a “b” c", "..xxx.."),
        ('a "b" c', "..xxx.."),
        ("«a» „b“c”", "xxx.xxxxx"),
        ("“a\nb “c” d", "xx...xxx.."),
        ("a” b", "...."),
        ("“a “b” c” d", "xxxxxx....."),
        ("", ""),
    ],
)
def test_quoted_marks_each_character(text: str, inside: str) -> None:
    assert "".join("x" if each else "." for each in quoted(text)) == inside


def made_of(lengths: Sequence[int]) -> Words:
    """An article whose words have so many tokens each."""
    first = np.cumsum([0, *lengths])
    places = np.arange(len(lengths))
    return Words(
        np.zeros(first[-1], int), np.zeros(first[-1], int), first, places, places + 1, np.zeros(0, bool)
    )


@given(
    st.lists(st.integers(1, 30), max_size=80),
    st.integers(4, 40),
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_windows_cover_all_words_fit_and_go_on(
    lengths: list[int], size: int, overlap: int, offset: int
) -> None:
    words = made_of(lengths)
    found = windows(words, size, overlap, offset)
    assert {place for window in found for place in range(window.begin, window.end)} == set(range(len(words)))
    for window in found:
        tokens = words.first[window.end] - words.first[window.begin]
        assert tokens <= size - 2 or window.end == window.begin + 1
    for last, following in pairwise(found):
        assert last.begin < following.begin <= last.end <= following.end


@pytest.mark.parametrize("seed", range(20))
def test_every_window_of_an_article_reaches_further(seed: int) -> None:
    """With words as the tokenizer makes them (100 letters at most), windows do not pile up."""
    lengths = np.random.default_rng(seed).integers(1, 101, 600).tolist()
    words = made_of(lengths)
    found = windows(words)
    assert len(found) <= 1 + sum(lengths) // (WINDOW - 2 - OVERLAP - 2 * 100)
    for last, following in pairwise(found):
        assert last.end < following.end
        assert words.first[last.end] - words.first[following.begin] <= OVERLAP


def test_an_offset_moves_the_borders_and_nothing_else() -> None:
    words = made_of([1] * 1000)
    plain, moved = windows(words), windows(words, offset=100)
    assert plain[0] == Window(0, WINDOW - 2)
    assert moved[0] == Window(0, WINDOW - 102)
    assert moved[-1].end == plain[-1].end == 1000


def test_no_words_no_windows(tokenizer: Tokenizer) -> None:
    assert windows(read_words(tokenizer, " \n\x00")) == []


def test_what_windows_say_of_a_word_counts_by_how_deep_it_stands_in_them() -> None:
    count = 1000
    found = windows(made_of([1] * count))
    assert len(found) == 4
    said = [np.full((window.end - window.begin, 1), number) for number, window in enumerate(found)]
    (rows,) = joined(found, [[each.astype(np.float32)] for each in said], count)
    for place in range(count):
        margin = {
            number: min(
                place - window.begin + 1 if number else WINDOW,
                window.end - place if number + 1 < len(found) else WINDOW,
            )
            for number, window in enumerate(found)
            if window.begin <= place < window.end
        }
        mean = np.average(list(margin), weights=list(margin.values()))
        assert rows[place, 0] == pytest.approx(mean, rel=1e-6)


def test_a_word_in_one_window_is_as_that_says() -> None:
    values = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
    (rows,) = joined([Window(0, 300)], [[values]], 300)
    assert (rows == values).all()


def test_the_ends_of_the_text_are_no_borders() -> None:
    assert depths(Window(0, 5), 9).tolist() == [5, 4, 3, 2, 1]
    assert depths(Window(4, 9), 9).tolist() == [1, 2, 3, 4, 5]
    assert depths(Window(2, 7), 9).tolist() == [1, 2, 3, 2, 1]
    assert (depths(Window(0, 9), 9) > 9).all()
