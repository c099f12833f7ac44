"""How answers reach the phones, and what else has to be done without anybody pressing a button."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from bot.dialogue.general import taken_back_reply
from bot.review.figures import Figures
from bot.review.parts import Parts
from bot.review.staff import VERSION as STAFF_VERSION
from bot.review.untouched import tell_untouched
from bot.review.weekly import tell_week
from bot.store import StoreUnavailable, groups
from bot.store import answers as answer_rows
from bot.store import asked as asked_rows
from bot.store.records import ANSWER, QUESTIONS

LOOK_S: Final = 0.5
"""How often the store is looked at for what is due, and for what was done beside this program."""
AFTER_FAULT_S: Final = 10.0
QUESTION_DAYS: Final = 180
"""A question is given up one day before its period (``store.retention``) ends, so that its asker can be told."""
HOURLY: Final = timedelta(hours=1)

_log = logging.getLogger(__name__)


class Delivery:
    """Sends due answers, tells people about answers that were taken back, follows acts done by other programs."""

    def __init__(self, parts: Parts, look: Callable[[], Awaitable[None]]) -> None:
        """``look``: reads what another program wrote into the outbox."""
        self._parts = parts
        self._store = parts.store
        self._look = look
        self._versions: tuple[int, int] | None = None
        self._looked_at: datetime | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            pause_s = AFTER_FAULT_S
            try:
                await self.tick()
                pause_s = LOOK_S
            except StoreUnavailable as error:
                _log.warning("the counsellors' loop waits", extra={"reason": str(error)})
            await asyncio.sleep(pause_s)

    async def tick(self) -> None:
        """Do what is due now."""
        await self._follow()
        for answer in await answer_rows.due_answers(self._store):
            await self._broadcast(answer)
        await self._tell_undone()
        await self._parts.handover.keep_abandoned()
        await self._parts.handover.sort()
        if await answer_rows.has_waiting(self._store):
            unit = self._store.unit()
            answer_rows.note_sent(unit)
            answer_rows.forget_direct(unit)
            await self._store.commit(unit)
        now = self._store.now()
        if self._looked_at is None or abs(now - self._looked_at) >= HOURLY:  # the clock may be set back
            self._looked_at = now
            await self._expire()
            await tell_untouched(self._parts)
            await tell_week(self._parts, Figures(self._store, self._parts.guide))

    # --- inside

    async def _follow(self) -> None:
        """Takes over what was done beside this program, and forgets words that have gone from the store."""
        versions = (await self._store.version(QUESTIONS), await self._store.version(STAFF_VERSION))
        if versions == self._versions:
            return
        await self._parts.staff.load()
        await self._parts.changed()
        await self._look()
        self._versions = versions

    async def _broadcast(self, answer: answer_rows.AnswerRow) -> None:
        """A closed message to everybody who said "Yes, write to me", in one transaction with the note that it went."""
        unit = self._store.unit()
        answer_rows.begin_broadcast(unit, answer.id)
        have = await answer_rows.receivers(self._store, answer.id)
        for row in await asked_rows.asked_in(self._store, answer.group_id):
            if row.chat_id is None or row.chat_id in have:
                continue
            have |= {row.chat_id}
            person = await self._store.person(row.chat_id)
            language = (person.locale if person else "") or row.language
            answer_rows.plan_delivery(
                unit, answer_id=answer.id, question_id=row.id, chat_id=row.chat_id, language=language
            )
            self._parts.stage_answered(unit, answer.id, row.chat_id, language)
        await self._store.commit(unit)

    async def _tell_undone(self) -> None:
        for row in await answer_rows.to_be_told(self._store):
            unit = self._store.unit()
            answer_rows.note_told(unit, row.answer_id, row.chat_id)
            speaker = self._parts.guide().texts.speaker(row.language)
            key = f"undone:{row.answer_id}:{row.chat_id}"
            self._parts.stage(unit, key, row.chat_id, taken_back_reply(speaker), ANSWER)
            await self._store.commit(unit)

    async def _expire(self) -> None:
        """Questions that nobody answered in half a year: a kind line to those who are waiting, then they go."""
        before = self._store.now() - timedelta(days=QUESTION_DAYS - 1)
        for row in await asked_rows.too_old(self._store, before):
            unit = self._store.unit()
            if row.chat_id is not None:
                self._parts.stage_closed(unit, row.id, row.chat_id, row.language)
            asked_rows.give_up(unit, row.id)
            await self._store.commit(unit)
        unit = self._store.unit()
        groups.close_empty(unit)
        await self._store.commit(unit)
