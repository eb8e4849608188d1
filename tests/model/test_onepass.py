"""The shipped weights' reader: every pair gets its own answer, however pairs are packed and batched."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from model.entailment import CLASSES, Pair, onepass
from model.entailment.onepass import TOKENS_A_BATCH, OnePassEntailment
from model.entailment.packing import MAX_HYPOTHESIS, MAX_PREMISE
from model.manifest import write_manifest
from model.tokens import special_tokens
from tests.model.tiny import tiny_tokenizer


def logits_of(premise: Sequence[int], hypothesis: Sequence[int]) -> list[float]:
    """What the fake weights answer: it depends on every token of the pair and on their order."""
    signed = [sum((place + 1) * token for place, token in enumerate(part)) for part in (premise, hypothesis)]
    return [signed[0] % 7 / 2, signed[1] % 5 / 2, (signed[0] + signed[1]) % 3 / 2]


class FakeSession:
    """Reads packed sequences as the one-pass model does, with a checksum in place of weights."""

    def __init__(self) -> None:
        self.tokens: list[np.ndarray[Any, Any]] = []

    def run(self, outputs: list[str], inputs: dict[str, np.ndarray[Any, Any]]) -> list[np.ndarray[Any, Any]]:
        assert outputs == ["logits"]
        tokens, segments, heads = (inputs[name] for name in ("tokens", "segments", "heads"))
        self.tokens.append(tokens)
        logits = np.zeros((*heads.shape, len(CLASSES)), dtype=np.float32)
        for row, column in np.ndindex(*heads.shape):
            segment = segments[row, heads[row, column]]
            premise, hypothesis = (tokens[row, segments[row] == each] for each in (0, segment))
            logits[row, column] = logits_of(premise[1:-1].tolist(), hypothesis[1:-1].tolist())
        return [logits]


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def entailment(tmp_path: Path, session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> OnePassEntailment:
    tiny_tokenizer().save(str(tmp_path / "tokenizer.json"))
    write_manifest(tmp_path)
    monkeypatch.setattr(onepass, "open_session", lambda *_: session)
    return OnePassEntailment(tmp_path, "tiny")


def expected(tokenizer: Tokenizer, pair: Pair) -> np.ndarray[Any, Any]:
    premise, hypothesis = (tokenizer.encode(part, add_special_tokens=False).ids for part in pair)
    weights = np.exp(logits_of(premise[:MAX_PREMISE], hypothesis[:MAX_HYPOTHESIS]))
    found: np.ndarray[Any, Any] = weights / weights.sum()
    return found


def test_each_pair_gets_its_own_answer(
    entailment: OnePassEntailment, session: FakeSession, tokenizer: Tokenizer
) -> None:
    chance = np.random.default_rng(5)
    words = np.array(["ana", "denies", "says", "it", "the", "report", "zyx"])
    texts = [" ".join(chance.choice(words, chance.integers(0, 40))) for _ in range(25)]
    pairs = [Pair(texts[a], texts[b]) for a, b in chance.integers(0, 25, (200, 2))]
    found = entailment.predict(pairs)
    np.testing.assert_allclose(found, [expected(tokenizer, pair) for pair in pairs], rtol=1e-5)
    assert len(session.tokens) > 1
    assert all(tokens.size <= TOKENS_A_BATCH or len(tokens) == 1 for tokens in session.tokens)


def test_what_is_too_long_is_cut_and_read(entailment: OnePassEntailment, tokenizer: Tokenizer) -> None:
    pairs = [Pair("ana says " * 300, "it " * 200), Pair("ana", "it lied"), Pair("ana says " * 300, "it")]
    np.testing.assert_allclose(
        entailment.predict(pairs), [expected(tokenizer, pair) for pair in pairs], rtol=1e-5
    )


def test_more_hypotheses_than_fit_one_sequence_keep_their_places(
    entailment: OnePassEntailment, session: FakeSession, tokenizer: Tokenizer
) -> None:
    pairs = [Pair("ana lied", f"it {'says ' * 9}{chr(97 + n % 26)} {n}") for n in range(60)]
    np.testing.assert_allclose(
        entailment.predict(pairs), [expected(tokenizer, pair) for pair in pairs], rtol=1e-5
    )
    assert sum(len(tokens) for tokens in session.tokens) > 1


def test_a_premise_is_read_once_for_all_its_hypotheses(
    entailment: OnePassEntailment, session: FakeSession, tokenizer: Tokenizer
) -> None:
    pairs = [Pair("ana lied", wording) for wording in ("it", "the report", "it", "he says")]
    entailment.predict(pairs)
    (tokens,) = session.tokens
    assert tokens.shape[0] == 1
    assert (tokens == tokenizer.token_to_id("lied")).sum() == 1
    assert (tokens == tokenizer.token_to_id("it")).sum() == 1


def test_special_tokens_of_a_text_do_not_end_a_sequence(
    entailment: OnePassEntailment, session: FakeSession, tokenizer: Tokenizer
) -> None:
    entailment.predict([Pair("ana [SEP] lied [CLS]", "it [SEP] lied")])
    for special in special_tokens(tokenizer):
        assert (session.tokens[0] == special).sum() == 2


def test_a_lone_surrogate_is_read_as_something(entailment: OnePassEntailment) -> None:
    np.testing.assert_array_equal(
        entailment.predict([Pair("ana \ud800", "\udfff it")]), entailment.predict([Pair("ana ?", "? it")])
    )


def test_nothing_asked_nothing_run(entailment: OnePassEntailment, session: FakeSession) -> None:
    assert entailment.predict([]).shape == (0, 3)
    assert session.tokens == []


def test_truncation_counts_tokens_and_not_letters(entailment: OnePassEntailment) -> None:
    assert not entailment.truncates("report " * MAX_PREMISE)
    assert entailment.truncates("report " * (MAX_PREMISE + 1))
    assert entailment.truncates("z" * 90 + " " + "z" * 90 + " " + "z" * 90 + " " + "z" * 90)


def test_what_it_says_of_itself(entailment: OnePassEntailment) -> None:
    assert entailment.name == "tiny"
    assert len(entailment.revision) == 12
