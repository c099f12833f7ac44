"""A call of the Bot API arrives over a connection that stays open, and who calls hears whether it may have arrived."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from contextlib import asynccontextmanager, suppress

import pytest
from telegram.error import Forbidden, NetworkError, TimedOut
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.handlers import line as room
from bot.handlers.line import Line, Way, why_out_of_reach
from bot.handlers.sending import _certainly_not_sent
from tests.certificates import certificate


class Server:
    """Answers each request with what is next in ``answers``; the last one again and again."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.connections = 0
        self.asked: list[bytes] = []
        self.silent = asyncio.Event()
        self.open = 0

    async def serve(self, reader, writer) -> None:
        self.connections += 1
        self.open += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await self.answer(reader, writer)
        writer.close()
        self.open -= 1

    async def answer(self, reader, writer) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            self.asked.append(head + await reader.readexactly(length))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if answer == b"silence":
                await self.silent.wait()
            writer.write(answer.removesuffix(b"HANG UP"))
            if not answer or answer.endswith(b"HANG UP"):
                break


@asynccontextmanager
async def calling(*answers: bytes, tls: ssl.SSLContext | None = None, **times):
    server = Server(*answers)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    line = Line(**{"connections": 2, "read_timeout_s": 5.0, **times})
    await line.initialize()
    address = f"{'https' if tls else 'http'}://127.0.0.1:{listening.sockets[0].getsockname()[1]}/bot1:a/sendMessage"

    async def call(**fields: object):
        return await line.post(address, RequestData([RequestParameter(k, v, None) for k, v in fields.items()]))

    try:
        yield server, call
    finally:
        server.silent.set()
        listening.close()
        await line.shutdown()
        while server.open:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


OK = b'HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{"ok":true,"result":5}'
PIECES = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n{"ok":true\r\nC\r\n,"result":7}\r\n0\r\n\r\n'
ENDED = b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"ok":true,"result":8}HANG UP'
CLOSED = b'HTTP/1.1 403 ?\r\nContent-Length: 35\r\n\r\n{"ok":false,"description":"closed"}'


async def test_calls_one_after_another_use_one_connection():
    async with calling(OK, PIECES, CLOSED, OK) as (server, call):
        assert await call(text="Где?", chat_id=7) == 5
        assert await call() == 7
        with pytest.raises(Forbidden, match="closed"):
            await call()
        assert await call() == 5
    assert server.connections == 1
    assert server.asked[0].startswith(b"POST /bot1:a/sendMessage HTTP/1.1\r\nHost: 127.0.0.1")
    assert server.asked[0].endswith(b"text=%D0%93%D0%B4%D0%B5%3F&chat_id=7")


async def test_a_connection_that_the_server_closed_or_that_rested_long_is_not_used_again(monkeypatch):
    async with calling(ENDED, OK + b"HANG UP", OK) as (server, call):
        assert [await call() for _ in range(2)] == [8, 5]
        await asyncio.sleep(0.05)
        assert await call() == 5
        monkeypatch.setattr(room, "IDLE_S", 0.0)
        assert await call() == 5
    assert server.connections == 4


async def test_several_calls_at_once_have_a_connection_each_and_no_more_than_allowed():
    async with calling(b"silence", b"silence", OK, pool_timeout_s=0.05) as (server, call):
        held = [asyncio.create_task(call()) for _ in range(2)]
        while len(server.asked) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        with pytest.raises(TimedOut, match=r"was \*not\* sent"):
            await call()
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        assert await call() == 5
    assert server.connections == 3


BROKEN = {
    "nothing": b"",
    "half an answer": b"HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{HANG UP",
    "no HTTP": b"SSH-2.0-x\r\n\r\n",
}


@pytest.mark.parametrize("answer", BROKEN)
async def test_a_connection_that_breaks_leaves_in_doubt_whether_the_message_arrived(answer):
    async with calling(BROKEN[answer], OK) as (_, call):
        with pytest.raises(NetworkError) as broken:
            await call()
        assert not _certainly_not_sent(broken.value)
        assert await call() == 5


async def test_an_answer_that_does_not_come_leaves_it_in_doubt_too():
    async with calling(b"silence", OK, read_timeout_s=0.05) as (_, call):
        with pytest.raises(TimedOut) as late:
            await call()
        assert "was *not* sent" not in str(late.value)
        assert await call() == 5


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here: the certificate is made by it")
async def test_it_calls_nobody_whom_it_cannot_trust(tmp_path):
    cert, key = certificate(tmp_path, "IP:127.0.0.1")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    async with calling(OK, tls=tls) as (server, call):
        with pytest.raises(NetworkError) as unknown:
            await call()
        assert _certainly_not_sent(unknown.value)
        assert "certificate verify failed" in why_out_of_reach(unknown.value)
        assert server.asked == []
    async with calling(OK, tls=tls, way=Way(certificates=cert)) as (server, call):
        assert [await call() for _ in range(2)] == [5, 5]
        assert server.connections == 1


async def test_without_a_connection_the_message_was_certainly_not_sent():
    line = Line(connections=1, read_timeout_s=1.0)
    with pytest.raises(NetworkError) as nowhere:
        await line.post("http://127.0.0.1:1/bot1:a/getMe")
    assert _certainly_not_sent(nowhere.value)
    await line.shutdown()
