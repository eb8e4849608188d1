"""What a source span says about the speaker: a name, a pronoun, several speakers or a description."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

from model.article import SpeakerKind
from model.gazetteer import words
from model.mentions import FIRST_PERSON, PRONOUNS, Mention
from model.names import fold, is_acronym, is_role, kind_of_head
from model.nominals import Nominal
from model.phrases import ARTICLES, INSIDE_NAMES, Phrases
from model.spans import Span
from model.titles import is_title

Form = Literal["mention", "joint", "relative", "first person", "description"]
_RELATIVE = frozenset(["who", "whom", "whose", "which", "that"])
# What a source that is read a little too long begins or ends with.
_LEADING = frozenset("as by to according and but said says from for with or while when".split())
_TRAILING = frozenset("himself herself themselves itself also both all alone reportedly and then now".split())
# Longer sources, in words, are misread; only their beginning counts.
_LONGEST = 80
_PRONOUNS = PRONOUNS | FIRST_PERSON | _RELATIVE
_SHARE = re.compile(r"\d\s?%|\b(?:in|of) (?:\d+|five|ten)\b", re.IGNORECASE)


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


class SourceReader(Phrases):
    """Reads the source spans of one article."""

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
            opening = self._joint_start(first, core)
            return Source("joint", self._span(opening, self._joint_end(core, end)), token=opening)
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
            return Source("joint", self._span(start, self._joint_end(start, end)), token=start)
        return Source("mention", apposed.span, apposed)

    def _described(self, first: int, core: int, end: int, head: Mention | Nominal | None) -> Source:
        stop = self._before_release(first, self._description_end(first, core, end))
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

    def _is_apposed(self, core: int, end: int) -> bool:
        """Whether the words from `core` on tell who stands before: "the Roads and Harbours minister"."""
        lexicon = words()
        if fold(self.tokens[core].text) not in ARTICLES or not is_role(self.tokens[end - 1].text):
            return False
        behind = (
            self.tokens[index] for index in range(core + 2, end) if fold(self.tokens[index - 1].text) == "and"
        )
        return not any(fold(token.text) in lexicon.determiners for token in behind)

    def _is_role_of(self, core: int, end: int) -> bool:
        """Whether a role opens the words from `core` on: "Republican of Norland and a friend of hers"."""
        behind = fold(self.tokens[core + 1].text) if core + 1 < end else ""
        return is_role(self.tokens[core].text) and core not in self.names and behind in words().prepositions

    def _joins(self, core: int, end: int) -> bool:
        """Whether the words from `core` on name further speakers."""
        if fold(self.tokens[core].text) in ("and", "or"):
            return core + 1 < end
        named = isinstance(self.by_end.get(core), Mention)
        if not self._breaks(core) or not named or self._is_apposed(core, end) or self._is_role_of(core, end):
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
            if name is None and not word[0].isupper() and fold(word) not in INSIDE_NAMES:
                return False
            index = max(name.tokens[1], index + 1) if name else index + 1
        return False

    def _joint_start(self, first: int, core: int) -> int:
        """Where the first of several speakers is named: behind "former presidents" or "nuclear experts"."""
        named = self.by_end.get(core)
        person = isinstance(named, Mention) and named.name is not None and named.name.kind == "person"
        if named is None or not person or named.tokens[0] <= first:
            return first
        before = fold(self.tokens[named.tokens[0] - 1].text)
        return named.tokens[0] if is_role(words().singular(before) or before) else first

    def _joint_end(self, core: int, end: int) -> int:
        """Index after the last of several speakers: before an appositive or a relative clause."""
        index = core + 1
        seen_and = fold(self.tokens[core].text) in ("and", "or")
        while index < end:
            folded = fold(self.tokens[index].text)
            if seen_and and self._gap(index).startswith("(") and self._closes(index, end):
                return index
            if (
                seen_and
                and index not in self.names
                and (self._breaks(index) or folded in ("who", "which", "that"))
            ):
                return index
            seen_and = seen_and or folded == "and"
            index += 1
        return end

    def _closes(self, index: int, end: int) -> bool:
        """Whether all that is left stands in the bracket before the word at `index`."""
        return ")" not in self.text[self.tokens[index].start : self.tokens[end - 1].stop]

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

    @staticmethod
    def _is_group(head: Mention | Nominal | None) -> bool:
        return isinstance(head, Nominal) and (
            head.head in words().groups or head.head in words().agents or head.plural
        )


def _tells(word: str) -> bool:
    """Whether a folded word by itself says something of a speaker."""
    lexicon = words()
    if word in lexicon.nouns or word in lexicon.people or word in _PRONOUNS:
        return True
    empty = word in lexicon.modifiers or word in lexicon.prepositions or word in lexicon.calendar
    return not empty and not word[0].isdigit()
