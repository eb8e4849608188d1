"""Public NLI checkpoints of the Hugging Face hub, and folders saved by `save_pretrained`, on torch.

Importing this module imports torch: only `model.checkpoints` does it, when such a checkpoint is asked for.
"""

import hashlib
import inspect
import logging
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np
import torch
import transformers
from huggingface_hub import cached_assets_path, snapshot_download
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch.nn.utils.rnn import pad_sequence
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils.logging import disable_progress_bar

from model.entailment import CLASSES, CheckpointError, Pair, Precision, Unwatched, Watch
from model.entailment.precision import faster, kept

log = logging.getLogger("gainsay.model")

_FILES = ["*.json", "*.txt", "*.model", "model.safetensors", "model-*.safetensors"]
_WEIGHTS = "model*.safetensors"
# Tokens kept free for the hypothesis when we say whether a premise can be read whole.
_HYPOTHESIS = 96
_TYPES = {Precision.FLOAT32: torch.float32, Precision.BFLOAT16: torch.bfloat16}

# How checkpoints spell their classes, without case and punctuation.
_SPELLINGS = {
    **dict.fromkeys(("entailment", "entail", "entails", "entailed", "e"), "entailment"),
    **dict.fromkeys(("neutral", "n"), "neutral"),
    **dict.fromkeys(
        ("contradiction", "contradict", "contradicts", "contradicted", "contradictory", "c"), "contradiction"
    ),
    **dict.fromkeys(
        ("notentailment", "notentailed", "notentail", "nonentailment", "nonentailed"), "not_entailment"
    ),
}


def class_weights(id2label: Mapping[int, str]) -> NDArray[np.float32]:
    """The matrix of shape (labels, 3) that turns a head's probabilities into those of `CLASSES`.

    Labels are resolved by name, whatever their order. A two-way head says how likely entailment is and no
    more: its `not_entailment` is shared equally between neutral and contradiction.

    Raises:
        CheckpointError: the labels are not those of an NLI model, or do not say which is which ("LABEL_0").
    """
    names = [_SPELLINGS.get(re.sub(r"[\W_]", "", id2label[index].lower()), "") for index in sorted(id2label)]
    if sorted(names) not in (sorted(CLASSES), ["entailment", "not_entailment"]):
        raise CheckpointError(
            f"id2label holds {', '.join(id2label.values())}; an NLI checkpoint needs entailment, neutral and"
            " contradiction, or entailment and not_entailment"
        )
    weights = np.zeros((len(names), len(CLASSES)), dtype=np.float32)
    for row, name in enumerate(names):
        if name == "not_entailment":
            weights[row] = [0, 0.5, 0.5]
        else:
            weights[row, CLASSES.index(name)] = 1
    return weights


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A pair as the tokenizer made it, and the rows of the answer that it stands for."""

    inputs: dict[str, list[int]]
    rows: list[int]

    @property
    def length(self) -> int:
        return len(self.inputs["input_ids"])


class HubEntailment:
    """An `Entailment` around a cross-encoder: premise and hypothesis are read together, pair by pair.

    One thread at a time may use it.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        *,
        name: str,
        revision: str,
        tokens_a_batch: int = 4096,
        watch: Watch | None = None,
    ) -> None:
        """Take a model with its tokenizer; `tokens_a_batch` bounds a batch, padding included.

        Raises:
            CheckpointError: the labels of the head cannot be resolved.
        """
        labels = {int(index): label for index, label in (model.config.id2label or {}).items()}
        self._weights = torch.from_numpy(class_weights(labels)).to(model.device)
        self._model = model.train(mode=False)
        self._accepted = frozenset(inspect.signature(model.forward).parameters)
        self._tokenizer = tokenizer
        self._limit = min(_positions(model), int(tokenizer.model_max_length))
        self._name = name
        self._revision = revision
        self._tokens_a_batch = tokens_a_batch
        self._watch = watch or Unwatched()

    @classmethod
    def load(
        cls,
        name_or_folder: str | Path,
        revision: str | None = None,
        *,
        tokens_a_batch: int = 4096,
        device: str | None = None,
        precision: Precision = Precision.FLOAT32,
        watch: Watch | None = None,
    ) -> Self:
        """Load a hub id, pinned to `revision` (a commit, tag or branch) when given, or a local folder.

        Weights are read from safetensors only and no code of the checkpoint is run. They go to `device`, by
        default a GPU if there is one. Which precision is faster there is measured once and remembered in the
        hub's cache of assets.

        Raises:
            CheckpointError: there is no such checkpoint, it has no safetensors, lacks a trained head, or its
                labels cannot be resolved.
        """
        disable_progress_bar()  # type: ignore[no-untyped-call]
        name = Path(name_or_folder).resolve().name if Path(name_or_folder).is_dir() else str(name_or_folder)
        try:
            folder = _fetched(name_or_folder, revision)
            weights = _weight_files(folder)
            # What looks like a special token in an article is text.
            tokenizer = AutoTokenizer.from_pretrained(
                folder, trust_remote_code=False, local_files_only=True, split_special_tokens=True
            )
            place = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
            sha = _revision(weights)
            made = partial(cls, tokenizer=tokenizer, name=name, revision=sha, tokens_a_batch=tokens_a_batch)
            read = partial(_read, folder, place)
            if precision is Precision.AUTO:
                choose = partial(faster, lambda each: made(read(each)))
                precision = kept(_precisions(), f"{sha} {_machine(place)}", choose)
            model = read(precision)
            log.info("loaded", extra={"model": name, "revision": sha, "precision": precision.value})
            return made(model, watch=watch)
        except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
            raise CheckpointError(f"checkpoint {name!r}: {error}") from error

    @property
    def name(self) -> str:
        """The hub id, or the folder's name."""
        return self._name

    @property
    def revision(self) -> str:
        """12 hexadecimal digits of the sha256 of the weights."""
        return self._revision

    def truncates(self, premise: str) -> bool:
        """Whether the premise may be cut to make room for a hypothesis."""
        room = min(_HYPOTHESIS, self._limit // 4) + self._tokenizer.num_special_tokens_to_add(pair=True)
        return self._lengths([premise])[0] > self._limit - room

    def predict(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        """Probabilities of shape (len(pairs), 3), columns in the order of `CLASSES`, rows sum to 1.

        A pair too long for the model loses the end of its premise. Equal pairs are read once.
        """
        probabilities = np.zeros((len(pairs), len(CLASSES)), dtype=np.float32)
        for batch in self._batches(self._encoded(pairs)):
            found = self._read(batch)
            for encoded, values in zip(batch, found, strict=True):
                probabilities[encoded.rows] = values
        return probabilities

    def _encoded(self, pairs: Sequence[Pair]) -> list[_Encoded]:
        rows: dict[Pair, list[int]] = {}
        for row, (premise, hypothesis) in enumerate(pairs):
            rows.setdefault(Pair(_valid(premise), _valid(hypothesis)), []).append(row)
        distinct = list(rows)
        lengths = self._lengths([hypothesis for _, hypothesis in distinct])
        encoded: list[_Encoded] = []
        # A hypothesis that would leave no room for the premise is cut as well.
        for truncation, cut_both in (("only_first", False), ("longest_first", True)):
            alike = [
                pair
                for pair, length in zip(distinct, lengths, strict=True)
                if (length > self._limit // 2) == cut_both
            ]
            if alike:
                premises, hypotheses = zip(*alike, strict=True)
                inputs = self._tokenizer(
                    list(premises), list(hypotheses), truncation=truncation, max_length=self._limit
                )
                encoded += (
                    _Encoded({key: inputs[key][i] for key in inputs if key in self._accepted}, rows[pair])
                    for i, pair in enumerate(alike)
                )
        return encoded

    def _lengths(self, texts: Sequence[str]) -> list[int]:
        """Numbers of tokens, without special ones."""
        if not texts:
            return []
        encodings = self._tokenizer([_valid(text) for text in texts], add_special_tokens=False, verbose=False)
        return [len(ids) for ids in encodings["input_ids"]]

    def _batches(self, encoded: list[_Encoded]) -> Iterator[list[_Encoded]]:
        """Pairs of like length together, under the budget."""
        batch: list[_Encoded] = []
        for pair in sorted(encoded, key=lambda pair: pair.length):
            if batch and (len(batch) + 1) * pair.length > self._tokens_a_batch:
                yield batch
                batch = []
            batch.append(pair)
        if batch:
            yield batch

    @torch.inference_mode()
    def _read(self, batch: Sequence[_Encoded]) -> NDArray[np.float32]:
        padding = {"input_ids": self._tokenizer.pad_token_id or 0}
        inputs = {
            key: pad_sequence(
                [torch.tensor(pair.inputs[key]) for pair in batch],
                batch_first=True,
                padding_value=padding.get(key, 0),
            ).to(self._model.device)
            for key in batch[0].inputs
        }
        self._watch.batch(inputs["input_ids"].numel())
        logits = self._model(**inputs).logits
        probabilities: NDArray[np.float32] = (logits.float().softmax(dim=-1) @ self._weights).cpu().numpy()
        return probabilities


def _valid(text: str) -> str:
    """`text` without lone surrogates, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _machine(device: torch.device) -> str:
    """What the speed of torch hangs on: versions, and the processor with what it can multiply in."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else [platform.processor()]
    able = sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))} or lines)
    on = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    processor = hashlib.sha256("\n".join(able).encode()).hexdigest()[:12]
    versions = f"torch {torch.__version__} transformers {transformers.__version__}"
    return f"{versions} {on} {platform.machine()} {processor} {torch.get_num_threads()} threads"


def _precisions() -> Path | None:
    """The file that keeps which precision is faster; None where there is no place for it."""
    try:
        return cached_assets_path("gainsay", namespace="entailment") / "precision.json"
    except (OSError, ValueError):
        return None


def _read(folder: Path, device: torch.device, precision: Precision) -> PreTrainedModel:
    """The model in a folder, on a device.

    It is read in its precision: turned into it later, the frequencies of its positions would lose bits, too.

    Raises:
        CheckpointError: it lacks a trained head.
        OSError, ValueError, RuntimeError, KeyError, SafetensorError: it cannot be read.
    """
    model, report = AutoModelForSequenceClassification.from_pretrained(
        folder,
        use_safetensors=True,
        trust_remote_code=False,
        local_files_only=True,
        dtype=_TYPES[precision],
        output_loading_info=True,
    )
    if report["missing_keys"]:
        raise CheckpointError(f"no weights for {', '.join(sorted(report['missing_keys']))}")
    found: PreTrainedModel = model.to(device)
    return found


def _fetched(name_or_folder: str | Path, revision: str | None) -> Path:
    """The folder that holds the checkpoint, downloaded unless it is one or lies in the hub's cache."""
    if Path(name_or_folder).is_dir():
        return Path(name_or_folder)
    return Path(snapshot_download(str(name_or_folder), revision=revision, allow_patterns=_FILES))


def _weight_files(folder: Path) -> list[Path]:
    files = sorted(folder.glob(_WEIGHTS))
    if not files:
        pickled = sorted(
            path.name for path in folder.iterdir() if path.suffix in {".bin", ".pt", ".pth", ".pkl"}
        )
        found = f" (found {', '.join(pickled)}, which can run code when it is read)" if pickled else ""
        raise CheckpointError(f"no model.safetensors{found}")
    return files


def _revision(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()[:12]


def _positions(model: PreTrainedModel) -> int:
    """The longest sequence that the model can read, in tokens."""
    longest = int(model.config.max_position_embeddings)
    for name, module in model.named_modules():
        # RoBERTa and its kin count positions from behind the padding's.
        if name.endswith("position_embeddings") and isinstance(module, torch.nn.Embedding):
            first = 0 if module.padding_idx is None else module.padding_idx + 1
            longest = min(longest, module.num_embeddings - first)
    return longest
