"""Fit the calibration: `python -m model.training.calibrate GOLD FOLDER`.

The numbers of `model.stance.Calibration`, on gold articles and, with `--annotations`, on the dev part of the
news articles that we labelled. Which voice of a sentence is chosen depends on them, so fitting and choosing
take turns. Once the voices are chosen, a second set is fitted with what the tagger heard of them. Writes
`calibration.json` into the checkpoint's folder and its manifest anew.
"""

import argparse
import json
from collections import ChainMap
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import softmax
from sklearn.metrics import f1_score

from model.article import NARRATOR
from model.certainty import certain
from model.entailment.onepass import OnePassEntailment
from model.evaluation.gold import GoldArticle, read_gold
from model.evaluation.metrics import judge, score
from model.hearing import STANCES
from model.labels import DEFAULT_LABELS
from model.logit import Logit
from model.manifest import write_manifest
from model.reader import SELECTION, Reader
from model.selection import choose
from model.stance import Calibration, Floats, as_stances, calibrated, log_odds, mixed
from model.statements import StatementReader
from model.training.annotations import annotated_articles
from model.training.selection import nearest, peak
from model.voices import Article

ROUNDS = 4

OFFSETS_TRIED = tuple(np.arange(-4.0, 1.01, 0.25))
"""Offsets of the unmarked label to try, in log-odds."""
SMOOTH = 5
HEARD = 1.0
"""How much what is heard counts beside the NLI model's log-odds: as much. News would have it count more, for
it lacks the traps that the NLI model knows better; at 1.6 the seeds, full of them, lose 2 points of macro-F1,
and news and the development articles win half a one."""


class Rows(NamedTuple):
    """What is known of N sentences and L labels.

    Log-odds (N, L), whether the narrator speaks (N,), log-probabilities that are heard (N, L), how likely the
    speaker is who was heard (N,), which labels are right (N, L) and which is the first of these (N,).
    `asked`: whether the NLI model is asked of the sentence, (N,).
    `alone`: the label probabilities (N, L) where another was heard; None: what is heard does not count.
    """

    odds: Floats
    narrated: NDArray[np.bool_]
    heard: Floats
    agreed: Floats
    right: NDArray[np.bool_]
    gold: NDArray[np.int64]
    asked: NDArray[np.bool_]
    alone: Floats | None = None

    def scores(self, calibration: Calibration) -> Floats:
        """Label probabilities."""
        if self.alone is None:
            return calibrated(self.odds, self.narrated, DEFAULT_LABELS, calibration)
        both = calibrated(self.odds, self.narrated, DEFAULT_LABELS, calibration, self.heard)
        sure = softmax(calibration.certain * self.heard, axis=1)
        return np.where(self.asked[:, None], mixed(both, self.alone, self.agreed), sure)

    def loss(self, calibration: Calibration) -> float:
        """Mean negative log-probability of a right label."""
        return float(-np.log((self.scores(calibration) * self.right).sum(1) + 1e-9).mean())

    def macro_f1(self, calibration: Calibration) -> float:
        """Macro-F1 of the likeliest labels."""
        found = self.scores(calibration).argmax(1)
        accepted = self.right[np.arange(len(found)), found]
        labels = list(range(len(DEFAULT_LABELS)))
        wanted = np.where(accepted, found, self.gold)
        return float(f1_score(wanted, found, labels=labels, average="macro", zero_division=0))


class Fitting:
    """Gold articles with everything that does not depend on the calibration computed once."""

    def __init__(self, reader: Reader, gold: list[GoldArticle]) -> None:
        self.gold, self.selection = gold, reader.selection
        self.drafts = reader.drafts([Article(a.text) for a in gold])
        self.certain = [certain(draft, DEFAULT_LABELS) for draft in self.drafts]
        voices = (voice for draft in self.drafts for found in draft.voices for voice in found)
        self.questions = list(dict.fromkeys(voice.question for voice in voices))
        self.odds, self.said = log_odds(reader.entailment, self.questions, DEFAULT_LABELS)
        self.narrated = np.array([question.name == NARRATOR for question in self.questions])
        self.place = {question: index for index, question in enumerate(self.questions)}

    def rows(self, calibration: Calibration) -> Rows:
        """What is known of the gold sentences, each with the voice that is chosen for it."""
        scores = calibrated(self.odds, self.narrated, DEFAULT_LABELS, calibration)
        stances = as_stances(scores, self.odds, self.said, DEFAULT_LABELS)
        answers = dict(zip(self.questions, stances, strict=True))
        names = DEFAULT_LABELS.names
        order = [STANCES.index(name) for name in names]
        places: list[int] = []
        heard: list[NDArray[np.floating[Any]]] = []
        agreed: list[float] = []
        asked: list[bool] = []
        for article, draft, known in zip(self.gold, self.drafts, self.certain, strict=True):
            found = ChainMap(known, answers)
            for sentence in article.sentences:
                index = nearest(sentence, draft.sentences)
                voice = choose(self.selection, draft, index, found, DEFAULT_LABELS)
                places.append(self.place[voice.question])
                asked.append(voice.question not in known)
                if draft.hearing is None:
                    raise TypeError("the tagger must hear")
                heard.append(draft.hearing.stances[index, order])
                agreed.append(draft.hearing.teller(index, draft.teller(index, voice)))
        sentences = [sentence for article in self.gold for sentence in article.sentences]
        return Rows(
            self.odds[places],
            self.narrated[places],
            np.array(heard, dtype=np.float64),
            np.exp(agreed),
            np.array([[name in sentence.accept for name in names] for sentence in sentences]),
            np.array([names.index(sentence.label) for sentence in sentences]),
            np.array(asked),
        )

    def fit(self) -> Calibration:
        """The calibration under which the labels are right most often and the scores mean what they say."""
        calibration = Calibration(narrator=1.0)
        for _ in range(ROUNDS):
            likely = likeliest(self.rows(calibration))
            # Which voices are chosen moves with the offset.
            calibration = readiest(likely, lambda tried: self.rows(tried).macro_f1(tried))
        return sharpened(self.rows(calibration), calibration)

    def fit_joint(self, plain: Calibration) -> Calibration:
        """The calibration with what is heard, for the voices that the plain one chooses."""
        rows = self.rows(plain)
        rows = rows._replace(alone=rows.scores(plain))
        # As if all were asked: of those narrators who must be, many take a stance, more than elsewhere.
        everyone = rows._replace(asked=np.ones_like(rows.asked))
        joint = sharpened(rows, readiest(likeliest(everyone), everyone.macro_f1))
        best = minimize_scalar(lambda w: rows.loss(replace(joint, certain=float(w))), bounds=(0.2, 2.0))
        return rounded(replace(joint, certain=float(best.x)))


def likeliest(rows: Rows) -> Calibration:
    """The calibration under which the right labels are likeliest."""

    def tried(values: Floats) -> Calibration:
        temperature = float(np.exp(values[0]))
        heard = 0.0 if rows.alone is None else HEARD / temperature
        return Calibration(temperature, float(values[1]), float(values[2]), heard)

    best = minimize(lambda v: rows.loss(tried(v)), np.zeros(3), method="Nelder-Mead")
    return rounded(tried(best.x))


def readiest(calibration: Calibration, macro_f1: Callable[[Calibration], float]) -> Calibration:
    """Of the likeliest calibration, how readily a marked stance wins, by macro-F1.

    Most sentences are unmarked, so the likeliest offset misses too many that are not.
    """
    tried = [replace(calibration, unmarked=float(offset)) for offset in OFFSETS_TRIED]
    return tried[peak([macro_f1(each) for each in tried], SMOOTH)]


def sharpened(rows: Rows, calibration: Calibration) -> Calibration:
    """All logits made smaller or larger together: hardly a label changes, but the scores' likelihood does."""
    best = minimize_scalar(lambda s: rows.loss(scaled(calibration, float(np.exp(s)))), bounds=(-2.0, 2.0))
    return scaled(calibration, float(np.exp(best.x)))


def scaled(calibration: Calibration, scale: float) -> Calibration:
    """The calibration with all logits divided by `scale`."""
    return rounded(
        Calibration(
            calibration.temperature * scale,
            calibration.unmarked / scale,
            calibration.narrator / scale,
            calibration.heard / scale,
        )
    )


def rounded(calibration: Calibration) -> Calibration:
    """As many digits as are worth keeping."""
    names = ("temperature", "unmarked", "narrator", "heard", "certain")
    return Calibration(**{name: round(getattr(calibration, name), 3) for name in names})


def _without_defaults(items: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in items if value and (name, value) != ("certain", 1.0)}


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
    fitting = Fitting(reader, [*gold, *annotated])
    calibration = fitting.fit()
    calibration = replace(calibration, joint=fitting.fit_joint(calibration))
    written = json.dumps(asdict(calibration, dict_factory=_without_defaults))
    (options.folder / "calibration.json").write_text(written + "\n", encoding="utf-8")
    write_manifest(options.folder)
    fitted = Reader(entailment, statements, calibration=calibration, selection=selection)
    labelled = fitted.read_many([Article(article.text, article.id) for article in gold])
    judgements = [j for pair in zip(gold, labelled, strict=True) for j in judge(*pair)]
    found = asdict(score(judgements, fitted.labels.names))
    print(json.dumps({"calibration": asdict(calibration), **found}, indent=1))


if __name__ == "__main__":
    main()
