"""Reading the corpora that training learns from: gzipped JSON lines in one folder.

The folder is laid out as `data/README.md` says; no line of it is part of the repository.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LEARNED = "learned.txt"
"""The file of a run or a checkpoint with the ids of the labelled articles that it has learned."""


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a gzipped JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_ids(path: Path) -> set[str]:
    """Ids of articles, one a line."""
    return set(path.read_text(encoding="utf-8").splitlines())


def held_out_ids(gold: Path) -> set[str]:
    """Ids of the articles that must never be trained on."""
    with gold.open(encoding="utf-8") as lines:
        return {json.loads(line)["id"] for line in lines if line.strip()}
