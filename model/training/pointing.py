"""Learn to point at who speaks: `python -m model.training.pointing RUN --corpora … --gold … --output …`.

RUN holds a trained tagger (`tagger.safetensors`), whose encoder and other heads are kept as they are. Learned
from the labelled news and from our own gold articles: each sentence that somebody speaks, with everybody whom
its article names. How often the right one is pointed at is measured on the held-out part of the news.
Writes the tagger with its new head to OUTPUT, and the ids of the news that it learned from (`learned.txt`):
all that are labelled, or `--only` those that there were when the tagger was trained.
"""

import argparse
import json
import logging
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import nn

from model.article import NARRATOR
from model.checkpoints import BUILTIN, load_entailment
from model.evaluation.gold import GoldArticle, read_gold
from model.evaluation.metrics import same_speaker
from model.logit import Logit
from model.pointing import FEATURES, asking_of, bucket, names_of, rules_of
from model.reader import Reader
from model.statements import StatementReader
from model.tokens import special_tokens
from model.training.annotations import annotated_articles
from model.training.corpora import held_out_ids, read_ids
from model.training.encoder import base_folder, load_encoder, load_tokenizer
from model.training.examples import predict
from model.training.export import export
from model.training.gold import TRAIN
from model.training.graph import Products
from model.training.loop import weights_of
from model.training.pointer import Case, PointerHead, pointed, pointed_loss
from model.training.selection import LEARNED, nearest
from model.training.statements import begin_at
from model.training.tagger import StatementTagger
from model.voices import Article
from model.windows import read_words

EPOCHS = 3
RATE, RULES_RATE, DECAY = 1e-4, 1e-2, 0.1
ARTICLES = 4
"""Of one step."""
RESOLVED = FEATURES.index("resolved")

log = logging.getLogger(__name__)


def case_of(
    reader: Reader, model: StatementTagger, tokenizer: Tokenizer, article: GoldArticle
) -> Case | None:
    """The article as the pointer learns from it; None if nobody is named there."""
    (draft,) = reader.drafts([Article(article.text)])
    text = article.text
    words = read_words(tokenizer, text)
    names = names_of(draft.bearers, words.start, draft.sentences, draft.cast.quoted)
    tellings = draft.tellings()
    gold = [(nearest(each, draft.sentences), each) for each in article.sentences if each.speaker != NARRATOR]
    rows = [index for index, _ in gold]
    if not rows or not len(names.speaker):
        return None
    asking = asking_of(words.start, tellings)[rows]
    needed, place = np.unique(np.concatenate([asking.ravel(), names.first, names.last]), return_inverse=True)
    asked, first, last = np.split(place, [asking.size, asking.size + len(names.first)])
    (states,) = predict(model, words, special_tokens(tokenizer), lambda *inputs: (model.states(*inputs),))
    rules = rules_of(text, draft.bearers, draft.sentences, tellings)
    return Case(
        states=torch.from_numpy(states[np.maximum(needed, 0)].astype(np.float16)),
        asking=torch.from_numpy(np.where(asking >= 0, asked.reshape(asking.shape), -1)),
        form=torch.tensor([tellings[index].form(text) for index in rows]),
        speaker=torch.from_numpy(names.speaker),
        first=torch.from_numpy(first),
        last=torch.from_numpy(last),
        mark=torch.from_numpy(names.mark),
        distance=torch.from_numpy(np.array([bucket(index - names.sentence) for index in rows])),
        rules=torch.from_numpy(np.array(list(rules))[rows]),
        right=torch.tensor(
            [[same_speaker(each, bearer.name) for bearer in draft.bearers] for _, each in gold]
        ),
    )


def learn(head: PointerHead, cases: Sequence[Case], seed: int = 0) -> None:
    """Fit the head by the likelihood of the right speakers (AdamW, rates falling to nothing)."""
    chance = random.Random(seed)
    linear = [*head.asking.parameters(), *head.naming.parameters()]
    groups = [
        {"params": linear, "lr": RATE, "weight_decay": DECAY},
        {"params": [head.near, head.marks, head.rules], "lr": RULES_RATE, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups)
    order = list(cases)
    steps = EPOCHS * -(-len(order) // ARTICLES)
    falling = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    for epoch in range(EPOCHS):
        chance.shuffle(order)
        head.train()
        total = 0.0
        for begin in range(0, len(order), ARTICLES):
            batch = order[begin : begin + ARTICLES]
            loss = torch.stack([pointed_loss(head, case) for case in batch]).sum()
            count = sum(int(case.right.any(1).sum()) for case in batch)
            optimizer.zero_grad()
            (loss / max(count, 1)).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(head.parameters(), 1.0)
            optimizer.step()
            falling.step()
            total += loss.item()
        log.info("epoch %d, loss %.3f", epoch, total / sum(int(case.right.any(1).sum()) for case in cases))


@torch.inference_mode()
def score(head: PointerHead, cases: Sequence[Case]) -> dict[str, float]:
    """In percent of the sentences that somebody speaks: whom the rules see first, and who is pointed at."""
    head.eval()
    best = [case.right[torch.arange(len(case.right)), pointed(head, case).argmax(1)] for case in cases]
    seen = [(case.rules[..., RESOLVED] > 0) & case.right for case in cases]
    return {
        "rules": round(100 * torch.cat([each.any(1) for each in seen]).float().mean().item(), 1),
        "pointed": round(100 * torch.cat(best).float().mean().item(), 1),
    }


def main() -> None:
    """Read the articles, fit the head, say how well it points, write the tagger anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True, help="gold articles that are held out")
    parser.add_argument("--only", type=Path, help="ids of the news that the tagger learned")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    base = base_folder()
    tokenizer = load_tokenizer(base)
    torch.manual_seed(0)
    model = StatementTagger(load_encoder(base))
    begin_at(model, options.run / "tagger.safetensors")
    model.eval()
    held_out = held_out_ids(options.gold)
    news = [article for article, _ in annotated_articles("train", options.corpora, held_out)]
    if options.only:
        wanted = read_ids(options.only)
        news = [article for article in news if article.id in wanted]
    ours = read_gold(TRAIN)
    dev = [article for article, _ in annotated_articles("dev", options.corpora, held_out)]
    with TemporaryDirectory() as folder:
        # What the rules say is read by the tagger as it ships.
        export("statements", model.state_dict(), base, Path(folder), Products.INT8)
        reader = Reader(load_entailment(BUILTIN), StatementReader(Path(folder)), selection=Logit())

        def cases(articles: Sequence[GoldArticle]) -> Iterator[Case]:
            found = (case_of(reader, model, tokenizer, article) for article in articles)
            yield from filter(None, found)

        learn(model.pointer, list(cases([*news, *ours])))
        log.info("%s", json.dumps(score(model.pointer, list(cases(dev)))))
    options.output.mkdir(parents=True, exist_ok=True)
    save_file(weights_of(model), options.output / "tagger.safetensors")
    (options.output / LEARNED).write_text("".join(f"{article.id}\n" for article in news), encoding="utf-8")


if __name__ == "__main__":
    main()
