"""The labelled article, schema version 1: what the reader returns, the service answers and files hold.

All offsets are Python code points into the article's text, end exclusive, and `text` is always
`article[start:end]`.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from model.spans import Span

NARRATOR = "narrator"
UNKNOWN = "unknown"

SpeakerKind = Literal["narrator", "person", "group", "document", "unknown"]
Quotation = Literal["direct", "indirect", "mixed"]


class Frozen(BaseModel):
    """An immutable record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Extract(Frozen):
    """A stretch of the article's text."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str

    @classmethod
    def from_span(cls, text: str, span: Span) -> "Extract":
        """The extract of `text` that `span` covers."""
        return cls(start=span.start, end=span.end, text=span.of(text))


class Speaker(Frozen):
    """One real speaker, under the fullest name that the article gives."""

    id: str
    name: str
    kind: SpeakerKind
    mentions: tuple[Extract, ...] = ()


class Sentence(Frozen):
    """A sentence with its one label and its one speaker.

    `score` is the calibrated probability of `label`; `statements` are ids of the statements that
    the sentence holds a part of. `uncertain` is written only where it is true.
    """

    index: int
    start: int
    end: int
    text: str
    label: str
    score: float
    scores: dict[str, float]
    speaker: str
    statements: tuple[int, ...] = ()
    uncertain: bool = Field(
        default=False,
        exclude_if=lambda uncertain: not uncertain,
        description="The score is below the `min_score` that was asked for; left out where it is not.",
    )


class Statement(Frozen):
    """One attribution: source, cue and content (Pareti 2016), its speaker and its stance.

    A statement without a source span keeps its content; its speaker is then `unknown`, or the
    speaker of the quotation that it goes on with.
    """

    id: int
    speaker: str
    via: str | None
    label: str
    score: float
    scores: dict[str, float]
    quotation: Quotation
    source: Extract | None
    cue: Extract | None
    content: tuple[Extract, ...]


class SentenceRef(Frozen):
    """A sentence, by its index."""

    sentence: int


class Dispute(Frozen):
    """A denial tied to the claim that it denies."""

    denial: SentenceRef
    claim: SentenceRef
    score: float


class ModelInfo(Frozen):
    """The checkpoint that labelled the article; `revision` is 12 hexadecimal digits."""

    name: str
    revision: str


class LabelledArticle(Frozen):
    """An article with every sentence labelled (schema version 1)."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    schema_version: Literal[1] = Field(default=1, alias="schema")
    id: str | None = None
    model: ModelInfo
    labels: tuple[str, ...]
    hypotheses: dict[str, tuple[str, ...]]
    speakers: tuple[Speaker, ...]
    sentences: tuple[Sentence, ...]
    statements: tuple[Statement, ...]
    disputes: tuple[Dispute, ...] = ()
    truncated: bool = False

    def marked(self, min_score: float) -> "LabelledArticle":
        """The same article, its sentences `uncertain` just where their score is below `min_score`."""
        sentences = tuple(
            each.model_copy(update={"uncertain": each.score < min_score}) for each in self.sentences
        )
        return self.model_copy(update={"sentences": sentences})

    def to_json(self) -> str:
        """The article as one line of JSON, in schema version 1."""
        return self.model_dump_json(by_alias=True)
