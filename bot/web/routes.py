"""The addresses that the bot answers on the web: health, and Telegram's webhook."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.monitoring.monitor import Monitor
from bot.monitoring.pulse import Pulse
from bot.store import StoreUnavailable
from bot.web.forms import read_body

WEBHOOK_PATH = "/tg"
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LARGEST_UPDATE = 1_000_000
"""Bytes of a webhook post that are read; Telegram's updates are far smaller."""


def health_routes(monitor: Monitor) -> list[Route]:
    """``/healthz``: the process and its loop live. ``/readyz``: it can answer people, else which part cannot.
    ``/metrics``: the figures for Prometheus."""

    async def healthz(_: Request) -> Response:
        return _health(monitor.is_alive())

    async def readyz(_: Request) -> Response:
        return _readiness(await monitor.ready())

    async def metrics(_: Request) -> Response:
        return Response(await monitor.metrics(), headers={"Content-Type": METRICS_TYPE, "Cache-Control": "no-store"})

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


def starting_routes(pulse: Pulse, complaints: Callable[[], Mapping[str, str]]) -> list[Route]:
    """The same before there is a bot. ``complaints``: part → why it is not ready."""

    async def healthz(_: Request) -> Response:
        return _health(pulse.is_alive())

    async def readyz(_: Request) -> Response:
        return _readiness(complaints())

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def _health(well: bool) -> Response:
    return PlainTextResponse("ok\n") if well else PlainTextResponse("no pulse\n", 503)


def _readiness(parts: Mapping[str, str]) -> Response:
    """``parts``: part → why it is not ready, "" when it is."""
    well = not any(parts.values())
    lines = ["ready" if well else "not ready", *(f"{name}: {why or 'ready'}" for name, why in parts.items())]
    return PlainTextResponse("\n".join(lines) + "\n", 200 if well else 503)


def webhook_route(secret: str, take: Callable[[Sequence[object]], Awaitable[None]]) -> Route:
    """Telegram's webhook: 200 only when the update is on the disk; 403 for whoever does not know the secret."""

    async def post(request: Request) -> Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=403)
        body = await read_body(request, LARGEST_UPDATE)
        if body is None:
            return Response(status_code=413)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):  # no JSON, or brackets within brackets without end
            return Response(status_code=400)
        try:
            await take([update])
        except StoreUnavailable:
            return Response(status_code=503, headers={"Retry-After": "5"})
        return Response(status_code=200)

    return Route(WEBHOOK_PATH, post, methods=["POST"])
