"""What an exported graph holds comes back as the weights that it was made from."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from model.training.export import export_entailment, export_statements
from model.training.graph import Products
from model.training.onepass import OnePassModel
from model.training.restore import main, restored
from model.training.rounding import keep_rounded, round_layers
from model.training.tagger import StatementTagger
from tests.model.training.tiny import tiny_encoder


def exported(what: str, folder: Path) -> dict[str, torch.Tensor]:
    encoder = tiny_encoder()
    model: nn.Module = OnePassModel(encoder) if what == "entailment" else StatementTagger(encoder)
    round_layers(encoder)
    keep_rounded(model)
    encoder.save_pretrained(folder)
    weights = {name: value.detach() for name, value in model.state_dict().items()}
    export = export_entailment if what == "entailment" else export_statements
    export(weights, str(folder), folder, Products.INT8)
    return weights


@pytest.mark.parametrize("what", ["entailment", "statements"])
def test_rounded_weights_come_back_to_the_last_bit_of_their_scale(what: str, tmp_path: Path) -> None:
    weights = exported(what, tmp_path)
    found = restored(what, tmp_path)
    assert found.keys() == weights.keys()
    for name, weight in weights.items():
        torch.testing.assert_close(found[name], weight, rtol=1e-5, atol=1e-6, msg=name)


def test_the_command_writes_weights_that_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = exported("statements", tmp_path)
    target = tmp_path / "new" / "weights.safetensors"
    monkeypatch.setattr("sys.argv", ["restore", "statements", str(tmp_path), str(target)])
    main()
    assert {name: value.shape for name, value in load_file(target).items()} == {
        name: value.shape for name, value in weights.items()
    }


@pytest.mark.parametrize("what", ["entailment", "statements"])
def test_what_came_back_gives_the_same_graph(what: str, tmp_path: Path) -> None:
    exported(what, tmp_path)
    before = (tmp_path / "model.onnx").read_bytes()
    export = export_entailment if what == "entailment" else export_statements
    export(restored(what, tmp_path), str(tmp_path), tmp_path, Products.INT8)
    assert (tmp_path / "model.onnx").read_bytes() == before
