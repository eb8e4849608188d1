"""Where words with a capital stand together in an article: its names, one by one, and its pronouns."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from model.appositives import Appositives, with_roles
from model.gazetteer import country_of_demonym, country_of_place, is_first_name, words
from model.headlines import headlines
from model.names import Name, fold, is_acronym, is_role, is_titular, parse
from model.spans import Span
from model.wording import BLANK, Token

PRONOUNS = frozenset(
    "he him his himself she her hers herself they them their theirs themselves it its itself".split()
)
FIRST_PERSON = frozenset("i me my mine myself we us our ours ourselves".split())
_CAPITAL_INSIDE = re.compile(r"(?:al|el|ul|as|ad|an|ar|d|l|mc)[-'’][A-Z]")
_COLLECTIVE = re.compile(r".*(?:s|men|children|people|folk)")
_OF_PEOPLE = re.compile(r".*(?:an|ish|ese|ic|i)")
_OPENING_MARKS = frozenset("“\"‘'")
_CLOSING_MARKS = frozenset("”\"’'")
_LONGEST_RUN = 8
_LONGEST_OWNER = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """A name or a pronoun in the text; `span` leaves out titles and the possessive 's.

    `tokens` are the indexes of its first word, title included, and of the word after it.
    `headline` says whether it stands in a headline.
    """

    span: Span
    sentence: int
    tokens: tuple[int, int]
    possessive: bool
    name: Name | None = None
    pronoun: str | None = None
    headline: bool = False


def is_initial(word: str) -> bool:
    """Whether `word` is a letter with a full stop, as names have it."""
    return len(word) == len("A.") and word[0].isupper() and word[1] == "."


def is_capital_word(word: str) -> bool:
    """Whether `word` begins like a name."""
    return word[0].isupper() or _CAPITAL_INSIDE.match(word) is not None


class Runs:
    """Reads the names of one article where they stand; `model.mentions` tells what the whole says of them."""

    def __init__(self, text: str, sentences: Sequence[Span], tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.beside = Appositives(text, tokens)
        self.headlines = headlines(text, sentences)
        self.lower_case = Counter(token.text for token in tokens if token.text[0].islower())
        self.initial = [
            index == 0
            or tokens[index - 1].sentence != token.sentence
            or self.beside.between(index - 1, index).strip(" \t\xa0")
            in ("“", '"', "‘", ": “", ': "', ", “", ', "', ":")
            for index, token in enumerate(tokens)
        ]
        self.inside = Counter(
            token.text
            for index, token in enumerate(tokens)
            if token.text[0].isupper() and not self.initial[index] and not self.headlines[token.sentence]
        )

    def after_the(self, start: int) -> bool:
        """Whether "the" stands right before the word at `start`."""
        return (
            start > 0 and fold(self.tokens[start - 1].text) == "the" and self.beside.joined(start - 1, start)
        )

    def name(self, place: tuple[int, int], *, the: bool) -> Name | None:
        """The name in these words, with the roles that stand beside them; `the`: "the" stands before."""
        start, end = place
        parts = [*self.written(start, end - 1), self.tokens[end - 1].text]
        for index in range(start + 1, end - 1):
            if not self.beside.joined(index - 1, index) and self._is_nickname(index):
                token = self.tokens[index]
                parts[index - start] = self.text[token.start - 1 : token.end + 1]
        role = self.beside.role_before(start)
        name = parse(parts, the=the, role_before=bool(role))
        if name and role and name.kind == "person":
            name = with_roles(name, role)
        return name and self.beside.with_roles_around(name, start, end)

    def body(self) -> Iterator[Mention]:
        """Names and pronouns outside headlines, in the order of the text."""
        index = 0
        while index < len(self.tokens):
            token = self.tokens[index]
            folded = fold(token.text)
            if folded in PRONOUNS:
                span = Span(token.start, token.stop)
                headline = self.headlines[token.sentence]
                yield Mention(
                    span,
                    token.sentence,
                    (index, index + 1),
                    folded in ("his", "their", "its"),
                    pronoun=folded,
                    headline=headline,
                )
                index += 1
            elif not self.headlines[token.sentence] and self._may_start(index):
                end = self._run_end(index)
                mention = self.mention(index, end)
                if mention:
                    yield mention
                index = end
            else:
                index += 1

    def _may_start(self, index: int) -> bool:
        word = self.tokens[index].text
        folded = fold(word)
        if not is_capital_word(word):
            return False
        if folded not in words().functions or (is_acronym(word) and len(folded) > 1):
            return True
        if folded in words().given and self._is_given(index):
            return True
        follows = self.beside.joined(index, index + 1) and is_capital_word(self.tokens[index + 1].text)
        return follows and not self.initial[index] and folded == "will"

    def _run_end(self, start: int) -> int:
        """Index after the last word of the name that starts at `start`."""
        end = start + 1
        while end < len(self.tokens):
            if self.tokens[end - 1].possessive:
                return self._plain_end(end) if self._is_collective(start, end) else end
            if not self.beside.joined(end - 1, end):
                if not self._is_nickname(end):
                    return end
                end += 2
                continue
            if self._goes_on(end):
                end += 1
                continue
            bridge = self._bridge(start, end, fold(self.tokens[end].text))
            if bridge is None:
                return end
            end = bridge
        return end

    def _is_nickname(self, index: int) -> bool:
        """Whether a word in quotation marks stands inside a name: "Ana “Skip” Duarte"."""
        if index + 1 >= len(self.tokens):
            return False
        before, behind = self.beside.between(index - 1, index), self.beside.between(index, index + 1)
        quoted = before.strip() in _OPENING_MARKS and behind.strip() in _CLOSING_MARKS
        blank = before[:1].isspace() and behind[-1:].isspace() and "\n" not in before + behind
        return bool(quoted and blank) and self._goes_on(index) and self._goes_on(index + 1)

    def _goes_on(self, index: int) -> bool:
        """Whether the word may stand in the middle of a name."""
        word = self.tokens[index].text
        if is_initial(word):
            return self._is_middle(index)
        if (fold(word) in words().given or fold(word) == "will") and self._is_surname(index):
            return True
        return is_capital_word(word) and (fold(word) not in words().functions or is_acronym(word))

    def _is_middle(self, index: int) -> bool:
        """Whether an initial stands before the rest of a name, and not at the end of a sentence."""
        behind = self.tokens[index + 1] if self.beside.joined(index, index + 1) else None
        return (
            behind is not None
            and behind.sentence == self.tokens[index].sentence
            and is_capital_word(behind.text)
            and fold(behind.text) not in words().functions
        )

    def _is_surname(self, index: int) -> bool:
        """Whether a month's name or "Will" ends somebody's: "Ana May", not "told Ana May 3"."""
        behind = self.tokens[index + 1].text if index + 1 < len(self.tokens) else ""
        plain = is_capital_word(self.tokens[index].text) and not behind[:1].isdigit()
        return plain and index > 0 and is_first_name(self.tokens[index - 1].text)

    def _is_given(self, index: int) -> bool:
        """Whether a month's name is somebody's: "April Duarte said", not "in April Duarte said"."""
        if not self.beside.joined(index, index + 1) or self.tokens[index].text.endswith("."):
            return False
        behind, before = self.tokens[index + 1].text, fold(self.tokens[index - 1].text) if index else ""
        named = is_capital_word(behind) and not is_titular(fold(behind)) and self._goes_on(index + 1)
        dated = before in words().prepositions or before in words().determiners or before in words().times
        if before in ("and", "or") and index > 1:
            dated = fold(self.tokens[index - 2].text) in words().calendar
        apart = not index or not self.beside.joined(index - 1, index)
        return named and self._is_subject(index + 2) and (apart or not (dated or before[0].isdigit()))

    def _is_subject(self, end: int) -> bool:
        """Whether a verb or a comma stands behind a name that ends at `end`."""
        if end >= len(self.tokens):
            return False
        word = fold(self.tokens[end].text)
        return (
            self.beside.between(end - 1, end).strip() == ","
            or word in words().auxiliaries
            or word.endswith("ed")
        )

    def _plain_end(self, start: int) -> int:
        """Index after the words with a capital that begin at `start`, not more than a name has."""
        end = start
        while (
            end < min(start + _LONGEST_RUN, len(self.tokens))
            and self._goes_on(end)
            and (end == start or self.beside.joined(end - 1, end))
        ):
            end += 1
        return end

    def _is_collective(self, start: int, end: int) -> bool:
        """Whether the name goes on behind a possessive: "the Harbour Mothers' League"."""
        last = self._plain_end(end)
        return (
            last > end
            and BLANK.fullmatch(self.beside.between(end - 1, end)) is not None
            and _COLLECTIVE.fullmatch(self.tokens[end - 1].text) is not None
            and fold(self.tokens[last - 1].text) in words().name_heads
            and (self.after_the(start) or end - start == 1)
        )

    def _bridge(self, start: int, end: int, folded: str) -> int | None:
        """Index after the small words at `end` when the name goes on behind them."""
        lexicon = words()
        after = end + 1
        before = fold(self.tokens[end - 1].text)
        if folded in lexicon.particles:
            while self.beside.joined(after - 1, after) and self.tokens[after].text in lexicon.particles:
                after += 1
        elif folded in ("of", "for", "on"):
            office = folded == "of" and is_role(before) and not self._ends_name(start, end)
            if before not in lexicon.groups and not office:
                return None
            if self.beside.joined(end, after) and self.tokens[after].text in ("the", "a"):
                after += 1
        elif folded == "and":
            if not self.beside.joined(end, after) or not self._and_goes_on(start, end, after):
                return None
        elif folded != "&":
            return None
        if self.beside.joined(after - 1, after) and is_capital_word(self.tokens[after].text):
            return after + 1 if fold(self.tokens[after].text) not in lexicon.functions else None
        return None

    def _ends_name(self, start: int, end: int) -> bool:
        """Whether the word before `end` is a surname, be it a noun as well: "Senator Ana Baker of"."""
        given = self.tokens[end - 2].text if end - start > 1 else ""
        return is_initial(given) or (is_first_name(given) and not is_titular(fold(given)))

    def _and_goes_on(self, start: int, end: int, after: int) -> bool:
        """Whether "and" stands inside a name ("Ministry of Roads and Harbours") or a title before one."""
        lexicon = words()
        left = [token.text for token in self.tokens[start:end]]
        right = [fold(token.text) for token in self.tokens[after : self._plain_end(after)]]
        if not right:
            return False
        title = all(fold(word) in lexicon.modifiers for word in left[1:]) and (
            fold(left[0]) in lexicon.modifiers or _OF_PEOPLE.fullmatch(left[0]) is not None
        )
        if title and any(word in lexicon.persons for word in right[1:]):
            return True
        return bool({"of", "for", "on"} & set(left)) and (
            right[-1] in lexicon.groups or right[-1] in lexicon.modifiers
        )

    def mention(self, start: int, end: int) -> Mention | None:
        """The name in the words `start` to `end`, if they name somebody."""
        if self.initial[start]:
            start = self._past_opening_word(start, end)
            if start == end:
                return None
        parts = [token.text for token in self.tokens[start:end]]
        if (
            self.beside.joined(end - 1, end)
            and self.tokens[end].text in words().persons
            and all(map(is_titular, map(fold, parts)))
        ):
            return None
        name = self.name((start, end), the=self.after_the(start))
        if name is None:
            return None
        size = len(name.words)
        if name.kind == "group" and name.country is None:
            owner = self._owner(start, name)
            name = replace(name, words=(*self.written(owner, start), *name.words))
            size += start - owner
            start = owner
        first = self.tokens[end - size]
        last = self.tokens[end - 1]
        return Mention(Span(first.start, last.stop), first.sentence, (start, end), last.possessive, name=name)

    def _owner(self, start: int, name: Name) -> int:
        """Where the name in the possessive begins that tells whose body a ministry or the like is."""
        lexicon = words()
        if not all(word in lexicon.modifiers or word in lexicon.groups for word in name.key):
            return start
        first = start
        while (
            first
            and start - first < _LONGEST_OWNER
            and self._goes_on(first - 1)
            and (
                self.beside.joined(first - 1, first)
                if first < start
                else self.tokens[first - 1].possessive
                and BLANK.fullmatch(self.beside.between(first - 1, first)) is not None
            )
        ):
            first -= 1
        return first

    def written(self, start: int, end: int) -> list[str]:
        """The words from `start` to `end` with their possessive endings."""
        return [self.text[token.start : token.end] for token in self.tokens[start:end]]

    def _is_name_elsewhere(self, word: str) -> bool:
        """Whether a word that opens a sentence has its capital inside one too, or is a known name."""
        known = is_first_name(word) or country_of_place(word) or country_of_demonym(word) or is_acronym(word)
        return bool(known) or word in self.inside or not word.isalpha()

    def _past_opening_word(self, start: int, end: int) -> int:
        """`start`, or the next word when the first has its capital only from opening the sentence."""
        word = self.tokens[start].text
        folded = fold(word)
        lexicon = words()
        if (
            end - start == 1
            and folded in lexicon.groups
            and folded not in lexicon.standalone
            and not is_acronym(word)
        ):
            return start + 1
        bare = end - start == 1 and not self.tokens[start].possessive
        if bare and not self._is_name_elsewhere(word):
            return start + 1
        known = is_role(word) or folded in lexicon.modifiers or country_of_demonym(word) or is_acronym(word)
        # As it is mostly written (Lita et al. 2003): one "trump" does not make "Trump said" a common word.
        common = self.lower_case[folded] >= max(1, self.inside[word])
        if known or not common or (is_first_name(word) and end - start > 1):
            return start
        return start + 1
