"""Whom pronouns and descriptions mean: one walk through the article, from mention to mention."""

import math
import re
from bisect import bisect_right
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from itertools import islice

from model.descriptions import Descriptions
from model.entities import Entity, Touch, gather
from model.gazetteer import words
from model.mentions import Mention, NameFinder
from model.names import fold
from model.nominals import Nominal, find_nominals, singular_or_self
from model.pronouns import GENDERS, Place, Telling, agrees, features, score
from model.quotes import is_quoted
from model.spans import Span
from model.wording import Token

# Nobody means somebody last spoken of more sentences ago than this; also bounds the work per pronoun.
_REACH = 12
_MOST_CANDIDATES = 24
_MOST_LOOKED_AT = 64
# How many mentions back the antecedent of "who" may stand.
_LATEST = 4
# Somebody who spoke more sentences ago is no longer expected to go on.
_SPEECH_REACH = 4
_DATELINE_END = re.compile(r"[—–]| --? ")
_DATELINE_WIDTH = 60
_OF_PLACE = frozenset(["in", "at", "near"])
# By how much the likeliest antecedent must be ahead for its pronoun to settle its gender.
_SURE = 0.5


Antecedents = list[tuple[Entity, dict[str, float]]]
"""Those whom a pronoun may mean, each with its features."""
Prefer = Callable[[Mention, Antecedents], int | None]
"""Which antecedent of a pronoun is known to be right; None where the likeliest is to be taken."""


class Walk:
    """Reads the mentions of one article in order and knows at each place who was spoken of.

    `place` takes one mention and gives its entity; `spoke` notes that an entity was named as a speaker.
    Training says through `prefer` what it knows.
    """

    def __init__(
        self,
        text: str,
        tokens: Sequence[Token],
        mentions: Sequence[Mention | Nominal],
        quoted: Sequence[Span],
        prefer: Prefer | None = None,
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.prefer = prefer
        self.named = gather([mention for mention in mentions if isinstance(mention, Mention)])
        self.quoted = quoted
        self.quote_starts = [span.start for span in quoted]
        self.recent: OrderedDict[int, Entity] = OrderedDict()
        self.latest: deque[tuple[Mention | Nominal, Entity]] = deque(maxlen=_LATEST)
        self.speakers: set[int] = set()
        self.last_spoken: tuple[Entity, int, int] | None = None
        self.descriptions = Descriptions(text, tokens, lambda mention: self.candidates(mention, speaks=True))
        self.breaks = [index for index, char in enumerate(text) if char == "\n"]
        self.openings: dict[int, int] = {}
        for token in tokens:
            self.openings.setdefault(token.sentence, token.start)

    def place(
        self,
        mention: Mention | Nominal,
        hidden: Sequence[Span] = (),
        *,
        speaks: bool = False,
        teller: Entity | None = None,
    ) -> Entity | None:
        """The entity that `mention` means; candidates inside `hidden` spans do not count.

        `speaks` says whether the mention is the source of an attribution, `teller` in whose words it stands.
        """
        entity: Entity | None
        if isinstance(mention, Nominal):
            entity = self.descriptions.entity_of(mention, self.latest[-1] if self.latest else None)
        elif mention.name:
            entity = self.named[mention]
            self.descriptions.note(entity)
            self._adopt(entity, mention)
            if self._is_dateline(mention):
                return entity
        else:
            entity = self._pronoun(mention, hidden, speaks=speaks, teller=teller)
        if entity is not None:
            self.put(mention, entity)
        return entity

    def _is_dateline(self, mention: Mention) -> bool:
        """Whether a name only says where a report comes from: "NORLAND CITY (Dune Press) — …"."""
        start, end = mention.span
        line = self.text.rfind("\n", 0, start) + 1
        return (
            self.text[start:end].isupper()
            and self.text[line:start].upper() == self.text[line:start]
            and _DATELINE_END.search(self.text[end : end + _DATELINE_WIDTH].partition("\n")[0]) is not None
        )

    def _adopt(self, entity: Entity, mention: Mention) -> None:
        """Take the description before a comma for the name behind it: "a senator, Ana Duarte, said"."""
        if not self.latest:
            return
        before, described = self.latest[-1]
        new = described.name is None and len(described.touches) == 1
        apposed = self.text[before.span.end : self.tokens[mention.tokens[0]].start].strip() == ","
        if isinstance(before, Nominal) and new and apposed and before.head in entity.heads:
            entity.touch(described.touches[0], before.span)
            self.recent.pop(id(described), None)

    def put(self, mention: Mention | Nominal, entity: Entity) -> None:
        """Note that `mention` means `entity`."""
        self._touch(entity, mention)
        self.latest.append((mention, entity))

    def spoke(self, entity: Entity, position: int, sentence: int) -> None:
        """Note that `entity` is the source of an attribution at `position`, in `sentence`."""
        self.speakers.add(id(entity))
        self.last_spoken = (entity, sentence, self._paragraph(position))
        self._refresh(entity)

    def _paragraph(self, position: int) -> int:
        return bisect_right(self.breaks, position)

    def _refresh(self, entity: Entity) -> None:
        self.recent[id(entity)] = entity
        self.recent.move_to_end(id(entity))

    def antecedent(self, relative: str, sentence: int) -> Entity | None:
        """What "who", "which" or "that" refers back to: the latest mention that it can stand for."""
        for mention, entity in reversed(self.latest):
            human = entity.kind in ("person", "unknown") or entity.plural
            if (
                mention.sentence == sentence
                and not mention.possessive
                and (human or relative not in ("who", "whom"))
            ):
                return entity
        return None

    def pair_before(self, sentence: int) -> tuple[Entity, Entity] | None:
        """The two persons or bodies, in order, of whom the sentences right before speak; None if not two."""
        touches = sorted(
            (
                (touch.start, -rank, touch.sentence, entity)
                for rank, entity in enumerate(islice(reversed(self.recent.values()), _MOST_LOOKED_AT))
                if not entity.plural and (entity.name is not None or entity.kind in ("person", "group"))
                for touch in entity.touches[-_REACH:]
                if not (touch.pronoun or touch.located or touch.possessive)
            ),
            key=lambda each: each[:2],
        )
        found: dict[int, Entity] = {}
        for back in range(1, _SPEECH_REACH + 1):
            here = {id(entity): entity for *_, place, entity in touches if place == sentence - back}
            found = here | {key: entity for key, entity in found.items() if key not in here}
            if len(found) > 1:
                break
        match list(found.values()):
            case [one, other]:
                return one, other
            case _:
                return None

    def note(self, entity: Entity, span: Span, token: int) -> None:
        """Note a source span as a mention of `entity` that is nobody's name, pronoun or known noun."""
        entity.touch(Touch(span.start, self.tokens[token].sentence, token, subject=True), span)
        self._refresh(entity)

    def _touch(self, entity: Entity, mention: Mention | Nominal) -> None:
        first, last = mention.tokens
        before = self.tokens[first - 1] if first else None
        if before and fold(before.text) in words().determiners and first > 1:
            before = self.tokens[first - 2]
        same = before is not None and before.sentence == mention.sentence
        oblique = same and before is not None and fold(before.text) in words().prepositions
        pronoun = mention.pronoun if isinstance(mention, Mention) else None
        possessive = mention.possessive or (pronoun is None and self._noun_follows(last))
        entity.touch(
            Touch(
                mention.span.start,
                mention.sentence,
                last,
                subject=not possessive and not oblique and (not same or self._verb_follows(last)),
                oblique=oblique,
                possessive=possessive,
                headline=isinstance(mention, Mention) and mention.headline,
                quoted=self.is_quoted(mention.span.start),
                pronoun=pronoun is not None,
                located=same and before is not None and fold(before.text) in _OF_PLACE,
            ),
            mention.span,
        )
        self._refresh(entity)

    def _verb_follows(self, index: int) -> bool:
        if index >= len(self.tokens):
            return False
        folded = fold(self.tokens[index].text)
        return folded in words().auxiliaries or folded.endswith("ed")

    def _noun_follows(self, index: int) -> bool:
        """Whether what is mentioned only modifies a noun: "the Duarte campaign"."""
        if (
            index >= len(self.tokens)
            or self.text[self.tokens[index - 1].end : self.tokens[index].start].strip()
        ):
            return False
        word = self.tokens[index].text
        return word.islower() and (word in words().modifiers or singular_or_self(word))

    def is_quoted(self, position: int) -> bool:
        """Whether `position` is inside quotation marks."""
        return is_quoted(self.quoted, position)

    def _pronoun(
        self, mention: Mention, hidden: Sequence[Span], *, speaks: bool, teller: Entity | None
    ) -> Entity | None:
        pronoun = mention.pronoun or ""
        found = self.candidates(mention, hidden, speaks=speaks, teller=teller)
        if not found:
            return None
        scores = [score(pronoun, row) for _, row in found]
        known = self.prefer(mention, found) if self.prefer else None
        first = max(range(len(found)), key=scores.__getitem__) if known is None else known
        best = found[first][0]
        gender = GENDERS.get(pronoun)
        if gender and best.gender is None:
            others = (other for index, other in enumerate(scores) if index != first)
            best.hear(gender, surely=scores[first] - max(others, default=-math.inf) > _SURE)
        return best

    def candidates(
        self,
        mention: Mention,
        hidden: Sequence[Span] = (),
        *,
        speaks: bool = False,
        teller: Entity | None = None,
    ) -> Antecedents:
        """Every entity that the pronoun `mention` may mean, with its features, the latest first."""
        pronoun = mention.pronoun or ""
        telling = Telling(speaks, teller=teller, spoken=self.speakers)
        if speaks and self.last_spoken and mention.sentence - self.last_spoken[1] <= _SPEECH_REACH:
            telling = Telling(speaks, self.last_spoken[0], self.last_spoken[2], teller, self.speakers)
        place = self._place(mention)
        found: Antecedents = []
        for entity in islice(reversed(self.recent.values()), _MOST_LOOKED_AT):
            too_old = entity.touches and mention.sentence - entity.touches[-1].sentence > _REACH
            if too_old or len(found) == _MOST_CANDIDATES:
                break
            if not agrees(entity, pronoun) or (speaks and entity.plural and entity.kind == "document"):
                continue
            touch = _last_open(entity, hidden)
            if touch is None or mention.sentence - touch.sentence > _REACH:
                continue
            found.append((entity, features(entity, touch, len(found), place, telling)))
        return found

    def _place(self, mention: Mention) -> Place:
        index = mention.tokens[0]
        opens = index == 0 or self.tokens[index - 1].sentence != mention.sentence
        if not opens:
            before = bisect_right(self.quote_starts, self.tokens[index - 1].start) - 1
            quotation = self.quoted[before] if before >= 0 else Span(0, 0)
            opening = self.openings[mention.sentence]
            opens = quotation.start <= opening and self.tokens[index - 1].start < quotation.end
        start = mention.span.start
        return Place(
            mention.pronoun or "",
            mention.sentence,
            index,
            self._paragraph(start),
            mention.possessive,
            opens,
            self.is_quoted(start),
        )


def _last_open(entity: Entity, hidden: Sequence[Span]) -> Touch | None:
    """The latest mention outside the `hidden` spans, looking back a little."""
    for touch in reversed(entity.touches[-_REACH:]):
        if not any(span.start <= touch.start < span.end for span in hidden):
            return touch
    return None


def mentions_of(text: str, sentences: Sequence[Span], tokens: Sequence[Token]) -> list[Mention | Nominal]:
    """Names, pronouns and descriptions in the order of the text; a description gives way to a name."""
    names = NameFinder(text, sentences, tokens).find()
    taken = {index for mention in names for index in range(*mention.tokens)}
    nominals = [nominal for nominal in find_nominals(text, tokens) if nominal.tokens[1] - 1 not in taken]
    return sorted([*names, *nominals], key=lambda mention: (mention.span.end, mention.span.start))
