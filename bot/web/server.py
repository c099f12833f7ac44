"""A web server in the bot's own event loop, which leaves signals to the bot."""

from __future__ import annotations

import asyncio
import socket
from types import TracebackType
from typing import Final, Self

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.errors import OpasError

LAST_ANSWERS_S: Final = 0.1


class WebServer:
    """Serves an app while the ``async with`` lasts. ``port`` 0 takes a free one; ``url`` says which."""

    def __init__(self, app: ASGIApp, host: str, port: int, setting: str) -> None:
        """``setting``: the name of the setting that chooses the port, for the message when it is taken."""
        self.app = app
        """What is served; may be replaced while serving."""
        self._host, self._port, self._setting = host, port, setting
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    async def __aenter__(self) -> Self:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((self._host, self._port))
        except OSError as error:
            listening.close()
            place, other = f"{self._host}:{self._port}", f"{self._setting}=8090"
            raise OpasError(f"{place} cannot be used ({error.strerror}). Choose another with {other}.") from error
        self._port = int(listening.getsockname()[1])
        config = uvicorn.Config(
            self._serve,
            log_config=None,
            access_log=False,
            interface="asgi3",
            lifespan="off",
            ws="none",
            server_header=False,
        )
        config.load()
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        # Not serve(): it would take the signals that stop the bot gracefully.
        await self._server.startup(sockets=[listening])
        self._task = asyncio.create_task(self._server.main_loop())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            # Not shutdown(): it sleeps 0.1 s whatever happens. Answers under way get as long; event streams end then.
            for listener in self._server.servers:
                listener.close()
            state = self._server.server_state
            for connection in list(state.connections):
                connection.shutdown()
            if state.tasks:
                _, late = await asyncio.wait(state.tasks, timeout=LAST_ANSWERS_S)
                for request in late:
                    request.cancel()
