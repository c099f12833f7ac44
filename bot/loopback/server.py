"""The Bot API over HTTP, in the same event loop as whoever starts it."""

from __future__ import annotations

import json
from typing import Final, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.loopback.methods import call_method
from bot.loopback.params import Params, read_params
from bot.loopback.refusal import Refusal
from bot.loopback.world import World
from bot.serving import AppServer

_KEEP_ALIVE_S: Final = 60
_LAST_ANSWERS_S: Final = 1.0
"""Polls that are ended get a moment to write their answers."""


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


class LoopbackServer(AppServer):
    """Serves a world's Bot API (or any app given) on 127.0.0.1 while the `async with` lasts.

    It takes a free port; `url` is its address, for `Application.builder().base_url(server.url + "/bot")`.
    """

    def __init__(self, world: World, *, app: ASGIApp | None = None) -> None:
        app = app or Starlette(routes=bot_api_routes(world))
        super().__init__(app, "127.0.0.1", 0, keep_alive_s=_KEEP_ALIVE_S, last_answers_s=_LAST_ANSWERS_S)
        self.world = world

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.world.open()
        return self

    async def _end_streams(self) -> None:
        await self.world.close()
