"""The reader: from an article's text to the labelled article. It alone knows the order of the steps."""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from model.article import (
    NARRATOR,
    UNKNOWN,
    Extract,
    LabelledArticle,
    ModelInfo,
    Sentence,
    Statement,
)
from model.certainty import certain
from model.checkpoints import BUILTIN, WEIGHTS, load_entailment, resolve
from model.confirmation import confirmed
from model.disputes import Scene
from model.disputes import find as find_disputes
from model.drafts import Drafts
from model.entailment import Entailment, Precision, Watch
from model.entailment.cache import CachedEntailment
from model.labels import DEFAULT_LABELS, LabelSet
from model.logit import Logit
from model.selection import choose
from model.sentences import split
from model.session import open_pool
from model.stance import Calibration, Question, Stance, is_heard, joined, stances
from model.statements import Reading, StatementReader
from model.transcripts import in_turns
from model.voices import Article, ArticleError, Draft, Voice

__all__ = ["DISPUTES", "MAX_SENTENCES", "SELECTION", "Article", "ArticleError", "Reader", "load_reader"]

SELECTION, DISPUTES = "selection.json", "disputes.json"
"""Files of learned weights in a checkpoint's folder; every other checkpoint takes the shipped ones."""
Found = ChainMap[Question, Stance]
"""Stances of an article's voices by their questions."""
MAX_SENTENCES = 2000
"""More than a text of 200,000 characters holds, unless its sentences are of a word or two."""


class Reader:
    """Labels every sentence of an article with its speaker and the speaker's stance."""

    def __init__(
        self,
        entailment: Entailment,
        statements: StatementReader,
        labels: LabelSet = DEFAULT_LABELS,
        calibration: Calibration | None = None,
        selection: Logit | None = None,
        disputes: Logit | None = None,
        remembered: Drafts | None = None,
    ) -> None:
        self.entailment = entailment
        self.statements = statements
        self.labels = labels
        self.calibration = calibration or Calibration()
        self.selection = selection or Logit.load(WEIGHTS / SELECTION)
        self.disputes = disputes or Logit.load(WEIGHTS / DISPUTES)
        self._remembered = remembered or Drafts(0)

    def read(self, article: Article | str, labels: LabelSet | None = None) -> LabelledArticle:
        """The labelled article; a text alone is an article without an id."""
        return self.read_many([Article(article) if isinstance(article, str) else article], labels)[0]

    def read_many(self, articles: Sequence[Article], labels: LabelSet | None = None) -> list[LabelledArticle]:
        """The labelled articles, in order; the NLI model is asked about all of them at once.

        Raises:
            ArticleError: an article has more than `MAX_SENTENCES` sentences.
        """
        asked = labels or self.labels
        drafts = self.drafts(articles)
        found = self.found(drafts, asked)
        chosen = [
            [choose(self.selection, draft, index, own, asked) for index in range(len(draft.sentences))]
            for draft, own in zip(drafts, found, strict=True)
        ]
        # Where somebody else speaks, the narrator's stance is not asked.
        narrated = self._answers_beside(found, chosen, asked)
        found = [ChainMap(*own.maps, narrated) for own in found]
        taken = [
            self._taken(draft, voices, own, asked)
            for draft, voices, own in zip(drafts, chosen, found, strict=True)
        ]
        statements = [
            tuple(_statements(draft, voices, own, known))
            for draft, voices, own, known in zip(drafts, chosen, taken, found, strict=True)
        ]
        scenes = [
            _scene(draft, _sentences(draft, voices, own), said)
            for draft, voices, own, said in zip(drafts, chosen, taken, statements, strict=True)
        ]
        return [
            LabelledArticle(
                id=draft.article.id,
                model=ModelInfo(name=self.entailment.name, revision=self.entailment.revision),
                labels=asked.names,
                hypotheses=asked.hypotheses,
                speakers=tuple(scene.speakers),
                sentences=tuple(scene.sentences),
                statements=said,
                disputes=find_disputes(scene, self.disputes),
                truncated=self._cut(draft, voices, known),
            )
            for draft, scene, said, voices, known in zip(
                drafts, scenes, statements, chosen, found, strict=True
            )
        ]

    def drafts(self, articles: Sequence[Article]) -> list[Draft]:
        """What the articles report and who speaks there; the NLI model is asked about what is doubtful.

        Raises:
            ArticleError: an article has more than `MAX_SENTENCES` sentences.
        """
        known = self._remembered.known(articles)
        new: dict[Article, int] = {}
        for place, article in enumerate(articles):
            if article not in known:
                new.setdefault(article, place)
        # While this thread resolves an article's speakers, the pool's read on: that step is Python alone. For
        # one article a thread would only be one more to start.
        with open_pool() as pool:
            read = pool.map if len(new) > 1 else map
            made = [
                Draft(
                    article,
                    reading.sentences,
                    confirmed(self.entailment, reading),
                    reading.hearing,
                    reading.pointing,
                )
                for article, reading in zip(new, read(self._reading, new.values(), new), strict=True)
            ]
        self._remembered.keep(made)
        known |= {draft.article: draft for draft in made}
        return [known[article] for article in articles]

    def _reading(self, index: int, article: Article) -> Reading:
        sentences = split(article.text)
        if len(sentences) > MAX_SENTENCES:
            problem = f"has {len(sentences)} sentences; the limit is {MAX_SENTENCES}"
            raise ArticleError("text", problem, index)
        return in_turns(self.statements.read_twice(article.text, sentences))

    def found(self, drafts: Sequence[Draft], labels: LabelSet) -> list[Found]:
        """For each article the stances of all voices that a speaker is chosen by (`Draft.asked`).

        Who is heard for certain is not asked, as long as these are labels that are heard, and the calibration
        takes what is heard into account.
        """
        known = [self._certain(draft, labels) for draft in drafts]
        answers = self._answers_beside(known, (draft.asked for draft in drafts), labels)
        return [ChainMap(own, answers) for own in known]

    def _certain(self, draft: Draft, labels: LabelSet) -> dict[Question, Stance]:
        joint = self.calibration.joint
        return certain(draft, labels, joint.certain) if joint is not None and is_heard(labels) else {}

    def _answers_beside(
        self,
        known: Iterable[Mapping[Question, Stance]],
        voices: Iterable[Iterable[Voice]],
        labels: LabelSet,
    ) -> dict[Question, Stance]:
        """What the NLI model says of those voices of each article whose stances are not known."""
        pairs = zip(known, voices, strict=True)
        return self.answers((one for own, each in pairs for one in each if one.question not in own), labels)

    def answers(self, voices: Iterable[Voice], labels: LabelSet) -> dict[Question, Stance]:
        """What the NLI model says of the voices, by their questions; each question is asked once."""
        questions = list(dict.fromkeys(voice.question for voice in voices))
        return dict(
            zip(questions, stances(self.entailment, questions, labels, self.calibration), strict=True)
        )

    def _taken(self, draft: Draft, chosen: Sequence[Voice], found: Found, labels: LabelSet) -> list[Stance]:
        """The stance that each sentence's voice takes, by what is heard too where these labels are heard."""
        own = [found[voice.question] for voice in chosen]
        joint = self.calibration.joint
        if joint is None or draft.hearing is None or not is_heard(labels):
            return own
        places = [index for index, stance in enumerate(own) if stance.odds]
        narrated = np.array([chosen[index].speaker == NARRATOR for index in places])
        agreed = np.exp([draft.hearing.teller(index, draft.teller(index, chosen[index])) for index in places])
        heard = draft.hearing.stances[places]
        given = [own[index] for index in places]
        for index, stance in zip(places, joined(given, heard, agreed, narrated, labels, joint), strict=True):
            own[index] = stance
        return own

    def _cut(self, draft: Draft, chosen: Sequence[Voice], found: Found) -> bool:
        """Whether the NLI model was asked of more than it reads, or would be if somebody else spoke."""
        return any(
            self.entailment.truncates(voice.question.premise)
            for voices, own in zip(draft.ruled, chosen, strict=True)
            for voice in [own, *(voice for voice in voices if not voice.carried)]
            if voice.question not in found or found[voice.question].odds
        )


def _scene(draft: Draft, sentences: Sequence[Sentence], statements: Sequence[Statement]) -> Scene:
    """The sentences with their speakers: who says one or a statement, or passes one on.

    The narrator is the first of them, whom nobody knows the last.
    """
    said = {sentence.speaker for sentence in sentences}
    said |= {key for statement in statements for key in (statement.speaker, statement.via) if key is not None}
    narrator, *rest = draft.cast.speakers
    spoken = [each for each in (*rest, *draft.cast.others) if each.id in said]
    spoken.sort(key=lambda each: (each.id == UNKNOWN, each.mentions[0].start if each.mentions else 0))
    return Scene(draft.article.text, sentences, (narrator, *spoken))


def _sentences(draft: Draft, chosen: Sequence[Voice], taken: Sequence[Stance]) -> list[Sentence]:
    """Sentences with the voice that was chosen for each, and the stance that it takes."""
    return [
        Sentence(
            index=index,
            start=span.start,
            end=span.end,
            text=span.of(draft.article.text),
            label=stance.label,
            score=stance.scores[stance.label],
            scores=stance.scores,
            speaker=voice.speaker,
            statements=tuple(
                voice.attribution for voice in draft.ruled[index] if voice.attribution is not None
            ),
        )
        for index, (span, voice, stance) in enumerate(zip(draft.sentences, chosen, taken, strict=True))
    ]


def _statements(
    draft: Draft, chosen: Sequence[Voice], taken: Sequence[Stance], found: Found
) -> Iterator[Statement]:
    """Statements with the stance of the sentence that holds their cue, or else their first one.

    There it is the sentence's own, as is the speaker, where the statement's voice was chosen for it.
    """
    text = draft.article.text
    said: dict[int, tuple[str, Stance]] = {}
    for index, (sentence, voices) in enumerate(zip(draft.sentences, draft.ruled, strict=True)):
        for voice in voices:
            if voice.attribution is None:
                continue
            cue = draft.attributions[voice.attribution].cue
            if voice.attribution not in said or (cue is not None and sentence.covers(cue)):
                own = chosen[index].attribution == voice.attribution
                speaker, stance = chosen[index].speaker, taken[index]
                said[voice.attribution] = (speaker, stance) if own else (voice.speaker, found[voice.question])
    for number, attribution in enumerate(draft.attributions):
        speaker, stance = said[number]
        via = draft.cast.via[number]
        yield Statement(
            id=number,
            speaker=speaker,
            via=None if via == speaker else via,
            label=stance.label,
            score=stance.scores[stance.label],
            scores=stance.scores,
            quotation=attribution.quotation,
            source=Extract.from_span(text, attribution.source) if attribution.source else None,
            cue=Extract.from_span(text, attribution.cue) if attribution.cue else None,
            content=tuple(Extract.from_span(text, span) for span in attribution.content),
        )


def load_reader(
    name: str = BUILTIN,
    remembered: int = 0,
    characters: int = 0,
    watch: Watch | None = None,
    precision: Precision = Precision.FLOAT32,
) -> Reader:
    """A reader whose NLI model is the checkpoint of this name (see `model.checkpoints.resolve`).

    Args:
        name: of the checkpoint.
        remembered: pairs whose answers are kept, should they be asked again.
        characters: of articles whose drafts are kept, should they be asked about with other labels.
        watch: hears of the model's work.
        precision: of a checkpoint on torch.

    Raises:
        CheckpointError: the checkpoint is unknown or cannot be loaded.
        ManifestError: a shipped file is missing or has changed.
    """
    folder: Path | None = resolve(name).folder
    calibration = Calibration.load(folder) if folder is not None else None
    entailment = load_entailment(name, watch, precision)
    if remembered:
        entailment = CachedEntailment(entailment, remembered, watch)
    return Reader(entailment, StatementReader(), calibration=calibration, remembered=Drafts(characters))
