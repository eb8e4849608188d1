"""Fit the calibration: `python -m model.training.calibrate GOLD FOLDER`.

The three numbers of `model.stance.Calibration`, on gold articles and, with `--annotations`, on the dev part
of the news articles that we labelled. Which voice of a sentence is chosen depends on them, so fitting and
choosing take turns. Writes `calibration.json` into the checkpoint's folder and its manifest anew.
"""

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from sklearn.metrics import f1_score

from model.article import NARRATOR
from model.entailment.onepass import OnePassEntailment
from model.evaluation.gold import GoldArticle, GoldSentence, read_gold
from model.evaluation.metrics import judge, score
from model.labels import DEFAULT_LABELS
from model.logit import Logit
from model.manifest import write_manifest
from model.reader import SELECTION, Reader
from model.selection import choose
from model.stance import Calibration, Floats, as_stances, calibrated, log_odds
from model.statements import StatementReader
from model.training.annotations import annotated_articles
from model.training.selection import nearest
from model.voices import Article, Voice

ROUNDS = 4

OFFSETS_TRIED = tuple(np.arange(-4.0, 1.01, 0.25))
"""Offsets of the unmarked label to try, in log-odds."""
SMOOTH = 5


class Fitting:
    """Gold articles with everything that does not depend on the calibration computed once."""

    def __init__(self, reader: Reader, gold: list[GoldArticle]) -> None:
        self.gold, self.selection = gold, reader.selection
        self.drafts = reader.drafts([Article(a.text) for a in gold])
        voices = (voice for draft in self.drafts for found in draft.voices for voice in found)
        self.questions = list(dict.fromkeys(voice.question for voice in voices))
        self.odds, self.said = log_odds(reader.entailment, self.questions, DEFAULT_LABELS)
        self.narrated = np.array([question.name == NARRATOR for question in self.questions])
        self.place = {question: index for index, question in enumerate(self.questions)}

    def chosen(self, calibration: Calibration) -> list[tuple[GoldSentence, Voice, str]]:
        """Each gold sentence with the voice that is chosen for it and that speaker's name."""
        scores = calibrated(self.odds, self.narrated, DEFAULT_LABELS, calibration)
        found = dict(zip(self.questions, as_stances(scores, self.said, DEFAULT_LABELS), strict=True))
        rows: list[tuple[GoldSentence, Voice, str]] = []
        for article, draft in zip(self.gold, self.drafts, strict=True):
            for sentence in article.sentences:
                index = nearest(sentence, draft.sentences)
                voice = choose(self.selection, draft, index, found, DEFAULT_LABELS)
                rows.append((sentence, voice, draft.names[voice.speaker]))
        return rows

    def fit(self) -> Calibration:
        """The calibration under which the labels are right most often and the scores mean what they say."""
        calibration = Calibration(narrator=1.0)
        for _ in range(ROUNDS):
            calibration = self._fit_unmarked(self._fit_labels(calibration))
        return self._fit_sharpness(calibration)

    def _fit_labels(self, calibration: Calibration) -> Calibration:
        rows = self.chosen(calibration)
        places = [self.place[voice.question] for _, voice, _ in rows]
        targets = np.array([[name in gold.accept for name in DEFAULT_LABELS.names] for gold, _, _ in rows])

        def loss(values: Floats) -> float:
            tried = Calibration(float(np.exp(values[0])), float(values[1]), float(values[2]))
            scores = calibrated(self.odds[places], self.narrated[places], DEFAULT_LABELS, tried)
            return float(-np.log((scores * targets).sum(1) + 1e-9).mean())

        best = minimize(loss, np.zeros(3), method="Nelder-Mead", options={"maxiter": 2000})
        values = (np.exp(best.x[0]), best.x[1], best.x[2])
        temperature, unmarked, narrator = (round(float(value), 3) for value in values)
        return Calibration(temperature, unmarked, narrator)

    def _fit_unmarked(self, calibration: Calibration) -> Calibration:
        """Of the likeliest calibration, how readily a marked stance wins, by macro-F1.

        Most sentences are unmarked, so the likeliest offset misses too many that are not. Neighbours
        count too: a peak of one value would be luck.
        """
        tried = [replace(calibration, unmarked=float(offset)) for offset in OFFSETS_TRIED]
        scores = np.convolve([self._macro_f1(c) for c in tried], np.ones(SMOOTH) / SMOOTH, mode="same")
        return tried[SMOOTH // 2 + int(scores[SMOOTH // 2 : -(SMOOTH // 2)].argmax())]

    def _fit_sharpness(self, calibration: Calibration) -> Calibration:
        """All log-odds made smaller or larger together: no label changes, but the scores' likelihood does."""
        rows = self.chosen(calibration)
        places = [self.place[voice.question] for _, voice, _ in rows]
        targets = np.array([[name in gold.accept for name in DEFAULT_LABELS.names] for gold, _, _ in rows])

        def loss(scale: float) -> float:
            tried = scaled(calibration, float(np.exp(scale)))
            scores = calibrated(self.odds[places], self.narrated[places], DEFAULT_LABELS, tried)
            return float(-np.log((scores * targets).sum(1) + 1e-9).mean())

        return scaled(calibration, float(np.exp(minimize_scalar(loss, bounds=(-2.0, 2.0)).x)))

    def _macro_f1(self, calibration: Calibration) -> float:
        scores = calibrated(self.odds, self.narrated, DEFAULT_LABELS, calibration)
        best = [DEFAULT_LABELS.names[place] for place in scores.argmax(1)]
        rows = [(gold, best[self.place[voice.question]]) for gold, voice, _ in self.chosen(calibration)]
        wanted = [label if label in gold.accept else gold.label for gold, label in rows]
        predicted = [label for _, label in rows]
        names = list(DEFAULT_LABELS.names)
        return float(f1_score(wanted, predicted, labels=names, average="macro", zero_division=0))


def scaled(calibration: Calibration, scale: float) -> Calibration:
    """The calibration with all logits divided by `scale`."""
    return Calibration(
        round(calibration.temperature * scale, 3),
        round(calibration.unmarked / scale, 3),
        round(calibration.narrator / scale, 3),
    )


def main() -> None:
    """Fit on GOLD and write into FOLDER."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("folder", type=Path, help="folder of the entailment checkpoint")
    parser.add_argument("--statements", type=Path, default=None, help="folder of the statement checkpoint")
    parser.add_argument("--annotations", type=Path, help="folder of the corpora that our labels point into")
    options = parser.parse_args()
    statements = StatementReader(options.statements) if options.statements else StatementReader()
    entailment = OnePassEntailment.load(options.folder)
    chosen_by = options.folder / SELECTION
    selection = Logit.load(chosen_by) if chosen_by.is_file() else None
    reader = Reader(entailment, statements, selection=selection)
    gold = read_gold(options.gold)
    annotated: list[GoldArticle] = []
    if options.annotations:
        held_out = {article.id for article in gold}
        annotated = [a for a, _ in annotated_articles("dev", options.annotations, held_out)]
    calibration = Fitting(reader, [*gold, *annotated]).fit()
    (options.folder / "calibration.json").write_text(json.dumps(asdict(calibration)) + "\n", encoding="utf-8")
    write_manifest(options.folder)
    fitted = Reader(entailment, statements, calibration=calibration, selection=selection)
    labelled = fitted.read_many([Article(article.text, article.id) for article in gold])
    judgements = [j for pair in zip(gold, labelled, strict=True) for j in judge(*pair)]
    print(json.dumps({**asdict(calibration), **asdict(score(judgements, fitted.labels.names))}, indent=1))


if __name__ == "__main__":
    main()
