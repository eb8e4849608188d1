"""Where an article mentions somebody: its proper names and its pronouns, with offsets."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import pairwise

from model.appositives import is_place
from model.gazetteer import is_first_name, words
from model.names import Name, fold, is_acronym, is_role, is_titular
from model.runs import FIRST_PERSON, PRONOUNS, Mention, Runs, is_capital_word, is_initial
from model.spans import Span
from model.wording import Token, tokenize

__all__ = ["FIRST_PERSON", "PRONOUNS", "Mention", "NameFinder", "Token", "tokenize"]


class NameFinder:
    """Finds the names of one article."""

    def __init__(self, text: str, sentences: Sequence[Span], tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.runs = Runs(text, sentences, tokens)
        self.beside, self.headlines, self.initial = self.runs.beside, self.runs.headlines, self.runs.initial

    def find(self) -> list[Mention]:
        """Names and pronouns, in the order of the text; in headlines only names that the body has too."""
        body = self._without_persons(self._apart(self._without_article(list(self.runs.body()))))
        body = self._spelled_out(self._without_openers(body))
        body = sorted([*body, *self._namesakes(body)], key=lambda mention: mention.span)
        known = {mention.name.key: mention.name for mention in body if mention.name}
        for mention in body:
            if mention.name and mention.name.kind == "person":
                known.setdefault(
                    (mention.name.surname,), replace(mention.name, words=mention.name.words[-1:])
                )
        return sorted([*body, *self._in_headlines(known)], key=lambda mention: mention.span)

    def _without_article(self, body: list[Mention]) -> list[Mention]:
        """Read "the Duarte" of "the Duarte papers" as the name that elsewhere stands without "the"."""
        bare = {
            mention.name.key
            for mention in body
            if mention.name and not self.runs.after_the(mention.tokens[0])
        }
        return [
            replace(mention, name=self.runs.name(mention.tokens, the=False) or mention.name)
            if mention.name
            and len(mention.name.words) == 1
            and mention.name.key in bare
            and self.runs.after_the(mention.tokens[0])
            else mention
            for mention in body
        ]

    def _spelled_out(self, body: list[Mention]) -> list[Mention]:
        """Read an acronym as the name that it is given behind: "Norland Liberation Front (FLN)"."""
        long: dict[tuple[str, ...], Name] = {}
        for before, mention in pairwise(body):
            name, full = mention.name, before.name
            if name is None or full is None or full.kind == "person" or len(full.words) == 1:
                continue
            opened = self.text[before.span.end : mention.span.start].strip() == "("
            bracketed = opened and self.text.startswith(")", mention.span.end)
            if bracketed and len(name.words) == 1 and is_acronym(name.words[0]):
                long.setdefault(name.key, replace(full, kind="group"))
        return [
            replace(mention, name=long[mention.name.key])
            if mention.name and mention.name.key in long
            else mention
            for mention in body
        ]

    def _without_openers(self, body: list[Mention]) -> list[Mention]:
        """Take off what only stands before: "Imagine Ana Duarte", "the president of Norland Ana Duarte"."""
        persons = [mention.name for mention in body if mention.name and mention.name.kind == "person"]
        full = {name.key for name in persons} | {(name.surname,) for name in persons}
        given: dict[str, set[str]] = defaultdict(set)
        for name in persons:
            if name.first:
                given[name.surname].add(name.first)
        return [self._without_opener(mention, full, given) for mention in body]

    def _without_opener(
        self, mention: Mention, full: AbstractSet[tuple[str, ...]], given: Mapping[str, AbstractSet[str]]
    ) -> Mention:
        name = mention.name
        if name is None or name.kind == "group":
            return mention
        size = self._opener(name, mention.tokens[1] - len(name.words), full, given)
        if not size:
            return mention
        kept = replace(name, words=name.words[size:], described=name.described | set(name.key[:size]))
        first = self.tokens[mention.tokens[1] - len(kept.words)]
        return replace(mention, name=kept, span=Span(first.start, mention.span.end))

    def _opener(
        self,
        name: Name,
        start: int,
        full: AbstractSet[tuple[str, ...]],
        given: Mapping[str, AbstractSet[str]],
    ) -> int:
        """How many words at the beginning of a name, whose first is at `start`, only stand before it.

        `full` are names of persons and their surnames, `given` the first names of who bears a surname.
        """
        opening = name.words[0]
        if len(name.words) == 1 or is_first_name(opening) or is_initial(opening):
            return 0
        place = is_place(opening)
        if len(name.words) == len("AB"):
            # "In Norland Duarte said"; "Continued Duarte: …", "Former Duarte aides", where she is Ana Duarte.
            cue = opening.endswith(("ed", "ing")) and self.text.startswith(":", self.tokens[start + 1].end)
            told = cue or name.key[0] in words().modifiers
            other = name.key[0] not in given.get(name.surname, {name.key[0]})
            return int((place and name.key[1:] in full) or (told and other and self.runs.initial[start]))
        before = fold(self.tokens[start - 1].text) if start else ""
        office = start > 1 and is_role(self.tokens[start - 2].text) and before in ("of", "to")
        body = any(word in words().name_heads or word in words().modifiers for word in name.key[1:])
        if name.key[1:] in full or (place and office and not body):
            return 1
        # "the minister of health and environment Ana Duarte"
        person = next((k for k in (1, 2) if is_first_name(name.words[k]) and k + 1 < len(name.words)), 0)
        plain = all(is_titular(word) or word in self.runs.lower_case for word in name.key[:person])
        return person if before in ("of", "for", "and") and plain else 0

    def _namesakes(self, body: list[Mention]) -> Iterator[Mention]:
        """Surnames that are nouns or parts of titles as well: "Mr. Baker" where Ana Baker is named."""
        lexicon = words()
        surnames = {
            mention.name.surname: mention.name.words[mention.name.key.index(mention.name.surname)]
            for mention in body
            if mention.name and mention.name.kind == "person" and mention.name.first and not mention.headline
        }
        noun = {key for key in surnames if is_titular(key) or key in lexicon.groups | lexicon.calendar}
        taken = {index for mention in body for index in range(*mention.tokens)} if noun else set()
        for index, token in enumerate(self.tokens):
            if fold(token.text) not in noun or index in taken or self.headlines[token.sentence]:
                continue
            if token.text != surnames[fold(token.text)] or not self._is_bare(index) or self._is_date(index):
                continue
            titled = index > 0 and self.beside.joined(index - 1, index)
            honorific = fold(self.tokens[index - 1].text) if titled else ""
            gender = lexicon.genders.get(honorific) if honorific in lexicon.honorifics else None
            first = index - 1 if honorific in lexicon.honorifics else index
            yield Mention(
                Span(token.start, token.stop),
                token.sentence,
                (first, index + 1),
                token.possessive,
                Name((token.text,), "person", gender),
            )

    def _is_bare(self, index: int) -> bool:
        """Whether a word with a capital stands by itself as a name would, and not only opens the sentence."""
        lexicon = words()
        word = self.tokens[index]
        before = self.tokens[index - 1] if index and self.beside.joined(index - 1, index) else None
        behind = self.tokens[index + 1] if self.beside.joined(index, index + 1) else None
        if behind is not None and is_capital_word(behind.text):
            return False
        if (
            before is not None
            and is_capital_word(before.text)
            and fold(before.text) not in lexicon.honorifics
        ):
            return False
        if before is not None and fold(before.text) in lexicon.determiners:
            return False
        folded = fold(word.text)
        if not self.initial[index] or (is_role(folded) and not word.possessive):
            return True
        follows = "" if behind is None else behind.text
        if folded in lexicon.calendar:
            return follows.islower() and fold(follows) not in lexicon.prepositions
        return fold(follows) in lexicon.auxiliaries or follows.endswith("ed")

    def _is_date(self, index: int) -> bool:
        """Whether a word of the calendar tells when: "in May", "May 3", "last May", not "May said"."""
        lexicon = words()
        if fold(self.tokens[index].text) not in lexicon.calendar:
            return False
        before, behind = (
            fold(self.tokens[place].text) if 0 <= place < len(self.tokens) else ""
            for place in (index - 1, index + 1)
        )
        near = lexicon.prepositions | lexicon.determiners | lexicon.times | lexicon.calendar
        joined = index > 0 and self.beside.joined(index - 1, index)
        return behind[:1].isdigit() or (joined and (before in near or before[:1].isdigit()))

    def _apart(self, body: list[Mention]) -> list[Mention]:
        """Take apart what only stands side by side: "told the Norland Post Duarte had lied".

        Behind a group's name begins a person's, one that is known or one with a given name.
        """
        persons = {
            mention.name.surname
            for mention in body
            if mention.name
            and mention.name.first
            and mention.name.kind == "person"
            and fold(mention.name.words[0]) not in words().groups
        }
        found: list[Mention] = []
        for mention in body:
            name = mention.name
            cut = self._behind_group(name, persons) if name else 0
            if name is None or not cut:
                found.append(mention)
                continue
            end = mention.tokens[1]
            middle = end - len(name.words) + cut
            for first, last in ((mention.tokens[0], middle), (middle, end)):
                part = self.runs.mention(first, last)
                if part:
                    found.append(part)
        return found

    @staticmethod
    def _behind_group(name: Name, persons: AbstractSet[str]) -> int:
        """The word of a name at which a person's begins, behind the last noun of a group; 0 for none."""
        lexicon = words()
        cut = next((k for k in range(len(name.words) - 1, 0, -1) if name.key[k - 1] in lexicon.groups), 0)
        if not cut:
            return 0
        # Not "State Police Virginia Beach Unit", nor "Army Grant Program"
        things = lexicon.name_heads | lexicon.modifiers | lexicon.groups | lexicon.nouns
        given = is_first_name(name.words[cut]) and not is_place(name.words[cut])
        given = given and len(name.words) - cut > 1 and things.isdisjoint(name.key[cut + 1 :])
        known = name.kind != "person" and name.key[-1] in persons
        return cut if given or known else 0

    def _without_persons(self, body: list[Mention]) -> list[Mention]:
        """Take the owner out of a name again when it is a person: "Duarte's Justice Department"."""
        persons = {mention.name.surname for mention in body if mention.name and mention.name.kind == "person"}
        found = []
        for mention in body:
            start, end = mention.tokens
            owners = [
                index
                for index in range(start, end - 1)
                if mention.name and self.tokens[index].possessive and fold(self.tokens[index].text) in persons
            ]
            if mention.name and owners:
                start = owners[-1] + 1
                first = self.tokens[start]
                kept = mention.name.words[start - end :]
                found.append(
                    replace(
                        mention,
                        name=replace(mention.name, words=kept),
                        tokens=(start, end),
                        span=Span(first.start, mention.span.end),
                    )
                )
            else:
                found.append(mention)
        return found

    def _in_headlines(self, known: dict[tuple[str, ...], Name]) -> Iterator[Mention]:
        """Names of the body in the headlines, the longest at each place."""
        longest = max(map(len, known), default=0)
        index = 0
        while index < len(self.tokens):
            end = index
            if self.headlines[self.tokens[index].sentence]:
                for end in range(min(index + longest, len(self.tokens)), index, -1):
                    name = known.get(tuple(fold(token.text) for token in self.tokens[index:end]))
                    if (name and name.country is None) or (name and self.tokens[index].text[0].isupper()):
                        first, last = self.tokens[index], self.tokens[end - 1]
                        span = Span(first.start, last.stop)
                        yield Mention(
                            span, first.sentence, (index, end), last.possessive, name, headline=True
                        )
                        break
                else:
                    end = index
            index = max(end, index + 1)
