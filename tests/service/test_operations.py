"""What operators see: info, metrics, KServe's names for it, and the log."""

import io
import json
import logging
import logging.config
import re
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pytest
from fastapi.testclient import TestClient

from model.entailment import Pair
from service import logs
from service.app import create_app
from service.settings import Settings
from tests.service.fakes import FakeReader

MARKER = "Zwiebelkuchen"


def metrics(client: TestClient) -> dict[str, float]:
    told = client.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    lines = [line.rpartition(" ") for line in told.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_info_tells_version_models_and_limits(make_client: Callable[..., TestClient]) -> None:
    info = make_client(max_characters=7, request_seconds=3).get("/info").json()
    assert info["version"] == version("gainsay")
    assert info["models"] == [{"name": "builtin", "revision": "0123456789ab"}]
    assert info["limits"] == {
        "articles": 32, "pairs": 256, "characters": 7, "body_bytes": 2_000_000, "labels": 32, "hypotheses": 8,
        "hypothesis_characters": 200, "waiting": 16, "request_seconds": 3, "body_seconds": 30, "rate": None,
    }  # fmt: skip


def test_requests_are_counted_by_declared_path_and_problems_by_cause(client: TestClient) -> None:
    client.post("/v1/label", json={"text": "a"})
    client.post("/v1/label", json={"text": ""})
    client.get(f"/{MARKER}")
    client.get("/v2/models/builtin")
    client.request(MARKER, "/v1/label")
    told = metrics(client)
    assert told['gainsay_requests_total{method="POST",path="/v1/label",status="200"}'] == 1
    assert told['gainsay_requests_total{method="POST",path="/v1/label",status="422"}'] == 1
    assert told['gainsay_requests_total{method="GET",path="none",status="404"}'] == 1
    assert told['gainsay_problems_total{problem="empty-text"}'] == 1
    assert told['gainsay_request_seconds_count{path="/v1/label"}'] >= 2
    assert told["gainsay_queue_seconds_count"] == 1
    assert told["gainsay_queue_waiting"] == told["gainsay_requests_inside"] == 0
    assert told["process_resident_memory_bytes"] > 0
    name = f'gainsay_model_info{{name="builtin",revision="0123456789ab",version="{version("gainsay")}"}}'
    assert told[name] == 1
    assert not [each for each in told if MARKER in each]
    assert any('path="/v2/models/{name' in each for each in told)


def test_a_batcher_can_tell_of_its_batches_and_cache(client: TestClient) -> None:
    desk = client.app.state.desk  # type: ignore[attr-defined]
    desk.metrics.batch(900)
    desk.metrics.batch(100)
    desk.metrics.cache(hits=3, misses=1)
    told = metrics(client)
    assert told["gainsay_batch_tokens_sum"] == 1000
    assert told['gainsay_batch_tokens_bucket{le="256.0"}'] == 1
    assert (told["gainsay_cache_hits_total"], told["gainsay_cache_misses_total"]) == (3, 1)


def test_kserve_names(client: TestClient, reader: FakeReader, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/v2").json() == {"name": "gainsay", "version": version("gainsay"), "extensions": []}
    assert client.get("/v2/health/live").json() == {"live": True}
    assert client.get("/v2/health/ready").json() == {"ready": True}
    assert client.get("/v2/models/builtin/ready").json() == {"ready": True, "name": "builtin"}
    described = client.get("/v2/models/builtin").json()
    assert (described["name"], described["versions"]) == ("builtin", ["0123456789ab"])
    assert [each["name"] for each in described["inputs"]] == ["premise", "hypothesis"]
    assert described["outputs"] == [{"name": "probabilities", "datatype": "FP32", "shape": [-1, 3]}]
    for path in ("/v2/models/other", "/v2/models/other/ready"):
        assert client.get(path).json()["type"] == "urn:gainsay:problem:not-found"

    def fail(_: list[Pair]) -> None:
        raise RuntimeError

    monkeypatch.setattr(reader.model, "predict", fail)
    for path in ("/v2/health/ready", "/v2/models/builtin/ready"):
        assert client.get(path).status_code == 503


def test_a_hub_model_keeps_its_slash() -> None:
    client = TestClient(create_app(Settings(), load=lambda _: FakeReader("cross-encoder/nli")))
    assert client.get("/v2/models/cross-encoder/nli").json()["name"] == "cross-encoder/nli"
    assert client.get("/v2/models/cross-encoder/nli/ready").json()["ready"] is True


def test_the_service_warms_up_before_it_answers(reader: FakeReader) -> None:
    app = create_app(Settings(), load=lambda _: reader)
    assert reader.articles == []
    with TestClient(app) as client:
        assert len(reader.articles) == 1
        assert client.get("/health/ready").status_code == 200


def test_a_model_that_fails_its_warm_up_does_not_start(
    reader: FakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(reader, "read", fail)
    with pytest.raises(RuntimeError), TestClient(create_app(Settings(), load=lambda _: reader)):
        pass


def test_a_closing_service_is_live_and_not_ready(client: TestClient) -> None:
    client.app.state.desk.door.closing = True  # type: ignore[attr-defined]
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").json()["type"] == "urn:gainsay:problem:not-ready"
    assert client.get("/metrics").status_code == 200
    refused = client.post("/v1/label", json={"text": "a"})
    assert refused.json()["type"] == "urn:gainsay:problem:shutting-down"
    assert (refused.headers["connection"], refused.headers["retry-after"]) == ("close", "1")


def test_cors_is_off_unless_asked_for(client: TestClient, make_client: Callable[..., TestClient]) -> None:
    origin = {"Origin": "https://example.org"}
    assert "access-control-allow-origin" not in client.get("/v1/models", headers=origin).headers
    open_to_one = make_client(cors_origins="https://example.org")
    assert (
        open_to_one.get("/v1/models", headers=origin).headers["access-control-allow-origin"]
        == "https://example.org"
    )
    refused = open_to_one.post("/v1/label", json={"text": ""}, headers=origin)
    assert refused.headers["access-control-allow-origin"] == "https://example.org"
    other = open_to_one.get("/v1/models", headers={"Origin": "https://example.net"})
    assert "access-control-allow-origin" not in other.headers


def test_a_line_of_the_log_is_json_with_the_request_and_without_its_text(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.StringIO()
    configuration = logs.configuration("debug")
    configuration["handlers"]["stderr"]["stream"] = out
    loggers = [logging.getLogger(name) for name in configuration["loggers"]]
    for logger in loggers:
        monkeypatch.setattr(logger, "propagate", logger.propagate)
        monkeypatch.setattr(logger, "handlers", [])
        monkeypatch.setattr(logger, "level", logger.level)
    logging.config.dictConfig(configuration)
    logging.getLogger("uvicorn.error").info("hello", extra={"color_message": "\x1b[1mhello"})
    logging.getLogger("asyncio").error("no file left")
    answer = client.post(f"/v1/label?{MARKER}", json={"text": MARKER, "title": MARKER})
    for logger in loggers:
        logger.handlers.clear()
    hello, loop, answered = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (hello["message"], hello["level"], hello["logger"]) == ("hello", "INFO", "uvicorn.error")
    assert "color_message" not in hello
    assert (loop["message"], loop["level"], loop["logger"]) == ("no file left", "ERROR", "asyncio")
    assert answered["request"] == answer.headers["x-request-id"]
    assert (answered["path"], answered["status"], answered["method"]) == ("/v1/label", 200, "POST")
    assert re.match(r"\d{4}-\d\d-\d\dT", answered["time"])
    assert answered["seconds"] >= 0
    assert MARKER not in out.getvalue()
