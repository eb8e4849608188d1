"""Train the statement tagger: `python -m model.training.statements --corpora FOLDER --gold DEV --run RUN`.

Learns from PolNeAR's train part (Newell et al. 2018), measures on its dev part; about 25 minutes on
two CPU cores. Writes `tagger.safetensors` and `scores.json` into the run's folder; a run that was
cut off goes on where it stopped.
"""

import argparse
import json
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn

from model.decoding import KINDS, LINK_WIDTH, TAGS, Chain, Floats, Links, spans_of, viterbi
from model.tokens import special_tokens
from model.training.corpora import held_out_ids, read_lines
from model.training.encoder import base_folder, freeze_embeddings, load_encoder, load_tokenizer
from model.training.loop import Schedule, train
from model.training.rounding import keep_rounded, round_layers
from model.training.tagger import StatementTagger, TaggerBatch
from model.windows import WINDOW, Window, Words, deeper, read_words, windows

log = logging.getLogger(__name__)
TOKENS_A_BATCH = 12 * WINDOW


@dataclass(frozen=True)
class Annotated:
    """An article's words with gold tags (W,), and links from a span's first word to its cue's or -1."""

    words: Words
    tags: np.ndarray[Any, np.dtype[np.int64]]
    links: dict[int, int]
    spans: frozenset[tuple[str, int, int]]
    text: str


def annotate(tokenizer: Tokenizer, line: dict[str, Any]) -> Annotated:
    """Gold spans in code points become tags of words."""
    words = read_words(tokenizer, line["text"])
    tags = np.zeros(len(words), dtype=np.int64)
    links: dict[int, int] = {}
    spans: set[tuple[str, int, int]] = set()
    for attribution in line["attributions"]:
        starts: dict[str, list[int]] = {kind: [] for kind in KINDS}
        for kind in KINDS:
            for start, end in attribution[kind]:
                spans.add((kind, start, end))
                begin = int(np.searchsorted(words.end, start, side="right"))
                stop = int(np.searchsorted(words.start, end, side="left"))
                if begin >= stop:
                    continue
                tags[begin] = TAGS.index(f"B-{kind}")
                tags[begin + 1 : stop] = TAGS.index(f"I-{kind}")
                starts[kind].append(begin)
        cue = starts["cue"][0] if starts["cue"] else -1
        links |= dict.fromkeys(starts["source"] + starts["content"], cue)
    return Annotated(words, tags, links, frozenset(spans), line["text"])


def collate(items: Sequence[tuple[Annotated, Window]], special: tuple[int, int], device: str) -> TaggerBatch:
    """Windows as one padded batch."""
    size = max(int(a.words.first[w.end] - a.words.first[w.begin]) for a, w in items) + 2
    count = max(w.end - w.begin for _, w in items)
    shape, per_word = (len(items), size), (len(items), count)
    tokens, features, attention = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    first, tags = (np.zeros(per_word, dtype=np.int64) for _ in range(2))
    real, cues = (np.zeros(per_word, dtype=np.bool_) for _ in range(2))
    links: list[tuple[int, int, int]] = []
    for row, (article, window) in enumerate(items):
        words = article.words
        begin, end = int(words.first[window.begin]), int(words.first[window.end])
        length, number = end - begin + 2, window.end - window.begin
        tokens[row, :length] = [special[0], *words.tokens[begin:end], special[1]]
        features[row, 1 : length - 1] = words.features[begin:end]
        attention[row, :length] = 1
        first[row, :number] = words.first[window.begin : window.end] - begin + 1
        tags[row, :number] = article.tags[window.begin : window.end]
        real[row, :number] = True
        for span, cue in article.links.items():
            if window.begin <= span < window.end and window.begin <= cue < window.end:
                links.append((row, span - window.begin, cue - window.begin))
                cues[row, cue - window.begin] = True
    if len(items) and (tags[:, 0] % 2 == 0).any():
        # A window may open in the middle of a span: for the chain, a span begins there.
        opening = tags[:, 0]
        tags[:, 0] = np.where((opening > 0) & (opening % 2 == 0), opening - 1, opening)
    as_tensor = partial(torch.as_tensor, device=device)
    return TaggerBatch(
        tokens=as_tensor(tokens),
        features=as_tensor(features),
        attention=as_tensor(attention),
        first=as_tensor(first),
        tags=as_tensor(tags),
        words=as_tensor(real),
        links=torch.tensor(links, dtype=torch.long, device=device).reshape(-1, 3),
        cues=as_tensor(cues),
    )


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


@torch.inference_mode()
def predict(model: StatementTagger, words: Words, special: tuple[int, int]) -> tuple[Floats, Floats, Floats]:
    """Emissions, queries and keys of every word, each from the window that it stands deepest in."""
    widths = (len(TAGS), LINK_WIDTH, LINK_WIDTH)
    emissions, queries, keys = (np.zeros((len(words), width), dtype=np.float32) for width in widths)
    depth = np.full(len(words), -1)
    device = next(model.parameters()).device
    for window in windows(words):
        begin, end = int(words.first[window.begin]), int(words.first[window.end])
        tokens = torch.tensor([[special[0], *words.tokens[begin:end], special[1]]], device=device)
        features = torch.tensor([[0, *words.features[begin:end], 0]], device=device)
        out = model(tokens, features, torch.ones_like(tokens))
        places, better = deeper(window, len(words), depth)
        index = words.first[places] - begin + 1
        for target, values in zip((emissions, queries, keys), out, strict=True):
            target[places] = values[0].float().cpu().numpy()[index]
        depth[places] = better
    return emissions, queries, keys


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
        emissions, queries, keys = predict(model, words, special)
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


def main() -> None:
    """Train, measure after each epoch, write the weights."""
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
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    base = options.base or base_folder()
    tokenizer = load_tokenizer(base)
    special, mask = special_tokens(tokenizer), tokenizer.token_to_id("[MASK]")
    if mask is None:
        raise ValueError("the tokenizer's vocabulary lacks [MASK]")
    held_out = held_out_ids(options.gold)
    folder = options.corpora / "attribution"
    learn = [line for line in read_lines(folder / "polnear.train.jsonl.gz") if line["doc_id"] not in held_out]
    learn_from = [annotate(tokenizer, line) for line in learn[: options.limit]]
    dev = [annotate(tokenizer, line) for line in read_lines(folder / "polnear.dev.jsonl.gz")]
    torch.manual_seed(Schedule.seed)
    encoder = load_encoder(base)
    freeze_embeddings(encoder)
    model = StatementTagger(encoder, hidden=options.hidden_words, mask=mask)
    if options.start:
        model.load_state_dict(load_file(options.start))
    if options.int8:
        round_layers(model.encoder)
    model.to(options.device)
    scores: list[dict[str, Any]] = []

    def evaluate(module: nn.Module, epoch: int) -> None:
        if not isinstance(module, StatementTagger):
            raise TypeError(type(module).__name__)
        scores.append({"epoch": epoch, **score(module, dev, special)})
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
