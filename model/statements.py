"""What the article reports: attributions with their source, cue and content.

A token classifier trained on PolNeAR (Newell et al. 2018) tags words as source, cue and content; a
CRF allows legal tags only, and each source and content is linked to the cue that it goes with, across
sentence borders where need be.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import compress
from pathlib import Path

import numpy as np

from model.article import Quotation
from model.decoding import ILLEGAL, LINK_WIDTH, TAGS, Chain, Floats, Links, TaggedSpan, spans_of, viterbi
from model.gazetteer import words as lexicon
from model.hearing import HEARD_WIDTH, TELLERS, Hearing, hear
from model.linking import Linker
from model.manifest import check_manifest
from model.pointing import SIGNS, Pointer, Pointing
from model.session import open_pool, open_session
from model.spans import Span
from model.tokens import open_tokenizer, special_tokens
from model.windows import WINDOW, Marks, Window, Words, joined, read_words, windows

WEIGHTS = Path(__file__).with_name("weights") / "statements"
POINTER = "pointer.json"
OUTPUTS = ("emission", "query", "key", "heard", "pointing")
WIDTHS = (len(TAGS), LINK_WIDTH, LINK_WIDTH, HEARD_WIDTH, SIGNS)
LEANING = 2.0
"""Taken from the score of "outside" where a sentence is decoded a second time. On the dev part of our gold
that finds 12 of 14 statements that were missed, and something in a third of the narrator's sentences."""
HEARD_FROM = float(np.log(0.5))
"""Log-probability that a source in it tells a sentence, from which one is looked for there."""
DOUBTED_FROM = float(np.log(0.01))
"""The same, from which what is doubtful there is told. In the 4,962 sentences that gainsay is measured on,
four of five doubtful attributions fall below: 375, of which the NLI model would believe 4; no score moves."""
MIXED_FROM, DIRECT_FROM = 0.02, 0.9
"""Share of the content's letters inside quotation marks from which it is mixed, or direct."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """One attribution as read from the text (PARC3/PolNeAR).

    `turn`: it is one of a conversation that is written out, or a post, so who speaks is beyond doubt. `post`:
    it is a post, which stands beside what the article tells.
    """

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    quotation: Quotation
    turn: bool = False
    post: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The attributions of a text with these sentences, in the order of their first span; code points.

    sure: as the tagger decodes the text, and where it hears a source that it did not tag.
    doubtful: of sentences in which nothing sure stands and that a source may tell, decoded once more with a
        leaning towards a report; each has a source and a cue. Much of it is no report: ask before you believe
        it.
    hearing: who tells the sentences, and with what stance. pointing: what tells who they are.
    """

    text: str
    sentences: Sequence[Span]
    sure: tuple[Attribution, ...]
    doubtful: tuple[Attribution, ...] = ()
    hearing: Hearing | None = None
    pointing: Pointing | None = None


@dataclass(frozen=True, slots=True)
class _Tagged:
    """Words with their emissions, queries, keys, signs of tellers and of who they are, of shape (W, …)."""

    words: Words
    emission: Floats
    query: Floats
    key: Floats
    heard: Floats
    pointing: Floats

    def part(self, begin: int, end: int, source: int | None = None) -> "_Tagged":
        """Words `begin` to `end` alone, leaning away from "outside"; a source begins at the word `source`."""
        emission = self.emission[begin:end].copy()
        emission[:, TAGS.index("O")] -= LEANING
        if source is not None:
            emission[source - begin, [tag != "B-source" for tag in TAGS]] += ILLEGAL
        rest = (values[begin:end] for values in (self.query, self.key, self.heard, self.pointing))
        return _Tagged(self.words.part(begin, end), emission, *rest)


class StatementReader:
    """The statement tagger on ONNX Runtime."""

    def __init__(self, folder: Path = WEIGHTS, threads: int | None = None) -> None:
        """Load and check the folder.

        Raises:
            ManifestError: a file is missing or differs from what was shipped.
            ValueError: the tokenizer is none that we can use, or `pointer.json` holds other weights.
        """
        self.revision = check_manifest(folder)
        self._tokenizer = open_tokenizer(folder / "tokenizer.json")
        self._special = special_tokens(self._tokenizer)
        decoder = json.loads((folder / "decoder.json").read_text(encoding="utf-8"))
        parameters = (np.array(decoder[key], dtype=np.float32) for key in ("transitions", "begin", "finish"))
        self._chain = Chain.legal(*parameters)
        self._links = Links(np.array(decoder["distance"], dtype=np.float32), float(decoder["unlinked"]))
        self._pointer = Pointer.load(folder / POINTER)
        self._session = open_session(folder / "model.onnx")
        self._pool = open_pool(threads)

    def read(self, text: str, sentences: Sequence[Span]) -> tuple[Attribution, ...]:
        """The sure attributions of `text` (see `Reading`)."""
        return self.read_twice(text, sentences).sure

    def read_twice(self, text: str, sentences: Sequence[Span]) -> Reading:
        """The attributions of `text`, sure and doubtful.

        A sentence that is heard as told by a source in it, though none was tagged, is decoded once more with
        one where it is heard to begin: the tagger may have taken its words for what somebody before says.

        What somebody is quoted as saying through a channel ("…, he said, according to state media") is read
        once more by itself: the tagger gives each word to one attribution only. For the same reason two are
        made of "the paper quoted her as saying …".
        """
        tagged = self._tag(text)
        sure = list(self._attributions(text, sentences, tagged))
        for outer in [a for a in sure if a.cue is not None and is_channel(a.cue.of(text))]:
            for content in outer.content:
                within = content.of(text)
                whole = (Span(0, len(within)),)
                inner = self._attributions(within, whole, self._tag(within))
                sure += [shifted(a, content.start) for a in inner if is_sourced(a)]
        sure += filter(None, [quoted_as(text, a, tagged.words.quoted) for a in sure])
        hearing = hear(tagged.heard, tagged.words.start, sentences)
        sure = self._with_heard(text, sentences, tagged, sure, hearing)
        told = hearing.tellers[:, TELLERS.index("source")] > DOUBTED_FROM
        doubtful = self._doubtful(text, compress(sentences, told), tagged, sure)
        pointing = Pointing(tagged.words.start, tagged.pointing, self._pointer)
        return Reading(text, sentences, in_order(sure), in_order(doubtful), hearing, pointing)

    def _with_heard(
        self,
        text: str,
        sentences: Sequence[Span],
        tagged: _Tagged,
        sure: list[Attribution],
        hearing: Hearing,
    ) -> list[Attribution]:
        """The attributions, read once more in the sentences that hold no source, yet are heard as one's."""
        sources = np.sort([a.source.start for a in sure if a.source is not None])
        before, here = np.searchsorted(sources, np.array(sentences).reshape(-1, 2)).T
        heard = hearing.tellers[:, TELLERS.index("source")] > HEARD_FROM
        for index in np.flatnonzero(heard & (before == here)).tolist():
            sentence = sentences[index]
            begin, end = np.searchsorted(tagged.words.start, sentence).tolist()
            opening = hearing.opening_word(sentence)
            start = int(tagged.words.start[opening])
            part = tagged.part(begin, end, source=opening)
            found = [
                each
                for each in filter(is_sourced, self._attributions(text, [sentence], part))
                if each.source is not None and each.source.start <= start < each.source.end
            ]
            if found:
                sure = retold(text, sure, found, sentence, tagged.words.quoted)
        return sure

    def _doubtful(
        self, text: str, sentences: Iterable[Span], tagged: _Tagged, sure: Sequence[Attribution]
    ) -> Iterator[Attribution]:
        """What is found in those of the sentences that hold nothing sure, when they lean towards a report."""
        taken = np.zeros(len(text), dtype=np.bool_)
        for span in (span for attribution in sure for span in spans_in(attribution)):
            taken[span.start : span.end] = True
        for sentence in sentences:
            if not taken[sentence.start : sentence.end].any():
                begin, end = np.searchsorted(tagged.words.start, sentence)
                part = tagged.part(int(begin), int(end))
                yield from filter(is_sourced, self._attributions(text, (sentence,), part))

    def _tag(self, text: str) -> _Tagged:
        words = read_words(self._tokenizer, text)
        return _Tagged(words, *self._score(words))

    def _attributions(self, text: str, sentences: Sequence[Span], tagged: _Tagged) -> Iterator[Attribution]:
        """What the tags say, no attribution inside another."""
        words = tagged.words
        if not len(words):
            return
        opens = [sentence.start for sentence in sentences]
        linker = Linker(
            self._links,
            sentence=np.searchsorted(opens, words.start, side="right"),
            words=[text[start:end].lower() for start, end in zip(words.start, words.end, strict=True)],
        )
        spans = spans_of(viterbi(tagged.emission, self._chain))
        for members in linker.link(spans, tagged.query, tagged.key):
            if any(span.kind == "content" for span in members):
                yield _attribution(text, words, members)

    def _score(self, words: Words) -> list[Floats]:
        """What the network says of every word (`joined`)."""
        found = windows(words)
        if not found:
            return [np.zeros((0, width), dtype=np.float32) for width in WIDTHS]
        # One at a time: the runtime keeps the memory of its largest batch, and wider ones are no faster.
        return joined(found, list(self._pool.map(partial(self._run, words), found)), len(words))

    def _run(self, words: Words, window: Window) -> list[Floats]:
        """The outputs for the words of a window, each read at its first token."""
        first = words.first[window.begin : window.end + 1] - words.first[window.begin]
        begin = int(words.first[window.begin])
        end = begin + min(int(first[-1]), WINDOW - 2)
        opening, closing = self._special
        tokens = np.array([[opening, *words.tokens[begin:end], closing]], dtype=np.int64)
        features = np.array([[0, *words.features[begin:end], 0]], dtype=np.int64)
        outputs = self._session.run(OUTPUTS, {"tokens": tokens, "features": features})
        return [output[0, first[:-1] + 1] for output in outputs]


CHANNELS = ("according", "as reported", "as quoted")
"""How a cue begins that names who passed a report on."""


def is_channel(cue: str) -> bool:
    """Whether a cue names a channel, inside whose content others may speak."""
    return cue.lower().startswith(CHANNELS)


QUOTING = re.compile(r"\b(?:quot(?:e|es|ed|ing)|(cit(?:e|es|ed|ing)|report(?:s|ed|ing)))\b")
"""Verbs before "… as saying"; those of the group go before more than words: "cited the law as requiring"."""
QUOTED_AS = re.compile(r"([^“”\"\n]{2,160}?),? (as (?!being\b|having\b)[a-z]+ing\b)[:,]?\s+(?=\S)")
SAYING = ("as saying", "as telling", "as denying")


def quoted_as(text: str, outer: Attribution, quoted: Marks) -> Attribution | None:
    """The attribution inside one whose source quotes somebody as saying something; None where it does not.

    PolNeAR has it as one: "The Gazette" "quoted" "Ana Duarte as saying that …".
    """
    first, *others = outer.content
    verb = QUOTING.search(outer.cue.of(text).lower()) if outer.cue is not None else None
    found = QUOTED_AS.match(text, first.start, first.end)
    if verb is None or found is None or (verb.group(1) and found.group(2) not in SAYING):
        return None
    content = (Span(found.end(), first.end), *others)
    return Attribution(Span(*found.span(1)), Span(*found.span(2)), content, _quotation(text, content, quoted))


def is_sourced(attribution: Attribution) -> bool:
    """Whether an attribution has a source and a cue of its own."""
    return attribution.source is not None and attribution.cue is not None


def spans_in(attribution: Attribution) -> list[Span]:
    """All spans of an attribution: source, cue, contents."""
    return [span for span in (attribution.source, attribution.cue, *attribution.content) if span is not None]


def in_order(attributions: Iterable[Attribution]) -> tuple[Attribution, ...]:
    """Attributions by where their first span stands."""
    return tuple(sorted(attributions, key=lambda attribution: min(spans_in(attribution))))


def retold(
    text: str, sure: Sequence[Attribution], found: Sequence[Attribution], sentence: Span, quoted: Marks
) -> list[Attribution]:
    """The attributions with what was `found` in a sentence in place of what they had there.

    One whose cue stands there is replaced: what it tells in other sentences is told by the first one found.
    """
    kept: list[Attribution] = []
    beside: list[Span] = []
    for each in sure:
        content = tuple(outside(text, each.content, sentence))
        if each.cue is not None and sentence.overlap(each.cue):
            beside += content
        elif content == each.content:
            kept.append(each)
        elif content:
            kept.append(replace(each, content=content, quotation=_quotation(text, content, quoted)))
    first, *others = found
    content = tuple(sorted([*beside, *first.content]))
    first = replace(first, content=content, quotation=_quotation(text, content, quoted))
    return [*kept, first, *others]


def outside(text: str, spans: Iterable[Span], sentence: Span) -> Iterator[Span]:
    """The spans without their parts in the sentence; such that are left hold a letter."""
    for span in spans:
        if not sentence.overlap(span):
            yield span
            continue
        parts = ((span.start, min(span.end, sentence.start)), (max(span.start, sentence.end), span.end))
        for start, end in parts:
            said = text[start:end]
            if start < end and any(char.isalnum() for char in said):
                yield Span(start + len(said) - len(said.lstrip()), start + len(said.rstrip()))


def shifted(attribution: Attribution, by: int) -> Attribution:
    """The attribution, moved to the right by so many code points."""
    source, cue, *content = (
        None if span is None else Span(span.start + by, span.end + by)
        for span in (attribution.source, attribution.cue, *attribution.content)
    )
    return Attribution(source, cue, tuple(span for span in content if span), attribution.quotation)


def _attribution(text: str, words: Words, members: Sequence[TaggedSpan]) -> Attribution:
    spans: dict[str, list[Span]] = {"source": [], "cue": [], "content": []}
    for member in members:
        spans[member.kind].append(Span(int(words.start[member.begin]), int(words.end[member.end - 1])))
    cue = spans["cue"][0] if spans["cue"] else None
    source = _nearest(spans["source"], cue)
    return Attribution(
        source=_with_others(text, source) if source else None,
        cue=cue,
        content=tuple(spans["content"]),
        quotation=_quotation(text, spans["content"], words.quoted),
    )


NAME = r"(?:[Tt]he )?[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3}"
LISTED = re.compile(rf"(?:^|(?<=[—–\-:;“\"]))\s*((?:{NAME},? (?:and |or )?){{1,6}})$")
"""Names at the beginning of a clause, listed up to its end: "South Korea, the U.S. and "."""
JOINT = re.compile(r"\b(?:and|or)\b")
LONGEST_LIST = 120


def _with_others(text: str, source: Span) -> Span:
    """The source with those that are listed before it: the tagger may mark only the last of several."""
    before = text[max(0, source.start - LONGEST_LIST) : source.start]
    listed = LISTED.search(before.rpartition("\n")[2])
    if listed is None:
        return source
    names = listed.group(1)
    if names.split()[0].lower() in lexicon().prepositions:
        return source
    joint = JOINT.search(names) or (names.endswith(", ") and JOINT.search(source.of(text)))
    return Span(source.start - len(names), source.end) if joint else source


def _nearest(sources: Sequence[Span], cue: Span | None) -> Span | None:
    if not sources or cue is None:
        return sources[0] if sources else None
    return min(sources, key=lambda source: max(source.start - cue.end, cue.start - source.end))


def _quotation(text: str, content: Sequence[Span], inside: Marks) -> Quotation:
    letters = list(_letters(text, content))
    share = float(inside[letters].mean()) if letters else 0.0
    if share >= DIRECT_FROM:
        return "direct"
    return "mixed" if share >= MIXED_FROM else "indirect"


def _letters(text: str, content: Sequence[Span]) -> Iterator[int]:
    for span in content:
        yield from (index for index in range(span.start, span.end) if text[index].isalnum())
