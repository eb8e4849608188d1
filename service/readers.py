"""The models that this process has loaded."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from model.article import LabelledArticle
from model.entailment import CheckpointError, Entailment
from model.labels import LabelSet
from model.reader import Article
from service.problems import UNKNOWN_MODEL, Problem


class ArticleReader(Protocol):
    """What the service asks of a reader; `model.reader.Reader` is one."""

    @property
    def entailment(self) -> Entailment:
        """The NLI model that the reader asks."""

    @property
    def labels(self) -> LabelSet:
        """The labels that hold where a request brings none."""

    def read(self, article: Article, labels: LabelSet | None = None) -> LabelledArticle:
        """The article with every sentence labelled."""

    def read_many(self, articles: Sequence[Article], labels: LabelSet | None = None) -> list[LabelledArticle]:
        """The articles labelled, in order."""


Load = Callable[[str], ArticleReader]


class Readers:
    """Readers by the name of their checkpoint; the first is the default.

    A client chooses among these names and can name nothing else, a folder least of all.
    """

    def __init__(self, names: Iterable[str], load: Load) -> None:
        """Load the checkpoints.

        Raises:
            CheckpointError: one of them is unknown, cannot be loaded, or shares another's name.
        """
        self._readers: dict[str, ArticleReader] = {}
        for name in names:
            reader = load(name)
            if reader.entailment.name in self._readers:
                raise CheckpointError(f"two models are called {reader.entailment.name!r}")
            self._readers[reader.entailment.name] = reader

    @property
    def default(self) -> ArticleReader:
        """The reader of requests that name no model."""
        return next(iter(self._readers.values()))

    def __iter__(self) -> Iterator[ArticleReader]:
        return iter(self._readers.values())

    def named(self, name: str | None) -> ArticleReader:
        """The reader of this name, the default one for None.

        Raises:
            Problem: `unknown-model`.
        """
        if name is None:
            return self.default
        if name not in self._readers:
            raise Problem.at(UNKNOWN_MODEL, "model", "must be one of: " + ", ".join(self._readers))
        return self._readers[name]
