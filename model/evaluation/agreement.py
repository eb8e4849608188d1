"""How far two hands agree that labelled the same articles, the second without having seen the first's labels.

    python -m model.evaluation.agreement data/gold

reads the files in `hands/` of that folder, one for each part of the gold. A line is an article:

    {"id": "…", "first": {"labels": [["denial", "assertion"], …], "speakers": [["Olm Perrault"], …],
                          "disputes": [[6, 2], …]}, "second": {…}}

For each sentence in order a list: what the hand chose, then the others that it would also have accepted. A
dispute is a denial and the claim that it denies, by the indexes of their sentences. Printed are the figures
of the choices alone, and for labels and speakers also with the alternatives counted; in brackets the 95%
intervals over resampled articles.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from model.article import NARRATOR
from model.evaluation.disputes import COLUMNS as DISPUTES
from model.evaluation.disputes import count_disputes, pair_metrics
from model.evaluation.errors import EvaluationError, GoldError
from model.evaluation.metrics import LONGER_BY, name_words
from model.evaluation.records import expand, read_records, stem
from model.evaluation.statistics import Estimate, Resampler, estimates
from model.evaluation.tally import Confusion, Floats, Metric, Sums, Tally, mean, ratio

HANDS = "hands"
ALL = "all"
WIDTH = 30
"""Of the column of titles."""

Choice = Annotated[tuple[str, ...], Field(min_length=1)]
"""What a hand chose for one sentence, then what it would also have accepted."""


class Hand(BaseModel):
    """One hand's work on one article."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[Choice, ...]
    speakers: tuple[Choice, ...]
    disputes: tuple[tuple[int, int], ...] = ()


class Hands(BaseModel):
    """Both hands' work on one article."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    first: Hand
    second: Hand


def read_hands(path: Path) -> list[Hands]:
    """The articles of a file of hands.

    Raises:
        GoldError: the file is empty, a line does not have the format above, or the hands did not label the
            same number of sentences.
    """
    articles: list[Hands] = []
    for number, article in read_records(path, Hands, GoldError):
        lengths = {
            len(each) for hand in (article.first, article.second) for each in (hand.labels, hand.speakers)
        }
        if len(lengths) > 1:
            counts = " and ".join(map(str, sorted(lengths)))
            raise GoldError(path, number, f"labels and speakers of both hands: of unequal lengths, {counts}")
        articles.append(article)
    return articles


def same_name(one: str, other: str) -> bool:
    """Whether two hands mean one speaker, by the rule for predictions read both ways.

    The words are the same, titles aside, or the longer name holds every word of the shorter.
    """
    if NARRATOR in (one, other):
        return one == other
    shorter, longer = sorted((name_words(one), name_words(other)), key=len)
    fuller = len(shorter) > 1 and set(shorter) <= set(longer) and len(longer) <= len(shorter) + LONGER_BY
    return shorter == longer or fuller


def kappa(confusion: Confusion, sums: Sums) -> Floats:
    """Agreement beyond chance (Cohen 1960), 1 where it is full; NaN where chance alone would agree always."""
    total = sums.total(confusion.columns)
    observed = mean(sums.total(confusion.column(each, each) for each in confusion.classes), total)
    chance = np.zeros(())
    for each in confusion.classes:
        first = sums.total(confusion.column(each, other) for other in confusion.classes)
        second = sums.total(confusion.column(other, each) for other in confusion.classes)
        chance = chance + first * second
    expected = mean(chance, total**2)
    return mean(observed - expected, 1 - expected)


def agreement_metrics(confusion: Confusion) -> list[Metric]:
    """What is printed, in order."""
    return [
        Metric("label", "label", confusion.accuracy),
        Metric("kappa", "Cohen's kappa", lambda sums: kappa(confusion, sums), unit=""),
        ratio("speaker", "speaker", "speaker", "sentences"),
        pair_metrics()[-1],
        ratio("label.open", "label, alternatives counted", "label.open", "sentences"),
        ratio("speaker.open", "speaker, alternatives counted", "speaker.open", "sentences"),
    ]


def count_hands(article: Hands, confusion: Confusion) -> dict[str, int]:
    """How often the hands agree on one article, by column."""
    first, second = article.first, article.second
    counts = dict.fromkeys(columns(confusion), 0) | count_disputes(first.disputes, second.disputes)
    for one, other in zip(first.labels, second.labels, strict=True):
        counts[confusion.column(one[0], other[0])] += 1
        counts["label.open"] += one[0] in other or other[0] in one
    for one, other in zip(first.speakers, second.speakers, strict=True):
        counts["sentences"] += 1
        counts["speaker"] += same_name(one[0], other[0])
        counts["speaker.open"] += _names(one[0], other) or _names(other[0], one)
    return counts


def columns(confusion: Confusion) -> tuple[str, ...]:
    """What is counted."""
    return ("sentences", "speaker", "speaker.open", "label.open", *confusion.columns, *DISPUTES)


def agreement(articles: Sequence[Hands]) -> dict[str, Estimate]:
    """Every figure, in percent but for kappa, with its interval over resampled articles."""
    labels = {
        choice[0]
        for article in articles
        for hand in (article.first, article.second)
        for choice in hand.labels
    }
    confusion = Confusion(sorted(labels))
    rows = [count_hands(article, confusion) for article in articles]
    tally = Tally.of([article.id for article in articles], rows, columns(confusion))
    return estimates(tally, agreement_metrics(confusion), Resampler(len(articles)))


def show(part: str, articles: Sequence[Hands]) -> str:
    """A part's figures, one a line."""
    sentences = sum(len(article.first.labels) for article in articles)
    found = agreement(articles)
    lines = [
        f"  {metric.title:{WIDTH}} {_figure(found[metric.key], metric)}"
        for metric in agreement_metrics(Confusion([]))
    ]
    return "\n".join([f"{part}: {len(articles)} articles, {sentences:,} sentences", *lines])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the agreement on every part and on all of them; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m model.evaluation.agreement", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path, help="a folder of gold that holds a folder `hands`")
    folder = parser.parse_args(arguments).folder
    try:
        parts = [(stem(path), read_hands(path)) for path in expand([folder / HANDS], GoldError)]
    except EvaluationError as problem:
        print(problem, file=sys.stderr)
        return 2
    everything = [article for _, articles in parts for article in articles]
    print("\n\n".join(show(part, articles) for part, articles in [*parts, (ALL, everything)]))
    return 0


def _names(chosen: str, accepted: Iterable[str]) -> bool:
    return any(same_name(chosen, each) for each in accepted)


def _figure(estimate: Estimate, metric: Metric) -> str:
    digits = 1 if metric.unit else 3
    numbers = [
        f"{value:.{digits}f}" for value in (estimate.value, estimate.low, estimate.high) if value is not None
    ]
    if not numbers:
        return "–"
    value, *interval = numbers
    return f"{value}{metric.unit}" + (f" [{', '.join(interval)}]" if interval else "")


if __name__ == "__main__":
    sys.exit(main())
