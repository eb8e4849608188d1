"""An NLI model that remembers: pairs that were asked before are not read again."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from model.entailment import CLASSES, Entailment, Pair, Unwatched, Watch


class CachedEntailment:
    """An `Entailment` around another one, with the answers to the pairs that were asked last.

    At most `size` pairs are kept, the least recently asked leave first. It may be asked from several threads;
    what two of them ask at the same time is read twice at worst.
    """

    def __init__(self, entailment: Entailment, size: int, watch: Watch | None = None) -> None:
        self._entailment = entailment
        self._size = size
        self._watch = watch or Unwatched()
        self._answers: OrderedDict[Pair, NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    @property
    def name(self) -> str:
        """The checkpoint's name."""
        return self._entailment.name

    @property
    def revision(self) -> str:
        """12 hexadecimal digits of the weights' sha256."""
        return self._entailment.revision

    def truncates(self, premise: str) -> bool:
        """Whether the model would cut the premise."""
        return self._entailment.truncates(premise)

    def predict(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        """Probabilities of shape (len(pairs), 3); the model is asked for what is new."""
        asked = [Pair(*pair) for pair in pairs]
        known = self._known(asked)
        new = [pair for pair in dict.fromkeys(asked) if pair not in known]
        if new:
            found = dict(zip(new, self._entailment.predict(new), strict=True))
            self._keep(found)
            known |= found
        rows = [known[pair] for pair in asked]
        return np.array(rows, dtype=np.float32).reshape(len(rows), len(CLASSES))

    def _known(self, pairs: Sequence[Pair]) -> dict[Pair, NDArray[np.float32]]:
        with self._lock:
            known = {pair: self._answers[pair] for pair in pairs if pair in self._answers}
            for pair in known:
                self._answers.move_to_end(pair)
        hits = sum(pair in known for pair in pairs)
        self._watch.cache(hits, len(pairs) - hits)
        return known

    def _keep(self, found: dict[Pair, NDArray[np.float32]]) -> None:
        with self._lock:
            self._answers |= {pair: row.copy() for pair, row in found.items()}
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)
