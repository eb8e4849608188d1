"""Drafts that were made before: an article asked about again, with other labels, is not tagged again."""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from model.voices import Article, Draft


class Drafts:
    """The drafts of the articles that were read last, `characters` of text at most; the oldest leave first.

    A character takes about 46 bytes. It may be asked from several threads.
    """

    def __init__(self, characters: int) -> None:
        self._characters = characters
        self._drafts: OrderedDict[Article, Draft] = OrderedDict()
        self._lock = Lock()

    def known(self, articles: Iterable[Article]) -> dict[Article, Draft]:
        """The drafts of those articles that are remembered."""
        with self._lock:
            known = {article: self._drafts[article] for article in articles if article in self._drafts}
            for article in known:
                self._drafts.move_to_end(article)
        return known

    def keep(self, drafts: Iterable[Draft]) -> None:
        """Remember these, and forget what no longer has room beside them."""
        with self._lock:
            self._drafts |= {draft.article: draft for draft in drafts}
            size = sum(len(article.text) for article in self._drafts)
            while size > self._characters:
                article, _ = self._drafts.popitem(last=False)
                size -= len(article.text)
