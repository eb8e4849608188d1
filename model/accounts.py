"""Whose account a handle is: "@RealAnaDuarte"."""

import unicodedata
from collections.abc import Iterable

from model.entities import Entity
from model.names import is_role
from model.spans import Span

_BEFORE = frozenset(["", "real", "the", "official", "iam"])
"""What people put before their own names where these are taken, besides titles and offices."""


class Accounts:
    """The authors of an article's posts; `everybody` are whom the article names."""

    def __init__(self, everybody: Iterable[Entity]) -> None:
        self._spelt: dict[str, Entity] = {}
        self._at: dict[Span, Entity] = {}
        for entity in everybody:
            self._at |= dict.fromkeys(entity.spans, entity)
            if entity.name and len(entity.name.words) > 1 and entity.kind != "group":
                self._spelt.setdefault(_letters("".join(entity.name.words)), entity)

    def author(self, source: Span, written: str) -> Entity:
        """Who is named or has the handle at `source`; somebody new for a handle that spells no name."""
        handle = _letters(written)
        owner = self._at.get(source) or self._owner(handle)
        if owner is None:
            owner = self._spelt[handle] = Entity("unknown", text=written.lstrip("@"))
        if source not in self._at:
            owner.spans.append(source)
        return owner

    def _owner(self, handle: str) -> Entity | None:
        parts = (
            handle[cut:] for cut in range(len(handle)) if handle[:cut] in _BEFORE or is_role(handle[:cut])
        )
        return next((self._spelt[part] for part in parts if part in self._spelt), None)


def _letters(handle: str) -> str:
    """The letters alone, lower case and without accents."""
    return "".join(char for char in unicodedata.normalize("NFKD", handle).lower() if char.isalpha())
