"""What goes wrong in the world: nothing that was answered 200 is lost, everything else gets an error."""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from service.queue import ROUND
from tests.service.serving import Served, served, until

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    limits: dict[str, Any] = {"body_seconds": 0.6, "header_seconds": 0.6, "max_connections": 8}
    with served(tmp_path_factory.mktemp("service"), **limits) as running:
        yield running


def post(service: Served, name: str, until: float | str = 0) -> httpx2.Response:
    body = {"text": "One.", "id": name, "title": str(until)}
    return httpx2.post(f"{service.url}/v1/label", json=body, timeout=60)


def connect(service: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), timeout=30)


def answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of what comes before the other side hangs up."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    return int(first.split()[1]), fields, body


def test_a_client_that_leaves_while_it_waits_leaves_the_queue(service: Served) -> None:
    with ThreadPoolExecutor() as pool:
        first = pool.submit(post, service, "stays", "gate")
        until(lambda: "stays" in service.begun)
        with pytest.raises(httpx2.ReadTimeout):
            httpx2.post(f"{service.url}/v1/label", json={"text": "One.", "id": "leaves"}, timeout=0.5)
        until(lambda: service.metric("gainsay_requests_inside") == 1)
        (service.folder / "gate").touch()
        assert first.result().status_code == 200
    assert post(service, "next").status_code == 200
    assert "leaves" not in service.begun
    assert service.metric("gainsay_queue_waiting") == 0
    assert service.metric("gainsay_requests_inside") == 0


def test_a_client_that_leaves_a_stream_stops_the_work(service: Served) -> None:
    # So long that each has a round of its own.
    articles = [{"text": "a" * ROUND, "id": f"stream{number}", "title": "0.2"} for number in range(30)]
    request = httpx2.stream(
        "POST",
        f"{service.url}/v1/label",
        json={"articles": articles},
        headers={"Accept": "application/x-ndjson"},
        timeout=60,
    )
    with request as response:
        assert json.loads(next(response.iter_lines()))["id"] == "stream0"
    assert post(service, "after-the-stream").status_code == 200
    assert len([name for name in service.begun if name.startswith("stream")]) < 25


def test_a_gigabyte_is_refused_before_it_is_sent(service: Served) -> None:
    before = service.memory()
    with connect(service) as connection:
        connection.sendall(
            b"POST /v1/label HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000000000\r\n\r\n" + b"[" * MEGABYTE
        )
        status, fields, body = answer(connection)
    assert (status, fields["content-type"]) == (413, "application/problem+json")
    assert json.loads(body)["type"] == "urn:gainsay:problem:body-too-large"
    assert service.memory() - before < 50 * MEGABYTE


def test_a_gigabyte_that_does_not_say_so_is_cut_short(service: Served) -> None:
    before = service.memory()
    sent = 0
    chunk = b"10000\r\n" + b"[" * 65536 + b"\r\n"
    with connect(service) as connection:
        connection.sendall(
            b"POST /v1/label HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        try:
            while sent < 1000 * MEGABYTE:
                connection.sendall(chunk)
                sent += len(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        status, _, body = answer(connection)
    assert status == 413
    assert json.loads(body)["type"] == "urn:gainsay:problem:body-too-large"
    assert sent < 200 * MEGABYTE
    assert service.memory() - before < 50 * MEGABYTE


def test_a_body_in_drops_is_given_up(service: Served) -> None:
    with connect(service) as connection:
        connection.sendall(
            b"POST /v1/label HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"
        )
        status, fields, body = answer(connection)
    assert (status, fields["connection"]) == (408, "close")
    assert json.loads(body)["type"] == "urn:gainsay:problem:body-too-slow"
    assert "0.6 s" in json.loads(body)["detail"]


@pytest.mark.parametrize("begun", [b"", b"GET /health/live HTTP/1.1\r\nHost:"])
def test_headers_in_drops_are_given_up(service: Served, begun: bytes) -> None:
    with connect(service) as connection:
        connection.sendall(begun)
        status, fields, body = answer(connection)
    assert status == 408
    assert json.loads(body)["type"] == "urn:gainsay:problem:headers-too-slow"
    assert json.loads(body)["instance"].endswith(fields["x-request-id"])


def test_what_is_not_http_is_told_so(service: Served) -> None:
    with connect(service) as connection:
        connection.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        status, _, body = answer(connection)
    assert (status, json.loads(body)["type"]) == (400, "urn:gainsay:problem:malformed-http")


def test_connections_too_many_are_refused_politely(service: Served) -> None:
    idle = [connect(service) for _ in range(8)]
    try:
        with connect(service) as late:
            late.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            status, fields, body = answer(late)
    finally:
        for each in idle:
            each.close()
    assert (status, fields["retry-after"]) == (503, "1")
    assert json.loads(body)["type"] == "urn:gainsay:problem:too-many-connections"
    until(lambda: httpx2.get(f"{service.url}/health/live").status_code == 200)


def test_sigterm_lets_everybody_inside_end_and_nobody_else_in(tmp_path: Path) -> None:
    with served(tmp_path, shutdown_seconds=60) as service, ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(post, service, f"inside{number}", "gate") for number in range(6)]
        until(lambda: service.metric("gainsay_requests_inside") == 6)
        service.process.send_signal(signal.SIGTERM)
        until(lambda: httpx2.get(f"{service.url}/health/ready").status_code == 503)
        assert httpx2.get(f"{service.url}/health/live").status_code == 200
        late = post(service, "late")
        assert (late.status_code, late.json()["type"]) == (503, "urn:gainsay:problem:shutting-down")
        assert late.headers["retry-after"] == "1"
        assert not any(each.done() for each in answers)
        (service.folder / "gate").touch()
        assert [each.result().status_code for each in answers] == [200] * 6
        service.process.wait(30)
        assert "late" not in service.begun
        with pytest.raises(httpx2.ConnectError):
            post(service, "too late")


def test_sigterm_does_not_wait_for_ever(tmp_path: Path) -> None:
    with served(tmp_path, shutdown_seconds=0.5) as service, ThreadPoolExecutor() as pool:
        answers = [pool.submit(post, service, f"slow{number}", 20) for number in range(2)]
        until(lambda: service.metric("gainsay_requests_inside") == 2)
        told = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        for each in answers:
            assert each.result().status_code == 503
            assert each.result().json()["type"] == "urn:gainsay:problem:shutting-down"
        service.process.wait(15)
        assert time.monotonic() - told < 15


def test_a_full_disk_for_the_log_costs_no_answer(tmp_path: Path) -> None:
    with served(tmp_path, log=Path("/dev/full")) as service:
        for number in range(5):
            assert post(service, str(number)).status_code == 200
        assert httpx2.post(f"{service.url}/v1/label", content=b"{").status_code == 415
        assert service.metric("gainsay_requests_total") >= 6


def test_a_killed_worker_is_replaced_and_its_numbers_do_not_stand_still(tmp_path: Path) -> None:
    with served(tmp_path, workers=2) as service, ThreadPoolExecutor() as pool:
        victim = pool.submit(post, service, "victim", 60)
        until(lambda: "victim" in service.begun)
        assert service.metric("gainsay_requests_inside") == 1
        os.kill(service.begun["victim"], signal.SIGKILL)
        with pytest.raises(httpx2.TransportError):
            victim.result()
        assert post(service, "other").status_code == 200
        # A process is gone only when its parent has looked.
        until(lambda: service.metric("gainsay_requests_inside") == 0)
        assert service.metric("gainsay_requests_total") >= 1
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(60) == 0
