"""A `gainsay serve` for a benchmark: started on a free port of this machine, watched, and stopped."""

import asyncio
import os
import platform
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
MEGABYTE = 1e6
READY_SECONDS = 60
STOP_SECONDS = 60
POLL_SECONDS = 0.05
WATCH_SECONDS = 0.25


@dataclass(frozen=True)
class Server:
    """A running service; `ready_seconds` passed from its start until it said that it is ready."""

    port: int
    process: subprocess.Popen[bytes]
    ready_seconds: float

    @property
    def address(self) -> str:
        """Where it listens, as a URL without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def memory(self) -> int:
        """Resident memory in bytes."""
        return self._status("VmRSS")

    @property
    def peak_memory(self) -> int:
        """The most resident memory that it has had so far, in bytes."""
        return self._status("VmHWM")

    def _status(self, field: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            sys.exit("memory is read from /proc, which only Linux has, of a service that still runs")
        lines = status.read_text(encoding="ascii").splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


@dataclass
class Watch:
    """The memory of a server in bytes, looked at again and again."""

    before: int
    most: int


@asynccontextmanager
async def watched(server: Server) -> AsyncIterator[Watch]:
    """Look at the server's memory while this holds."""
    watch = Watch(server.memory, server.memory)

    async def look() -> None:
        while True:
            watch.most = max(watch.most, server.memory)
            await asyncio.sleep(WATCH_SECONDS)

    looking = asyncio.create_task(look())
    try:
        yield watch
    finally:
        looking.cancel()
        watch.most = max(watch.most, server.memory)


@contextmanager
def served(log: Path | None = None, **settings: object) -> Iterator[Server]:
    """A service, ready to answer; stopped on leaving.

    Args:
        log: the file that gets its standard error; this process' own by default.
        settings: of `service.settings`; each wins over its variable in the environment.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    chosen = {f"GAINSAY_{name.upper()}": str(value) for name, value in (settings | {"port": port}).items()}
    environment = {"GAINSAY_LOG_LEVEL": "error"} | dict(os.environ) | chosen
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve"]
    with ExitStack() as stack:
        stderr = stack.enter_context(log.open("ab")) if log else None
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=stderr)  # noqa: S603
        began = time.perf_counter()
        try:
            wait_until_ready(f"http://127.0.0.1:{port}", process)
            yield Server(port, process, time.perf_counter() - began)
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the process, gently at first."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the service says that it is ready; exit when it stops or takes too long."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(POLL_SECONDS)
    sys.exit(f"`gainsay serve` stopped, or was not ready within {READY_SECONDS} s")


def hardware(*packages: str) -> str:
    """What the figures were measured on, with the versions of these packages."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    processor = names[0] if names else platform.processor() or platform.machine()
    versions = [f"{name} {version(name)}" for name in ("onnxruntime", *packages)]
    python = f"Python {platform.python_version()}"
    return ", ".join([processor, f"{cores} cores", platform.system(), python, *versions])
