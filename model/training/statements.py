"""Train the statement tagger: `python -m model.training.statements --corpora FOLDER --gold DEV --run RUN`.

Learns attributions from PolNeAR's train part (Newell et al. 2018), and who tells a sentence with what stance
from our labels of public news and our own gold articles; measures on the dev parts. A run with `--start` also
reads the labelled articles that PolNeAR lacks, with tags of its own (`model.training.tellers`). About 13
minutes an epoch on two CPU cores. Writes `tagger.safetensors` and `scores.json` into the run's folder; a run
that was cut off goes on where it stopped. What it hears, `model.training.hearing` then trains on.
"""

import argparse
import json
import logging
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from model.decoding import KINDS, Chain, Links, spans_of, viterbi
from model.hearing import TELLERS, tellers_and_stances
from model.tokens import special_tokens
from model.training.corpora import held_out_ids, read_lines
from model.training.encoder import base_folder, freeze_embeddings, load_encoder, load_tokenizer
from model.training.examples import Annotated, Ints, annotate, collate, predict
from model.training.loop import Schedule, train
from model.training.rounding import keep_rounded, round_layers
from model.training.tagger import StatementTagger, TaggerBatch
from model.training.tellers import annotated_without_tags, known_articles, read_silver, with_tellers
from model.windows import WINDOW, windows

log = logging.getLogger(__name__)
TOKENS_A_BATCH = 12 * WINDOW


def epochs(
    articles: Sequence[Annotated], special: tuple[int, int], device: str
) -> Callable[[int], list[TaggerBatch]]:
    """Batches of an epoch: windows at new places each time, shuffled."""

    def batches(epoch: int) -> list[TaggerBatch]:
        chance = random.Random(epoch)
        items = [
            (article, window)
            for article in articles
            for window in windows(article.words, overlap=32, offset=chance.randrange(WINDOW - 2))
        ]
        chance.shuffle(items)
        number = TOKENS_A_BATCH // WINDOW
        return [collate(items[i : i + number], special, device) for i in range(0, len(items), number)]

    return batches


def score(model: StatementTagger, articles: Sequence[Annotated], special: tuple[int, int]) -> dict[str, Any]:
    """Exact-span precision, recall and F1 for each kind, and accuracy of the links of right span starts."""
    model.eval()
    chain = Chain.legal(
        *(p.detach().float().cpu().numpy() for p in (model.transitions, model.begin, model.finish))
    )
    links = Links(model.distance.weight.detach().float().cpu().numpy()[:, 0], model.unlinked.item())
    counts = {kind: np.zeros(3) for kind in KINDS}
    right = total = 0
    for article in articles:
        words = article.words
        emissions, queries, keys, _ = predict(model, words, special)
        found = spans_of(viterbi(emissions, chain))
        for kind in KINDS:
            got = {
                (kind, int(words.start[s.begin]), int(words.end[s.end - 1])) for s in found if s.kind == kind
            }
            gold = {s for s in article.spans if s[0] == kind}
            counts[kind] += (len(got & gold), len(got), len(gold))
        cues = [s.begin for s in found if s.kind == "cue"]
        for span in found:
            if span.kind != "cue" and span.begin in article.links and article.links[span.begin] in cues:
                best = links.best(span.begin, cues, queries[span.begin], keys[cues])
                total += 1
                right += best is not None and cues[best] == article.links[span.begin]
    result: dict[str, Any] = {"links": round(100 * right / max(total, 1), 1)}
    for kind, (hit, read, marked) in counts.items():
        result[kind] = {
            "precision": round(100 * hit / max(read, 1), 1),
            "recall": round(100 * hit / max(marked, 1), 1),
            "f1": round(200 * hit / max(read + marked, 1), 1),
        }
    return result


def score_tellers(
    model: StatementTagger, articles: Sequence[Annotated], special: tuple[int, int]
) -> dict[str, float]:
    """Of the sentences, in percent, those whose teller is right, and those rightly the narrator's or not."""
    model.eval()
    found: list[int] = []
    for article in articles:
        heard = predict(model, article.words, special)[3]
        borders = [(one.begin, one.end) for one in article.told]
        found += tellers_and_stances(heard, borders)[0].argmax(1).tolist()
    return teller_scores(np.array(found), np.array([one.teller for a in articles for one in a.told]))


def teller_scores(found: Ints, gold: Ints) -> dict[str, float]:
    """Tellers that are right, and those rightly the narrator or not, in percent; places in `TELLERS`."""
    narrator = TELLERS.index("narrator")
    every, narrated = (found == gold).mean(), ((found == narrator) == (gold == narrator)).mean()
    return {"tellers": round(100 * float(every), 1), "narrated": round(100 * float(narrated), 1)}


def begin_at(model: StatementTagger, path: Path) -> None:
    """Load the weights of an earlier run; one without an ear begins it anew.

    Raises:
        ValueError: other weights are missing, or some are of another model.
    """
    found = model.load_state_dict(load_file(path), strict=False)
    lacking = [name for name in found.missing_keys if not name.startswith("ear.")]
    if lacking or found.unexpected_keys:
        raise ValueError(f"{path} lacks or should lack {', '.join([*lacking, *found.unexpected_keys])}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True, help="gold articles that are held out")
    parser.add_argument("--run", type=Path, default=Path("runs/statements"))
    parser.add_argument("--base", default=None)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--start", type=Path, default=None, help="weights of an earlier run")
    parser.add_argument("--hidden-words", type=float, default=0.1, help="share of tokens that are masked")
    parser.add_argument("--int8", action="store_true", help="round as the int8 graph does")
    parser.add_argument("--limit", type=int, default=None, help="articles to learn from, for a trial")
    parser.add_argument("--device", default="cpu")
    return parser.parse_args()


def main() -> None:
    """Train, measure after each epoch, write the weights."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    base = options.base or base_folder()
    tokenizer = load_tokenizer(base)
    special, mask = special_tokens(tokenizer), tokenizer.token_to_id("[MASK]")
    if mask is None:
        raise ValueError("the tokenizer's vocabulary lacks [MASK]")
    held_out = held_out_ids(options.gold)
    known = known_articles(options.corpora, held_out)
    news = annotated_without_tags(tokenizer, known_articles(options.corpora, held_out, "dev"))
    folder = options.corpora / "attribution"
    learn = [line for line in read_lines(folder / "polnear.train.jsonl.gz") if line["doc_id"] not in held_out]
    learn = learn[: options.limit]
    names = [str(line["doc_id"]) for line in learn]
    learn_from = with_tellers([annotate(tokenizer, line) for line in learn], names, known)
    dev = [annotate(tokenizer, line) for line in read_lines(folder / "polnear.dev.jsonl.gz")]
    torch.manual_seed(Schedule.seed)
    encoder = load_encoder(base)
    freeze_embeddings(encoder)
    model = StatementTagger(encoder, hidden=options.hidden_words, mask=mask)
    if options.start:
        begin_at(model, options.start)
        others = [(article, frames) for article, frames in known if article.id not in names]
        learn_from += read_silver(model, tokenizer, special, others)
    if options.int8:
        round_layers(model.encoder)
    model.to(options.device)
    scores: list[dict[str, Any]] = []

    def evaluate(module: nn.Module, epoch: int) -> None:
        if not isinstance(module, StatementTagger):
            raise TypeError(type(module).__name__)
        scores.append({"epoch": epoch, **score(module, dev, special), **score_tellers(module, news, special)})
        log.info("%s", json.dumps(scores[-1]))
        (options.run / "scores.json").write_text(json.dumps(scores, indent=1))

    schedule = Schedule(epochs=options.epochs, learning_rate=options.learning_rate)
    train(model, epochs(learn_from, special, options.device), schedule, options.run, evaluate)
    if options.int8:
        keep_rounded(model)
    weights = {name: p.detach().cpu().contiguous() for name, p in model.state_dict().items()}
    save_file(weights, options.run / "tagger.safetensors")


if __name__ == "__main__":
    main()
