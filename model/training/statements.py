"""Train the statement tagger: `python -m model.training.statements --corpora FOLDER --gold DEV --run RUN`.

Learns attributions from PolNeAR's train part (Newell et al. 2018), and who tells a sentence with what stance
from our labels of public news and our own gold articles; measures on the dev parts. A run with `--start` also
reads what PolNeAR lacks, with tags of its own: the other labelled articles (`model.training.tellers`) and
sentences that stand alone (`model.training.isolated`). About 13 minutes an epoch on two CPU cores, 25 with
`--start`. Writes `tagger.safetensors` and `scores.json` into the run's folder; a run that was cut off goes on
where it stopped.
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
from sklearn.metrics import average_precision_score
from torch import nn

from model.decoding import KINDS, Chain, Links, spans_of, viterbi
from model.evaluation.gold import read_gold
from model.hearing import STANCES, TELLERS, tellers_and_stances
from model.tokens import special_tokens
from model.training.corpora import held_out_ids, read_lines
from model.training.ear import UNKNOWN
from model.training.encoder import base_folder, freeze_embeddings, load_encoder, load_tokenizer
from model.training.examples import Annotated, annotate, collate, predict
from model.training.gold import QUOTED
from model.training.isolated import alone, as_sentences, passages_to_learn_from
from model.training.loop import Schedule, train, weights_of
from model.training.passages import MARKED
from model.training.rounding import keep_rounded, round_layers
from model.training.tagger import StatementTagger, TaggerBatch
from model.training.tellers import annotated_without_tags, known_articles, read_silver, with_tellers
from model.windows import WINDOW, Window, windows

log = logging.getLogger(__name__)
TOKENS_A_BATCH = 12 * WINDOW
STEP = 32
"""Windows of a batch have the same length in tokens, rounded up to a multiple of this."""


def epochs(
    articles: Sequence[Annotated], special: tuple[int, int], device: str
) -> Callable[[int], list[TaggerBatch]]:
    """Batches of an epoch: windows at new places each time, shuffled, of much the same length in a batch."""

    def batches(epoch: int) -> list[TaggerBatch]:
        chance = random.Random(epoch)
        items: list[tuple[Annotated, Window]] = []
        for article in articles:
            # What fits into one window is never cut: a sentence that stands alone must be whole.
            offset = chance.randrange(WINDOW - 2) if len(article.words.tokens) > WINDOW - 2 else 0
            items += ((article, window) for window in windows(article.words, overlap=32, offset=offset))
        chance.shuffle(items)
        alike: dict[int, list[tuple[Annotated, Window]]] = {}
        for article, window in items:
            tokens = int(article.words.first[window.end] - article.words.first[window.begin]) + 2
            alike.setdefault(-(-tokens // STEP) * STEP, []).append((article, window))
        parts = [
            group[i : i + TOKENS_A_BATCH // size]
            for size, group in alike.items()
            for i in range(0, len(group), TOKENS_A_BATCH // size)
        ]
        chance.shuffle(parts)
        return [collate(part, special, device) for part in parts]

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
        emissions, queries, keys, *_ = predict(model, words, special)
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


def score_heard(
    model: StatementTagger, articles: Sequence[Annotated], special: tuple[int, int]
) -> dict[str, float]:
    """In percent: tellers that are right, sentences rightly the narrator's or not, and each marked stance.

    Of a stance it is the average precision, against the unmarked one.
    """
    model.eval()
    found = [
        tellers_and_stances(
            predict(model, article.words, special)[3], [(one.begin, one.end) for one in article.told]
        )
        for article in articles
    ]
    tellers, stances = (np.concatenate(part) for part in zip(*found, strict=True))
    told = np.array([(one.teller, one.stance) for article in articles for one in article.told])
    best, gold, narrator = tellers.argmax(1), told[:, 0], TELLERS.index("narrator")
    shares = {
        "tellers": float((best == gold).mean()),
        "narrated": float(((best == narrator) == (gold == narrator)).mean()),
    }
    sure = told[:, 1] != UNKNOWN
    for name in MARKED:
        place = STANCES.index(name)
        over = (stances[:, place] - stances[:, 0])[sure]
        shares[name] = float(average_precision_score(told[sure, 1] == place, over))
    return {name: round(100 * share, 1) for name, share in shares.items()}


def begin_at(model: StatementTagger, path: Path) -> None:
    """Load the weights of an earlier run; one without an ear or a pointer begins it anew.

    Raises:
        ValueError: other weights are missing, or some are of another model.
    """
    found = model.load_state_dict(load_file(path), strict=False)
    lacking = [name for name in found.missing_keys if not name.startswith(("ear.", "pointer."))]
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
        chance = random.Random(Schedule.seed)
        others = [(article, frames) for article, frames in known if article.id not in names]
        answering = {article.id for article in read_gold(QUOTED)}
        # What denies only by what it answers says nothing of the kind alone.
        others += alone([one for one in others if one[0].id not in answering], chance)
        frames = [each for _, each in others]
        unread = list(zip(annotated_without_tags(tokenizer, others), frames, strict=True))
        unread += [(one, []) for one in as_sentences(tokenizer, passages_to_learn_from(chance))]
        learn_from += read_silver(model, special, unread)
    if options.int8:
        round_layers(model.encoder)
    model.to(options.device)
    scores: list[dict[str, Any]] = []

    def evaluate(module: nn.Module, epoch: int) -> None:
        if not isinstance(module, StatementTagger):
            raise TypeError(type(module).__name__)
        scores.append({"epoch": epoch, **score(module, dev, special), **score_heard(module, news, special)})
        log.info("%s", json.dumps(scores[-1]))
        (options.run / "scores.json").write_text(json.dumps(scores, indent=1))

    schedule = Schedule(epochs=options.epochs, learning_rate=options.learning_rate)
    train(model, epochs(learn_from, special, options.device), schedule, options.run, evaluate)
    if options.int8:
        keep_rounded(model)
    save_file(weights_of(model), options.run / "tagger.safetensors")


if __name__ == "__main__":
    main()
