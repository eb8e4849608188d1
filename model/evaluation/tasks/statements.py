"""The statement tagger alone, on attributions: `{"doc_id", "text", "attributions"}` a line.

Each attribution is `{"source": [[s, e]…], "cue": [[s, e]…], "content": [[s, e]…]}`, offsets code points into
the text. Predictions have the same form; their `text` may be left out.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from model import checkpoints, statements
from model.evaluation.baselines.rules import RuleStatements
from model.evaluation.errors import UsageError
from model.evaluation.gold import GoldStatement, span_problems
from model.evaluation.slices import as_gold
from model.evaluation.spans import COLUMNS, KINDS, count_spans, span_metrics
from model.evaluation.tally import Metric, Tally
from model.evaluation.tasks.base import Candidate, Scored, System
from model.evaluation.tasks.documents import Document, DocumentTask
from model.sentences import split


class Attributed(Document):
    """A document with its attributions."""

    attributions: tuple[GoldStatement, ...]


class StatementTask(DocumentTask[Attributed]):
    """Attributions, found by a statement reader."""

    name = "statements"
    record = Attributed
    unit = "attribution"

    @staticmethod
    def units_of(document: Attributed) -> int:
        """Its attributions."""
        return len(document.attributions)

    @staticmethod
    def problems(line: Attributed, text: str) -> Iterator[str]:
        """Spans outside the text."""
        spans = (
            (f"attributions[{index}]", span)
            for index, statement in enumerate(line.attributions)
            for span in statement.spans
        )
        return chain.from_iterable(span_problems(text, span, field) for field, span in spans)

    def model(self, name: str) -> Candidate[Attributed]:
        """The shipped tagger: checkpoints of the hub judge entailment, they find no statements."""
        if name != checkpoints.BUILTIN:
            raise UsageError(f"the task statements is read by `builtin` alone, not by {name!r}")
        return Candidate(name, "model", lambda: self._system(statements.StatementReader()))

    def _system(self, reader: statements.StatementReader) -> System[Attributed]:
        def predict(indexes: Sequence[int]) -> list[Attributed]:
            return [self._read(reader, index) for index in indexes]

        return System(reader.revision, reader.revision, predict)

    def _read(self, reader: statements.StatementReader, index: int) -> Attributed:
        text = self.documents[index].text
        found = reader.read(text, split(text))
        return Attributed(doc_id=self.ids[index], attributions=tuple(map(as_gold, found)))

    def baselines(self) -> list[Candidate[Attributed]]:
        """Quotation marks and a list of cues."""
        return [Candidate("rules", "baseline", lambda: self._system(RuleStatements()))]

    @staticmethod
    def headline(classes: Sequence[str]) -> list[Metric]:
        """F1 of exact spans."""
        del classes
        wanted = {f"statements.exact.{kind}.f1" for kind in KINDS}
        return [metric for metric in span_metrics() if metric.key in wanted]

    def score(self, records: Sequence[Attributed]) -> Scored:
        """Spans counted in every unit."""
        rows = [
            count_spans(document.text, document.attributions, record.attributions)
            for document, record in zip(self.documents, records, strict=True)
        ]
        support = {kind: sum(row[f"{kind}:exact:gold"] for row in rows) for kind in KINDS}
        return Scored(Tally.of(self.ids, rows, COLUMNS), span_metrics(), support=support)
