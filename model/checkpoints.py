"""Checkpoints by name: the one that ships, public ones from the hub, and an operator's own folders.

A name given here is an operator's word: clients of the service choose among loaded models only.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from model.entailment import CheckpointError, Entailment, Precision, Watch

__all__ = [
    "BUILTIN",
    "WEIGHTS",
    "Checkpoint",
    "CheckpointError",
    "known_checkpoints",
    "load_entailment",
    "resolve",
]

BUILTIN = "builtin"
WEIGHTS = Path(__file__).with_name("weights") / "entailment"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where weights come from: `folder` for files on this machine, otherwise the hub id `name`."""

    name: str
    kind: Literal["builtin", "hub", "folder"]
    note: str = ""
    revision: str | None = None
    folder: Path | None = None


@cache
def known_checkpoints() -> tuple[Checkpoint, ...]:
    """The shipped checkpoint and the hub's allow-list, `checkpoints.toml`."""
    listed = tomllib.loads(resources.files("model").joinpath("checkpoints.toml").read_text(encoding="utf-8"))
    shipped = Checkpoint(
        BUILTIN, "builtin", "shipped with gainsay; needs no network and no torch", folder=WEIGHTS
    )
    return (
        shipped,
        *(Checkpoint(name, "hub", entry["note"], entry.get("revision")) for name, entry in listed.items()),
    )


def resolve(name: str) -> Checkpoint:
    """The checkpoint of this name: `builtin`, an allowed hub id (`id@revision` pins it) or a folder.

    Raises:
        CheckpointError: it is none of these.
    """
    hub_id, _, revision = name.partition("@")
    for checkpoint in known_checkpoints():
        if name == checkpoint.name:
            return checkpoint
        if hub_id == checkpoint.name and checkpoint.kind == "hub" and revision:
            return Checkpoint(hub_id, "hub", checkpoint.note, revision)
    folder = Path(name)
    if name and folder.is_dir():
        return Checkpoint(folder.resolve().name, "folder", folder=folder)
    raise CheckpointError(
        f"unknown model {name!r}: neither `builtin`, nor a hub id that `gainsay models` lists, nor a folder"
    )


def load_entailment(
    name: str = BUILTIN, watch: Watch | None = None, precision: Precision = Precision.FLOAT32
) -> Entailment:
    """The NLI model of this name, as `resolve` understands it, ready to predict; `watch` hears of its work.

    `precision` is that of a checkpoint on torch; the one that ships has its own, int8.

    Raises:
        CheckpointError: the name is unknown, its files are missing or broken, or torch is not installed.
    """
    checkpoint = resolve(name)
    try:
        if checkpoint.kind == "builtin" or _holds_onnx(checkpoint.folder):
            return _load_one_pass(checkpoint, watch)
        return _load_cross_encoder(checkpoint, watch, precision)
    except CheckpointError:
        raise
    except (OSError, ValueError) as error:
        raise CheckpointError(f"model {name!r} cannot be loaded: {error}") from error


def _holds_onnx(folder: Path | None) -> bool:
    return folder is not None and any(folder.glob("*.onnx"))


def _load_one_pass(checkpoint: Checkpoint, watch: Watch | None) -> Entailment:
    from model.entailment.onepass import OnePassEntailment

    return OnePassEntailment.load(checkpoint.folder or WEIGHTS, checkpoint.name, watch)


def _load_cross_encoder(checkpoint: Checkpoint, watch: Watch | None, precision: Precision) -> Entailment:
    try:
        from model.entailment.hub import HubEntailment
    except ImportError as error:
        raise CheckpointError(
            f"model {checkpoint.name!r} needs torch and transformers: pip install 'gainsay[hub]'"
        ) from error
    return HubEntailment.load(
        checkpoint.folder or checkpoint.name, checkpoint.revision, precision=precision, watch=watch
    )
