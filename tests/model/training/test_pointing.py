"""Articles as the pointer learns from them, and that it learns and is measured."""

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from model.entailment.dummy import DummyEntailment
from model.evaluation.gold import GoldArticle, GoldSentence
from model.hearing import Hearing
from model.logit import Logit
from model.pointing import FORMS
from model.reader import Reader
from model.sentences import split
from model.training import pointing
from model.training.pointer import Case, PointerHead
from model.training.pointing import case_of, learn, score
from model.training.tagger import StatementTagger
from tests.model.test_reader import Told
from tests.model.training.tiny import tiny_encoder

TEXT = "Ana Duarte met Olm Perrault. The mayor denies it. It rains."
SOURCE = ("The mayor", "denies", ["it"])


def article(text: str, *speakers: str) -> GoldArticle:
    sentences = tuple(
        GoldSentence(
            start=span.start,
            end=span.end,
            label="assertion",
            accept=("assertion",),
            speaker=speaker,
            speaker_accept=(),
        )
        for span, speaker in zip(split(text), speakers, strict=True)
    )
    return GoldArticle(id="a", text=text, sentences=sentences)


def case(tokenizer: Tokenizer, text: str, *speakers: str) -> Case | None:
    starts = np.array([text.index(word) for word in text.split() if text.count(word) == 1])
    level = np.zeros((len(split(text)), 3), dtype=np.float32)
    hearing = Hearing(level, level, starts, np.zeros(len(starts), dtype=np.float32))
    told = [SOURCE] if SOURCE[0] in text else []
    reader = Reader(DummyEntailment(), Told(*told, hearing=hearing), selection=Logit(), disputes=Logit())
    model = StatementTagger(tiny_encoder(layers=1)).eval()
    return case_of(reader, model, tokenizer, article(text, *speakers))


def test_a_case_holds_the_sentences_that_somebody_speaks(tokenizer: Tokenizer) -> None:
    found = case(tokenizer, TEXT, "narrator", "Olm Perrault", "narrator")
    assert found is not None
    assert found.right.shape[0] == len(found.form) == len(found.asking) == 1
    assert FORMS[int(found.form[0])] == "description"
    assert found.right.sum() == 1
    assert found.asking[0, 1:].min() >= 0
    assert len(found.states) > int(max(found.first.max(), found.last.max(), found.asking.max()))


@pytest.mark.parametrize(
    ("text", "speakers"), [(TEXT, ["narrator"] * 3), ("It rains.", ["the sky"]), ("It rains.", ["narrator"])]
)
def test_where_nobody_speaks_or_is_named_there_is_no_case(
    tokenizer: Tokenizer, text: str, speakers: list[str]
) -> None:
    assert case(tokenizer, text, *speakers) is None


def test_the_pointer_learns_and_is_measured(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    found = case(tokenizer, TEXT, "narrator", "Olm Perrault", "narrator")
    assert found is not None
    torch.manual_seed(0)
    head = PointerHead(found.states.shape[1], dropout=0.0)
    monkeypatch.setattr(pointing, "RULES_RATE", 0.3)
    monkeypatch.setattr(pointing, "EPOCHS", 40)
    before = {name: weight.clone() for name, weight in head.state_dict().items()}
    learn(head, [found])
    assert score(head, [found]) == {"rules": 0.0, "pointed": 100.0}
    assert all((before[name] != weight).any() for name, weight in head.state_dict().items())
