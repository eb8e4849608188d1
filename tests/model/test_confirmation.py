"""Doubtful attributions: believed where the NLI model hears their source deny or condemn."""

from model.confirmation import confirmed
from model.sentences import split
from model.statements import Attribution
from tests.model.test_reader import Sure, Told

TEXT = "Ana Duarte laughed off the charge. Olm Perrault opened the dam. It rained."
LAUGHED = ("Ana Duarte", "laughed off", ["the charge"])
OPENED = ("Olm Perrault", "opened", ["the dam"])


def sources(text: str, found: tuple[Attribution, ...]) -> list[str]:
    return [attribution.source.of(text) for attribution in found if attribution.source]


def believed(told: Told, *sure: tuple[str, str], text: str = TEXT) -> list[str]:
    return sources(text, confirmed(Sure(*sure), told.read_twice(text, split(text))))


def test_a_source_that_denies_or_condemns_is_believed() -> None:
    told = Told(doubtful=[LAUGHED, OPENED])
    assert believed(told, ("laughed", "denies")) == ["Ana Duarte"]
    assert believed(told, ("opened", "condemns")) == ["Olm Perrault"]
    assert believed(told) == []


def test_what_asserts_is_not_believed() -> None:
    assert believed(Told(doubtful=[LAUGHED]), ("laughed", "asserts"), ("laughed", "states")) == []


def test_what_is_sure_stays_and_all_is_in_order() -> None:
    told = Told(OPENED, doubtful=[LAUGHED])
    assert believed(told) == ["Olm Perrault"]
    assert believed(told, ("laughed", "denies")) == ["Ana Duarte", "Olm Perrault"]


def test_a_sentence_gets_one_attribution() -> None:
    other = ("the charge", "laughed off", ["Ana Duarte"])
    assert len(believed(Told(doubtful=[LAUGHED, other]), ("laughed", "denies"))) == 1


def test_the_model_is_asked_once_and_only_where_there_is_doubt() -> None:
    entailment = Sure(("laughed", "denies"))
    for told, calls in ((Told(OPENED), 0), (Told(doubtful=[LAUGHED, OPENED]), 1)):
        entailment.calls = 0
        confirmed(entailment, told.read_twice(TEXT, split(TEXT)))
        assert entailment.calls == calls
