"""In which precision a checkpoint on torch computes: the faster one here, by a measurement that is kept.

bfloat16 takes half the time where the processor or the GPU multiplies in it, and several times as long where
it must be emulated. Its eight bits change an answer a little, so it must also say the same.
"""

import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from model.entailment import Entailment, Pair, Precision, entailed_odds

log = logging.getLogger("gainsay.model")

GAIN = 0.9
"""Share of float32's time that bfloat16 may take, at most, to be worth another answer."""
APART = 0.5
"""How far the two may be apart in the log-odds of an entailment, at most: these are what labels are read
off."""
TRIALS = 2
HOPELESS = 2.0
"""Times float32's time, from which a first reading in bfloat16 is enough."""
PREMISES = (
    "Ines Okoro denied the report.",
    "The harbour master said on Tuesday that the ferry would not sail before the wind had turned.",
    "“We were never told,” said a clerk; the owners, she added, had known of the crack since March.",
)
HYPOTHESES = ("Ines Okoro denies a claim.", "The master says something.", "A clerk condemns the owners.")
LONG = " ".join(PREMISES * 8)
SAMPLE = tuple(Pair(premise, hypothesis) for premise in (*PREMISES, LONG) for hypothesis in HYPOTHESES)
"""What is read to measure: sentences of usual lengths, and one of three hundred words."""


class Trial(NamedTuple):
    """The seconds that the sample took, and its probabilities of shape (len(SAMPLE), 3)."""

    seconds: float
    probabilities: NDArray[np.float32]


def tried(entailment: Entailment, hopeless: float = np.inf) -> Trial:
    """What a model answers to the sample, and the least time that it took.

    The first reading counts only if it took `hopeless` seconds or more: then it is the last.
    """
    seconds = []
    for _ in range(1 + TRIALS):
        began = time.perf_counter()
        found = entailment.predict(SAMPLE)
        seconds.append(time.perf_counter() - began)
        if seconds[0] >= hopeless:
            return Trial(seconds[0], found)
    return Trial(min(seconds[1:]), found)


def faster(opened: Callable[[Precision], Entailment]) -> Precision:
    """bfloat16 if it is faster by enough and says the same, else float32."""
    plain = tried(opened(Precision.FLOAT32))
    try:
        half = tried(opened(Precision.BFLOAT16), HOPELESS * plain.seconds)
    except (RuntimeError, MemoryError) as error:  # what cannot be computed in it, or has no room
        log.info("no bfloat16", extra={"why": type(error).__name__})
        return Precision.FLOAT32
    apart = float(np.abs(entailed_odds(plain.probabilities) - entailed_odds(half.probabilities)).max())
    seconds = {"float32_seconds": round(plain.seconds, 4), "bfloat16_seconds": round(half.seconds, 4)}
    log.info("precision measured", extra={**seconds, "apart": str(round(apart, 4))})
    # What is no number is apart, too.
    better = half.seconds < GAIN * plain.seconds and apart <= APART
    return Precision.BFLOAT16 if better else Precision.FLOAT32


def kept(file: Path | None, key: str, choose: Callable[[], Precision]) -> Precision:
    """What the file has under the key, else what is chosen now, which it then has.

    Processes that start together wait for one of them to choose. No file, or one that cannot be read or
    written, is no reason not to start: then the choice is made each time.
    """
    if file is None:
        return choose()
    lock = FileLock(file.with_suffix(".lock"))
    try:
        lock.acquire()
    except (OSError, NotImplementedError):
        return choose()
    try:
        known = _known(file)
        if known.get(key) in (Precision.FLOAT32, Precision.BFLOAT16):
            return Precision(known[key])
        found = choose()
        with suppress(OSError):
            file.write_text(json.dumps({**known, key: found.value}, indent=1) + "\n", encoding="utf-8")
        return found
    finally:
        lock.release()


def _known(file: Path) -> dict[str, str]:
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
