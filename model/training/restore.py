"""Read shipped weights back: `python -m model.training.restore statements|entailment FOLDER FILE`.

What ships is rounded to int8, and the rounded weights are the model (`model.training.rounding`): training may
go on from a checkpoint alone, without the run that made it. Knows int8 graphs, as `model.training.export`
writes them.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from safetensors.torch import save_file
from torch import Tensor

from model.pointing import ASKING, POINT_WIDTH, Pointer
from model.statements import POINTER

PREFIX = "encoder."
TABLES = {
    "statements": ("surface", "position_embeddings", "token_type_embeddings"),
    "entailment": ("position_embeddings", "token_type_embeddings"),
}
HEADS = {
    "statements": ("emission", "query", "key", "ear.inner", "ear.outer", "pointer"),
    "entailment": ("dense", "classifier"),
}
Weights = dict[str, Tensor]


class Exported:
    """The constants of an exported graph, in the order in which its nodes use them."""

    def __init__(self, path: Path) -> None:
        graph = onnx.load(str(path)).graph
        self.nodes = list(graph.node)
        self.constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}

    def tables(self) -> Iterator[NDArray[np.float32]]:
        """Embeddings: int8 rows, each with a scale, that are looked up one after the other."""
        looked_up = [self.constants.get(node.input[0]) for node in self.nodes if node.op_type == "Gather"]
        tables = [found for found in looked_up if found is not None and found.ndim > 1]
        for rows, scales in zip(tables[::2], tables[1::2], strict=True):
            yield rows.astype(np.float32) * scales

    def norms(self) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Gain and shift of each layer norm."""
        for node in self.nodes:
            if node.op_type == "LayerNormalization":
                yield self.constants[node.input[1]], self.constants[node.input[2]]

    def products(self) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """Weight (out, in) and bias of each linear layer."""
        for place, node in enumerate(self.nodes):
            if node.op_type == "MatMulIntegerToFloat":
                weight = self.constants[node.input[1]].astype(np.float32) * self.constants[node.input[3]]
            elif node.op_type == "MatMul":
                weight = self.constants[node.input[1]]
            else:
                continue
            bias = next(later for later in self.nodes[place:] if later.op_type == "Add")
            yield weight.T, self.constants[bias.input[1]]


def restored(what: str, folder: Path) -> Weights:
    """The weights of the checkpoint in `folder` by their names in training."""
    exported = Exported(folder / "model.onnx")
    found: dict[str, NDArray[Any]] = {}
    names = ["word_embeddings", *TABLES[what]]
    for name, table in zip(names, exported.tables(), strict=True):
        own = name if name == "surface" else f"{PREFIX}embeddings.{name}"
        found[f"{own}.weight"] = table
    norms = list(exported.norms())
    layers = (len(norms) - 1) // 2
    inside = [f"layer.{n}.{part}" for n in range(layers) for part in ("attention.output", "output")]
    for name, (gain, shift) in zip(["embeddings", *(f"encoder.{i}" for i in inside)], norms, strict=True):
        found[f"{PREFIX}{name}.LayerNorm.weight"] = gain
        found[f"{PREFIX}{name}.LayerNorm.bias"] = shift
    products = exported.products()
    for number in range(layers):
        for name, (weight, bias) in zip(_parts(number), _layer(products), strict=True):
            found[f"{name}.weight"], found[f"{name}.bias"] = weight, bias
    for name, (weight, bias) in zip(HEADS[what], products, strict=True):
        found[f"{name}.weight"], found[f"{name}.bias"] = weight, bias
    if what == "statements":
        found |= _decoder(folder) | _pointer(folder, found.pop("pointer.weight"), found.pop("pointer.bias"))
    return {name: torch.tensor(value).contiguous() for name, value in found.items()}


def _parts(number: int) -> list[str]:
    parts = [f"attention.self.{part}" for part in ("query", "key", "value")]
    parts += ["attention.output.dense", "intermediate.dense", "output.dense"]
    return [f"{PREFIX}encoder.layer.{number}.{part}" for part in parts]


def _layer(
    products: Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]],
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """The six linear layers of a layer; query, key and value, or the latter two, stand side by side."""
    weight, bias = next(products)
    width = weight.shape[1]
    while len(weight) < 3 * width:
        more, its_bias = next(products)
        weight, bias = np.concatenate([weight, more]), np.concatenate([bias, its_bias])
    for start in range(0, 3 * width, width):
        yield weight[start : start + width], bias[start : start + width]
    for _ in range(3):
        yield next(products)


def _decoder(folder: Path) -> dict[str, NDArray[np.float32]]:
    """The CRF and the links' biases, which stand beside the graph."""
    values = json.loads((folder / "decoder.json").read_text(encoding="utf-8"))
    decoder = {name: np.array(value, dtype=np.float32) for name, value in values.items()}
    decoder["distance.weight"] = decoder.pop("distance")[:, None]
    return decoder


def _pointer(
    folder: Path, weight: NDArray[np.float32], bias: NDArray[np.float32]
) -> dict[str, NDArray[np.float32]]:
    """The pointer's two layers, which stand side by side, and its weights beside the graph."""
    weights = Pointer.load(folder / POINTER)
    found = {f"pointer.{name}": getattr(weights, name) for name in ("near", "marks", "rules")}
    for kind, values in (("weight", weight), ("bias", bias)):
        asking, naming = np.split(values, [len(ASKING) * POINT_WIDTH])
        found |= {f"pointer.asking.{kind}": asking, f"pointer.naming.{kind}": naming}
    return found


def main() -> None:
    """Write the weights of a checkpoint's folder into FILE."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=tuple(TABLES))
    parser.add_argument("folder", type=Path)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    options.file.parent.mkdir(parents=True, exist_ok=True)
    save_file(restored(options.what, options.folder), options.file)


if __name__ == "__main__":
    main()
