"""Calls of the Bot API over connections that stay open, at a third of what they cost through httpx.

Every answer is one call, and of the work of a message httpx took two fifths. Here h11 speaks HTTP and asyncio holds the
connections; what is rarer (a file, a proxy) goes through python-telegram-bot's own request, as before.
"""

from __future__ import annotations

import asyncio
import functools
import ssl
import time
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies

import h11
import httpx
from telegram._utils.defaultvalue import DefaultValue  # what "no time-out given" is told from
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import HTTPXRequest, RequestData

IDLE_S: Final = 5.0
"""A connection that rested longer is not used again: the server may be closing it just now, and then nobody knows
whether a message arrived."""
CONNECT_S: Final = 5.0
SECOND_ADDRESS_S: Final = 0.25
"""How long the first address of a name (IPv6, often) is tried alone."""
CHUNK: Final = 65536

_Number = TypeVar("_Number")


@dataclass(frozen=True, slots=True)
class Way:
    """How the server is reached."""

    proxy: str = ""
    certificates: Path | None = None
    """Who may vouch for it, in PEM; None: whom everybody trusts."""
    encrypted: bool = True
    """Whether anybody has to vouch for it: nobody, on loopback."""


@dataclass(slots=True)
class _Connection:
    """One connection, used by one call at a time."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    speech: h11.Connection = field(default_factory=lambda: h11.Connection(h11.CLIENT))
    rests_since: float = 0.0

    def is_usable(self) -> bool:
        fresh = time.monotonic() - self.rests_since < IDLE_S
        return fresh and not self.reader.at_eof() and not self.writer.is_closing()

    def close(self) -> None:
        self.writer.close()

    async def ask(self, request: h11.Request, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer. Raises OSError or h11.ProtocolError when the connection breaks."""
        sent = [self.speech.send(event) for event in (request, h11.Data(data=body), h11.EndOfMessage())]
        self.writer.write(b"".join(part for part in sent if part))
        await self.writer.drain()
        status, parts = 0, []
        while True:
            event = self.speech.next_event()
            if event is h11.NEED_DATA:
                self.speech.receive_data(await self.reader.read(CHUNK))
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                parts.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                return status, b"".join(parts)
            elif not isinstance(event, h11.InformationalResponse):
                raise ConnectionError("closed without an answer")

    def next_call(self) -> bool:
        """Get ready for another call; whether there may be one."""
        if self.speech.our_state is not h11.DONE or self.speech.their_state is not h11.DONE:
            return False
        self.speech.start_next_cycle()
        self.rests_since = time.monotonic()
        return True


@functools.cache
def authorities(certificates: Path | None) -> ssl.SSLContext:
    """Who may vouch for a server, read once: reading them takes 30 ms, and httpx does it for every client, used or
    not."""
    return ssl.create_default_context(cafile=certificates) if certificates else httpx.create_ssl_context()


def why_out_of_reach(error: TelegramError) -> str:
    """For the log. Without the address of the call, which holds the token."""
    cause = error.__cause__
    if cause is None:
        return type(error).__name__
    return f"{type(cause).__name__}: {cause}".removesuffix(": ")


def pause_s(error: RetryAfter) -> float:
    """How long Telegram asks us to wait."""
    after = error.retry_after
    return float(after if isinstance(after, int) else after.total_seconds())


class Line(HTTPXRequest):
    """The way to one Bot API server."""

    __slots__ = ("_certificates", "_direct", "_free", "_resting", "_times")

    def __init__(
        self, way: Way | None = None, *, connections: int, read_timeout_s: float, pool_timeout_s: float = 10.0
    ) -> None:
        """``connections``: so many calls at once; the next one waits ``pool_timeout_s`` for its turn."""
        way = way or Way()
        self._certificates = way.certificates
        needs_authorities = way.encrypted or way.proxy or getproxies()
        super().__init__(
            connection_pool_size=connections,
            read_timeout=read_timeout_s,
            connect_timeout=CONNECT_S,
            pool_timeout=pool_timeout_s,
            proxy=way.proxy or None,
            httpx_kwargs={"verify": authorities(way.certificates) if needs_authorities else False},
        )
        # httpx looks for proxies in the environment by itself; where there is one, it goes its own way.
        self._direct = not way.proxy and not {"http", "https", "all"} & getproxies().keys()
        self._times = (read_timeout_s, pool_timeout_s)
        self._free = asyncio.Semaphore(connections)
        self._resting: list[tuple[tuple[str, str], _Connection]] = []

    async def shutdown(self) -> None:
        """Close the connections that rest."""
        while self._resting:
            self._resting.pop()[1].close()
        await super().shutdown()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = HTTPXRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = HTTPXRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = HTTPXRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = HTTPXRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body of the answer. Raises NetworkError and TimedOut, as HTTPXRequest does."""
        if not self._direct or method != "POST" or (request_data is not None and request_data.contains_files):
            return await super().do_request(
                url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
            )
        read_s, pool_s = (
            usual if isinstance(given, DefaultValue) else given
            for given, usual in zip((read_timeout, pool_timeout), self._times, strict=True)
        )
        async with _Turn(self._free, pool_s):
            return await self._call(url, request_data, read_s)

    async def _call(self, url: str, request_data: RequestData | None, read_s: float | None) -> tuple[int, bytes]:
        scheme, netloc, path, query, _ = urlsplit(url)
        body = request_data.url_encoded_parameters().encode() if request_data else b""
        request = h11.Request(
            method="POST",
            target=f"{path}?{query}" if query else path,
            headers=[
                ("Host", netloc.rpartition("@")[2]),
                ("User-Agent", self.USER_AGENT),
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Content-Length", str(len(body))),
            ],
        )
        connection = await self._connection((scheme, netloc))
        kept = False
        try:
            async with asyncio.timeout(read_s):
                answer = await connection.ask(request, body)
            if kept := connection.next_call():
                self._resting.append(((scheme, netloc), connection))
            return answer
        except TimeoutError as error:
            raise TimedOut from error
        except (OSError, h11.ProtocolError) as error:
            # The name of the cause tells the outbox that the message may have arrived.
            cause = httpx.ReadError(str(error))
            raise NetworkError(f"{type(error).__name__} while calling") from cause
        finally:
            if not kept:
                connection.close()

    async def _connection(self, place: tuple[str, str]) -> _Connection:
        """One that rests, or a new one. Raises NetworkError when there is none."""
        while self._resting:
            where, resting = self._resting.pop()
            if where == place and resting.is_usable():
                return resting
            resting.close()
        scheme, netloc = place
        address = urlsplit(f"//{netloc}")
        try:
            async with asyncio.timeout(CONNECT_S):
                reader, writer = await asyncio.open_connection(
                    address.hostname,
                    address.port or (443 if scheme == "https" else 80),
                    ssl=authorities(self._certificates) if scheme == "https" else None,
                    happy_eyeballs_delay=None if _is_address(address.hostname) else SECOND_ADDRESS_S,
                )
        except (OSError, TimeoutError) as error:
            # The name of the cause tells the outbox that nothing was sent.
            raise NetworkError(f"{type(error).__name__} while connecting") from httpx.ConnectError(str(error))
        return _Connection(reader, writer)


def _is_address(host: str | None) -> bool:
    """Whether ``host`` is an address itself, of which there is no second one to try; asyncio's race of addresses loses
    an open socket when it is cancelled in the moment of connecting."""
    try:
        ip_address(host or "")
    except ValueError:
        return False
    return True


class _Turn:
    """One of so many calls at once."""

    def __init__(self, free: asyncio.Semaphore, wait_s: float | None) -> None:
        self._free, self._wait_s = free, wait_s

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(self._wait_s if self._free.locked() else None):
                await self._free.acquire()
        except TimeoutError as error:
            raise TimedOut("All connections are in use; the request was *not* sent.") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._free.release()
