"""Conversations written out: paragraphs that open with who speaks and a colon ("Marek: The roof fell in.").

The tagger learned from reports, where such paragraphs are rare. What is written out so regularly need not be
guessed: each turn is one attribution, and what its speaker reports of others stays inside.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from model.spans import Span
from model.statements import Attribution, Reading, in_order, is_sourced, outside, spans_in

_WORD = r"[^\W\d_][\w.’'-]*"
_TURN = re.compile(
    rf"^[ \t]*(?P<who>{_WORD}(?:[ ]{_WORD}){{0,4}})(?P<mark>:|(?<=\b[QA])\.)[ \t]+(?P<said>\S.*)$",
    re.MULTILINE,
)
_LONGEST_LABEL = 40
_FEWEST_TURNS = 4
_FEWEST_OF_EACH = 2.0
"""Turns of each speaker, on average: a list ("Place: …", "Date: …") has every label once."""


class Turn(NamedTuple):
    """Who speaks, the mark behind it, and what is said up to the end of the paragraph; code points."""

    speaker: Span
    mark: Span
    said: Span


def turns(text: str) -> tuple[Turn, ...]:
    """The turns of a conversation that `text` writes out, in order; none where it holds no conversation."""
    found = [
        Turn(Span(*match.span("who")), Span(*match.span("mark")), _stripped(text, Span(*match.span("said"))))
        for match in _TURN.finditer(text)
        if _is_label(match["who"])
    ]
    speakers = Counter(turn.speaker.of(text) for turn in found)
    regular = [turn for turn in found if speakers[turn.speaker.of(text)] > 1]
    enough = len(found) >= _FEWEST_TURNS and len(found) >= _FEWEST_OF_EACH * len(speakers)
    return tuple(found) if enough and len({turn.speaker.of(text) for turn in regular}) > 1 else ()


def _is_label(words: str) -> bool:
    """Whether the words may be a speaker's name: short, the first and the last of them in capitals."""
    first, *_, last = (words, *words.split())
    return len(words) <= _LONGEST_LABEL and first[0].isupper() and last[0].isupper()


def _stripped(text: str, span: Span) -> Span:
    return Span(span.start, span.start + len(span.of(text).rstrip()))


def in_turns(reading: Reading) -> Reading:
    """The reading with an attribution for each turn of a conversation that the text writes out."""
    found = turns(reading.text)
    if not found:
        return reading
    said = [Attribution(turn.speaker, turn.mark, (turn.said,), "direct", turn=True) for turn in found]
    sure = (*_beside(reading.text, reading.sure, found), *said)
    doubtful = tuple(each for each in reading.doubtful if not _touches(each, found))
    return replace(reading, sure=in_order(sure), doubtful=doubtful)


def _beside(text: str, attributions: Sequence[Attribution], found: Sequence[Turn]) -> Iterator[Attribution]:
    """The attributions that stand inside what a turn says, and the others as far as they stand outside."""
    for each in attributions:
        spans = spans_in(each)
        if is_sourced(each) and any(all(turn.said.covers(span) for span in spans) for turn in found):
            yield each
            continue
        content = each.content
        for turn in found:
            content = tuple(outside(text, content, Span(turn.speaker.start, turn.said.end)))
        if content and not _touches(replace(each, content=content), found):
            yield replace(each, content=content)


def _touches(attribution: Attribution, found: Sequence[Turn]) -> bool:
    return any(
        span.overlap(Span(turn.speaker.start, turn.said.end))
        for span in spans_in(attribution)
        for turn in found
    )
