"""Who speaks through a text: "its statement", "a letter from Ana Duarte", "the note" that somebody sent."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

from model.entities import Entity
from model.gazetteer import words
from model.mentions import Mention
from model.names import fold
from model.nominals import Nominal
from model.wording import Token

Placed = Mapping[Mention | Nominal, Entity | None]
# "The statement" takes up one that was told of at most so many sentences before.
_REACH = 6
# One that is given without an article is of somebody who spoke at most so many sentences before.
_JUST_BEFORE = 3
_FROM = frozenset(["by", "from"])
_SENT = frozenset(["issued", "released", "published", "posted", "sent", "wrote", "circulated", "signed"])
# How many of a sentence's mentions are looked at for who sent a text.
_MOST_MENTIONS = 16


class Issuers:
    """Knows the statements, letters and the like of one article."""

    def __init__(self, tokens: Sequence[Token], mentions: Sequence[Mention | Nominal]) -> None:
        self.tokens = tokens
        self.by_end = {mention.tokens[1]: mention for mention in mentions}
        self.by_start = {mention.tokens[0]: mention for mention in mentions}
        self.told: dict[str, list[Nominal]] = {}
        self.in_sentence: dict[int, list[Mention | Nominal]] = {}
        for mention in mentions:
            self.in_sentence.setdefault(mention.sentence, []).append(mention)
            if isinstance(mention, Nominal) and mention.head in words().utterances and not mention.definite:
                self.told.setdefault(mention.head, []).append(mention)

    def issuer(
        self, text: Nominal, placed: Placed, speaker: Callable[[int, int], Entity | None]
    ) -> Entity | None:
        """Whose words the `text` holds, if the article says so.

        `placed` has the entities of the mentions so far; `speaker` tells who has spoken last in a sentence
        before an offset.
        """
        if text.head not in words().utterances:
            return None
        named = self._owner(text, placed) or self._sender(text, placed)
        if named is None and self._is_bare_transcript(text):
            # "Transcript as follows:" is of whom has been told.
            before = range(text.sentence, max(0, text.sentence - _JUST_BEFORE) - 1, -1)
            return next(filter(None, (speaker(sentence, text.span.start) for sentence in before)), None)
        if named is not None or not text.definite:
            return named
        earlier = self.told.get(text.head, [])
        place = bisect_left(earlier, text.span.start, key=lambda other: other.span.start)
        if not place or text.sentence - earlier[place - 1].sentence > _REACH:
            return None
        first = earlier[place - 1]
        return (
            self._owner(first, placed)
            or self._sender(first, placed)
            or self._subject(first, placed)
            or speaker(first.sentence, first.span.start)
        )

    def _is_bare_transcript(self, text: Nominal) -> bool:
        """Whether it is a transcript that opens a sentence without an article."""
        first = text.tokens[0]
        opens = first == 0 or self.tokens[first - 1].sentence != text.sentence
        return opens and text.head == "transcript" and words().determiners.isdisjoint(text.described)

    def _owner(self, text: Nominal, placed: Placed) -> Entity | None:
        """The one in the possessive before it."""
        for index in range(text.tokens[1] - 2, text.tokens[0] - 1, -1):
            mention = self.by_end.get(index + 1)
            if mention is not None and (self.tokens[index].possessive or text.theirs):
                return placed.get(mention)
        return None

    def _sender(self, text: Nominal, placed: Placed) -> Entity | None:
        """The one after "by" or "from"."""
        after = text.tokens[1]
        if after + 1 >= len(self.tokens) or fold(self.tokens[after].text) not in _FROM:
            return None
        mention = self.by_start.get(after + 1) or self.by_start.get(after + 2)
        return placed.get(mention) if mention is not None else None

    def _subject(self, text: Nominal, placed: Placed) -> Entity | None:
        """The subject of the verb of sending before it: "The ministry issued a statement"."""
        verb = text.tokens[0] - 1
        if verb < 0 or fold(self.tokens[verb].text) not in _SENT:
            return None
        before = [
            entity
            for mention in self.in_sentence[text.sentence][:_MOST_MENTIONS]
            if mention.span.end <= self.tokens[verb].start and (entity := placed.get(mention)) is not None
        ]
        return next((entity for entity in before if entity.name), before[0] if before else None)
