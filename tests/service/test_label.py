"""POST /v1/label: what comes in reaches the reader, what comes out is schema version 1."""

import json
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient

from model.article import LabelledArticle
from model.reader import Article
from tests.service.fakes import FakeReader


def test_one_article_is_answered_by_itself(client: TestClient, reader: FakeReader) -> None:
    body = {"text": "One.\nTwo.", "id": "a", "title": "T", "date": "2031-02-03"}
    answer = client.post("/v1/label", json=body)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert reader.articles == [Article("One.\nTwo.", "a", "T", "2031-02-03")]
    labelled = answer.json()
    assert labelled["schema"] == 1
    assert labelled["id"] == "a"
    assert [each["text"] for each in labelled["sentences"]] == ["One.", "Two."]
    assert labelled["model"] == {"name": "builtin", "revision": "0123456789ab"}


def test_several_articles_are_answered_in_order(client: TestClient) -> None:
    articles = [{"text": f"Number {number}.", "id": str(number)} for number in range(32)]
    answer = client.post("/v1/label", json={"articles": articles})
    assert answer.status_code == 200
    assert list(answer.json()) == ["articles"]
    assert [each["id"] for each in answer.json()["articles"]] == [each["id"] for each in articles]
    assert answer.json()["articles"][3]["sentences"][0]["text"] == "Number 3."


@pytest.mark.parametrize(
    "body",
    [
        {"text": "One."},
        {"articles": [{"text": "One."}, {"text": "Two."}]},
        {"text": "One.\nPerhaps two.", "min_score": 0.6},
    ],
)
def test_answers_keep_the_schema_that_openapi_gives(client: TestClient, body: dict[str, Any]) -> None:
    document = client.get("/openapi.json").json()
    answer = document["paths"]["/v1/label"]["post"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    labelled = client.post("/v1/label", json=body).json()
    jsonschema.validate(labelled, answer | {"components": document["components"]})
    for each in labelled.get("articles", [labelled]):
        LabelledArticle.model_validate(each)
        assert list(each) == [
            "schema", "id", "model", "labels", "hypotheses", "speakers", "sentences", "statements", "disputes",
            "truncated",
        ]  # fmt: skip


def test_labels_of_the_request_come_back_in_order_with_their_hypotheses(client: TestClient) -> None:
    labels = {
        "zeal": ["{speaker} is keen.", "{speaker} wants more."],
        "apathy": {"hypotheses": "{speaker} yawns.", "unmarked": True},
        "müde": "It is late.",
    }
    labelled = client.post("/v1/label", json={"text": "One.", "labels": labels}).json()
    assert labelled["labels"] == ["zeal", "apathy", "müde"]
    assert list(labelled["hypotheses"]) == ["zeal", "apathy", "müde"]
    assert labelled["hypotheses"]["zeal"] == labels["zeal"]
    assert labelled["hypotheses"]["apathy"] == ["{speaker} yawns."]
    assert list(labelled["sentences"][0]["scores"]) == ["zeal", "apathy", "müde"]


def test_default_labels_can_be_sent_back(client: TestClient) -> None:
    defaults = client.get("/v1/labels").json()
    assert list(defaults["labels"]) == ["assertion", "denial", "condemnation"]
    assert defaults["labels"]["assertion"]["unmarked"] is True
    labelled = client.post("/v1/label", json={"text": "One.", **defaults}).json()
    assert labelled["labels"] == ["assertion", "denial", "condemnation"]


def test_nulls_mean_nothing_was_chosen(client: TestClient) -> None:
    body = {"text": "One.", "id": None, "title": None, "date": None, "labels": None, "model": None}
    assert client.post("/v1/label", json=body).json()["labels"] == ["assertion", "denial", "condemnation"]


@pytest.mark.parametrize(
    "text",
    [
        "\0\x01\x1b[31m",
        "a\r\nb\rc",
        "\u202eabc\u200f",
        "👩‍👩‍👧 said 🇳🇴",
        "<p>Hello</p>",
        "“”",
        "𝒳\u2028𝒴",
        "x" * 200_000,
    ],
)
def test_odd_texts_are_answered_with_true_offsets(client: TestClient, text: str) -> None:
    answer = client.post("/v1/label", json={"text": text})
    assert answer.status_code == 200
    for sentence in answer.json()["sentences"]:
        assert text[sentence["start"] : sentence["end"]] == sentence["text"]


@pytest.mark.parametrize(
    ("min_score", "marks"),
    [(0.6, [None, True]), (0.5, [None, None]), (0, [None, None]), (1, [None, True]), (None, [None, None])],
)
def test_low_scores_are_marked_and_kept(
    client: TestClient, min_score: float | None, marks: list[bool | None]
) -> None:
    article = {"text": "One.\nPerhaps two."}
    several: dict[str, Any] = {"articles": [article, article], "min_score": min_score}
    one = client.post("/v1/label", json=article | {"min_score": min_score}).json()
    assert [each.get("uncertain") for each in one["sentences"]] == marks
    assert client.post("/v1/label", json=several).json() == {"articles": [one, one]}
    streamed = client.post("/v1/label", json=several, headers={"Accept": "application/x-ndjson"})
    assert [json.loads(line) for line in streamed.text.splitlines()] == [one, one]


def test_models_are_listed_and_can_be_named(client: TestClient) -> None:
    listed = client.get("/v1/models").json()
    assert listed == {"default": "builtin", "models": [{"name": "builtin", "revision": "0123456789ab"}]}
    assert client.post("/v1/label", json={"text": "One.", "model": "builtin"}).status_code == 200
