"""The words of an article, with offsets."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from model.gazetteer import words
from model.names import fold
from model.spans import Span

# An accented letter that was decoded wrongly, once or twice, is a letter and signs: "Ã±"; not "Ã »".
_LETTERS = (
    r"(?:\w|(?<=Ã)[\x80-\x9f\xa1-\xaa\xac-\xba\xbc-\xbf]|(?<=Ã[\x80-\x9f]Â)[\xa1-\xaa\xac-\xba\xbc-\xbf])+"
)
_WORD = re.compile(
    r"\d+(?:[.,]\d+)+(?!\w)|(?:[^\W\d_]\.){2,}(?:[^\W\d_](?!\w))?|" + rf"{_LETTERS}(?:[-'’&.]{_LETTERS})*|&"
)
_CLITIC = re.compile(r"['’](?:s|S|re|ve|ll|d|m)$")
BLANK = re.compile(r"(?:[^\S\n]|[\xad\u200b-\u200f\u2060\ufeff]){1,2}")
"""White space between words of one phrase, with what is invisible: web pages have soft hyphens there."""
_ABBREVIATION = frozenset("jr sr st mt n s e w inc corp co ltd".split())


class Token(NamedTuple):
    """A word of the sentence with index `sentence`; `end` counts a possessive 's and the like, `text` not."""

    start: int
    end: int
    text: str
    possessive: bool
    sentence: int

    @property
    def stop(self) -> int:
        """Where `text` ends."""
        return self.start + len(self.text)


def tokenize(text: str, sentences: Sequence[Span]) -> list[Token]:
    """The words of `text`; a word outside every sentence belongs to the sentence before it."""
    starts = [sentence.start for sentence in sentences]
    tokens = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        word = match.group()
        clitic = _CLITIC.search(word)
        possessive = False
        if clitic:
            word = word[: clitic.start()]
            possessive = clitic.group()[1:] in "sS" and fold(word) not in words().functions
        elif end < len(text) and text[end] in "'’" and word[-1] in "sS" and text[end + 1 : end + 2].isspace():
            possessive = True
            end += 1
        elif text[end : end + 1] == "." and _takes_full_stop(word):
            word += "."
            end += 1
        tokens.append(Token(start, end, word, possessive, max(0, bisect_right(starts, start) - 1)))
    return tokens


def _takes_full_stop(word: str) -> bool:
    folded = word.lower()
    if len(word) == 1:
        return word.isupper() and word != "I"
    return word[0].isupper() and (folded in words().honorifics or folded in _ABBREVIATION)
