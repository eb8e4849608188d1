"""A statement reader whose network is a table, around everything else that is real."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model import statements
from model.decoding import DISTANCES, LINK_WIDTH, TAGS
from model.hearing import HEARD_WIDTH
from model.manifest import write_manifest
from model.pointing import FEATURES, FORMS, MARKS, NEAR, SIGNS, Pointer
from model.statements import StatementReader
from tests.model.tiny import tiny_tokenizer

Floats = np.ndarray[Any, np.dtype[np.float32]]
SIZE = tiny_tokenizer().get_vocab_size()


class TableSession:
    """Emissions, queries, keys, what is heard and what points by token, whatever stands around it."""

    def __init__(self, emission: Floats, link: Floats) -> None:
        self.emission, self.link = emission, link
        self.heard = np.zeros((len(emission), HEARD_WIDTH), dtype=np.float32)
        self.pointing = np.zeros((len(emission), SIGNS), dtype=np.float32)
        self.inputs: list[dict[str, np.ndarray[Any, Any]]] = []

    def run(self, outputs: Sequence[str], inputs: dict[str, np.ndarray[Any, Any]]) -> list[Floats]:
        assert outputs == statements.OUTPUTS
        self.inputs.append(inputs)
        tokens = inputs["tokens"]
        tables = (self.emission, self.link, self.link, self.heard, self.pointing)
        return [table[tokens] for table in tables]


def tagging(**tags: str) -> TableSession:
    """Tags words as told ("B_source" and so on) and all others as outside."""
    ids = tiny_tokenizer().get_vocab()
    emission = np.zeros((SIZE, len(TAGS)), dtype=np.float32)
    emission[:, 0] = 5
    for word, tag in tags.items():
        emission[ids[word]] = 0
        emission[ids[word], TAGS.index(tag.replace("_", "-"))] = 9
    return TableSession(emission, np.zeros((SIZE, LINK_WIDTH), dtype=np.float32))


def guessing(seed: int = 1) -> TableSession:
    """Tags and links at random, the same for the same token."""
    chance = np.random.default_rng(seed)
    emission = chance.standard_normal((SIZE, len(TAGS))) * 3
    return TableSession(
        emission.astype(np.float32), chance.standard_normal((SIZE, LINK_WIDTH)).astype(np.float32)
    )


def pointer(**rules: float) -> Pointer:
    """Points by these weights of rules alone (`_` for a space), the same for all forms."""
    row = [rules.get(name.replace(" ", "_"), 0.0) for name in FEATURES]
    return Pointer(
        np.zeros((len(FORMS), NEAR), dtype=np.float32),
        np.zeros((len(FORMS), MARKS), dtype=np.float32),
        np.array([row] * len(FORMS), dtype=np.float32),
    )


def open_reader(folder: Path, session: TableSession, monkeypatch: pytest.MonkeyPatch) -> StatementReader:
    """A reader whose spans go to the nearest cue, as far as `session` leaves that open."""
    decoder = {
        "transitions": np.zeros((len(TAGS), len(TAGS))).tolist(),
        "begin": [0.0] * len(TAGS),
        "finish": [0.0] * len(TAGS),
        "distance": (-np.abs(np.arange(DISTANCES) - DISTANCES // 2)).tolist(),
        "unlinked": -100.0,
    }
    (folder / "decoder.json").write_text(json.dumps(decoder))
    pointer().save(folder / statements.POINTER)
    tiny_tokenizer().save(str(folder / "tokenizer.json"))
    write_manifest(folder)
    monkeypatch.setattr(statements, "open_session", lambda *_: session)
    return StatementReader(folder)
