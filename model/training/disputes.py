"""Learn which claim a denial denies: `python -m model.training.disputes GOLD… --folder FOLDER`.

Fits the weights of `model.disputes` on gold articles whose disputes are marked, and with `--annotations` on
our labels of public news. Labels are the gold ones, speakers those that the reader finds, in articles that it
has mostly learned. Writes `disputes.json` into the folder of the entailment weights, and its manifest anew.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from model.article import Sentence, Speaker
from model.disputes import DENIAL, Scene, candidates, features
from model.evaluation.gold import GoldArticle, read_gold
from model.labels import DEFAULT_LABELS
from model.manifest import write_manifest
from model.reader import DISPUTES, Reader, load_reader
from model.spans import Span
from model.training.annotations import annotated_articles
from model.training.corpora import held_out_ids
from model.training.logit import Choice, accuracy, cross_validated, fit
from model.training.selection import nearest
from model.voices import Article

PENALTY = 1.0
SELDOM = 5
"""What is known in fewer articles is not learned: most words."""


def scene_of(reader: Reader, gold: GoldArticle) -> tuple[Scene, dict[int, int]]:
    """The article as the reader labels it, with gold labels; and our sentence for each gold one."""
    labelled = reader.read(Article(gold.text, gold.id))
    spans = [Span(sentence.start, sentence.end) for sentence in labelled.sentences]
    places = {index: nearest(sentence, spans) for index, sentence in enumerate(gold.sentences)}
    sentences: list[Sentence] = list(labelled.sentences)
    for index, place in places.items():
        wanted = gold.sentences[index].label
        scores = {name: float(name == wanted) for name in DEFAULT_LABELS.names}
        sentences[place] = sentences[place].model_copy(update={"label": wanted, "scores": scores})
    speakers: Sequence[Speaker] = labelled.speakers
    return Scene(gold.text, sentences, speakers), places


def choices(scene: Scene, places: dict[int, int], gold: GoldArticle) -> Iterator[Choice]:
    """For each gold denial its alternatives, and which of them are right; of those alone that have one."""
    for index, sentence in enumerate(gold.sentences):
        if sentence.label != DENIAL:
            continue
        denial = places[index]
        claims = {places[dispute.claim] for dispute in gold.disputes if dispute.denial == index}
        right = [candidate in claims for candidate in candidates(scene, denial)]
        if any(right) or not claims:
            yield Choice(features(scene, denial), [*right, not claims])


def denies(article: GoldArticle) -> bool:
    """Whether a sentence of the article is a denial."""
    return any(sentence.label == DENIAL for sentence in article.sentences)


def frequent(groups: Sequence[Sequence[Choice]]) -> list[list[Choice]]:
    """The choices of each article with what is known of candidates in `SELDOM` articles at least."""
    counts = Counter(
        name
        for group in groups
        for name in {name for choice in group for row in choice.table for name in row}
    )
    return [
        [
            Choice(
                [{name: value for name, value in row.items() if counts[name] >= SELDOM} for row in table],
                right,
            )
            for table, right in group
        ]
        for group in groups
    ]


def main() -> None:
    """Fit on GOLD and write into FOLDER."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--folder", type=Path, required=True, help="folder of the entailment checkpoint")
    parser.add_argument("--annotations", type=Path, help="folder of the corpora that our labels point into")
    parser.add_argument("--exclude", type=Path, help="gold articles that must not be learned from")
    options = parser.parse_args()
    articles = [article for path in options.gold for article in read_gold(path)]
    if options.annotations:
        if options.exclude is None:
            parser.error("--annotations needs to know what to --exclude")
        held_out = held_out_ids(options.exclude)
        news = (article for article, _ in annotated_articles("train", options.annotations, held_out))
        articles += [article for article in news if denies(article)]
    reader = load_reader()
    groups = frequent([list(choices(*scene_of(reader, article), article)) for article in articles])
    everything = [choice for group in groups for choice in group]
    disputes = fit(everything, PENALTY)
    disputes.save(options.folder / DISPUTES)
    write_manifest(options.folder)
    scores = {"right": accuracy(everything, disputes), "held out": cross_validated(groups, PENALTY)}
    print(json.dumps({"choices": len(everything), **scores}))


if __name__ == "__main__":
    main()
