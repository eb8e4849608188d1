"""The waiting room in front of the model: a bounded number of requests, whose work is done in rounds."""

import asyncio
import math
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from anyio import to_thread

from service.metrics import Metrics
from service.problems import BUSY, SHUTTING_DOWN, TOOK_TOO_LONG, WAITED_TOO_LONG, Problem
from service.work import Task

Result = TypeVar("Result")

ROUND = 12_000
"""Characters that a round reads, unless its first task has more: three or four articles fill the model's
batches, and nobody waits much longer for the others than for one."""
NEWEST = 0.2
"""Weight of the newest duration in the running mean: a handful of rounds sets it."""


class Errand(Generic[Result]):
    """One request's work on its way: rounds put results in, the request takes them out."""

    def __init__(self, work: Iterable[Task[Result]], seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        self._results: asyncio.Queue[Result | _End] = asyncio.Queue()
        self.tasks = deque(work)
        self.arrived = self._loop.time()
        self.deadline = self.arrived + seconds
        self.begun = False

    async def take(self) -> "Result | _End":
        """The next result, or the end.

        Raises:
            Problem: `waited-too-long` or `took-too-long`, when the deadline passes before it is there.
        """
        try:
            async with asyncio.timeout_at(self.deadline):
                return await self._results.get()
        except TimeoutError:
            within = f"within {self._seconds:g} s"
            if self.begun:
                raise Problem(TOOK_TOO_LONG, f"the model had not finished {within}") from None
            raise Problem(
                WAITED_TOO_LONG,
                f"other requests kept the model busy; no turn came {within}",
                headers={"Retry-After": str(math.ceil(self._seconds))},
            ) from None

    def give(self, result: Result) -> None:
        """Let a result follow."""
        self._results.put_nowait(result)

    def end(self, error: Exception | None = None) -> None:
        """Let nothing follow but `error`."""
        self.tasks.clear()
        self._results.put_nowait(_End(error))


@dataclass(frozen=True, slots=True)
class _Raised:
    error: Exception


class _End:
    def __init__(self, error: Exception | None) -> None:
        self.error = error


Round = list[tuple[Errand[Any], Task[Any]]]


class Queue:
    """Does requests' work on a thread, a round at a time; the event loop stays free.

    The model's runtime uses all cores by itself: a second round at once would only slow the first. A round
    takes a task of each request in the order of arrival, again and again, as long as they can be done
    together. What is there when the model is idle begins at once.
    """

    def __init__(self, max_waiting: int, metrics: Metrics | None = None) -> None:
        self._max_waiting = max_waiting
        self._metrics = metrics or Metrics()
        self._present: list[Errand[Any]] = []
        self._round: Round = []
        self._worker: asyncio.Task[None] | None = None
        self._closed = False
        self._mean_seconds = 1.0

    async def run(self, work: Iterable[Task[Result]], seconds: float) -> AsyncGenerator[Result, None]:
        """The results of `work`'s tasks in order, each as soon as its round is done.

        This is the one door to the model. Whoever stops listening leaves the queue: what is being done for
        him is finished on its thread, what is not begun is not begun.

        Args:
            work: what to do; see `service.work`.
            seconds: until when all of it must be done, the wait included.

        Raises:
            Problem: `busy`, with Retry-After in seconds, when the waiting room is full; `waited-too-long`
                or `took-too-long`; `shutting-down`.
            Exception: whatever a task raises.
        """
        self._refuse_if_closed_or_full()
        errand = Errand(work, seconds)
        if not errand.tasks:
            return
        self._present.append(errand)
        self._count()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work_off())
        try:
            while not isinstance(result := await errand.take(), _End):
                yield result
            if result.error is not None:
                raise result.error
        finally:
            errand.tasks.clear()
            self._forget_the_done()

    def close(self) -> None:
        """Send everybody away: the service ends, and the model with it."""
        self._closed = True
        for errand in self._present:
            errand.end(_shutting_down())

    def _refuse_if_closed_or_full(self) -> None:
        if self._closed:
            raise _shutting_down()
        # The first of those present, if none is begun, will be before anything else happens.
        begun = max(1, sum(errand.begun for errand in self._present))
        if len(self._present) >= begun + self._max_waiting:
            tasks = len(self._round) + sum(len(errand.tasks) for errand in self._present)
            seconds = max(1, math.ceil(tasks * self._mean_seconds))
            raise Problem(
                BUSY,
                f"{self._max_waiting} requests are waiting already; try again in {seconds} s",
                headers={"Retry-After": str(seconds)},
            )

    async def _work_off(self) -> None:
        """Rounds, until nothing is left to do."""
        loop = asyncio.get_running_loop()
        while self._gather_round():
            started = loop.time()
            tasks = [task for _, task in self._round]
            # When the service ends, it does not wait for an article that nobody will get.
            outcomes = await to_thread.run_sync(_done, tasks, abandon_on_cancel=True)
            self._mean_seconds += NEWEST * ((loop.time() - started) / len(tasks) - self._mean_seconds)
            finished, self._round = self._round, []
            for (errand, _), outcome in zip(finished, outcomes, strict=True):
                if isinstance(outcome, _Raised):
                    errand.end(outcome.error)
                else:
                    errand.give(outcome)
            for errand, _ in finished:
                if not errand.tasks:
                    errand.end()
            self._forget_the_done()

    def _gather_round(self) -> bool:
        """Begin the next round; false when there is nothing to do."""
        room = ROUND
        while found := [each for each in self._present if each.tasks and self._fits(each.tasks[0], room)]:
            for errand in found:
                if self._fits(errand.tasks[0], room):
                    task = errand.tasks.popleft()
                    self._round.append((errand, task))
                    room -= task.size
                    self._begin(errand)
        self._count()
        return bool(self._round)

    def _fits(self, task: Task[Any], room: int) -> bool:
        return not self._round or (task.size <= room and task.do == self._round[0][1].do)

    def _begin(self, errand: Errand[Any]) -> None:
        if not errand.begun:
            errand.begun = True
            self._metrics.queue_seconds.observe(asyncio.get_running_loop().time() - errand.arrived)

    def _forget_the_done(self) -> None:
        """Let those go who have nothing more to do here, in the running round neither."""
        busy = {id(errand) for errand, _ in self._round}
        self._present = [each for each in self._present if each.tasks or id(each) in busy]
        self._count()

    def _count(self) -> None:
        self._metrics.queue_waiting.set(sum(not errand.begun for errand in self._present))


def _done(tasks: Sequence[Task[Result]]) -> list[Result | _Raised]:
    """What each task gave or raised; where tasks fail together, each is done alone."""
    try:
        return list(tasks[0].do([task.given for task in tasks]))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the request's to hear
        if len(tasks) == 1:
            return [_Raised(error)]
        return [outcome for task in tasks for outcome in _done([task])]


def _shutting_down() -> Problem:
    return Problem(
        SHUTTING_DOWN,
        "the service stopped before the model had finished",
        headers={"Retry-After": "1", "Connection": "close"},
    )
