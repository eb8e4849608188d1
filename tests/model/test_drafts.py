"""Articles that are asked about again: the same answers, and no work twice."""

from collections.abc import Sequence

import pytest

from model.drafts import Drafts
from model.entailment.dummy import DummyEntailment
from model.labels import Label, LabelSet
from model.reader import Article, ArticleError, Reader
from model.spans import Span
from model.statements import Reading
from tests.model.test_reader import Told

PRAISE = LabelSet((Label("praise", ("{speaker} praises.",)), Label("threat", ("{speaker} threatens.",))))
ANA, BO, RAIN = Article("Ana says so."), Article("Ana says so. Bo left."), Article("Ana says so. It rained.")


class Counting(Told):
    """Counts the texts that it reads."""

    def __init__(self) -> None:
        super().__init__(("Ana", "says", ["so"]))
        self.texts: list[str] = []

    def read_twice(self, text: str, sentences: Sequence[Span]) -> Reading:
        self.texts.append(text)
        return super().read_twice(text, sentences)


def reader(characters: int) -> tuple[Reader, Counting]:
    told = Counting()
    return Reader(DummyEntailment(), told, remembered=Drafts(characters)), told


def test_the_same_article_with_other_labels_is_tagged_once() -> None:
    remembering, told = reader(1000)
    forgetful, _ = reader(0)
    for labels in (None, PRAISE, None):
        found = remembering.read_many([ANA, BO, ANA], labels)
        assert found == forgetful.read_many([ANA, BO, ANA], labels)
    assert sorted(told.texts) == sorted([ANA.text, BO.text])


def test_the_oldest_leave_first_and_the_longest_never_stays() -> None:
    remembering, told = reader(len(ANA.text) + len(BO.text))
    for article in (ANA, BO, ANA, RAIN, ANA, BO):
        remembering.read(article)
    assert told.texts == [ANA.text, BO.text, RAIN.text, ANA.text, BO.text]
    forgetful, told = reader(len(BO.text) - 1)
    forgetful.read_many([BO])
    forgetful.read_many([BO])
    assert told.texts == [BO.text, BO.text]


def test_an_article_with_another_id_is_another_one() -> None:
    remembering, _ = reader(1000)
    assert [remembering.read(Article(ANA.text, id=name)).id for name in ("1", "2", "1")] == ["1", "2", "1"]


def test_an_error_names_the_article_s_place_whatever_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    remembering, _ = reader(1000)
    remembering.read(ANA)
    monkeypatch.setattr("model.reader.MAX_SENTENCES", 1)
    with pytest.raises(ArticleError) as refused:
        remembering.read_many([ANA, BO])
    assert refused.value.index == 1
