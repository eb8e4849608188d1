"""Where the noun phrases of one article begin and end: heads, commas, prepositions, participles, times."""

from collections.abc import Sequence

from model.gazetteer import words
from model.mentions import Mention, Token
from model.names import fold, is_titular
from model.nominals import Nominal, singular_or_self
from model.spans import Span

# A longer description, in words, ends before what narrows it down ("… who signed", "… seeking access").
_LONGEST_DESCRIPTION = 14
_BREAKS = ",(;:—–[\n"
_DASHES = frozenset(["--", "—", "–"])
INSIDE_NAMES = frozenset(["the", "of", "for"])
_MOST_TITLE = 4
ARTICLES = frozenset(["the", "a", "an"])
# Words of a description before "who"; a longer one is rather a clause.
_LONGEST_BEFORE = 5


class Phrases:
    """The words of one article, with the names and nominals among them."""

    def __init__(self, text: str, tokens: Sequence[Token], mentions: Sequence[Mention | Nominal]) -> None:
        self.text = text
        self.tokens = tokens
        self.starts = [token.start for token in tokens]
        self.names: dict[int, Mention] = {}
        self.by_end: dict[int, Mention | Nominal] = {}
        for mention in mentions:
            self.by_end[mention.tokens[1]] = mention
            if isinstance(mention, Mention):
                for index in range(*mention.tokens):
                    self.names[index] = mention

    def _past_dateline(self, first: int, end: int) -> int:
        """`first`, or behind the dash where the words before it only say whence: "DP -- Ana Duarte"."""
        for index in range(first + 1, min(first + _MOST_TITLE, end)):
            if self.text[self.tokens[index - 1].stop : self.tokens[index].start].strip(" )") in _DASHES:
                return index if self.tokens[index].text[0].isupper() else first
            if self.tokens[index].text[0].islower():
                break
        return first

    def _is_time(self, first: int, end: int) -> bool:
        """Whether the words tell when, not who: "on Thursday" of "Norland on Thursday rejected"."""
        lexicon = words()
        told = [fold(token.text) for token in self.tokens[first:end]]
        dated = first not in self.names and any(
            word in lexicon.calendar or word in lexicon.times for word in told
        )
        opens = told[0] in lexicon.prepositions | lexicon.calendar
        return opens and dated and self._is_dated(first, end)

    def _subject_before(self, end: int) -> int:
        """Where the phrase begins that ends at `end`: a name, a nominal or else one word."""
        subject = self.by_end.get(end)
        return subject.tokens[0] if subject is not None else max(0, end - 1)

    def _before_time(self, first: int, end: int) -> int:
        """`end` without a time: "Norland officials yesterday", "Duarte at 0800 GMT"."""
        lexicon = words()
        index, dated, before = end, False, end
        while index - 1 > first and index - 1 not in self.names:
            word = fold(self.tokens[index - 1].text)
            if word not in lexicon.calendar and word not in lexicon.times and not word[0].isdigit():
                break
            index -= 1
            dated = dated or not (word in lexicon.prepositions or word in lexicon.determiners)
            if dated and not word[0].isdigit() and word not in lexicon.determiners:
                before = index
        last = fold(self.tokens[before - 1].text)
        headed = (
            before - 1 in self.names
            or last in lexicon.nouns
            or last in lexicon.people
            or lexicon.singular(last) is not None
        )
        return before if headed and before <= self._core_end(first, end) else end

    def _with_determiner(self, first: int) -> int:
        """`first`, or the word before it when that counts or determines: "many residents"."""
        if not first or self._gap(first) or not self.tokens[first].text[0].islower():
            return first
        before = self.tokens[first - 1]
        same = before.sentence == self.tokens[first].sentence and not before.possessive
        return first - 1 if same and fold(before.text) in words().quantifiers | ARTICLES else first

    def described_before(self, token: int) -> tuple[int, Span] | None:
        """The description that ends before a relative, and its first word: "a former zookeeper, who"."""
        if self._gap(token) not in ("", ","):
            return None
        for first in range(token - 1, max(0, token - _LONGEST_BEFORE) - 1, -1):
            word = self.tokens[first]
            inside = first + 1 < token and (
                self._breaks(first + 1) or fold(word.text) in words().prepositions
            )
            if word.sentence != self.tokens[token].sentence or inside or first in self.names:
                return None
            if fold(word.text) in ARTICLES:
                return (first, self._span(first, token)) if first + 1 < token else None
        return None

    def _span(self, first: int, end: int) -> Span:
        return Span(self.tokens[first].start, self.tokens[end - 1].stop)

    def _breaks(self, index: int) -> bool:
        """Whether punctuation ends the phrase before the word at `index`."""
        gap = self._gap(index)
        return (bool(gap) and gap[0] in _BREAKS) or gap.startswith(("--", "-"))

    def _core_end(self, first: int, end: int) -> int:
        """Index after the head: before the first comma, preposition or relative outside a name."""
        index = first
        while index < end:
            name = self.names.get(index)
            if name is not None and name.tokens[0] <= index:
                index = min(max(name.tokens[1], index + 1), end)
            elif (
                index > first and fold(self.tokens[index].text) in words().prepositions | {"and", "or"}
            ) or (index > first and index in self.by_end and self._is_participle(index, end)):
                return index
            else:
                index += 1
            if index < end and self._breaks(index):
                return index
        return end

    def _gap(self, index: int) -> str:
        """What stands before the word at `index`, blanks aside."""
        return self.text[self.tokens[index - 1].end : self.tokens[index].start].strip()

    def _named_after(self, comma: int, end: int) -> Mention | None:
        """The name at `comma`, titles aside."""
        index = comma
        while index < end and index - comma < _MOST_TITLE and index not in self.names:
            if not is_titular(fold(self.tokens[index].text)) or (index > comma and self._gap(index)):
                return None
            index += 1
        mention = self.names.get(index) if index < end else None
        return mention if mention and mention.name and not mention.possessive else None

    def _is_listed(self, index: int, end: int) -> bool:
        """Whether a comma inside a description only parts a list of names: "envoys of A, B and C"."""
        if index - 1 not in self.names:
            return False
        while index < end and (index in self.names or fold(self.tokens[index].text) in INSIDE_NAMES):
            index += 1
        return index < end and fold(self.tokens[index].text) == "and"

    def _description_end(self, first: int, core: int, end: int) -> int:
        """Index after the description that begins at `first`, with what narrows it down, if that is short."""
        stop, narrowed = core, end
        while stop < end and (not self._breaks(stop) or self._is_listed(stop, end)):
            relative = fold(self.tokens[stop].text) in ("who", "whom", "which", "whose") and stop > first
            if stop - first > 1 and (relative or (stop > core and self._is_participle(stop, end))):
                narrowed = stop if stop - first <= _LONGEST_DESCRIPTION else min(narrowed, stop)
            stop += 1
        return min(stop, narrowed) if stop - first > _LONGEST_DESCRIPTION else stop

    def _before_release(self, first: int, stop: int) -> int:
        """`stop`, or before what only tells when: "a poll released on Tuesday", not "a report of 2016"."""
        lexicon = words()
        for index in range(first + 1, stop):
            thing, word = fold(self.tokens[index - 1].text), self.tokens[index].text
            text = thing in lexicon.nouns and thing not in lexicon.persons | lexicon.groups | lexicon.agents
            if text and word.endswith("ed") and self._is_dated(index + 1, stop):
                behind = [fold(token.text) for token in self.tokens[index + 1 : stop]]
                year = any(len(each) == len("2016") and each.isdigit() for each in behind)
                if not year and any(each in lexicon.calendar or each in lexicon.times for each in behind):
                    return index
        return stop

    def _is_dated(self, first: int, end: int) -> bool:
        """Whether all the words, if any, belong to a time: "on Tuesday", "earlier this year"."""
        lexicon = words()
        told = [fold(token.text) for token in self.tokens[first:end]]
        times = lexicon.calendar | lexicon.times | lexicon.prepositions | lexicon.determiners
        return all(word in times or word[0].isdigit() for word in told)

    def _is_participle(self, index: int, end: int) -> bool:
        """Whether a clause begins at `index` ("divers searching it"), not a compound ("planning chief")."""
        word = self.tokens[index].text
        compound = any(singular_or_self(token.text) for token in self.tokens[index : min(index + 2, end)])
        by = word.endswith("ed") and index + 1 < end and self.tokens[index + 1].text == "by"
        return word.islower() and (by or word.endswith("ing")) and not compound
