"""The Bot API over HTTP, in the same event loop as whoever starts it."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.loopback.methods import call_method
from bot.loopback.params import Params, read_params
from bot.loopback.refusal import Refusal
from bot.loopback.world import World

_PATIENCE_S = 1.0


def bot_api_routes(world: World) -> list[Route]:
    """Routes for `/bot<token>/<method>` and `/file/bot<token>/<file>`."""

    async def method(request: Request) -> Response:
        body = await _answer(world, request)
        status = 200 if body["ok"] else int(str(body["error_code"]))
        return Response(_dumped(body), status, media_type="application/json")

    async def file(request: Request) -> Response:
        kept = world.files.get(request.path_params["file_id"])
        if request.path_params["token"] != world.token or kept is None:
            return Response(_dumped(Refusal(404, "Not Found").body()), 404, media_type="application/json")
        return Response(kept.data, media_type=kept.mime_type)

    return [
        Route("/bot{token}/{method}", method, methods=["GET", "POST"]),
        Route("/file/bot{token}/{file_id:path}", file, methods=["GET"]),
    ]


async def _answer(world: World, request: Request) -> dict[str, object]:
    if request.path_params["token"] != world.token:
        return Refusal(401, "Unauthorized").body()
    try:
        scope = request.scope
        content_type = request.headers.get("content-type", "")
        params: Params = read_params(scope["query_string"], content_type, await request.body())
    except Refusal as refusal:
        return refusal.body()
    return await call_method(world, request.path_params["method"], params)


def _dumped(body: dict[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


class LoopbackServer:
    """Serves a world's Bot API (or any app given) on 127.0.0.1 while the `async with` lasts.

    `port=0` takes a free port; `url` is its address, for `Application.builder().base_url(server.url + "/bot")`.
    """

    def __init__(self, world: World, port: int = 0, *, app: ASGIApp | None = None, host: str = "127.0.0.1") -> None:
        self.world = world
        self._app = app or Starlette(routes=bot_api_routes(world))
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._socket is None:
            raise RuntimeError("the server runs only inside `async with`")
        return int(self._socket.getsockname()[1])

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://{self._address[0]}:{self.port}"

    async def __aenter__(self) -> Self:
        # Made with its protocol named: else asyncio leaves Nagle's algorithm on, and every answer takes 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(self._address)
        config = uvicorn.Config(
            self._app, log_config=None, access_log=False, lifespan="off", ws="none", server_header=False,
            date_header=False, timeout_keep_alive=60,
        )  # fmt: skip
        config.load()
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        # Not serve(): it takes over the signals and ticks every 0.1 s, which a test would wait for.
        await self._server.startup(sockets=[self._socket])
        self.world.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is None:
            return
        # Not shutdown() either: it sleeps 0.1 s whatever happens. Ended polls get a moment to write their answers.
        for listener in self._server.servers:
            listener.close()
        state = self._server.server_state
        for connection in list(state.connections):
            connection.shutdown()
        await self.world.close()
        deadline = time.monotonic() + _PATIENCE_S
        while state.tasks and time.monotonic() < deadline:  # noqa: ASYNC110 - uvicorn tells nobody when they end
            await asyncio.sleep(0.002)
        for task in list(state.tasks):
            task.cancel()
        await asyncio.sleep(0)
