"""The paths for those who run the service: health, metrics, and what it is."""

import logging
from itertools import count

import numpy as np
from anyio import to_thread
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from model.entailment import Pair
from model.labels import MAX_HYPOTHESES, MAX_HYPOTHESIS, MAX_LABELS
from service.desk import CLOSED, Desk, TheDesk, refusals
from service.paths import METRICS
from service.problems import NOT_READY, Problem
from service.schemas import MAX_ARTICLES, MAX_PAIRS, InfoOut, LimitsOut, Live, ModelOut, Ready

NOT_READY_YET = refusals(_503="A model does not answer, or the service is shutting down")

log = logging.getLogger("gainsay.service")
# A new pair each time: what is remembered would not show that the model answers.
numbers = count()

router = APIRouter(tags=["operations"])


@router.get("/health/live", summary="Does the process answer?")
async def live() -> Live:
    """Says so as long as the event loop turns."""
    return Live()


@router.get("/health/ready", summary="May requests be sent?", responses=NOT_READY_YET)
async def ready(desk: TheDesk) -> Ready:
    """Runs every loaded model once; no while the service shuts down."""
    await check_ready(desk)
    return Ready()


async def check_ready(desk: Desk, model: str | None = None) -> None:
    """Refuse if requests should be sent elsewhere; looks at all models, or at one.

    Raises:
        Problem: `not-ready`.
    """
    if desk.door.closing:
        raise Problem(NOT_READY, "the service is shutting down")
    said = f"Gate {next(numbers)} is open."
    for reader in desk.readers:
        name = reader.entailment.name
        if model not in (None, name):
            continue
        try:
            [row] = await to_thread.run_sync(
                reader.entailment.predict, [Pair(said, said)], limiter=desk.probes
            )
            fit = bool(np.isfinite(row).all())
        except Exception as error:  # noqa: BLE001 - whatever a runtime throws, the model does not answer
            log.error("a model fails", extra={"model": name, "error": type(error).__name__})  # noqa: TRY400
            fit = False
        if not fit:
            raise Problem(NOT_READY, f"model {name} gives no probabilities")


@router.get(
    METRICS,
    summary="Numbers for Prometheus",
    response_class=Response,
    responses=CLOSED | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(desk: TheDesk) -> Response:
    """Requests, latencies, the queue, batches, the cache, the models and the process."""
    return Response(desk.metrics.render(), media_type=CONTENT_TYPE_LATEST)


@router.get("/info", summary="Version, models and limits", responses=CLOSED)
async def info(desk: TheDesk) -> InfoOut:
    """What this service is and what it takes."""
    settings = desk.settings
    return InfoOut(
        version=desk.version,
        models=[
            ModelOut(name=each.entailment.name, revision=each.entailment.revision) for each in desk.readers
        ],
        limits=LimitsOut(
            articles=MAX_ARTICLES,
            pairs=MAX_PAIRS,
            characters=settings.max_characters,
            body_bytes=settings.max_body_bytes,
            labels=MAX_LABELS,
            hypotheses=MAX_HYPOTHESES,
            hypothesis_characters=MAX_HYPOTHESIS,
            waiting=settings.max_waiting,
            request_seconds=settings.request_seconds,
            body_seconds=settings.body_seconds,
            rate=settings.rate_limit,
        ),
    )
