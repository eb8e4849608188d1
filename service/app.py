"""The service, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware

from model.reader import load_reader
from service.access import Access
from service.desk import Desk
from service.door import AtTheDoor, Door
from service.errors import add_handlers
from service.keys import Gate, Keys, Rate
from service.limits import BodyLimit
from service.metrics import Metrics
from service.protocol import STATE, ConnectionLimits
from service.queue import Queue
from service.readers import Load, Readers
from service.requests import HEADER, RequestIds
from service.routes import kserve, operations, reading, zeroshot
from service.settings import Settings
from service.shutdown import closing_first
from service.warmup import warm_up

DESCRIPTION = """
Reads a news article and says for every sentence who says it, and whether they assert, deny or condemn.

Whatever cannot be answered is refused with a problem document (RFC 9457, `application/problem+json`)
that names the field and the limit. Every answer carries an `X-Request-ID`.
"""

# For the documentation: `Gate` has looked at the key before.
SHOW_A_KEY = Security(HTTPBearer(auto_error=False))


def create_app(settings: Settings | None = None, load: Load | None = None) -> FastAPI:
    """The service with its models loaded; the lifespan warms them up before the server listens.

    Raises:
        CheckpointError: a model of the settings is unknown or cannot be loaded.
        SettingsError: the file of keys cannot be used, or tracing is not installed.
    """
    settings = settings or Settings()
    keys = Keys.load(settings.keys_file) if settings.keys_file else None
    metrics = Metrics()
    load = load or partial(
        load_reader,
        remembered=settings.cache_pairs,
        characters=settings.cache_characters,
        watch=metrics,
        precision=settings.precision,
    )
    desk = Desk(
        version=version("gainsay"),
        settings=settings,
        readers=Readers(settings.models, load),
        metrics=metrics,
        queue=Queue(settings.max_waiting, metrics),
        door=Door(),
    )
    for reader in desk.readers:
        metrics.describe(reader.entailment, desk.version)
    # The page at /docs brings its own script and style: it must work where nothing else can be reached.
    app = FastAPIOffline(
        title="gainsay",
        version=desk.version,
        description=DESCRIPTION,
        redoc_url=None,
        redirect_slashes=False,
        swagger_ui_parameters={"validatorUrl": None},
        lifespan=_lifespan,
    )
    app.state.desk = desk
    for each in (reading, zeroshot, operations, kserve):
        app.include_router(each.router, dependencies=[SHOW_A_KEY] if keys else [])
    add_handlers(app)
    _add_middleware(app, desk, keys)
    return app


def _add_middleware(app: FastAPI, desk: Desk, keys: Keys | None) -> None:
    """Wrap the application; the last is the outermost."""
    settings = desk.settings
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, seconds=settings.body_seconds)
    if keys is not None:
        rate = Rate(settings.rate_limit) if settings.rate_limit else None
        app.add_middleware(Gate, keys=keys, rate=rate)
    app.add_middleware(AtTheDoor, door=desk.door, metrics=desk.metrics)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", HEADER],
            expose_headers=[HEADER, "Retry-After"],
        )
    app.add_middleware(RequestIds)
    app.add_middleware(Access, metrics=desk.metrics)
    if settings.tracing:
        from service.tracing import add_tracing  # noqa: PLC0415 - an extra, and slow to import

        # Outside of all that answers for errors, so that no message of one gets into a trace.
        add_tracing(app)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, object]]:
    desk: Desk = app.state.desk
    settings = desk.settings
    await warm_up(desk)

    async def close() -> None:
        await desk.door.close(settings.shutdown_seconds, settings.shutdown_delay, desk.queue.close)

    async with closing_first(close):
        yield {STATE: ConnectionLimits(settings.max_connections, settings.header_seconds)}
