"""Train what the tagger hears: `python -m model.training.hearing WEIGHTS --corpora FOLDER --gold DEV`.

The encoder stays as it is: the states of its layers are read once, and the ear (`model.training.ear`) learns
from them who tells a sentence and with what stance: from our labels of public news, our own gold articles and
passages of the NLI model's reporting set. About half an hour on two CPU cores, most of it for the states.
Writes `tagger.safetensors` and `scores.json` into the run's folder.
"""

import argparse
import json
import logging
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from sklearn.metrics import average_precision_score
from tokenizers import Tokenizer
from torch import Tensor, nn

from model.article import NARRATOR
from model.evaluation.gold import read_gold
from model.hearing import STANCES, TELLERS, tellers_and_stances
from model.tokens import special_tokens
from model.training.corpora import held_out_ids
from model.training.ear import UNKNOWN, Ear, heard_loss
from model.training.encoder import base_folder, load_encoder, load_tokenizer
from model.training.examples import Annotated, Told, states_of, untagged
from model.training.gold import TOLD
from model.training.lexicon import Lexicon
from model.training.loop import Schedule, train
from model.training.passages import MARKED, Passage, written_passages
from model.training.rounding import round_layers
from model.training.statements import begin_at, teller_scores
from model.training.tagger import StatementTagger
from model.training.tellers import annotated_without_tags, known_articles, own
from model.windows import read_words

log = logging.getLogger(__name__)
SENTENCES_A_BATCH = 256
SCHEDULE = Schedule(epochs=8, head_rate=2e-3, weight_decay=0.1)


class Heard(NamedTuple):
    """A sentence's words as the encoder sees them, shape (words, layers * width), and what is known of it.

    The source is the place of its first word, or `UNKNOWN`.
    """

    states: NDArray[np.float16]
    teller: int
    stance: int
    source: int


class Listener(nn.Module):
    """An ear by itself."""

    def __init__(self, ear: Ear) -> None:
        super().__init__()
        self.ear = ear

    def loss(self, batch: Sequence[Heard]) -> Tensor:
        """See `heard_loss`."""
        counts = torch.tensor([len(one.states) for one in batch])
        begins = torch.zeros(int(counts.sum()), dtype=torch.bool)
        opens = counts.cumsum(0) - counts
        for one, first in zip(batch, opens, strict=True):
            if one.source != UNKNOWN:
                begins[first + one.source] = True
        told = torch.tensor([(one.teller, one.stance) for one in batch])
        sentence = torch.arange(len(batch)).repeat_interleave(counts)
        return heard_loss(self.ear(_as_tensor(batch)), sentence, told, begins)


def _as_tensor(batch: Sequence[Heard]) -> Tensor:
    return torch.from_numpy(np.concatenate([one.states for one in batch])).float()


def heard(model: StatementTagger, special: tuple[int, int], articles: Iterable[Annotated]) -> Iterator[Heard]:
    """The sentences of which something is known."""
    model.eval()
    for article in articles:
        states = states_of(model, article.words, special).astype(np.float16)
        for one in article.told:
            source = one.source - one.begin if one.source != UNKNOWN else UNKNOWN
            yield Heard(states[one.begin : one.end].copy(), one.teller, one.stance, source)


def as_sentences(tokenizer: Tokenizer, passages: Iterable[Passage]) -> Iterator[Annotated]:
    """Passages with the one marked stance that somebody takes in them, or none; others are left out."""
    for passage in passages:
        marked = frozenset().union(*passage.stances.values()).intersection(MARKED)
        words = read_words(tokenizer, passage.premise)
        if len(marked) <= 1 and len(words):
            stance = STANCES.index(next(iter(marked), STANCES[0]))
            told = Told(0, len(words), teller_of(passage), stance)
            yield untagged(words, passage.premise, [told])


def teller_of(passage: Passage) -> int:
    """Who tells a passage, where that is plain: the only one who takes a stance in it.

    Whoever acts in it, or is mentioned, says nothing: "the embassy denied him a visa" is the narrator's.
    """
    speaking = [name for name, stances in passage.stances.items() if stances]
    if speaking == [NARRATOR]:
        return TELLERS.index("narrator")
    return TELLERS.index("source") if len(speaking) == 1 and speaking[0] in passage.premise else UNKNOWN


def passages_to_learn_from() -> list[Passage]:
    """Those written by hand and as many drawn from the lexicons: both are rich in traps, which news lacks."""
    chance, lexicon = random.Random(SCHEDULE.seed), Lexicon()
    written = written_passages()
    return [*written, *(lexicon.draw(chance) for _ in written)]


def epochs(sentences: Sequence[Heard]) -> Callable[[int], list[list[Heard]]]:
    """Batches of an epoch, shuffled."""

    def batches(epoch: int) -> list[list[Heard]]:
        items = list(sentences)
        random.Random(epoch).shuffle(items)
        return [items[i : i + SENTENCES_A_BATCH] for i in range(0, len(items), SENTENCES_A_BATCH)]

    return batches


@torch.inference_mode()
def score(ear: Ear, sentences: Sequence[Heard]) -> dict[str, float]:
    """In percent: tellers that are right, sentences rightly the narrator's or not, and each marked stance.

    Of a stance it is the average precision, against the unmarked one.
    """
    ear.eval()
    edges = np.cumsum([0, *(len(one.states) for one in sentences)]).tolist()
    signs = np.concatenate([ear(_as_tensor([one])).numpy() for one in sentences])
    tellers, stances = tellers_and_stances(signs, list(pairwise(edges)))
    found = teller_scores(tellers.argmax(1), np.array([one.teller for one in sentences]))
    sure = np.array([one.stance != UNKNOWN for one in sentences])
    stance = np.array([one.stance for one in sentences])
    for place, name in enumerate(STANCES):
        if name in MARKED:
            over = stances[sure, place] - stances[sure, 0]
            found[name] = round(100 * float(average_precision_score(stance[sure] == place, over)), 1)
    return found


def main() -> None:
    """Read the states, train the ear, measure after each epoch, write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "weights", type=Path, help="tagger.safetensors of model.training.statements or restore"
    )
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True, help="gold articles that are held out")
    parser.add_argument("--run", type=Path, default=Path("runs/hearing"))
    parser.add_argument("--base", default=None)
    parser.add_argument("--epochs", type=int, default=SCHEDULE.epochs)
    parser.add_argument("--int8", action="store_true", help="round as the int8 graph does")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    base = options.base or base_folder()
    tokenizer = load_tokenizer(base)
    special = special_tokens(tokenizer)
    model = StatementTagger(load_encoder(base))
    begin_at(model, options.weights)
    if options.int8:
        round_layers(model.encoder)
    held_out = held_out_ids(options.gold)
    known = [*known_articles(options.corpora, held_out), *map(own, read_gold(TOLD))]
    learn_from = [
        *annotated_without_tags(tokenizer, known),
        *as_sentences(tokenizer, passages_to_learn_from()),
    ]
    learned = list(heard(model, special, learn_from))
    log.info("%d sentences to learn from", len(learned))
    news = known_articles(options.corpora, held_out, "dev")
    measured = list(heard(model, special, annotated_without_tags(tokenizer, news)))
    torch.manual_seed(SCHEDULE.seed)
    model.ear = Ear(model.ear.inner.in_features)
    listener = Listener(model.ear)
    scores: list[dict[str, Any]] = []

    def evaluate(_: nn.Module, epoch: int) -> None:
        scores.append({"epoch": epoch, **score(listener.ear, measured)})
        log.info("%s", json.dumps(scores[-1]))
        (options.run / "scores.json").write_text(json.dumps(scores, indent=1))

    schedule = replace(SCHEDULE, epochs=options.epochs)
    train(listener, epochs(learned), schedule, options.run, evaluate)
    weights = {name: p.detach().contiguous() for name, p in model.state_dict().items()}
    save_file(weights, options.run / "tagger.safetensors")


if __name__ == "__main__":
    main()
