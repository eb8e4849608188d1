"""Whose quotation goes on where nobody is named."""

from bisect import bisect_left
from collections.abc import Sequence

from model.entities import Entity
from model.spans import Span, overlapping, place_of
from model.statements import Attribution, spans_in

# A quotation without a cue belongs to a speaker at most this many paragraphs away.
_CARRY = 3
# A sentence is a quotation's when at least this share of it stands between the marks.
_MOSTLY = 0.6
# Attributions are not nested or chained deeper than this; bounds the work for each of them.
_NESTED = 32


class Continuations:
    """Follows the quotations of one article from sentence to sentence.

    `of_sentence` are the attributions with a part in each sentence, in the order of their `starts`;
    `speaker` has those found so far and is read anew at every call.
    """

    def __init__(
        self,
        text: str,
        sentences: Sequence[Span],
        attributions: Sequence[Attribution],
        quoted: Sequence[Span],
        speaker: Sequence[Entity | None],
    ) -> None:
        self.sentences = sentences
        self.attributions = attributions
        self.quoted = quoted
        self.speaker = speaker
        self.paragraph = _paragraphs(text, sentences)
        self.starts = [min((span.start for span in spans_in(item)), default=0) for item in attributions]
        self.of_sentence: list[list[int]] = [[] for _ in sentences]
        for index, attribution in enumerate(attributions):
            held: set[int] = set()
            for span in spans_in(attribution):
                held.update(range(self.sentence_at(span.start), self.sentence_at(span.end - 1) + 1))
            for sentence in held:
                self.of_sentence[sentence].append(index)
        for inside in self.of_sentence:
            inside.sort(key=self.starts.__getitem__)
        self.posts = {
            sentence
            for sentence, inside in enumerate(self.of_sentence)
            if any(attributions[index].post for index in inside)
        }
        self.of_quotation: dict[Span, list[tuple[int, int]]] = {}

    def sentence_at(self, position: int) -> int:
        """The index of the sentence that holds `position`, or else of the one before it."""
        return place_of(self.sentences, position)

    def continued(self) -> list[Entity | None]:
        """The speaker of each sentence that lies in a quotation and has no attribution."""
        continued: list[Entity | None] = []
        for index, sentence in enumerate(self.sentences):
            entity = None
            if not self.of_sentence[index] and self._quoted_share(sentence) >= _MOSTLY:
                entity = self.going_on(sentence)
            continued.append(entity)
        return continued

    def _quotations_in(self, span: Span) -> list[Span]:
        return [self.quoted[index] for index in overlapping(self.quoted, span)]

    def _quoted_share(self, sentence: Span) -> float:
        inside = sum(quotation.overlap(sentence) for quotation in self._quotations_in(sentence))
        return inside / max(1, sentence.end - sentence.start)

    def going_on(self, span: Span) -> Entity | None:
        """Whose quotation goes on at `span`: that of the same marks, the same paragraph, the one before.

        Posts stand beside what the article tells: it goes on behind them.
        """
        for quotation in self._quotations_in(span):
            entity = self._speaker_of_quotation(quotation, span)
            if entity is not None:
                return entity
        here = self.sentence_at(span.start)
        return self._spoken_before(here, span.start) or self._spoken_behind(here)

    def _spoken_before(self, here: int, position: int) -> Entity | None:
        """Who spoke last before a position in the sentence `here`, in its paragraph or as far as quoted."""
        paragraph = self.paragraph[here]
        for index in range(here, -1, -1):
            if self.paragraph[index] < paragraph - _CARRY:
                break
            if index in self.posts:
                continue
            entity = self.voice(index, before=position)
            if entity is not None:
                return entity
            gone_on = self._quoted_share(self.sentences[index]) >= _MOSTLY
            if self.paragraph[index] < paragraph and not gone_on:
                break
        return None

    def _spoken_behind(self, here: int) -> Entity | None:
        """Who speaks first from the sentence `here` to the end of its paragraph."""
        for index in range(here, len(self.sentences)):
            if self.paragraph[index] != self.paragraph[here]:
                break
            entity = self.voice(index) if index not in self.posts else None
            if entity is not None:
                return entity
        return None

    def _speaker_of_quotation(self, quotation: Span, span: Span) -> Entity | None:
        """The speaker of the attribution nearest to `span` whose content shares the quotation marks."""
        if quotation not in self.of_quotation:
            first, last = self.sentence_at(quotation.start), self.sentence_at(quotation.end - 1)
            self.of_quotation[quotation] = sorted(
                {
                    (content.start, index)
                    for sentence in range(first, last + 1)
                    for index in self.of_sentence[sentence]
                    for content in self.attributions[index].content
                    if content.overlap(quotation) and self.attributions[index].source
                }
            )
        voices = self.of_quotation[quotation]
        place = bisect_left(voices, (span.start, 0))
        near = voices[max(0, place - _NESTED) : place + _NESTED]
        said = [(abs(start - span.start), index) for start, index in near if self.speaker[index]]
        return self.speaker[min(said)[1]] if said else None

    def voice(self, sentence: int, before: int | None = None) -> Entity | None:
        """The last speaker of a sentence before an offset, or, looking ahead, its first."""
        inside = self.of_sentence[sentence]
        if before is not None:
            inside = inside[: bisect_left(inside, before, key=self.starts.__getitem__)][::-1]
        for index in inside[:_NESTED]:
            entity = self.speaker[index]
            if (
                self.attributions[index].source
                and entity is not None
                and entity.kind not in ("narrator", "unknown")
            ):
                return entity
        return None


def _paragraphs(text: str, sentences: Sequence[Span]) -> list[int]:
    """The number of each sentence's paragraph; a paragraph ends with its line."""
    numbers: list[int] = []
    for index, sentence in enumerate(sentences):
        before = sentences[index - 1].end if index else 0
        numbers.append((numbers[-1] if numbers else 0) + ("\n" in text[before : sentence.start]))
    return numbers
