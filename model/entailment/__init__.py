"""Natural language inference: the only package that knows what an NLI model is.

Premise and hypothesis pairs go in, probabilities of entailment, neutral and contradiction come out.
`onepass` runs the shipped weights, `hub` any Hugging Face checkpoint, `dummy` tests the edges.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

CLASSES = ("entailment", "neutral", "contradiction")
SURE = 1e-6
"""Probabilities of entailment nearer to 0 or 1 say nothing more."""


class CheckpointError(ValueError):
    """A checkpoint that is unknown or cannot be used: the message names it and says why."""


class Precision(StrEnum):
    """What a checkpoint on torch multiplies in; `AUTO` is the faster of the others (`precision`)."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


class Pair(NamedTuple):
    """A premise and a hypothesis that may follow from it."""

    premise: str
    hypothesis: str


class Watch(Protocol):
    """Is told of a model's work, to count it."""

    def batch(self, tokens: int) -> None:
        """The model reads a batch of so many tokens, padding included."""

    def cache(self, hits: int, misses: int) -> None:
        """Of the pairs that were asked, so many were known already and so many were not."""


class Unwatched:
    """A `Watch` that nobody looks at."""

    def batch(self, tokens: int) -> None:
        """See `Watch`."""

    def cache(self, hits: int, misses: int) -> None:
        """See `Watch`."""


class Entailment(Protocol):
    """An NLI model."""

    @property
    def name(self) -> str:
        """The checkpoint's name: `builtin`, a hub id or a folder's name."""

    @property
    def revision(self) -> str:
        """12 hexadecimal digits that identify the weights."""

    def predict(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        """Probabilities of shape (len(pairs), 3), columns in the order of `CLASSES`, rows sum to 1.

        Pairs that share a premise are read once where the model's form allows it.
        """

    def truncates(self, premise: str) -> bool:
        """Whether the premise is too long to be read whole."""


def entailed_odds(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """The log-odds of entailment, shape (pairs,), from probabilities of `CLASSES`, shape (pairs, 3)."""
    entailed = np.clip(probabilities[:, CLASSES.index("entailment")].astype(np.float64), SURE, 1 - SURE)
    odds: NDArray[np.float64] = np.log(entailed) - np.log1p(-entailed)
    return odds
