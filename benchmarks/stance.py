"""Speed of gainsay beside the zero-shot pipeline that a user would pick instead, and its memory.

    python -m benchmarks.stance [--json FILE]

All sides answer the same questions about the same sentences, those of `seeds/`, on all cores:

- gainsay's stance step: the shipped weights in one-pass form, on ONNX Runtime;
- an ordinary cross-encoder of the same architecture and tokenizer on torch, behind our own protocol as any
  checkpoint of the hub is, in float32 and in bfloat16. Its weights are random: speed does not depend on their
  values;
- the same cross-encoder in `transformers.pipeline("zero-shot-classification")`.

Asked are one hypothesis for each default label, and all hypotheses of the default labels. The pipeline runs
pair by pair, as it does by default, and in batches; the faster counts. Rounds alternate between the sides and
the best round of each counts. Then whole articles are read, one after the other, and a `gainsay serve` of its
own answers as many requests: its peak resident memory is what the operating system reports.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    PreTrainedTokenizerFast,
    pipeline,
)
from transformers.modeling_outputs import SequenceClassifierOutput
from transformers.utils import logging

from benchmarks.articles import label_request, seeds
from benchmarks.clients import OK, exchange
from benchmarks.serving import MEGABYTE, hardware, served
from model.article import NARRATOR
from model.checkpoints import WEIGHTS, load_entailment
from model.entailment import CLASSES, Entailment, Pair
from model.entailment.hub import HubEntailment
from model.labels import DEFAULT_LABELS, render
from model.premises import spoken_name
from model.reader import Article, load_reader
from model.sentences import split
from model.training.passages import read_table

BATCH_SIZES = (1, 16)
WORDINGS = 4
PACKAGES = ("torch", "transformers")


@dataclass(frozen=True)
class Timing:
    """The best round of one side: seconds for all sentences."""

    side: str
    hypotheses: int
    seconds: float
    sentences: int

    @property
    def speed(self) -> float:
        """Sentences a second."""
        return self.sentences / self.seconds


def main() -> None:
    """Run everything and print it as Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    parser.add_argument("--rounds", type=int, default=4, help="rounds of each timing (default 4)")
    parser.add_argument("--sentences", type=int, default=100, help="sentences of the timings (default 100)")
    parser.add_argument("--articles", type=int, default=20, help="articles to read and to post (default 20)")
    options = parser.parse_args()
    texts = seeds()
    articles = list(islice(cycle(texts), options.articles))
    memory = peak_memory(articles)
    articles_a_second = read_articles(articles)
    sentences = [span.of(text) for text in texts for span in split(text)]
    # Taken from all articles alike, so that the pipeline is done in a minute.
    sentences = sentences[:: max(1, len(sentences) // options.sentences)]
    timings = list(time_stances(sentences, options.rounds))
    print(table(timings))
    print(f"\nWhole articles ({len(articles)} of them): {articles_a_second:.1f} a second")
    print(f"Peak memory of `gainsay serve` after {len(articles)} articles: {memory / MEGABYTE:.0f} MB")
    print(f"\n{hardware(*PACKAGES)}")
    if options.json:
        figures = {
            "timings": [asdict(timing) | {"sentences_a_second": timing.speed} for timing in timings],
            "speedup": speedups(timings),
            "articles_a_second": articles_a_second,
            "serve_peak_bytes": memory,
            "hardware": hardware(*PACKAGES),
        }
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def time_stances(sentences: list[str], rounds: int) -> Iterator[Timing]:
    """Time all sides on the sentences."""
    speaker = spoken_name(NARRATOR)
    usual = [render(hypothesis, speaker) for label in DEFAULT_LABELS for hypothesis in label.hypotheses]
    wordings = read_table("hypotheses.toml")
    many = [
        render(t, speaker) for name in DEFAULT_LABELS.names for t in wordings[name]["templates"][:WORDINGS]
    ]
    model, tokenizer = cross_encoder()
    zero_shot = pipeline("zero-shot-classification", model=model, tokenizer=tokenizer, device="cpu")
    ours: dict[str, Entailment] = {
        "gainsay": load_entailment(),
        "torch, float32": behind_protocol(model, tokenizer, torch.float32),
        "torch, bfloat16": behind_protocol(model, tokenizer, torch.bfloat16),
    }
    for hypotheses in (usual, many):
        pairs = [Pair(sentence, hypothesis) for sentence in sentences for hypothesis in hypotheses]
        sides: dict[str, Callable[[], object]] = {
            side: partial(entailment.predict, pairs) for side, entailment in ours.items()
        }
        for size in BATCH_SIZES:
            sides[f"pipeline, batches of {size}"] = partial(
                zero_shot, sentences, hypotheses, hypothesis_template="{}", batch_size=size
            )
        best = dict.fromkeys(sides, float("inf"))
        for _ in range(rounds):
            for side, answer in sides.items():
                began = time.perf_counter()
                answer()
                best[side] = min(best[side], time.perf_counter() - began)
        for side, seconds in best.items():
            yield Timing(side, len(hypotheses), seconds, len(sentences))


def cross_encoder() -> tuple[BertForSequenceClassification, PreTrainedTokenizerFast]:
    """A BERT of the shipped weights' size and tokenizer."""
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(WEIGHTS / "tokenizer.json"),
        **{f"{name}_token": f"[{name.upper()}]" for name in ("cls", "sep", "pad", "unk")},
        model_max_length=512,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=384,
        num_hidden_layers=6,
        num_attention_heads=12,
        intermediate_size=1536,
        id2label=dict(enumerate(CLASSES)),
        label2id={name: index for index, name in enumerate(CLASSES)},
    )
    return BertForSequenceClassification(config).train(mode=False), tokenizer


def behind_protocol(
    model: BertForSequenceClassification, tokenizer: PreTrainedTokenizerFast, dtype: torch.dtype
) -> HubEntailment:
    """The cross-encoder as a checkpoint of the hub would be asked, its weights and sums in `dtype`."""
    cast = deepcopy(model)
    cast.to(dtype)  # type: ignore[arg-type] # transformers wraps it without its types
    cast.register_forward_hook(_in_float32)
    return HubEntailment(cast, tokenizer, name="random", revision="0" * 12)


def _in_float32(_: torch.nn.Module, __: Any, output: SequenceClassifierOutput) -> SequenceClassifierOutput:  # noqa: ANN401 - any input
    """The probabilities are made of float32, as numpy knows no bfloat16."""
    assert output.logits is not None
    return SequenceClassifierOutput(logits=output.logits.float())


def speedups(timings: list[Timing]) -> dict[str, float]:
    """How many times faster gainsay is than each other side, by that side and the number of hypotheses."""
    ours = {timing.hypotheses: timing.seconds for timing in timings if timing.side == "gainsay"}
    return {
        f"{timing.side}, {timing.hypotheses} hypotheses": timing.seconds / ours[timing.hypotheses]
        for timing in timings
        if timing.side != "gainsay"
    }


def table(timings: list[Timing]) -> str:
    """The timings as a Markdown table."""
    gained = speedups(timings)
    count = timings[0].sentences
    lines = [
        f"| stances of {count} sentences | hypotheses | seconds | sentences a second | gainsay is faster |",
        "|---|---|---|---|---|",
    ]
    for timing in timings:
        ratio = gained.get(f"{timing.side}, {timing.hypotheses} hypotheses")
        faster = f"{ratio:.1f} times" if ratio else ""
        lines.append(
            f"| {timing.side} | {timing.hypotheses} | {timing.seconds:.2f} | {timing.speed:.1f} | {faster} |"
        )
    return "\n".join(lines)


def read_articles(texts: list[str]) -> float:
    """Articles that the reader reads in a second, one after the other."""
    reader = load_reader()
    reader.read(Article(texts[0]))
    began = time.perf_counter()
    for text in texts:
        reader.read(Article(text))
    return len(texts) / (time.perf_counter() - began)


def peak_memory(texts: list[str]) -> int:
    """Peak resident memory in bytes of a `gainsay serve` that has labelled the texts one by one."""
    with served() as server:
        for text in texts:
            answer = asyncio.run(exchange(server.port, label_request(text)))
            assert answer.outcome == OK
        return server.peak_memory


if __name__ == "__main__":
    main()
