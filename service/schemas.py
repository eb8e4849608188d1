"""The bodies of requests and answers; the labelled article itself is `model.article.LabelledArticle`."""

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    PlainValidator,
    Tag,
    WithJsonSchema,
)

from model.article import LabelledArticle
from model.entailment import Pair
from model.labels import MAX_HYPOTHESES, MAX_HYPOTHESIS, MAX_LABELS, MAX_NAME, LabelSet, parse_labels
from model.reader import Article
from service.texts import check_text
from service.validation import MANY, ONE

MAX_ARTICLES = 32
MAX_PAIRS = 256

# In a schema: a string that holds more than white space.
SOME_TEXT: dict[str, JsonValue] = {"type": "string", "pattern": r"\S"}
HYPOTHESIS = {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_HYPOTHESIS,
    "pattern": r"^[^{}]*(\{speaker\})?[^{}]*$",
}
HYPOTHESES = {
    "anyOf": [HYPOTHESIS, {"type": "array", "minItems": 1, "maxItems": MAX_HYPOTHESES, "items": HYPOTHESIS}]
}
LABELS = {
    "type": "object",
    "title": "Labels",
    "description": "Labels by name, in order. A hypothesis holds `{speaker}` at most once and no other "
    "brace; at most one label is unmarked: it holds when no other does.",
    "minProperties": 1,
    "maxProperties": MAX_LABELS,
    "propertyNames": {"minLength": 1, "maxLength": MAX_NAME},
    "additionalProperties": {
        "anyOf": [
            *HYPOTHESES["anyOf"],
            {
                "type": "object",
                "required": ["hypotheses"],
                "additionalProperties": False,
                "properties": {"hypotheses": HYPOTHESES, "unmarked": {"type": "boolean", "default": False}},
            },
        ]
    },
}
Labels = Annotated[LabelSet, PlainValidator(parse_labels), WithJsonSchema(LABELS)]


class Strict(BaseModel):
    """A body that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ArticleIn(Strict):
    """An article. Offsets in the answer are Unicode code points into `text`."""

    text: str = Field(
        description="The article; 200,000 characters at most, unless the operator set another limit.",
        json_schema_extra=SOME_TEXT,
    )
    id: str | None = Field(default=None, max_length=200, description="Given back as it is.")
    title: str | None = Field(default=None, max_length=1000)
    date: str | None = Field(default=None, max_length=100)

    def to_article(self) -> Article:
        """The article as the reader takes it."""
        return Article(self.text, self.id, self.title, self.date)


class Choices(Strict):
    """What a request may choose."""

    labels: Labels | None = Field(default=None, description="Labels of your own; see GET /v1/labels.")
    model: str | None = Field(default=None, description="One of the names of GET /v1/models.")
    min_score: float | None = Field(
        default=None,
        ge=0,
        le=1,
        strict=True,
        description="Sentences with a lower `score` get `uncertain: true`; none is left out.",
    )


class LabelOne(ArticleIn, Choices):
    """One article to label."""


class LabelMany(Choices):
    """Several articles to label."""

    articles: list[ArticleIn] = Field(min_length=1, max_length=MAX_ARTICLES)


class PairIn(Strict):
    """A premise and a hypothesis that may follow from it."""

    premise: str = Field(json_schema_extra=SOME_TEXT)
    hypothesis: str = Field(json_schema_extra=SOME_TEXT)

    def to_pair(self) -> Pair:
        """The pair as the model takes it."""
        return Pair(self.premise, self.hypothesis)


def check_pair(pair: PairIn, limit: int, prefix: str = "") -> None:
    """Refuse a pair of which one half holds nothing or more than `limit` characters.

    Raises:
        Problem: `empty-text` or `text-too-long`.
    """
    check_text(pair.premise, limit, f"{prefix}premise")
    check_text(pair.hypothesis, limit, f"{prefix}hypothesis")


class ModelChoice(Strict):
    """The model that a request may choose."""

    model: str | None = Field(default=None, description="One of the names of GET /v1/models.")


class EntailOne(PairIn, ModelChoice):
    """One pair to judge."""


class EntailMany(ModelChoice):
    """Several pairs to judge; those that share a premise are read once."""

    pairs: list[PairIn] = Field(min_length=1, max_length=MAX_PAIRS)


def _branch(several: str) -> Discriminator:
    return Discriminator(lambda body: MANY if isinstance(body, dict) and several in body else ONE)


# Told apart by the one field that names several, so that a mistake is reported for the form that was meant.
LabelBody = Annotated[Annotated[LabelOne, Tag(ONE)] | Annotated[LabelMany, Tag(MANY)], _branch("articles")]
EntailBody = Annotated[Annotated[EntailOne, Tag(ONE)] | Annotated[EntailMany, Tag(MANY)], _branch("pairs")]


class LabelledArticles(BaseModel):
    """Labelled articles, in the order of the request."""

    articles: list[LabelledArticle]


class Entailed(BaseModel):
    """Probabilities that sum to 1."""

    entailment: float
    neutral: float
    contradiction: float


class EntailedMany(BaseModel):
    """Probabilities of several pairs, in the order of the request."""

    results: list[Entailed]


class LabelOut(BaseModel):
    """A label's hypotheses; the unmarked label holds when no other does."""

    hypotheses: tuple[str, ...]
    unmarked: bool


class LabelsOut(BaseModel):
    """The labels of requests that bring none, in the form in which a request may bring its own."""

    labels: dict[str, LabelOut]


class ModelOut(BaseModel):
    """A loaded model; `revision` is 12 hexadecimal digits that identify its weights."""

    name: str
    revision: str


class ModelsOut(BaseModel):
    """The models that a request may choose among."""

    default: str
    models: list[ModelOut]


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """The model answers."""

    status: Literal["ready"] = "ready"


class LimitsOut(BaseModel):
    """What a request may hold at most; `waiting` is how many requests may wait for the model."""

    articles: int
    pairs: int
    characters: int
    body_bytes: int
    labels: int
    hypotheses: int
    hypothesis_characters: int
    waiting: int
    request_seconds: float
    body_seconds: float
    rate: str | None


class InfoOut(BaseModel):
    """What the service is; a model's `revision` identifies its weights."""

    name: Literal["gainsay"] = "gainsay"
    version: str
    models: list[ModelOut]
    limits: LimitsOut


class ZeroShotOut(BaseModel):
    """Labels by falling score, as `transformers` gives them."""

    sequence: str
    labels: list[str]
    scores: list[float]


class ScoredLabel(BaseModel):
    """A label and its score, as the hub's endpoints give them."""

    label: str
    score: float


class KServeServer(BaseModel):
    """KServe's server metadata."""

    name: Literal["gainsay"] = "gainsay"
    version: str
    extensions: list[str] = []


class KServeLive(BaseModel):
    """KServe's word for live."""

    live: Literal[True] = True


class KServeReady(BaseModel):
    """KServe's word for ready."""

    ready: Literal[True] = True


class KServeModelReady(KServeReady):
    """KServe's word for a model that is ready."""

    name: str


class Tensor(BaseModel):
    """KServe's description of an input or output; -1 is a size that may vary."""

    name: str
    datatype: Literal["BYTES", "FP32"]
    shape: list[int]


class KServeModel(BaseModel):
    """KServe's model metadata."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[Tensor]
    outputs: list[Tensor]


PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "A problem document (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "errors"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:gainsay:problem:empty-text"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "urn:gainsay:request: and the X-Request-Id."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {
                    "field": {"type": "string", "examples": ["articles[3].text"]},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
