"""What goes wrong in the world, done to a `gainsay serve`: what came back, and what was lost.

    python -m benchmarks.faults [--connections 10000] [--json FILE]

Nothing that was answered 200 may be lost; everything else gets an error or a closed connection, nobody waits
for ever, and the service is back afterwards. Exit status 1 when that does not hold. "Lost" counts answers
that began with 200 and are not whole, and clients that heard nothing at all.

`tests/service/test_faults.py` holds each of these as a test around a slow fake reader, with a connection or a
few; here the real reader is at work, the crowds are whole ones, and times and memory are measured. The
service may open as many files as the shell that starts this allows (`ulimit -Sn`); the clients raise their
own limit. Headers and bodies get 3 seconds each instead of 10 and 30, to be done sooner.
"""

import argparse
import asyncio
import json
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, sleep

from benchmarks.articles import label_requests
from benchmarks.clients import (
    CUT_SHORT,
    HOST,
    OK,
    SILENT,
    Answer,
    closed_loop,
    collect,
    exchange,
    get,
    open_loop,
    parsed,
    post,
    tally,
    told,
)
from benchmarks.serving import MEGABYTE, POLL_SECONDS, Server, hardware, served, watched

SLOW_SECONDS = 3
GIGABYTE = 1_000_000_000
CHUNK = 65_536
BACK_SECONDS = 5.0
GROWTH_BYTES = 50 * MEGABYTE
PATIENCE = 60.0
GIVE_UP_SECONDS = 60.0
WORKERS = 2
HEALTH = "/health/live"
# Files that the clients need beside their sockets.
SPARE_FILES = 200

Requests = Iterator[bytes]


@dataclass(frozen=True)
class Outcome:
    """One fault: what was sent, what came back, how many answers were lost, and whether all held."""

    fault: str
    sent: str
    came_back: str
    lost: int
    holds: bool


Fault = Callable[[Server, Requests], Awaitable[Outcome]]


def lost(answers: Sequence[Answer]) -> int:
    """How many answers began with 200 and are not whole, or never came."""
    return sum(
        each.outcome in (CUT_SHORT, SILENT) or (each.outcome == OK and not whole(each)) for each in answers
    )


def whole(answer: Answer) -> bool:
    """Whether the body is JSON to its end."""
    try:
        json.loads(answer.body)
    except ValueError:
        return False
    return True


async def back(server: Server, requests: Requests) -> float | None:
    """Seconds until an article is labelled again; None when it is not within a minute."""
    began = perf_counter()
    while perf_counter() - began < GIVE_UP_SECONDS:
        answer = await exchange(server.port, next(requests), patience=PATIENCE)
        if answer.outcome == OK:
            return perf_counter() - began
        await asyncio.sleep(0.1)
    return None


def said(seconds: float | None) -> str:
    """How soon the service was back, in words."""
    return "not back" if seconds is None else f"back after {seconds:.1f} s"


def in_time(seconds: float | None) -> bool:
    """Whether it was back soon enough."""
    return seconds is not None and seconds < BACK_SECONDS


def gigabyte(*, announced: bool) -> Fault:
    """A body of 1 GB, with its length in the header or in chunks."""

    async def fault(server: Server, requests: Requests) -> Outcome:
        field = f"Content-Length: {GIGABYTE}" if announced else "Transfer-Encoding: chunked"
        block = b"[" * CHUNK
        chunk = block if announced else f"{CHUNK:x}\r\n".encode() + block + b"\r\n"
        head = f"POST /v1/label HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n{field}\r\n\r\n"
        received = bytearray()
        sent = 0
        began = perf_counter()
        async with watched(server) as watch:
            reader, writer = await asyncio.open_connection(HOST, server.port)
            answering = asyncio.create_task(collect(reader, received))
            # The other side hangs up in the middle, which is the point.
            with suppress(OSError):
                writer.write(head.encode())
                while sent < GIGABYTE:
                    writer.write(chunk)
                    await writer.drain()
                    sent += CHUNK
            with suppress(OSError):
                await asyncio.wait_for(answering, PATIENCE)
            writer.close()
        outcome, _ = parsed(bytes(received))
        seconds, growth = perf_counter() - began, watch.most - watch.before
        after = await back(server, requests)
        return Outcome(
            f"a body of 1 GB, {'announced' if announced else 'in chunks'}",
            f"{sent / MEGABYTE:.0f} MB before we were cut off",
            f"{outcome} in {seconds:.1f} s; memory grew by {growth / MEGABYTE:.0f} MB; {said(after)}",
            0,
            outcome == "413" and growth < GROWTH_BYTES and in_time(after),
        )

    return fault


def slow(*, body: bool, clients: int) -> Fault:
    """Headers or bodies that arrive a byte a second, over many connections, and others in between."""

    async def drip(port: int) -> Answer:
        began = perf_counter()
        reader, writer = await asyncio.open_connection(HOST, port)
        request = post("/v1/label", b"[" * 200)
        head = request.index(b"\r\n\r\n") + 4
        writer.write(request[:head] if body else request[:20])
        received = bytearray()
        answering = asyncio.create_task(collect(reader, received))
        for place in range(head if body else 20, len(request)):
            if (await asyncio.wait({answering}, timeout=1))[0]:
                break
            writer.write(request[place : place + 1])
        with suppress(OSError):
            await answering
        outcome, told = parsed(bytes(received))
        writer.close()
        return Answer(outcome, perf_counter() - began, told)

    async def fault(server: Server, requests: Requests) -> Outcome:
        dripping = asyncio.gather(*(drip(server.port) for _ in range(clients)))
        await asyncio.sleep(SLOW_SECONDS / 2)
        between = await closed_loop(server.port, requests, 1, SLOW_SECONDS / 2)
        answers = await dripping
        longest = max(each.seconds for each in answers)
        return Outcome(
            f"{'bodies' if body else 'headers'}, a byte a second",
            f"{clients} connections, and {len(between)} articles at the same time",
            f"{told(tally(answers))}, {longest:.1f} s at most; the articles: {told(tally(between))}",
            lost([*answers, *between]),
            set(tally(answers)) == {"408"} and set(tally(between)) == {OK},
        )

    return fault


def crowd(connections: int, *, ask: bool) -> Fault:
    """Connections opened as fast as can be; each asks for something small at once, or says nothing."""

    async def fault(server: Server, requests: Requests) -> Outcome:
        opened = min(connections, files_allowed() - SPARE_FILES)
        asked = get(HEALTH) if ask else b""
        began = perf_counter()
        answers = await asyncio.gather(
            *(exchange(server.port, asked, patience=2 * PATIENCE) for _ in range(opened))
        )
        seconds = perf_counter() - began
        after = await back(server, requests)
        polite = {OK, "503", "408"}
        outcomes = tally(answers)
        return Outcome(
            f"{connections} connections that {'ask' if ask else 'say nothing'}",
            f"{opened} at once",
            f"{told(outcomes)} in {seconds:.1f} s; {said(after)}",
            lost(answers),
            set(outcomes) <= polite and in_time(after) and opened == connections,
        )

    return fault


def files_allowed() -> int:
    """Raise our limit of open files as far as it goes."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard


async def gone(server: Server, requests: Requests) -> Outcome:
    """Clients that leave in the middle of their body, or before their answer."""
    leavers = 40

    async def leave(request: bytes) -> None:
        _, writer = await asyncio.open_connection(HOST, server.port)
        writer.write(request)
        await writer.drain()
        await asyncio.sleep(0.2)
        writer.transport.abort()

    asked = [next(requests) for _ in range(leavers)]
    await asyncio.gather(
        *(leave(each[: len(each) // 2] if number % 2 else each) for number, each in enumerate(asked))
    )
    after = await back(server, requests)
    metrics = (await exchange(server.port, get("/metrics"))).body.decode()
    inside = [
        float(line.split()[1]) for line in metrics.splitlines() if line.startswith("gainsay_requests_i")
    ]
    return Outcome(
        "clients that leave",
        f"{leavers} requests, half of them cut in the body",
        f"{said(after)}; {sum(inside):.0f} requests left inside",
        0,
        in_time(after) and not sum(inside),
    )


async def told_to_stop(server: Server, requests: Requests, rate: float, seconds: float) -> Outcome:
    """SIGTERM in the middle of a load."""

    async def stop() -> float:
        await asyncio.sleep(seconds / 2)
        began = perf_counter()
        server.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(server.process.wait, GIVE_UP_SECONDS)
        return perf_counter() - began

    answers, took = await asyncio.gather(open_loop(server.port, requests, rate, seconds), stop())
    status = server.process.returncode
    return Outcome(
        "SIGTERM under load",
        f"{len(answers)} articles at {rate:g} a second, SIGTERM after {seconds / 2:g} s",
        f"{told(tally(answers))}; exit status {status} after {took:.1f} s",
        lost(answers),
        # Uvicorn ends as if the signal had ended it.
        not lost(answers) and status in (0, -signal.SIGTERM),
    )


async def killed(server: Server, requests: Requests, log: Path, rate: float, seconds: float) -> Outcome:
    """SIGKILL for one of the workers in the middle of a load."""
    workers = children(server.process.pid)
    replaced: list[float] = []

    async def kill() -> None:
        await asyncio.sleep(seconds / 2)
        os.kill(workers[0], signal.SIGKILL)
        began = perf_counter()
        await asyncio.to_thread(wait_until_warm, log, WORKERS + 1)
        replaced.append(perf_counter() - began)

    answers, _ = await asyncio.gather(open_loop(server.port, requests, rate, seconds), kill())
    now = children(server.process.pid)
    after = await back(server, requests)
    new = len(set(now) - set(workers))
    # What the killed worker had in its hands is a closed connection, not a lost answer.
    return Outcome(
        f"SIGKILL of one of {WORKERS} workers",
        f"{len(answers)} articles at {rate:g} a second, SIGKILL after {seconds / 2:g} s",
        f"{told(tally(answers))}; {new} new worker, warm after {replaced[0]:.1f} s; {said(after)}",
        lost(answers),
        not lost(answers) and new == 1 and len(now) == WORKERS and in_time(after),
    )


def wait_until_warm(log: Path, workers: int) -> None:
    """Return when so many workers have logged that they are warm, or after a minute."""
    began = perf_counter()
    while log.read_bytes().count(b'"ready"') < workers and perf_counter() - began < GIVE_UP_SECONDS:
        sleep(POLL_SECONDS)


def children(pid: int) -> list[int]:
    """The workers of a supervisor: those children of its that multiprocessing spawned."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [each for each in map(int, found) if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


async def full_disk(server: Server, requests: Requests) -> Outcome:
    """A log that cannot be written."""
    count = 20
    answers = [await exchange(server.port, next(requests)) for _ in range(count)]
    return Outcome(
        "disk full for logs",
        f"{count} articles, the log going to /dev/full",
        told(tally(answers)),
        lost(answers),
        set(tally(answers)) == {OK},
    )


def outcomes(options: argparse.Namespace) -> Iterator[Outcome]:
    """All faults: those that a service must survive against one, and each other against one of its own."""
    requests = label_requests()
    survived: list[Fault] = [
        gigabyte(announced=True),
        gigabyte(announced=False),
        slow(body=False, clients=options.slow),
        slow(body=True, clients=options.slow),
        crowd(options.connections, ask=True),
        crowd(options.connections, ask=False),
        gone,
    ]
    rate, seconds = options.rate, options.seconds
    with served(header_seconds=SLOW_SECONDS, body_seconds=SLOW_SECONDS) as server:
        for fault in survived:
            yield asyncio.run(_run(fault(server, requests)))
    with served() as server:
        yield asyncio.run(_run(told_to_stop(server, requests, rate, seconds)))
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with served(log=log, workers=WORKERS, log_level="info") as server:
            # `served` waits for the first of them.
            wait_until_warm(log, WORKERS)
            yield asyncio.run(_run(killed(server, requests, log, rate, seconds)))
    with served(log=Path("/dev/full"), log_level="info") as server:
        yield asyncio.run(_run(full_disk(server, requests)))


async def _run(fault: Awaitable[Outcome]) -> Outcome:
    return await fault


def table(found: Sequence[Outcome]) -> str:
    """The outcomes as a Markdown table."""
    lines = ["| fault | sent | came back | lost | held |", "|---|---|---|---|---|"]
    lines += [
        f"| {each.fault} | {each.sent} | {each.came_back} | {each.lost} | {'yes' if each.holds else 'NO'} |"
        for each in found
    ]
    return "\n".join(lines)


def main() -> int:
    """Do everything; 1 when something did not hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--connections", type=int, default=10_000, help="at once (default 10000)")
    parser.add_argument("--slow", type=int, default=40, help="slow clients (default 40)")
    parser.add_argument("--rate", type=float, default=6, help="articles a second, under load (default 6)")
    parser.add_argument("--seconds", type=float, default=10, help="of a load (default 10)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    options = parser.parse_args()
    found = []
    for outcome in outcomes(options):
        print(outcome.fault, file=sys.stderr)
        found.append(outcome)
    print(table(found))
    print(f"\n{hardware()}")
    if options.json:
        figures = {"faults": [asdict(each) for each in found], "hardware": hardware()}
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return int(not all(each.holds for each in found))


if __name__ == "__main__":
    raise SystemExit(main())
