"""Pydantic's findings told as problems: by field, in plain words, never with the input itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from model.labels import LabelSetError
from service import problems
from service.problems import FieldError, Kind, Problem

# A body may hold any number of mistakes; a client needs the first few.
MAX_ERRORS = 16
MAX_FIELD = 120

# Names of the branches of a request, which are steps for pydantic and not in the client's document.
ONE, MANY = "one", "many"

# Errors of this type say what is wrong in words that are fit for clients.
IN_OUR_WORDS = "in_our_words"

WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "string_type": "must be a string",
    "string_too_long": "has at most {max_length} characters",
    "too_long": "has at most {max_length} entries",
    "too_short": "has at least {min_length} entry",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "bool_type": "must be true or false",
    "float_type": "must be a number",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "string_pattern_mismatch": "is not of the form {pattern}",
}

KINDS: dict[tuple[str, str], Kind] = {
    ("missing", "text"): problems.MISSING_TEXT,
    ("too_long", "articles"): problems.TOO_MANY_ARTICLES,
    ("too_long", "pairs"): problems.TOO_MANY_PAIRS,
}


def problem_from(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """The problem that these validation errors make; its kind is theirs where they share one."""
    found = [_read(error) for error in errors[:MAX_ERRORS]]
    kinds = {kind for kind, _ in found}
    kind = kinds.pop() if len(kinds) == 1 else problems.INVALID_REQUEST
    fields = [field for _, field in found]
    detail = "; ".join(f"{error.field} {error.detail}" for error in fields[:3])
    if len(errors) > len(fields[:3]):
        detail += f"; and {len(errors) - len(fields[:3])} more"
    return Problem(kind, detail, fields)


def _read(error: Mapping[str, Any]) -> tuple[Kind, FieldError]:
    context = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, LabelSetError):
        return problems.BAD_LABEL_SET, FieldError(_clean(cause.field), cause.problem)
    path = error["loc"]
    field = field_of(path)
    if error["type"] == IN_OUR_WORDS:
        words = error["msg"]
    else:
        words = WORDS.get(error["type"], "is not of the right form").format(**context)
    kind = KINDS.get((error["type"], str(path[-1]) if path else ""), problems.INVALID_REQUEST)
    return kind, FieldError(field, words)


def field_of(path: Sequence[int | str]) -> str:
    """A path into a body as people write it: `articles[3].text`."""
    if path[:1] == ("body",):
        path = path[2:] if path[1:2] in [(ONE,), (MANY,)] else path[1:]
    field = ""
    for step in path:
        if isinstance(step, int):
            field += f"[{step}]"
        else:
            field += f".{step}" if field else step
    return _clean(field or "the body")


def _clean(field: str) -> str:
    # A client may name a field as it likes; half a character cannot be answered, and nobody reads a page.
    readable = field.encode("utf-8", "replace").decode("utf-8")
    return readable if len(readable) <= MAX_FIELD else readable[:MAX_FIELD] + "…"
