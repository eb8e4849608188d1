"""What the reader knows of the world before it reads: role words, countries, first names.

Everything is loaded once, on first use. The word lists stand in `model/lexicon`, the countries come
from the library `countryinfo`.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from countryinfo import all_countries

Gender = Literal["m", "f"]
_LEXICON = resources.files("model") / "lexicon"
# Code-like and one-word spellings below this length ("IN", "TO") are words first.
_SHORTEST_SPELLING = 4


@dataclass(frozen=True, slots=True)
class Words:
    """The word lists, all lower case.

    `agents` may be people or companies, `bodies` are the groups that stand beside a name, `firms` the last
    words of companies' names, `standalone` the modifiers that are names by themselves; `called` says by
    which nouns the bearer of a title, a role or a name goes ("gov" -> "governor"). `utterances` are the
    documents through which their issuer speaks; `nouns` are all that a description may have as its head,
    `name_heads` what the name of a body may end with.
    """

    honorifics: frozenset[str]
    persons: frozenset[str]
    agents: frozenset[str]
    renaming: frozenset[str]
    renaming_bodies: frozenset[str]
    modifiers: frozenset[str]
    standalone: frozenset[str]
    groups: frozenset[str]
    bodies: frozenset[str]
    firms: frozenset[str]
    people: frozenset[str]
    documents: frozenset[str]
    utterances: frozenset[str]
    suffixes: frozenset[str]
    particles: frozenset[str]
    given: frozenset[str]
    genders: dict[str, Gender]
    called: dict[str, frozenset[str]]
    nouns: frozenset[str]
    name_heads: frozenset[str]
    determiners: frozenset[str]
    prepositions: frozenset[str]
    auxiliaries: frozenset[str]
    functions: frozenset[str]
    calendar: frozenset[str]
    subordinators: frozenset[str]
    relatives: frozenset[str]
    times: frozenset[str]
    linking: frozenset[str]
    quantifiers: frozenset[str]

    def singular_person(self, word: str) -> str | None:
        """The role noun that `word` is a plural of, if it is one."""
        for ending, stem in (("men", "man"), ("ies", "y"), ("s", "")):
            if word.endswith(ending) and word.removesuffix(ending) + stem in self.persons:
                return word.removesuffix(ending) + stem
        return None

    def singular_document(self, word: str) -> str | None:
        """The kind of text that `word` is a plural of, if it is one."""
        singular = word.removesuffix("s")
        return singular if singular != word and singular in self.documents else None

    def singular_group(self, word: str) -> str | None:
        """The kind of body that `word` is a plural of, if it is one."""
        if word in self.groups:
            return None
        for ending, stem in (("ies", "y"), ("ches", "ch"), ("s", "")):
            singular = word.removesuffix(ending) + stem
            if word.endswith(ending) and (singular in self.groups or singular in self.agents):
                return singular
        return None

    def singular(self, word: str) -> str | None:
        """The role, kind of text or kind of body that `word` is a plural of, if it is one."""
        return self.singular_person(word) or self.singular_document(word) or self.singular_group(word)


@cache
def words() -> Words:
    """The word lists of `model/lexicon`."""
    nouns = tomllib.loads((_LEXICON / "nouns.toml").read_text("utf-8"))
    grammar = tomllib.loads((_LEXICON / "grammar.toml").read_text("utf-8"))
    genders: dict[str, Gender] = {}
    for section in ("honorific", "person"):
        genders |= dict.fromkeys(nouns[section]["m"], "m") | dict.fromkeys(nouns[section]["f"], "f")

    def every(section: str) -> frozenset[str]:
        return frozenset(word for listed in nouns[section].values() for word in listed)

    compounds = {joined: role for role in every("person") for joined in _compounds(role, nouns["compound"])}
    genders |= {joined: genders[role] for joined, role in compounds.items() if role in genders}
    persons = every("person") | compounds.keys()
    called: dict[str, set[str]] = {joined: {role} for joined, role in compounds.items()}
    for noun, bearers in nouns["called"].items():
        for word in bearers:
            called.setdefault(word, set()).add(noun)

    return Words(
        honorifics=every("honorific"),
        persons=persons,
        agents=every("agent"),
        renaming=every("renaming"),
        renaming_bodies=every("renaming-body"),
        modifiers=every("modifier"),
        standalone=every("standalone"),
        groups=every("group"),
        bodies=every("body"),
        firms=every("firm"),
        people=every("people"),
        documents=every("document"),
        utterances=every("utterance"),
        suffixes=every("suffix"),
        particles=every("particle"),
        given=every("given"),
        genders=genders,
        called={word: frozenset(listed) for word, listed in called.items()},
        nouns=persons | every("agent") | every("group") | every("document"),
        name_heads=every("group") | every("firm"),
        determiners=frozenset(grammar["determiner"]),
        prepositions=frozenset(grammar["preposition"]),
        auxiliaries=frozenset(grammar["auxiliary"]),
        functions=frozenset(grammar["function"]) | frozenset(grammar["calendar"]),
        calendar=frozenset(grammar["calendar"]),
        subordinators=frozenset(grammar["subordinator"]),
        relatives=frozenset(grammar["relative"]),
        times=frozenset(grammar["time"]),
        linking=frozenset(grammar["linking"]),
        quantifiers=frozenset(grammar["quantifier"]),
    )


def _compounds(role: str, parts: dict[str, list[str]]) -> list[str]:
    """A role with what is joined to it by a hyphen: "ex-minister", "minister-designate"."""
    return [*(prefix + role for prefix in parts["before"]), *(role + suffix for suffix in parts["behind"])]


@cache
def _first_names() -> dict[str, str]:
    lines = (_LEXICON / "first_names.txt").read_text("utf-8").splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))


def is_first_name(name: str) -> bool:
    """Whether `name` is known as somebody's first name."""
    key = name.lower()
    return key in _first_names() and key not in words().functions


def first_name_gender(name: str) -> Gender | None:
    """The gender that `name` is mostly given to; None when unknown or given to either."""
    match _first_names().get(name.lower()):
        case "m":
            return "m"
        case "f":
            return "f"
    return None


def likely_gender(first: str, surname: str) -> Gender | None:
    """The gender that the endings of a name not in the lists suggest; None for most."""
    endings: dict[Gender, tuple[tuple[str, ...], tuple[str, ...]]] = {
        "f": (("a",), ("ova", "eva", "ina", "skaya", "ska", "dottir", "dóttir")),
        "m": (("o", "os", "us"), ("ov", "ev", "sky", "ski", "sson")),
    }
    for gender, (_, of_surname) in endings.items():
        if surname.endswith(of_surname):
            return gender
    return next((gender for gender, (of_first, _) in endings.items() if first.endswith(of_first)), None)


@cache
def _countries() -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """Country by its names and capitals as written, country by its demonym, and all capitals."""
    places: dict[str, str] = {}
    capitals = {"Washington"}
    demonyms: dict[str, str] = {}
    # Territories share demonyms and capitals with larger countries; the largest is meant.
    for country in sorted(all_countries(), key=lambda country: -(country.population() or 0)):
        name = _bare(country.name())
        seat = country.capital()
        seats = [seat] if isinstance(seat, str) else list(seat or ())
        capitals.update(seats)
        for spelling in (name, *country.alt_spellings(), *seats):
            if spelling and len(spelling) >= _SHORTEST_SPELLING and "," not in spelling:
                places.setdefault(_bare(spelling), name)
        demonym = country.demonym()
        if demonym:
            demonyms.setdefault(demonym, name)
    print_use = tomllib.loads((_LEXICON / "countries.toml").read_text("utf-8"))
    return places | print_use["place"], demonyms | print_use["people"], frozenset(capitals)


def _bare(name: str) -> str:
    return name.removeprefix("The ").removeprefix("the ")


def country_of_place(name: str) -> str | None:
    """The country that `name`, a country or a capital as printed, stands for."""
    return _countries()[0].get(name)


def country_of_demonym(name: str) -> str | None:
    """The country whose people or whose things are called `name` ("Finnish", "the Finns")."""
    demonyms = _countries()[1]
    return demonyms.get(name) or demonyms.get(name.removesuffix("s"))


@cache
def _states() -> dict[str, str]:
    states: dict[str, str] = tomllib.loads((_LEXICON / "countries.toml").read_text("utf-8"))["state"]
    return states


def state_of(short: str) -> str | None:
    """The American state that newspapers or the post call `short` ("Fla.", "N.Y.", "TX")."""
    return _states().get(short.replace(".", "").replace(" ", ""))


def is_state(name: str) -> bool:
    """Whether `name` is an American state."""
    return name in _states().values()


def is_capital(name: str) -> bool:
    """Whether `name` is a country's capital."""
    return name in _countries()[2]
