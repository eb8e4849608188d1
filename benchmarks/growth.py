"""How cost grows: with the sentences of an article, with the labels, and with the clients.

    python -m benchmarks.growth [--plot growth.svg] [--json FILE]

- 1 to 200 sentences in one article, the default labels, by the reader in process;
- 2 to 32 labels of one hypothesis each on an article of 25 sentences, by the reader in process;
- 1 to 64 clients, each asking again as soon as it has its answer, of a `gainsay serve` of its own.

The reader's time is the best of a few rounds, and the mean of six articles: each begins with another text of
`seeds/`. Rounds go through all sizes one after the other, so that a slow moment of the machine falls on all.
No sentence is asked about twice (see `benchmarks.articles`). Exit status 1 when 32 labels cost more than 4
times what 3 cost.
"""

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import count, product
from pathlib import Path
from statistics import fmean
from time import perf_counter

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.articles import SENTENCES, label_requests, long_text, seeds, template
from benchmarks.clients import closed_loop, percentile, tally, told
from benchmarks.serving import hardware, served
from model.evaluation.plots import COLOURS, DPI, STYLE
from model.labels import LabelSet, parse_labels
from model.reader import Article, Reader, load_reader

LENGTHS = (1, 5, 25, 50, 100, 200)
LABELS = (2, 3, 4, 8, 16, 32)
CLIENTS = (1, 2, 4, 8, 16, 32, 64)
FEW, MANY = 3, 32
GATE = 4.0
"""Times what 3 labels cost, for 32."""

DEEDS = (
    *("says something", "denies a claim", "condemns someone", "praises somebody", "promises something"),
    *("threatens somebody", "apologises", "asks a question", "demands something", "warns of a danger"),
    *("predicts something", "admits a mistake", "thanks somebody", "gives an order", "regrets something"),
    *("hopes for something", "doubts a report", "accuses somebody", "defends somebody", "resigns"),
    *("welcomes a decision", "rejects a plan", "supports a plan", "explains a rule", "compares two things"),
    *("remembers the past", "mourns somebody", "invites somebody", "refuses an answer", "gives advice"),
    *("announces something", "makes fun of somebody"),
)


@dataclass(frozen=True)
class Cost:
    """Seconds for one article of so many sentences, with so many labels."""

    sentences: int
    labels: int
    seconds: float


@dataclass(frozen=True)
class Crowd:
    """What so many clients get: seconds until half of their articles are back, and articles a second."""

    clients: int
    p50: float
    articles_a_second: float
    outcomes: dict[str, int]


def label_set(size: int) -> LabelSet:
    """So many labels of one hypothesis each."""
    return parse_labels({deed: f"{{speaker}} {deed}." for deed in DEEDS[:size]})


def costs(reader: Reader, sizes: Sequence[tuple[int, LabelSet]], rounds: int) -> list[Cost]:
    """What an article costs by number of sentences and label set: the mean over all seeds to begin with."""
    serial = count()
    best: dict[tuple[int, int], float] = {}
    articles = [
        [template(long_text(sentences, first)) for sentences, _ in sizes] for first in range(len(seeds()))
    ]
    reader.read(Article(articles[0][0].text(next(serial))))
    for _, (first, templates) in product(range(rounds), enumerate(articles)):
        for size, ((_, labels), each) in enumerate(zip(sizes, templates, strict=True)):
            article = Article(each.text(next(serial)))
            began = perf_counter()
            reader.read(article, labels)
            seconds = perf_counter() - began
            best[size, first] = min(seconds, best.get((size, first), seconds))
    return [
        Cost(sentences, len(labels), fmean(best[size, first] for first in range(len(articles))))
        for size, (sentences, labels) in enumerate(sizes)
    ]


def crowds(sizes: Sequence[int], seconds: float) -> list[Crowd]:
    """Each number of clients for so many seconds, against one service."""
    requests = label_requests()
    found = []
    with served(max_waiting=max(sizes)) as server:
        asyncio.run(closed_loop(server.port, requests, 2, seconds / 4))
        for clients in sizes:
            began = perf_counter()
            answers = asyncio.run(closed_loop(server.port, requests, clients, seconds))
            speed = len(answers) / (perf_counter() - began)
            found.append(Crowd(clients, percentile(answers, 50), speed, tally(answers)))
    return found


def ratio(costs: Sequence[Cost]) -> float | None:
    """What 32 labels cost over what 3 cost; None unless both were timed."""
    seconds = {cost.labels: cost.seconds for cost in costs}
    return seconds[MANY] / seconds[FEW] if {FEW, MANY} <= seconds.keys() else None


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def plot(lengths: Sequence[Cost], labels: Sequence[Cost], crowd: Sequence[Crowd], file: Path) -> None:
    """Draw everything side by side into a file, of the kind that its suffix says."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11, 3.2))
        axes = figure.subplots(1, 4)
        panels: list[tuple[str, str, list[tuple[int, float]]]] = [
            ("sentences", "ms an article", [(c.sentences, 1000 * c.seconds) for c in lengths]),
            ("labels", "ms an article", [(c.labels, 1000 * c.seconds) for c in labels]),
            ("clients", "p50, ms", [(c.clients, 1000 * c.p50) for c in crowd]),
            ("clients", "articles a second", [(c.clients, c.articles_a_second) for c in crowd]),
        ]
        for axis, colour, (across, up, points) in zip(axes, COLOURS, panels, strict=False):
            axis.plot(*zip(*points, strict=True), marker="o", color=colour)
            axis.set_xlabel(across)
            axis.set_ylabel(up)
            axis.set_ylim(0, 1.08 * max(value for _, value in points))
            axis.grid(alpha=0.3)
        figure.tight_layout()
        figure.savefig(file, dpi=DPI, metadata={"Date": None} if file.suffix == ".svg" else None)


def main() -> int:
    """Measure, print, draw; 1 when labels cost too much."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lengths", type=numbers, default=LENGTHS, help="numbers of sentences: 1,5,25")
    parser.add_argument("--labels", type=numbers, default=LABELS, help="numbers of labels, 32 at most")
    parser.add_argument("--clients", type=numbers, default=CLIENTS, help="numbers of clients")
    parser.add_argument("--rounds", type=int, default=3, help="of the reader's timings (default 3)")
    parser.add_argument("--seconds", type=float, default=15, help="each number of clients (default 15)")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw here: .svg or .png")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    options = parser.parse_args()
    reader = load_reader()
    lengths = costs(reader, [(each, reader.labels) for each in options.lengths], options.rounds)
    labels = costs(reader, [(SENTENCES, label_set(each)) for each in options.labels], options.rounds)
    crowd = crowds(options.clients, options.seconds)
    print(table(["sentences", "ms"], [[str(c.sentences), f"{1000 * c.seconds:.0f}"] for c in lengths]))
    print()
    print(table(["labels", "ms"], [[str(c.labels), f"{1000 * c.seconds:.0f}"] for c in labels]))
    print()
    rows = [
        [str(c.clients), f"{1000 * c.p50:.0f}", f"{c.articles_a_second:.1f}", told(c.outcomes)] for c in crowd
    ]
    print(table(["clients", "p50, ms", "articles a second", "answers"], rows))
    times = ratio(labels)
    if times is not None:
        print(f"\n{MANY} labels cost {times:.1f} times what {FEW} cost; the gate is {GATE:g}")
    print(f"\n{hardware()}")
    if options.plot:
        plot(lengths, labels, crowd, options.plot)
    if options.json:
        figures = {
            "sentences": [asdict(each) for each in lengths],
            "labels": [asdict(each) for each in labels],
            "clients": [asdict(each) for each in crowd],
            "labels_32_over_3": times,
            "hardware": hardware(),
        }
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return int(times is not None and times > GATE)


def numbers(text: str) -> tuple[int, ...]:
    """Numbers with commas between."""
    return tuple(int(number) for number in text.split(","))


if __name__ == "__main__":
    raise SystemExit(main())
