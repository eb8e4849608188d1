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

_TAG = re.compile(
    r"<(?P<closes>/?)(?P<tag>tweet|post|toot|status)(?=[\s/>])(?P<inside>[^<>]*)>", re.IGNORECASE
)
_AUTHOR = re.compile(r"(?<![^\s-])author=([\"'])(?P<who>@?\w.{0,80}?)\1", re.IGNORECASE)
_APART = 2
"""Line breaks that part paragraphs."""
_MONTH = r"[A-Z][a-z]{2,8}\.?"
_DATE = rf"(?:{_MONTH} \d{{1,2}}, \d{{4}}|\d{{1,2}} {_MONTH} \d{{4}}|\d{{4}}-\d\d-\d\d)"
# Pages glue the dash to the full stop before it.
_SIGNED = re.compile(
    r"(?<![^\W_])(?:[—–]|--) ?(?P<who>[^\W\d_][^@()<>—–\n]{0,48}?) ?"
    rf"\((?P<handle>@\w[\w.@-]{{0,60}})\),? {_DATE}(?:,? (?:at )?\d[\d:]* ?[AaPp]\.?[Mm]\.?)?\W*$"
)


def posts(text: str) -> tuple[Turn, ...]:
    """The posts of `text` in order, none inside another; what holds no letter is none.

    The mark of one that is signed is what stands behind the name.
    """
    shown = legible(text)
    found = list(_marked_up(shown))
    standing = places(found)
    found += [turn for turn in _signed(shown) if not overlapping(standing, turn.whole)]
    return tuple(sorted(turn for turn in found if any(map(str.isalpha, turn.said[0].of(shown)))))


def _marked_up(shown: str) -> Iterator[Turn]:
    """Elements with an author, up to their end or, for want of it, the end of the line."""
    tags = [*_TAG.finditer(shown), None]
    for opening, following in pairwise(tags):
        if opening is None or opening["closes"] or opening["inside"].endswith("/"):
            continue
        author = _AUTHOR.search(opening["inside"])
        if author is None:
            continue
        end = _end(shown, opening, following)
        who, mark = Span(*(opening.start("inside") + place for place in author.span("who"))), None
        signed = _SIGNED.search(shown, opening.end(), end)
        if signed and signed["handle"].lstrip("@").lower() == author["who"].lstrip("@").lower():
            who, mark, end = *_signature(signed), signed.start()
        yield Turn(who, mark, (stripped(shown, opening.end(), end),))


def _end(shown: str, opening: re.Match[str], following: re.Match[str] | None) -> int:
    """Where what an element holds ends."""
    if following is not None and _closes(following, opening):
        return following.start()
    line = shown.find("\n", opening.end())
    return min(line if line >= 0 else len(shown), following.start() if following else len(shown))


def _closes(tag: re.Match[str], opening: re.Match[str]) -> bool:
    """Whether a tag closes the element that another opens; some write "<post/>" for its end."""
    alike = tag["tag"].lower() == opening["tag"].lower()
    return alike and (bool(tag["closes"]) or tag["inside"] == "/")


def _signed(shown: str) -> Iterator[Turn]:
    """Paragraphs that close with a signature; below several lines it is of all of them."""
    before: Span | None = None
    for block in blocks(shown):
        near = before is not None and shown.count("\n", before.end, block.start) < _APART
        signed = _SIGNED.search(shown, *block)
        if signed is None:
            before = Span(before.start if before is not None and near else block.start, block.end)
            continue
        own = stripped(shown, block.start, signed.start())
        if before is not None and (near or own.start >= own.end):
            own = Span(before.start, own.end if own.start < own.end else before.end)
        if own.start < own.end:
            yield Turn(*_signature(signed), (own,))
        before = None


def _signature(signed: re.Match[str]) -> tuple[Span, Span]:
    """The name in a signature, and what stands behind it."""
    return Span(*signed.span("who")), Span(signed.end("who"), signed.end())
