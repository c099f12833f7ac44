"""Ways of running the bot, on Telegram or in the browser, each until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from telegram import Bot as TelegramBot

from bot.app import Bot, bot_at, way_of
from bot.catalogue.content import find_content
from bot.clock import clock_of
from bot.errors import OpasError
from bot.guides import BACKLOG_S, Guides
from bot.handlers.damage import Damage
from bot.handlers.intake import Polling, set_webhook
from bot.handlers.line import authorities
from bot.handlers.outage import Outage, ask_about_webhook
from bot.handlers.profile import sync_profile
from bot.handlers.sending import Sender
from bot.handlers.staffmenu import StaffMenus
from bot.jobs import lasting, run_together, run_until
from bot.loopback import LoopbackServer, World
from bot.loopback.phone import LOOPBACK_HOSTS, phone_routes
from bot.matching.cache import HeadCache, progress_of
from bot.monitoring.monitor import Monitor
from bot.monitoring.pulse import Pulse, Systemd
from bot.monitoring.readiness import PollLink, TelegramLink, WebhookLink
from bot.review.daytime import ROUND_THE_CLOCK
from bot.settings import Settings
from bot.store import Store, StoreUnavailable
from bot.unopened import Unopened
from bot.watchdog import Watchdog
from bot.web.demo import HOURS as DEMO_HOURS
from bot.web.demo import PLACE as DEMO_PLACE
from bot.web.demo import UNDO_S as DEMO_UNDO_S
from bot.web.demo import complete_demo, prepare_demo
from bot.web.review import review_routes
from bot.web.routes import WEBHOOK_PATH, health_routes, starting_routes, webhook_route
from bot.web.server import WebServer

DATABASE_PATIENCE: Final = 3.0
POLLING_PATIENCE: Final = 5.0
"""In those of the watchdog: the database is looked at every 20 s, and the way to Telegram may be out for a while."""
SWITCH_S: Final = 0.0005
EXPIRE_EVERY_S: Final = 3600
CALLS_KEPT: Final = 100
"""By what plays Telegram for the browser phone, which may run for weeks; tests alone ask for all."""
GOODBYES_EVERY_S: Final = 20
GOODBYE_S: Final = 30.0
"""Together less than the 60 s within which a forgotten chat is nowhere any more, also when Telegram is out of reach."""

_Way: TypeAlias = tuple[TelegramLink, list[Coroutine[Any, Any, None]]]
"""How updates come in: what is known of it, and what goes on for it."""

_log = logging.getLogger(__name__)


async def run_telegram(settings: Settings, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """The real thing, by polling or webhook, until ``stop``.

    The health page comes first: while Telegram is out of reach or the database cannot be used it says so, and the bot
    can be stopped. Raises OpasError when it was stopped before its database could be used.
    """
    if not settings.token:
        raise OpasError("Set TELEGRAM_BOT_TOKEN (see .env.example), then start again.")
    way = way_of(settings)
    if way.encrypted:  # reading them takes 50 ms, in which the content can be read
        threading.Thread(target=authorities, args=(way.certificates,), daemon=True).start()
    guides = _guides(settings)
    systemd = Systemd(settings.notify_socket)
    pulse = Pulse(systemd)
    start = Unopened(settings, guides, clock_of(settings), say)
    starting = _pages(starting_routes(pulse, start.complaints))
    async with WebServer(starting, settings.bind, settings.web_port, "OPAS_WEB_PORT") as web:
        systemd.say("READY=1")
        _log.info("health page", extra={"url": web.url})
        try:
            async with Watchdog(settings.watchdog_s) as watchdog:
                running = _on_telegram(settings, guides, start, pulse, web, watchdog, say)
                await run_until(stop, [pulse.beat(), lasting("content", guides.watch), running])
        finally:
            systemd.say("STOPPING=1")
    if start.reason:
        raise OpasError(start.reason)


def _guides(settings: Settings, team_hours: str = "") -> Guides:
    """The content, kept out of the way of whatever makes everybody wait. ``team_hours``: see ``load_guide``."""
    # A thread that asks for the processor gets it after so long, not after 5 ms: a transaction asks twenty times.
    sys.setswitchinterval(SWITCH_S)
    # The content is a quarter of a million objects that stay. Looking through all of them for rubbish takes 0.1 s, time
    # after time while they are made, and later in the middle of an answer.
    gc.disable()
    try:
        folder, cache = find_content(settings.content, Path.cwd()), HeadCache(settings.cache)
        guides = Guides(folder, cache, settings.drafts, team_hours=team_hours, early=True)
    finally:
        gc.enable()
    gc.freeze()
    guides.on_ready.append(gc.freeze)  # what was made ready meanwhile stays too
    guides.on_change.append(lambda _: gc.unfreeze())  # the old content may go
    return guides


async def _on_telegram(
    settings: Settings,
    guides: Guides,
    start: Unopened,
    pulse: Pulse,
    web: WebServer,
    watchdog: Watchdog,
    say: Callable[[str], None],
) -> None:
    """Until cancelled."""
    now = clock_of(settings)
    async with contextlib.AsyncExitStack() as stack:
        bot = await start.opened(stack)
        jobs = [
            _gathered(bot),
            lasting("delivery", bot.delivery.run),
            lasting("periods", lambda: _expire(bot.store)),
            *_profile_jobs(bot),
        ]
        outage = Outage(bot.store, guides, lambda: _admins(bot), now)
        damage = Damage(bot.store, guides, lambda: _admins(bot), Sender(bot.application.bot).send, now)
        beat = watchdog.watch("the database", DATABASE_PATIENCE).beat
        jobs += [lasting("damage", damage.watch), lasting("outage", lambda: outage.watch(beat))]
        if settings.webhook_url:
            link, more = await _by_webhook(stack, bot, settings, outage)
        else:
            link, more = _by_polling(bot, settings, outage, watchdog)
        health = health_routes(_monitor(bot, pulse, link, settings, damage.complaint))
        web.app = _pages([*health, *_review_pages(bot, settings, address=settings.web_url)])
        say(f"Opas answers as @{bot.application.bot.username}. Stop with Ctrl-C.")
        _announce_learning(guides, say)
        await run_together([*jobs, *more])


async def _by_webhook(stack: contextlib.AsyncExitStack, bot: Bot, settings: Settings, outage: Outage) -> _Way:
    """Raises OpasError when the port cannot be used."""
    link, telegram = WebhookLink(), bot.application.bot

    async def take(raw: Sequence[object]) -> None:
        await bot.intake.take(raw)
        outage.answered()

    hook = _pages([webhook_route(settings.secret(), take)])
    await stack.enter_async_context(WebServer(hook, settings.bind, settings.webhook_port, "WEBHOOK_PORT"))
    bot.guides.others_started.set()
    return link, [
        lasting("webhook", lambda: _set_webhook(telegram, settings, link)),
        lasting("webhook's state", lambda: ask_about_webhook(telegram, outage, clock_of(settings))),
    ]


def _by_polling(bot: Bot, settings: Settings, outage: Outage, watchdog: Watchdog) -> _Way:
    link, polling = PollLink(asyncio.get_running_loop().time), watchdog.watch("polling", POLLING_PATIENCE)
    polling.beat()

    def answered() -> None:
        for told in (link.heard, polling.beat, outage.answered, bot.guides.others_started.set):
            told()

    poll = Polling(bot.application.bot, bot.intake, way_of(settings), answered)
    return link, [lasting("polling", poll.run)]


async def _gathered(bot: Bot) -> None:
    """Thousands of open questions come into memory and stay: the same as with the content, see ``_guides``."""
    gc.disable()
    try:
        await bot.review.gathered()
    finally:
        gc.enable()
    gc.freeze()


async def run_phone(settings: Settings, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """The browser phone in front of the same bot, with a Bot API on loopback and a database that is thrown away.

    Whoever tries it is the counsellor too: a person reads, also in a city that does not say yet when its team does. The
    staff of OPAS_STAFF are on Telegram and have no part in it.
    """
    guides = _guides(settings, DEMO_HOURS)
    world = World(name=f"Opas {guides().catalogue.city.name}", calls_kept=CALLS_KEPT)
    with _scratch() as folder:
        async with LoopbackServer(world) as api:
            local = replace(
                settings, token=world.token, api_url=api.url, database=folder / "phone.db", proxy="", staff={},
                undo_s=min(settings.undo_s, DEMO_UNDO_S),
            )  # fmt: skip
            async with bot_at(local, guides, clock_of(settings), ROUND_THE_CLOCK) as bot:
                pulse, link = Pulse(), PollLink(asyncio.get_running_loop().time)

                def answered() -> None:
                    link.heard()
                    guides.others_started.set()

                monitor = _monitor(bot, pulse, link, local)
                await prepare_demo(bot.review, guides())
                routes = [
                    *health_routes(monitor),
                    *_review_pages(bot, local, demo_hosts=LOOPBACK_HOSTS),
                    *phone_routes(world, title=world.name, review=DEMO_PLACE),
                ]
                jobs = [
                    pulse.beat(),
                    lasting("content", guides.watch),
                    *_profile_jobs(bot),
                    _counsellors(bot),
                    lasting("polling", Polling(bot.application.bot, bot.intake, on_answer=answered).run),
                ]
                async with WebServer(_pages(routes), settings.bind, settings.web_port, "OPAS_WEB_PORT") as web:
                    say(f"Open {web.url} in your browser and write to Opas. Stop with Ctrl-C.")
                    _announce_learning(guides, say)
                    await run_until(stop, jobs)
                    await world.close()


async def _counsellors(bot: Bot) -> None:
    """The demo's, when the first answers need nothing more: they would wait while its questions are grouped."""
    await bot.guides.made_ready.wait()
    await complete_demo(bot.review, bot.guides())
    await lasting("delivery", bot.delivery.run)


def _profile_jobs(bot: Bot) -> list[Coroutine[Any, Any, None]]:
    """What Telegram shows of the bot besides its messages: to everybody, and to the staff."""
    telegram, guides = bot.application.bot, bot.guides
    menus = StaffMenus(telegram, guides, bot.review)
    return [
        _later(guides, lambda: lasting("profile", lambda: sync_profile(telegram, guides()))),
        _later(guides, lambda: lasting("menus of the staff", menus.watch)),
    ]


async def _later(guides: Guides, job: Callable[[], Awaitable[None]]) -> None:
    """What nobody waits for, when everything else has started and those who wrote before are answered."""
    await guides.others_started.wait()
    await asyncio.sleep(BACKLOG_S)
    await job()


def _pages(routes: Sequence[BaseRoute]) -> Starlette:
    return Starlette(routes=routes)


def _review_pages(
    bot: Bot, settings: Settings, *, address: str = "", demo_hosts: Collection[str] = ()
) -> list[BaseRoute]:
    undo_for = timedelta(seconds=settings.undo_s)
    return review_routes(bot.review, bot.guides, undo_for=undo_for, address=address, demo_hosts=demo_hosts)


def _monitor(
    bot: Bot, pulse: Pulse, link: TelegramLink, settings: Settings, damage: Callable[[], str] = lambda: ""
) -> Monitor:
    return Monitor(bot.metrics, pulse, bot.guides, bot.store, bot.application.bot.id, link, clock_of(settings), damage)


def _announce_learning(guides: Guides, say: Callable[[str], None]) -> None:
    """Say what a first start does, which takes about a minute; silent at a later one."""
    missing = guides().missing
    if not missing:
        return
    say("It learns the phrases now, for up to a minute on two processors. Write already:")
    say("what it is sure of is answered at once, all else as soon as its language is learnt, which then comes first.")

    def announce(_: object) -> None:
        left = len(guides().missing)
        say(progress_of(len(missing) - left, missing) + ("." if left else ": all of them."))

    guides.on_swap.append(announce)


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="opas-phone-") as name:
        yield Path(name)


def _admins(bot: Bot) -> list[int]:
    """The chats of those who are told when something is wrong."""
    everybody = bot.review.staff.everybody
    return [staff.telegram_id for staff in everybody if staff.role == "admin" and staff.telegram_id is not None]


async def _expire(store: Store) -> None:
    """Carry out the retention table, now and then; a good-bye that cannot be sent does not keep a chat from being
    forgotten."""
    turns = 0
    while True:
        try:
            # First, so that a fault in what may wait for an hour keeps nobody from being forgotten.
            await store.drop_goodbyes(GOODBYE_S)
            if turns % (EXPIRE_EVERY_S // GOODBYES_EVERY_S) == 0:
                await store.expire()
            turns += 1
        except (StoreUnavailable, OSError) as error:
            # Too late is not lost: it is tried again in a moment.
            _log.warning("periods not carried out", extra={"reason": str(error)})
        await asyncio.sleep(GOODBYES_EVERY_S)


async def _set_webhook(bot: TelegramBot, settings: Settings, link: WebhookLink) -> None:
    await set_webhook(bot, f"{settings.webhook_url}{WEBHOOK_PATH}", settings.secret())
    link.is_set = True
