"""Checkpoints by name: what may be named, and clear words for what may not or cannot be loaded."""

import re
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from model import checkpoints
from model.checkpoints import BUILTIN, known_checkpoints, load_entailment, resolve
from model.entailment import CheckpointError
from model.manifest import ManifestError, write_manifest
from tests.model.tiny import tiny_tokenizer

HUB_ID = "cross-encoder/nli-MiniLM2-L6-H768"


def test_the_allow_list_begins_with_the_shipped_weights_and_names_hub_ids() -> None:
    shipped, *public = known_checkpoints()
    assert (shipped.name, shipped.kind) == (BUILTIN, "builtin")
    assert len(public) >= 12
    for checkpoint in public:
        assert checkpoint.kind == "hub"
        assert checkpoint.name.count("/") == 1
        assert checkpoint.note


def test_a_hub_id_may_be_pinned() -> None:
    assert resolve(HUB_ID).revision is None
    pinned = resolve(f"{HUB_ID}@0a1b2c")
    assert (pinned.name, pinned.revision, pinned.folder) == (HUB_ID, "0a1b2c", None)


def test_a_folder_goes_by_its_last_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path / "mine")
    for spelled in (str(tmp_path / "mine"), ".", "../mine/"):
        found = resolve(spelled)
        assert (found.name, found.kind) == ("mine", "folder")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "gpt",
        "someone/else",
        f"{HUB_ID}@",
        "builtin@1",
        HUB_ID.upper(),
        "none/such/folder",
        "pyproject.toml",
    ],
)
def test_whatever_else_is_refused(name: str) -> None:
    with pytest.raises(CheckpointError, match="unknown model"):
        load_entailment(name)


@pytest.mark.parametrize("name", [HUB_ID, "folder"])
def test_without_torch_the_extra_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "model.entailment.hub", raising=False)
    with pytest.raises(CheckpointError, match=r"pip install 'gainsay\[hub\]'"):
        load_entailment(name)


def test_a_folder_with_broken_onnx_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"not onnx")
    with pytest.raises(CheckpointError, match=tmp_path.name):
        load_entailment(str(tmp_path))


def test_a_checkpoint_s_own_complaint_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise CheckpointError("checkpoint 'mine': no model.safetensors")

    monkeypatch.setattr(checkpoints, "_load_cross_encoder", refuse)
    with pytest.raises(CheckpointError) as refused:
        load_entailment(str(tmp_path))
    assert str(refused.value) == "checkpoint 'mine': no model.safetensors"
    assert checkpoints.CheckpointError is CheckpointError


def test_a_changed_file_is_a_checkpoint_that_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"as shipped")
    write_manifest(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"as changed")
    with pytest.raises(CheckpointError, match=r"cannot be loaded: .*model\.onnx is not the file") as refused:
        load_entailment(str(tmp_path))
    assert isinstance(refused.value.__cause__, ManifestError)


@pytest.mark.parametrize("broken", ["tokenizer.json", "model.onnx"])
def test_a_file_of_another_kind_is_named(broken: str, tmp_path: Path) -> None:
    tiny_tokenizer().save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "model.onnx").write_bytes(b"")
    (tmp_path / broken).write_text("[]")
    write_manifest(tmp_path)
    with pytest.raises(CheckpointError, match=rf"cannot be loaded: .*{re.escape(broken)} cannot be read"):
        load_entailment(str(tmp_path))
