"""Learn who speaks a sentence: `python -m model.training.selection GOLD… --folder FOLDER`.

Fits the weights of `model.selection` by maximum likelihood with an L2 penalty on our own gold articles, on
the passages of the reporting set and, with `--annotations`, on the train part of the news articles that we
labelled; moves the narrator's by what the gold articles of `--calibrate` and the dev part of the labelled
news say; and writes `selection.json` into the folder of the entailment weights, and its manifest anew.

What the tagger hears of articles that it has learned is too good: a choice that is fitted on it trusts it too
much. So `--earlier` names statement checkpoints that have not learned all of the articles, each with the ids
of those that it has (`learned.txt`): the news are read by the last of them that has not learned them; what
all have learned is left out.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from model.article import NARRATOR
from model.entailment.onepass import OnePassEntailment
from model.evaluation.gold import GoldArticle, GoldSentence, read_gold
from model.evaluation.metrics import in_full, same_speaker
from model.labels import DEFAULT_LABELS
from model.logit import Logit
from model.manifest import write_manifest
from model.reader import SELECTION, Reader
from model.selection import candidates, features
from model.spans import Span
from model.stance import Calibration
from model.statements import WEIGHTS as STATEMENTS
from model.statements import StatementReader
from model.training.annotations import annotated_articles
from model.training.corpora import LEARNED, read_ids
from model.training.isolated import as_articles
from model.training.logit import Choice, accuracy, cross_validated, fit
from model.training.passages import written_passages
from model.voices import Article, Voice

PENALTY = 1.0
SELDOM = 8
"""What is known of fewer candidates is not learned from: half the words of cues stand in one article only."""
OFFSETS_TRIED = tuple(np.arange(-4.0, 2.01, 0.25))
NAMED = 2.0
"""What a speaker who is named counts against a sentence of the narrator's. At 2.75 it would win 1.2 points
among those who are named (`--calibrate`), cost 1.3 of all speakers of the labelled news, and whoever denies
somebody a visa would speak."""
SMOOTH = 3
DIGITS = 4


def nearest(sentence: GoldSentence, found: Sequence[Span]) -> int:
    """The sentence of ours that overlaps a gold one most."""
    return int(np.argmax([Span(sentence.start, sentence.end).overlap(span) for span in found]))


def speakers_among(sentence: GoldSentence, names: Sequence[str]) -> list[bool]:
    """Which of these names are the speaker's: only the full one, if it is among them.

    "The minister" is as right, but says less.
    """
    full = [in_full(sentence, name) for name in names]
    return full if any(full) else [same_speaker(sentence, name) for name in names]


def asked(reader: Reader, gold: Sequence[GoldArticle]) -> Iterator[tuple[GoldSentence, Choice]]:
    """The gold sentences with several candidates of whom one is right, and these candidates."""
    drafts = reader.drafts([Article(a.text) for a in gold])
    found = reader.found(drafts, DEFAULT_LABELS)
    for article, draft, own in zip(gold, drafts, found, strict=True):
        for sentence in article.sentences:
            index = nearest(sentence, draft.sentences)
            voices: list[Voice] = candidates(draft.voices[index])
            right = speakers_among(sentence, [draft.names[voice.speaker] for voice in voices])
            if len(voices) > 1 and any(right):
                yield sentence, Choice(features(draft, index, own, DEFAULT_LABELS), right)


def with_learned(opened: Callable[[Path], Reader], folders: Iterable[Path]) -> list[tuple[Reader, set[str]]]:
    """Readers with the ids of the articles that they have learned (`LEARNED`)."""
    return [(opened(folder), read_ids(folder / LEARNED)) for folder in folders]


def unseen(
    readers: Sequence[tuple[Reader, set[str]]], news: Iterable[GoldArticle]
) -> Iterator[tuple[Reader, GoldArticle]]:
    """The articles, each with the last reader that has not learned it; the others are left out."""
    for article in news:
        able = [reader for reader, learned in readers if article.id not in learned]
        if able:
            yield able[-1], article


def calibrated(logit: Logit, narrated: Sequence[Choice], named: Sequence[Choice]) -> Logit:
    """The narrator moved to where most speakers are right, those who are named counting more (`NAMED`)."""

    def right(offset: float) -> float:
        moved = _moved(logit, offset)
        return len(narrated) * accuracy(narrated, moved) + NAMED * len(named) * accuracy(named, moved)

    return _moved(logit, OFFSETS_TRIED[peak([right(offset) for offset in OFFSETS_TRIED], SMOOTH)])


def peak(scores: Sequence[float], neighbours: int) -> int:
    """Where scores are highest, each the mean of so many (an odd number) around it.

    A peak of one score would be luck.
    """
    mean = np.convolve(scores, np.ones(neighbours) / neighbours, mode="valid")
    return neighbours // 2 + int(mean.argmax())


def _moved(logit: Logit, offset: float) -> Logit:
    return Logit({**logit.weights, NARRATOR: round(logit.weights[NARRATOR] + offset, DIGITS)})


def main() -> None:
    """Fit on GOLD, say how well each part of it is chosen in cross-validation, write into FOLDER."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--folder", type=Path, required=True, help="folder of the entailment checkpoint")
    parser.add_argument("--calibrate", type=Path, required=True, help="real gold articles")
    parser.add_argument("--annotations", type=Path, help="folder of the corpora that our labels point into")
    parser.add_argument(
        "--statements", type=Path, default=STATEMENTS, help="folder of the statement checkpoint"
    )
    parser.add_argument(
        "--earlier", type=Path, nargs="*", default=[], help="statement checkpoints, see above"
    )
    options = parser.parse_args()
    calibration = Calibration.load(options.folder)
    entailment = OnePassEntailment.load(options.folder)
    if calibration.joint is None:
        parser.error(f"{options.folder} has no calibration of what is heard; fit that first")

    def opened(folder: Path) -> Reader:
        return Reader(entailment, StatementReader(folder), calibration=calibration, selection=Logit())

    reader = opened(options.statements)
    earlier = with_learned(opened, options.earlier)
    calibrating = read_gold(options.calibrate)
    news: dict[str, list[GoldArticle]] = {"train": [], "dev": []}
    if options.annotations:
        held_out = {article.id for article in calibrating}
        for part, found in news.items():
            found += [article for article, _ in annotated_articles(part, options.annotations, held_out)]
    gold = [article for path in options.gold for article in read_gold(path)]
    read = [(reader, article) for article in gold]
    read += unseen(earlier or [(reader, set())], news["train"])
    articles = [[choice for _, choice in asked(by, [article])] for by, article in read]
    everything = [choice for group in articles for choice in group]
    passages = list(as_articles(written_passages()))
    everything += [choice for _, choice in asked(reader, passages)]
    selection = fit(everything, PENALTY, SELDOM)
    real = [pair for article in [*calibrating, *news["dev"]] for pair in asked(reader, [article])]
    narrated, named = ([c for s, c in real if (s.speaker == NARRATOR) is own] for own in (True, False))
    selection = calibrated(selection, narrated, named)
    selection.save(options.folder / SELECTION)
    write_manifest(options.folder)
    folds = cross_validated(articles, PENALTY)
    print(json.dumps({"choices": len(everything), "right": accuracy(everything, selection), "folds": folds}))


if __name__ == "__main__":
    main()
