"""ONNX graphs of a BERT encoder, written node by node so that ONNX Runtime finds its fused operators.

An exporter leaves attention, layer norms and activations in dozens of small operators; here each is one.
Matrix products are float32, with weights stored as int8 if you like, or int8 with activations rounded token
by token (`Products.INT8`; the arithmetic of Jacob et al. 2018 with the scales of Yao et al. 2022), so that an
answer depends on nothing but its own text. Operators beyond ONNX itself are those of ONNX Runtime's
`com.microsoft` domain, version 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

OPSET = 18
FORMAT = 9
"""Of the ONNX file: the oldest that holds this set of operators."""
RUNTIME = "com.microsoft"
LEVELS = 127
NARROW_LEVELS = 63
"""Of weights that are multiplied in int8: processors without VNNI add two products in 16 bits, and seven bits
keep that sum from overflowing, so that every processor gives the same answer."""


class Products(StrEnum):
    """How matrix products are computed."""

    FLOAT = "float32"
    STORED = "stored"
    INT8 = "int8"


def rounded(
    weight: NDArray[np.float32], axis: int, levels: int = LEVELS
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A matrix as int8, -levels to levels, and the scale of each of its rows (axis 0) or columns (axis 1)."""
    scale = (np.abs(weight).max(axis=1 - axis) / levels).clip(min=1e-8).astype(np.float32)
    return np.round(weight / np.expand_dims(scale, 1 - axis)).astype(np.int8), scale


@dataclass(frozen=True)
class Codes:
    """How a token's activations become eight bits: divided by the largest of them, in steps from `zero`.

    `least` is the least that they are divided by; `signed` tells whether the largest may be a negative one.
    """

    step: float
    zero: int
    least: float
    signed: bool
    last: int = 255


SIGNED = Codes(1 / 127, 128, 1e-6, signed=True)
AFTER_GELU = Codes(1 / 235, 20, 2.0, signed=False)
"""GELU's outputs are never below -0.17, which is 20 steps below zero: negative ones need no more codes."""


def codes_of(layer: str) -> Codes:
    """The codes of the inputs of a BERT layer's linear layer of this name."""
    return AFTER_GELU if layer.endswith("output.dense") and "attention" not in layer else SIGNED


@dataclass
class Graph:
    """A graph in the making: `add` gives the name of a node's output."""

    products: Products
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)

    def add(
        self,
        operator: str,
        *inputs: str,
        outputs: int = 1,
        domain: str = "",
        **attributes: Any,  # noqa: ANN401 - whatever the operator takes
    ) -> str:
        """A node; of several outputs the further ones are called `name.1`, `name.2` and so on."""
        name = f"{operator}_{len(self.nodes)}"
        names = [name, *(f"{name}.{index}" for index in range(1, outputs))]
        self.nodes.append(helper.make_node(operator, inputs, names, name=name, domain=domain, **attributes))
        return name

    def constant(self, values: object, kind: type[np.generic] = np.float32) -> str:
        """A constant array; equal ones are kept once."""
        array = np.asarray(values, dtype=kind)
        key = f"{array.dtype}{array.shape}{hash(array.tobytes())}"
        if key not in self.named:
            self.named[key] = f"constant_{len(self.constants)}"
            self.constants.append(numpy_helper.from_array(array, self.named[key]))
        return self.named[key]

    def table(self, weight: Tensor, rows: str) -> str:
        """Rows of an embedding."""
        values = weight.numpy()
        if self.products == Products.FLOAT:
            return self.add("Gather", self.constant(values), rows)
        small, scale = rounded(values, 0)
        # Rows are widened one by one as they are used, so that the table stays small in memory.
        picked = self.add(
            "Cast", self.add("Gather", self.constant(small, np.int8), rows), to=TensorProto.FLOAT
        )
        scales = self.add("Gather", self.constant(scale[:, None]), rows)
        return self.add("Mul", picked, scales)

    def linear(
        self, states: str, weights: Sequence[Tensor], biases: Sequence[Tensor], codes: Codes = SIGNED
    ) -> str:
        """A linear layer, or several with one input side by side."""
        weight = np.concatenate([w.numpy() for w in weights]).T
        bias = self.constant(np.concatenate([b.numpy() for b in biases]))
        if self.products == Products.FLOAT:
            return self.add("Add", self.add("MatMul", states, self.constant(weight)), bias)
        small, scale = rounded(weight, 1, NARROW_LEVELS if self.products == Products.INT8 else LEVELS)
        kept, scales = self.constant(small, np.int8), self.constant(scale)
        if self.products == Products.INT8:
            return self.add("Add", self._int8(states, kept, scales, codes), bias)
        wide = self.add("DequantizeLinear", kept, scales, axis=1)
        return self.add("Add", self.add("MatMul", states, wide), bias)

    def _int8(self, states: str, kept: str, scales: str, codes: Codes) -> str:
        """The product of states, rounded token by token, with weights."""
        sizes = self.add("Abs", states) if codes.signed else states
        largest = self.add("ReduceMax", sizes, self.constant([-1], np.int64), keepdims=1)
        largest = self.add("Max", largest, self.constant(codes.least))
        step, zero = self.constant(codes.step), self.constant(codes.zero, np.uint8)
        small = self.add("QuantizeLinear", self.add("Div", states, largest), step, zero)
        product = self.add("MatMulIntegerToFloat", small, kept, step, scales, zero, "", "", domain=RUNTIME)
        return self.add("Mul", product, largest)

    def save(
        self,
        path: Path,
        inputs: Mapping[str, Sequence[str | int]],
        outputs: Mapping[str, tuple[str, Sequence[str | int]]],
    ) -> None:
        """Write the model; inputs are int64, outputs (a node's name and a shape) float32."""
        nodes = [
            *self.nodes,
            *(helper.make_node("Identity", [source], [name]) for name, (source, _) in outputs.items()),
        ]
        graph = helper.make_graph(
            nodes,
            "gainsay",
            [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name, shape in inputs.items()],
            [
                helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
                for name, (_, shape) in outputs.items()
            ],
            self.constants,
        )
        operators = [helper.make_opsetid("", OPSET), helper.make_opsetid(RUNTIME, 1)]
        onnx.save(helper.make_model(graph, opset_imports=operators, ir_version=FORMAT), str(path))


@dataclass(frozen=True)
class Encoder:
    """A BERT encoder's weights by their names in `transformers`, without a prefix."""

    weights: dict[str, Tensor]
    layers: int
    heads: int
    epsilon: float

    def embed(self, graph: Graph, words: str, positions: str, kinds: str) -> str:
        """Embeddings of tokens (given already looked up), places and kinds of segment, normalised."""
        places = graph.table(self.weights["embeddings.position_embeddings.weight"], positions)
        segments = graph.table(self.weights["embeddings.token_type_embeddings.weight"], kinds)
        return self.normalised(graph, "embeddings", graph.add("Add", words, segments), places)

    def normalised(self, graph: Graph, name: str, states: str, added: str) -> str:
        """Layer norm of a sum.

        ONNX Runtime 1.32 has one operator for both, SkipLayerNormalization; on CPUs it is the slower way.
        """
        gain, shift = (
            graph.constant(self.weights[f"{name}.LayerNorm.{part}"].numpy()) for part in ("weight", "bias")
        )
        total = graph.add("Add", states, added)
        return graph.add("LayerNormalization", total, gain, shift, axis=-1, epsilon=self.epsilon)

    def layer(self, graph: Graph, number: int, states: str, mask: str, asking: str | None = None) -> str:
        """A layer's states; `asking` names those states that are wanted, all by default.

        The last layer's other states would be thrown away, and they are most of its work.
        """
        name = f"encoder.layer.{number}"
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        if asking is None:
            asking = states
            together = self._linear(graph, states, *parts)
            width = self.weights[f"{parts[0]}.weight"].shape[0]
            query = graph.add("Split", together, graph.constant([width] * 3, np.int64), outputs=3, axis=2)
            key, value = f"{query}.1", f"{query}.2"
        else:
            query = self._linear(graph, asking, parts[0])
            together = self._linear(graph, states, *parts[1:])
            width = self.weights[f"{parts[0]}.weight"].shape[0]
            key = graph.add("Split", together, graph.constant([width] * 2, np.int64), outputs=2, axis=2)
            value = f"{key}.1"
        seen = graph.add(
            "MultiHeadAttention", query, key, value, "", "", mask, domain=RUNTIME, num_heads=self.heads
        )
        out = self._linear(graph, seen, f"{name}.attention.output.dense")
        states = self.normalised(graph, f"{name}.attention.output", out, asking)
        inner = graph.add("Gelu", self._linear(graph, states, f"{name}.intermediate.dense"), domain=RUNTIME)
        outer = self._linear(graph, inner, f"{name}.output.dense")
        return self.normalised(graph, f"{name}.output", outer, states)

    def _linear(self, graph: Graph, states: str, *names: str) -> str:
        weights, biases = ([self.weights[f"{name}.{part}"] for name in names] for part in ("weight", "bias"))
        return graph.linear(states, weights, biases, codes_of(names[0]))
