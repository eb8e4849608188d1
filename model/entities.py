"""Who is who: every proper name of an article belongs to one entity with its fullest name."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from model.article import SpeakerKind
from model.gazetteer import Gender, first_name_gender, is_first_name, is_state, likely_gender, words
from model.mentions import Mention
from model.names import Name, is_acronym, may_be_same_group, may_be_same_person, merge
from model.spans import Span

# A single word that heads so many names that it does not point to one of them.
_COMMON_HEADS = frozenset(["house", "state", "city", "county", "country", "people", "side"])

# A name that is used so often is established.
_ESTABLISHED = 3
# Bearers of a name whose presence differs by less are about as likely.
_NEAR = 0.7
# Of more bearers of one surname only the latest are thought of; bounds the work for each name.
_MOST_NAMESAKES = 32


Places = Mapping[tuple[str, ...], Sequence[int]]
"""Where each name stands outside headlines, by its key, in order; code points."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One place where the article speaks of an entity, and how; `token` is the index of the next word.

    `subject`: seems to be the subject of its clause; `oblique`: stands after a preposition; `located`: after
    one of place; `quoted`: inside quotation marks.
    """

    start: int
    sentence: int
    token: int = 0
    subject: bool = False
    oblique: bool = False
    possessive: bool = False
    headline: bool = False
    quoted: bool = False
    pronoun: bool = False
    located: bool = False


@dataclass(eq=False, slots=True)
class Entity:
    """Somebody or something that the article speaks of. `text` describes one without a name.

    `leaning` is the gender that a lone name suggests, which may be a surname as well.
    """

    kind: SpeakerKind
    name: Name | None = None
    text: str = ""
    gender: Gender | None = None
    leaning: Gender | None = None
    plural: bool = False
    heads: set[str] = field(default_factory=set)
    described: set[str] = field(default_factory=set)
    spans: list[Span] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The fullest name or, for want of a name, the fullest description."""
        return " ".join(self.name.words) if self.name else self.text

    @classmethod
    def named(cls, name: Name) -> "Entity":
        """An entity of which so far only `name` is known."""
        entity = cls(name.kind)
        entity.learn(name)
        return entity

    def learn(self, name: Name) -> None:
        """Take over what a further name says."""
        self.name = merge(self.name, name) if self.name else name
        self.kind = self.name.kind
        self.gender = self.gender or self.name.gender
        if self.kind in ("person", "unknown") and self.name.first and not is_first_name(self.name.first):
            self.leaning = likely_gender(self.name.first, self.name.surname)
        lexicon = words()
        self.heads |= self.name.roles
        self.described |= self.name.described
        bearing = self.name.roles | self.name.described & lexicon.honorifics
        if self.kind == "group":
            self.heads |= {word for word in self.name.key if word in lexicon.groups}
            if len(self.name.key) > 1 and not self.name.country:
                self.heads.add(self.name.key[-1])
            self.described |= set(self.name.key)
            bearing |= {word for word in self.name.key if word in lexicon.groups} | set(self.name.key[-1:])
        for word in bearing:
            self.heads |= lexicon.called.get(word, frozenset())

    def hear(self, gender: Gender, *, surely: bool) -> None:
        """Take a pronoun for it as its gender, or as a hint when it may have meant somebody else."""
        if not surely:
            self.leaning = self.leaning or gender
            return
        self.gender = gender
        self.kind = "person" if self.kind == "unknown" else self.kind

    def touch(self, touch: Touch, span: Span) -> None:
        """Note one more mention."""
        self.touches.append(touch)
        if not self.spans or self.spans[-1] != span:
            self.spans.append(span)


def gather(mentions: Sequence[Mention]) -> dict[Mention, Entity]:
    """The entity of every name among `mentions`."""
    named = [mention for mention in mentions if mention.name]
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for mention in named:
        if mention.name and not mention.headline:
            places[mention.name.key].append(mention.span.start)
    persons = _full_persons(named, places)
    groups = _groups(
        {mention.name for mention in named if mention.name and mention.name.kind == "group"}, places
    )
    return _assign(named, persons, groups)


def _full_persons(named: Sequence[Mention], places: Places) -> dict[str, list[Entity]]:
    """Entities with a first name and a surname, by surname."""
    known = {mention.name.surname for mention in named if mention.name and mention.name.kind == "person"}
    persons: dict[str, list[Entity]] = defaultdict(list)
    for mention in named:
        name = mention.name
        if name is None or name.kind == "group" or name.first is None or mention.headline:
            continue
        alone = replace(name, words=name.words[-1:])
        if name.surname not in known and _is_established(alone, name, places):
            continue
        namesakes = persons[name.surname][-_MOST_NAMESAKES:]
        same = [entity for entity in namesakes if entity.name and may_be_same_person(entity.name, name)]
        exact = [entity for entity in same if entity.name and entity.name.first == name.first]
        if exact or same:
            (exact or same)[-1].learn(name)
        else:
            persons[name.surname].append(Entity.named(name))
    return persons


def _groups(names: Iterable[Name], places: Places) -> dict[tuple[str, ...], Entity]:
    """Entities of organisations and countries, by every key of theirs."""
    found: dict[tuple[str, ...], Entity] = {}
    by_word: dict[str, list[Entity]] = defaultdict(list)
    countries: dict[str, Entity] = {}
    for name in sorted(names, key=lambda name: (is_acronym("".join(name.words)), -len(name.key), name.words)):
        if name.key in found:
            found[name.key].learn(name)
            continue
        if name.country:
            entity = countries.setdefault(name.country, Entity("group"))
            entity.learn(name)
            found[name.key] = entity
            continue
        entity = _long_form(name, by_word, places) or Entity.named(name)
        entity.learn(name)
        found[name.key] = entity
        if entity.name == name:
            initials = "".join(word[0] for word in name.key if word not in ("of", "for", "the", "and", "on"))
            for word in {name.key[0], name.key[-1], initials}:
                by_word[word].append(entity)
    return found


def _long_form(name: Name, by_word: dict[str, list[Entity]], places: Places) -> Entity | None:
    """The organisation that `name` is short for."""
    key = name.key
    if len(key) == 1 and key[0] in _COMMON_HEADS:
        return None
    near = {
        id(entity): entity
        for word in (key[0], key[-1])
        for entity in by_word.get(word, ())[-_MOST_NAMESAKES:]
    }
    fits = [
        entity
        for entity in near.values()
        if entity.name
        and may_be_same_group(name, entity.name)
        and not _is_established(name, entity.name, places)
    ]
    return fits[0] if len(fits) == 1 else None


def _is_established(short: Name, long: Name, places: Places) -> bool:
    """Whether a name has stood by itself for some time before a longer one: then it is not short for that.

    Acronyms and nouns ("the commission") are short forms wherever they stand.
    """
    if is_acronym(short.words[0]) or short.key[-1] in words().groups:
        return False
    used = places.get(short.key, ())
    return len(used) >= _ESTABLISHED and used[_ESTABLISHED - 1] < min(places.get(long.key, ()), default=0)


class _Counter:
    """How present the bearers of a name are at one place of the article."""

    def __init__(self) -> None:
        self.count: dict[int, int] = defaultdict(int)
        self.bare: dict[int, int] = defaultdict(int)
        self.last: dict[int, int] = {}
        self.leaders: dict[int, int] = {}

    def note(self, entity: Entity, name: Name, sentence: int) -> None:
        """Note a mention by `name`; by a first name alone it tells nothing of whom the surname alone means.

        Of a family the news calls one by the surname, and the others by their first names.
        """
        if name.first is None and entity.name and name.key[0] == entity.name.first:
            return
        self.count[id(entity)] += 1
        self.bare[id(entity)] += name.first is None
        self.leaders.setdefault(sentence, id(entity))
        self.last[id(entity)] = sentence

    def likeliest(self, fits: Sequence[Entity], name: Name, sentence: int) -> Entity:
        """The bearer that `name` most likely means.

        Of two who stood in one sentence last it is the one whom that names first: "Ana Duarte, mother of Piet
        Duarte".
        """
        best = max(fits, key=lambda entity: self.presence(entity, name, sentence))
        leader = self.leaders.get(self.last.get(id(best), -1))
        first = next((each for each in fits if id(each) == leader), best)
        ahead = self.presence(best, name, sentence) - self.presence(first, name, sentence)
        return best if name.described - words().honorifics or ahead > _NEAR else first

    def presence(self, entity: Entity, name: Name, sentence: int) -> float:
        """Higher for the bearer that a bare `name` more likely means."""
        last = self.last.get(id(entity))
        recency = 0.0 if last is None else 1.0 / (1 + sentence - last)
        shared = len(name.described & entity.described - words().honorifics)
        return (
            math.log1p(self.count[id(entity)])
            + math.log1p(self.bare[id(entity)])
            + 1.5 * recency
            + 2 * shared
        )


def _assign(
    named: Sequence[Mention], persons: dict[str, list[Entity]], groups: dict[tuple[str, ...], Entity]
) -> dict[Mention, Entity]:
    by_given: dict[str, list[Entity]] = defaultdict(list)
    for bearers in persons.values():
        for entity in bearers:
            if entity.name and entity.name.first:
                by_given[entity.name.first].append(entity)
    others: dict[tuple[str, ...], Entity] = {}
    seen = _Counter()
    entities: dict[Mention, Entity] = {}
    for mention in named:
        name = mention.name
        if name is None:
            continue
        fits = _bearers(name, persons, by_given)
        if fits:
            entity = seen.likeliest(fits, name, mention.sentence)
            if not mention.headline:
                entity.learn(name if name.kind == "person" else replace(name, kind="unknown"))
        else:
            entity = groups.get(name.key) or _other(name, others)
        seen.note(entity, name, mention.sentence)
        entities[mention] = entity
    return entities


def _other(name: Name, others: dict[tuple[str, ...], Entity]) -> Entity:
    """The entity of a name that is neither a known organisation nor a full name's short form."""
    entity = others.setdefault(name.key, Entity.named(name))
    entity.learn(name)
    lone = name.words[0] if len(name.words) == 1 else ""
    if entity.kind == "unknown" and is_first_name(lone) and not is_state(lone):
        entity.kind, entity.leaning = "person", first_name_gender(name.words[0])
    return entity


def _bearers(name: Name, persons: dict[str, list[Entity]], by_given: dict[str, list[Entity]]) -> list[Entity]:
    """The persons of whom `name` may be a name."""
    if name.kind == "group" and (len(name.words) > 1 or name.key[0] not in persons):
        return []
    fits = [
        entity
        for entity in persons.get(name.surname, ())[-_MOST_NAMESAKES:]
        if entity.name and may_be_same_person(name, entity.name)
    ]
    if name.country:
        # "America" is not short for "Latin America", "Jordan" may be for "Ana Jordan".
        fits = [entity for entity in fits if entity.kind == "person"]
    if fits or name.first is not None:
        return [entity for entity in fits if entity.name and entity.name.first == name.first] or fits
    return by_given.get(name.key[0], [])[-_MOST_NAMESAKES:]
