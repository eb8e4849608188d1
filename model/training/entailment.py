"""Train the entailment weights: `python -m model.training.entailment --corpora FOLDER --gold DEV --run RUN`.

Two stages, each resumable: `general` reads open NLI corpora (`nli.toml`); `reporting` adds the NLI
set of our own making (`reporting.py`) and keeps a share of the general pairs, so that nothing is
forgotten. About an hour on two CPU cores without AMX. Writes `entailment.safetensors` and
`scores.json` into the run's folder.
"""

import argparse
import json
import logging
import random
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from model.entailment import CLASSES
from model.entailment.packing import Group, pack, split_groups
from model.tokens import special_tokens
from model.training.corpora import held_out_ids, read_lines
from model.training.encoder import base_folder, freeze_embeddings, load_encoder, load_tokenizer
from model.training.loop import Schedule, train, weights_of
from model.training.onepass import TWO_WAY, EntailmentBatch, OnePassModel
from model.training.passages import Judged
from model.training.reporting import reporting_pairs
from model.training.rounding import keep_rounded, round_layers

log = logging.getLogger(__name__)
TARGETS = {**{name: index for index, name in enumerate(CLASSES)}, "not_entailment": TWO_WAY}
TOKENS_A_BATCH = 4800
DEV = ("mnli_matched.dev", "lingnli_base.dev", "lingnli_lots.dev", "lingnli_litl.dev", "rte.dev")


@dataclass(frozen=True)
class Item:
    """A packed group with the target and the weight of each of its hypotheses."""

    group: Group
    targets: tuple[int, ...]
    weights: tuple[float, ...]


def read_pairs(path: Path, limit: int | None = None, seed: int = 7) -> list[Judged]:
    """Judged pairs of a corpus file; `limit` draws whole premises until so many pairs are reached."""
    by_premise: dict[str, list[Judged]] = defaultdict(list)
    for line in read_lines(path):
        by_premise[line["premise"]].append(Judged(line["premise"], line["hypothesis"], line["label"]))
    premises = sorted(by_premise)
    random.Random(seed).shuffle(premises)
    pairs: list[Judged] = []
    for premise in premises:
        if limit is not None and len(pairs) >= limit:
            break
        pairs += by_premise[premise]
    return pairs


def general_pairs(folder: Path) -> list[Judged]:
    """The pairs of `nli.toml`."""
    table = tomllib.loads(Path(__file__).with_name("nli.toml").read_text(encoding="utf-8"))
    pairs: list[Judged] = []
    for name, entry in table.items():
        part = name if "." in name else f"{name}.train"
        pairs += read_pairs(folder / f"{part}.jsonl.gz", entry.get("pairs"))
    return pairs


def build_items(tokenizer: Tokenizer, pairs: Iterable[Judged], seed: int) -> list[Item]:
    """Pairs that share a premise ride in one sequence, in random order."""
    grouped: dict[str, list[Judged]] = defaultdict(list)
    for pair in pairs:
        grouped[pair.premise].append(pair)
    chance = random.Random(seed)
    texts = sorted({text for pair in pairs for text in (pair.premise, pair.hypothesis)})
    encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
    ids = {text: encoding.ids for text, encoding in zip(texts, encoded, strict=True)}
    items: list[Item] = []
    for premise, members in grouped.items():
        chance.shuffle(members)
        waiting = list(members)
        for group in split_groups(ids[premise], [ids[m.hypothesis] for m in members]):
            here, waiting = waiting[: len(group.hypotheses)], waiting[len(group.hypotheses) :]
            items.append(Item(group, tuple(TARGETS[m.label] for m in here), tuple(m.weight for m in here)))
    return items


def collate(items: Sequence[Item], special: tuple[int, int], device: str) -> EntailmentBatch:
    """Items as one padded batch."""
    packed = pack([item.group for item in items], special)
    targets = [target for item in items for target in item.targets]
    weights = [weight for item in items for weight in item.weights]
    return EntailmentBatch(
        tokens=torch.as_tensor(packed.tokens, device=device),
        positions=torch.as_tensor(packed.positions, device=device),
        segments=torch.as_tensor(packed.segments, device=device),
        heads=torch.as_tensor(packed.heads, device=device),
        filled=torch.as_tensor(packed.filled, device=device),
        targets=torch.tensor(targets, device=device),
        weights=torch.tensor(weights, device=device),
    )


def batches(items: Sequence[Item], special: tuple[int, int], device: str, seed: int) -> list[EntailmentBatch]:
    """Items of like length together, under a budget of padded tokens, in random order."""
    chance = random.Random(seed)
    order = sorted(items, key=lambda item: item.group.length + chance.random() * 8)
    found: list[list[Item]] = [[]]
    for item in order:
        if found[-1] and (len(found[-1]) + 1) * item.group.length > TOKENS_A_BATCH:
            found.append([])
        found[-1].append(item)
    chance.shuffle(found)
    return [collate(members, special, device) for members in found if members]


@torch.inference_mode()
def accuracy(model: OnePassModel, items: Sequence[Item], special: tuple[int, int], device: str) -> float:
    """Accuracy in percent; a two-way pair is right when entailment is, or is not, above one half."""
    model.eval()
    right = total = 0
    for batch in batches(items, special, device, seed=0):
        logits = model(batch.tokens, batch.positions, batch.segments, batch.heads).float()[batch.filled]
        probabilities = torch.softmax(logits, dim=1)
        best = probabilities.argmax(1)
        two_way = torch.where(probabilities[:, 0] > probabilities[:, 1:].sum(1), 0, TWO_WAY)
        is_two_way = (batch.targets == TWO_WAY).any()
        right += int(((two_way if is_two_way else best) == batch.targets).sum())
        total += len(batch.targets)
    return round(100 * right / max(total, 1), 1)


def stage_epochs(
    tokenizer: Tokenizer,
    general: Sequence[Judged],
    reporting: Callable[[int], list[Judged]] | None,
    share: float,
    device: str,
) -> Callable[[int], list[EntailmentBatch]]:
    """Batches of an epoch; with `reporting`, its pairs of that epoch and a share of the general ones."""
    special = special_tokens(tokenizer)

    def epoch(number: int) -> list[EntailmentBatch]:
        if reporting is None:
            return batches(build_items(tokenizer, general, number), special, device, number)
        kept = random.Random(number).sample(list(general), int(share * len(general)))
        items = build_items(tokenizer, reporting(number), number) + build_items(tokenizer, kept, number)
        return batches(items, special, device, number)

    return epoch


def mixed(before: dict[str, Tensor], after: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """Weights between those before and after a stage: what it forgot comes back (Wortsman et al. 2022)."""
    return {name: (1 - share) * before[name] + share * after[name] for name in after}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True, help="gold articles that are held out")
    parser.add_argument("--run", type=Path, default=Path("runs/entailment"))
    parser.add_argument("--base", default=None)
    parser.add_argument("--stage", choices=("general", "reporting", "both"), default="both")
    parser.add_argument("--general-epochs", type=int, default=1)
    parser.add_argument("--reporting-epochs", type=int, default=5)
    parser.add_argument(
        "--plain", type=float, default=1.0, help="share of the labelled news without a marked stance"
    )
    parser.add_argument("--share", type=float, default=0.06, help="of the general pairs, kept in each epoch")
    parser.add_argument(
        "--mix",
        type=float,
        default=1.0,
        help="share of the reporting stage in the final weights, the rest is what it began with",
    )
    parser.add_argument(
        "--mix-with", type=Path, default=None, help="weights that the rest comes from instead"
    )
    parser.add_argument("--int8", action="store_true", help="round as the int8 graph does")
    parser.add_argument(
        "--half",
        action="store_true",
        help="compute in bf16: faster where the processor multiplies it",
    )
    parser.add_argument("--start", type=Path, default=None, help="weights to start the reporting stage from")
    parser.add_argument("--device", default="cpu")
    return parser.parse_args()


def main() -> None:
    """Run the stages that are asked for, measure, write the weights."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    base = options.base or base_folder()
    tokenizer = load_tokenizer(base)
    special = special_tokens(tokenizer)
    torch.manual_seed(Schedule.seed)
    encoder = load_encoder(base)
    freeze_embeddings(encoder)
    model = OnePassModel(encoder).to(options.device)
    folder = options.corpora / "nli"
    general = general_pairs(folder)
    log.info("%d general pairs", len(general))
    dev = {name: build_items(tokenizer, read_pairs(folder / f"{name}.jsonl.gz"), 0) for name in DEV}
    scores: list[dict[str, Any]] = []

    def evaluate(module: nn.Module, epoch: int) -> None:
        if not isinstance(module, OnePassModel):
            raise TypeError(type(module).__name__)
        if epoch + 1 < schedule.epochs:
            return
        found = {name: accuracy(module, items, special, options.device) for name, items in dev.items()}
        scores.append({"stage": stage, "epoch": epoch, **found})
        log.info("%s", json.dumps(scores[-1]))
        (options.run / "scores.json").write_text(json.dumps(scores, indent=1))

    before = options.start or options.run / "general.safetensors"
    stages = ("general", "reporting") if options.stage == "both" else (options.stage,)
    for stage in stages:
        if stage == "general":
            plan = stage_epochs(tokenizer, general, None, 1.0, options.device)
            schedule = Schedule(
                epochs=options.general_epochs,
                learning_rate=3e-4,
                layer_decay=1.0,
                keep=0.998,
                half=options.half,
            )
        else:
            model.load_state_dict(load_file(before))
            if options.int8:
                round_layers(model.encoder)
            source = reporting_pairs(options.corpora, held_out_ids(options.gold), options.plain)
            log.info("%d reporting pairs an epoch", len(source(0)))
            plan = stage_epochs(tokenizer, general, source, options.share, options.device)
            schedule = Schedule(
                epochs=options.reporting_epochs,
                learning_rate=2e-4,
                head_rate=3e-4,
                layer_decay=1.0,
                half=options.half,
            )
        train(model, plan, schedule, options.run / stage, evaluate)
        weights = weights_of(model)
        save_file(weights, options.run / f"{stage}.safetensors")
    if options.mix < 1 and stages[-1] == "reporting":
        weights = mixed(load_file(options.mix_with or before), weights, options.mix)
    if options.int8 and stages[-1] == "reporting":
        model.load_state_dict(weights)
        keep_rounded(model)
        weights = model.state_dict()
    save_file(weights, options.run / "entailment.safetensors")


if __name__ == "__main__":
    main()
