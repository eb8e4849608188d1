"""How far two hands agree on the public news articles that we labelled (`data/annotations`).

    python -m benchmarks.annotations CORPORA [--gold FILE [--part test]]

CORPORA: folder with copies of the corpora that the labels point into. The files `second*.jsonl` hold what
another hand chose; neither had seen the other's labels. `--gold` writes the dev or the test part, with its
texts, for `gainsay evaluate`; that file must not be published.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

from model.evaluation.gold import GoldSentence
from model.evaluation.metrics import same_speaker
from model.training.annotations import FOLDER, annotated_articles

HANDS = {"second": ("train", "dev"), "second_picked": ("train", "picked"), "second_whole": ("train",)}
"""What another hand chose, and the parts that it read again."""


def pairs(corpora: Path, second: str) -> list[tuple[GoldSentence, GoldSentence]]:
    """The sentences that both hands labelled."""
    first = {
        (article.id, sentence.start): sentence
        for part in HANDS[second]
        for article, _ in annotated_articles(part, corpora, set())
        for sentence in article.sentences
    }
    return [
        (first[article.id, sentence.start], sentence)
        for article, _ in annotated_articles(second, corpora, set())
        for sentence in article.sentences
        if (article.id, sentence.start) in first
    ]


def agreement(both: Sequence[tuple[GoldSentence, GoldSentence]]) -> str:
    """How far the hands agree, in words."""
    labels = [(one.label, other.label) for one, other in both]
    same = sum(one == other for one, other in labels)
    allowed = sum(not set(one.accept).isdisjoint(other.accept) for one, other in both)
    speakers = sum(
        same_speaker(one, other.speaker) or same_speaker(other, one.speaker) for one, other in both
    )
    kappa = cohen_kappa_score(*zip(*labels, strict=True))
    return (
        f"{len(both)} sentences: labels {same / len(both):.1%}, kappa {kappa:.2f}, an accepted one in common "
        f"{allowed / len(both):.1%}, speakers {speakers / len(both):.1%}"
    )


def disputes() -> str:
    """How far the hands agree which claims the denials of the held-out articles deny, in words."""
    first = {name: tied for part in ("dev", "test") for name, tied in tied_in(part).items()}
    both = [
        (set(claims), set(others))
        for name, tied in tied_in("second_disputes").items()
        for (_, *claims), (_, *others) in zip(first[name], tied, strict=True)
    ]
    shared = sum(len(one & other) for one, other in both)
    every = sum(len(one) + len(other) for one, other in both)
    common = sum(bool(one & other) or one == other for one, other in both)
    return (
        f"{len(both)} denials: F1 of pairs {2 * shared / every:.1%}, a claim in common "
        f"{common / len(both):.1%}"
    )


def tied_in(part: str) -> dict[str, list[list[int]]]:
    """The disputes of each article of a part that has denials."""
    lines = map(json.loads, (FOLDER / f"{part}.jsonl").read_text(encoding="utf-8").splitlines())
    return {line["doc_id"]: line["disputes"] for line in lines if "disputes" in line}


def main() -> None:
    """Print the agreement."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--gold", type=Path, default=None)
    parser.add_argument("--part", choices=("dev", "test"), default="dev")
    options = parser.parse_args()
    if options.gold:
        articles = annotated_articles(options.part, options.corpora, set())
        lines = "".join(article.model_dump_json() + "\n" for article, _ in articles)
        options.gold.write_text(lines, encoding="utf-8")
    for second in HANDS:
        print(f"{second}: {agreement(pairs(options.corpora, second))}")
    print(f"disputes: {disputes()}")


if __name__ == "__main__":
    main()
