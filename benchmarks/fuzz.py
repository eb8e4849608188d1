"""Ten thousand broken articles: every one is read, or refused with a reason, in bounded time.

    python -m benchmarks.fuzz [--articles 10000] [--first 0] [--json FILE]

Article N is a text of `seeds/` put through one or two of `benchmarks.mutations`, chosen by N and `--seed`
alone: `--first N --articles 1` reads it again. Most have up to 2,000 characters, one in a hundred up to
50,000. The reader, in process, may raise nothing but `ArticleError`; sentences hold every character that is
no space, once and in order; extracts stand where they say; probabilities sum to one; the JSON can be written.

An article may take `--bound` seconds and `--bound-per-1000` more for each 1,000 characters. The machine may
be busy with something else: the smaller of the wall's and the processor's time counts, and an article that
takes too long is read again. No text is printed. Exit status 1 when anything fails or takes too long.
"""

import argparse
import json
import math
import random
import sys
import traceback
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.articles import seeds
from benchmarks.mutations import MUTATIONS
from benchmarks.serving import hardware
from model.article import LabelledArticle, Sentence, Statement
from model.reader import Article, ArticleError, Reader, load_reader

USUAL_LENGTH, LONG_LENGTH = 2_000, 50_000
LONG_SHARE, TWICE_SHARE = 0.01, 0.3
THOUSAND = 1000
SLOWEST = 5
REPORT_EVERY = 500
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Case:
    """A fuzzed article: its number, the names of its mutations, and its text."""

    number: int
    kind: str
    text: str


@dataclass(frozen=True)
class Found:
    """How one article fared; `problem` names what went wrong, without any of the text."""

    number: int
    kind: str
    characters: int
    seconds: float
    refused: bool = False
    problem: str = ""


class BrokenRuleError(Exception):
    """An answer that is not what it must be; the message names the rule."""


def case(texts: Sequence[str], seed: int, number: int) -> Case:
    """The article of this number."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 - the same again next time
    most = LONG_LENGTH if chance.random() < LONG_SHARE else USUAL_LENGTH
    length = chance.randint(1, most)
    names = chance.sample(sorted(MUTATIONS), 2 if chance.random() < TWICE_SHARE else 1)
    text = chance.choice(texts)
    for name in names:
        # A mutation may need a word to start from.
        text = MUTATIONS[name](chance, text if text.strip() else "x", length)
    return Case(number, " + ".join(names), text)


def try_reading(reader: Reader, case: Case, bound: float) -> Found:
    """Read the article, a second time if the first took longer than `bound` seconds."""
    seconds = math.inf
    for _ in range(2):
        began = perf_counter(), process_time()
        refused, problem = False, ""
        try:
            check(case.text, reader.read(Article(case.text)))
        except ArticleError:
            refused = True
        except BrokenRuleError as rule:
            problem = str(rule)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
            problem = f"{type(error).__name__} in {origin(error)}"
        seconds = min(seconds, perf_counter() - began[0], process_time() - began[1])
        if seconds <= bound:
            break
    else:
        problem = problem or f"took longer than {bound:.2f} s"
    return Found(case.number, case.kind, len(case.text), seconds, refused, problem)


def origin(error: Exception) -> str:
    """File and line that raised the error."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def check(text: str, read: LabelledArticle) -> None:
    """Look at everything that must hold of any answer.

    Raises:
        BrokenRuleError: something does not hold.
    """
    for rule, holds in rules(text, read):
        if not holds:
            raise BrokenRuleError(rule)
    read.to_json()


def rules(text: str, read: LabelledArticle) -> Iterator[tuple[str, bool]]:
    """What must hold, and whether it does."""
    sentences = read.sentences
    ends = [0, *(sentence.end for sentence in sentences)]
    starts = [*(sentence.start for sentence in sentences), len(text)]
    yield (
        "sentences do not overlap and are in order",
        all(end <= start for end, start in zip(ends, starts, strict=True)),
    )
    gaps = (text[end:start] for end, start in zip(ends, starts, strict=True))
    yield "every character but spaces is in a sentence", not any(gap.strip() for gap in gaps)
    yield "sentences are numbered in order", [s.index for s in sentences] == list(range(len(sentences)))
    extracts = chain(
        (mention for speaker in read.speakers for mention in speaker.mentions),
        (part for s in read.statements for part in (s.source, s.cue, *s.content) if part is not None),
    )
    parts = chain(((s.start, s.end, s.text) for s in sentences), ((e.start, e.end, e.text) for e in extracts))
    yield "extracts stand where they say", all(text[start:end] == said for start, end, said in parts)
    ids = {speaker.id for speaker in read.speakers}
    stances: list[Sentence | Statement] = [*sentences, *read.statements]
    yield "every speaker is listed", all(each.speaker in ids for each in stances)
    yield (
        "probabilities sum to one",
        all(abs(sum(each.scores.values()) - 1) <= TOLERANCE for each in stances),
    )
    yield (
        "the label is the likeliest one",
        all(each.score == each.scores[each.label] == max(each.scores.values()) for each in stances),
    )


def by_kind(found: Sequence[Found]) -> str:
    """A Markdown table: the first mutation of an article, and how such articles fared."""
    groups: dict[str, list[Found]] = defaultdict(list)
    for each in found:
        groups[each.kind.partition(" + ")[0]].append(each)
    lines = [
        "| mutation | articles | refused | failed | slowest, s | slowest, s per 1,000 characters |",
        "|---|---|---|---|---|---|",
    ]
    for kind, group in sorted(groups.items(), key=lambda item: -max(each.seconds for each in item[1])):
        # Below a thousand characters the constant cost would count as growth.
        pace = max(each.seconds * THOUSAND / max(THOUSAND, each.characters) for each in group)
        refused, failed = sum(each.refused for each in group), sum(bool(each.problem) for each in group)
        slowest = max(each.seconds for each in group)
        lines.append(f"| {kind} | {len(group)} | {refused} | {failed} | {slowest:.2f} | {pace:.3f} |")
    return "\n".join(lines)


def listed(found: Sequence[Found], last: str) -> str:
    """Articles as a Markdown table."""
    lines = [f"| article | mutations | characters | seconds | {last} |", "|---|---|---|---|---|"]
    lines += [f"| {f.number} | {f.kind} | {f.characters} | {f.seconds:.2f} | {f.problem} |" for f in found]
    return "\n".join(lines)


def main() -> int:
    """Read them all; 1 when one failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=10_000, help="how many (default 10000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first (default 0)")
    parser.add_argument("--seed", type=int, default=1, help="of chance (default 1)")
    parser.add_argument("--bound", type=float, default=0.5, help="seconds for any article (default 0.5)")
    parser.add_argument(
        "--bound-per-1000", type=float, default=0.3, help="seconds more for 1,000 characters (default 0.3)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    options = parser.parse_args()
    texts, reader = seeds(), load_reader()
    reader.read(Article(texts[0]))
    found: list[Found] = []
    began = perf_counter()
    for number in range(options.first, options.first + options.articles):
        each = case(texts, options.seed, number)
        bound = options.bound + options.bound_per_1000 * len(each.text) / THOUSAND
        found.append(try_reading(reader, each, bound))
        if len(found) % REPORT_EVERY == 0:
            print(f"{len(found)} read in {perf_counter() - began:.0f} s", file=sys.stderr)
    failed = [each for each in found if each.problem]
    slowest = sorted(found, key=lambda each: -each.seconds)[:SLOWEST]
    characters = sum(each.characters for each in found)
    print(by_kind(found))
    print(f"\nThe slowest:\n\n{listed(slowest, 'problem')}")
    if failed:
        print(f"\nFailed:\n\n{listed(failed, 'problem')}")
    print(
        f"\n{len(found)} articles, {characters:,} characters: {len(failed)} failed, "
        f"{sum(each.refused for each in found)} refused, the slowest took {slowest[0].seconds:.2f} s, "
        f"{THOUSAND * sum(each.seconds for each in found) / characters:.3f} s per 1,000 characters"
    )
    print(f"\n{hardware()}")
    if options.json:
        figures = {
            "articles": len(found),
            "characters": characters,
            "refused": sum(each.refused for each in found),
            "slowest": [asdict(each) for each in slowest],
            "failed": [asdict(each) for each in failed],
            "hardware": hardware(),
        }
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
