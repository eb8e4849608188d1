"""Export trained weights to ONNX: `python -m model.training.export statements|entailment RUN FOLDER`.

`--precision int8` multiplies in int8: weights are rounded with a scale for each output channel, activations
with one for each token. `stored` only keeps the weights as int8 and widens them to float32 when the session
opens, `float32` keeps everything. `benchmarks/precision.py` measures what each costs. The ids of the articles
that a run has learned (`learned.txt`) go along with its weights.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
from safetensors.torch import load_file
from torch import Tensor
from transformers import AutoConfig

from model.decoding import LINK_WIDTH, TAGS
from model.entailment import CLASSES
from model.hearing import HEARD_WIDTH
from model.manifest import write_manifest
from model.pointing import SIGNS, Pointer
from model.statements import POINTER
from model.training.corpora import LEARNED
from model.training.encoder import base_folder
from model.training.graph import Encoder, Graph, Products

HEADS = Products.FLOAT
"""Heads are so small that rounding them would gain nothing."""
UNSEEN = -50.0
"""Added to the attention scores of what is not seen: e^-50 is nothing in float32. Far below, the weights
become subnormal numbers, which multiply so slowly that a stance took a tenth to a quarter longer."""
EVERYTHING = ""
"""The mask of those who see all tokens: none."""
PREFIX = "encoder."


def read_encoder(weights: dict[str, Tensor], base: str) -> Encoder:
    """The encoder inside a model's weights; `base` tells its shape."""
    config = AutoConfig.from_pretrained(base, trust_remote_code=False)
    own = {name.removeprefix(PREFIX): weight for name, weight in weights.items() if name.startswith(PREFIX)}
    return Encoder(own, config.num_hidden_layers, config.num_attention_heads, config.layer_norm_eps)


def export_statements(weights: dict[str, Tensor], base: str, folder: Path, products: Products) -> None:
    """The tagger's graph (see `model.training.tagger`), the CRF and the links, and what points beside it.

    It reads windows without padding: with no mask attention takes a quarter less time.
    """
    decoder = {name: weights[name].tolist() for name in ("transitions", "begin", "finish", "unlinked")}
    decoder["distance"] = weights["distance.weight"][:, 0].tolist()
    (folder / "decoder.json").write_text(json.dumps(decoder) + "\n", encoding="utf-8")
    near, marks, rules = (weights[f"pointer.{name}"].numpy() for name in ("near", "marks", "rules"))
    Pointer(near, marks, rules).save(folder / POINTER)
    graph, encoder = Graph(products), read_encoder(weights, base)
    words = graph.table(encoder.weights["embeddings.word_embeddings.weight"], "tokens")
    surface = graph.table(weights["surface.weight"], "features")
    zero, one = graph.constant(0, np.int64), graph.constant(1, np.int64)
    length = graph.add("Gather", graph.add("Shape", "tokens"), one)
    places = graph.add("Range", zero, length, one)
    states = encoder.embed(graph, graph.add("Add", words, surface), places, zero)
    every: list[str] = []
    for number in range(encoder.layers):
        states = encoder.layer(graph, number, states, EVERYTHING)
        every.append(states)
    graph.products = HEADS

    def head(name: str, read: str) -> str:
        return graph.linear(read, [weights[f"{name}.weight"]], [weights[f"{name}.bias"]])

    outputs = {name: head(name, states) for name in ("emission", "query", "key")}
    together = graph.add("Concat", *every, axis=-1)
    outputs["heard"] = head("ear.outer", graph.add("Relu", head("ear.inner", together)))
    parts = ("pointer.asking", "pointer.naming")
    outputs["pointing"] = graph.linear(
        together, [weights[f"{part}.weight"] for part in parts], [weights[f"{part}.bias"] for part in parts]
    )
    widths = dict(zip(outputs, (len(TAGS), LINK_WIDTH, LINK_WIDTH, HEARD_WIDTH, SIGNS), strict=True))
    graph.save(
        folder / "model.onnx",
        {name: ["batch", "tokens"] for name in ("tokens", "features")},
        {name: (node, ["batch", "tokens", widths[name]]) for name, node in outputs.items()},
    )


def export_entailment(weights: dict[str, Tensor], base: str, folder: Path, products: Products) -> None:
    """The one-pass model's graph (see `model.training.onepass`)."""
    graph, encoder = Graph(products), read_encoder(weights, base)
    words = graph.table(encoder.weights["embeddings.word_embeddings.weight"], "tokens")
    zero, one = graph.constant(0, np.int64), graph.constant(1, np.int64)
    states = encoder.embed(graph, words, "positions", graph.add("Clip", "segments", zero, one))
    mask = _mask(graph, _seen(graph, "segments", "segments"))
    for number in range(encoder.layers - 1):
        states = encoder.layer(graph, number, states, mask)
    heads = graph.add("Unsqueeze", "heads", _axes(graph, 2))
    asking = graph.add("GatherND", states, heads, batch_dims=1)
    segments = graph.add("GatherND", "segments", heads, batch_dims=1)
    of_heads = _mask(graph, _seen(graph, segments, "segments"))
    states = encoder.layer(graph, encoder.layers - 1, states, of_heads, asking)
    graph.products = HEADS
    dense, classifier = (
        ([weights[f"{name}.weight"]], [weights[f"{name}.bias"]]) for name in ("dense", "classifier")
    )
    logits = graph.linear(graph.add("Tanh", graph.linear(states, *dense)), *classifier)
    graph.save(
        folder / "model.onnx",
        {name: ["batch", "tokens"] for name in ("tokens", "positions", "segments")}
        | {"heads": ["batch", "heads"]},
        {"logits": (logits, ["batch", "heads", len(CLASSES)])},
    )


def _seen(graph: Graph, asking: str, segments: str) -> str:
    """Which tokens of `segments` (B, L) those in segments `asking` (B, H) see: (B, H, L).

    The rule is that of `onepass.block_mask`.
    """
    zero = graph.constant(0, np.int64)
    keys = graph.add("Unsqueeze", segments, _axes(graph, 1))
    own = graph.add("Equal", graph.add("Unsqueeze", asking, _axes(graph, 2)), keys)
    own = graph.add("And", own, graph.add("GreaterOrEqual", keys, zero))
    return graph.add("Or", own, graph.add("Equal", keys, zero))


def _mask(graph: Graph, seen: str) -> str:
    """What is added to attention scores, for all heads of attention alike: (B, 1, H, L)."""
    mask = graph.add("Where", seen, graph.constant(0.0), graph.constant(UNSEEN))
    return graph.add("Unsqueeze", mask, _axes(graph, 1))


def _axes(graph: Graph, *axes: int) -> str:
    return graph.constant(axes, np.int64)


def export(what: str, weights: dict[str, Tensor], base: str, folder: Path, products: Products) -> str:
    """Fill a checkpoint's folder with "statements" or "entailment"; returns the revision."""
    folder.mkdir(parents=True, exist_ok=True)
    graph = export_statements if what == "statements" else export_entailment
    graph(weights, base, folder, products)
    shutil.copy(Path(base) / "tokenizer.json", folder / "tokenizer.json")
    return write_manifest(folder)


def main() -> None:
    """Export one model into a checkpoint's folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("statements", "entailment"))
    parser.add_argument("weights", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", default=None)
    parser.add_argument("--precision", choices=list(Products), type=Products, default=Products.STORED)
    options = parser.parse_args()
    base = options.base or base_folder()
    options.folder.mkdir(parents=True, exist_ok=True)
    learned = options.weights.parent / LEARNED
    (options.folder / LEARNED).unlink(missing_ok=True)
    if learned.exists():
        shutil.copy(learned, options.folder)
    revision = export(options.what, load_file(options.weights), base, options.folder, options.precision)
    print(revision, (options.folder / "model.onnx").stat().st_size)


if __name__ == "__main__":
    main()
