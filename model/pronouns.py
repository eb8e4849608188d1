"""What makes an antecedent of a pronoun likely."""

import json
import math
from collections.abc import Set as AbstractSet
from functools import cache
from importlib import resources
from typing import NamedTuple

from model.entities import Entity, Touch
from model.gazetteer import Gender

GENDERS: dict[str, Gender] = {
    "he": "m",
    "him": "m",
    "his": "m",
    "himself": "m",
    "she": "f",
    "her": "f",
    "hers": "f",
    "herself": "f",
}
PLURAL = frozenset(["they", "them", "their", "theirs", "themselves"])
_ADJACENT = 3
# Mentions more sentences ago than this are "older".
_RECENT = 3
_FARTHEST = 6
# What is asked of every candidate.
FEATURES = (
    "same_sentence",
    "previous_sentence",
    "older",
    "distance",
    "rank",
    "subject",
    "oblique",
    "possessive",
    "pronoun",
    "headline",
    "quoted",
    "spoke_last",
    "spoke_before",
    "tells",
    "tells_quoted",
    "introduced",
    "has_spoken",
    "located",
    "mentions",
    "gender_known",
    "leans_right",
    "leans_wrong",
    "kind_known",
    "nominal",
    "subject_before",
    "subject_twice",
    "subject_here",
    "possessive_here",
    "opens_here",
    "group",
    "plural",
    "person",
    "adjacent",
)


@cache
def coefficients() -> dict[str, dict[str, float]]:
    """What each feature of a candidate weighs, for "he", "it" and "they" (`model.training.coreference`)."""
    loaded: dict[str, dict[str, float]] = json.loads(
        (resources.files("model") / "lexicon" / "pronouns.json").read_text("utf-8")
    )
    return loaded


class Place(NamedTuple):
    """Where a pronoun stands.

    `opens`: it is the first word of its sentence outside quotation marks; `paragraph` is the number of its
    paragraph; `quoted`: it stands inside quotation marks.
    """

    pronoun: str
    sentence: int
    token: int
    paragraph: int
    possessive: bool
    opens: bool
    quoted: bool


class Telling(NamedTuple):
    """Who is speaking around a pronoun: who spoke last, and whose words it stands among.

    `source`: the pronoun itself says who speaks; `spoken`: who has spoken before, by `id`.
    """

    source: bool = False
    last: Entity | None = None
    last_paragraph: int = 0
    teller: Entity | None = None
    spoken: AbstractSet[int] = frozenset()


def features(entity: Entity, touch: Touch, rank: int, place: Place, telling: Telling) -> dict[str, float]:
    """What is known of `entity`, last mentioned in `touch` and the `rank`-th latest, as an antecedent."""
    distance = place.sentence - touch.sentence
    gender = GENDERS.get(place.pronoun)
    spoke = entity is telling.last
    tells = entity is telling.teller
    fresh = entity.touches[0].sentence >= place.sentence - 1
    return {
        "same_sentence": float(distance == 0),
        "previous_sentence": float(distance == 1),
        "older": float(distance > _RECENT),
        "distance": float(min(distance, _FARTHEST)),
        "rank": float(min(rank, _FARTHEST)),
        "subject": float(touch.subject),
        "oblique": float(touch.oblique),
        "possessive": float(touch.possessive),
        "pronoun": float(touch.pronoun),
        "headline": float(touch.headline),
        "quoted": float(touch.quoted and not place.quoted),
        "spoke_last": float(spoke),
        "spoke_before": float(spoke and telling.last_paragraph < place.paragraph),
        "tells": float(tells and not place.quoted),
        "tells_quoted": float(tells and place.quoted),
        "introduced": float(telling.source and fresh and entity.kind == "person" and entity.name is not None),
        "has_spoken": float(telling.source and id(entity) in telling.spoken),
        "located": float(touch.located),
        "mentions": math.log1p(len(entity.touches)),
        "gender_known": float(entity.gender is not None),
        "leans_right": float(entity.leaning is not None and entity.leaning == gender),
        "leans_wrong": float(entity.leaning is not None and gender is not None and entity.leaning != gender),
        "kind_known": float(entity.kind != "unknown"),
        "nominal": float(entity.name is None),
        "subject_before": float(touch.subject and distance == 1),
        "subject_twice": float(touch.subject and place.opens and distance == 1),
        "subject_here": float(touch.subject and distance == 0),
        "possessive_here": float(place.possessive and distance == 0),
        "opens_here": float(place.opens and distance == 0),
        "group": float(entity.kind == "group"),
        "plural": float(entity.plural),
        "person": float(entity.kind == "person"),
        "adjacent": float(place.token - touch.token <= _ADJACENT),
    }


def score(pronoun: str, row: dict[str, float]) -> float:
    """How likely a candidate with these features is what `pronoun` means; comparable for one pronoun."""
    weights = coefficients()[pronoun_class(pronoun)]
    return sum(weights.get(name, 0.0) * value for name, value in row.items())


def pronoun_class(pronoun: str) -> str:
    """Which coefficients a pronoun has: those of "he", "it" or "they"."""
    return "they" if pronoun in PLURAL else "he" if pronoun in GENDERS else "it"


def agrees(entity: Entity, pronoun: str) -> bool:
    """Whether number, gender and kind let `pronoun` mean `entity`; "one" stands for any one person."""
    if pronoun in PLURAL:
        return entity.plural or entity.kind == "group"
    if entity.plural:
        return False
    gender = GENDERS.get(pronoun)
    if gender is None and pronoun != "one":
        return entity.kind in ("group", "document") or (entity.kind == "unknown" and entity.gender is None)
    return entity.kind in ("person", "unknown") and (gender is None or entity.gender in (None, gender))
