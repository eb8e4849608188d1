"""What came back over the wire, in a word."""

import asyncio

import pytest

from benchmarks.clients import CLOSED, CUT_SHORT, REFUSED, SILENT, exchange, get, open_loop, parsed

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize(
    ("received", "outcome", "body"),
    [
        (ANSWER, "200", b"{}"),
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "503", b""),
        (ANSWER[:-1], CUT_SHORT, b""),
        (ANSWER[:20], CUT_SHORT, b""),
        (b"", CLOSED, b""),
    ],
)
def test_an_answer_counts_when_it_is_whole(received: bytes, outcome: str, body: bytes) -> None:
    assert parsed(received) == (outcome, body)


async def asked(behaviour: str) -> str:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if behaviour == "dies":
            writer.write(ANSWER[:-1])
            await writer.drain()
            writer.transport.abort()
        elif behaviour == "answers":
            writer.write(ANSWER)
        try:
            if behaviour == "waits":
                await reader.read()
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        answer = await exchange(port, get("/"), patience=0.3)
    return answer.outcome


@pytest.mark.parametrize(
    ("behaviour", "outcome"), [("answers", "200"), ("closes", CLOSED), ("dies", CUT_SHORT), ("waits", SILENT)]
)
def test_whatever_a_server_does_has_a_name(behaviour: str, outcome: str) -> None:
    assert asyncio.run(asked(behaviour)) == outcome


def test_nobody_at_home() -> None:
    async def ask() -> str:
        # A port that was free a moment ago.
        async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
        return (await exchange(port, get("/"))).outcome

    assert asyncio.run(ask()) == REFUSED


def test_a_constant_rate_waits_for_nobody() -> None:
    """Ten requests in half a second, to a server that takes two seconds for them."""
    arrived: list[float] = []

    async def load() -> list[float]:
        turn = asyncio.Lock()
        now = asyncio.get_running_loop().time

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            arrived.append(now())
            async with turn:
                await asyncio.sleep(0.2)
            writer.write(ANSWER)
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            answers = await open_loop(port, iter([get("/")] * 10), 20, 0.5)
        return [answer.seconds for answer in answers]

    seconds = asyncio.run(load())
    assert len(seconds) == 10
    assert arrived[-1] - arrived[0] < 1.5
    assert seconds[-1] > 1.4
