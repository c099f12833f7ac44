"""Builds every part once from the settings and hands it on; the only reader of the clock."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from telegram import Update
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application, BaseHandler

from bot.catalogue.content import find_content
from bot.errors import OpasError
from bot.guides import Guides
from bot.handlers.asking import Asking
from bot.handlers.browsing import Browsing
from bot.handlers.failing import fail
from bot.handlers.gate import GROUP, Gate
from bot.handlers.incoming import read
from bot.handlers.intake import ALLOWED, Intake, Polling
from bot.handlers.profile import sync_profile
from bot.handlers.recent import Recent
from bot.handlers.sending import Sender
from bot.handlers.staging import stage_reply, talk_of
from bot.handlers.work import CURRENT, Work
from bot.inbox import Held, Inbox
from bot.loopback import LoopbackServer, World
from bot.loopback.phone import phone_routes
from bot.matching.cache import HeadCache
from bot.outbox import Outbox
from bot.redaction import redact
from bot.reduction import Received
from bot.review import Review
from bot.settings import Settings
from bot.store import InboxRow, Store, Unit
from bot.web.routes import WEBHOOK_PATH, health_routes, webhook_route
from bot.web.server import WebServer

WORKERS: Final = 8
SENDS_AT_ONCE: Final = 4
EXPIRE_EVERY_S: Final = 3600

_log = logging.getLogger(__name__)


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """Now, aware and in UTC; a fixed moment when the settings say so."""
    if settings.now is not None:
        fixed = settings.now if settings.now.tzinfo else settings.now.replace(tzinfo=UTC)
        return lambda: fixed
    return lambda: datetime.now(UTC)


@dataclass
class Bot:
    """The running parts of one bot."""

    application: Application[Any, Any, Any, Any, Any, Any]
    guides: Guides
    store: Store
    inbox: Inbox
    outbox: Outbox
    intake: Intake
    review: Review

    async def settled(self) -> None:
        """Return when nothing is left to work on or to send."""
        await self.inbox.idle()
        await self.outbox.idle()


@asynccontextmanager
async def bot_at(settings: Settings, guides: Guides, now: Callable[[], datetime]) -> AsyncIterator[Bot]:
    """A bot that works on what is in its inbox and sends what is in its outbox; no updates come in yet."""
    async with await Store.open(settings.database, now=now, asker_key=settings.asker_key()) as store:
        review = Review(store, guides, timedelta(seconds=settings.undo_s))
        await review.start(settings.staff)
        application = _application(settings)
        recent = Recent()
        for handler in handlers(guides, store, recent, now):
            application.add_handler(handler)
        gate = Gate(guides, store, now, a_minute=settings.messages_per_minute, maintenance=settings.maintenance)
        application.add_handlers(gate.handlers(), GROUP)
        application.add_error_handler(fail)
        await _initialised(application)
        bot = application.bot
        inbox = Inbox(
            store,
            _worker(application, guides),
            bot_id=bot.id,
            now=now,
            urgent=lambda received: _is_urgent(guides, received),
            workers=WORKERS,
            on_failure=_apology(guides, store, bot.username),
        )
        sender = Sender(bot, store, recent.forget)
        outbox = Outbox(store, sender.send, now=now, parallel=SENDS_AT_ONCE)
        intake = Intake(inbox, bot, lambda text: redact(text, guides().own_numbers))
        await outbox.start()
        await inbox.start()
        try:
            yield Bot(application, guides, store, inbox, outbox, intake, review)
        finally:
            await inbox.stop()
            await outbox.stop()
            await application.shutdown()


def handlers(
    guides: Guides, store: Store, recent: Recent, now: Callable[[], datetime]
) -> list[BaseHandler[Any, Any, Any]]:
    """All handlers in order. Commands stand before texts because a command is a text too."""
    return [
        *Browsing(guides, store, recent, now).handlers(),
        *Asking(guides, store, recent, now).handlers(),
    ]


def _application(settings: Settings) -> Application[Any, Any, Any, Any, Any, Any]:
    builder = (
        Application.builder()
        .token(settings.token)
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .updater(None)
        .connection_pool_size(SENDS_AT_ONCE + WORKERS + 4)
        .pool_timeout(10)
    )
    if settings.proxy:
        builder = builder.proxy(settings.proxy)
    return builder.build()


async def _initialised(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Ask Telegram who we are, until it answers. Raises OpasError when it does not know the token."""
    wait = 1.0
    while True:
        try:
            await application.initialize()
            return
        except InvalidToken as error:
            raise OpasError("Telegram does not know this TELEGRAM_BOT_TOKEN. Ask @BotFather for it.") from error
        except RetryAfter as error:
            after = error.retry_after
            wait = float(after if isinstance(after, int) else after.total_seconds())
        except NetworkError:
            _log.warning("Telegram is out of reach", extra={"wait_s": wait})
        await asyncio.sleep(wait)
        wait = min(30.0, wait * 1.5)


def _worker(application: Application[Any, Any, Any, Any, Any, Any], guides: Guides) -> Callable[[InboxRow, Unit], Any]:
    async def handle(row: InboxRow, unit: Unit) -> Held | None:
        """One update through python-telegram-bot's handlers; what a handler raised is raised again here."""
        work = Work(row, unit)
        token = CURRENT.set(work)
        try:
            update = Update.de_json(json.loads(row.body), application.bot)
            incoming = read(update, application.bot.username)
            if incoming is not None and incoming.text and incoming.kind in ("text", "media"):
                await guides.learnt_enough(incoming.text)
            await application.process_update(update)
        finally:
            CURRENT.reset(token)
        if work.failure is not None:
            raise work.failure
        return "held" if work.held else None

    return handle


def _apology(guides: Guides, store: Store, username: str) -> Callable[[InboxRow, Unit], Any]:
    async def apologise(row: InboxRow, unit: Unit) -> None:
        """A kind sentence to whoever wrote the update that we failed on."""
        incoming = read(Update.de_json(json.loads(row.body), None), username)
        if incoming is not None:
            talk = await talk_of(store, incoming.chat_id)
            reply = guides().dialogue.failed(talk, incoming.phone_locale)
            stage_reply(Work(row, unit), replace(incoming, kind="text"), reply)

    return apologise


def _is_urgent(guides: Guides, received: Received) -> bool:
    return bool(received.text) and guides().matcher.match(received.text).urgent


# -- ways of running -------------------------------------------------------------------------------------------------


async def run_telegram(settings: Settings, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """The real thing, by polling or webhook, until ``stop``."""
    if not settings.token:
        raise OpasError("Set TELEGRAM_BOT_TOKEN (see .env.example), then start again.")
    now = clock_of(settings)
    guides = Guides(find_content(settings.content, Path.cwd()), HeadCache(settings.cache), settings.drafts)
    async with bot_at(settings, guides, now) as bot:
        routes: list[BaseRoute] = [*health_routes(lambda: not guides().missing)]
        jobs = [guides.watch(), _expire(bot.store), sync_profile(bot.application.bot, guides())]
        async with contextlib.AsyncExitStack() as stack:
            if settings.webhook_url:
                hook = Starlette(routes=[webhook_route(settings.secret(), bot.intake.take)])
                await stack.enter_async_context(WebServer(hook, settings.bind, settings.webhook_port, "WEBHOOK_PORT"))
                jobs.append(_set_webhook(bot, settings))
            else:
                jobs.append(Polling(bot.application.bot, bot.intake, settings.proxy).run())
            web = WebServer(Starlette(routes=routes), settings.bind, settings.web_port, "OPAS_WEB_PORT")
            await stack.enter_async_context(web)
            say(f"Opas answers as @{bot.application.bot.username}. Stop with Ctrl-C.")
            _announce_learning(guides, say)
            await _until(stop, jobs)


async def run_phone(settings: Settings, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """The browser phone in front of the same bot, with a Bot API on loopback and a database that is thrown away."""
    now = clock_of(settings)
    guides = Guides(find_content(settings.content, Path.cwd()), HeadCache(settings.cache), settings.drafts)
    world = World(name=f"Opas {guides().catalogue.city.name}")
    with _scratch() as folder:
        async with LoopbackServer(world) as api:
            local = replace(settings, token=world.token, api_url=api.url, database=folder / "phone.db", proxy="")
            async with bot_at(local, guides, now) as bot:
                routes = [*health_routes(lambda: not guides().missing), *phone_routes(world, title=world.name)]
                web = WebServer(Starlette(routes=routes), settings.bind, settings.web_port, "OPAS_WEB_PORT")
                jobs = [
                    guides.watch(),
                    sync_profile(bot.application.bot, guides()),
                    Polling(bot.application.bot, bot.intake).run(),
                ]
                async with web:
                    say(f"Open {web.url} in your browser and write to Opas. Stop with Ctrl-C.")
                    _announce_learning(guides, say)
                    await _until(stop, jobs)
                    await world.close()


def _announce_learning(guides: Guides, say: Callable[[str], None]) -> None:
    """Say what a first start does, which takes about a minute; silent at a later one."""
    total = len(guides().missing)
    if not total:
        return
    say("It learns the phrases now. A text that it is not sure of waits until its language is learnt.")

    def announce(_: object) -> None:
        left = len(guides().missing)
        say(f"learnt {total - left} of {total} languages" + ("." if left else ": all of them."))

    guides.on_swap.append(announce)


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="opas-phone-") as name:
        yield Path(name)


async def _until(stop: asyncio.Event, jobs: list[Any]) -> None:
    """Run the jobs until ``stop``, or until one fails, which ends all."""
    tasks = [asyncio.create_task(job) for job in jobs]
    waiting = asyncio.create_task(stop.wait())
    try:
        pending = {waiting, *tasks}
        while not waiting.done():
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises what the job raised
    finally:
        for task in (waiting, *tasks):
            task.cancel()
        await asyncio.gather(waiting, *tasks, return_exceptions=True)


async def _expire(store: Store) -> None:
    """Carry out the retention table, now and then."""
    while True:
        await store.expire()
        await asyncio.sleep(EXPIRE_EVERY_S)


async def _set_webhook(bot: Bot, settings: Settings) -> None:
    """Tell Telegram where we listen, until it has taken note."""
    wait = timedelta(seconds=1)
    while True:
        try:
            await bot.application.bot.set_webhook(
                f"{settings.webhook_url}{WEBHOOK_PATH}",
                allowed_updates=list(ALLOWED),
                secret_token=settings.secret(),
                drop_pending_updates=False,
            )
            return
        except RetryAfter as error:
            after = error.retry_after
            wait = timedelta(seconds=after) if isinstance(after, int) else after
        except TelegramError as error:
            _log.warning("webhook not set", extra={"error": type(error).__name__})
        await asyncio.sleep(wait.total_seconds())
