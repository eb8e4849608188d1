"""Sentences of an article.

nupunkt proposes where sentences start; this module decides what it gets to see (lines that belong together)
and puts right what news does and Punkt does not expect: "(AP) - The mayor …", `"Why?" Pell asked.`, ellipses,
full stops of other scripts. Sentences are made by cutting the text, never by putting tokens together again,
so no character can be lost or moved.

`benchmarks/sentences.py` chose the splitter. Boundary F1 on 26 news articles, 610 boundaries: this module
.973, nupunkt alone .964, blingfire .967, syntok .959. With the repairs made here blingfire finds one boundary
more (.974), but it has no build for ARM, and in 300 other articles it cut "Mr. Lund. Mr. | Pell" and
"Lund v. | Pell" where nupunkt did not.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import islice, pairwise

from nupunkt import PunktSentenceTokenizer, load_default_model

from model.gazetteer import words
from model.lines import blocks, legible, stripped
from model.spans import Span

_WORDS = tomllib.loads((resources.files("model") / "lexicon" / "sentences.toml").read_text(encoding="utf-8"))

_CLOSERS = re.escape("”’»›」』》〉)]")
_FOREIGN_STOPS = "。！？｡．؟۔।॥"

_UNFINISHED = re.compile(r"[,;]$")

# A full stop of another script ends a sentence without a space behind it; after a closing mark only before a
# space or a new quotation, because 「…。」と述べた goes on.
_FOREIGN_END = re.compile(
    rf"(?<![{_FOREIGN_STOPS}])[{_FOREIGN_STOPS}]++(?:[{_CLOSERS}]+(?:\s+|(?=[“‘「『《]))|\s*(?![\s{_CLOSERS}]))"
)
_STICKING = re.compile(rf"(?:[.,;:\"'{_CLOSERS}]|\[\d+\])*\s*")
_CLOSING = re.compile(rf"[{_CLOSERS}]+\s+")
_ELLIPSIS = re.compile(rf"[.!?\"'{_CLOSERS}]\s+((?:(?:\.\s?){{3,}}|…)\s*)$")
_NO_OPENING = re.compile(rf"[-–—―,;:!?{_CLOSERS}]")
_EXCLAIMED = re.compile(r"[!?…][\"”’'»]\s*$")
_TAG = re.compile(
    rf"(?:[\w.’'-]+\s+){{1,4}}(?:{'|'.join(_WORDS['tag_verb'])})"
    rf"(?:[.,;:]|\s+(?:{'|'.join(_WORDS['tag_end'])}|\w+day)\b)"
)
# "(D-Calif.)", "(Texas Sen.)": a full stop in so few words abbreviates, it ends no sentence.
_ASIDE = re.compile(r"\S\s+\([^()]+\.\)\s*$")
_TITLE = re.compile(rf"\b(?:{'|'.join(_WORDS['title'])})\.\s*$")
# "GOV. HAL STROUD", in a headline: what follows is in capitals as well.
_TITLE_IN_CAPITALS = re.compile(rf"\b(?:{'|'.join(_WORDS['title']).upper()})\.\s*$")
_INITIALS = r"(?<![\w.])(?:[A-Za-z]\.){2,}+"
_BEHIND_INITIALS = re.compile(rf"{_INITIALS}\s*$")
_INITIALS_BEFORE_CAPITAL = re.compile(rf"{_INITIALS}\s+(?=([A-Z][a-z]+|A|I)\s+[a-z])")
_INITIALISM = re.compile(r"[a-z](?:\.[a-z])*|ph\.d")
_WORD = re.compile(r"[^\W\d_]+")
_COUNT = re.compile(rf"\b(?:{'|'.join(_WORDS['numbered'])})\.\s*$")
# Longer than any mark, title or ellipsis that stands between two sentences.
_LOOK_BACK = 20


def split(text: str) -> tuple[Span, ...]:
    """Sentences of `text`, in order; every non-space character lies in exactly one.

    A line break ends a sentence unless the line was only wrapped there. No span starts or ends with white
    space. Any string will do, lone surrogates included; time is linear in its length.
    """
    shown = legible(text)
    starts = [
        block.start + start
        for block in blocks(shown)
        for start in _starts(block.of(shown).replace("\n", " "))
    ]
    # Invisible characters at the start or the end of the text belong to the sentence beside them.
    cuts = [0, *starts[1:], len(text)]
    pieces = (stripped(text, start, end) for start, end in pairwise(cuts))
    return tuple(piece for piece in pieces if piece.start < piece.end)


def _starts(block: str) -> Iterator[int]:
    """Where the sentences of `block` start."""
    last = 0
    yield last
    for proposed in sorted({*_punkt_starts(block), *_starts_behind_initials(block), *_foreign_starts(block)}):
        start = _before_ellipsis(block, last, proposed)
        if last < start < len(block) and not _goes_on(block, last, start):
            yield start
            last = start


def _punkt_starts(block: str) -> Iterator[int]:
    """Starts that nupunkt proposes, moved behind the closing marks and note numbers of what ends there."""
    for start, _ in islice(_punkt().span_tokenize(block), 1, None):
        closing = (_CLOSING if block[start - 1].isspace() else _STICKING).match(block, start)
        yield closing.end() if closing else start


def _starts_behind_initials(block: str) -> Iterator[int]:
    """Starts after "U.S." and "p.m.", which nupunkt leaves whole: "He left the U.S. Experts say so."."""
    return (match.end() for match in _INITIALS_BEFORE_CAPITAL.finditer(block) if _opens(match[1]))


def _opens(word: str) -> bool:
    """Whether a capitalised `word` behind initials opens a sentence and is no part of a name or a title.

    Roles in the plural open one: "U.S. Senator Roe" has a title, "U.S. Experts say" has none.
    """
    return word.lower() in words().functions or words().singular_person(word.lower()) is not None


def _foreign_starts(block: str) -> Iterator[int]:
    return (match.end() for match in _FOREIGN_END.finditer(block))


@cache
def _punkt() -> PunktSentenceTokenizer:
    """A splitter with the abbreviations of news.

    It learnt its own from statutes, and "win", "lead" and "call" are among them: only initialisms stay.
    """
    punkt = load_default_model()
    for learnt in punkt.abbreviations:
        if not _INITIALISM.fullmatch(learnt):
            punkt.remove_abbreviation(learnt)
    punkt.add_abbreviations(_WORDS["abbreviation"])
    return punkt


def _before_ellipsis(block: str, last: int, start: int) -> int:
    """`start`, or where the ellipsis before it starts: one between sentences opens the second."""
    ellipsis = _ELLIPSIS.search(block[max(last, start - _LOOK_BACK) : start])
    return start - len(ellipsis[1]) if ellipsis else start


def _goes_on(block: str, last: int, start: int) -> bool:
    """Whether the sentence from `last` goes on at `start`, whatever the mark before it."""
    opening = block[start + 1 : start + 2] if block[start] in "([" else block[start]
    before = block[max(last, start - _LOOK_BACK) : start]
    word = _WORD.match(block, start)
    return bool(
        opening.islower()
        or _NO_OPENING.match(opening)
        or _UNFINISHED.search(before.rstrip())
        or _ASIDE.search(before)
        or _TITLE.search(before)
        or (word and len(word[0]) > 1 and word[0].isupper() and _TITLE_IN_CAPITALS.search(before))
        or (word and not _opens(word[0]) and _BEHIND_INITIALS.search(before))
        or (block[start].isdecimal() and _COUNT.search(before))
        or (_EXCLAIMED.search(before) and _TAG.match(block, start))
    )
