"""Stretches of an article that stand in quotation marks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from model.lines import blocks, legible
from model.spans import Span, overlapping, place_of

# Marks of a family close one another, whichever way they point: news mixes typewriter's and printer's marks,
# and German closes with what English opens with.
_OPENING = {
    "“": "double",
    "„": "double",
    "‟": "double",
    "``": "double",
    "‘": "single",
    "‚": "single",
    "‛": "single",
    "«": "guillemet",
    "‹": "angle",
    "「": "corner",
    "『": "white corner",
}
_CLOSING = {
    "”": "double",
    "’": "single",
    "»": "guillemet",
    "›": "angle",
    "」": "corner",
    "』": "white corner",
}
_FAMILIES = _OPENING | _CLOSING | {'"': "double", "''": "double", "'": "single"}
_MARK = re.compile("|".join(sorted(_FAMILIES, key=len, reverse=True)))

_LEFT_OF_OPENING = frozenset(" \n([{>/—–-")
_RIGHT_OF_CLOSING = frozenset(" \n)]}</—–-.,;:!?…")
_ELISION = re.compile(r"[‘'](?:\d\ds?|em|tis|twas|til|till|cause|bout|n)\b", re.IGNORECASE)
_PLURAL_POSSESSIVE = re.compile(r"(?<=[sS])['’](?= [a-z])")


@dataclass(frozen=True, slots=True)
class _Mark:
    """A quotation mark, and whether it can open or close a quotation where it stands."""

    span: Span
    family: str
    opens: bool
    closes: bool


def quotations(text: str) -> tuple[Span, ...]:
    """Stretches of `text` in quotation marks, marks included, in order and without overlap.

    Quotations inside a quotation are part of it. One that is not closed ends with its paragraph, or goes on
    in the next if that one starts with the same kind of mark. Apostrophes are no marks. Time is linear.
    """
    shown = legible(text)
    quoted: list[Span] = []
    left_open: dict[str, int] = {}
    for block in blocks(shown):
        closed, left_open = _read(_marks(shown, block), block, left_open)
        quoted += closed
        quoted += (Span(start, block.end) for start in left_open.values())
    return _merged(quoted)


def is_quoted(quoted: Sequence[Span], position: int) -> bool:
    """Whether `position` is inside one of these quotations."""
    return bool(quoted) and quoted[0].start <= position < quoted[place_of(quoted, position)].end


def inside(text: str, span: Span, quoted: Sequence[Span]) -> float:
    """The share, 0 to 1, of the non-space characters of `span` that lie in quotations.

    `quoted` are the quotations of `text`. White space alone lies in none.
    """
    ink = _ink(text, span)
    found = 0
    for start, end in (quoted[index] for index in overlapping(quoted, span)):
        found += _ink(text, Span(max(span.start, start), min(span.end, end)))
    return found / ink if ink else 0.0


def _ink(text: str, span: Span) -> int:
    return sum(not char.isspace() for char in span.of(text))


def _read(
    marks: Iterable[_Mark], block: Span, left_open: dict[str, int]
) -> tuple[list[Span], dict[str, int]]:
    """Quotations that end in `block`, and where those that it leaves open start, by family.

    `left_open` is what the block before left open.
    """
    closed: list[Span] = []
    pending: dict[str, int] = {}
    for mark in marks:
        if mark.family not in pending:
            if mark.opens:
                resumes = mark.span.start == block.start and mark.family in left_open
                pending[mark.family] = left_open[mark.family] if resumes else mark.span.start
        elif mark.closes:
            closed.append(Span(pending[mark.family], mark.span.end))
            # What was opened inside and not closed ends here too.
            while mark.family in pending:
                pending.popitem()
    return closed, pending


def _marks(shown: str, block: Span) -> list[_Mark]:
    """Quotation marks of `block`, in order."""
    matches = list(_MARK.finditer(shown, *block))
    lefts: list[bool] = []
    for i, match in enumerate(matches):
        # Beside another mark, what holds for that one holds for this one.
        adjoins = i > 0 and matches[i - 1].end() == match.start()
        at_edge = match.start() == block.start or shown[match.start() - 1] in _LEFT_OF_OPENING
        lefts.append(lefts[-1] if adjoins else at_edge)
    marks: list[_Mark] = []
    right = closer_follows = next_closes = False
    for match, left in zip(reversed(matches), reversed(lefts), strict=True):
        adjoins = bool(marks) and marks[-1].span.start == match.end()
        if not adjoins:
            right = match.end() == block.end or shown[match.end()] in _RIGHT_OF_CLOSING
        mark = _mark(match, left=left, right=right)
        if mark.family == "single":
            mark = _without_apostrophes(
                shown, block, mark, next_closes=next_closes, closer_follows=closer_follows
            )
            if mark.opens or mark.closes:
                next_closes = mark.closes
                closer_follows |= mark.closes
        marks.append(mark)
    return marks[::-1]


def _mark(match: re.Match[str], *, left: bool, right: bool) -> _Mark:
    """A mark between what is to its left and right: whether that could stand before or behind a quotation."""
    sign = match[0]
    seems_opening, seems_closing = left and not right, right and not left
    return _Mark(
        Span(*match.span()),
        _FAMILIES[sign],
        opens=seems_opening if sign in _CLOSING else not seems_closing,
        closes=seems_closing if sign in _OPENING else not seems_opening,
    )


def _without_apostrophes(
    shown: str, block: Span, mark: _Mark, *, next_closes: bool, closer_follows: bool
) -> _Mark:
    """A single mark with what an apostrophe cannot be taken away.

    `next_closes` says whether the next single mark of the block can close, `closer_follows` whether any can.
    """
    before = shown[mark.span.start - 1] if mark.span.start > block.start else " "
    behind = shown[mark.span.end] if mark.span.end < block.end else " "
    sign = mark.span.of(shown)
    in_word = before.isalnum() and behind.isalnum()
    paired = sign == "‘" or closer_follows or mark.span.start == block.start
    return replace(
        mark,
        opens=mark.opens
        and paired
        and not (in_word or before.isalnum() or behind.isspace() or sign == "’")
        and not _ELISION.match(shown, mark.span.start),
        closes=mark.closes
        and not (in_word or before.isspace())
        and not (next_closes and _PLURAL_POSSESSIVE.match(shown, mark.span.start)),
    )


def _merged(quoted: list[Span]) -> tuple[Span, ...]:
    """Spans in order, those that overlap made one."""
    merged: list[Span] = []
    for span in sorted(quoted):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
