"""When Telegram last answered, kept beyond the process; an outage that comes near 24 hours raises an alarm, because
Telegram throws older messages away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from telegram import Bot
from telegram.error import TelegramError

from bot.guide import Guide
from bot.handlers.line import why_out_of_reach
from bot.handlers.rendering import render
from bot.model import Paragraph, Reply
from bot.store import Outgoing, Store, StoreUnavailable, Unit
from bot.store.moments import keep_moment, last_moment
from bot.texts import Speaker

ANSWERED: Final = "telegram answered"
"""Under this name the moment is kept."""
LOOK_S: Final = 20.0
NEAR: Final = timedelta(hours=20)
KEPT: Final = timedelta(hours=24)
"""So long Telegram keeps a message for a bot that does not fetch it (Bot API, getUpdates)."""
SETTLED: Final = timedelta(minutes=10)
"""After a start Telegram gets this long to answer before its silence counts."""
ASK_EVERY_S: Final = 300.0
RECENT: Final = timedelta(minutes=10)

_log = logging.getLogger(__name__)


class Outage:
    """Notes every answer of Telegram, and tells the admins of a long silence."""

    def __init__(
        self,
        store: Store,
        guide: Callable[[], Guide],
        admins: Callable[[], list[int]],
        now: Callable[[], datetime],
    ) -> None:
        """``admins``: the chats that are told."""
        self._store = store
        self._guide = guide
        self._admins = admins
        self._now = now
        self._started = now()
        self._answered: datetime | None = None
        self._told: datetime | None = None
        """The last answer before the silence that was told of."""

    def answered(self) -> None:
        """Telegram answered just now, and what waited there came in."""
        self._answered = self._now()

    async def watch(self, beat: Callable[[], None], every_s: float = LOOK_S) -> None:
        """Look until cancelled. ``beat``: is called whenever the database answered, be it with a fault."""
        while True:
            try:
                await self.look()
            except StoreUnavailable as error:
                _log.warning("the moment of the last answer is not kept", extra={"reason": str(error)})
            finally:
                beat()
            await asyncio.sleep(every_s)

    async def look(self) -> None:
        """Keep what was noted; raise the alarm when it is time. Raises StoreUnavailable."""
        before, answered = await last_moment(self._store, ANSWERED), self._answered
        unit = self._store.unit()
        if answered is not None:
            if before is not None and answered - before >= NEAR:
                _log.error("Telegram was out of reach", extra={"since": before, "until": answered})
                await self._tell(unit, "over", before, answered)
            keep_moment(unit, ANSWERED, answered)
        elif before is not None and before != self._told and self._is_near(before):
            _log.critical("nothing comes from Telegram", extra={"since": before})
            await self._tell(unit, "near", before, self._now())
            self._told = before
        else:
            keep_moment(unit, "looked", self._now())  # the database has to be written to, to know that it can be
        await self._store.commit(unit)
        if self._answered is answered:
            self._answered = None

    def _is_near(self, before: datetime) -> bool:
        return self._now() - before >= NEAR and self._now() - self._started >= SETTLED

    async def _tell(self, unit: Unit, what: str, since: datetime, until: datetime) -> None:
        guide = self._guide()
        for chat_id in self._admins():
            person = await self._store.person(chat_id)
            speaker = guide.texts.staff.speaker(person.locale if person else None)
            local = (guide.local(since), guide.local(until))
            text = near_text(speaker, local[0]) if what == "near" else over_text(speaker, *local)
            reply = Reply(speaker.locale, tuple(Paragraph(line) for line in text))
            for index, rendered in enumerate(render(reply)):
                # One alarm an outage, however often it is looked at.
                key = f"outage:{what}:{since.timestamp():.0f}:{chat_id}:{index}"
                unit.send(Outgoing(key, chat_id, rendered.kind, rendered.body))


def near_text(speaker: Speaker, since: datetime) -> list[str]:
    """While it lasts; ``since`` on the city's clocks."""
    return [
        speaker.say("No message has come from Telegram since {moment}.", moment=_at(speaker, since)),
        speaker.say("Telegram keeps messages for 24 hours. What is older is lost."),
        speaker.say("Look at the machine, its network and the log of the bot."),
    ]


def over_text(speaker: Speaker, since: datetime, until: datetime) -> list[str]:
    """When it is over; says whether something may be lost."""
    lines = [
        speaker.say(
            "I was out of reach for people from {since} to {until}.",
            since=_at(speaker, since),
            until=_at(speaker, until),
        )
    ]
    if until - since < KEPT:
        lines.append(speaker.say("Telegram keeps messages for 24 hours. Nothing is lost, everybody is answered now."))
    else:
        moment = _at(speaker, until - KEPT)
        lines.append(
            speaker.say(
                "Telegram keeps messages for 24 hours. What was written before {moment} is lost.", moment=moment
            )
        )
    return lines


def _at(speaker: Speaker, moment: datetime) -> str:
    return speaker.latin(f"{moment.day}.{moment.month}.{moment.year} {moment.hour}:{moment.minute:02}")


async def ask_about_webhook(bot: Bot, outage: Outage, now: Callable[[], datetime]) -> None:
    """Ask Telegram now and then, until cancelled, whether it gets its messages through to us."""
    while True:
        try:
            info = await bot.get_webhook_info()
        except TelegramError as error:
            _log.warning("Telegram is out of reach", extra={"reason": why_out_of_reach(error)})
        else:
            failed_at = info.last_error_date
            if info.pending_update_count and failed_at is not None and now() - failed_at < RECENT:
                extra = {"reason": info.last_error_message, "waiting": info.pending_update_count}
                _log.error("Telegram does not get its messages through to WEBHOOK_URL", extra=extra)
            else:
                outage.answered()
        await asyncio.sleep(ASK_EVERY_S)
