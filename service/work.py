"""What requests ask of the model: tasks that a worker thread does, alone or with others like them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from model.entailment import Pair
from model.labels import LabelSet
from model.reader import Article
from service.readers import ArticleReader

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Task(Generic[Result]):
    """One step of a request's work.

    `do` answers a list of such `given`s, one for one; tasks whose `do` is equal may be done together, and are
    done alone if that fails. `size` is the number of characters that the model reads, about.
    """

    do: Callable[[Sequence[Any]], Sequence[Result]]
    given: Any
    size: int


@dataclass(frozen=True, slots=True)
class Labeller:
    """Labels articles together: their pairs share the model's batches.

    Given are articles, each with the score below which a sentence is uncertain. An answer is the article's
    JSON (schema version 1), or the error that it raised: one bad article must not cost the rest their answer.
    """

    reader: ArticleReader
    labels: LabelSet | None

    def __call__(self, given: Sequence[tuple[Article, float | None]]) -> list[str | Exception]:
        """The answers, in order."""
        try:
            labelled = self.reader.read_many([article for article, _ in given], self.labels)
        except Exception as error:
            if len(given) > 1:
                # The queue will do them one by one.
                raise
            return [error]
        return [
            (each if least is None else each.marked(least)).to_json()
            for each, (_, least) in zip(labelled, given, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges groups of pairs together; an answer is a group's probabilities, shape (len(group), 3)."""

    reader: ArticleReader

    def __call__(self, given: Sequence[Sequence[Pair]]) -> list[NDArray[np.float32]]:
        """The answers, in order."""
        found = self.reader.entailment.predict([pair for group in given for pair in group])
        return np.split(found, np.cumsum([len(group) for group in given])[:-1])


@dataclass(frozen=True, slots=True)
class Labelling:
    """Articles to label, a task each; see `Labeller`."""

    reader: ArticleReader
    articles: Sequence[Article]
    labels: LabelSet | None
    min_score: float | None = None

    def __iter__(self) -> Iterator[Task[str | Exception]]:
        do = Labeller(self.reader, self.labels)
        return (Task(do, (each, self.min_score), len(each.text)) for each in self.articles)


@dataclass(frozen=True, slots=True)
class Judging:
    """Groups of pairs to judge, a task each; see `Judge`."""

    reader: ArticleReader
    groups: Sequence[Sequence[Pair]]

    def __iter__(self) -> Iterator[Task[NDArray[np.float32]]]:
        do = Judge(self.reader)
        return (Task(do, group, sum(map(len, (text for p in group for text in p)))) for group in self.groups)
