"""Whose account a handle is: "@RealAnaDuarte"."""

import unicodedata
from collections.abc import Iterable

from model.entities import Entity
from model.names import is_role
from model.spans import Span, overlapping

_BEFORE = frozenset(["", "real", "the", "official", "iam"])
"""What people put before their own names where these are taken, besides titles and offices."""
_LONGEST_BEFORE = 20


class Accounts:
    """The authors of an article's posts; `everybody` are whom the article names."""

    def __init__(self, everybody: Iterable[Entity]) -> None:
        self._strangers: dict[str, Entity] = {}
        self._spelt: dict[str, Entity] = {}
        named: dict[Span, Entity] = {}
        for entity in everybody:
            named |= dict.fromkeys(entity.spans, entity)
            if entity.name and len(entity.name.words) > 1 and entity.kind != "group":
                self._spelt.setdefault(_letters("".join(entity.name.words)), entity)
        self._named = sorted(named.items(), key=lambda each: each[0])
        self._spans = [span for span, _ in self._named]

    def author(self, source: Span, written: str) -> Entity:
        """Whose name a handle spells, or who is named in `source`; else somebody new."""
        handle = written.lstrip("@")
        owner = self._owner(_letters(handle))
        inside = [index for index in overlapping(self._spans, source) if source.covers(self._spans[index])]
        if owner is None and inside:
            return self._named[inside[-1]][1]
        if owner is None:
            owner = self._strangers.setdefault(handle.casefold(), Entity("unknown", text=handle))
        if not inside:
            owner.spans.append(source)
        return owner

    def _owner(self, handle: str) -> Entity | None:
        cuts = range(min(len(handle), _LONGEST_BEFORE + 1))
        parts = (handle[cut:] for cut in cuts if handle[:cut] in _BEFORE or is_role(handle[:cut]))
        return next((self._spelt[part] for part in parts if part in self._spelt), None)


def _letters(handle: str) -> str:
    """The letters alone, lower case and without accents."""
    return "".join(char for char in unicodedata.normalize("NFKD", handle).lower() if char.isalpha())
