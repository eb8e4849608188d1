"""The service under a load that does not wait: requests at a constant rate, however the earlier ones fare.

    python -m benchmarks.load [--seconds 180] [--flood-seconds 30] [--json FILE]

A `gainsay serve` of its own, with its default settings unless GAINSAY_... variables say otherwise, labels
articles of 25 sentences on loopback:

1. idle: one request after the other;
2. capacity: a few clients, each asking again as soon as it has its answer;
3. 80% of that capacity at a constant rate: nothing may fail, and p99 stays under 5 times the idle one;
4. 300%: only 200 and 429, memory stays flat, and within 5 seconds after the last arrival a request is
   answered within twice the idle p50 again.

A row shows memory as resident before, at most, and after. Exit status 1 when one of these does not hold.

Not locust: its users wait for their answer before they ask again, so that a slow service is asked less often
(`constant_throughput` paces each user and no more), and it would take more of the cores that the service
needs. This is one process; its requests are encoded beforehand, and a latency counts from when a request was
due, not from when it left. Every sentence is new to the service each time (see `benchmarks.articles`), so
that its cache helps nobody; with `--repeat` articles are asked again and again as they are.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.articles import SENTENCES, label_requests
from benchmarks.clients import BUSY, OK, Answer, closed_loop, exchange, open_loop, percentile, tally, told
from benchmarks.serving import MEGABYTE, WATCH_SECONDS, Server, Watch, hardware, served, watched

SUSTAINED, FLOOD = 0.8, 3.0
SLOWER_AT_MOST = 5.0
"""Times the idle p99, at 80% of capacity."""
USUAL = 2.0
"""Times the idle p50: as quick as that is back to normal."""
BACK_SECONDS = 5.0
GROWTH = 0.1
"""Share by which memory may grow and still be called flat."""
GIVE_UP_SECONDS = 120.0


@dataclass(frozen=True)
class Phase:
    """What so many requests a second came to; latencies are those of the 200s, memory is in bytes."""

    name: str
    requests_a_second: float
    outcomes: dict[str, int]
    p50: float
    p99: float
    memory_before: int
    memory_most: int
    memory_after: int


@dataclass(frozen=True)
class Check:
    """Something that must hold, what was found, and whether it does hold."""

    wanted: str
    found: str
    holds: bool


def phase(name: str, seconds: float, answers: list[Answer], watch: Watch, server: Server) -> Phase:
    """The answers to what was asked in so many seconds."""
    return Phase(
        name,
        len(answers) / seconds,
        tally(answers),
        percentile(answers, 50),
        percentile(answers, 99),
        watch.before,
        watch.most,
        server.memory,
    )


async def idle(server: Server, requests: Iterator[bytes], singles: int) -> Phase:
    """One request after the other."""
    async with watched(server) as watch:
        began = perf_counter()
        answers = [await exchange(server.port, next(requests)) for _ in range(singles)]
        return phase("one by one", perf_counter() - began, answers, watch, server)


async def full(server: Server, requests: Iterator[bytes], clients: int, seconds: float) -> Phase:
    """As many as the service can answer."""
    async with watched(server) as watch:
        began = perf_counter()
        answers = await closed_loop(server.port, requests, clients, seconds)
        return phase(f"{clients} clients", perf_counter() - began, answers, watch, server)


async def constant(
    server: Server, requests: Iterator[bytes], share: float, capacity: float, seconds: float
) -> Phase:
    """A constant rate: this share of the capacity, for so long."""
    async with watched(server) as watch:
        answers = await open_loop(server.port, requests, share * capacity, seconds)
        return phase(f"{share:.0%} of capacity", seconds, answers, watch, server)


async def recovery(server: Server, requests: Iterator[bytes], after: float, usual: float) -> float | None:
    """Seconds until a request is answered as quickly as usual, from `after` seconds from now on.

    One is asked after the other; None when none is answered so within two minutes.
    """
    await asyncio.sleep(after)
    began = perf_counter()
    while perf_counter() - began < GIVE_UP_SECONDS:
        answer = await exchange(server.port, next(requests))
        if answer.outcome == OK and answer.seconds <= usual:
            return perf_counter() - began
        if answer.outcome != OK:
            await asyncio.sleep(WATCH_SECONDS)
    return None


async def measure(
    server: Server, options: argparse.Namespace, requests: Iterator[bytes]
) -> tuple[list[Phase], float | None]:
    """All phases, and how long after the flood the service was back to normal."""
    port = server.port
    # Whatever is made or read once is made or read now.
    await closed_loop(port, requests, options.clients, options.capacity_seconds / 4)
    alone = await idle(server, requests, options.singles)
    most = await full(server, requests, options.clients, options.capacity_seconds)
    capacity = most.requests_a_second
    sustained = await constant(server, requests, SUSTAINED, capacity, options.seconds)
    flood, back = await asyncio.gather(
        constant(server, requests, FLOOD, capacity, options.flood_seconds),
        recovery(server, requests, options.flood_seconds, USUAL * alone.p50),
    )
    return [alone, most, sustained, flood], back


def checks(phases: list[Phase], back: float | None) -> list[Check]:
    """What the issue asks for."""
    alone, _, sustained, flood = phases
    ratio = sustained.p99 / alone.p99
    growth = flood.memory_most / flood.memory_before - 1
    return [
        Check("80%: no error", told(sustained.outcomes), set(sustained.outcomes) == {OK}),
        Check(f"80%: p99 under {SLOWER_AT_MOST:g} times idle", f"{ratio:.1f} times", ratio < SLOWER_AT_MOST),
        Check("300%: only 200 and 429", told(flood.outcomes), set(flood.outcomes) <= {OK, BUSY}),
        Check(f"300%: memory grows by under {GROWTH:.0%}", f"{growth:.1%}", growth < GROWTH),
        Check(
            f"back to normal within {BACK_SECONDS:g} s",
            "never" if back is None else f"{back:.1f} s",
            back is not None and back < BACK_SECONDS,
        ),
    ]


def table(phases: list[Phase]) -> str:
    """The phases as a Markdown table."""
    lines = [
        "| load | requests a second | answers | p50, ms | p99, ms | memory, MB |",
        "|---|---|---|---|---|---|",
    ]
    for each in phases:
        sizes = (each.memory_before, each.memory_most, each.memory_after)
        memory = " / ".join(f"{size / MEGABYTE:.0f}" for size in sizes)
        lines.append(
            f"| {each.name} | {each.requests_a_second:.1f} | {told(each.outcomes)} | {1000 * each.p50:.0f} | "
            f"{1000 * each.p99:.0f} | {memory} |"
        )
    return "\n".join(lines)


def verdict(found: list[Check]) -> str:
    """The checks as a Markdown table."""
    lines = ["| must hold | found | |", "|---|---|---|"]
    lines += [f"| {each.wanted} | {each.found} | {'yes' if each.holds else 'NO'} |" for each in found]
    return "\n".join(lines)


def main() -> int:
    """Run all phases against a service of our own; 1 when something that must hold does not."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=180, help="at 80%% of capacity (default 180)")
    parser.add_argument("--flood-seconds", type=float, default=30, help="at 300%% (default 30)")
    parser.add_argument("--capacity-seconds", type=float, default=20, help="to find capacity (default 20)")
    parser.add_argument("--clients", type=int, default=4, help="that find capacity (default 4)")
    parser.add_argument("--singles", type=int, default=60, help="requests one by one (default 60)")
    parser.add_argument("--sentences", type=int, default=SENTENCES, help=f"an article (default {SENTENCES})")
    parser.add_argument("--repeat", action="store_true", help="ask about the same texts again and again")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    options = parser.parse_args()
    requests = label_requests(options.sentences, repeat=options.repeat)
    with served() as server:
        phases, back = asyncio.run(measure(server, options, requests))
        peak, ready = server.peak_memory, server.ready_seconds
    found = checks(phases, back)
    print(table(phases))
    print(f"\n{verdict(found)}")
    print(f"\nStart to ready: {ready:.1f} s; peak memory: {peak / MEGABYTE:.0f} MB")
    print(f"\n{hardware()}")
    if options.json:
        figures = {
            "phases": [asdict(each) for each in phases],
            "back_to_normal_seconds": back,
            "checks": [asdict(each) for each in found],
            "ready_seconds": ready,
            "peak_bytes": peak,
            "hardware": hardware(),
        }
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return int(not all(each.holds for each in found))


if __name__ == "__main__":
    raise SystemExit(main())
