"""The log: a line of JSON each on standard error."""

from typing import Any


def configuration(level: str) -> dict[str, Any]:
    """What `logging.config.dictConfig` and uvicorn take; `level` is that of a setting.

    Our own loggers and the server's only: a library may log at debug level what it is given to read.
    """
    level = level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": ["levelname", "name", "message"],
                "rename_fields": {"levelname": "level", "name": "logger"},
                "timestamp": "time",
                "json_ensure_ascii": False,
            }
        },
        "filters": {"plain": {"()": "service.logs.Uncoloured"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["plain"]}},
        "loggers": {
            "gainsay": {"handlers": ["stderr"], "level": level, "propagate": False},
            "uvicorn": {"handlers": ["stderr"], "level": level, "propagate": False},
            # What the event loop meets outside of any request: no file left for a connection, say.
            "asyncio": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        },
    }


class Uncoloured:
    """Takes away the second copy of a message that uvicorn colours for terminals."""

    def filter(self, record: Any) -> bool:  # noqa: ANN401 - a LogRecord with fields of uvicorn's
        """Let every record pass."""
        record.__dict__.pop("color_message", None)
        return True
