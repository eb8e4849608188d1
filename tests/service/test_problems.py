"""Whatever cannot be answered is refused with a problem document that names field and limit."""

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient

from service.schemas import PROBLEM
from tests.service.fakes import FakeReader

JSON = {"Content-Type": "application/json"}
MARKER = "Zwiebelkuchen"

REFUSED: list[tuple[str | bytes, int, str, str | None, str]] = [
    ("{}", 422, "missing-text", "text", "missing"),
    ('{"articles": [{"text": "a"}, {"id": "b"}]}', 422, "missing-text", "articles[1].text", "missing"),
    ('{"text": ""}', 422, "empty-text", "text", "empty"),
    ('{"text": " \\n\\t\\u2003\\u00a0"}', 422, "empty-text", "text", "white space"),
    ('{"articles": [{"text": "a"}, {"text": " "}]}', 422, "empty-text", "articles[1].text", "white space"),
    (json.dumps({"text": "x" * 200_001}), 422, "text-too-long", "text", "at most 200,000 characters, this one has 200,001"),
    (json.dumps({"text": "é" * 200_001}, ensure_ascii=False).encode(), 422, "text-too-long", "text", "200,001"),
    ('{"text": 1}', 422, "invalid-request", "text", "must be a string"),
    ('{"text": null}', 422, "invalid-request", "text", "must be a string"),
    ('{"text": ["a"]}', 422, "invalid-request", "text", "must be a string"),
    ('{"text": "a", "id": 7}', 422, "invalid-request", "id", "must be a string"),
    (json.dumps({"text": "a", "id": "i" * 201}), 422, "invalid-request", "id", "at most 200 characters"),
    (json.dumps({"text": "a", "title": "i" * 1001}), 422, "invalid-request", "title", "at most 1000 characters"),
    ('{"text": "a", "lables": {}}', 422, "invalid-request", "lables", "not a known field"),
    ('{"text": "a", "articles": [{"text": "a"}]}', 422, "invalid-request", "text", "not a known field"),
    ('{"articles": [{"text": "a", "model": "builtin"}]}', 422, "invalid-request", "articles[0].model", "not a known"),
    ('{"articles": []}', 422, "invalid-request", "articles", "at least 1"),
    ('{"articles": {}}', 422, "invalid-request", "articles", "must be a list"),
    ('{"articles": ["a"]}', 422, "invalid-request", "articles[0]", "must be an object"),
    (json.dumps({"articles": [{"text": "a"}] * 33}), 422, "too-many-articles", "articles", "at most 32"),
    ("[]", 422, "invalid-request", "the body", "must be an object"),
    ("null", 422, "invalid-request", "the body", "must be an object"),
    ("", 422, "invalid-request", "the body", "missing"),
    ('{"text": "a", "model": "other"}', 422, "unknown-model", "model", "builtin"),
    ('{"text": "a", "model": "../weights"}', 422, "unknown-model", "model", "builtin"),
    ('{"text": "a", "model": 3}', 422, "invalid-request", "model", "must be a string"),
    ('{"text": "a", "min_score": -0.01}', 422, "invalid-request", "min_score", "must be at least 0"),
    ('{"articles": [{"text": "a"}], "min_score": 1.01}', 422, "invalid-request", "min_score", "must be at most 1"),
    ('{"text": "a", "min_score": 1e999}', 422, "invalid-request", "min_score", "must be at most 1"),
    ('{"text": "a", "min_score": "0.5"}', 422, "invalid-request", "min_score", "must be a number"),
    ('{"text": "a", "min_score": true}', 422, "invalid-request", "min_score", "must be a number"),
    ('{"articles": [{"text": "a", "min_score": 0.5}]}', 422, "invalid-request", "articles[0].min_score", "not a known"),
    ('{"text": "a", "labels": {}}', 422, "bad-label-set", "labels", "1 to 32"),
    ('{"text": "a", "labels": []}', 422, "bad-label-set", "labels", "must map"),
    ('{"text": "a", "labels": {"d": {"hypotheses": ["a", "{b}"]}}}', 422, "bad-label-set", "labels.d.hypotheses[1]", "brace"),
    (json.dumps({"text": "a", "labels": {"d": "x" * 201}}), 422, "bad-label-set", "labels.d.hypotheses[0]", "at most 200"),
    ('{"text": "a", "labels": {"d": "x", "D": "x"}}', 422, "bad-label-set", "labels.d", "twice"),
    ('{"text": "a \\ud800 b"}', 422, "invalid-request", "text", "lone surrogate"),
    ('{"articles": [{"text": "\\ud83d\\ude00"}, {"text": "a", "title": "\\udc00"}]}', 422, "invalid-request", "articles[1].title", "lone surrogate"),
    ('{"text": "a", "labels": {"\\uDBFF": "x"}}', 422, "invalid-request", "labels.?", "lone surrogate"),
    ('{"text": "a", "\\ud800": 1}', 422, "invalid-request", "?", "lone surrogate"),
    ('{"text": "a"', 400, "malformed-json", None, "line 1, column 13"),
    ("not json", 400, "malformed-json", None, "Expecting value"),
    ('{"text": NaN}', 400, "malformed-json", None, "NaN"),
    ('{"text": -Infinity}', 400, "malformed-json", None, "-Infinity"),
    ('{"text": "a", "text": "b"}', 400, "malformed-json", None, "key twice"),
    ('{"text": "a\nb"}', 400, "malformed-json", None, "control character"),
    (b'{"text": "\xff"}', 400, "malformed-json", None, "not UTF-8"),
    ('{"text": "a"}'.encode("utf-16"), 400, "malformed-json", None, "not UTF-8"),
    ("[" * 100_000, 400, "malformed-json", None, "nested too deeply"),
    ('{"a":' * 100_000, 400, "malformed-json", None, "nested too deeply"),
    ('{"text": ' + "1" * 5000 + "}", 400, "malformed-json", None, "number that is too long"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "slug", "field", "says"), REFUSED)
def test_bad_bodies(
    client: TestClient,
    reader: FakeReader,
    body: str | bytes,
    status: int,
    slug: str,
    field: str | None,
    says: str,
) -> None:
    answer = client.post("/v1/label", content=body, headers=JSON)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    jsonschema.validate(problem, PROBLEM)
    assert problem["type"] == f"urn:gainsay:problem:{slug}"
    assert problem["status"] == status
    assert says in problem["detail"]
    assert [error["field"] for error in problem["errors"]] == ([] if field is None else [field])
    assert problem["instance"] == f"urn:gainsay:request:{answer.headers['x-request-id']}"
    assert reader.articles == []


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "json"])  # fmt: skip
def test_wrong_content_types(client: TestClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = client.post("/v1/label", content='{"text": "a"}', headers=headers)
    assert answer.status_code == 415
    assert answer.json()["type"] == "urn:gainsay:problem:unsupported-media-type"
    assert "application/json" in answer.json()["detail"]


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON", "application/ld+json"]
)
def test_right_content_types(client: TestClient, content_type: str) -> None:
    answer = client.post("/v1/label", content='{"text": "a"}', headers={"Content-Type": content_type})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/labels/", "/v1/label/1", "/static-offline-docs/none.js"])
def test_unknown_paths(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:gainsay:problem:not-found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/v1/label", "POST"), ("DELETE", "/v1/entailment", "POST"), ("POST", "/v1/labels", "GET")],
)
def test_wrong_methods_name_the_right_one(client: TestClient, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert answer.json()["type"] == "urn:gainsay:problem:method-not-allowed"
    assert allowed in answer.json()["detail"]


def test_the_limit_of_a_text_is_a_setting(make_client: Callable[..., TestClient]) -> None:
    client = make_client(max_characters=5)
    assert client.post("/v1/label", json={"text": "𝒳" * 5}).status_code == 200
    assert (
        "at most 5 characters, this one has 6"
        in client.post("/v1/label", json={"text": "123456"}).json()["detail"]
    )


def test_problems_of_several_kinds_are_told_together(client: TestClient) -> None:
    problem = client.post("/v1/label", json={"txt": "a", "labels": {}, "id": 1}).json()
    assert problem["type"] == "urn:gainsay:problem:invalid-request"
    assert {error["field"] for error in problem["errors"]} == {"text", "txt", "labels", "id"}
    assert "and 1 more" in problem["detail"]


def test_a_body_full_of_mistakes_gets_a_short_answer(client: TestClient) -> None:
    body = {"text": "a"} | {f"{number}" + "x" * 1000: 1 for number in range(1000)}
    answer = client.post("/v1/label", json=body)
    assert len(answer.json()["errors"]) == 16
    assert "and 997 more" in answer.json()["detail"]
    assert len(answer.content) < 5_000


@pytest.mark.parametrize(
    "body",
    [
        {"text": [MARKER]},
        {"text": "a", "labels": {"d": {"hypotheses": [MARKER + "{"]}}},
        {"text": "a", "model": MARKER},
        {"text": MARKER, "title": 3},
        {"articles": [MARKER]},
        {"text": MARKER + "x" * 200_000},
    ],
)
def test_refusals_do_not_repeat_the_input(client: TestClient, body: dict[str, Any]) -> None:
    answer = client.post("/v1/label", json=body)
    assert answer.status_code == 422
    assert MARKER not in answer.text
