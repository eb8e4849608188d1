"""What stands beside a name and says who is named: "the former mayor, Ana Duarte", "Ana Duarte, a baker"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from model.gazetteer import country_of_demonym, country_of_place, is_state, state_of, words
from model.names import Name, fold, is_titular
from model.wording import BLANK, Token

# Titles that are longer are taken for something else.
MOST_ROLE_WORDS = 6
_OPENING = frozenset(["the", "a", "an", "his", "her", "its", "their", "another", "one"])
_PARTY = re.compile(r"\s{0,2}\((?P<party>[RDI])[-–—](?P<state>[A-Z][A-Za-z.]*(?: [A-Z][a-z]*\.?)?)\)")
_PARTIES = {"R": "republican", "D": "democrat", "I": "independent"}
_PART_OF = frozenset(["of", "for", "at", "in", "from"])


class Appositives:
    """Reads the roles beside the names of one article."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens

    def between(self, left: int, right: int) -> str:
        """What stands between two words."""
        return self.text[self.tokens[left].end : self.tokens[right].start]

    def joined(self, left: int, right: int) -> bool:
        """Whether two words stand side by side with nothing but a blank between them."""
        return (
            right < len(self.tokens)
            and not self.tokens[left].possessive
            and BLANK.fullmatch(self.between(left, right)) is not None
        )

    def role_before(self, start: int) -> list[str]:
        """Lower-case role words right before a name, the nearest first."""
        found: list[str] = []
        index = start - 1
        while index >= 0 and len(found) < MOST_ROLE_WORDS and self.joined(index, index + 1):
            word = self.tokens[index].text
            folded = fold(word)
            if not found and word not in words().persons:
                break
            if not (is_titular(folded) or country_of_demonym(word)):
                break
            found.append(folded)
            index -= 1
        return found

    def with_roles_around(self, name: Name, start: int, end: int) -> Name:
        """The name of the words `start` to `end` with the roles that stand behind or before it."""
        if start and end - start > 1 and self.between(start - 1, start).strip() == ",":
            name = with_roles(name, self._phrase_before(start - 1))
        name = self._with_noun_beside(self._with_roles_behind(name, end), start, end)
        return self._with_home(self._with_owner(name, start), end)

    def _with_owner(self, name: Name, start: int) -> Name:
        """A name with the country in the possessive before its title: "Norland's president Ana Duarte"."""
        if not start or not self.tokens[start - 1].possessive or not name.roles:
            return name
        for size in (2, 1):
            owner = [token.text for token in self.tokens[max(0, start - size) : start]]
            if is_place(" ".join(owner)):
                return replace(name, described=name.described | {fold(word) for word in owner})
        return name

    def _with_home(self, name: Name, end: int) -> Name:
        """A person's name with where they are from: "Ana Duarte of Norland", "Ana Duarte (D-Fla.)"."""
        if name.kind != "person":
            return name
        if self.joined(end - 1, end) and self.tokens[end].text == "of":
            return replace(name, described=name.described | set(self._place_of(end)))
        found = _PARTY.match(self.text, self.tokens[end - 1].end)
        state = found and (found["state"] if is_state(found["state"]) else state_of(found["state"]))
        if found is None or state is None:
            return name
        party = _PARTIES[found["party"]]
        told = name.described | {fold(word) for word in state.split()} | {party}
        return replace(name, described=told, roles=name.roles | {party})

    def _with_roles_behind(self, name: Name, end: int) -> Name:
        if end == len(self.tokens) or self.between(end - 1, end).strip() != ",":
            return name
        word = self.tokens[end].text
        aged = word.isdigit() and end + 1 < len(self.tokens)
        if aged and self.between(end, end + 1).strip() == ",":
            name, word, end = replace(name, kind="person"), self.tokens[end + 1].text, end + 1
        if word in ("who", "which") and name.kind == "unknown":
            return replace(name, kind="person" if word == "who" else "group")
        return with_roles(name, self._phrase_behind(end))

    def _with_noun_beside(self, name: Name, start: int, end: int) -> Name:
        """The name with what kind of body it is: "the website Norland Watch", "the Concord party"."""
        if name.kind != "unknown":
            return name
        lexicon = words()
        if start and self.joined(start - 1, start):
            before = self.tokens[start - 1].text
            if before in lexicon.bodies and not self._clause_follows(end):
                return with_roles(name, [before])
        if self._after_the(start) and self.joined(end - 1, end) and self.tokens[end].text in lexicon.bodies:
            return with_roles(name, [self.tokens[end].text])
        return name

    def _clause_follows(self, index: int) -> bool:
        """Whether a verb stands at `index`: "told the court Duarte had lied"."""
        return index < len(self.tokens) and fold(self.tokens[index].text) in ("had", "has", "was", "would")

    def _after_the(self, start: int) -> bool:
        """Whether "the" opens the phrase that a name at `start` stands in."""
        index = start - 1
        while index >= 0 and start - index <= MOST_ROLE_WORDS and self.joined(index, index + 1):
            if fold(self.tokens[index].text) == "the":
                return True
            if not is_titular(fold(self.tokens[index].text)) and not self.tokens[index].text.endswith("ing"):
                return False
            index -= 1
        return False

    def _phrase_behind(self, index: int) -> list[str]:
        """Words of the role that begins at `index`, its head first; empty when there is none."""
        found: list[str] = []
        home: list[str] = []
        opening = fold(self.tokens[index].text)
        if opening in words().subordinators or opening in words().prepositions:
            return []
        while index < len(self.tokens) and len(found) < 2 * MOST_ROLE_WORDS:
            found.append(fold(self.tokens[index].text))
            between = self.between(index, index + 1) if index + 1 < len(self.tokens) else "."
            ends = between.strip(" \t\xa0")[:1] not in ("", "“", '"')
            if ends or fold(self.tokens[index + 1].text) in words().prepositions | {"and"}:
                home = [] if ends else self._place_of(index + 1)
                break
            index += 1
        else:
            return []
        known = found[-1] in words().persons or (opening in ("a", "an") and found[-1] in words().bodies)
        return [*found[::-1], *home] if known else []

    def _place_of(self, index: int) -> list[str]:
        """The place behind "of" at `index`, in words for comparing; empty where there is none."""
        if self.tokens[index].text != "of":
            return []
        behind = [token.text for token in self.tokens[index + 1 : index + 3]]
        for size in (2, 1):
            if is_place(" ".join(behind[:size])):
                return [fold(word) for word in behind[:size]]
        return []

    def _phrase_before(self, index: int) -> list[str]:
        """Words of the role that ends at `index`, its head first; empty when there is none."""
        lexicon = words()
        head = self.tokens[index].text
        apposable = fold(head) in lexicon.persons or head in lexicon.bodies or head in lexicon.agents
        found = [fold(head)]
        while index and len(found) < MOST_ROLE_WORDS and BLANK.fullmatch(self.between(index - 1, index)):
            index -= 1
            folded = fold(self.tokens[index].text)
            if folded in _OPENING or self.tokens[index].possessive:
                if self._is_adverbial(index):
                    return []
                return self._whole_before(index, found) or (found if apposable else [])
            found.append(folded)
        return []

    def _is_adverbial(self, index: int) -> bool:
        """Whether a preposition that opens the sentence stands before `index`: "In a paper, Ana Duarte"."""
        before = index - 1
        return (
            before >= 0
            and fold(self.tokens[before].text) in words().prepositions
            and (before == 0 or self.tokens[before - 1].sentence != self.tokens[before].sentence)
        )

    def _whole_before(self, index: int, part: Sequence[str]) -> list[str]:
        """The role of "the head of the survivors' league", of which `part` is read, as far as `index`."""
        while index and self.tokens[index].possessive and BLANK.fullmatch(self.between(index - 1, index)):
            index -= 1
        if (
            not index
            or fold(self.tokens[index - 1].text) not in _PART_OF
            or not self.joined(index - 1, index)
        ):
            return []
        head = fold(self.tokens[index - 2].text) if index > 1 and self.joined(index - 2, index - 1) else ""
        return [head, *part] if head in words().persons else []


def with_roles(name: Name, role_words: Sequence[str]) -> Name:
    """`name` with the role whose head is the first of `role_words`; no role leaves it as it is.

    A role makes the name a person's; what companies can be as well ("the owner") makes it nobody's, a body
    of people ("the union") a group's.
    """
    lexicon = words()
    roles = frozenset(word for word in role_words if word in lexicon.persons or word in lexicon.agents)
    if not role_words or (name.kind == "group" and role_words[0] not in lexicon.groups):
        return name
    gender = name.gender or lexicon.genders.get(role_words[0])
    kind = name.kind
    if role_words[0] in lexicon.groups:
        if kind == "person":
            return name
        kind, roles = "group", frozenset(role_words[:1])
    elif role_words[0] not in lexicon.agents and not (name.country and not name.roles):
        kind = "person"
    return replace(
        name, kind=kind, gender=gender, roles=name.roles | roles, described=name.described | set(role_words)
    )


def is_place(name: str) -> bool:
    """Whether `name` is a country, a capital or an American state."""
    return country_of_place(name) is not None or is_state(name)
