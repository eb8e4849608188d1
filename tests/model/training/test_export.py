"""The graphs answer as the models that they are made from."""

from pathlib import Path

import numpy as np
import pytest
import torch
from onnxruntime import InferenceSession
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel

from model.decoding import LINK_WIDTH, TAGS
from model.hearing import HEARD_WIDTH
from model.pointing import SIGNS
from model.session import open_session
from model.statements import OUTPUTS
from model.training.corpora import LEARNED, read_ids
from model.training.export import export_entailment, export_statements, main
from model.training.graph import AFTER_GELU, LEVELS, NARROW_LEVELS, SIGNED, Codes, Graph, Products, rounded
from model.training.loop import weights_of
from model.training.onepass import OnePassModel
from model.training.rounding import RoundedLinear, keep_rounded, round_layers, rounded_activations
from model.training.tagger import StatementTagger
from model.windows import FEATURES

SEGMENTS = torch.tensor([[0, 0, 0, 0, 1, 1, 2, 2, 2], [0, 0, 0, 1, 1, 1, -1, -1, -1]])
POSITIONS = torch.tensor([[0, 1, 2, 3, 4, 5, 4, 5, 6], [0, 1, 2, 3, 4, 5, 0, 0, 0]])
HEADS = torch.tensor([[4, 6], [3, 0]])
TOKENS = torch.tensor([[1, 7, 9, 2, 1, 11, 1, 12, 2], [1, 30, 2, 1, 31, 2, 0, 0, 0]])


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny encoder with weights large enough that rounding them shows."""
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=40,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=16,
        initializer_range=0.3,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    folder = tmp_path_factory.mktemp("encoder")
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


def encoder(base: Path) -> BertModel:
    return BertModel.from_pretrained(base, add_pooling_layer=False, attn_implementation="sdpa")


def weights(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.detach() for name, value in model.state_dict().items()}


def session(folder: Path) -> InferenceSession:
    return open_session(folder / "model.onnx")


def onepass(
    base: Path, folder: Path, products: Products, *, learned: bool = False
) -> tuple[OnePassModel, np.ndarray]:
    """A model and its graph's answer; `learned` leaves it with the weights that training with rounding does."""
    torch.manual_seed(5)
    model = OnePassModel(encoder(base)).eval()
    if learned:
        round_layers(model.encoder)
        keep_rounded(model)
    export_entailment(weights(model), str(base), folder, products)
    feed = {
        "tokens": TOKENS.numpy(),
        "positions": POSITIONS.numpy(),
        "segments": SEGMENTS.numpy(),
        "heads": HEADS.numpy(),
    }
    return model, session(folder).run(["logits"], feed)[0]


def answer(model: OnePassModel) -> np.ndarray:
    with torch.inference_mode():
        logits: np.ndarray = model(TOKENS, POSITIONS, SEGMENTS, HEADS).numpy()
    return logits


FILLED = np.array([[True, True], [True, False]])


def test_the_float_graph_answers_as_the_model(base: Path, tmp_path: Path) -> None:
    model, logits = onepass(base, tmp_path, Products.FLOAT)
    np.testing.assert_allclose(logits[FILLED], answer(model)[FILLED], atol=1e-4)


def gap(base: Path, folder: Path, products: Products, *, learned: bool = False) -> float:
    model, logits = onepass(base, folder, products, learned=learned)
    return float(np.abs(logits[FILLED] - answer(model)[FILLED]).max())


def test_the_int8_graph_answers_almost_as_the_float_model(base: Path, tmp_path: Path) -> None:
    assert 1e-3 < gap(base, tmp_path, Products.INT8) < 0.1


def test_the_int8_graph_answers_as_the_model_that_rounds(base: Path, tmp_path: Path) -> None:
    assert gap(base, tmp_path, Products.INT8, learned=True) < 0.02


def test_stored_weights_lose_little(base: Path, tmp_path: Path) -> None:
    assert 0 < gap(base, tmp_path, Products.STORED) < 0.1


@pytest.mark.parametrize("products", Products)
def test_a_premise_in_a_batch_answers_as_alone(base: Path, tmp_path: Path, products: Products) -> None:
    _, together = onepass(base, tmp_path, products)
    alone = session(tmp_path).run(
        ["logits"],
        {
            "tokens": TOKENS[1:, :6].numpy(),
            "positions": POSITIONS[1:, :6].numpy(),
            "segments": SEGMENTS[1:, :6].numpy(),
            "heads": HEADS[1:, :1].numpy(),
        },
    )[0]
    np.testing.assert_allclose(alone[0, 0], together[1, 0], atol=1e-5)


@pytest.mark.parametrize("products", Products)
def test_the_taggers_graph_answers_as_the_model(base: Path, tmp_path: Path, products: Products) -> None:
    model = StatementTagger(encoder(base)).eval()
    nn.init.normal_(model.surface.weight)
    if products == Products.INT8:
        # The model that rounds: one that does not may be off by any few steps.
        round_layers(model.encoder)
        keep_rounded(model)
    export_statements(weights(model), str(base), tmp_path, products)
    features = torch.randint(0, FEATURES, TOKENS.shape)
    found = session(tmp_path).run(OUTPUTS, {"tokens": TOKENS.numpy(), "features": features.numpy()})
    with torch.inference_mode():
        expected = model(TOKENS, features, torch.ones_like(TOKENS))
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), atol=1e-4 if products == "float32" else 0.2)
    assert [part.shape[2] for part in found] == [len(TAGS), LINK_WIDTH, LINK_WIDTH, HEARD_WIDTH, SIGNS]


def test_what_a_run_has_learned_goes_along(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tokenizer: Tokenizer
) -> None:
    run, folder = tmp_path / "run", tmp_path / "shipped"
    run.mkdir()
    tokenizer.save(str(base / "tokenizer.json"))
    save_file(weights_of(StatementTagger(encoder(base))), run / "tagger.safetensors")
    (run / LEARNED).write_text("a\nb\n")
    argv = ["export", "statements", str(run / "tagger.safetensors"), str(folder), "--base", str(base)]
    monkeypatch.setattr("sys.argv", argv)
    main()
    assert read_ids(folder / LEARNED) == {"a", "b"}
    assert LEARNED in (folder / "manifest.json").read_text()


@pytest.mark.parametrize("levels", [LEVELS, NARROW_LEVELS])
def test_rounding_keeps_the_largest_value_and_errs_by_half_a_step(levels: int) -> None:
    weight = np.random.default_rng(1).normal(size=(6, 5)).astype(np.float32)
    small, scale = rounded(weight, 1, levels)
    assert np.abs(small).max(axis=0).tolist() == [levels] * 5
    assert np.abs(small * scale - weight).max() <= scale.max() / 2 + 1e-7


@pytest.mark.parametrize(("codes", "least"), [(SIGNED, -4.1), (AFTER_GELU, -0.17)])
def test_activations_are_rounded_by_each_tokens_largest_value(codes: Codes, least: float) -> None:
    small = torch.cat([torch.zeros(1), torch.linspace(least, 4.1, 5000)])
    states = torch.stack([small, small / 2])
    found = rounded_activations(states, codes)
    for row, given in zip(found, states, strict=True):
        assert len(set(row.tolist())) <= 256
        assert row[0] == 0
        assert (row - given).abs().max() <= given.abs().max() * codes.step / 2 + 1e-6


def test_kept_weights_are_rounded_once_and_for_all() -> None:
    linear, embedding = nn.Linear(4, 3), nn.Embedding(5, 4)
    both = nn.Sequential(linear, embedding)
    before = [layer.weight.clone() for layer in (linear, embedding)]
    round_layers(both)
    keep_rounded(both)
    kept = [layer.weight.clone() for layer in (linear, embedding)]
    assert not any(map(torch.equal, before, kept))
    keep_rounded(both)
    torch.testing.assert_close([linear.weight, embedding.weight], kept)


def test_gradients_pass_through_rounding() -> None:
    layer = nn.Sequential(nn.Linear(4, 3))
    round_layers(layer)
    assert isinstance(layer[0], RoundedLinear)
    layer(torch.randn(2, 4)).sum().backward()
    assert layer[0].weight.grad is not None
    assert layer[0].weight.grad.abs().sum() > 0


def test_equal_constants_are_kept_once() -> None:
    graph = Graph(Products.FLOAT)
    assert graph.constant([1.0, 2.0]) == graph.constant([1.0, 2.0])
    assert graph.constant([1, 2], np.int64) != graph.constant([1.0, 2.0])
    assert len(graph.constants) == 2
