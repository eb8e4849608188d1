"""Conversations written out: paragraphs that open with who speaks and a colon ("Marek: The roof fell in.").

The tagger learned from reports, where such paragraphs are rare. What is written out so regularly need not be
guessed: each turn is one attribution, and what its speaker reports of others stays inside. Posts
(`model.posts`) are taken up beside them.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from model.lines import blocks, legible
from model.names import fold
from model.posts import posts
from model.spans import Span, overlapping
from model.statements import Attribution, Reading, in_order, is_sourced, outside, spans_in
from model.turns import Turn, places

QUESTION, ANSWER = frozenset(["q", "question"]), frozenset(["a", "answer"])
"""What an interview calls who asks and who answers, folded."""

_WORD = r"\w[\w.’'-]*"
_ROLE = r"(?: ?\([^()]{1,40}\)|, [^:,]{1,40})?"
# "Q." has a full stop, and a paper's interviews have been stored with the question stuck to its letter.
_OPENING = re.compile(
    rf"(?:(?P<who>{_WORD}(?: +{_WORD}){{0,4}}){_ROLE}(?P<mark>:)"
    r"|(?P<letter>[QA])(?P<stop>\.)(?! +[A-Z]\.)) *(?=\S)"
    r"|(?P<stuck>Q)(?=[A-Z][a-z’'])"
)
_TALK = re.compile(r"\?|\b(?:I|me|[Mm]y|[Ww]e|us|[Oo]ur|[Yy]ou|[Yy]our|YOU|YOUR)\b")
# What ends a turn: "(Laughter)", "…", and what opens like a turn or a heading of its own.
_ASIDE = re.compile(r"\W*$|\([^()]*\)\W*$|[^\W\d_][^:.?!]{0,60}:(?: |$)")
_LONGEST_LABEL = 40
_FEWEST_TURNS = 4
_FEWEST_OF_EACH = 2.0
"""Turns of each speaker, on average: a list ("Place: …", "Date: …") has every label once."""
_TALKS = 0.3
"""Share of the turns with a question mark or a word for who speaks or listens; other lists have none."""
_MOST_PARAGRAPHS = 12
"""Of one turn; where more stand between two labels, the article has gone back to telling."""


def turns(text: str) -> tuple[Turn, ...]:
    """The turns of a conversation that `text` writes out, in order; none where it holds no conversation."""
    shown = legible(text)
    paragraphs = list(blocks(shown))
    matches = [_OPENING.match(shown, *paragraph) for paragraph in paragraphs]
    opened = [place for place, match in enumerate(matches) if match and _is_label(_label(match).of(shown))]
    if len(opened) < _FEWEST_TURNS:
        return ()
    # A headline may open like the first turn, and the last one may be followed by anything.
    ends = [opened[0] + 1, *opened[2:], opened[-1] + 1]
    found = [
        _turn(shown, match, paragraphs[place:end])
        for place, end in zip(opened, ends, strict=True)
        if (match := matches[place])
    ]
    return tuple(found) if _is_conversation(shown, found) else ()


def _is_conversation(text: str, found: Sequence[Turn]) -> bool:
    """Whether several speak again and again, as people talk or by questions and answers."""
    labels = [fold(turn.speaker.of(text)) for turn in found]
    alone = {label for label in labels if " " not in label}
    # "MS DUARTE" is "DUARTE", where both stand; Ana and Piet Duarte are two.
    speakers = Counter(label.split()[-1] if label.split()[-1] in alone else label for label in labels)
    several = sum(number > 1 for number in speakers.values()) > 1
    talk = sum(any(_TALK.search(part.of(text)) for part in turn.said) for turn in found)
    regular = len(found) >= _FEWEST_OF_EACH * len(speakers)
    interview = not QUESTION.isdisjoint(labels) and not ANSWER.isdisjoint(labels)
    return several and regular and (interview or talk >= max(2, _TALKS * len(found)))


def _label(match: re.Match[str]) -> Span:
    return Span(*match.span(next(name for name in ("who", "letter", "stuck") if match[name])))


def _is_label(words: str) -> bool:
    """Whether the words may be a speaker's name: short, the first and the last of them with a capital."""
    parts = words.split()
    named = parts[0][0].isupper() and (parts[-1][0].isupper() or parts[-1].isdecimal())
    return len(words) <= _LONGEST_LABEL and named


def _turn(text: str, opening: re.Match[str], paragraphs: Sequence[Span]) -> Turn:
    """The turn that opens the first of the paragraphs, and goes on in the others up to an aside."""
    first, *others = paragraphs if len(paragraphs) <= _MOST_PARAGRAPHS else paragraphs[:1]
    mark = next((Span(*opening.span(name)) for name in ("mark", "stop") if opening[name]), None)
    said = [Span(opening.end(), first.end)]
    for paragraph in others:
        if _ASIDE.match(text, *paragraph):
            break
        said.append(paragraph)
    return Turn(_label(opening), mark, tuple(said))


def in_turns(reading: Reading) -> Reading:
    """The reading with an attribution for each post, and for each turn of a conversation, in the text."""
    quoted = [each.source for each in reading.sure if each.source and each.quotation != "indirect"]
    told = sorted(source.start for source in quoted)
    talk = [_before_reports(turn, told) for turn in turns(reading.text)]
    spoken = places(talk)
    posted = [post for post in posts(reading.text) if not overlapping(spoken, post.whole)]
    if not talk and not posted:
        return reading
    sure = [*_framed_outside(_beside(reading.text, reading.sure, talk), posted)]
    sure += [Attribution(turn.speaker, turn.mark, turn.said, "direct", turn=True) for turn in talk]
    sure += [Attribution(post.speaker, None, post.said, "direct", turn=True, post=True) for post in posted]
    standing = sorted([*spoken, *places(posted)])
    doubtful = tuple(each for each in reading.doubtful if not _met(standing, each))
    return replace(reading, sure=in_order(sure), doubtful=doubtful)


def _framed_outside(attributions: Iterable[Attribution], posted: Sequence[Turn]) -> Iterator[Attribution]:
    """The attributions but those whose source or cue is of a post's frame: its mark-up or its signature.

    What introduces a post ("she wrote:") says who speaks too, and stays.
    """
    standing = places(posted)
    for each in attributions:
        frame = (span for span in (each.source, each.cue) if span is not None)
        met = ((posted[index], span) for span in frame for index in overlapping(standing, span))
        if all(post.says(span) for post, span in met):
            yield each


def _before_reports(turn: Turn, told: Sequence[int]) -> Turn:
    """The turn without the paragraphs from one on in which somebody is quoted: the article tells again.

    `told` are the places, in order, where a source of a quotation begins.
    """
    first, *others = turn.said
    kept = takewhile(lambda part: bisect_left(told, part.start) == bisect_left(told, part.end), others)
    return turn._replace(said=(first, *kept))


def _beside(text: str, attributions: Sequence[Attribution], found: Sequence[Turn]) -> Iterator[Attribution]:
    """The attributions that stand inside what a turn says, and the others as far as they stand outside."""
    standing = places(found)
    for each in attributions:
        met = _met(standing, each)
        if is_sourced(each) and len(met) == 1 and all(map(found[met[0]].says, spans_in(each))):
            yield each
            continue
        content = each.content
        for index in met:
            content = tuple(outside(text, content, standing[index]))
        kept = replace(each, content=content)
        if content and not _met(standing, kept):
            yield kept


def _met(standing: Sequence[Span], attribution: Attribution) -> list[int]:
    """Which of the turns at these places the attribution has a part in."""
    return sorted({index for span in spans_in(attribution) for index in overlapping(standing, span)})
