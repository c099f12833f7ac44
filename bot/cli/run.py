"""``opas run``."""

from __future__ import annotations

import asyncio
import logging
import signal
from dataclasses import replace
from pathlib import Path

import click

from bot.cli.common import content_option, settings_of
from bot.monitoring.logs import set_up_log
from bot.monitoring.secrets import keep_secret, secrets_of
from bot.running import run_phone, run_telegram
from bot.settings import Settings, unknown_settings

_log = logging.getLogger(__name__)


@click.command()
@content_option
@click.option("--telegram", is_flag=True, help="Fail when TELEGRAM_BOT_TOKEN is missing (for a service unit).")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port of the browser phone and of the health page (default 8080)."
)
@click.pass_context
def run(ctx: click.Context, content: Path | None = None, telegram: bool = False, port: int | None = None) -> None:
    """Run the bot: on Telegram with a token, else as a phone in your browser."""
    settings = settings_of(ctx, content)
    if port is not None:
        settings = replace(settings, web_port=port)
    set_up_log(settings.log)
    for line in unknown_settings(ctx.obj or {}):
        _log.warning(line)
    keep_secret(secrets_of(settings))
    asyncio.run(_run(settings, telegram=telegram or bool(settings.token)))


async def _run(settings: Settings, *, telegram: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    way = run_telegram if telegram else run_phone
    # Who collects JSON wants nothing else; at a terminal these lines are for a human being.
    say = logging.getLogger("bot.run").info if settings.log == "json" else click.echo
    await way(settings, stop, say)
