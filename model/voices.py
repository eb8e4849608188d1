"""Who may be speaking in each sentence of an article: everything that is known before stances are asked."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

import numpy as np

from model.article import NARRATOR, UNKNOWN
from model.hearing import Hearing
from model.pointing import Pointing, Telling, point
from model.premises import narrated_premise, reported_premise
from model.spans import Span, overlapping
from model.speakers import Cast, mentioned
from model.speakers import resolve as resolve_speakers
from model.stance import Question
from model.statements import Attribution, spans_in
from model.tokens import encodable

CARRIED_WITHIN = 4
"""Sentences for which a report may go on without a sign of it, at most."""
POINTED = 0.5
"""Probability from which somebody who is pointed at may be speaking, whatever the rules say.

Between 0.05 and 0.6 the scores of the choice that is fitted behind it differ by less than 0.2 points."""


class ArticleError(ValueError):
    """An article that cannot be read: what is wrong with which field.

    `index` is the article's place among those that were given together.
    """

    def __init__(self, field: str, problem: str, index: int = 0) -> None:
        super().__init__(f"{field} {problem}")
        self.field = field
        self.problem = problem
        self.index = index


@dataclass(frozen=True)
class Article:
    """A text to read, with what is known about it.

    Raises:
        ArticleError: the text or the id holds a lone surrogate, which no answer can carry.
    """

    text: str
    id: str | None = None
    title: str | None = None
    date: str | None = None

    def __post_init__(self) -> None:
        for field, words in (("text", self.text), ("id", self.id or "")):
            if encodable(words) != words:
                raise ArticleError(field, "holds a lone surrogate, half a character")


@dataclass(frozen=True)
class Voice:
    """Somebody who may be the speaker of a sentence, with the share of its letters that is theirs.

    By an attribution, by a quotation that goes on, as the narrator, or because a report so many sentences
    before may go on here (`carried`; of somebody who is pointed at, how far back they were mentioned).
    `instead`: the tagger points at them where the rules see another, who has this question. `pointed`: the
    log-probability that it points at them.
    """

    speaker: str
    attribution: int | None
    question: Question
    share: float
    via: str | None = None
    carried: int = 0
    instead: Question | None = None
    pointed: float | None = None


class Draft:
    """An article on its way: everything but the stances.

    `ruled` has for each sentence those who may speak it as far as the rules see, the narrator last; `voices`
    has besides, before them, whoever the tagger points at and they do not see. `bearers` are all whom the
    article names or reports.
    """

    def __init__(
        self,
        article: Article,
        sentences: Sequence[Span],
        attributions: Sequence[Attribution],
        hearing: Hearing | None = None,
        pointing: Pointing | None = None,
    ) -> None:
        self.article = article
        self.sentences = sentences
        self.hearing = hearing
        # What holds no letter says nothing.
        self.attributions = [
            attribution
            for attribution in attributions
            if any(_letters(article.text, span) for span in spans_in(attribution))
        ]
        self.cast: Cast = resolve_speakers(article.text, self.sentences, self.attributions)
        everybody = (*self.cast.speakers, *self.cast.others)
        self.names = {speaker.id: speaker.name for speaker in everybody}
        self.kinds = {speaker.id: speaker.kind for speaker in everybody}
        self.bearers = [each for each in everybody if each.id not in (NARRATOR, UNKNOWN)]
        self.ruled = [list(self._voices(index, sentence)) for index, sentence in enumerate(self.sentences)]
        # What the words give is not kept: it is larger than all else.
        self.voices = self.ruled if pointing is None or not self.bearers else list(self._pointed(pointing))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {speaker.id: number for number, speaker in enumerate(self.bearers)}

    def _pointed(self, pointing: Pointing) -> Iterator[list[Voice]]:
        """For each sentence those of `ruled`, before them whoever is pointed at and is not among them."""
        text, quoted = self.article.text, self.cast.quoted
        rows = point(pointing, text, self.sentences, quoted, self.bearers, self.tellings())
        for index, (voices, shares) in enumerate(zip(self.ruled, rows, strict=True)):
            if self.turn(index) is not None:
                yield voices
                continue
            known = [
                replace(voice, pointed=float(shares[self._places[voice.speaker]]))
                if voice.speaker in self._places
                else voice
                for voice in voices
            ]
            best = int(shares.argmax())
            speaker = self.bearers[best].id
            sure = shares[best] > np.log(POINTED) and all(voice.speaker != speaker for voice in voices)
            other = self._pointed_voice(index, voices[0], speaker) if sure else None
            yield [replace(other, pointed=float(shares[best])), *known] if other is not None else known

    def tellings(self) -> list[Telling]:
        """What the rules know of who tells each sentence, as the places of `bearers`."""
        found: list[Telling] = []
        for sentence, voices in zip(self.sentences, self.ruled, strict=True):
            source, cue = self._frame(sentence, voices)
            others = [voice for voice in voices if voice.speaker not in (NARRATOR, UNKNOWN)]
            resolved = [self._places[voice.speaker] for voice in others]
            firm = bool(others) and voices[0] is others[0] and not others[0].carried
            opening = self.hearing.opening_word(sentence) if self.hearing is not None else -1
            found.append(Telling(opening, source, cue, resolved, firm))
        return found

    @property
    def asked(self) -> Iterator[Voice]:
        """Those whose stance must be known before a speaker is chosen: whom a sentence gives a sign of."""
        for voices in self.ruled:
            yield from (voice for voice in voices[:-1] if not voice.carried)

    def teller(self, index: int, voice: Voice) -> str:
        """Which of `TELLERS` the voice would be in sentence `index`."""
        if voice.speaker == NARRATOR:
            return "narrator"
        source = self.source(voice)
        return "source" if source is not None and self.sentences[index].covers(source) else "before"

    def turn(self, index: int) -> Voice | None:
        """Whose turn sentence `index` is, in a conversation that is written out, or whose post."""
        for voice in self.ruled[index]:
            if voice.attribution is not None and self.attributions[voice.attribution].turn:
                return voice
        return None

    def source(self, voice: Voice) -> Span | None:
        """The source of the voice's attribution, if it has one."""
        return None if voice.attribution is None else self.attributions[voice.attribution].source

    def _frame(self, sentence: Span, voices: Sequence[Voice]) -> tuple[Span | None, Span | None]:
        """Source and cue of the first attribution, where they stand in the sentence."""
        number = next((voice.attribution for voice in voices if voice.attribution is not None), None)
        if number is None:
            return None, None
        frame = (self.attributions[number].source, self.attributions[number].cue)
        source, cue = (span if span is not None and sentence.covers(span) else None for span in frame)
        return source, cue

    def _pointed_voice(self, index: int, first: Voice, speaker: str) -> Voice | None:
        """The speaker's voice in the place of the first one; None in a first sentence without another's."""
        sentence, name = self.sentences[index], self.names[speaker]
        question = self._going_on(sentence, speaker)
        if first.carried or first.speaker == NARRATOR:
            reach = min(index, CARRIED_WITHIN)
            near = (back for back in range(1, reach + 1) if speaker in self._mentioned[index - back])
            return Voice(speaker, None, question, 0.0, carried=next(near, reach)) if reach else None
        if first.attribution is not None:
            question = Question(self._premise(sentence, self.attributions[first.attribution], name), name)
        via = None if first.via == speaker else first.via
        return replace(first, speaker=speaker, question=question, via=via, instead=first.question)

    @cached_property
    def _mentioned(self) -> list[frozenset[str]]:
        """Whom each sentence mentions."""
        return mentioned(self.bearers, self.sentences)

    def _voices(self, index: int, sentence: Span) -> Iterator[Voice]:
        text = self.article.text
        letters = max(1, _letters(text, sentence))
        for number, covered in self._covered[index].items():
            attribution = self.attributions[number]
            speaker = self.cast.of_attribution[number]
            premise = self._premise(sentence, attribution, self.names[speaker])
            via = self.cast.via[number]
            yield Voice(speaker, number, Question(premise, self.names[speaker]), covered / letters, via)
        continued = self.cast.continued[index]
        if continued is not None and not self._covered[index]:
            yield Voice(continued, None, self._going_on(sentence, continued), 1.0)
        carried = self._carried[index]
        if carried is not None:
            speaker, distance = carried
            yield Voice(speaker, None, self._going_on(sentence, speaker), 0.0, carried=distance)
        yield Voice(NARRATOR, None, Question(narrated_premise(text, sentence), NARRATOR), 0.0)

    @cached_property
    def nested(self) -> frozenset[int]:
        """The attributions that are told inside another one: their cue stands in its content."""
        contents = sorted(span for attribution in self.attributions for span in attribution.content)
        reach = list(accumulate((span.end for span in contents), max))
        cues = ((number, a.cue) for number, a in enumerate(self.attributions) if a.cue is not None)
        return frozenset(
            number
            for number, cue in cues
            if (before := bisect_right(contents, cue.start, key=lambda span: span.start))
            and reach[before - 1] >= cue.end
        )

    @cached_property
    def _carried(self) -> list[tuple[str, int] | None]:
        """For each sentence that nobody is a source of: who spoke last, and how many sentences ago."""
        carried: list[tuple[str, int] | None] = []
        last: tuple[str, int] | None = None
        for index, covered in enumerate(self._covered):
            continued = self.cast.continued[index]
            here = continued or next(
                (
                    speaker
                    for number in reversed(covered)
                    if (speaker := self.cast.of_attribution[number]) not in (NARRATOR, UNKNOWN)
                ),
                None,
            )
            far = last is None or index - last[1] > CARRIED_WITHIN
            carried.append(None if here or covered or far or last is None else (last[0], index - last[1]))
            if any(self.attributions[number].post for number in covered):
                # A post ends where the text says so.
                last = None
            elif here:
                last = (here, index)
        return carried

    @cached_property
    def _covered(self) -> list[dict[int, int]]:
        """For each sentence the attributions with a part in it, and how many of its letters are theirs."""
        covered: list[dict[int, int]] = [{} for _ in self.sentences]
        for number, attribution in enumerate(self.attributions):
            for span in spans_in(attribution):
                for index in overlapping(self.sentences, span):
                    part = sentence_part(self.sentences[index], span)
                    if part is not None and (letters := _letters(self.article.text, part)):
                        covered[index][number] = covered[index].get(number, 0) + letters
        return covered

    def _going_on(self, sentence: Span, speaker: str) -> Question:
        """What is asked of a sentence without a source of its own, as a quotation of `speaker`'s."""
        name = self.names[speaker]
        return Question(reported_premise(self.article.text, sentence, None, name), name)

    def _premise(self, sentence: Span, attribution: Attribution, name: str) -> str:
        if attribution.turn:
            parts = (sentence_part(sentence, content) for content in attribution.content)
            said = next((part for part in parts if part), sentence)
            return reported_premise(self.article.text, said, None, name)
        cued = attribution.cue is not None and sentence.covers(attribution.cue)
        if cued and attribution.source is None:
            return narrated_premise(self.article.text, sentence)
        return reported_premise(self.article.text, sentence, attribution.source, name)


def sentence_part(sentence: Span, span: Span) -> Span | None:
    """The part of `span` inside the sentence."""
    start, end = max(sentence.start, span.start), min(sentence.end, span.end)
    return Span(start, end) if start < end else None


def _letters(text: str, span: Span) -> int:
    return sum(char.isalnum() for char in span.of(text))
