"""Persons' names exchanged for others, so that who speaks is read from the article and not known by heart.

Mention replacement (Dai and Adel 2020, "An Analysis of Simple Data Augmentation for Named Entity
Recognition"), the same in all places of an article: a first name for one of the same gender, a surname for a
surname, all of them taken from the articles that are learned from.
"""

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from tokenizers import Tokenizer

from model.coreference import mentions_of
from model.entities import Entity, gather
from model.gazetteer import first_name_gender, is_first_name, words
from model.mentions import Mention
from model.names import fold, is_acronym, is_titular
from model.sentences import split
from model.training.examples import Annotated
from model.windows import Ints, Words
from model.wording import tokenize

SURNAME, GIVEN = "surname", "given"
EITHER = "e"
_PARTS = re.compile(r"[^\W\d_]{2,}")
Called = Mapping[str, str]
"""What each word of persons' names is, lower case: a surname or a first name with whom it is given to."""


def called(text: str) -> Called:
    """The words of the names of persons in `text`; no word that something else bears too."""
    sentences = split(text)
    mentions = [m for m in mentions_of(text, sentences, tokenize(text, sentences)) if isinstance(m, Mention)]
    found: dict[str, str] = {}
    others: set[str] = set()
    for mention, entity in gather(mentions).items():
        for word in mention.name.words if mention.name else ():
            parts = [part.lower() for part in _PARTS.findall(word)]
            if entity.kind != "person":
                others.update(parts)
            elif _is_own(word):
                kind = _kind(word, entity)
                # A family may have a first name of somebody's for its own: the surname is the rarer sense.
                found |= {part: kind for part in parts if kind != SURNAME or part not in found}
    return {word: kind for word, kind in found.items() if word not in others}


def _is_own(word: str) -> bool:
    """Whether a word of a person's name is theirs: no title, initials, "Jr." or word of another kind."""
    folded, lexicon = fold(word), words()
    telling = not is_titular(folded) and folded not in lexicon.suffixes | lexicon.functions
    return word[:1].isupper() and telling and not is_acronym(word)


def _kind(word: str, entity: Entity) -> str:
    """What a word of somebody's name is: by their full name or, for want of one, by the word itself."""
    full = entity.name.words if entity.name else ()
    if not is_first_name(word) or (len(full) > 1 and word not in full[:-1]):
        return SURNAME
    return f"{GIVEN} {entity.gender or first_name_gender(word) or EITHER}"


class Exchange:
    """Exchanges the names of persons among articles."""

    def __init__(self, tokenizer: Tokenizer, articles: Sequence[Annotated]) -> None:
        self._called = {article.text: called(article.text) for article in articles}
        every = sorted({pair for found in self._called.values() for pair in found.items()})
        self._tokens = {word: tokenizer.encode(word, add_special_tokens=False).ids for word, _ in every}
        self._pool: dict[str, list[str]] = defaultdict(list)
        for word, kind in every:
            self._pool[kind].append(word)

    def __call__(self, article: Annotated, chance: random.Random) -> Annotated:
        """The article with other names in it; its words stand where they stood, its text stays."""
        alike: dict[str, list[str]] = defaultdict(list)
        for word, kind in self._called[article.text].items():
            alike[kind].append(word)
        others = {
            word: self._tokens[other]
            for kind, found in alike.items()
            for word, other in zip(found, chance.sample(self._pool[kind], len(found)), strict=True)
        }
        return replace(article, words=exchanged(article.words, article.text, others)) if others else article


def exchanged(read: Words, text: str, others: Mapping[str, Sequence[int]]) -> Words:
    """Words with other tokens for those that `others` has, lower case, and that begin in upper case here."""
    tokens: list[int] = []
    features: list[int] = []
    first = [0]
    spans = zip(read.start.tolist(), read.end.tolist(), read.first[:-1], read.first[1:], strict=True)
    for start, end, begin, stop in spans:
        word = text[start:end]
        own = read.tokens[begin:stop].tolist()
        new = others.get(word.lower(), own) if word[:1].isupper() else own
        tokens += new
        features += [int(read.features[begin])] * len(new)
        first.append(len(tokens))
    return replace(read, tokens=_ints(tokens), features=_ints(features), first=_ints(first))


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)
