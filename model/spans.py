"""Spans of an article's text."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of text; `start` and `end` are Python code points, `end` exclusive."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The text that the span covers."""
        return text[self.start : self.end]

    def overlap(self, other: "Span") -> int:
        """Number of code points that both spans cover."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def covers(self, other: "Span") -> bool:
        """Whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end


def place_of(spans: Sequence[Span], position: int) -> int:
    """The index of the span that holds `position`, or else of the one before it, 0 if there is none.

    The spans are in order and do not overlap.
    """
    return max(0, bisect_right(spans, position, key=lambda span: span.start) - 1)


def overlapping(spans: Sequence[Span], span: Span) -> range:
    """The indexes of the spans that overlap `span`, which holds a character.

    The spans are in order and do not overlap.
    """
    first = bisect_right(spans, span.start, key=lambda each: each.end)
    return range(first, bisect_left(spans, span.end, key=lambda each: each.start))
