"""Builds every part once from the settings and hands it on."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any, Final

from telegram import Update
from telegram.error import InvalidToken, NetworkError, RetryAfter
from telegram.ext import Application, BaseHandler

from bot.errors import OpasError
from bot.guides import Guides
from bot.handlers.asking import Asking
from bot.handlers.browsing import Browsing
from bot.handlers.failing import fail
from bot.handlers.gate import GROUP, Gate
from bot.handlers.incoming import read
from bot.handlers.intake import Intake
from bot.handlers.line import Line, Way, pause_s, why_out_of_reach
from bot.handlers.receiving import Receiving
from bot.handlers.recent import Recent
from bot.handlers.rendering import messages_of
from bot.handlers.reviewing import Reviewing, begun_in_chat
from bot.handlers.sending import Sender
from bot.handlers.staging import stage_reply, talk_of
from bot.handlers.typing import Typing
from bot.handlers.unstored import Unstored
from bot.handlers.visit import Visits
from bot.handlers.work import CURRENT, Work
from bot.inbox import Handle, Held, Inbox
from bot.model import NotFound, Unsure
from bot.monitoring.metrics import Metrics
from bot.outbox import Outbox
from bot.redaction import redact
from bot.review import Delivery, Review
from bot.review.daytime import DAYTIME, Daytime
from bot.settings import Settings
from bot.store import InboxRow, Store, Unit

WORKERS: Final = 8
SENDS_AT_ONCE: Final = 4
SLOWEST_ANSWER_S: Final = 15.0
"""Long: a slow answer is cheaper than a double."""

_log = logging.getLogger(__name__)


def way_of(settings: Settings) -> Way:
    """How Telegram is reached."""
    return Way(settings.proxy, settings.certificates, settings.api_url.startswith("https:"))


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
    delivery: Delivery
    metrics: Metrics

    async def settled(self) -> None:
        """Return when nothing is left to work on or to send."""
        await self.inbox.idle()
        await self.outbox.idle()


@asynccontextmanager
async def bot_at(
    settings: Settings, guides: Guides, now: Callable[[], datetime], daytime: Daytime = DAYTIME
) -> AsyncIterator[Bot]:
    """A bot that works on what is in its inbox and sends what is in its outbox; no updates come in yet.

    ``daytime``: when a message that nobody is waiting for may arrive. Raises StoreUnavailable when the database cannot
    be used, OpasError when somebody else does or the token is wrong.
    """
    async with await Store.open(settings.database, now=now, asker_key=settings.asker_key()) as store:
        review = Review(store, guides, timedelta(seconds=settings.undo_s), messages_of, daytime=daytime)
        await review.start(settings.staff)
        application, recent, metrics = application_of(settings), Recent(), Metrics()
        page = settings.web_url or (f"http://{settings.bind}:{settings.web_port}" if settings.web_port else "")
        application.add_handlers(handlers(guides, store, recent, now, review, page, await begun_in_chat(review)))
        gate = Gate(guides, store, now, a_minute=settings.messages_per_minute, maintenance=settings.maintenance)
        application.add_handlers(gate.handlers(), GROUP)
        application.add_error_handler(fail)
        await initialised(application)
        bot = application.bot
        sender = Sender(bot, store, recent.forget)
        unstored = Unstored(bot, guides, sender.send, now)
        typing = Typing(bot)
        inbox = Inbox(
            store,
            _worker(application),
            bot_id=bot.id,
            now=now,
            urgent=lambda row: _is_urgent(guides, metrics, row),
            ready=lambda row: _ready(guides, review, typing, row),
            workers=WORKERS,
            on_failure=_apology(guides, store, bot.username),
            on_outage=unstored.tell_kept,
        )
        outbox = Outbox(
            store,
            metrics.counting(sender.send),
            now=now,
            parallel=SENDS_AT_ONCE,
            quiet_until=lambda moment: daytime.next(guides().local(moment)),
        )
        intake = Intake(inbox.accept, bot, lambda text: redact(text, guides().own_numbers), unstored)
        delivery = review.delivery(outbox.look)
        async with _at_work(application, review, inbox, outbox):
            guides.on_learnt.append(metrics.learnt)
            guides.on_change.append(metrics.content_changed)
            yield Bot(application, guides, store, inbox, outbox, intake, review, delivery, metrics)


@asynccontextmanager
async def _at_work(
    application: Application[Any, Any, Any, Any, Any, Any], review: Review, inbox: Inbox, outbox: Outbox
) -> AsyncIterator[None]:
    """What was left by the last start is worked on, and what comes in; nothing is left in hand at the end."""
    gathering = asyncio.create_task(review.gather())
    try:
        await outbox.start()
        await inbox.start()
        yield
    finally:
        gathering.cancel()
        await asyncio.gather(gathering, return_exceptions=True)
        await inbox.stop()
        await outbox.stop()
        await application.shutdown()


def handlers(
    guides: Guides,
    store: Store,
    recent: Recent,
    now: Callable[[], datetime],
    review: Review,
    page: str = "",
    begun: Mapping[int, Mapping[str, object]] = MappingProxyType({}),
) -> list[BaseHandler[Any, Any, Any]]:
    """All handlers in order. Commands stand before texts because a command is a text too. ``begun``: what the staff
    had begun in the chat when the program stopped."""
    visits = Visits(guides, store, now)
    browsing = Browsing(visits, store, recent, now, review)
    return [
        *Reviewing(guides, review, browsing, now, page, begun).handlers(),
        *Receiving(visits, now, review).handlers(),
        *browsing.handlers(),
        *Asking(visits, recent, review).handlers(),
    ]


def application_of(settings: Settings) -> Application[Any, Any, Any, Any, Any, Any]:
    """python-telegram-bot's own parts, without handlers yet."""
    if "sniffio" not in sys.modules and find_spec("sniffio") is None:
        # httpcore looks for it six times a request; said once that it is not there, a message costs a quarter less CPU.
        sys.modules["sniffio"] = None  # type: ignore[assignment]  # what Python itself means by "not there"
    line = Line(way_of(settings), connections=SENDS_AT_ONCE + WORKERS + 4, read_timeout_s=SLOWEST_ANSWER_S)
    builder = (
        Application.builder()
        .token(settings.token)
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .updater(None)
        .request(line)
        .get_updates_request(line)  # not used, but one must be given
    )
    return builder.build()


async def initialised(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Ask Telegram who we are, until it answers. Raises OpasError when it does not know the token."""
    wait = 1.0
    while True:
        try:
            await application.initialize()
            return
        except InvalidToken as error:
            raise OpasError("Telegram does not know this TELEGRAM_BOT_TOKEN. Ask @BotFather for it.") from error
        except RetryAfter as error:
            wait = pause_s(error)
        except NetworkError as error:
            _log.warning("Telegram is out of reach", extra={"reason": why_out_of_reach(error), "wait_s": wait})
        await asyncio.sleep(wait)
        wait = min(30.0, wait * 1.5)


def _worker(application: Application[Any, Any, Any, Any, Any, Any]) -> Handle:
    async def handle(row: InboxRow, unit: Unit) -> Held | None:
        """One update through python-telegram-bot's handlers; what a handler raised is raised again here."""
        work = Work(row, unit)
        token = CURRENT.set(work)
        try:
            await application.process_update(Update.de_json(json.loads(row.body), application.bot))
        finally:
            CURRENT.reset(token)
        if work.failure is not None:
            raise work.failure
        return "held" if work.held else None

    return handle


def _apology(guides: Guides, store: Store, username: str) -> Handle:
    async def apologise(row: InboxRow, unit: Unit) -> None:
        """A kind sentence to whoever wrote the update that we failed on."""
        incoming = read(Update.de_json(json.loads(row.body), None), username)
        if incoming is not None:
            talk = await talk_of(store, incoming.chat_id)
            reply = guides().dialogue.failed(talk, incoming.phone_locale)
            stage_reply(Work(row, unit), replace(incoming, kind="text"), reply)

    return apologise


def written_in(row: InboxRow) -> str:
    """The words of an update as it is kept; empty where there are none."""
    update = json.loads(row.body)
    message = update.get("message") or update.get("edited_message") or {}
    return "\n".join(message[field] for field in ("text", "caption") if field in message)


def _ready(guides: Guides, review: Review, typing: Typing, row: InboxRow) -> Awaitable[None] | None:
    """What a text waits for after a start; a button or a command waits for nothing."""
    if not guides.is_learning and review.is_gathered:
        return None
    text = written_in(row)
    if not text or text.startswith("/"):
        return None
    if row.chat_id is None or row.chat_id < 0:  # a group: most of what is said there is not for the bot
        return _understood(guides, review, text)
    return typing.until(lambda: _understood(guides, review, text), row.chat_id)


async def _understood(guides: Guides, review: Review, text: str) -> None:
    """Until it is known whether the guide answers this; if not, until it is known too who asked the same before: else
    it would open a group of its own beside theirs, and a person's answer to them would not be found."""
    await guides.learnt_enough(text)
    if isinstance(guides().matcher.match(text).verdict, NotFound | Unsure):
        await review.gathered()


def _is_urgent(guides: Guides, metrics: Metrics, row: InboxRow) -> bool:
    text = written_in(row)
    if not text:
        return False
    began = time.perf_counter()
    urgent = guides().matcher.match(text).urgent
    metrics.matched(time.perf_counter() - began, urgent=urgent)
    return urgent
