"""How many articles are read in a second, many at once and one alone, by the reader in process.

    python -m benchmarks.throughput [GOLD.jsonl …]

The texts of `seeds/`, which are thick with denials and traps, and those of files of gold articles: real news
holds fewer sentences that the NLI model must be asked about, and longer ones. Texts are read as they are, and
times are told for 25 sentences, by the number of sentences; the reader in process keeps no answers. Many at
once is the best of a few rounds over each file, one alone the median of its articles, each the best of as
many.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.articles import SENTENCES, seeds
from benchmarks.growth import table
from benchmarks.serving import hardware
from model.evaluation.gold import read_gold
from model.reader import Article, Reader, load_reader
from model.sentences import split

AT_ONCE = 8


def least(work: Callable[[], object], rounds: int) -> float:
    """The seconds that the work took in its fastest round."""
    seconds = []
    for _ in range(rounds):
        began = perf_counter()
        work()
        seconds.append(perf_counter() - began)
    return min(seconds)


def measured(reader: Reader, texts: Sequence[str], rounds: int) -> tuple[int, float, float]:
    """Sentences, articles of 25 sentences in a second, and the median seconds for such an article alone."""
    articles = [Article(text) for text in texts]
    lengths = [len(split(text)) for text in texts]
    batches = [articles[place : place + AT_ONCE] for place in range(0, len(articles), AT_ONCE)]
    together = least(lambda: [reader.read_many(batch) for batch in batches], rounds)
    alone = [
        least(partial(reader.read, article), rounds) * SENTENCES / length
        for article, length in zip(articles, lengths, strict=True)
    ]
    return sum(lengths), sum(lengths) / SENTENCES / together, median(alone)


def main() -> None:
    """Read everything and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path, nargs="*", help="files of gold articles")
    parser.add_argument("--rounds", type=int, default=3, help="of each timing (default 3)")
    options = parser.parse_args()
    reader = load_reader()
    reader.read(Article(seeds()[0]))
    sets = {"seeds": seeds()}
    sets |= {file.stem: [article.text for article in read_gold(file)] for file in options.gold}
    rows = []
    for name, texts in sets.items():
        sentences, speed, alone = measured(reader, texts, options.rounds)
        rows.append([name, f"{len(texts)}", f"{sentences:,}", f"{speed:.1f}", f"{1000 * alone:.0f}"])
    head = ["articles", "number", "sentences", f"of {SENTENCES} sentences a second, {AT_ONCE} at once"]
    print(table([*head, "one alone, ms"], rows))
    print(f"\n{hardware()}")


if __name__ == "__main__":
    main()
