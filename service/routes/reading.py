"""The paths of version 1 that read: articles to labels, pairs to probabilities."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response

from model.article import LabelledArticle
from model.entailment import CLASSES
from model.reader import Article
from service import examples, lines
from service.desk import CLOSED, REFUSALS, Desk, TheDesk
from service.presence import while_present
from service.problems import Problem
from service.requests import JsonRoute
from service.schemas import (
    EntailBody,
    Entailed,
    EntailedMany,
    EntailMany,
    LabelBody,
    LabelledArticles,
    LabelMany,
    LabelOut,
    LabelsOut,
    ModelOut,
    ModelsOut,
    check_pair,
)
from service.texts import check_text
from service.work import Judging, Labelling

STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            lines.MEDIA_TYPE: {
                "schema": {
                    "type": "string",
                    "description": "If Accept names it: a line for each article, as soon as it is done and "
                    "in the order sent; for one that failed an object with `index`, `id` and `error`, a "
                    "problem document.",
                }
            }
        }
    }
}

router = APIRouter(route_class=JsonRoute, tags=["label"])


@router.post(
    "/v1/label",
    summary="Label an article, or several",
    response_model=LabelledArticle | LabelledArticles,
    responses=STREAMED | REFUSALS,
)
async def label(
    body: Annotated[LabelBody, Body(openapi_examples=examples.LABEL)], desk: TheDesk, request: Request
) -> Response:
    """Who says each sentence, and do they assert, deny or condemn?"""
    reader = desk.readers.named(body.model)
    several = isinstance(body, LabelMany)
    sent = body.articles if isinstance(body, LabelMany) else [body]
    articles = [each.to_article() for each in sent]
    places = [f"articles[{index}]." if several else "" for index in range(len(articles))]
    refused = _refused(articles, places, desk.settings.max_characters)
    if lines.wanted(request.headers.get("accept", "")):
        tried = [article for index, article in enumerate(articles) if index not in refused]
        work = Labelling(reader, tried, body.labels, min_score=body.min_score)
        return await _streamed(request, desk, articles, refused, work)
    for problem in refused.values():
        raise problem
    work = Labelling(reader, articles, body.labels, min_score=body.min_score)
    labelled = await while_present(request, _whole(desk, work, places))
    content = '{"articles":[' + ",".join(labelled) + "]}" if several else labelled[0]
    return Response(content, media_type="application/json")


def _refused(articles: Sequence[Article], places: Sequence[str], limit: int) -> dict[int, Problem]:
    refused: dict[int, Problem] = {}
    for index, (article, place) in enumerate(zip(articles, places, strict=True)):
        try:
            check_text(article.text, limit, f"{place}text")
        except Problem as problem:
            refused[index] = problem
    return refused


async def _whole(desk: Desk, work: Labelling, places: Sequence[str]) -> list[str]:
    """The JSON of each article; the first that failed is the answer for all."""
    labelled: list[str] = []
    async with aclosing(desk.results(work)) as results:
        async for result in results:
            if isinstance(result, Exception):
                raise lines.as_problem(result, places[len(labelled)])
            labelled.append(result)
    return labelled


async def _streamed(
    request: Request, desk: Desk, articles: Sequence[Article], refused: Mapping[int, Problem], work: Labelling
) -> Response:
    results: AsyncGenerator[str | Exception, None] = desk.results(work)
    if work.articles:
        results = await while_present(request, lines.begun(results))
    writer = lines.Writer(request.state.request_id, desk.metrics)
    return lines.Lines(writer.lines(articles, refused, results))


@router.post(
    "/v1/entailment",
    summary="Ask the model alone: does a hypothesis follow?",
    response_model=Entailed | EntailedMany,
    responses=REFUSALS,
)
async def entailment(
    body: Annotated[EntailBody, Body(openapi_examples=examples.ENTAILMENT)], desk: TheDesk, request: Request
) -> Entailed | EntailedMany:
    """Probabilities of entailment, neutral and contradiction for a premise and a hypothesis."""
    reader = desk.readers.named(body.model)
    limit = desk.settings.max_characters
    if isinstance(body, EntailMany):
        for position, pair in enumerate(body.pairs):
            check_pair(pair, limit, f"pairs[{position}].")
        pairs = [pair.to_pair() for pair in body.pairs]
    else:
        check_pair(body, limit)
        pairs = [body.to_pair()]
    [rows] = await desk.all_results(request, Judging(reader, [pairs]))
    judged = [Entailed(**dict(zip(CLASSES, row, strict=True))) for row in rows.tolist()]
    return EntailedMany(results=judged) if isinstance(body, EntailMany) else judged[0]


@router.get("/v1/labels", summary="The default labels and their hypotheses", responses=CLOSED)
async def labels(desk: TheDesk) -> LabelsOut:
    """Labels that hold where a request brings none."""
    return LabelsOut(
        labels={
            each.name: LabelOut(hypotheses=each.hypotheses, unmarked=each.unmarked)
            for each in desk.readers.default.labels
        }
    )


@router.get("/v1/models", summary="The models that are loaded", responses=CLOSED)
async def models(desk: TheDesk) -> ModelsOut:
    """Models that a request may name."""
    loaded = [ModelOut(name=each.entailment.name, revision=each.entailment.revision) for each in desk.readers]
    return ModelsOut(default=loaded[0].name, models=loaded)
