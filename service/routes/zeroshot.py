"""Hugging Face's zero-shot classification, for clients that exist."""

from enum import StrEnum
from typing import Annotated, Any, TypeGuard

import numpy as np
from fastapi import APIRouter, Body, Query, Request
from numpy.typing import NDArray
from pydantic import Field, PlainValidator, StrictBool, WithJsonSchema
from pydantic_core import PydanticCustomError

from model.entailment import Pair
from model.labels import MAX_HYPOTHESIS, MAX_LABELS
from service import examples
from service.desk import REFUSALS, TheDesk
from service.requests import JsonRoute
from service.schemas import MAX_ARTICLES, SOME_TEXT, ScoredLabel, Strict, ZeroShotOut
from service.texts import check_text
from service.validation import IN_OUR_WORDS
from service.work import Judging

MAX_CANDIDATE = 200
PLACE = "{}"
# Keeps the quotients below defined where the model is certain.
LEAST = 1e-9

router = APIRouter(route_class=JsonRoute, tags=["aliases"])

CANDIDATE = {"type": "string", "maxLength": MAX_CANDIDATE, **SOME_TEXT}
INPUTS = {
    "anyOf": [SOME_TEXT, {"type": "array", "minItems": 1, "maxItems": MAX_ARTICLES, "items": SOME_TEXT}]
}
CANDIDATES = {
    "anyOf": [
        {"type": "string", "pattern": r"[^\s,]", "description": "Labels with commas between."},
        {"type": "array", "minItems": 1, "maxItems": MAX_LABELS, "items": CANDIDATE},
    ]
}
TEMPLATE = {"type": "string", "maxLength": MAX_HYPOTHESIS, "pattern": r"^[^{}]*\{\}[^{}]*$"}


def _inputs(value: object) -> str | list[str]:
    if isinstance(value, str) or _is_list(value, MAX_ARTICLES):
        return value
    raise _refusal(f"must be a string or a list of 1 to {MAX_ARTICLES} strings")


def _candidates(value: object) -> list[str]:
    labels = [each.strip() for each in value.split(",") if each.strip()] if isinstance(value, str) else value
    if _is_list(labels, MAX_LABELS) and all(each.strip() and len(each) <= MAX_CANDIDATE for each in labels):
        return labels
    raise _refusal(
        f"must be 1 to {MAX_LABELS} labels of 1 to {MAX_CANDIDATE} characters, in a list or with commas "
        "between"
    )


def _template(value: object) -> str:
    if isinstance(value, str) and len(value) <= MAX_HYPOTHESIS:
        before, place, after = value.partition(PLACE)
        if place and not set("{}") & set(before + after):
            return value
    raise _refusal(f"must hold {PLACE} once, no other brace, and at most {MAX_HYPOTHESIS} characters")


def _is_list(value: object, limit: int) -> TypeGuard[list[str]]:
    return (
        isinstance(value, list) and 1 <= len(value) <= limit and all(isinstance(each, str) for each in value)
    )


def _refusal(words: str) -> PydanticCustomError:
    return PydanticCustomError(IN_OUR_WORDS, words)


class Form(StrEnum):
    """What an input's answer looks like."""

    PIPELINE = "pipeline"
    ELEMENTS = "elements"


class Parameters(Strict):
    """What is asked of every input."""

    candidate_labels: Annotated[list[str], PlainValidator(_candidates), WithJsonSchema(CANDIDATES)]
    hypothesis_template: Annotated[str, PlainValidator(_template), WithJsonSchema(TEMPLATE)] = (
        "This example is {}."
    )
    multi_label: StrictBool = False


class ZeroShot(Strict):
    """A request as Hugging Face's clients send it."""

    inputs: Annotated[str | list[str], PlainValidator(_inputs), WithJsonSchema(INPUTS)]
    parameters: Parameters
    options: dict[str, Any] | None = Field(default=None, description="Passed over.")


@router.post(
    "/v1/zero-shot-classification",
    summary="Labels of your own for any text, in Hugging Face's form",
    responses=REFUSALS,
)
async def classify(
    body: Annotated[ZeroShot, Body(openapi_examples=examples.ZERO_SHOT)],
    desk: TheDesk,
    request: Request,
    form: Annotated[
        Form, Query(description="As the pipeline answers, or a list of labels as `InferenceClient` reads it.")
    ] = Form.PIPELINE,
) -> ZeroShotOut | list[ZeroShotOut] | list[ScoredLabel] | list[list[ScoredLabel]]:
    """For each input its labels by falling score, asked of the default model.

    `?form=elements` answers as the hub's endpoints do, `[{"label", "score"}, …]` for an input, and so as
    `huggingface_hub.InferenceClient` reads it.

    As in `transformers`: the scores of an input sum to 1, unless `multi_label` is true or there is but one
    label; then each says on its own whether the label holds.
    """
    parameters = body.parameters
    texts = [body.inputs] if isinstance(body.inputs, str) else body.inputs
    for index, text in enumerate(texts):
        field = "inputs" if isinstance(body.inputs, str) else f"inputs[{index}]"
        check_text(text, desk.settings.max_characters, field)
    labels = parameters.candidate_labels
    hypotheses = [parameters.hypothesis_template.replace(PLACE, label) for label in labels]
    groups = [[Pair(text, hypothesis) for hypothesis in hypotheses] for text in texts]
    judged = await desk.all_results(request, Judging(desk.readers.default, groups))
    answers = [
        _ranked(text, labels, scores(rows, parameters.multi_label))
        for text, rows in zip(texts, judged, strict=True)
    ]
    if form is Form.ELEMENTS:
        elements = [_elements(answer) for answer in answers]
        return elements[0] if isinstance(body.inputs, str) else elements
    return answers[0] if isinstance(body.inputs, str) else answers


def scores(rows: NDArray[np.float32], multi_label: bool) -> NDArray[np.float64]:
    """Scores of labels, shape (labels,), from probabilities of shape (labels, 3).

    `transformers` takes softmaxes of logits. With logarithms of probabilities for logits, a softmax over the
    labels' entailment is each one's share of their sum, and one over entailment and contradiction the share
    of entailment in the two.
    """
    clipped = np.clip(rows.astype(np.float64), LEAST, None)
    entailed, contradicted = clipped[:, 0], clipped[:, 2]
    if multi_label or len(rows) == 1:
        alone: NDArray[np.float64] = entailed / (entailed + contradicted)
        return alone
    shares: NDArray[np.float64] = entailed / entailed.sum()
    return shares


def _ranked(text: str, labels: list[str], found: NDArray[np.float64]) -> ZeroShotOut:
    order = np.argsort(-found, kind="stable").tolist()
    return ZeroShotOut(
        sequence=text, labels=[labels[index] for index in order], scores=[float(found[i]) for i in order]
    )


def _elements(answer: ZeroShotOut) -> list[ScoredLabel]:
    return [
        ScoredLabel(label=label, score=score)
        for label, score in zip(answer.labels, answer.scores, strict=True)
    ]
