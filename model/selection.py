"""Which of those who may be speaking is the speaker of a sentence (GUIDELINES, Speaker 1 to 5).

The voices are alternatives of a conditional logit (`model.logit`), whose weights are learned from gold
articles (`model.training.selection`).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from model.article import NARRATOR, UNKNOWN
from model.gazetteer import words
from model.labels import LabelSet
from model.logit import Logit, Row
from model.mentions import FIRST_PERSON, PRONOUNS
from model.stance import Question, Stance
from model.statements import Attribution
from model.voices import Draft, Voice

MOST = 0.5
FAR = 6.0
"""Log-odds beyond which more of them say nothing more."""
LEAST = -6.0
"""Log-probabilities below say nothing more."""

MOST_CUE_WORDS = 6
"""Of a longer cue the first words tell; 99 of 100 cues in the labelled news have four at most."""
MARKS = '“”"«»„'
PUNCTUATION = ".,;:!?()[]'’‘" + MARKS
ANSWERS = ("A:", "Answer:", "[")


def choose(
    logit: Logit, draft: Draft, index: int, found: Mapping[Question, Stance], labels: LabelSet
) -> Voice:
    """The voice of sentence `index`; `found` holds the stances of those in `Draft.asked`.

    In a post or a conversation that is written out it is whoever's turn it is; the narrator may report others
    there.
    """
    turn, voices = draft.turn(index), candidates(draft.voices[index])
    if turn is not None and turn.speaker != NARRATOR:
        return turn
    if len(voices) == 1:
        return voices[0]
    return voices[int(np.argmax(logit.utilities(features(draft, index, found, labels))))]


def candidates(voices: Sequence[Voice]) -> list[Voice]:
    """Those who can be the speaker of a sentence, the narrator last."""
    return [voice for voice in voices if voice.speaker != UNKNOWN]


def features(draft: Draft, index: int, found: Mapping[Question, Stance], labels: LabelSet) -> list[Row]:
    """What is known about each of the candidates of sentence `index`, in their order."""
    voices = candidates(draft.voices[index])
    channels = {voice.via for voice in voices}
    rows: list[Row] = []
    for place, voice in enumerate(voices):
        heard = _of_hearing(draft, index, voice) | _of_pointing(draft, index, voice)
        if voice.speaker == NARRATOR:
            rows.append(_of_narrator(draft, index, voices) | heard)
            continue
        if voice.carried:
            rows.append(_of_carried(draft, index, voice) | heard)
            continue
        row = heard | {
            "somebody": 1.0,
            "first": float(place == 0),
            "channel": float(voice.speaker in channels),
            "share": voice.share,
            "mostly": float(voice.share > MOST),
            **_of_stance(found[voice.instead or voice.question], labels),
            **_of_kind(draft, voice),
        }
        if voice.attribution is None:
            row["continued"] = 1.0
        else:
            row |= _of_attribution(draft, index, voice.attribution)
        rows.append(row)
    return rows


def _of_hearing(draft: Draft, index: int, voice: Voice) -> Row:
    """What the tagger heard of who tells the sentence, for the teller that the voice would be."""
    if draft.hearing is None:
        return {}
    teller = draft.teller(index, voice)
    row = {f"heard from {teller}": draft.hearing.teller(index, teller)}
    source = draft.source(voice)
    if teller == "source" and source is not None:
        row["heard at its source"] = draft.hearing.opening(source)
    return row


def _of_pointing(draft: Draft, index: int, voice: Voice) -> Row:
    """How likely the tagger points at the voice, for the teller that it would be."""
    if voice.pointed is None:
        return {}
    kind = "carried" if voice.carried else draft.teller(index, voice)
    return {f"pointed at, {kind}": max(LEAST, voice.pointed), "instead": float(voice.instead is not None)}


def _of_narrator(draft: Draft, index: int, voices: Sequence[Voice]) -> Row:
    others = [voice.share for voice in voices[:-1] if not voice.carried and voice.instead is None]
    said = draft.sentences[index].of(draft.article.text)
    return {
        "narrator": 1.0,
        "narrator opens": float(index == 0),
        "narrator in quotation marks": float(any(mark in said for mark in MARKS)),
        "narrator's rest": 1.0 - max(others, default=0.0),
        "narrator among several": float(len(others) > 1),
    }


def _of_carried(draft: Draft, index: int, voice: Voice) -> Row:
    """What speaks for a report that goes on without a source, a cue or quotation marks around it."""
    text = draft.article.text
    sentence, before = draft.sentences[index], draft.sentences[index - voice.carried]
    said = sentence.of(text)
    told = {word.strip(PUNCTUATION).lower() for word in said.split()}
    between = text[before.end : sentence.start]
    return {
        "carried": 1.0,
        "carried far": float(voice.carried > 1),
        "carried into a new paragraph": float("\n" in between),
        "carried, first person": float(not told.isdisjoint(FIRST_PERSON)),
        "carried, in quotation marks": float(any(mark in said for mark in MARKS)),
        "carried, behind quotation marks": float(any(mark in before.of(text) for mark in MARKS)),
        "carried, an answer": float(said.startswith(ANSWERS)),
        "carried, names nobody": float(not any(word[:1].isupper() for word in said.split()[1:])),
        **{f"carried, {key}": value for key, value in _of_kind(draft, voice).items()},
    }


def _of_stance(stance: Stance, labels: LabelSet) -> Row:
    unmarked = next((label.name for label in labels if label.unmarked), None)
    said = float(np.clip(stance.said, -FAR, FAR))
    row = {"said": said / FAR, "says nothing": float(said < 0)}
    if unmarked is not None:
        share = min(max(stance.scores[unmarked], 1e-6), 1 - 1e-6)
        odds = float(np.clip(np.log1p(-share) - np.log(share), -FAR, FAR))
        row |= {"marked": max(0.0, odds) / FAR, "is marked": float(odds > 0)}
    return row


def _of_kind(draft: Draft, voice: Voice) -> Row:
    kind = draft.kinds[voice.speaker]
    name = draft.names[voice.speaker]
    return {f"is {kind}": 1.0, "is described": float(name[:1].islower())}


def _of_words(text: str, attribution: Attribution) -> Row:
    """What the source and the cue say: "he" is rarely spoken of only, "supported" rarely tells of words."""
    row: Row = {}
    if attribution.cue is not None:
        row |= {f"cue: {word}": 1.0 for word in attribution.cue.of(text).lower().split()[:MOST_CUE_WORDS]}
    if attribution.source is not None:
        row["source is a pronoun"] = float(attribution.source.of(text).lower() in PRONOUNS)
    return row


def _of_attribution(draft: Draft, index: int, number: int) -> Row:
    """Where source, cue and content stand in the sentence."""
    text, sentence, attribution = draft.article.text, draft.sentences[index], draft.attributions[number]
    row = {attribution.quotation: 1.0, "inside another": float(number in draft.nested)}
    row |= _of_words(text, attribution)
    source, cue = attribution.source, attribution.cue
    here = [span for span in attribution.content if sentence.overlap(span)]
    row["no content here"] = float(not here)
    row["no source"] = float(source is None)
    if source is not None and sentence.covers(source):
        before = text[sentence.start : source.start].lower().split()
        row["source here"] = 1.0
        row["source opens"] = float(len(before) == 0)
        row["subordinate"] = float(bool(before) and before[-1].strip(",;") in words().subordinators)
        row["relative"] = float(source.of(text).lower() in words().relatives)
    if cue is not None and sentence.covers(cue):
        row["cue here"] = 1.0
        row["cue late"] = (cue.start - sentence.start) / max(1, sentence.end - sentence.start)
        row["according"] = float(cue.of(text).lower().startswith("according"))
        if here:
            row["cue before content"] = float(cue.start < here[0].start)
    if here:
        row["content opens"] = float(not text[sentence.start : here[0].start].strip("“\"'‘ "))
        row["content closes"] = float(not any(c.isalnum() for c in text[here[-1].end : sentence.end]))
    return row
