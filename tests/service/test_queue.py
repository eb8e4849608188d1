"""Rounds in the order of arrival, a bounded number waiting, and an event loop that stays free."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from functools import partial
from typing import TypeVar

import httpx2
import pytest

from service.app import create_app
from service.metrics import Metrics
from service.problems import Problem
from service.queue import ROUND, Queue
from service.settings import Settings
from service.work import Task
from tests.service.fakes import FakeReader

pytestmark = pytest.mark.anyio

Result = TypeVar("Result")
LONG = 60.0


async def all_of(queue: Queue, work: Iterable[Task[Result]], seconds: float = LONG) -> list[Result]:
    async with aclosing(queue.run(work, seconds)) as results:
        return [result async for result in results]


def step(act: Callable[[], Result]) -> Task[Result]:
    """A task that goes with no other."""
    return Task(lambda given: [act() for _ in given], None, 1)


def opened_by(gate: threading.Event) -> list[Task[bool]]:
    return [step(partial(gate.wait, 30))]


class Rounds:
    """Does numbers, and remembers which it did together."""

    def __init__(self) -> None:
        self.done: list[list[int]] = []
        self._at_work = threading.Semaphore(1)

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        assert self._at_work.acquire(blocking=False)
        assert threading.current_thread() is not threading.main_thread()
        self.done.append(list(numbers))
        self._at_work.release()
        if -1 in numbers:
            raise ValueError("not this one")
        return [10 * number for number in numbers]

    def of(self, *numbers: int, size: int = 1) -> list[Task[int]]:
        return [Task(self, number, size) for number in numbers]


async def behind_a_gate(queue: Queue, *works: Iterable[Task[Result]]) -> list[list[Result] | BaseException]:
    """What the works give, or raise, that come while the model is busy."""
    gate = threading.Event()
    first = asyncio.create_task(all_of(queue, opened_by(gate)))
    await asyncio.sleep(0.05)
    rest = [asyncio.create_task(all_of(queue, work)) for work in works]
    await asyncio.sleep(0.05)
    gate.set()
    await first
    return list(await asyncio.gather(*rest, return_exceptions=True))


async def test_what_comes_alone_is_done_alone_in_order_off_the_loop() -> None:
    queue, rounds = Queue(max_waiting=0), Rounds()
    for number in range(3):
        assert await all_of(queue, rounds.of(number)) == [10 * number]
    assert rounds.done == [[0], [1], [2]]


async def test_who_waits_shares_a_round_a_task_of_each_in_turn() -> None:
    rounds = Rounds()
    works = [rounds.of(1, 2, 3), rounds.of(4), rounds.of(5, 6)]
    assert await behind_a_gate(Queue(10), *works) == [[10, 20, 30], [40], [50, 60]]
    assert rounds.done == [[1, 4, 5, 2, 6, 3]]


async def test_a_round_has_a_bound_that_only_its_first_task_may_pass() -> None:
    rounds = Rounds()
    third = ROUND // 3
    works = [rounds.of(1, size=2 * ROUND), rounds.of(2, 3, 4, 5, size=third)]
    assert await behind_a_gate(Queue(10), *works) == [[10], [20, 30, 40, 50]]
    assert rounds.done == [[1], [2, 3, 4], [5]]


async def test_only_tasks_of_a_kind_share_a_round() -> None:
    one, other = Rounds(), Rounds()
    assert await behind_a_gate(Queue(10), one.of(1), other.of(2), one.of(3)) == [[10], [20], [30]]
    assert (one.done, other.done) == ([[1, 3]], [[2]])


async def test_what_fails_in_company_is_done_alone() -> None:
    rounds = Rounds()
    one, failed, two = await behind_a_gate(Queue(10), rounds.of(1), rounds.of(-1), rounds.of(2))
    assert (one, two) == ([10], [20])
    assert isinstance(failed, ValueError)
    assert rounds.done == [[1, -1, 2], [1], [-1], [2]]


async def test_no_work_is_done_at_once() -> None:
    assert await all_of(Queue(0), []) == []


async def test_results_come_as_soon_as_they_are_made() -> None:
    gate = threading.Event()
    work = [step(lambda: True), *opened_by(gate)]
    async with aclosing(Queue(0).run(work, LONG)) as results:
        assert await anext(results)
        gate.set()
        assert await anext(results)


async def test_a_full_waiting_room_says_when_to_come_back_and_empties_again() -> None:
    metrics = Metrics()
    queue = Queue(1, metrics)
    gate = threading.Event()
    running = [asyncio.create_task(all_of(queue, opened_by(gate))) for _ in range(2)]
    await asyncio.sleep(0.05)
    assert metrics.registry.get_sample_value("gainsay_queue_waiting") == 1
    with pytest.raises(Problem) as refused:
        await all_of(queue, [step(bool)])
    assert refused.value.status_code == 429
    assert int((refused.value.headers or {})["Retry-After"]) >= 1
    gate.set()
    assert await asyncio.gather(*running) == [[True], [True]]
    assert await all_of(queue, [step(bool)]) == [False]
    assert metrics.registry.get_sample_value("gainsay_queue_waiting") == 0


async def test_failed_and_cancelled_work_leaves_its_place() -> None:
    queue = Queue(max_waiting=0)

    for _ in range(3):
        with pytest.raises(KeyError):
            await all_of(queue, [step(lambda: {"one": None}["another"])])
    gate = threading.Event()
    task = asyncio.create_task(all_of(queue, opened_by(gate)))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(Problem):
        await all_of(queue, [step(bool)])
    gate.set()
    assert queue._worker is not None
    await queue._worker
    assert await all_of(queue, [step(bool)]) == [False]


async def test_who_leaves_while_waiting_is_never_begun_and_makes_room() -> None:
    queue = Queue(max_waiting=1)
    gate = threading.Event()
    begun: list[str] = []

    def note(name: str) -> list[Task[None]]:
        return [step(partial(begun.append, name))]

    running = asyncio.create_task(all_of(queue, opened_by(gate)))
    await asyncio.sleep(0.05)
    leaver = asyncio.create_task(all_of(queue, note("leaver")))
    await asyncio.sleep(0.05)
    leaver.cancel()
    await asyncio.wait([leaver])
    stayer = asyncio.create_task(all_of(queue, note("stayer")))
    await asyncio.sleep(0.05)
    gate.set()
    assert await running == [True]
    assert await stayer == [None]
    assert begun == ["stayer"]


async def test_who_leaves_in_the_middle_stops_the_work_at_its_next_step() -> None:
    queue = Queue(max_waiting=1)
    made: list[int] = []

    def make() -> None:
        made.append(len(made))
        time.sleep(0.01)

    async with aclosing(queue.run([step(make) for _ in range(1000)], LONG)) as results:
        await anext(results)
    assert await all_of(queue, [step(bool)]) == [False]
    assert len(made) < 100


async def test_a_deadline_tells_waiting_from_working() -> None:
    queue = Queue(max_waiting=1)
    gate = threading.Event()
    working = asyncio.create_task(all_of(queue, opened_by(gate), 0.1))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(all_of(queue, [step(bool)], 0.1))
    with pytest.raises(Problem) as worked:
        await working
    with pytest.raises(Problem) as waited:
        await waiting
    gate.set()
    assert (worked.value.status_code, worked.value.kind.slug) == (504, "took-too-long")
    assert (waited.value.status_code, waited.value.kind.slug) == (503, "waited-too-long")
    assert (waited.value.headers or {})["Retry-After"] == "1"
    assert "0.1 s" in worked.value.detail


async def test_a_closed_queue_sends_everybody_away() -> None:
    queue = Queue(max_waiting=1)
    gate = threading.Event()
    inside = [asyncio.create_task(all_of(queue, opened_by(gate))) for _ in range(2)]
    await asyncio.sleep(0.05)
    queue.close()
    for each in [*inside, asyncio.create_task(all_of(queue, [step(bool)]))]:
        with pytest.raises(Problem) as refused:
            await each
        assert (refused.value.status_code, refused.value.kind.slug) == (503, "shutting-down")
    gate.set()


async def test_health_answers_while_the_model_works_and_more_clients_get_429() -> None:
    reader = FakeReader()
    gate, begun = threading.Event(), threading.Event()
    read = reader.read

    def slow(*args: object, **kwargs: object) -> object:
        begun.set()
        assert gate.wait(30)
        return read(*args, **kwargs)  # type: ignore[arg-type]

    reader.read = slow  # type: ignore[method-assign, assignment]
    app = create_app(Settings(max_waiting=1), load=lambda _: reader)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        posts = [asyncio.create_task(client.post("/v1/label", json={"text": "a"}))]
        assert await asyncio.to_thread(begun.wait, 30)
        posts.append(asyncio.create_task(client.post("/v1/label", json={"text": "b"})))
        async with asyncio.timeout(20):
            while "gainsay_queue_waiting 1.0" not in (await client.get("/metrics")).text:
                continue
        for path in ("/health/live", "/health/ready", "/v1/models"):
            assert (await client.get(path)).status_code == 200
        refused = await client.post("/v1/entailment", json={"premise": "a", "hypothesis": "b"})
        assert refused.status_code == 429
        assert refused.json()["type"] == "urn:gainsay:problem:busy"
        assert int(refused.headers["retry-after"]) >= 1
        gate.set()
        assert [answer.status_code for answer in await asyncio.gather(*posts)] == [200, 200]


@pytest.mark.parametrize("path", ["/v1/label", "/v1/zero-shot-classification"])
async def test_a_request_that_takes_too_long_is_answered_all_the_same(path: str) -> None:
    reader = FakeReader()
    gate = threading.Event()
    reader.read = lambda *_: gate.wait(30)  # type: ignore[method-assign, assignment]
    reader.model.predict = lambda *_: gate.wait(30)  # type: ignore[method-assign, assignment]
    app = create_app(Settings(request_seconds=0.1), load=lambda _: reader)
    transport = httpx2.ASGITransport(app=app)
    body = {"text": "a"} if path == "/v1/label" else {"inputs": "a", "parameters": {"candidate_labels": "b"}}
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.post(path, json=body)
    gate.set()
    assert answer.status_code == 504
    assert answer.json()["type"] == "urn:gainsay:problem:took-too-long"
