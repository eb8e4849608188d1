"""`gainsay serve`: the REST service."""

import contextlib
import logging.config
import os
import sys
import tempfile
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service import logs
from service.cli.console import NOTHING_DONE, refusing_bad_usage
from service.settings import PREFIX, Settings, read_settings

if TYPE_CHECKING:
    from fastapi import FastAPI

WORKERS_APP = "service.cli.serve:workers_app"
# By which a worker tells uvicorn's supervisor that starting it again would not help.
STARTUP_FAILURE = 3
# Seconds for connections to close once their requests have been answered or evicted.
LAST_SECONDS = 5


def serve(**chosen: Any) -> None:  # noqa: ANN401 - pydantic judges the values
    """Answer over HTTP: POST /v1/label, POST /v1/entailment, and more; see /docs once it runs.

    An option wins over its environment variable. SIGTERM and Ctrl+C let running requests end first.
    """
    models = chosen.pop("models")
    with refusing_bad_usage():
        settings = read_settings(**chosen, models=tuple(models) if models else None)
        allow_open_files()
        if settings.workers > 1:
            run_workers(settings)
        else:
            import uvicorn

            from service.app import create_app

            # The server does so too, but after models have been loaded.
            logging.config.dictConfig(logs.configuration(settings.log_level))
            uvicorn.run(create_app(settings), **uvicorn_options(settings))


def allow_open_files() -> None:
    """Raise this process' limit of open files, and its workers', as far as the system lets it.

    A connection that is refused is open for a moment, too, and the usual soft limit is for programs that
    still use `select`.
    """
    try:
        import resource
    except ImportError:  # only POSIX has such limits
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # macOS names a limit that it then does not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def run_workers(settings: Settings, factory: str = WORKERS_APP) -> None:
    """Several processes behind one socket; settings and metrics reach them through the environment."""
    from uvicorn import Config
    from uvicorn.supervisors import Multiprocess

    with tempfile.TemporaryDirectory(prefix="gainsay-") as folder:
        # The name is that of prometheus_client, which must find it when it is imported.
        os.environ |= settings.environment() | {"PROMETHEUS_MULTIPROC_DIR": folder}
        config = Config(factory, factory=True, workers=settings.workers, **uvicorn_options(settings))
        supervisor = Multiprocess(config, sockets=[config.bind_socket()])
        supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        raise typer.Exit(NOTHING_DONE)


def workers_app() -> "FastAPI":
    """The service in a worker."""
    from service.app import create_app

    try:
        with refusing_bad_usage():
            return create_app()
    except typer.Exit:
        sys.exit(STARTUP_FAILURE)


def uvicorn_options(settings: Settings) -> dict[str, Any]:
    """What uvicorn is told."""
    return {
        "host": settings.host,
        "port": settings.port,
        "http": "service.protocol:Protocol",
        "ws": "none",
        "log_config": logs.configuration(settings.log_level),
        # `service.access` writes a better one.
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": LAST_SECONDS,
    }


def _parameter(name: str) -> Parameter:
    """A setting as an option: its description serves the code, the environment and --help alike."""
    field = Settings.model_fields[name]
    kind: Any = field.annotation if field.annotation in {bool, int, float} else str
    names = [f"--{name.replace('_', '-')}"]
    if name == "models":
        kind, names = list[str], ["--model", "-m"]
    default = ",".join(field.default) if isinstance(field.default, tuple) else field.default
    shown = "" if default in {None, "", False} else f" [default: {default}]"
    option = typer.Option(*names, help=f"{field.description} ({PREFIX}{name.upper()}){shown}")
    return Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option])


# Typer reads options from a signature; one written out by hand would say everything twice.
parameters = [_parameter(name) for name in Settings.model_fields]
vars(serve)["__signature__"] = Signature(parameters)
serve.__annotations__ = {each.name: each.annotation for each in parameters}
