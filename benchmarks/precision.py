"""What multiplying in int8 costs: labels that change against the same weights in float32.

    E='python -m model.training.export --precision float32'
    $E statements runs/statements/tagger.safetensors runs/float/statements
    $E entailment runs/entailment/entailment.safetensors runs/float/entailment
    python -m benchmarks.precision GOLD.jsonl runs/float

Exit status 1 when more than 0.5% of the sentences change their label (the gate of the design).
"""

import argparse
import sys
import time
from pathlib import Path

from model.article import LabelledArticle
from model.checkpoints import WEIGHTS
from model.entailment.onepass import OnePassEntailment
from model.evaluation.gold import read_gold
from model.reader import Article, Reader
from model.stance import Calibration
from model.statements import WEIGHTS as STATEMENTS
from model.statements import StatementReader

GATE = 0.5


def label(entailment: Path, statements: Path, articles: list[Article]) -> tuple[list[LabelledArticle], float]:
    """The labelled articles and the seconds that they took."""
    reader = Reader(
        OnePassEntailment.load(entailment),
        StatementReader(statements),
        calibration=Calibration.load(WEIGHTS),
    )
    started = time.perf_counter()
    return reader.read_many(articles), time.perf_counter() - started


def changed(one: list[LabelledArticle], other: list[LabelledArticle], what: str) -> float:
    """Percent of sentences whose label, or whose speaker's name, differs."""
    pairs = [
        (a, b, x, y)
        for a, b in zip(one, other, strict=True)
        for x, y in zip(a.sentences, b.sentences, strict=True)
    ]
    if what == "label":
        return 100 * sum(x.label != y.label for _, _, x, y in pairs) / len(pairs)
    names = [{s.id: s.name for s in article.speakers} for article in (*one, *other)]
    of = {id(article): table for article, table in zip((*one, *other), names, strict=True)}
    return 100 * sum(of[id(a)][x.speaker] != of[id(b)][y.speaker] for a, b, x, y in pairs) / len(pairs)


def main() -> None:
    """Compare the shipped weights with those in float32."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("float32", type=Path, help="folder with `statements` and `entailment` in float32")
    options = parser.parse_args()
    articles = [Article(article.text) for article in read_gold(options.gold)]
    plain = (options.float32 / "entailment", options.float32 / "statements")
    reference, slow = label(plain[0], plain[1], articles)
    print("| in int8 | seconds | labels changed, % | speakers changed, % |")
    print("|---|---|---|---|")
    print(f"| nothing | {slow:.1f} | | |")
    worst = 0.0
    for name, folders in (
        ("entailment", (WEIGHTS, plain[1])),
        ("statements", (plain[0], STATEMENTS)),
        ("both", (WEIGHTS, STATEMENTS)),
    ):
        found, seconds = label(folders[0], folders[1], articles)
        moved, renamed = (changed(reference, found, what) for what in ("label", "speaker"))
        worst = max(worst, moved)
        print(f"| {name} | {seconds:.1f} | {moved:.2f} | {renamed:.2f} |")
    sys.exit(int(worst > GATE))


if __name__ == "__main__":
    main()
