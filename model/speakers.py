"""Who speaks: from the source spans of an article's attributions to its speakers."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from model.accounts import Accounts
from model.article import NARRATOR, UNKNOWN, Extract, Speaker, SpeakerKind
from model.continuations import Continuations
from model.coreference import Prefer, Walk, mentions_of
from model.entities import Entity
from model.headlines import headlines, title_end
from model.issuers import Issuers, Placed
from model.mentions import Mention, tokenize
from model.names import fold
from model.nominals import Nominal
from model.quotes import quotations
from model.sources import Source, SourceReader
from model.spans import Span, place_of
from model.statements import Attribution
from model.transcripts import ANSWER, QUESTION

_NARRATOR = Entity("narrator", text=NARRATOR)
_UNKNOWN = Entity("unknown", text=UNKNOWN)
_SUBJECTS = frozenset(["he", "she", "it", "they"])
# How joint speakers are taken up again, for so many sentences.
_MEMBERS = re.compile(r"(?:,? and|,? or|,) ")
_RELATED: dict[str, SpeakerKind] = {"who": "person", "whom": "person"}
_COUNTS = {"both": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_TOGETHER_WITHIN = 6
_OF_TWO = {"the former": 0, "the latter": 1}
# Attributions are not nested or chained deeper than this; bounds the work for each of them.
_NESTED = 32


@dataclass(frozen=True)
class Cast:
    """The speakers of an article and what each of them says.

    `speakers` begins with the narrator, the others follow in order of first mention. `others` are named and
    say nothing, as far as the rules see. `of_attribution` and `via` have one entry for each attribution: the
    speaker's id, and the id of the channel through which a nested report came. `continued` has one entry for
    each sentence: the id of the speaker whose quotation goes on there without an attribution of its own, or
    None. `quoted` are the article's quotations.
    """

    speakers: tuple[Speaker, ...]
    others: tuple[Speaker, ...]
    of_attribution: tuple[str, ...]
    via: tuple[str | None, ...]
    continued: tuple[str | None, ...]
    quoted: tuple[Span, ...]


def mentioned(speakers: Sequence[Speaker], sentences: Sequence[Span]) -> list[frozenset[str]]:
    """For each sentence the ids of the speakers whom it mentions."""
    found: list[set[str]] = [set() for _ in sentences]
    for speaker in speakers:
        for mention in speaker.mentions:
            found[place_of(sentences, mention.start)].add(speaker.id)
    return [frozenset(each) for each in found]


def resolve(
    text: str,
    sentences: Sequence[Span],
    attributions: Sequence[Attribution],
    prefer: Prefer | None = None,
) -> Cast:
    """Find the speaker of every attribution and of every sentence that goes on with a quotation.

    All offsets are Python code points into `text`; `sentences` are in order and do not overlap.
    `prefer` knows whom some pronouns mean, in training.
    """
    cast = _Resolver(text, sentences, attributions, prefer).cast()
    return cast if sentences else replace(cast, continued=())


class _Resolver:
    """Resolves one article; each step fills one field."""

    def __init__(
        self,
        text: str,
        sentences: Sequence[Span],
        attributions: Sequence[Attribution],
        prefer: Prefer | None,
    ) -> None:
        self.text = text
        self.sentences = sentences or (Span(0, len(text)),)
        self.attributions = attributions
        self.quoted = quotations(text)
        self.speaker: list[Entity | None] = [None] * len(attributions)
        self.quotations = Continuations(text, self.sentences, attributions, self.quoted, self.speaker)
        self.tokens = tokenize(text, self.sentences)
        self.mentions = mentions_of(text, self.sentences, self.tokens)
        self.headlines = headlines(text, self.sentences)
        self.title_end = title_end(text)
        self.reader = SourceReader(text, self.tokens, self.mentions)
        self.issuers = Issuers(self.tokens, self.mentions)
        self.walk = Walk(text, self.tokens, self.mentions, self.quoted, prefer)
        self.contents = sorted(
            (*content, index) for index, item in enumerate(attributions) for content in item.content
        )
        self.according: dict[int, list[int]] = {}
        for index, attribution in enumerate(attributions):
            if attribution.cue and self._is_according(index):
                self.according.setdefault(self.quotations.sentence_at(attribution.cue.start), []).append(
                    index
                )
        self.descriptions: dict[str, Entity] = {}
        self.cited: set[int] = set()
        self.joint: tuple[Entity, int, int] | None = None

    def cast(self) -> Cast:
        self._walk()
        self._headlines()
        self._interview()
        self._posts()
        self._first_person()
        self._sourceless()
        via = self._channels()
        continued = self.quotations.continued()
        used = [entity or _UNKNOWN for entity in self.speaker]
        listed = {id(entity): entity for entity in [*used, *continued, *via] if entity}
        listed.pop(id(_NARRATOR), None)
        unknown = listed.pop(id(_UNKNOWN), None)
        ordered = sorted(listed.values(), key=lambda entity: entity.spans[0] if entity.spans else Span(0, 0))
        ids = {id(_NARRATOR): NARRATOR, id(_UNKNOWN): UNKNOWN}
        ids |= {id(entity): f"s{number}" for number, entity in enumerate(ordered, 1)}
        everyone = [_NARRATOR, *ordered, *([unknown] if unknown else [])]
        named = (entity for entity in self.walk.named.values() if entity.spans)
        silent = {id(entity): entity for entity in named if id(entity) not in ids}
        return Cast(
            tuple(self._speaker(ids[id(entity)], entity) for entity in everyone),
            tuple(
                self._speaker(f"s{number}", entity)
                for number, entity in enumerate(silent.values(), len(ordered) + 1)
            ),
            tuple(ids[id(entity)] for entity in used),
            tuple(ids[id(entity)] if entity else None for entity in via),
            tuple(ids[id(entity)] if entity else None for entity in continued),
            self.quoted,
        )

    def _speaker(self, key: str, entity: Entity) -> Speaker:
        spans = sorted({span for span in entity.spans if span.start < span.end})
        mentions = tuple(Extract.from_span(self.text, span) for span in spans)
        return Speaker(id=key, name=entity.label, kind=entity.kind, mentions=mentions)

    def _walk(self) -> None:
        """Place every mention in order; settle each source as soon as its last mention is placed."""
        order = sorted(
            (index for index, each in enumerate(self.attributions) if each.source and not each.post),
            key=lambda index: self.attributions[index].source.end,  # type: ignore[union-attr]
        )
        read: dict[int, Source] = {}
        own_content: dict[int, tuple[Span, ...]] = {}
        for index in order:
            span = self.attributions[index].source
            source = self.reader.read(span) if span else None
            if source:
                read[index] = source
                if source.mention is not None:
                    own_content[source.mention.span.start] = self.attributions[index].content
        placed: dict[Mention | Nominal, Entity | None] = {}
        pending = iter([*order, None])
        waiting = next(pending)
        for mention in [*self.mentions, None]:
            while waiting is not None:
                span = self.attributions[waiting].source
                if span is None or (mention is not None and span.end >= mention.span.end):
                    break
                self._settle(waiting, read.get(waiting), placed)
                waiting = next(pending)
            if mention is not None:
                own = own_content.get(mention.span.start)
                teller = self._teller(mention)
                placed[mention] = self.walk.place(mention, own or (), speaks=own is not None, teller=teller)

    def _teller(self, mention: Mention | Nominal) -> Entity | None:
        """In whose words a pronoun stands, as far as that is known by then."""
        if isinstance(mention, Nominal) or mention.pronoun is None:
            return None
        around = self._around(None, mention.span)
        if around is None:
            return None
        # "X dismissed her claim": what opens a content as a possessive is rarely the teller's.
        opens = any(span.start == mention.span.start for span in self.attributions[around].content)
        return None if opens and mention.pronoun not in _SUBJECTS else self.speaker[around]

    def _settle(self, index: int, source: Source | None, placed: Placed) -> None:
        if source is None:
            self.speaker[index] = _UNKNOWN if self.attributions[index].source else None
            return
        if source.form == "first person":
            return
        entity = placed.get(source.mention) if source.mention is not None else None
        if source.form == "relative":
            relative = source.span.of(self.text).split()[-1].lower()
            entity = self.walk.antecedent(relative, self.quotations.sentence_at(source.span.start))
            if entity is None and (found := self.reader.described_before(source.token)) is not None:
                source = replace(
                    source, token=found[0], span=found[1], kind=_RELATED.get(relative, "unknown")
                )
        elif source.form == "joint":
            entity = self._described(source, plural=True)
            entity.text = self.reader.untitled(source.span)
            self.joint = (entity, len(_MEMBERS.findall(source.span.of(self.text))) + 1, source.span.start)
        elif source.form == "description":
            entity = (
                self._issuer(source, placed)
                or self._together(source)
                or self._one_of_two(source)
                or self._description(source, entity)
            )
        if entity is None:
            entity = self._described(source, plural=False)
        self.speaker[index] = entity
        self.walk.spoke(entity, source.span.start, self.quotations.sentence_at(source.span.start))

    def _issuer(self, source: Source, placed: Placed) -> Entity | None:
        if not isinstance(source.mention, Nominal):
            return None
        return self.issuers.issuer(
            source.mention, placed, lambda sentence, before: self.quotations.voice(sentence, before=before)
        )

    def _together(self, source: Source) -> Entity | None:
        """The joint speakers whom "the three governments" or "both sides" takes up."""
        said = source.span.of(self.text).lower().split()
        counts = [count for word in said[:2] if (count := _COUNTS.get(word))]
        if not source.plural or self.joint is None or not counts or said[0] not in ("the", "both", "all"):
            return None
        entity, members, start = self.joint
        near = (
            self.quotations.sentence_at(source.span.start) - self.quotations.sentence_at(start)
            <= _TOGETHER_WITHIN
        )
        return entity if near and members == counts[0] else None

    def _one_of_two(self, source: Source) -> Entity | None:
        """Whom "the former" or "the latter" means: of two who were mentioned last before this sentence."""
        place = _OF_TWO.get(source.span.of(self.text).lower())
        if place is None:
            return None
        pair = self.walk.pair_before(self.quotations.sentence_at(source.span.start))
        return pair[place] if pair else None

    def _description(self, source: Source, entity: Entity | None) -> Entity:
        """The entity of a description; the fuller description becomes its text."""
        said = source.span.of(self.text)
        if entity is None or (entity.name is None and len(entity.touches) == 1):
            earlier = self.descriptions.get(said.lower())
            if earlier is not None or entity is None:
                return earlier or self._described(source, plural=False)
        if entity.name is None and (id(entity) not in self.cited or len(said) > len(entity.text)):
            entity.text = said
            self.cited.add(id(entity))
        self.descriptions.setdefault(said.lower(), entity)
        return entity

    def _described(self, source: Source, *, plural: bool) -> Entity:
        """The speaker whose only name is how the source describes them."""
        said = source.span.of(self.text)
        entity = self.descriptions.get(said.lower())
        if entity is None:
            kind = "group" if plural else source.kind
            entity = Entity(kind, text=said, plural=plural or source.plural)
            self.descriptions[said.lower()] = entity
        self.walk.note(entity, source.span, source.token)
        return entity

    def _headlines(self) -> None:
        """Settle descriptions in headlines by whom the article then calls so: "Mayor: we will rebuild"."""
        for index, attribution in enumerate(self.attributions):
            source, entity = attribution.source, self.speaker[index]
            described = entity is not None and entity is not _UNKNOWN and entity.name is None
            if source is None or entity is None or not described or not self._in_headline(source):
                continue
            head = fold(source.of(self.text).split()[-1].strip(",:;"))
            bearers = self.walk.descriptions.by_head.get(head, ())
            named = [bearer for bearer in bearers if bearer.name and not bearer.plural]
            if named and not entity.plural:
                self.speaker[index] = named[0]
                named[0].spans.append(source)

    def _interview(self) -> None:
        """Settle "Q:" and "A:": the article asks, and whom it has named first answers."""
        labels = {
            index: attribution.source.of(self.text)
            for index, attribution in enumerate(self.attributions)
            if attribution.turn and not attribution.post and attribution.source
        }
        said = {fold(label) for label in labels.values()}
        if QUESTION.isdisjoint(said) or ANSWER.isdisjoint(said):
            return
        opening = self.quotations.starts[min(labels)]
        named = (
            entity
            for entity in self.walk.named.values()
            if entity.name and entity.name.first and entity.kind != "group" and entity.spans
        )
        first = min(named, key=lambda entity: entity.spans[0], default=None)
        answering = first if first is not None and first.spans[0].start < opening else None
        for index, label in labels.items():
            if fold(label) in QUESTION:
                self.speaker[index] = _NARRATOR
            elif fold(label) in ANSWER and answering is not None:
                self.speaker[index] = answering

    def _posts(self) -> None:
        """Settle who wrote posts."""
        accounts = Accounts(entity for entity in self.walk.named.values() if entity.spans)
        for index, attribution in enumerate(self.attributions):
            if attribution.post and attribution.source:
                source = attribution.source
                self.speaker[index] = accounts.author(source, source.of(self.text))

    def _in_headline(self, span: Span) -> bool:
        return span.end <= self.title_end or self.headlines[self.quotations.sentence_at(span.start)]

    def _first_person(self) -> None:
        """Settle "I" and "we": inside a quotation its speaker, outside the narrator."""
        for index, attribution in enumerate(self.attributions):
            source = attribution.source
            if source is None or self.speaker[index] is not None:
                continue
            outer = self._around(index, source)
            if outer is not None and self.speaker[outer] is not None:
                self.speaker[index] = self.speaker[outer]
            elif self.walk.is_quoted(source.start):
                self.speaker[index] = self.quotations.going_on(source)
            else:
                self.speaker[index] = _NARRATOR

    def _sourceless(self) -> None:
        """Settle attributions without a source: a quotation that goes on, or "…, saying that …"."""
        for index, attribution in enumerate(self.attributions):
            if self.speaker[index] is not None or not attribution.content:
                continue
            cue = attribution.cue.of(self.text).split() if attribution.cue else []
            if cue and cue[0].endswith("ing"):
                self.speaker[index] = self._last_in_sentence(index)
            elif attribution.quotation == "direct":
                self.speaker[index] = self.quotations.going_on(attribution.content[0])

    def _last_in_sentence(self, index: int) -> Entity | None:
        """Who spoke last in the sentence before the cue of an attribution."""
        cue = self.attributions[index].cue
        if cue is None:
            return None
        inside = self.quotations.of_sentence[self.quotations.sentence_at(cue.start)]
        place = bisect_left(inside, cue.start, key=self.quotations.starts.__getitem__)
        earlier = [other for other in inside[max(0, place - _NESTED) : place] if other != index]
        return next((self.speaker[other] for other in reversed(earlier) if self.speaker[other]), None)

    def _around(self, index: int | None, span: Span) -> int | None:
        """The attribution inside whose content `span` stands; the innermost of several."""
        place = bisect_right(self.contents, (span.start, len(self.text), 0))
        for start, end, other in reversed(self.contents[max(0, place - _NESTED) : place]):
            if other != index and start <= span.start and span.end <= end:
                return other
        return None

    def _channels(self) -> list[Entity | None]:
        """For each attribution the speaker who reports it: whose content holds its source or its cue."""
        channels: list[Entity | None] = []
        for index, attribution in enumerate(self.attributions):
            frame = attribution.source or attribution.cue
            outer = self._around(index, frame) if frame else None
            if outer is None:
                outer = self._according(index)
            channel = self.speaker[outer] if outer is not None else None
            channels.append(None if channel is self.speaker[index] else channel)
        return channels

    def _according(self, index: int) -> int | None:
        """The attribution in the same sentence with "according to" that begins before this one's cue ends."""
        attribution = self.attributions[index]
        if attribution.source is None or attribution.cue is None or self._is_according(index):
            return None
        others = self.according.get(self.quotations.sentence_at(attribution.cue.start), ())
        return next((other for other in others if self.quotations.starts[other] < attribution.cue.end), None)

    def _is_according(self, index: int) -> bool:
        cue = self.attributions[index].cue
        return cue is not None and cue.of(self.text).lower().startswith("according")
