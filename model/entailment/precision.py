"""In which precision a checkpoint on torch computes: the faster one here, by a measurement that is kept.

bfloat16 takes half the time where the processor or the GPU multiplies in it, and several times as long where
it must be emulated. Its eight bits change an answer a little, so it must also say the same.
"""

import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.entailment import Entailment, Pair

log = logging.getLogger("gainsay.model")


class Precision(StrEnum):
    """What a checkpoint's matrices are multiplied in; `AUTO` measures which is faster."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


GAIN = 0.9
"""Share of float32's time that bfloat16 may take, at most, to be worth another answer."""
APART = 0.05
"""How far the two may be apart in a probability, at most."""
TRIALS = 3
PREMISES = (
    "Ines Okoro denied the report.",
    "The harbour master said on Tuesday that the ferry would not sail before the wind had turned.",
    "“We were never told,” said a clerk; the owners, she added, had known of the crack since March.",
)
HYPOTHESES = ("{} says something.", "{} denies a claim.", "{} condemns someone or something.")
SAMPLE = tuple(
    Pair(premise, hypothesis.format(name))
    for premise in PREMISES
    for name in ("Ines Okoro", "The harbour master", "A clerk")
    for hypothesis in HYPOTHESES
)
"""What is read to measure: as many pairs as an article of nine sentences has, of all lengths."""


class Trial(NamedTuple):
    """The seconds that the sample took, and its probabilities of shape (len(SAMPLE), 3)."""

    seconds: float
    probabilities: NDArray[np.float32]


def tried(entailment: Entailment) -> Trial:
    """What a model answers to the sample, and the least time that it took."""
    found, seconds = entailment.predict(SAMPLE), []
    for _ in range(TRIALS):
        began = time.perf_counter()
        found = entailment.predict(SAMPLE)
        seconds.append(time.perf_counter() - began)
    return Trial(min(seconds), found)


def faster(trial: Callable[[Precision], Trial]) -> Precision:
    """bfloat16 if it is faster by enough and says the same, else float32."""
    plain, half = trial(Precision.FLOAT32), trial(Precision.BFLOAT16)
    apart = float(np.abs(plain.probabilities - half.probabilities).max())
    # What is no number is apart, too.
    better = half.seconds < GAIN * plain.seconds and apart <= APART
    found = Precision.BFLOAT16 if better else Precision.FLOAT32
    seconds = {"float32_seconds": round(plain.seconds, 4), "bfloat16_seconds": round(half.seconds, 4)}
    log.info("precision measured", extra={**seconds, "apart": round(apart, 4)})
    return found


def kept(file: Path | None, key: str, choose: Callable[[], Precision]) -> Precision:
    """What the file has under the key, else what is chosen now, which it then has.

    No file, or one that cannot be read or written, is no reason not to start: the choice is made each time.
    """
    if file is None:
        return choose()
    known = _known(file)
    if known.get(key) in (Precision.FLOAT32, Precision.BFLOAT16):
        return Precision(known[key])
    found = choose()
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=file.parent, suffix=".json", encoding="utf-8", delete=False) as made:
            json.dump({**known, key: found.value}, made, indent=1)
        # Other processes may be reading it.
        Path(made.name).replace(file)
    return found


def _known(file: Path) -> dict[str, str]:
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
