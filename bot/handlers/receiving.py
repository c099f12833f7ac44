"""What comes to a person from the counsellors: "Yes, write to me", the answer behind "Show", replies to a letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes

from bot.dialogue import Talk, Turn
from bot.dialogue.general import reply_now, too_late_reply
from bot.dialogue.handover import gone_reply, will_not_write_reply, will_write_reply
from bot.dialogue.presses import read_press
from bot.handlers.incoming import Incoming
from bot.handlers.toasts import Toasts
from bot.handlers.visit import Visit, Visits
from bot.model import Reply
from bot.review import Review
from bot.texts import Speaker

PATTERN = r"^v1:(write|silent|show|reply):"


class Receiving:
    """Buttons whose meaning stands in the database."""

    def __init__(self, visits: Visits, now: Callable[[], datetime], review: Review) -> None:
        self._visits = visits
        self._now = now
        self._review = review
        self._toasts = Toasts()

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        return [CallbackQueryHandler(self.press, PATTERN, block=True)]

    async def press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a button of ``PATTERN``; what a counsellor wrote stands in the talk as theirs."""
        visit = await self._visits.of(update, context)
        pressed = read_press(visit.incoming.text) if visit else None
        if visit is None or pressed is None:
            return
        self._toasts.show(context.bot, visit.incoming.query_id, "", self._now() - visit.work.row.received_at)
        speaker = visit.guide.dialogue.speaker_for(visit.talk, visit.incoming.phone_locale)
        after = visit.talk.seen(visit.moment)
        match pressed.verb:
            case "write" | "silent":
                reply = await self._write(visit, pressed.what, pressed.verb == "write", speaker)
            case "show":
                reply = self._show(visit, pressed.what, speaker)
            case _:
                reply, after = await self._reply(visit.incoming, pressed.what, speaker, after)
        turn = Turn((reply,), after)
        visit.stage(turn)
        visit.keep(turn, "", "counsellor" if pressed.verb == "show" else "bot")

    async def _write(self, visit: Visit, key: str, wanted: bool, speaker: Speaker) -> Reply:
        """ "Yes, write to me" and its withdrawal. What was answered meanwhile is shown at once."""
        handover, guide, incoming, unit = self._review.handover, visit.guide, visit.incoming, visit.work.unit
        group = await handover.group_of(key)
        if group is None or incoming.is_group:
            return gone_reply(speaker)
        handover.write_to(unit, key, incoming.chat_id if wanted else None)
        if not wanted:
            return will_not_write_reply(speaker, key)
        answer = self._review.learnt.answer_of(group)
        if answer is not None:
            self._review.learnt.note_given(unit, answer.id, incoming.chat_id, speaker.locale)
            return guide.dialogue.general(answer, speaker, visit.moment)
        return will_write_reply(speaker, guide.catalogue, visit.moment, key)

    def _show(self, visit: Visit, what: str, speaker: Speaker) -> Reply:
        answer = self._review.learnt.answer(int(what)) if what.isdecimal() else None
        if answer is None:
            return gone_reply(speaker)
        self._review.learnt.note_shown(visit.work.unit, answer.id, visit.incoming.chat_id, speaker.locale)
        return visit.guide.dialogue.general(answer, speaker, visit.moment)

    async def _reply(self, incoming: Incoming, key: str, speaker: Speaker, after: Talk) -> tuple[Reply, Talk]:
        if await self._review.writing.may_answer(incoming.chat_id, key):
            return reply_now(speaker), replace(after, replying_to=key)
        return too_late_reply(speaker), after
