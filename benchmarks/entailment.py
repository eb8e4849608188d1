"""How well the shipped NLI weights infer, beside the majority class.

    python -m benchmarks.entailment CORPORA

CORPORA: the folder of corpora; its `nli` part holds the development sets. The last line asks cues and
wordings of our reporting set that were never trained on. In brackets 95% intervals by a bootstrap
over premises.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from model.checkpoints import load_entailment
from model.entailment import CLASSES, Entailment, Pair
from model.evaluation.statistics import Resampler, estimates
from model.evaluation.tables import interval
from model.evaluation.tally import Tally, ratio
from model.training.corpora import read_lines
from model.training.passages import Judged
from model.training.reporting import held_out_cues

SETS = {
    "MNLI matched": ("mnli_matched.dev",),
    "LingNLI dev": ("lingnli_base.dev", "lingnli_lots.dev", "lingnli_litl.dev"),
    "RTE dev": ("rte.dev",),
}
EVEN = 0.5
ACCURACY = ratio("accuracy", "accuracy", "right", "pairs")


def right(entailment: Entailment, pairs: Sequence[Judged]) -> list[bool]:
    """Which pairs are right; a two-way pair is when entailment is, or is not, above one half."""
    found = entailment.predict([Pair(pair.premise, pair.hypothesis) for pair in pairs])
    if all(pair.label in CLASSES for pair in pairs):
        return [CLASSES[int(row.argmax())] == pair.label for pair, row in zip(pairs, found, strict=True)]
    return [bool(row[0] > EVEN) == (pair.label == CLASSES[0]) for pair, row in zip(pairs, found, strict=True)]


def majority(pairs: Sequence[Judged]) -> list[bool]:
    """Which pairs have the most frequent label."""
    [(most, _)] = Counter(pair.label for pair in pairs).most_common(1)
    return [pair.label == most for pair in pairs]


def accuracy(pairs: Sequence[Judged], hits: Sequence[bool]) -> str:
    """The share of hits in percent, with its interval."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for pair, hit in zip(pairs, hits, strict=True):
        counts[pair.premise].update(right=hit, pairs=1)
    tally = Tally.of(list(counts), counts.values(), ("right", "pairs"))
    return interval(estimates(tally, [ACCURACY], Resampler(len(counts)))[ACCURACY.key])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    options = parser.parse_args()
    entailment = load_entailment()
    rows = {
        name: [
            Judged(line["premise"], line["hypothesis"], line["label"])
            for file in files
            for line in read_lines(options.corpora / "nli" / f"{file}.jsonl.gz")
        ]
        for name, files in SETS.items()
    }
    rows["held-out cues and wordings"] = held_out_cues()
    print("| set | pairs | accuracy | majority class |")
    print("|---|---|---|---|")
    for name, pairs in rows.items():
        found = [accuracy(pairs, hits) for hits in (right(entailment, pairs), majority(pairs))]
        print(f"| {name} | {len(pairs):,} | " + " | ".join(found) + " |")


if __name__ == "__main__":
    main()
