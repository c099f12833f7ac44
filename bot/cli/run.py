"""``opas run``."""

from __future__ import annotations

import asyncio
import logging
import signal
from dataclasses import replace
from pathlib import Path

import click

from bot.app import run_phone, run_telegram
from bot.cli.common import content_option, settings_of
from bot.settings import Settings


@click.command()
@content_option
@click.option("--telegram", is_flag=True, help="Fail when TELEGRAM_BOT_TOKEN is missing (for a service unit).")
@click.option("--port", type=int, help="Port of the browser phone and of the health page (default 8080).")
@click.pass_context
def run(ctx: click.Context, content: Path | None = None, telegram: bool = False, port: int | None = None) -> None:
    """Run the bot: on Telegram with a token, else as a phone in your browser."""
    settings = settings_of(ctx, content)
    if port is not None:
        settings = replace(settings, web_port=port)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # httpx writes every address at INFO, and those of the Bot API hold the token.
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
    asyncio.run(_run(settings, telegram=telegram or bool(settings.token)))


async def _run(settings: Settings, *, telegram: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    way = run_telegram if telegram else run_phone
    await way(settings, stop, click.echo)
