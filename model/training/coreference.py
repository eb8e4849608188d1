"""Learn what makes an antecedent likely: the coefficients of `model/lexicon/pronouns.json`.

    python -m model.training.coreference CORPUS.jsonl.gz… [--held-out …] [--annotations CORPORA]
        [--exclude GOLD.jsonl] [--output …]

Each line of a corpus: {"doc_id", "text", "clusters": [[[start, end]…]…]} with offsets in code points, and
perhaps "split" (OntoGUM, ECB+); for GAP besides "pronoun", "A", "B", "A_coref", "B_coref". Lines whose split
is not "train" are held out, lines of a genre that is far from news (biographies, travel guides: one hero
throughout) are left out. `--annotations`: the pronouns that are sources in the news articles that we labelled
(`model.training.annotations`); their dev part is held out.

Learned is a conditional logit over the candidates of every pronoun with a known antecedent, by maximum
likelihood with a small ridge penalty; every corpus counts the same. The walk follows the gold antecedents, so
that every pronoun is seen in the state that right answers leave.
"""

import argparse
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from model.article import NARRATOR
from model.coreference import Antecedents, Walk, mentions_of
from model.entities import Entity
from model.evaluation.gold import GoldArticle, GoldSentence
from model.evaluation.metrics import same_speaker
from model.mentions import Mention, Token, tokenize
from model.nominals import Nominal
from model.pronouns import FEATURES, coefficients, pronoun_class
from model.quotes import quotations
from model.sentences import split
from model.spans import Span
from model.speakers import resolve
from model.statements import StatementReader
from model.training.annotations import Frame, annotated_articles
from model.training.logit import likeliest

Floats = npt.NDArray[np.float64]
_TARGET = Path(__file__).parents[1] / "lexicon" / "pronouns.json"
# Among pronouns that are sources there is hardly one inside somebody's words, so these are not learned but
# chosen on the train part of data/gold: "he" there is the teller when they are reported, another when quoted.
_CHOSEN = {"tells": 1.0, "tells_quoted": -3.0}
_SAYING = frozenset(["said", "says", "told", "tells", "added", "adds", "asked", "claimed", "denied", "wrote"])
_GENRES = frozenset(["news", "court", "speech"])
# By cross-validation; "it" has few cases and many features.
_RIDGE = {"he": 3e-3, "it": 1e-1, "they": 1e-2}


@dataclass
class Case:
    """One pronoun: a row of features for each candidate, which of them are right, and its share of all."""

    kind: str
    rows: Floats
    right: npt.NDArray[np.bool_]
    weight: float = 0.0


def documents(path: Path, exclude: frozenset[str]) -> Iterator[tuple[str, list[list[Span]], bool]]:
    """Text and clusters of each line, and whether it is to learn from; of GAP, the pronoun and its name."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row: dict[str, Any] = json.loads(line)
            if "pronoun" in row:
                names = [row[key] for key in ("A", "B") if row[f"{key}_coref"]]
                clusters = [[row["pronoun"], *names]] if names else []
            else:
                clusters = row["clusters"]
            like_news = row.get("genre", "news") in _GENRES
            if clusters and like_news and row["doc_id"] not in exclude:
                spans = [[Span(*span) for span in cluster] for cluster in clusters]
                yield row["text"], spans, row.get("split", "train") == "train"


def cases(text: str, clusters: list[list[Span]]) -> Iterator[Case]:
    """The pronouns of one text whose right antecedent is among their candidates."""
    sentences = split(text)
    tokens = tokenize(text, sentences)
    mentions = mentions_of(text, sentences, tokens)
    walk = Walk(text, tokens, mentions, quotations(text))
    cluster_at = {span: number for number, cluster in enumerate(clusters) for span in cluster}
    for mention in mentions:
        number = cluster_at.get(mention.span)
        speaks = _speaks(tokens, mention)
        if not isinstance(mention, Mention) or not mention.pronoun or number is None:
            entity = walk.place(mention, speaks=speaks)
            if speaks and entity:
                walk.spoke(entity, mention.span.start, mention.sentence)
            continue
        candidates = walk.candidates(mention, speaks=speaks)
        gold = [span for span in clusters[number] if span != mention.span]
        right = np.array([_is_one_of(entity, gold) for entity, _ in candidates], dtype=bool)
        if right.any():
            if not right.all():
                rows = np.array([[row[name] for name in FEATURES] for _, row in candidates])
                yield Case(pronoun_class(mention.pronoun), rows, right)
            entity = candidates[int(right.argmax())][0]
            walk.put(mention, entity)
        else:
            entity = walk.place(mention)
        if speaks and entity:
            walk.spoke(entity, mention.span.start, mention.sentence)


def _speaks(tokens: Sequence[Token], mention: Mention | Nominal) -> bool:
    """Whether a verb of saying stands beside a mention; these corpora have no attributions."""
    first, after = mention.tokens
    near = [tokens[index].text for index in (first - 1, after) if 0 <= index < len(tokens)]
    return not mention.possessive and any(word in _SAYING for word in near)


def _is_one_of(entity: Entity, gold: list[Span]) -> bool:
    return any(span.overlap(other) and other.end == span.end for span in entity.spans for other in gold)


def annotated_cases(
    article: GoldArticle, frames: Sequence[Frame], statements: StatementReader
) -> Iterator[Case]:
    """The pronouns that are sources in an article that we labelled, as its attributions are read."""
    speakers = {
        frame.source.start: sentence
        for sentence, frame in zip(article.sentences, frames, strict=True)
        if frame.source.start < frame.source.end and sentence.speaker != NARRATOR
    }
    found: list[Case] = []

    def prefer(mention: Mention, candidates: Antecedents) -> int | None:
        sentence: GoldSentence | None = speakers.get(mention.span.start)
        if sentence is None or mention.possessive:
            return None
        right = np.array([same_speaker(sentence, entity.label) for entity, _ in candidates], dtype=bool)
        if not right.any():
            return None
        if not right.all():
            rows = np.array([[row[name] for name in FEATURES] for _, row in candidates])
            found.append(Case(pronoun_class(mention.pronoun or ""), rows, right))
        return int(right.argmax())

    sentences = split(article.text)
    resolve(article.text, sentences, statements.read(article.text, sentences), prefer)
    yield from found


def fit(found: list[Case], ridge: float) -> Floats:
    """Coefficients that make the right candidates likeliest."""
    rows = np.concatenate([case.rows for case in found])
    right = np.concatenate([case.right for case in found]).astype(np.float64)
    sizes = np.array([len(case.rows) for case in found])
    return likeliest(rows, right, sizes, ridge, np.array([case.weight for case in found]))


def accuracy(found: list[Case], weights: Floats) -> float:
    """Share of the cases in which the likeliest candidate is right."""
    return float(np.mean([case.right[int((case.rows @ weights).argmax())] for case in found]))


def vector(weights: dict[str, float]) -> Floats:
    """The coefficients in the order of `FEATURES`."""
    return np.array([weights.get(name, 0.0) for name in FEATURES])


def main() -> None:
    """Learn the coefficients and write them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path, nargs="+")
    parser.add_argument(
        "--held-out", type=Path, nargs="*", default=[], help="only measured, not learned from"
    )
    parser.add_argument("--annotations", type=Path, help="folder of the corpora that our labels point into")
    parser.add_argument("--exclude", type=Path, help="labelled articles whose ids are left out")
    parser.add_argument("--output", type=Path, default=_TARGET)
    arguments = parser.parse_args()
    exclude: frozenset[str] = frozenset()
    if arguments.exclude:
        lines = arguments.exclude.read_text("utf-8").splitlines()
        exclude = frozenset(json.loads(line)["id"] for line in lines)
    found: list[Case] = []
    unseen: list[Case] = []
    corpora: list[list[Case]] = []
    for path in (*arguments.corpora, *arguments.held_out):
        mine: list[Case] = []
        for text, clusters, train in documents(path, exclude):
            (mine if train and path in arguments.corpora else unseen).extend(cases(text, clusters))
        corpora += [mine] if mine else []
    if arguments.annotations:
        statements = StatementReader()
        mine, held_out = (
            [case for pair in articles for case in annotated_cases(*pair, statements)]
            for articles in (
                annotated_articles(part, arguments.annotations, set(exclude)) for part in ("train", "dev")
            )
        )
        corpora.append(mine)
        unseen += held_out
    for mine in corpora:
        for case in mine:
            case.weight = 1 / sum(other.kind == case.kind for other in mine) / len(corpora)
        found += mine
    learned: dict[str, dict[str, float]] = {}
    for kind, start in coefficients().items():
        seen, other = ([case for case in part if case.kind == kind] for part in (found, unseen))
        weights = fit(seen, _RIDGE[kind])
        learned[kind] = {
            name: round(float(weight), 2) for name, weight in zip(FEATURES, weights, strict=True)
        }
        learned[kind] |= _CHOSEN
        for part, name in ((seen, "learned from"), (other, "held out")):
            if part:
                before, after = accuracy(part, vector(start)), accuracy(part, weights)
                print(f"{kind:5} {len(part):5} {name}: {100 * before:.1f}% before, {100 * after:.1f}% after")
    arguments.output.write_text(json.dumps(learned, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
