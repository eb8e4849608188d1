"""Train the statement tagger: `python -m model.training.statements --corpora FOLDER --gold DEV --run RUN`.

Learns attributions from PolNeAR's train part (Newell et al. 2018), and who tells a sentence with what stance
from our labels of public news and our own gold articles; measures on the dev parts. A run with `--start` also
reads what PolNeAR lacks, with tags of its own: the other labelled articles (`model.training.tellers`) and
sentences that stand alone (`model.training.isolated`). One with `--point` learns to point at who speaks too
(`model.training.pointing`), and every other article has the names of persons exchanged
(`model.training.substitution`): without that the encoder learned by heart who is who in the news, and read
those with other names worse than one that had never pointed.

About 13 minutes an epoch on two CPU cores, 25 with `--start`, 33 with `--point`. Writes `tagger.safetensors`,
`scores.json` and the ids of the known articles that it learned from (`learned.txt`) into the run's folder; a
run that was cut off goes on where it stopped.
"""

import argparse
import json
import logging
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from sklearn.metrics import average_precision_score
from tokenizers import Tokenizer
from torch import nn

from model.decoding import KINDS, Chain, Links, spans_of, viterbi
from model.evaluation.gold import read_gold
from model.hearing import STANCES, TELLERS, tellers_and_stances
from model.tokens import special_tokens
from model.training.annotations import annotated_articles
from model.training.corpora import LEARNED, held_out_ids, read_ids, read_lines
from model.training.ear import UNKNOWN
from model.training.encoder import base_folder, freeze_embeddings, load_encoder, load_tokenizer
from model.training.examples import Annotated, annotate, collate, predict
from model.training.gold import DESCRIBED, QUOTED
from model.training.isolated import alone, as_sentences, passages_to_learn_from
from model.training.loop import Schedule, train, weights_of
from model.training.passages import MARKED
from model.training.pointer import Case
from model.training.pointing import opened, read_cases, score_pointed, shipped, with_cases
from model.training.rounding import keep_rounded, round_layers
from model.training.selection import with_learned
from model.training.substitution import Exchange
from model.training.tagger import StatementTagger, TaggerBatch
from model.training.tellers import Known, annotated_without_tags, known_articles, read_silver, with_tellers
from model.windows import WINDOW, Window, windows

log = logging.getLogger(__name__)
Item = tuple[Annotated, Window]
TOKENS_A_BATCH = 12 * WINDOW
EXCHANGED = 0.5
"""The share of articles whose names are exchanged; the others teach who is who in the news."""
POINTING = ("pointer.asking", "pointer.naming")
"""They multiply large states, of all layers: the encoder's rate is fast for them."""
STEP = 32
"""Windows of a batch have the same length in tokens, rounded up to a multiple of this."""


def epochs(
    articles: Sequence[Annotated],
    special: tuple[int, int],
    device: str,
    exchange: Exchange | None = None,
) -> Callable[[int], list[TaggerBatch]]:
    """Batches of an epoch: windows at new places each time, shuffled, of much the same length in a batch.

    An article whose speakers are known stays whole, in a batch with others of the kind. One in two has its
    names exchanged, if `exchange` does so.
    """

    def batches(epoch: int) -> list[TaggerBatch]:
        chance = random.Random(epoch)
        items: list[Item] = []
        together: list[list[Item]] = []
        for known in articles:
            article = exchange(known, chance) if exchange and chance.random() < EXCHANGED else known
            # What fits into one window is never cut: a sentence that stands alone must be whole.
            offset = chance.randrange(WINDOW - 2) if len(article.words.tokens) > WINDOW - 2 else 0
            found = [(article, window) for window in windows(article.words, overlap=32, offset=offset)]
            if article.case is None:
                items += found
            else:
                together.append(found)
        chance.shuffle(items)
        chance.shuffle(together)
        parts = [*_alike(items), *_full(together)]
        chance.shuffle(parts)
        return [collate(part, special, device) for part in parts]

    return batches


def _alike(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Windows in parts of much the same length."""
    alike: dict[int, list[Item]] = {}
    for article, window in items:
        tokens = int(article.words.first[window.end] - article.words.first[window.begin]) + 2
        alike.setdefault(-(-tokens // STEP) * STEP, []).append((article, window))
    for size, group in alike.items():
        for begin in range(0, len(group), TOKENS_A_BATCH // size):
            yield group[begin : begin + TOKENS_A_BATCH // size]


def _full(articles: Iterable[list[Item]]) -> Iterator[list[Item]]:
    """The windows of whole articles, as many as go into a batch; a longer article has its own."""
    part: list[Item] = []
    for article in articles:
        if part and (len(part) + len(article)) * WINDOW > TOKENS_A_BATCH:
            yield part
            part = []
        part = [*part, *article]
    if part:
        yield part


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
    """Load the weights of an earlier run; one without an ear or a pointer like ours begins it anew.

    Raises:
        ValueError: other weights are missing, or some are of another model.
    """
    ours = model.state_dict()
    weights = {
        name: weight
        for name, weight in load_file(path).items()
        if not name.startswith("pointer.") or name not in ours or weight.shape == ours[name].shape
    }
    found = model.load_state_dict(weights, strict=False)
    lacking = [name for name in found.missing_keys if not name.startswith(("ear.", "pointer."))]
    if lacking or found.unexpected_keys:
        raise ValueError(f"{path} lacks or should lack {', '.join([*lacking, *found.unexpected_keys])}")


def learned_by(weights: Path) -> set[str]:
    """The ids of the articles that an earlier run has learned, as far as it left them beside its weights."""
    path = weights.parent / LEARNED
    return read_ids(path) if path.exists() else set()


def untagged_by_hand(model: StatementTagger, tokenizer: Tokenizer, known: Sequence[Known]) -> list[Annotated]:
    """Known articles, sentences of theirs alone and the passages, tagged by the model itself."""
    chance = random.Random(Schedule.seed)
    connected = {article.id for path in (QUOTED, DESCRIBED) for article in read_gold(path)}
    # What denies only by what it answers says nothing of the kind alone, nor does "the minister" say who.
    single = alone([one for one in known if one[0].id not in connected], chance)
    others = [*known, *single]
    unread = list(zip(annotated_without_tags(tokenizer, others), (f for _, f in others), strict=True))
    unread += [(one, []) for one in as_sentences(tokenizer, passages_to_learn_from(chance))]
    return read_silver(model, special_tokens(tokenizer), unread)


def polnear(corpora: Path, part: str, without: set[str]) -> Iterator[dict[str, Any]]:
    """The articles of a part of PolNeAR, without those of some ids."""
    lines = read_lines(corpora / "attribution" / f"polnear.{part}.jsonl.gz")
    return (line for line in lines if line["doc_id"] not in without)


def cases_of(
    model: StatementTagger,
    base: str,
    tokenizer: Tokenizer,
    options: argparse.Namespace,
    parts: tuple[Sequence[Known], Sequence[Known]],
) -> tuple[dict[str, Case], dict[str, Case]]:
    """What the pointer learns from, and what it is measured on.

    They are kept apart: PolNeAR's train part holds most of the articles of the labelled news' dev part.
    """
    learned, dev = ([article for article, _ in part] for part in parts)
    with shipped(model, base) as reader:
        # What all others have learned, the start reads, be it learned or not.
        able = [(reader, set[str]()), *with_learned(opened, options.earlier)]
        if ids := learned_by(options.start):
            able.append((reader, ids))
        return read_cases(able, tokenizer, learned), read_cases(able[:1], tokenizer, dev)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True, help="gold articles that are held out")
    parser.add_argument("--run", type=Path, default=Path("runs/statements"))
    parser.add_argument("--base", default=None)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--start", type=Path, default=None, help="weights of an earlier run")
    parser.add_argument("--point", action="store_true", help="learn to point at speakers too")
    parser.add_argument("--half", action="store_true", help="bf16, where the processor multiplies in it")
    parser.add_argument(
        "--earlier", type=Path, nargs="*", default=[], help="checkpoints that have not learned all articles"
    )
    parser.add_argument("--only", type=Path, help="file of the ids of the labelled news to learn from")
    parser.add_argument("--hidden-words", type=float, default=0.1, help="share of tokens that are masked")
    parser.add_argument("--int8", action="store_true", help="round as the int8 graph does")
    parser.add_argument("--limit", type=int, default=None, help="articles to learn from, for a trial")
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    if options.point and options.start is None:
        parser.error("--point needs the tagger to --start from")
    return options


class Material(NamedTuple):
    """What a run learns from, what it is measured on, and the ids of the known articles that it learns."""

    learn: list[Annotated]
    dev: list[Annotated]
    news: list[Annotated]
    ids: set[str]


def material(
    model: StatementTagger, base: str, tokenizer: Tokenizer, options: argparse.Namespace
) -> Material:
    """The articles of a run as its options want them; `model` reads what it needs of them."""
    held_out = held_out_ids(options.gold)
    known = known_articles(options.corpora, held_out)
    unlearned: set[str] = set()
    if options.only:
        # What is not to be learned teaches no tags either.
        news_parts = (annotated_articles(part, options.corpora, held_out) for part in ("train", "picked"))
        unlearned = {article.id for part in news_parts for article, _ in part} - read_ids(options.only)
        known = [one for one in known if one[0].id not in unlearned]
    lines = list(islice(polnear(options.corpora, "train", held_out | unlearned), options.limit))
    names = [str(line["doc_id"]) for line in lines]
    learn = with_tellers([annotate(tokenizer, line) for line in lines], names, known)
    dev = [annotate(tokenizer, line) for line in polnear(options.corpora, "dev", set())]
    cases: dict[str, Case] = {}
    known_dev = known_articles(options.corpora, held_out, "dev")
    news = annotated_without_tags(tokenizer, known_dev)
    others = [(article, frames) for article, frames in known if article.id not in names]
    ids = [article.id for article, _ in others]
    if options.point:
        cases, dev_cases = cases_of(model, base, tokenizer, options, (known, known_dev))
        news = with_cases(news, [article.id for article, _ in known_dev], dev_cases)
        learn = with_cases(learn, names, cases)
    if options.start:
        silver = untagged_by_hand(model, tokenizer, others)
        learn += [*with_cases(silver[: len(ids)], ids, cases), *silver[len(ids) :]]
    return Material(learn, dev, news, {article.id for article, _ in known})


def main() -> None:
    """Train, measure after each epoch, write the weights."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    base = options.base or base_folder()
    tokenizer = load_tokenizer(base)
    special, mask = special_tokens(tokenizer), tokenizer.token_to_id("[MASK]")
    if mask is None:
        raise ValueError("the tokenizer's vocabulary lacks [MASK]")
    torch.manual_seed(Schedule.seed)
    encoder = load_encoder(base)
    freeze_embeddings(encoder)
    model = StatementTagger(encoder, hidden=options.hidden_words, mask=mask)
    if options.start:
        begin_at(model, options.start)
    given = material(model, base, tokenizer, options)
    if options.int8:
        round_layers(model.encoder)
    model.to(options.device)
    scores: list[dict[str, Any]] = []

    def evaluate(module: nn.Module, epoch: int) -> None:
        if not isinstance(module, StatementTagger):
            raise TypeError(type(module).__name__)
        scores.append(
            {"epoch": epoch, **score(module, given.dev, special), **score_heard(module, given.news, special)}
        )
        if options.point:
            scores[-1] |= score_pointed(module, given.news, special)
        log.info("%s", json.dumps(scores[-1]))
        (options.run / "scores.json").write_text(json.dumps(scores, indent=1))

    schedule = Schedule(
        epochs=options.epochs, learning_rate=options.learning_rate, slow=POINTING, half=options.half
    )
    exchange = Exchange(tokenizer, given.learn) if options.point else None
    train(model, epochs(given.learn, special, options.device, exchange), schedule, options.run, evaluate)
    if options.int8:
        keep_rounded(model)
    save_file(weights_of(model), options.run / "tagger.safetensors")
    learned = given.ids | (learned_by(options.start) if options.start else set())
    (options.run / LEARNED).write_text("".join(f"{name}\n" for name in sorted(learned)), encoding="utf-8")


if __name__ == "__main__":
    main()
