"""A reader small enough to know every answer beforehand: the edges are what these tests are about."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.article import LabelledArticle, ModelInfo, Sentence, Speaker
from model.entailment import Entailment, Pair
from model.labels import DEFAULT_LABELS, LabelSet
from model.reader import Article

REVISION = "0123456789ab"


class FakeEntailment:
    """Entailment is the share of the premise's length that the hypothesis has, neutral the rest."""

    def __init__(self, name: str = "builtin") -> None:
        self.name = name
        self.revision = REVISION
        self.asked: list[list[Pair]] = []

    def predict(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        self.asked.append(list(pairs))
        rows = [share(pair) for pair in pairs]
        return np.array([(each, 1 - each, 0) for each in rows], dtype=np.float32).reshape(len(rows), 3)

    def truncates(self, premise: str) -> bool:
        return len(premise) > 1_000


def share(pair: Pair) -> float:
    return len(pair.hypothesis) / (len(pair.premise) + len(pair.hypothesis))


class FakeReader:
    """A sentence a line, said by the narrator under the first label; surely, unless it begins with Perhaps."""

    def __init__(self, name: str = "builtin") -> None:
        self.model = FakeEntailment(name)
        self.labels = DEFAULT_LABELS
        self.articles: list[Article] = []

    @property
    def entailment(self) -> Entailment:
        return self.model

    def read(self, article: Article, labels: LabelSet | None = None) -> LabelledArticle:
        self.articles.append(article)
        labels = labels or self.labels
        lines = list(re.finditer(r"\S(?:[^\n]*\S)?", article.text))
        sure = [0.5 if line.group().startswith("Perhaps") else 1.0 for line in lines]
        return LabelledArticle(
            schema=1,
            id=article.id,
            model=ModelInfo(name=self.model.name, revision=REVISION),
            labels=labels.names,
            hypotheses=labels.hypotheses,
            speakers=(Speaker(id="narrator", name="narrator", kind="narrator"),),
            sentences=tuple(
                Sentence(
                    index=index,
                    start=line.start(),
                    end=line.end(),
                    text=line.group(),
                    label=labels.names[0],
                    score=score,
                    scores=dict.fromkeys(labels.names, 0.0) | {labels.names[0]: score},
                    speaker="narrator",
                )
                for index, (line, score) in enumerate(zip(lines, sure, strict=True))
            ),
            statements=(),
        )

    def read_many(self, articles: Sequence[Article], labels: LabelSet | None = None) -> list[LabelledArticle]:
        return [self.read(article, labels) for article in articles]
