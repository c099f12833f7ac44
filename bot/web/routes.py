"""The addresses that the bot answers on the web: health, and Telegram's webhook."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.store import StoreUnavailable

WEBHOOK_PATH = "/tg"
LARGEST_UPDATE = 1_000_000
"""Bytes of a webhook post that are read; Telegram's updates are far smaller."""


def health_routes(is_ready: Callable[[], bool]) -> list[Route]:
    """``/healthz``: the process answers. ``/readyz``: it answers people."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        return PlainTextResponse("ready\n") if is_ready() else PlainTextResponse("not ready\n", 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def webhook_route(secret: str, take: Callable[[Sequence[object]], Awaitable[None]]) -> Route:
    """Telegram's webhook: 200 only when the update is on the disk; anything without the secret is a stranger's."""

    async def post(request: Request) -> Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=403)
        body = await request.body()
        if len(body) > LARGEST_UPDATE:
            return Response(status_code=413)
        try:
            update = json.loads(body)
        except ValueError:
            return Response(status_code=400)
        try:
            await take([update])
        except StoreUnavailable:
            return Response(status_code=503, headers={"Retry-After": "5"})
        return Response(status_code=200)

    return Route(WEBHOOK_PATH, post, methods=["POST"])
