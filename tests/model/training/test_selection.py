"""By which reader an article is read for the choice of speakers."""

from model.entailment.dummy import DummyEntailment
from model.evaluation.gold import GoldArticle, GoldSentence
from model.logit import Logit
from model.reader import Reader
from model.training.selection import speakers_among, unseen
from tests.model.test_reader import Told


def article(name: str) -> GoldArticle:
    sentence = GoldSentence(
        start=0, end=9, label="assertion", accept=("assertion",), speaker="narrator", speaker_accept=()
    )
    return GoldArticle(id=name, text="It rains.", sentences=(sentence,))


def reader() -> Reader:
    return Reader(DummyEntailment(), Told(), selection=Logit(), disputes=Logit())


def test_an_article_is_read_by_the_last_who_has_not_learned_it() -> None:
    first, last = reader(), reader()
    known = [(first, {"a"}), (last, {"a", "b"})]
    found = list(unseen(known, [article(name) for name in "abc"]))
    assert [(by, each.id) for by, each in found] == [(first, "b"), (last, "c")]


def test_the_full_name_is_the_right_one_where_it_is_to_be_had() -> None:
    sentence = GoldSentence(
        start=0,
        end=9,
        label="assertion",
        accept=("assertion",),
        speaker="Ana Duarte",
        speaker_accept=("Duarte", "the mayor"),
    )
    assert speakers_among(sentence, ["the mayor", "Olm", "Ana Duarte", "Duarte"]) == [
        False,
        False,
        True,
        False,
    ]
    assert speakers_among(sentence, ["the mayor", "Olm", "Duarte"]) == [True, False, True]
    assert speakers_among(sentence, ["Olm"]) == [False]
