"""The shipped NLI weights on ONNX Runtime, in one-pass form: a premise is read once for all hypotheses."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.entailment import CLASSES, Pair, Unwatched, Watch
from model.entailment.packing import MAX_PREMISE, Group, pack, split_groups
from model.manifest import check_manifest
from model.session import open_pool, open_session
from model.tokens import encodable, open_tokenizer, special_tokens

TOKENS_A_BATCH = 192
"""Padded tokens of a batch: small ones keep all cores busy to the end, and an article comes out a
sixth sooner than with 512."""


class OnePassEntailment:
    """An `Entailment` whose checkpoint is a folder of `model.onnx`, `tokenizer.json` and a manifest."""

    def __init__(
        self, folder: Path, name: str = "builtin", threads: int | None = None, watch: Watch | None = None
    ) -> None:
        """Load and check the folder.

        Raises:
            ManifestError: a file is missing or differs from what was shipped.
            ValueError: the tokenizer is none that we can use.
        """
        self._name = name
        self._watch = watch or Unwatched()
        self._revision = check_manifest(folder)
        self._tokenizer = open_tokenizer(folder / "tokenizer.json")
        self._special = special_tokens(self._tokenizer)
        self._session = open_session(folder / "model.onnx")
        self._pool = open_pool(threads)

    @classmethod
    def load(cls, folder: Path, name: str = "builtin", watch: Watch | None = None) -> "OnePassEntailment":
        """The checkpoint in `folder`."""
        return cls(folder, name, watch=watch)

    @property
    def name(self) -> str:
        """The checkpoint's name."""
        return self._name

    @property
    def revision(self) -> str:
        """12 hexadecimal digits of the weights' sha256."""
        return self._revision

    def truncates(self, premise: str) -> bool:
        """Whether the premise has more than `MAX_PREMISE` tokens."""
        return len(premise) > MAX_PREMISE and len(self._encode([premise])[0]) > MAX_PREMISE

    def predict(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        """Probabilities of shape (len(pairs), 3); equal pairs are read once."""
        places: dict[Pair, list[int]] = {}
        for index, pair in enumerate(pairs):
            places.setdefault(Pair(*pair), []).append(index)
        by_premise: dict[str, list[Pair]] = {}
        for pair in places:
            by_premise.setdefault(pair.premise, []).append(pair)
        found = np.zeros((len(pairs), len(CLASSES)), dtype=np.float32)
        batches = list(_batches(self._groups(by_premise)))
        answers = self._pool.map(self._run, ([group for group, _ in batch] for batch in batches))
        for batch, probabilities in zip(batches, answers, strict=True):
            for row, (_, members) in zip(probabilities, batch, strict=True):
                for values, pair in zip(row, members, strict=False):
                    found[places[pair]] = values
        return found

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        clean = [encodable(text) for text in texts]
        return [encoding.ids for encoding in self._tokenizer.encode_batch(clean, add_special_tokens=False)]

    def _groups(self, by_premise: dict[str, list[Pair]]) -> Iterator[tuple[Group, list[Pair]]]:
        hypotheses = list({pair.hypothesis for pairs in by_premise.values() for pair in pairs})
        ids = dict(zip(hypotheses, self._encode(hypotheses), strict=True))
        premises = self._encode(list(by_premise))
        for premise, pairs in zip(premises, by_premise.values(), strict=True):
            waiting = pairs
            for group in split_groups(premise, [ids[pair.hypothesis] for pair in pairs]):
                yield group, waiting[: len(group.hypotheses)]
                waiting = waiting[len(group.hypotheses) :]

    def _run(self, groups: Sequence[Group]) -> NDArray[np.float32]:
        packed = pack(groups, self._special)
        self._watch.batch(packed.tokens.size)
        (logits,) = self._session.run(
            ["logits"],
            {
                "tokens": packed.tokens,
                "positions": packed.positions,
                "segments": packed.segments,
                "heads": packed.heads,
            },
        )
        shifted = np.exp(logits - logits.max(axis=2, keepdims=True))
        probabilities: NDArray[np.float32] = shifted / shifted.sum(axis=2, keepdims=True)
        return probabilities


def _batches(groups: Iterator[tuple[Group, list[Pair]]]) -> Iterator[list[tuple[Group, list[Pair]]]]:
    """Groups of like length together, under the budget of padded tokens."""
    batch: list[tuple[Group, list[Pair]]] = []
    for group, members in sorted(groups, key=lambda item: item[0].length):
        if batch and (len(batch) + 1) * group.length > TOKENS_A_BATCH:
            yield batch
            batch = []
        batch.append((group, members))
    if batch:
        yield batch
