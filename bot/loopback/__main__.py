"""`python -m bot.loopback`: the Bot API as a process of its own, with remote control, until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys

from starlette.applications import Starlette

from bot.loopback.control import control_routes
from bot.loopback.server import LoopbackServer, bot_api_routes
from bot.loopback.world import World


async def serve(world: World, port: int) -> None:
    """Serves until SIGINT or SIGTERM; the first line written says where, as JSON."""
    app = Starlette(routes=[*bot_api_routes(world), *control_routes(world)])
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with LoopbackServer(world, port, app=app) as server:
        sys.stdout.write(json.dumps({"url": server.url, "token": world.token}) + "\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser(prog="python -m bot.loopback", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--latency", type=float, default=0.0, metavar="S", help="seconds each call takes")
    parser.add_argument("--token", default=World.token, help="the bot's token")
    parser.add_argument("--retry-scale", type=float, default=1.0, help="factor for the webhook's pauses")
    given = parser.parse_args()
    world = World(token=given.token, latency_s=given.latency)
    world.updates.webhook.retry_scale = given.retry_scale
    asyncio.run(serve(world, given.port))


if __name__ == "__main__":
    main()
