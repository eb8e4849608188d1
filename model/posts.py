"""Posts that an article embeds: who wrote them stands in their mark-up, or is signed behind them.

    <tweet author="@anaduarte" date="…">The dam is safe.</tweet>
    The dam is safe. — Ana Duarte (@anaduarte) June 3, 2031

The second form is what posting services give to pages that show a post. Without its date it would be a byline
or a sign-off as well, and other elements with an author hold more than what that author says.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from model.lines import blocks, legible, stripped
from model.spans import Span, overlapping
from model.turns import Turn, places

_TAG = re.compile(r"<(?P<closes>/?)(?P<tag>tweet|post|toot|status)\b(?P<inside>[^<>]*)>", re.IGNORECASE)
_AUTHOR = re.compile(r"(?<![^\s-])author=([\"'])(?P<who>@?\w.*?)\1", re.IGNORECASE)
_MONTH = r"[A-Z][a-z]{2,8}\.?"
_DATE = rf"(?:{_MONTH} \d{{1,2}}, \d{{4}}|\d{{1,2}} {_MONTH} \d{{4}}|\d{{4}}-\d\d-\d\d)"
_SIGNED = re.compile(
    r"(?<!\S)(?:[—–]|--) ?(?P<who>[^\W\d_][^@()<>—–\n]{0,48}?) ?"
    rf"\((?P<handle>@\w[\w.]{{0,60}})\),? {_DATE}(?:,? (?:at )?\d[\d:]* ?[AaPp]\.?[Mm]\.?)?\W*$"
)


def posts(text: str) -> tuple[Turn, ...]:
    """The posts of `text` in order, none inside another; what holds no letter is none."""
    shown = legible(text)
    found = list(_marked_up(shown))
    standing = places(found)
    found += [turn for turn in _signed(shown) if not overlapping(standing, turn.whole)]
    return tuple(sorted(turn for turn in found if any(map(str.isalpha, turn.said[0].of(shown)))))


def _marked_up(shown: str) -> Iterator[Turn]:
    """Elements with an author, up to their end or, for want of it, the end of the line."""
    tags = [*_TAG.finditer(shown), None]
    for opening, following in pairwise(tags):
        author = _AUTHOR.search(opening["inside"]) if opening and not opening["closes"] else None
        if opening is None or author is None:
            continue
        if following is not None and (following["closes"] or following["inside"].endswith("/")):
            end = following.start()
        else:
            line = shown.find("\n", opening.end())
            end = min(line if line >= 0 else len(shown), following.start() if following else len(shown))
        who = Span(*(opening.start("inside") + place for place in author.span("who")))
        signed = _SIGNED.search(shown, opening.end(), end)
        if signed and signed["handle"].lstrip("@").lower() == author["who"].lstrip("@").lower():
            who, end = Span(*signed.span("who")), signed.start()
        yield Turn(who, None, (stripped(shown, opening.end(), end),))


def _signed(shown: str) -> Iterator[Turn]:
    """Paragraphs that close with a signature, which may stand in one of its own."""
    before: Span | None = None
    for paragraph in blocks(shown):
        signed = _SIGNED.search(shown, *paragraph)
        if signed is None:
            before = paragraph
            continue
        said = stripped(shown, paragraph.start, signed.start())
        if said.start < said.end:
            yield Turn(Span(*signed.span("who")), None, (said,))
        elif before is not None:
            yield Turn(Span(*signed.span("who")), None, (before,))
        before = None
