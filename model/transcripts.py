"""Conversations written out: paragraphs that open with who speaks and a colon ("Marek: The roof fell in.").

The tagger learned from reports, where such paragraphs are rare. What is written out so regularly need not be
guessed: each turn is one attribution, and what its speaker reports of others stays inside.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from model.names import fold
from model.spans import Span
from model.statements import Attribution, Reading, in_order, is_sourced, outside, spans_in

QUESTION, ANSWER = frozenset(["q", "question"]), frozenset(["a", "answer"])
"""What an interview calls who asks and who answers, folded."""

_WORD = r"[^\W\d_][\w.’'-]*"
# "Q." has a full stop, and a paper's interviews have been stored with the question stuck to its letter.
_OPENING = re.compile(
    rf"^[ \t]*(?:(?P<who>{_WORD}(?: {_WORD}){{0,4}})(?P<mark>:)|(?P<letter>[QA])(?P<stop>\.))[ \t]+(?=\S)"
    r"|^(?P<stuck>Q)(?=[A-Z][a-z’'])",
    re.MULTILINE,
)
_PARAGRAPH = re.compile(r"[^\n]*\S")
_ASIDE = re.compile(r"\W*$|\([^()]*\)\W*$")
_LONGEST_LABEL = 40
_FEWEST_TURNS = 4
_FEWEST_OF_EACH = 2.0
"""Turns of each speaker, on average: a list ("Place: …", "Date: …") has every label once."""
_MOST_PARAGRAPHS = 12
"""Of one turn; where more stand between two labels, the article has gone back to telling."""


class Turn(NamedTuple):
    """Who speaks, the mark behind it if there is one, and what is said, up to the next turn; code points."""

    speaker: Span
    mark: Span | None
    said: Span

    @property
    def whole(self) -> Span:
        """From the label to the end."""
        return Span(self.speaker.start, self.said.end)


def turns(text: str) -> tuple[Turn, ...]:
    """The turns of a conversation that `text` writes out, in order; none where it holds no conversation."""
    opened = [match for match in _OPENING.finditer(text) if _is_label(_label(match).of(text))]
    speakers = Counter(fold(_label(match).of(text).split()[-1]) for match in opened)
    several = sum(number > 1 for number in speakers.values()) > 1
    if not several or len(opened) < max(_FEWEST_TURNS, _FEWEST_OF_EACH * len(speakers)):
        return ()
    # A headline may open like the first turn, and the last one may be followed by anything.
    ends = [None, *(match.start() for match in opened[2:]), None]
    return tuple(_turn(text, match, end) for match, end in zip(opened, ends, strict=True))


def _label(match: re.Match[str]) -> Span:
    return Span(*match.span(next(name for name in ("who", "letter", "stuck") if match[name])))


def _is_label(words: str) -> bool:
    """Whether the words may be a speaker's name: short, the first and the last of them in capitals."""
    first, *_, last = (words, *words.split())
    return len(words) <= _LONGEST_LABEL and first[0].isupper() and last[0].isupper()


def _turn(text: str, opening: re.Match[str], end: int | None) -> Turn:
    """The turn that opens so: its own paragraph and those up to `end`, or up to "(Laughter)" or "…"."""
    mark = next((Span(*opening.span(name)) for name in ("mark", "stop") if opening[name]), None)
    found = _PARAGRAPH.finditer(text, opening.end(), len(text) if end is None else end)
    paragraphs = list(islice(found, 1 if end is None else _MOST_PARAGRAPHS + 1))
    said = paragraphs[:1] if len(paragraphs) > _MOST_PARAGRAPHS else paragraphs
    aside = next((place for place, each in enumerate(said) if _ASIDE.match(each[0])), len(said))
    last = said[: max(1, aside)][-1]
    return Turn(_label(opening), mark, Span(opening.end(), last.end()))


def in_turns(reading: Reading) -> Reading:
    """The reading with an attribution for each turn of a conversation that the text writes out."""
    found = turns(reading.text)
    if not found:
        return reading
    said = [Attribution(turn.speaker, turn.mark, (turn.said,), "direct", turn=True) for turn in found]
    sure = (*_beside(reading.text, reading.sure, found), *said)
    doubtful = tuple(each for each in reading.doubtful if not _met(found, spans_in(each)))
    return replace(reading, sure=in_order(sure), doubtful=doubtful)


def _beside(text: str, attributions: Sequence[Attribution], found: Sequence[Turn]) -> Iterator[Attribution]:
    """The attributions that stand inside what a turn says, and the others as far as they stand outside."""
    for each in attributions:
        spans = spans_in(each)
        met = _met(found, spans)
        if is_sourced(each) and len(met) == 1 and all(met[0].said.covers(span) for span in spans):
            yield each
            continue
        content = each.content
        for turn in met:
            content = tuple(outside(text, content, turn.whole))
        if content and not _met(found, spans_in(replace(each, content=content))):
            yield replace(each, content=content)


def _met(found: Sequence[Turn], spans: Iterable[Span]) -> list[Turn]:
    """The turns that the spans overlap."""
    met: dict[int, Turn] = {}
    for span in spans:
        first = max(0, bisect_right(found, span.start, key=lambda turn: turn.speaker.start) - 1)
        for place in range(first, len(found)):
            if found[place].speaker.start >= span.end:
                break
            if found[place].whole.overlap(span):
                met[place] = found[place]
    return list(met.values())
