"""What the tasks on whole documents share: a line is a named text and what was found in it."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, TypeVar

from pydantic import ConfigDict, Field

from model.evaluation.gold import Lenient
from model.evaluation.records import sha256
from model.evaluation.results import GoldInfo
from model.evaluation.tasks.base import Task
from model.evaluation.tasks.gold_files import read_answers, read_gold_lines


class Document(Lenient):
    """A document: a line of gold or of predictions, which may leave the text out."""

    model_config = ConfigDict(frozen=True)

    doc_id: str
    text: str = Field(default="", exclude=True)


Found = TypeVar("Found", bound=Document)


class DocumentTask(Task[Found]):
    """A task whose items are documents; `record` is what one is, `unit` what is counted in it."""

    record: type[Found]
    unit: ClassVar[str]

    def __init__(self, paths: Sequence[Path]) -> None:
        """Read the gold.

        Raises:
            GoldError: a line holds no document, one that is there already, or spans outside its text.
        """
        found = read_gold_lines(paths, self.record, self._gold_problems, lambda document: document.doc_id)
        self.documents = found.lines
        self.ids = [document.doc_id for document in found.lines]
        counts = [self.units_of(document) for document in found.lines]
        self.gold = GoldInfo(
            files=found.files,
            digest=found.digest,
            items=len(found.lines),
            units=sum(counts),
            item="document",
            unit=self.unit,
        )
        self.keys = [sha256(f"{key}\n{d.text}") for key, d in zip(self.ids, self.documents, strict=True)]
        self.weights = [max(1, count) for count in counts]

    @staticmethod
    @abstractmethod
    def units_of(document: Found) -> int:
        """How many units a document of the gold holds."""

    @staticmethod
    @abstractmethod
    def problems(line: Found, text: str) -> Iterator[str]:
        """What is wrong with the spans of a line about `text`."""

    def read(self, path: Path) -> list[Found]:
        """Another system's documents."""
        texts = {key: document.text for key, document in zip(self.ids, self.documents, strict=True)}

        def problems(line: Found) -> Iterator[str]:
            return self.problems(line, texts[line.doc_id])

        return read_answers(path, self.record, self.ids, lambda line: line.doc_id, problems)

    def parse(self, line: str) -> Found:
        """What was found in a document."""
        return self.record.model_validate_json(line)

    def _gold_problems(self, line: Found) -> Iterator[str]:
        if not line.text:
            yield "text is missing: the gold needs it"
        yield from self.problems(line, line.text)
