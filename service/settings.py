"""Settings of the service: GAINSAY_ and a field's name in capitals in the environment, or a flag.

Each field's description is its documentation, in `gainsay serve --help` too.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from model.entailment import Precision

PREFIX = "GAINSAY_"

LogLevel = Literal["critical", "error", "warning", "info", "debug"]
# NoDecode: names with commas between are easier to type than a JSON list.
Names = Annotated[tuple[str, ...], NoDecode]


class SettingsError(ValueError):
    """A setting that does not hold what it should."""


class Settings(BaseSettings):
    """What an operator may choose; `gainsay serve` has an option for each."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes any.")
    workers: int = Field(
        default=1,
        ge=1,
        description="Processes, each with models, queue and limits of its own. One uses all cores already.",
    )
    models: Names = Field(
        default=("builtin",),
        min_length=1,
        description="Models to load, with commas between; the first is the default: `builtin`, a hub id of "
        "`gainsay models`, hub-id@revision, or a folder.",
    )
    precision: Precision = Field(
        default=Precision.AUTO,
        description="What a hub checkpoint computes in: float32, bfloat16, or auto: bfloat16 where it is "
        "faster by a tenth and says the same, measured at the first start and remembered in the hub's "
        "cache of assets. The builtin model computes in int8.",
    )
    max_characters: int = Field(default=200_000, ge=1, description="Characters of a text, at most.")
    max_body_bytes: int = Field(default=2_000_000, ge=1, description="Bytes of a request's body, at most.")
    body_seconds: float = Field(default=30, gt=0, description="Seconds that a body may take to arrive.")
    header_seconds: float = Field(default=10, gt=0, description="Seconds that headers may take to arrive.")
    max_connections: int = Field(default=512, ge=1, description="Connections open at once, at most.")
    max_waiting: int = Field(
        default=16,
        ge=0,
        description="Requests that may wait for the model, at most. The default is worked off in three "
        "seconds if each is an article of 25 sentences.",
    )
    cache_pairs: int = Field(
        default=10_000,
        ge=0,
        description="Pairs of premise and hypothesis whose answers are remembered, at most; 0 for none. A "
        "pair takes about a kilobyte.",
    )
    cache_characters: int = Field(
        default=300_000,
        ge=0,
        description="Characters of articles whose statements and speakers are remembered, so that the same "
        "article with other labels takes less time, at most; 0 for none. A million take about 46 MB.",
    )
    request_seconds: float = Field(
        default=120, gt=0, description="Seconds for a request, its wait for the model included, at most."
    )
    shutdown_seconds: float = Field(
        default=30, ge=0, description="Seconds that running requests get to end in when the service stops."
    )
    shutdown_delay: float = Field(
        default=0,
        ge=0,
        description="Seconds for which the service says that it is not ready before it stops listening, for "
        "a balancer to notice.",
    )
    keys_file: Path | None = Field(
        default=None,
        description="File of bearer keys, a line each: a name and the key's SHA-256 in hexadecimal. Without "
        "it, anybody may ask.",
    )
    rate_limit: str | None = Field(
        default=None, description="Requests that each key may send, at most: `60/minute`, say."
    )
    cors_origins: Names = Field(
        default=(),
        description="Origins whose pages may ask, with commas between; `*` for any. Without it, none.",
    )
    log_level: LogLevel = Field(default="info", description="critical, error, warning, info or debug.")
    tracing: bool = Field(
        default=False,
        description="Send traces where the standard OTEL_... variables say; needs gainsay[otel].",
    )

    @field_validator("models", "cors_origins", mode="before")
    @classmethod
    def _split(cls, names: object) -> object:
        if isinstance(names, str):
            return tuple(name.strip() for name in names.split(",") if name.strip())
        return names

    @model_validator(mode="after")
    def _keys_before_rates(self) -> Self:
        if self.rate_limit is not None and self.keys_file is None:
            raise ValueError("rate_limit counts by key and needs keys_file")
        return self

    def environment(self) -> dict[str, str]:
        """The variables that make the same settings in another process."""
        chosen = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            PREFIX + name.upper(): ",".join(value) if isinstance(value, tuple) else str(value)
            for name, value in chosen.items()
            if value is not None
        }


def read_settings(**chosen: Any) -> Settings:  # noqa: ANN401 - pydantic judges the values
    """The settings: what is chosen here (None is no choice), else the environment's, else the defaults.

    Raises:
        SettingsError: names each setting that is wrong.
    """
    try:
        return Settings(**{name: value for name, value in chosen.items() if value is not None})
    except ValidationError as error:
        wrong = (": ".join([*map(str, each["loc"]), each["msg"]]) for each in error.errors())
        raise SettingsError("; ".join(wrong)) from error
