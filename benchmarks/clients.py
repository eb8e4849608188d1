"""Clients that cost little, as they share the machine with the service: bytes out, bytes in.

Each request has a connection of its own, closed behind the answer; what comes is kept until it has ended and
only then looked at.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

HOST = "127.0.0.1"
# Longer than the service's own deadline for a request: whoever hears nothing until then is lost.
PATIENCE = 150.0

OK = "200"
BUSY = "429"
CUT_SHORT = "cut short"
CLOSED = "closed"
REFUSED = "connection refused"
SILENT = "no answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or in words that none came; and seconds since the request was due.

    `CUT_SHORT` is an answer that began and did not end.
    """

    outcome: str
    seconds: float
    body: bytes = b""


def post(path: str, body: bytes, length: int | None = None) -> bytes:
    """A POST request of JSON as it goes over the wire; `length` is said to be the body's."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body) if length is None else length}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str) -> bytes:
    """A GET request as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()


async def exchange(
    port: int, request: bytes, *, due: float | None = None, patience: float = PATIENCE
) -> Answer:
    """Send the request, and wait for the end of the answer.

    Args:
        port: of the service.
        request: with `Connection: close`.
        due: when it should have been sent, by `perf_counter`; now by default.
        patience: seconds until we give up.
    """
    began = perf_counter() if due is None else due
    received = bytearray()
    outcome = None
    try:
        async with asyncio.timeout(patience):
            await _converse(port, request, received)
    except TimeoutError:
        outcome = SILENT
    except ConnectionRefusedError:
        outcome = REFUSED
    except OSError:
        # What has arrived before counts.
        pass
    status, body = parsed(bytes(received))
    return Answer(outcome or status, perf_counter() - began, body)


async def _converse(port: int, request: bytes, received: bytearray) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        if request:
            writer.write(request)
            await writer.drain()
        await collect(reader, received)
    finally:
        writer.close()


async def collect(reader: asyncio.StreamReader, received: bytearray) -> None:
    """Read until the other side hangs up.

    What has arrived before an `OSError` stays in `received`; `StreamReader.read` alone would lose it.
    """
    while chunk := await reader.read(65536):
        received += chunk


def parsed(received: bytes) -> tuple[str, bytes]:
    """The outcome and the body of all that came before the other side hung up."""
    if not received:
        return CLOSED, b""
    head, end, body = received.partition(b"\r\n\r\n")
    first, *rest = head.split(b"\r\n")
    fields = {name.lower(): value for name, _, value in (line.partition(b": ") for line in rest)}
    if not end or len(body) != int(fields.get(b"content-length", len(body))):
        return CUT_SHORT, b""
    return first.split()[1].decode(), body


async def closed_loop(port: int, requests: Iterator[bytes], clients: int, seconds: float) -> list[Answer]:
    """So many clients, each of which asks again as soon as it has its answer, for so long."""
    until = perf_counter() + seconds
    answers: list[Answer] = []

    async def client() -> None:
        while perf_counter() < until:
            answers.append(await exchange(port, next(requests)))

    await asyncio.gather(*(client() for _ in range(clients)))
    return answers


async def open_loop(port: int, requests: Iterator[bytes], rate: float, seconds: float) -> list[Answer]:
    """A new request every 1/`rate` seconds, for so long, however the earlier ones fare.

    An answer's seconds count from when its request was due.
    """
    began = perf_counter()
    sent = []
    for number in range(round(rate * seconds)):
        due = began + number / rate
        await asyncio.sleep(due - perf_counter())
        sent.append(asyncio.create_task(exchange(port, next(requests), due=due)))
    return await asyncio.gather(*sent)


def tally(answers: Sequence[Answer]) -> dict[str, int]:
    """How many answers there are of each outcome, by outcome."""
    return dict(sorted(Counter(answer.outcome for answer in answers).items()))


def told(outcomes: dict[str, int]) -> str:
    """The outcomes in words."""
    return ", ".join(f"{number} x {outcome}" for outcome, number in outcomes.items()) or "nothing"


def percentile(answers: Sequence[Answer], percent: float) -> float:
    """Of the seconds of those that were answered 200; not a number where none was."""
    seconds = [answer.seconds for answer in answers if answer.outcome == OK]
    return float(np.percentile(seconds, percent)) if seconds else float("nan")
