"""What the routes work with, and how they ask for it."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar, cast

from anyio import CapacityLimiter
from fastapi import Depends, Request

from service.door import Door
from service.errors import MEDIA_TYPE
from service.metrics import Metrics
from service.presence import while_present
from service.queue import Queue
from service.readers import Readers
from service.schemas import PROBLEM
from service.settings import Settings
from service.work import Task

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of one service."""

    version: str
    settings: Settings
    readers: Readers
    metrics: Metrics
    queue: Queue
    door: Door
    # Probes do not queue behind articles, and one at a time is enough.
    probes: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))

    def results(self, work: Iterable[Task[Result]]) -> AsyncGenerator[Result, None]:
        """The results of `work` as they come; see `Queue.run`."""
        return self.queue.run(work, self.settings.request_seconds)

    async def all_results(self, request: Request, work: Iterable[Task[Result]]) -> list[Result]:
        """The results of `work`, unless the client leaves before; see `Queue.run`.

        Raises:
            ClientDisconnect: it left.
        """

        async def collect() -> list[Result]:
            async with aclosing(self.results(work)) as results:
                return [result async for result in results]

        return await while_present(request, collect())


def _desk(request: Request) -> Desk:
    return cast(Desk, request.app.state.desk)


TheDesk = Annotated[Desk, Depends(_desk)]


def refusals(**reasons: str) -> dict[int | str, dict[str, Any]]:
    """The problem documents of a path for OpenAPI: `_429="Why"` and so on."""
    content = {MEDIA_TYPE: {"schema": PROBLEM}}
    return {int(status[1:]): {"description": why, "content": content} for status, why in reasons.items()}


REFUSALS = refusals(
    _400="Malformed JSON",
    _401="The bearer key is missing or unknown, where the operator asks for one",
    _408="The body took too long to arrive",
    _413="The body is over the limit",
    _415="Not JSON",
    _422="A field is missing, unknown or wrong, or over a limit; an empty text; an unknown model",
    _429="Too many requests, from everybody or under this key; Retry-After says when to come back",
    _500="An error of our own; the log tells more under the request's id",
    _503="No turn came in time, or the service is shutting down; Retry-After says when to come back",
    _504="The model did not finish in time",
)

CLOSED: dict[int | str, dict[str, Any]] = {status: REFUSALS[status] for status in (401, 429, 500, 503)}
"""How a path may answer that only tells something."""
