"""Proper names: what in them is title, role and name, and which of them may mean the same speaker."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from model.article import SpeakerKind
from model.gazetteer import (
    Gender,
    country_of_demonym,
    country_of_place,
    first_name_gender,
    is_capital,
    is_first_name,
    words,
)

_INITIAL = re.compile(r"(?:[^\W\d_]\.?){1,3}")
_ACRONYM = re.compile(r"(?:[A-Z][A-Z&-]{1,7}|(?:[A-Z]\.){2,7})s?")
_SMALL_WORDS = frozenset("of for and the on in to de du la & a an at".split())
# More words than this, none of them telling, are rather a title than a person.
_LONGEST_PERSON = 5
_SHORTEST_FULL = 2
_COMING_FROM = ("-born", "-based", "-led", "-backed", "-owned", "-run", "-raised")


@dataclass(frozen=True)
class Name:
    """A proper name without its title.

    `roles` are the role nouns that stood with it, lower case ("minister"); `described` are all words of
    its titles and roles, lower case. `country` is the country that the name stands for.
    """

    words: tuple[str, ...]
    kind: SpeakerKind
    gender: Gender | None = None
    roles: frozenset[str] = frozenset()
    described: frozenset[str] = frozenset()
    country: str | None = None

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The name's words for comparing: lower case, without full stops and other apostrophes."""
        return tuple(fold(word) for word in self.words)

    @property
    def surname(self) -> str:
        """The last word that is not "Jr." or the like, folded."""
        key = self.key
        return next((word for word in reversed(key) if word not in words().suffixes), key[-1])

    @property
    def first(self) -> str | None:
        """The first name or initial, folded; None when there is only a surname."""
        given = [word for word in self.key if word not in words().suffixes]
        return given[0] if len(given) > 1 else None


@cache
def fold(word: str) -> str:
    """`word` for comparing."""
    return word.lower().replace("’", "'").replace("‘", "'").replace(".", "")


def is_role(word: str) -> bool:
    """Whether `word` is a title or a role of one person, lower or upper case."""
    folded = fold(word)
    return folded in words().honorifics or folded in words().persons


def is_acronym(word: str) -> bool:
    """Whether `word` is a short form in capitals ("IAEA", "U.N.")."""
    return _ACRONYM.fullmatch(word) is not None


def kind_of_head(head: str) -> SpeakerKind:
    """What a description with the folded noun `head` describes; "unknown" for a noun not in the lists."""
    lexicon = words()
    if head in lexicon.persons and head not in lexicon.agents:
        return "person"
    if head in lexicon.groups:
        return "group"
    return "document" if head in lexicon.documents or lexicon.singular_document(head) else "unknown"


def parse(parts: Sequence[str], *, the: bool = False, role_before: bool = False) -> Name | None:
    """The name in a run of capitalised words, or None when the run is a title or a role alone.

    `the` says whether "the" stands before it, `role_before` whether a lower-case role does.
    """
    lexicon = words()
    folded = [fold(part) for part in parts]
    coming = max((k for k, word in enumerate(folded[:-1], 1) if word.endswith(_COMING_FROM)), default=0)
    if coming or _is_common(folded, parts):
        named = parse(parts[coming:], the=the, role_before=role_before) if coming else None
        return named and replace(named, described=named.described | set(folded[:coming]))
    if _is_group(folded, parts):
        officer = _officer(folded)
        if officer:
            held, core = frozenset(folded[:officer]), tuple(parts[officer:])
            return Name(core, "person", _given_gender(core), held & lexicon.persons, held)
        return Name(tuple(parts), "group", country=None)
    place = country_of_place(" ".join(parts))
    if place and not role_before:
        return Name(tuple(parts), "group", country=place)
    cut = _title_end(folded, the=the)
    if cut == len(parts):
        return None
    core, title = tuple(parts[cut:]), frozenset(folded[:cut])
    roles = title & lexicon.persons
    gender = next((lexicon.genders[word] for word in folded[:cut] if word in lexicon.genders), None)
    titled = bool(roles or title & lexicon.honorifics) or role_before
    kind = "person" if titled and (not the or len(core) > 1) else _kind(core, the=the)
    if kind == "person" and gender is None and len(core) > 1:
        gender = _given_gender(core)
    demonym = country_of_demonym(core[0]) if len(core) == 1 and the and not titled else None
    return Name(core, "group" if demonym else kind, gender, roles, title, demonym)


def _is_common(folded: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether the words name nobody: "Senate Republicans", "Unions", "NGO", "International"."""
    lexicon = words()
    if len(parts) == 1 and (
        lexicon.singular_group(folded[0]) or (folded[0] in lexicon.bodies and parts[0].isupper())
    ):
        return True
    if lexicon.singular_person(folded[-1]) and all(map(is_titular, folded[:-1])):
        return True
    return folded[-1] not in lexicon.standalone and all(word in lexicon.modifiers for word in folded)


def _is_group(folded: Sequence[str], parts: Sequence[str]) -> bool:
    lexicon = words()
    if folded[-1] in lexicon.groups and (len(folded) > 1 or folded[0] not in lexicon.modifiers):
        return len(folded) == 1 or folded[-2] in lexicon.modifiers or folded[-2] not in lexicon.honorifics
    if folded[-1] in lexicon.firms and len(folded) > 1 and not any(map(is_role, folded)):
        return True
    # "Ministry of Health", "Center for Public Affairs": the head stands before the small word.
    for index, part in enumerate(parts):
        if part in _SMALL_WORDS and index:
            return folded[index - 1] in lexicon.groups
    return False


def _officer(folded: Sequence[str]) -> int | None:
    """Where a person's name begins behind a body and a role in it: "Ministry of Ports Envoy Ana Duarte"."""
    lexicon = words()
    for index in range(len(folded) - _SHORTEST_FULL, max(2, len(folded) - _LONGEST_PERSON - 1), -1):
        rest = folded[index:]
        if folded[index - 1] in lexicon.persons and folded[index - 2] not in _SMALL_WORDS:
            plain = not any(is_titular(word) or word in lexicon.name_heads for word in rest)
            return index if plain else None
    return None


def _title_end(folded: Sequence[str], *, the: bool) -> int:
    """How many words at the start are title and role."""
    lexicon = words()
    cut = 0
    for index, word in enumerate(folded):
        if word in lexicon.honorifics or word.rpartition("-")[2] in lexicon.persons:
            if (
                word in lexicon.given
                and cut == index
                and index < len(folded) - 1
                and (index or word == "guy")
            ):
                # "Defence Minister Don Duarte": behind a role it is the given name.
                continue
            rest = [other for other in folded[index + 1 :] if other not in lexicon.suffixes]
            if rest or the or index == 0 or all(is_titular(other) for other in folded[:index]):
                cut = index + 1
    if cut == 0 and len(folded) > _SHORTEST_FULL and lexicon.singular_person(folded[0]):
        # "Senators Ana Duarte and Piet Vos"
        cut = 1
    # "Secretary of State X": the office goes on after "of".
    if cut and cut < len(folded) and folded[cut] == "of":
        office = folded[cut + 1 :]
        places = (size for size in range(len(office), 0, -1) if _is_place(office[:size]))
        cut += 1 + next(places, _office_end(office))
        cut = min(cut, len(folded))
    if cut == 0 or any(other not in lexicon.suffixes for other in folded[cut:]):
        return cut
    return len(folded)


def _office_end(office: Sequence[str]) -> int:
    """How many words behind "of" are the office: "the Interior", "Rural and Foreign Affairs"."""
    lexicon = words()
    size = 2 if office[:1] == ["the"] else 1
    while size < len(office) and (
        office[size] == "and" or office[size] in lexicon.modifiers or office[size] in lexicon.groups
    ):
        size += 1
    return size


def _is_place(office: Sequence[str]) -> bool:
    return country_of_place(" ".join(word.capitalize() for word in office if word != "the")) is not None


def is_titular(word: str) -> bool:
    """Whether a folded word may stand in a title ("foreign", "deputy", "minister")."""
    lexicon = words()
    return (
        word in lexicon.modifiers
        or word in lexicon.persons
        or word in lexicon.honorifics
        or word in lexicon.groups
        or word in _SMALL_WORDS
        or country_of_demonym(word.capitalize()) is not None
        or word in ("us", "uk", "un", "eu", "south", "north", "white", "new")
    )


def _given_gender(core: Sequence[str]) -> Gender | None:
    return next((g for part in core[:-1] if (g := first_name_gender(part.split("-")[0]))), None)


def _kind(core: Sequence[str], *, the: bool) -> SpeakerKind:
    known = len(core) > 1 and len(core) <= _LONGEST_PERSON and is_first_name(core[0])
    if (the and not known) or any(part in _SMALL_WORDS - words().particles for part in core):
        return "group"
    if len(core) == 1:
        return "group" if is_acronym(core[0]) else "unknown"
    given = core[0]
    if len(core) <= _LONGEST_PERSON and (is_first_name(given) or _INITIAL.fullmatch(given)):
        return "unknown" if country_of_place(core[0]) or country_of_demonym(core[0]) else "person"
    return "unknown"


def may_be_same_person(one: Name, other: Name) -> bool:
    """Whether two names may mean one person: same surname, no first name or gender against it."""
    if one.key == other.key:
        return _genders_agree(one, other)
    if one.surname != other.surname:
        return False
    first, second = one.first, other.first
    if first is None or second is None or _is_surname(one, other) or _is_surname(other, one):
        return _genders_agree(one, other)
    return first == second or (
        first[0] == second[0] and (_is_initial(first) or _is_initial(second) or _short_for(first, second))
    )


def _is_surname(short: Name, long: Name) -> bool:
    """Whether a name of several words is how another one ends: "Vega Duarte" of "Ana Vega Duarte"."""
    return 1 < len(short.key) < len(long.key) and long.key[-len(short.key) :] == short.key


def _is_initial(first: str) -> bool:
    return len(first) <= 2  # noqa: PLR2004 (folded initials such as "j" or "jk")


def _short_for(first: str, second: str) -> bool:
    short, long = sorted((first, second), key=len)
    return len(short) > 2 and long.startswith(short)  # noqa: PLR2004 (anything shorter is an initial)


def _genders_agree(one: Name, other: Name) -> bool:
    return not (one.gender and other.gender and one.gender != other.gender)


def may_be_same_group(short: Name, long: Name) -> bool:
    """Whether `short` may be a short form of the organisation `long`."""
    a, b = _content(short.key), _content(long.key)
    if a == b:
        return True
    if short.country and long.country:
        return short.country == long.country
    if not a or len(a) >= len(b):
        return False
    if is_acronym(short.words[0]) and len(a[0]) > 1 and _without(a[0], b) == a[1:]:
        return True
    if b[-len(a) :] == a:
        part = short.country or is_acronym(short.words[0]) or long.key[-2] in _SMALL_WORDS
        return len(a) > 1 or a[0] in words().groups or not part
    return b[: len(a)] == a and _may_be_cut(short, long)


def _without(acronym: str, key: tuple[str, ...]) -> tuple[str, ...]:
    """`key` without the words that `acronym` stands for, where it opens with them."""
    size = len(acronym)
    return key[size:] if acronym == "".join(word[0] for word in key[:size]) else key


def _may_be_cut(short: Name, long: Name) -> bool:
    """Whether the beginning of an organisation's name stands for it.

    "Church" for "Church of Norland", "Meridian" for "Meridian Steel Corp."; not "Norland" for "Norland
    Football Association".
    """
    lexicon = words()
    if long.key[1:2] == ("of",):
        return short.key == long.key[:1] and short.key[0] in lexicon.groups
    return short.country is None and long.key[-1] in lexicon.name_heads and short.kind != "person"


def _content(key: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in key if word not in _SMALL_WORDS)


def merge(one: Name, other: Name) -> Name:
    """What both names of one speaker say together, under the fuller of the two."""
    full = fuller(one, other)
    return replace(
        full,
        kind=full.kind if full.kind != "unknown" else one.kind if one.kind != "unknown" else other.kind,
        gender=one.gender or other.gender,
        roles=one.roles | other.roles,
        described=one.described | other.described,
        country=one.country or other.country,
    )


def fuller(one: Name, other: Name) -> Name:
    """The name that says more: more words, then more letters; the first at equality."""
    if one.country and other.country:
        return max(one, other, key=_country_fullness)

    def fullness(name: Name) -> tuple[bool, int, int]:
        text = " ".join(name.words)
        return (not is_acronym(text) and not text.isupper(), len(name.words), len(text))

    return max(one, other, key=fullness)


def _country_fullness(name: Name) -> int:
    text = " ".join(name.words)
    if text == name.country:
        return 3
    return 0 if country_of_demonym(text) else 1 if is_capital(text) else 2
