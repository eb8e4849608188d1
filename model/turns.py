"""Turns: what somebody says where the text itself marks who speaks, so that nothing need be guessed."""

from collections.abc import Sequence
from typing import NamedTuple

from model.spans import Span


class Turn(NamedTuple):
    """Who speaks, the mark behind it if there is one, and the paragraphs of what is said; code points."""

    speaker: Span
    mark: Span | None
    said: tuple[Span, ...]

    @property
    def whole(self) -> Span:
        """From the first to the last of it."""
        parts = [part for part in (self.speaker, self.mark, *self.said) if part is not None]
        return Span(min(parts).start, max(part.end for part in parts))

    def says(self, span: Span) -> bool:
        """Whether a span stands in what is said."""
        return Span(self.said[0].start, self.said[-1].end).covers(span)


def places(turns: Sequence[Turn]) -> list[Span]:
    """Where the turns stand."""
    return [turn.whole for turn in turns]
