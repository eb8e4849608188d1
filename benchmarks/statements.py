"""How well the shipped tagger finds sources, cues and contents.

    python -m benchmarks.statements POLNEAR.jsonl.gz

Precision, recall and F1 of exact spans, and of characters, on articles with PolNeAR's attributions; in
brackets 95% intervals by a bootstrap over articles.
"""

import argparse
from collections.abc import Iterable, Mapping, Sized
from pathlib import Path
from typing import Any

from model.decoding import KINDS
from model.evaluation.statistics import Resampler, estimates
from model.evaluation.tables import interval
from model.evaluation.tally import Tally, f_measures
from model.sentences import split
from model.spans import Span
from model.statements import Attribution, StatementReader
from model.training.corpora import read_lines

COUNTS = ("exact right", "exact got", "exact gold", "letters right", "letters got", "letters gold")
METRICS = [
    metric
    for unit in ("exact", "letters")
    for metric in f_measures(unit, unit, (f"{unit} right", f"{unit} right"), f"{unit} got", f"{unit} gold")
]


def gold_spans(line: dict[str, Any]) -> dict[str, set[Span]]:
    """Gold spans by kind."""
    return {kind: {Span(*span) for a in line["attributions"] for span in a[kind]} for kind in KINDS}


def read_spans(attributions: Iterable[Attribution]) -> dict[str, set[Span]]:
    """The reader's spans by kind."""
    found: dict[str, set[Span]] = {kind: set() for kind in KINDS}
    for attribution in attributions:
        found["source"] |= {attribution.source} if attribution.source else set()
        found["cue"] |= {attribution.cue} if attribution.cue else set()
        found["content"] |= set(attribution.content)
    return found


def characters(spans: Iterable[Span]) -> set[int]:
    """The code points that spans cover."""
    return {place for span in spans for place in range(span.start, span.end)}


def count(got: set[Span], gold: set[Span]) -> dict[str, int]:
    """Spans of one kind in one article, and the characters under them."""
    letters, gold_letters = characters(got), characters(gold)
    sets: tuple[Sized, ...] = (got & gold, got, gold, letters & gold_letters, letters, gold_letters)
    return dict(zip(COUNTS, map(len, sets), strict=True))


def cells(articles: Mapping[str, Mapping[str, int]]) -> list[str]:
    """The metrics of counts by article, each with its interval."""
    tally = Tally.of(list(articles), articles.values(), COUNTS)
    found = estimates(tally, METRICS, Resampler(len(articles)))
    return [interval(found[metric.key]) for metric in METRICS]


def main() -> None:
    """Read every article and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("polnear", type=Path)
    options = parser.parse_args()
    reader = StatementReader()
    counts: dict[str, dict[str, dict[str, int]]] = {kind: {} for kind in KINDS}
    for line in read_lines(options.polnear):
        gold, got = gold_spans(line), read_spans(reader.read(line["text"], split(line["text"])))
        for kind in KINDS:
            counts[kind][line["doc_id"]] = count(got[kind], gold[kind])
    print("| span | exact P | exact R | exact F1 | characters P | characters R | characters F1 |")
    print("|---|---|---|---|---|---|---|")
    for kind in KINDS:
        print(f"| {kind} | " + " | ".join(cells(counts[kind])) + " |")


if __name__ == "__main__":
    main()
