"""Who is who, alone: coreference clusters, `{"doc_id", "text", "clusters"}` a line.

A cluster is a list of spans `[s, e]`, code points into the text. Predictions have the same form; their `text`
may be left out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from model import checkpoints
from model.coreference import Walk, mentions_of
from model.evaluation.clusters import COLUMNS, cluster_metrics, count_clusters
from model.evaluation.errors import UsageError
from model.evaluation.gold import span_problems
from model.evaluation.records import sha256
from model.evaluation.tally import Metric, Tally
from model.evaluation.tasks.base import Candidate, Scored, System
from model.evaluation.tasks.documents import Document, DocumentTask
from model.mentions import Mention, tokenize
from model.quotes import quotations
from model.sentences import split
from model.spans import Span

Found = list[list[Span]]


class Clustered(Document):
    """A document with its clusters."""

    clusters: tuple[tuple[Span, ...], ...]


class SpeakerTask(DocumentTask[Clustered]):
    """Coreference, by the rules that find speakers."""

    name = "speakers"
    record = Clustered
    unit = "mention"

    @staticmethod
    def units_of(document: Clustered) -> int:
        """Its mentions."""
        return sum(map(len, document.clusters))

    @staticmethod
    def problems(line: Clustered, text: str) -> Iterator[str]:
        """Spans outside the text."""
        spans = (
            (f"clusters[{index}]", span) for index, cluster in enumerate(line.clusters) for span in cluster
        )
        return chain.from_iterable(span_problems(text, span, field) for field, span in spans)

    def model(self, name: str) -> Candidate[Clustered]:
        """Our own resolver: checkpoints of the hub judge entailment, they resolve nothing."""
        if name != checkpoints.BUILTIN:
            raise UsageError(f"the task speakers is read by `builtin` alone, not by {name!r}")
        return Candidate(name, "model", lambda: self._system("resolver", resolved))

    def baselines(self) -> list[Candidate[Clustered]]:
        """Equal strings mean the same, a pronoun the name before it."""
        return [Candidate("nearest name", "baseline", lambda: self._system("nearest name", nearest))]

    def _system(self, name: str, find: Callable[[str], Found]) -> System[Clustered]:
        def predict(indexes: Sequence[int]) -> list[Clustered]:
            return [
                Clustered(doc_id=self.ids[i], clusters=tuple(map(tuple, find(self.documents[i].text))))
                for i in indexes
            ]

        revision = sha256(name)[:12]
        return System(revision, revision, predict)

    @staticmethod
    def headline(classes: Sequence[str]) -> list[Metric]:
        """The CoNLL score and pronouns."""
        del classes
        return cluster_metrics()[:2]

    def score(self, records: Sequence[Clustered]) -> Scored:
        """Clusters counted in every measure."""
        rows = [
            count_clusters(document.text, _sets(document), _sets(record))
            for document, record in zip(self.documents, records, strict=True)
        ]
        return Scored(Tally.of(self.ids, rows, COLUMNS), cluster_metrics())


def resolved(text: str) -> Found:
    """Clusters of all names, pronouns and descriptions, as the speakers' step reads them."""
    sentences = split(text)
    tokens = tokenize(text, sentences)
    mentions = mentions_of(text, sentences, tokens)
    walk = Walk(text, tokens, mentions, quotations(text))
    clusters: dict[int, list[Span]] = defaultdict(list)
    for mention in mentions:
        entity = walk.place(mention)
        if entity is not None:
            clusters[id(entity)].append(mention.span)
    return list(clusters.values())


def nearest(text: str) -> Found:
    """Clusters by equal strings; a pronoun goes with the name or description before it."""
    sentences = split(text)
    clusters: dict[str, list[Span]] = defaultdict(list)
    last = ""
    for mention in mentions_of(text, sentences, tokenize(text, sentences)):
        if not (isinstance(mention, Mention) and mention.pronoun):
            last = mention.span.of(text).lower()
        if last:
            clusters[last].append(mention.span)
    return list(clusters.values())


def _sets(document: Clustered) -> list[frozenset[Span]]:
    return [frozenset(cluster) for cluster in document.clusters if cluster]
