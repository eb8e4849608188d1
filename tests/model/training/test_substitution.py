"""Names exchanged among articles: which words they are, and what stays as it was."""

import random

import numpy as np
import pytest
from tokenizers import Tokenizer

from model.training.examples import untagged
from model.training.substitution import Exchange, called, exchanged
from model.windows import read_words

TEXT = "Foreign Minister Ana Duarte told Norland Radio that Piet Vos was wrong. Duarte left, said Norland’s radio."
OTHER = "Maria Kellner said no. “Never,” Kellner said to Peter Brandt-Holt."


def test_the_words_of_persons_names_are_known_for_what_they_are() -> None:
    assert called(TEXT) == {"ana": "given f", "duarte": "surname", "piet": "given m", "vos": "surname"}
    assert called(OTHER) == {
        "maria": "given f",
        "kellner": "surname",
        "peter": "given m",
        "brandt": "surname",
        "holt": "surname",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Duarte spoke. Ana left early.", {"ana": "given f", "duarte": "surname"}),
        ("Ana left early. She came. Ana said so.", {"ana": "given f"}),
        ("Pope Francis spoke. Francis left.", {"francis": "given m"}),
        (
            "Piet Vos Jr. spoke to Queen Maria II. They left.",
            {"piet": "given m", "vos": "surname", "maria": "given f"},
        ),
    ],
)
def test_first_names_that_stand_alone(text: str, expected: dict[str, str]) -> None:
    assert called(text) == expected


def test_a_word_that_something_else_bears_is_left() -> None:
    assert called("Ana Norland spoke. The Norland Bank said so.") == {"ana": "given f"}


def test_a_name_becomes_another_one_of_its_kind_in_all_its_places(tokenizer: Tokenizer) -> None:
    articles = [untagged(read_words(tokenizer, text), text, ()) for text in (TEXT, OTHER)]
    exchange = Exchange(tokenizer, articles)
    tokens = {
        word: tuple(tokenizer.encode(word, add_special_tokens=False).ids)
        for text in (TEXT, OTHER)
        for word in called(text)
    }
    kinds = {**called(TEXT), **called(OTHER)}
    seen = set()
    for seed in range(30):
        new = exchange(articles[0], random.Random(seed)).words
        found: dict[str, tuple[int, ...]] = {}
        for place, (start, end) in enumerate(zip(new.start, new.end, strict=True)):
            word = TEXT[start:end].lower()
            if word in kinds:
                got = tuple(new.tokens[new.first[place] : new.first[place + 1]].tolist())
                assert got in {tokens[other] for other, kind in kinds.items() if kind == kinds[word]}
                assert found.setdefault(word, got) == got
        assert len(set(found.values())) == len(found)
        seen.add(tuple(found.values()))
    assert len(seen) > 5


def test_all_but_the_tokens_of_names_stays(tokenizer: Tokenizer) -> None:
    words = read_words(tokenizer, TEXT)
    same = exchanged(words, TEXT, {})
    for part in ("tokens", "features", "first", "start", "end"):
        assert np.array_equal(getattr(same, part), getattr(words, part))
    new = exchanged(words, TEXT, {"vos": [7, 8, 9], "radio": [5]})
    places = [TEXT[start:end] for start, end in zip(words.start, words.end, strict=True)]
    vos, radio = places.index("Vos"), places.index("Radio")
    assert new.tokens[new.first[vos] : new.first[vos + 1]].tolist() == [7, 8, 9]
    assert new.tokens[new.first[radio] : new.first[radio + 1]].tolist() == [5]
    # In lower case it is no name.
    small = places.index("radio")
    before = words.tokens[words.first[small] : words.first[small + 1]]
    assert np.array_equal(new.tokens[new.first[small] : new.first[small + 1]], before)
    assert len(new.tokens) == len(new.features) == new.first[-1]
    assert np.array_equal(new.start, words.start)
    assert (new.features[new.first[vos] : new.first[vos + 1]] == words.features[words.first[vos]]).all()
