"""Posts that an article embeds: who wrote them stands in their mark-up, or is signed behind them.

    <tweet author="@anaduarte" date="…">The dam is safe.</tweet>
    The dam is safe. — Ana Duarte (@anaduarte) June 3, 2024

The second form is what posting services give to pages that show a post.
"""

import re
from collections.abc import Iterator

from model.lines import blocks, legible, stripped
from model.spans import Span, overlapping
from model.turns import Turn, places

_ELEMENT = re.compile(r"<(?P<tag>\w+)\b[^<>]*?\b(?:\w+-)?author=([\"'])(?P<who>[^\"'<>]+)\2[^<>]*>")
_END = re.compile(r"[<\n]|\Z")
_SIGNED = re.compile(r"[—–-]{1,2} ?(?P<who>[^\s@()<>—–][^\n@()<>—–]{0,48}?) ?\(@\w{1,30}\)")
_DATE = re.compile(r"(?:[\W\d]*[A-Z][a-z]{2,8}\.?[\W\d]*)?$")


def posts(text: str) -> tuple[Turn, ...]:
    """The posts of `text` in order, none inside another; what holds no letter is none."""
    shown = legible(text)
    found = list(_marked_up(shown))
    standing = places(found)
    found += [turn for turn in _signed(shown) if not overlapping(standing, turn.whole)]
    return tuple(sorted(turn for turn in found if any(map(str.isalpha, turn.said[0].of(shown)))))


def _marked_up(shown: str) -> Iterator[Turn]:
    """Elements with an author, up to the next tag or the end of the line; signed ones have a name."""
    for opening in _ELEMENT.finditer(shown):
        closing = _END.search(shown, opening.end())
        end = closing.start() if closing else len(shown)
        signed = _SIGNED.search(shown, opening.end(), end)
        said = stripped(shown, opening.end(), signed.start() if signed else end)
        yield Turn(Span(*(signed or opening).span("who")), None, (said,))


def _signed(shown: str) -> Iterator[Turn]:
    """Paragraphs that close with a signature and at most a date; it may stand in one of its own."""
    before = Span(0, 0)
    for paragraph in blocks(shown):
        signed = _SIGNED.search(shown, *paragraph)
        if signed and _DATE.match(shown, signed.end(), paragraph.end):
            said = stripped(shown, paragraph.start, signed.start())
            yield Turn(Span(*signed.span("who")), None, (said if said.end > said.start else before,))
        before = paragraph
