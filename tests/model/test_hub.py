import itertools
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from huggingface_hub import cached_assets_path
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    BartConfig,
    BartForSequenceClassification,
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    DebertaV2Config,
    DebertaV2ForSequenceClassification,
    ModernBertConfig,
    ModernBertForSequenceClassification,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForSequenceClassification,
    XLMRobertaConfig,
    XLMRobertaForSequenceClassification,
)

from model.entailment import CLASSES, CheckpointError, Pair, Precision, hub
from model.entailment.hub import HubEntailment

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
WORDS = "the mayor of velmar denies taking a bribe from builder and says it was never true . ,"
VOCABULARY = {word: index for index, word in enumerate([*SPECIAL, *WORDS.split()])}
TINY: dict[str, Any] = {
    "vocab_size": len(VOCABULARY),
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 40,
    "bos_token_id": 0,
    "cls_token_id": 0,
    "pad_token_id": 1,
    "eos_token_id": 2,
    "sep_token_id": 2,
}
TINY_BART: dict[str, Any] = {
    "d_model": 16,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    **{key: value for key, value in TINY.items() if "hidden" not in key},
}
ARCHITECTURES: dict[str, tuple[type[PreTrainedConfig], type[PreTrainedModel], dict[str, Any]]] = {
    "bert": (BertConfig, BertForSequenceClassification, TINY),
    "roberta": (RobertaConfig, RobertaForSequenceClassification, TINY | {"type_vocab_size": 1}),
    "xlm-roberta": (XLMRobertaConfig, XLMRobertaForSequenceClassification, TINY | {"type_vocab_size": 1}),
    "deberta-v2": (
        DebertaV2Config,
        DebertaV2ForSequenceClassification,
        TINY | {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "type_vocab_size": 0},
    ),
    "modernbert": (ModernBertConfig, ModernBertForSequenceClassification, TINY),
    "bart": (BartConfig, BartForSequenceClassification, TINY_BART),
}
NLI = {0: "entailment", 1: "neutral", 2: "contradiction"}
PAIRS = [
    Pair("the mayor denies it .", "the mayor says it was never true ."),
    Pair("the builder says the mayor of velmar was taking a bribe from the builder .", "it was true"),
    Pair("a bribe", "the mayor denies a bribe"),
    Pair("", "velmar"),
    Pair("the mayor of velmar , the mayor , the mayor denies taking a bribe", "the builder denies it ."),
]


def tokenizer(*, pair_types: bool) -> PreTrainedTokenizerFast:
    opening, padding, closing, unknown = SPECIAL
    fast = Tokenizer(models.WordLevel(VOCABULARY, unk_token=unknown))
    fast.pre_tokenizer = pre_tokenizers.Whitespace()
    fast.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B:1 </s>:1",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=fast,
        bos_token=opening,
        cls_token=opening,
        pad_token=padding,
        eos_token=closing,
        sep_token=closing,
        unk_token=unknown,
        model_max_length=512,
        model_input_names=["input_ids", *(["token_type_ids"] if pair_types else []), "attention_mask"],
    )


def save(folder: Path, architecture: str = "bert", labels: dict[int, str] | None = None) -> Path:
    """A tiny checkpoint with random weights, the same for the same number of labels."""
    labels = labels or NLI
    configuration, build, values = ARCHITECTURES[architecture]
    torch.manual_seed(7)
    model = build(configuration(**values, id2label=labels, label2id={v: k for k, v in labels.items()}))
    for parameter in model.parameters():
        # Fresh weights are so small that every answer would be the same.
        parameter.data += torch.randn_like(parameter) * 0.3
    model.save_pretrained(folder)
    tokenizer(pair_types=architecture in {"bert", "deberta-v2"}).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module", params=ARCHITECTURES)
def checkpoint(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> HubEntailment:
    return HubEntailment.load(save(tmp_path_factory.mktemp("checkpoint") / request.param, request.param))


def test_every_architecture_gives_distributions_that_depend_on_the_pair(checkpoint: HubEntailment) -> None:
    found = checkpoint.predict(PAIRS)
    assert found.shape == (len(PAIRS), 3)
    assert found.dtype == np.float32
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert len(np.unique(found.round(4), axis=0)) == len(PAIRS)


def test_batches_of_mixed_lengths_equal_one_by_one_in_order(checkpoint: HubEntailment) -> None:
    alone = np.concatenate([checkpoint.predict([pair]) for pair in PAIRS])
    np.testing.assert_allclose(checkpoint.predict(PAIRS), alone, atol=1e-5)
    np.testing.assert_allclose(checkpoint.predict(PAIRS[::-1]), alone[::-1], atol=1e-5)
    np.testing.assert_allclose(
        checkpoint.predict([*PAIRS, *PAIRS]), np.concatenate([alone, alone]), atol=1e-5
    )


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_bfloat16_says_nearly_the_same(architecture: str, tmp_path: Path) -> None:
    folder = save(tmp_path / architecture, architecture)
    plain = HubEntailment.load(folder)
    half = HubEntailment.load(folder, precision=Precision.BFLOAT16)
    assert {parameter.dtype for parameter in half._model.parameters()} == {torch.bfloat16}
    # Where a token stands is computed in full: rounded, a place of a thousand would be another one.
    assert all(b.dtype != torch.bfloat16 for name, b in half._model.named_buffers() if "inv_freq" in name)
    found = half.predict(PAIRS)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(found, plain.predict(PAIRS), atol=0.1)


@pytest.mark.parametrize(
    ("asked", "measured", "expected"),
    [
        (Precision.FLOAT32, None, torch.float32),
        (Precision.BFLOAT16, None, torch.bfloat16),
        (Precision.AUTO, Precision.FLOAT32, torch.float32),
        (Precision.AUTO, Precision.BFLOAT16, torch.bfloat16),
    ],
)
def test_the_precision_is_what_is_asked_or_what_a_measurement_says(
    asked: Precision,
    measured: Precision | None,
    expected: torch.dtype,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, tried = save(tmp_path / "checkpoint"), []

    def choose(opened: Callable[[Precision], HubEntailment]) -> Precision:
        tried.append({opened(each)._model.dtype for each in (Precision.FLOAT32, Precision.BFLOAT16)})
        assert measured is not None
        return measured

    monkeypatch.setattr(hub, "faster", choose)
    monkeypatch.setattr(hub, "cached_assets_path", lambda *_, **__: tmp_path)
    plain = HubEntailment.load(folder)
    for _ in range(2):
        found = HubEntailment.load(folder, precision=asked)
        assert found._model.dtype == expected
        if expected == torch.float32:
            np.testing.assert_array_equal(found.predict(PAIRS), plain.predict(PAIRS))
    assert tried == [{torch.float32, torch.bfloat16}] * (asked is Precision.AUTO), "measured once"


def test_where_nothing_can_be_kept_it_is_measured_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "assets").write_text("")
    monkeypatch.setattr(
        hub, "cached_assets_path", partial(cached_assets_path, assets_dir=tmp_path / "assets")
    )
    measured: list[object] = []

    def choose(opened: object) -> Precision:
        measured.append(opened)
        return Precision.BFLOAT16

    monkeypatch.setattr(hub, "faster", choose)
    folder = save(tmp_path / "checkpoint")
    for count in (1, 2):
        assert HubEntailment.load(folder, precision=Precision.AUTO)._model.dtype == torch.bfloat16
        assert len(measured) == count


def test_the_model_itself_gives_the_same(checkpoint: HubEntailment) -> None:
    inputs = checkpoint._tokenizer(*PAIRS[0], return_tensors="pt")
    with torch.no_grad():
        logits = checkpoint._model(**inputs).logits[0]
    np.testing.assert_allclose(checkpoint.predict(PAIRS[:1])[0], logits.softmax(-1), atol=1e-5)


def test_long_premises_are_cut_and_hypotheses_kept(checkpoint: HubEntailment) -> None:
    assert checkpoint._limit <= 40
    premise = " ".join(["the mayor denies a bribe"] * 40)
    longer = f"{premise} from velmar"
    short, other = "it was true .", "never true ."
    assert checkpoint.truncates(premise)
    assert not checkpoint.truncates("the mayor denies a bribe")
    found = checkpoint.predict([Pair(premise, short), Pair(longer, short), Pair(premise, other)])
    np.testing.assert_allclose(found[0], found[1], atol=1e-5)
    assert np.abs(found[0] - found[2]).max() > 1e-3
    assert checkpoint.predict([Pair("a", premise), Pair(premise, premise)]).shape == (2, 3)


def test_special_tokens_in_a_text_are_text(checkpoint: HubEntailment) -> None:
    found = checkpoint.predict([Pair("the mayor </s> denies", "it"), Pair("the mayor unheard denies", "it")])
    assert np.isfinite(found).all()
    ids = checkpoint._encoded([Pair("the </s> mayor <pad>", "it")])[0].inputs["input_ids"]
    assert ids.count(VOCABULARY["</s>"]) == 2
    assert VOCABULARY["<pad>"] not in ids


def test_empty_input_surrogates_and_nul(checkpoint: HubEntailment) -> None:
    assert checkpoint.predict([]).shape == (0, 3)
    found = checkpoint.predict([Pair("\ud800 the mayor\x00", "it \udfff"), Pair("", "")])
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


def test_an_empty_hypothesis_is_still_a_pair(checkpoint: HubEntailment) -> None:
    encoded = checkpoint._encoded([Pair("the mayor", "")])[0]
    assert encoded.inputs["input_ids"].count(VOCABULARY["</s>"]) == 2


def columns(folder: Path, labels: Sequence[str]) -> np.ndarray[Any, Any]:
    return HubEntailment.load(save(folder, labels=dict(enumerate(labels)))).predict(PAIRS)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3)))[1:])
def test_labels_are_resolved_by_name_whatever_their_order(order: tuple[int, ...], tmp_path: Path) -> None:
    # The weights are the same, so output k of the head moves to the column of the label at place k.
    plain = columns(tmp_path / "plain", CLASSES)
    moved = columns(tmp_path / "moved", [CLASSES[index] for index in order])
    np.testing.assert_allclose(moved[:, order], plain, atol=1e-6)
    assert np.abs(moved - plain).max() > 0.01


@pytest.mark.parametrize(
    "labels",
    [
        ["CONTRADICTION", "NEUTRAL", "ENTAILMENT"],
        ["contradictory", "neutral", "entail"],
        ["c", "n", "e"],
        ["Contradicts", "Neutral", "Entails"],
    ],
    ids=str,
)
def test_spellings(labels: list[str], tmp_path: Path) -> None:
    plain = columns(tmp_path / "plain", CLASSES)
    np.testing.assert_allclose(columns(tmp_path / "spelt", labels), plain[:, ::-1], atol=1e-6)


@pytest.mark.parametrize(
    "labels",
    [["entailment", "not_entailment"], ["not-entailed", "ENTAILED"], ["NOT ENTAILMENT", "Entail"]],
    ids=str,
)
def test_two_way_heads_share_the_rest(labels: list[str], tmp_path: Path) -> None:
    folder = save(tmp_path, labels=dict(enumerate(labels)))
    entailment = HubEntailment.load(folder)
    with torch.no_grad():
        inputs = entailment._tokenizer(*PAIRS[0], return_tensors="pt")
        head = entailment._model(**inputs).logits[0].softmax(-1)
    expected = float(head[0 if labels[0] == "entailment" else 1])
    found = entailment.predict(PAIRS[:1])[0]
    np.testing.assert_allclose(found, [expected, (1 - expected) / 2, (1 - expected) / 2], atol=1e-5)


@pytest.mark.parametrize(
    "labels",
    [
        ["LABEL_0", "LABEL_1", "LABEL_2"],
        ["LABEL_0", "LABEL_1"],
        ["entailment", "neutral"],
        ["positive", "neutral", "negative"],
        ["entailment", "entail", "neutral"],
        ["entailment", "neutral", "contradiction", "not_entailment"],
    ],
    ids=str,
)
def test_labels_that_cannot_be_resolved_are_refused(labels: list[str], tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=labels[0]):
        HubEntailment.load(save(tmp_path, labels=dict(enumerate(labels))))


def pickle_only(folder: Path) -> None:
    torch.save({}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def broken_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0no safetensors..")


def no_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def remote_code(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config |= {"model_type": "of-my-own", "auto_map": {"AutoConfig": "code.Config"}}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "code.py").write_text("raise SystemExit('this must not run')", "utf-8")


def no_head(folder: Path) -> None:
    BertModel(BertConfig(**TINY, id2label=NLI)).save_pretrained(folder)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (pickle_only, r"no model\.safetensors.*pytorch_model\.bin"),
        (broken_weights, "checkpoint 'broken'"),
        (no_config, "checkpoint 'broken'"),
        (remote_code, "checkpoint 'broken'"),
        (no_head, "no weights for classifier.bias, classifier.weight"),
    ],
)
def test_unusable_folders_are_refused(spoil: Callable[[Path], None], message: str, tmp_path: Path) -> None:
    folder = save(tmp_path / "broken")
    spoil(folder)
    with pytest.raises(CheckpointError, match=message):
        HubEntailment.load(folder)


def test_an_empty_folder_and_an_unknown_name_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CheckpointError, match=r"no model\.safetensors"):
        HubEntailment.load(tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(CheckpointError, match="gainsay/no-such-checkpoint"):
        HubEntailment.load("gainsay/no-such-checkpoint", revision="0" * 40)
    with pytest.raises(CheckpointError, match="three/part/name"):
        HubEntailment.load("three/part/name")


def test_name_and_revision_follow_the_weights(tmp_path: Path) -> None:
    first = HubEntailment.load(save(tmp_path / "first"))
    again = HubEntailment.load(str(save(tmp_path / "again")))
    other = HubEntailment.load(save(tmp_path / "other", "modernbert"))
    assert (first.name, again.name) == ("first", "again")
    assert first.revision == again.revision != other.revision
    assert len(first.revision) == 12
    assert int(first.revision, 16) >= 0


def test_weights_in_shards(tmp_path: Path) -> None:
    whole = HubEntailment.load(save(tmp_path / "whole"))
    folder = save(tmp_path / "shards")
    (folder / "model.safetensors").unlink()
    whole._model.save_pretrained(folder, max_shard_size="4KB")
    assert len(list(folder.glob("model-*.safetensors"))) > 1
    shards = HubEntailment.load(folder)
    np.testing.assert_allclose(shards.predict(PAIRS), whole.predict(PAIRS), atol=1e-6)
    assert shards.revision != whole.revision


def test_batches_stay_under_the_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entailment = HubEntailment.load(save(tmp_path), tokens_a_batch=48)
    shapes: list[tuple[int, ...]] = []
    forward = entailment._model.forward

    def spy(**inputs: torch.Tensor) -> Any:
        shapes.append(tuple(inputs["input_ids"].shape))
        assert torch.is_inference_mode_enabled()
        return forward(**inputs)

    monkeypatch.setattr(entailment._model, "forward", spy)
    entailment.predict([*PAIRS * 3, Pair("velmar", "velmar")])
    assert len(shapes) > 1
    assert all(rows * length <= 48 or rows == 1 for rows, length in shapes)
    assert sum(rows for rows, _ in shapes) == len(PAIRS) + 1, "equal pairs are read once"
