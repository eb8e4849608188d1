"""Learn which claim a denial denies: `python -m model.training.disputes GOLD… --folder FOLDER`.

Fits the weights of `model.disputes` on gold articles whose disputes are marked, and with `--annotations` on
our labels of public news, in two steps: what needs no NLI model first, then everything, the NLI model being
asked of the likeliest candidates of the first step. Writes `disputes.json` into the folder of the entailment
weights, and its manifest anew.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from model.article import Sentence, Speaker
from model.checkpoints import load_entailment
from model.disputes import DENIAL, Scene, ask, candidates, features
from model.entailment import Entailment
from model.evaluation.gold import GoldArticle, read_gold
from model.labels import DEFAULT_LABELS
from model.logit import Logit, Row
from model.manifest import write_manifest
from model.reader import DISPUTES, Reader, load_reader
from model.spans import Span
from model.training.annotations import annotated_articles
from model.training.corpora import held_out_ids
from model.training.logit import Choice, accuracy, cross_validated, fit
from model.training.selection import nearest
from model.voices import Article

PENALTY = 1.0
SELDOM = 8
"""What is known of fewer candidates is not learned: most words."""


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


def choices(
    scene: Scene, places: dict[int, int], gold: GoldArticle
) -> list[tuple[int, list[Row], list[bool]]]:
    """For each gold denial its alternatives, and which of them are right."""
    found: list[tuple[int, list[Row], list[bool]]] = []
    for index, sentence in enumerate(gold.sentences):
        if sentence.label != DENIAL:
            continue
        denial = places[index]
        claims = {places[dispute.claim] for dispute in gold.disputes if dispute.denial == index}
        right = [candidate in claims for candidate in candidates(scene, denial)]
        if any(right) or not claims:
            found.append((denial, features(scene, denial), [*right, not claims]))
    return found


def denies(article: GoldArticle) -> bool:
    """Whether a sentence of the article is a denial."""
    return any(sentence.label == DENIAL for sentence in article.sentences)


def main() -> None:
    """Fit on GOLD and write into FOLDER."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--folder", type=Path, required=True, help="folder of the entailment checkpoint")
    parser.add_argument("--annotations", type=Path, help="folder of the corpora that our labels point into")
    parser.add_argument("--exclude", type=Path, help="gold articles that must not be learned from")
    options = parser.parse_args()
    reader, entailment = load_reader(), load_entailment()
    articles = [article for path in options.gold for article in read_gold(path)]
    if options.annotations:
        held_out = held_out_ids(options.exclude) if options.exclude else set()
        news = (article for article, _ in annotated_articles("train", options.annotations, held_out))
        articles += [article for article in news if denies(article)]
    found = [(scene, choices(scene, places, a)) for a in articles for scene, places in [scene_of(reader, a)]]
    plain = [[Choice(rows, right) for _, rows, right in group] for _, group in found]
    print(json.dumps({"without NLI, held out": cross_validated(plain, PENALTY, SELDOM)}))
    first = fit([choice for group in plain for choice in group], PENALTY, SELDOM)
    _ask_all(found, first, entailment)
    disputes = fit([choice for group in plain for choice in group], PENALTY, SELDOM)
    disputes.save(options.folder / DISPUTES)
    write_manifest(options.folder)
    everything = [choice for group in plain for choice in group]
    scores = {"right": accuracy(everything, disputes), "held out": cross_validated(plain, PENALTY, SELDOM)}
    print(json.dumps({"choices": len(everything), **scores}))


def _ask_all(
    found: Sequence[tuple[Scene, list[tuple[int, list[Row], list[bool]]]]],
    logit: Logit,
    entailment: Entailment,
) -> None:
    ask([(scene, denial, rows) for scene, group in found for denial, rows, _ in group], logit, entailment)


if __name__ == "__main__":
    main()
