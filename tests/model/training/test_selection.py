"""By which reader an article is read for the choice of speakers."""

from model.entailment.dummy import DummyEntailment
from model.evaluation.gold import GoldArticle, GoldSentence
from model.logit import Logit
from model.reader import Reader
from model.training.selection import unseen
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
