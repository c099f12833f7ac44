"""The database's file is looked through now and then: much can be written into a damaged one before anybody notices."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from bot.guide import Guide
from bot.handlers.rendering import render
from bot.model import Paragraph, Reply
from bot.outbox import ChatClosed, InDoubt, NotSent, NotTaken, TryLater
from bot.store import OutboxRow, Store, StoreUnavailable
from bot.store.wholeness import damage
from bot.texts import Speaker

EVERY_S: Final = 3600.0
"""At the start it was looked through already."""
SHARE: Final = 1 / 1000
"""At most so much of the time is spent on looking."""
AGAIN: Final = timedelta(days=1)
"""So often the admins are told of the same damage."""

_log = logging.getLogger(__name__)


class Damage:
    """What is wrong with the file; said in the log, by ``/readyz`` and to the admins."""

    def __init__(
        self,
        store: Store,
        guide: Callable[[], Guide],
        admins: Callable[[], list[int]],
        send: Callable[[OutboxRow], Awaitable[int | None]],
        now: Callable[[], datetime],
    ) -> None:
        """``admins``: the chats that are told. ``send``: past the outbox, which lies in the same file."""
        self._store = store
        self._guide = guide
        self._admins = admins
        self._send = send
        self._now = now
        self._found = ""
        self._told: dict[int, datetime] = {}

    def complaint(self) -> str:
        """What to do; "" when nothing is wrong, as far as it was looked at."""
        return self._found

    async def watch(self) -> None:
        """Look until cancelled."""
        took_s = 0.0
        while True:
            await asyncio.sleep(max(EVERY_S, took_s / SHARE))
            began = time.monotonic()
            try:
                await self.look()
            except StoreUnavailable as error:
                _log.warning("the database is not looked through", extra={"reason": str(error)})
            took_s = time.monotonic() - began

    async def look(self) -> None:
        """Look through the file; raise the alarm when it is damaged. Raises StoreUnavailable."""
        self._found = await damage(self._store.path)
        if not self._found:
            self._told.clear()
            return
        _log.critical("the database is damaged", extra={"reason": self._found})
        for chat_id in self._admins():
            told = self._told.get(chat_id)
            if told is None or self._now() - told >= AGAIN:
                await self._tell(chat_id)

    async def _tell(self, chat_id: int) -> None:
        speaker = self._guide().texts.staff.speaker(await self._locale(chat_id))
        reply = Reply(speaker.locale, tuple(Paragraph(line) for line in damage_text(speaker)))
        try:
            for rendered in render(reply):
                await self._send(OutboxRow(0, "", chat_id, rendered.kind, rendered.body, 0, None, 0, 0))
        except (TryLater, NotSent) as error:  # next time
            _log.warning("an admin is not told yet", extra={"error": type(error).__name__})
            return
        except (ChatClosed, NotTaken, InDoubt) as error:
            _log.warning("an admin is not told", extra={"error": type(error).__name__})
        self._told[chat_id] = self._now()

    async def _locale(self, chat_id: int) -> str | None:
        try:
            person = await self._store.person(chat_id)
        except StoreUnavailable:  # it stood on one of the damaged pages
            return None
        return person.locale if person else None


def damage_text(speaker: Speaker) -> list[str]:
    """What an admin has to know, and to have done."""
    return [
        speaker.say("My database is damaged. What people write now may be lost."),
        speaker.say("The last good copy has to be put in its place: stop me, opas restore FILE, start me."),
        speaker.say("Look at the disk of the machine too, and at the log of the bot."),
    ]
