"""NDJSON: a line for each article, whatever becomes of it."""

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from model.article import LabelledArticle
from model.labels import LabelSet
from model.reader import Article, ArticleError
from service.lines import wanted
from service.queue import ROUND
from tests.service.fakes import FakeReader

ACCEPT = {"Accept": "application/x-ndjson"}
MARKER = "Zwiebelkuchen"


def lines(answer: Any) -> list[Any]:
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.mark.parametrize(
    ("accept", "is_wanted"),
    [
        ("application/x-ndjson", True),
        ("application/json, Application/X-NDJSON;q=0.5", True),
        ("*/*", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_accept_decides(accept: str, is_wanted: bool) -> None:
    assert wanted(accept) is is_wanted


def test_each_article_is_a_line_in_order(client: TestClient) -> None:
    articles = [{"text": f"Number\u2028{number}.", "id": str(number)} for number in range(32)]
    answer = client.post("/v1/label", json={"articles": articles}, headers=ACCEPT)
    found = [LabelledArticle.model_validate(json.loads(line)) for line in answer.text.split("\n")[:-1]]
    assert [each.id for each in found] == [str(number) for number in range(32)]


def test_one_article_is_one_line_equal_to_the_answer(client: TestClient) -> None:
    body = {"text": "One.", "id": "a"}
    assert lines(client.post("/v1/label", json=body, headers=ACCEPT)) == [
        client.post("/v1/label", json=body).json()
    ]


def test_one_that_fails_costs_the_others_nothing(
    make_client: Callable[..., TestClient],
    reader: FakeReader,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    read = reader.read

    def picky(article: Article, labels: LabelSet | None = None) -> LabelledArticle:
        if article.id == "long":
            raise ArticleError("text", "has 9999 sentences; the limit is 2000")
        if article.id == "bug":
            raise RuntimeError(article.text)
        return read(article, labels)

    monkeypatch.setattr(reader, "read", picky)
    articles = [{"text": f"{MARKER}.", "id": name} for name in ("good", "long", "bug", "fine")]
    articles.insert(1, {"text": " ", "id": "blank"})
    articles.insert(3, {"text": "x" * 30, "id": "wide"})
    client = make_client(max_characters=20)
    with caplog.at_level(logging.DEBUG, logger="gainsay"):
        answer = client.post("/v1/label", json={"articles": articles}, headers=ACCEPT)
    found = lines(answer)
    assert [each["id"] for each in found] == ["good", "blank", "long", "wide", "bug", "fine"]
    assert [each.get("index") for each in found] == [None, 1, 2, 3, 4, None]
    errors = [each["error"] for each in found if "error" in each]
    assert [each["status"] for each in errors] == [422, 422, 422, 500]
    assert [each["type"].rpartition(":")[2] for each in errors] == [
        "empty-text", "too-many-sentences", "text-too-long", "internal-error",
    ]  # fmt: skip
    assert errors[1]["errors"][0]["field"] == "articles[2].text"
    assert errors[2]["errors"][0]["field"] == "articles[3].text"
    assert all(each["instance"].endswith(answer.headers["x-request-id"]) for each in errors)
    assert MARKER not in str([record.__dict__ for record in caplog.records])
    [failed] = [record for record in caplog.records if record.message == "failed"]
    assert "RuntimeError" in failed.__dict__["error"]


def test_without_accept_the_first_that_fails_is_the_answer(client: TestClient, reader: FakeReader) -> None:
    answer = client.post("/v1/label", json={"articles": [{"text": "a"}, {"text": ""}]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "articles[1].text"
    assert reader.articles == []


def test_all_refused_is_still_a_line_each(client: TestClient, reader: FakeReader) -> None:
    found = lines(client.post("/v1/label", json={"articles": [{"text": ""}] * 3}, headers=ACCEPT))
    assert [each["error"]["status"] for each in found] == [422] * 3
    assert reader.articles == []


def test_what_the_deadline_leaves_undone_is_told(
    make_client: Callable[..., TestClient], reader: FakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, never = reader.read, threading.Event()

    def slow(article: Article, labels: LabelSet | None = None) -> LabelledArticle:
        if article.id != "0":
            never.wait(20)
        return read(article, labels)

    monkeypatch.setattr(reader, "read", slow)
    # So long that each has a round of its own.
    articles = [{"text": "a" * ROUND, "id": str(number)} for number in range(3)]
    client = make_client(request_seconds=0.5)
    found = lines(client.post("/v1/label", json={"articles": articles}, headers=ACCEPT))
    never.set()
    assert found[0]["schema"] == 1
    assert [each["error"]["status"] for each in found[1:]] == [504, 504]


def test_before_the_first_line_a_refusal_has_a_status(
    client: TestClient,
    make_client: Callable[..., TestClient],
    reader: FakeReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = {"articles": [{"text": "a"}], "model": "none"}
    assert client.post("/v1/label", json=body, headers=ACCEPT).status_code == 422
    monkeypatch.setattr(reader, "read", lambda *_: time.sleep(0.5))
    late = make_client(request_seconds=0.1).post("/v1/label", json={"text": "a"}, headers=ACCEPT)
    assert late.status_code == 504
