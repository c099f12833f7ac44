"""An app over HTTP in the event loop of whoever starts it, which leaves signals to them."""

from __future__ import annotations

import asyncio
import socket
from types import TracebackType
from typing import Final, Self

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

KEEP_ALIVE_S: Final = 5
LAST_ANSWERS_S: Final = 0.1


class AppServer:
    """Serves an app while the ``async with`` lasts. ``port`` 0 takes a free one; ``url`` says which."""

    def __init__(
        self,
        app: ASGIApp,
        host: str,
        port: int,
        *,
        keep_alive_s: int = KEEP_ALIVE_S,
        last_answers_s: float = LAST_ANSWERS_S,
    ) -> None:
        """``keep_alive_s``: how long a connection that nothing comes over stays open. ``last_answers_s``: how long
        answers under way may take at the end; event streams end then."""
        self.app = app
        """What is served; may be replaced while serving."""
        self._host, self._port = host, port
        self._last_answers_s = last_answers_s
        self._config = uvicorn.Config(
            self._serve,
            log_config=None,
            access_log=False,
            interface="asgi3",
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_keep_alive=keep_alive_s,
        )
        self._server = uvicorn.Server(self._config)
        self._ticking: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The one that was asked for; while serving, the one that is listened on."""
        return self._port

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://{self._host}:{self._port}"

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    async def _end_streams(self) -> None:
        """For whoever serves what goes on for ever: nobody new is let in, end it now."""

    async def __aenter__(self) -> Self:
        """Raises OSError when the port cannot be used."""
        # Made with its protocol named: else asyncio leaves Nagle's algorithm on, and every answer takes 40 ms.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((self._host, self._port))
        except OSError:
            listening.close()
            raise
        self._port = int(listening.getsockname()[1])
        self._config.load()
        self._server.lifespan = self._config.lifespan_class(self._config)
        # Not serve(): it would take the signals.
        await self._server.startup(sockets=[listening])
        self._ticking = asyncio.create_task(self._server.main_loop())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ticking is None:
            return
        self._ticking.cancel()
        await asyncio.gather(self._ticking, return_exceptions=True)
        # Not shutdown(): it sleeps 0.1 s whatever happens.
        for listener in self._server.servers:
            listener.close()
        state = self._server.server_state
        for connection in list(state.connections):
            connection.shutdown()
        await self._end_streams()
        if state.tasks:
            _, late = await asyncio.wait(state.tasks, timeout=self._last_answers_s)
            for request in late:
                request.cancel()
