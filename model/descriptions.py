"""Whom descriptions mean: "the former minister", "the company"."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import cache

from model.entities import Entity
from model.gazetteer import country_of_demonym, country_of_place, words
from model.mentions import Mention
from model.names import fold, kind_of_head
from model.nominals import Nominal
from model.pronouns import score
from model.wording import Token

Candidates = Callable[[Mention], list[tuple[Entity, dict[str, float]]]]
# Of more bearers of one role only the latest are thought of; bounds the work for each description.
_MOST_BEARERS = 24
_STEM = 6
# A new description renames somebody spoken of at most this many sentences ago.
_RENAMED_WITHIN = 2


class Descriptions:
    """Knows by which nouns the entities of one article have been called.

    `candidates` gives those that a pronoun at a place may mean, with their features.
    """

    def __init__(self, text: str, tokens: Sequence[Token], candidates: Candidates) -> None:
        self.text = text
        self.tokens = tokens
        self.candidates = candidates
        self.by_head: dict[str, list[Entity]] = {}

    def note(self, entity: Entity) -> None:
        """Note that `entity` has just been mentioned by name."""
        for head in entity.heads:
            listed = self.by_head.setdefault(head, [])
            if entity not in listed[-_MOST_BEARERS:]:
                listed.append(entity)

    def entity_of(self, mention: Nominal, before: tuple[Mention | Nominal, Entity] | None) -> Entity:
        """The entity that `mention` means; `before` is the mention before it and its entity."""
        entity = self._apposed(mention, before)
        owner = self._owner(mention, before)
        if entity is None and (mention.definite or mention.possessive or mention.owned):
            entity = self._known(mention, owner)
        if entity is None and (mention.definite or mention.owned):
            entity = self._renamed(mention)
        if entity is None and mention.theirs:
            entity = self._only_bearer(mention, owner)
        return entity or self._new(mention)

    @staticmethod
    def _owner(mention: Nominal, before: tuple[Mention | Nominal, Entity] | None) -> Entity | None:
        """Whose "her deputy" is, who is never the deputy (i within i, Chomsky 1981)."""
        if before is None or not (mention.theirs and mention.span.covers(before[0].span)):
            return None
        return before[1]

    def _only_bearer(self, mention: Nominal, owner: Entity | None) -> Entity | None:
        """Whom "his former wife" means: the only one who has been called so, unless that is he."""
        bearers = [entity for entity in self.by_head.get(mention.head, ()) if entity.plural == mention.plural]
        return bearers[0] if len(bearers) == 1 and bearers[0].name and bearers[0] is not owner else None

    def _new(self, mention: Nominal) -> Entity:
        entity = Entity(
            "group" if mention.plural and mention.head in words().persons else kind_of_head(mention.head),
            text=mention.span.of(self.text),
            gender=words().genders.get(mention.head),
            plural=mention.plural,
            heads={mention.head},
            described=set(mention.described),
        )
        self.by_head.setdefault(mention.head, []).append(entity)
        return entity

    def _renamed(self, mention: Nominal) -> Entity | None:
        """Whom a new description ("the businessman", "the company") renames: the likeliest just spoken of."""
        lexicon = words()
        if mention.plural:
            return None
        if mention.head in lexicon.renaming:
            pronoun = {"m": "he", "f": "she", None: "one"}[lexicon.genders.get(mention.head)]
        elif mention.head in lexicon.renaming_bodies and mention.described == {"the", mention.head}:
            pronoun = "it"
        else:
            return None
        stand_in = Mention(mention.span, mention.sentence, mention.tokens, possessive=False, pronoun=pronoun)
        near = [
            (score(pronoun, features), -rank, entity)
            for rank, (entity, features) in enumerate(self.candidates(stand_in))
            if mention.sentence - entity.touches[-1].sentence <= _RENAMED_WITHIN
            and self._may_be_renamed(entity, pronoun)
        ]
        if not near:
            return None
        entity = max(near, key=lambda candidate: candidate[:2])[2]
        if pronoun == "it":
            entity.kind = "group"
            entity.heads.add(mention.head)
            self.note(entity)
        return entity

    @staticmethod
    def _may_be_renamed(entity: Entity, pronoun: str) -> bool:
        if entity.name is None:
            return False
        if pronoun != "it":
            return entity.kind == "person" or (entity.kind == "unknown" and len(entity.name.words) > 1)
        return not entity.name.country and not entity.heads & words().nouns

    def _apposed(self, mention: Nominal, before: tuple[Mention | Nominal, Entity] | None) -> Entity | None:
        """The entity named right before a comma: "Ana Duarte, a former minister"."""
        if before is None:
            return None
        latest, entity = before
        gap = self.text[latest.span.end : mention.span.start]
        if gap.strip() == "," and mention.head in entity.heads and not mention.plural:
            return entity
        return None

    @staticmethod
    def _differs(telling: AbstractSet[str], entity: Entity) -> bool:
        """Whether each side has a distinction that the other lacks: the foreign and the defense ministry."""
        ours, theirs = (
            {stem(word) for word in side & words().modifiers} for side in (telling, entity.described)
        )
        return bool(ours - theirs and theirs - ours)

    def _is_sole(self, entity: Entity, mention: Nominal, proper: AbstractSet[str]) -> bool:
        """Whether nobody but `entity` goes by the noun, and its country is not told: "Norland's minister"."""
        bearers, lexicon = self.by_head.get(mention.head, ()), words()
        plain = lexicon.modifiers | lexicon.persons | lexicon.honorifics | lexicon.prepositions
        told = bool(entity.described - plain - lexicon.determiners)
        of_place = all(country_of_place(word) for word in proper)
        shared = mention.described & entity.described & lexicon.modifiers
        return len(bearers) == 1 and entity.name is not None and not told and of_place and bool(shared)

    def _known(self, mention: Nominal, owner: Entity | None) -> Entity | None:
        """The latest entity that a definite description fits best, and that is not its owner."""
        lexicon = words()
        telling = mention.described - lexicon.determiners - {mention.head}
        later = self.tokens[mention.tokens[0] + (not mention.owned) : mention.tokens[1]]
        proper = {stem(fold(token.text)) for token in later if token.text[0].isupper()}
        gender = lexicon.genders.get(mention.head)
        best, best_fit = None, 0.0
        for age, entity in enumerate(reversed(self.by_head.get(mention.head, ())[-_MOST_BEARERS:])):
            if entity is owner or entity.plural != mention.plural or not entity.touches:
                continue
            if gender and entity.gender and gender != entity.gender:
                continue
            known = {stem(word) for word in entity.described}
            if proper - known and not (mention.owned and self._is_sole(entity, mention, proper)):
                continue
            if self._differs(telling, entity):
                continue
            shared = sum(stem(word) in known for word in telling)
            distance = mention.sentence - entity.touches[-1].sentence
            fit = 2.0 + 2 * shared - len(telling) - 0.2 * age - 0.1 * min(distance, 10)
            if fit > best_fit:
                best, best_fit = entity, fit
        return best


@cache
def stem(word: str) -> str:
    """What "Democrat" and "Democratic", "Norland" and "Norlander", "Denmark" and "Danish" share."""
    capital = word.capitalize()
    return country_of_demonym(capital) or country_of_place(capital) or word[:_STEM]
