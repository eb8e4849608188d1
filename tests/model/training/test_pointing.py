"""Articles as the pointer learns from them, and that it learns and is measured."""

import numpy as np
import pytest
from tokenizers import Tokenizer

from model.entailment.dummy import DummyEntailment
from model.evaluation.gold import GoldArticle, GoldSentence
from model.hearing import Hearing
from model.logit import Logit
from model.pointing import FORMS
from model.reader import Reader
from model.sentences import split
from model.tokens import special_tokens
from model.training.examples import untagged
from model.training.pointer import Case
from model.training.pointing import case_of, read_cases, score_pointed, with_cases
from model.training.tagger import StatementTagger
from model.windows import read_words
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


def reader(text: str) -> Reader:
    starts = np.array([text.index(word) for word in text.split() if text.count(word) == 1])
    level = np.zeros((len(split(text)), 3), dtype=np.float32)
    hearing = Hearing(level, level, starts, np.zeros(len(starts), dtype=np.float32))
    told = [SOURCE] if SOURCE[0] in text else []
    return Reader(DummyEntailment(), Told(*told, hearing=hearing), selection=Logit(), disputes=Logit())


def case(tokenizer: Tokenizer, text: str, *speakers: str) -> Case | None:
    return case_of(reader(text), tokenizer, article(text, *speakers))


def test_a_case_holds_the_sentences_that_somebody_speaks(tokenizer: Tokenizer) -> None:
    found = case(tokenizer, TEXT, "narrator", "Olm Perrault", "narrator")
    assert found is not None
    assert found.right.shape[0] == len(found.form) == len(found.asking) == 1
    assert FORMS[int(found.form[0])] == "description"
    assert found.right.sum() == 1
    assert found.asking[0, 1:].min() >= 0


@pytest.mark.parametrize(
    ("text", "speakers"), [(TEXT, ["narrator"] * 3), ("It rains.", ["the sky"]), ("It rains.", ["narrator"])]
)
def test_where_nobody_speaks_or_is_named_there_is_no_case(
    tokenizer: Tokenizer, text: str, speakers: list[str]
) -> None:
    assert case(tokenizer, text, *speakers) is None


def test_an_article_is_read_by_a_reader_that_has_not_learned_it(tokenizer: Tokenizer) -> None:
    gold = article(TEXT, "narrator", "Olm Perrault", "narrator")
    silent = reader("It rains.")
    seeing = read_cases([(silent, set()), (reader(TEXT), set())], tokenizer, [gold])
    blind = read_cases([(silent, set()), (reader(TEXT), {gold.id})], tokenizer, [gold])
    assert seeing[gold.id].asking[0, 1:].min() >= 0
    assert blind[gold.id].asking[0, 1:].tolist() == [-1, -1]
    assert read_cases([(silent, set())], tokenizer, [article(TEXT, *["narrator"] * 3)]) == {}


def test_it_is_measured_who_is_pointed_at(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    found = case(tokenizer, TEXT, "narrator", "Olm Perrault", "narrator")
    assert found is not None
    model = StatementTagger(tiny_encoder(layers=1))
    plain = untagged(read_words(tokenizer, TEXT), TEXT, [])
    (cased,) = with_cases([plain], ["a"], {"a": found})
    (unknown,) = with_cases([plain], ["b"], {"a": found})
    assert (cased.case, unknown.case) == (found, None)
    special = special_tokens(tokenizer)
    for shares, percent in ((found.right.float(), 100.0), ((~found.right).float(), 0.0)):
        monkeypatch.setattr("model.training.pointing.pointed", lambda *_, shares=shares: shares)
        assert score_pointed(model, [cased, unknown], special) == {"ruled": 0.0, "pointed": percent}
    found.rules[found.right] = 1.0
    assert score_pointed(model, [cased], special) == {"ruled": 100.0, "pointed": 0.0}
