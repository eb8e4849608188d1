"""What a source span says about the speaker: a name, a pronoun, several speakers or a description."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from model.article import SpeakerKind
from model.gazetteer import words
from model.mentions import FIRST_PERSON, PRONOUNS, Mention, Token
from model.names import fold, is_acronym, is_role, is_titular, kind_of_head
from model.nominals import Nominal, singular_or_self
from model.spans import Span
from model.titles import is_title

Form = Literal["mention", "joint", "relative", "first person", "description"]
_RELATIVE = frozenset(["who", "whom", "whose", "which", "that"])
# What a source that is read a little too long begins or ends with.
_LEADING = frozenset("as by to according and but said says from for with or while when".split())
_TRAILING = frozenset("himself herself themselves itself also both all alone reportedly and then now".split())
# Longer sources, in words, are misread; only their beginning counts.
_LONGEST = 80
# A longer description, in words, ends before what narrows it down ("… who signed", "… seeking access").
_LONGEST_DESCRIPTION = 14
_PRONOUNS = PRONOUNS | FIRST_PERSON | _RELATIVE
_BREAKS = ",(;:—–[\n"
_DASHES = frozenset(["--", "—", "–"])
_SHARE = re.compile(r"\d\s?%|\b(?:in|of) (?:\d+|five|ten)\b", re.IGNORECASE)
_INSIDE_NAMES = frozenset(["the", "of", "for"])
_MOST_TITLE = 4


@dataclass(frozen=True, slots=True)
class Source:
    """A source as read.

    `span` is what names or describes the speaker, `token` the index of its first word, `mention` its head, if
    that is one; `kind` and `plural` are what the words of a description tell.
    """

    form: Form
    span: Span
    mention: Mention | Nominal | None = None
    token: int = 0
    kind: SpeakerKind = "unknown"
    plural: bool = False


class SourceReader:
    """Reads the source spans of one article."""

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

    def read(self, span: Span) -> Source | None:
        """The source at `span`; None when no word is in it."""
        first, end = bisect_left(self.starts, span.start), bisect_left(self.starts, span.end)
        end = min(end, first + _LONGEST)
        if first == end and first and self.tokens[first - 1].end > span.start:
            first -= 1
        while end - first > 1 and self._leads(first):
            first += 1
        while end - first > 1 and self._trails(end - 1):
            end -= 1
        if first == end:
            return None
        first = self._past_dateline(first, end)
        if self._is_time(first, end):
            first, end = self._subject_before(first), first
        end = self._with_name_behind(self._before_time(first, end))
        if not self._may_speak(first, end):
            # Of those who were asked, some: "42%", "about three in 10".
            asked = _SHARE.search(span.of(self.text)) is not None
            return Source("description", span, None, first, "group", plural=True) if asked else None
        opening = fold(self.tokens[first].text)
        alone = end - first == 1
        if opening in _RELATIVE and (alone or opening != "that"):
            return Source("relative", self._span(first, first + 1), token=first)
        if end - first > 1 and fold(self.tokens[end - 1].text) in ("whom", "which"):
            return Source("relative", self._span(first, end), token=first)
        first_person = opening in FIRST_PERSON and not is_acronym(self.tokens[first].text)
        if first_person and (alone or opening not in ("my", "our")):
            return Source("first person", self._span(first, first + 1), token=first)
        return self._read(first, end)

    def _leads(self, index: int) -> bool:
        """Whether the first word of a source is none of it."""
        if index in self.names:
            return False
        return fold(self.tokens[index].text) in _LEADING or self._is_adverb(index)

    def _trails(self, index: int) -> bool:
        """Whether the last word of a source is none of it."""
        folded = fold(self.tokens[index].text)
        return folded in _TRAILING or (folded == "here" and index - 1 in self.names)

    def _is_adverb(self, index: int) -> bool:
        """Whether a word before a comma only joins the sentence to what stands before: "Still, …"."""
        return self._gap(index + 1) == "," and fold(self.tokens[index].text) in words().linking

    def untitled(self, span: Span) -> str:
        """The words of `span` without the title that opens it; others stay, as the article joins them."""
        first = self.names.get(bisect_left(self.starts, span.start))
        titled = first is not None and first.name is not None and first.name.kind == "person"
        start = first.span.start if first is not None and titled else span.start
        return self.text[start : span.end]

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
        dated = [word in lexicon.calendar or word in lexicon.times for word in told]
        return (
            told[0] in lexicon.prepositions | lexicon.calendar
            and any(dated)
            and all(
                date or word in lexicon.prepositions or word in lexicon.determiners or word[0].isdigit()
                for date, word in zip(dated, told, strict=True)
            )
        )

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

    def _with_name_behind(self, end: int) -> int:
        """`end`, or behind the name in commas that a source leaves out: "his aunt" before ", Ana Duarte,"."""
        head = self.by_end.get(end)
        if not isinstance(head, Nominal) or head.plural or head.head not in words().persons:
            return end
        if end == len(self.tokens) or self._gap(end) != ",":
            return end
        name = self._named_after(end, len(self.tokens))
        if name is None or name.name is None or name.name.kind != "person":
            return end
        after = name.tokens[1]
        return after if after < len(self.tokens) and self._gap(after).startswith(",") else end

    def _may_speak(self, first: int, end: int) -> bool:
        """Whether the words can name a speaker; "International" alone, a number or "at" cannot.

        Nor can what ends in a preposition, for that is no noun phrase: "is winning votes by"; a name before a
        comma can all the same.
        """
        name = self.names.get(first)
        cut_off = name is not None and name.tokens[1] < end and self._gap(name.tokens[1]).startswith(",")
        if end - first > 1 and not cut_off and fold(self.tokens[end - 1].text) in words().prepositions:
            return False
        return any(
            index in self.names or _tells(fold(self.tokens[index].text)) for index in range(first, end)
        )

    def _with_determiner(self, first: int) -> int:
        """`first`, or the word before it when that counts or determines: "many residents"."""
        if not first or self._gap(first) or not self.tokens[first].text[0].islower():
            return first
        before = self.tokens[first - 1]
        same = before.sentence == self.tokens[first].sentence and not before.possessive
        return first - 1 if same and fold(before.text) in words().quantifiers | {"the", "a", "an"} else first

    def _span(self, first: int, end: int) -> Span:
        return Span(self.tokens[first].start, self.tokens[end - 1].stop)

    def _read(self, first: int, end: int) -> Source:
        close = next((index for index in range(first + 1, end) if self._breaks(index)), end)
        titled = (stop for stop in (end, close) if self._titled(first, stop))
        core = next(titled, None) or self._core_end(first, end)
        head = self.by_end.get(core)
        if head is not None and head.tokens[0] >= end:
            head = None
        by = self._issuer_at(head, core, end)
        if by is not None:
            return self._read(by, end)
        if core < end and self._joins(core, end):
            if fold(self.tokens[first].text) == "both" and core - first > 1:
                first += 1
            return Source("joint", self._span(first, self._joint_end(core, end)), token=first)
        kept = isinstance(head, Mention) and not self._is_plain_plural(head, core, end)
        if isinstance(head, Mention) and kept and (not head.possessive or core == end):
            if self._is_counted(first, head):
                return Source("description", self._span(first, core), None, first, "group", plural=True)
            return Source("mention", head.span, head)
        return self._apart_from_name(first, core, end, head)

    def _apart_from_name(self, first: int, core: int, end: int, head: Mention | Nominal | None) -> Source:
        """A description, or whoever is named behind its comma."""
        apposed = self._apposed(core, end, head)
        if apposed is None:
            return self._described(self._with_determiner(first), core, end, head)
        if isinstance(head, Nominal) and head.plural:
            start = apposed.tokens[0]
            return Source("joint", self._span(start, self._joint_end(start, end)), token=first)
        return Source("mention", apposed.span, apposed)

    def _described(self, first: int, core: int, end: int, head: Mention | Nominal | None) -> Source:
        stop = self._description_end(first, core, end)
        last = fold(self.tokens[core - 1].text)
        plural = last in words().people or words().singular(last) is not None
        kind: SpeakerKind = "group" if plural else kind_of_head(last)
        described = head if isinstance(head, Nominal) else None
        owner = self.names.get(first)
        if owner is not None and owner.possessive and owner.tokens[0] == first and owner.tokens[1] < stop:
            # "Senator Ana Duarte's office" is called without the title.
            first = bisect_left(self.starts, owner.span.start)
        return Source("description", self._span(first, stop), described, first, kind, plural)

    def _issuer_at(self, head: Mention | Nominal | None, core: int, end: int) -> int | None:
        """Where those are named who issued a text: "a statement signed by Ana Duarte and Piet Vos"."""
        if not isinstance(head, Nominal) or head.head not in words().utterances:
            return None
        for index in range(core, min(core + 2, end - 1)):
            if fold(self.tokens[index].text) in ("by", "from"):
                return index + 1
        return None

    def _titled(self, first: int, end: int) -> bool:
        """Whether the words are a title and a name and nothing else."""
        named = self.by_end.get(end)
        if not isinstance(named, Mention) or self.tokens[named.tokens[0] - 1].possessive:
            return False
        title = range(first, named.tokens[0])
        gaps = [self._gap(index) for index in range(first + 1, named.tokens[0] + 1)]
        inside = [self.names[index] for index in title if index in self.names]
        return is_title([self.tokens[index].text for index in title], gaps, inside, named)

    def _is_counted(self, first: int, head: Mention) -> bool:
        """Whether some of a people are meant: "Some Norlanders", "Two House Committees"."""
        name = head.name
        counted = fold(self.tokens[first].text) in words().quantifiers and first + 1 == head.tokens[0]
        many = name is not None and name.words[-1].endswith("s") and name.kind != "person"
        return counted and many and not head.possessive

    def _is_plain_plural(self, head: Mention, core: int, end: int) -> bool:
        """Whether a capital only opens the sentence: "Evacuees at the school"."""
        start = head.tokens[0]
        opens = start == 0 or self.tokens[start - 1].sentence != head.sentence
        named = head.name is None or head.name.kind != "unknown" or len(head.name.words) > 1
        if named or not opens or core == end or not self.tokens[core - 1].text.endswith("s"):
            return False
        return fold(self.tokens[core].text) in words().prepositions

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

    def _is_apposed(self, core: int, end: int) -> bool:
        """Whether the words from `core` on tell who stands before: "the Roads and Harbours minister"."""
        lexicon = words()
        if fold(self.tokens[core].text) not in ("the", "a", "an") or not is_role(self.tokens[end - 1].text):
            return False
        behind = (
            self.tokens[index] for index in range(core + 2, end) if fold(self.tokens[index - 1].text) == "and"
        )
        return not any(fold(token.text) in lexicon.determiners for token in behind)

    def _joins(self, core: int, end: int) -> bool:
        """Whether the words from `core` on name further speakers."""
        if fold(self.tokens[core].text) in ("and", "or"):
            return core + 1 < end
        named = isinstance(self.by_end.get(core), Mention)
        if not self._breaks(core) or not named or self._is_apposed(core, end):
            return False
        # A list "A, B (D) and C": every part outside brackets is a name.
        index = core
        while index < end:
            gap = self._gap(index)
            if gap.startswith("("):
                index += 1
                while index < end and ")" not in self._gap(index):
                    index += 1
                continue
            if fold(self.tokens[index].text) == "and":
                return index + 1 < end
            name = self.names.get(index)
            word = self.tokens[index].text
            if name is None and not word[0].isupper() and fold(word) not in _INSIDE_NAMES:
                return False
            index = max(name.tokens[1], index + 1) if name else index + 1
        return False

    def _gap(self, index: int) -> str:
        """What stands before the word at `index`, blanks aside."""
        return self.text[self.tokens[index - 1].end : self.tokens[index].start].strip()

    def _joint_end(self, core: int, end: int) -> int:
        """Index after the last of several speakers: before an appositive or a relative clause."""
        index = core + 1
        seen_and = fold(self.tokens[core].text) in ("and", "or")
        while index < end:
            folded = fold(self.tokens[index].text)
            if (
                seen_and
                and index not in self.names
                and (self._breaks(index) or folded in ("who", "which", "that"))
            ):
                return index
            seen_and = seen_and or folded == "and"
            index += 1
        return end

    def _apposed(self, core: int, end: int, head: Mention | Nominal | None) -> Mention | None:
        """The speaker named behind a comma: "the director, Ana Duarte", "the local union, NHSA"."""
        comma = core
        while comma < end and not self._breaks(comma):
            if fold(self.tokens[comma].text) == "by":
                # "the report by A, B and C": whose it is, not what it is called.
                return None
            comma += 1
        if comma >= end or self._gap(comma) not in (",", "—", "–", "--", ":"):
            return None
        of_person = comma != core and fold(self.tokens[comma - 1].text) in words().persons
        if of_person or (comma > core and self._is_listed(comma, end)):
            return None
        mention = self._named_after(comma, end)
        if mention and mention.name and mention.name.kind == "group" and not self._is_group(head):
            return None
        # "an official in Norland City, Norland": a place behind a place.
        place = mention is not None and len(mention.name.words if mention.name else ()) == 1
        return None if place and comma - 1 in self.names and comma > core else mention

    def _named_after(self, comma: int, end: int) -> Mention | None:
        """The name at `comma`, titles aside."""
        index = comma
        while index < end and index - comma < _MOST_TITLE and index not in self.names:
            if not is_titular(fold(self.tokens[index].text)) or (index > comma and self._gap(index)):
                return None
            index += 1
        mention = self.names.get(index) if index < end else None
        return mention if mention and mention.name and not mention.possessive else None

    @staticmethod
    def _is_group(head: Mention | Nominal | None) -> bool:
        return isinstance(head, Nominal) and (
            head.head in words().groups or head.head in words().agents or head.plural
        )

    def _is_listed(self, index: int, end: int) -> bool:
        """Whether a comma inside a description only parts a list of names: "envoys of A, B and C"."""
        if index - 1 not in self.names:
            return False
        while index < end and (index in self.names or fold(self.tokens[index].text) in _INSIDE_NAMES):
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

    def _is_participle(self, index: int, end: int) -> bool:
        """Whether a clause begins at `index` ("divers searching it"), not a compound ("planning chief")."""
        word = self.tokens[index].text
        compound = any(singular_or_self(token.text) for token in self.tokens[index : min(index + 2, end)])
        by = word.endswith("ed") and index + 1 < end and self.tokens[index + 1].text == "by"
        return word.islower() and (by or word.endswith("ing")) and not compound


def _tells(word: str) -> bool:
    """Whether a folded word by itself says something of a speaker."""
    lexicon = words()
    if word in lexicon.nouns or word in lexicon.people or word in _PRONOUNS:
        return True
    empty = word in lexicon.modifiers or word in lexicon.prepositions or word in lexicon.calendar
    return not empty and not word[0].isdigit()
