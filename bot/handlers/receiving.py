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
from bot.guide import Guide
from bot.handlers.incoming import Incoming, read
from bot.handlers.keeping import keep_talk
from bot.handlers.staging import stage, talk_of
from bot.handlers.toasts import Toasts
from bot.handlers.work import CURRENT, Work
from bot.model import Reply
from bot.review import Review
from bot.store import Store
from bot.texts import Speaker

PATTERN = r"^v1:(write|silent|show|reply):"


class Receiving:
    """Buttons whose meaning stands in the database."""

    def __init__(self, guide: Callable[[], Guide], store: Store, now: Callable[[], datetime], review: Review) -> None:
        self._guide = guide
        self._store = store
        self._now = now
        self._review = review
        self._toasts = Toasts()

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        return [CallbackQueryHandler(self.press, PATTERN, block=True)]

    async def press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        incoming = read(update, context.bot.username)
        pressed = read_press(incoming.text) if incoming else None
        if incoming is None or pressed is None:
            return
        work, guide = CURRENT.get(), self._guide()
        self._toasts.show(context.bot, incoming.query_id, "", self._now() - work.row.received_at)
        moment = guide.local(self._now())
        talk = await talk_of(self._store, incoming.chat_id)
        speaker = guide.dialogue.speaker_for(talk, incoming.phone_locale)
        after = talk.seen(moment)
        match pressed.verb:
            case "write" | "silent":
                reply = await self._write(work, incoming, pressed.what, pressed.verb == "write", speaker, moment)
            case "show":
                reply = self._show(work, incoming, pressed.what, speaker, moment)
            case _:
                reply, after = await self._reply(incoming, pressed.what, speaker, after)
        turn = Turn((reply,), after)
        stage(work, incoming, turn, moment)
        keep_talk(work, incoming, turn, "", "counsellor" if pressed.verb == "show" else "bot")

    async def _write(
        self, work: Work, incoming: Incoming, key: str, wanted: bool, speaker: Speaker, moment: datetime
    ) -> Reply:
        """ "Yes, write to me" and its withdrawal. What was answered meanwhile is shown at once."""
        handover, guide = self._review.handover, self._guide()
        group = await handover.group_of(key)
        if group is None or incoming.is_group:
            return gone_reply(speaker)
        handover.write_to(work.unit, key, incoming.chat_id if wanted else None)
        if not wanted:
            return will_not_write_reply(speaker, key)
        answer = self._review.learnt.answer_of(group)
        if answer is not None:
            self._review.learnt.note_given(work.unit, answer.id, incoming.chat_id, speaker.locale)
            return guide.dialogue.general(answer, speaker, moment)
        return will_write_reply(speaker, guide.catalogue, moment, key)

    def _show(self, work: Work, incoming: Incoming, what: str, speaker: Speaker, moment: datetime) -> Reply:
        answer = self._review.learnt.answer(int(what)) if what.isdecimal() else None
        if answer is None:
            return gone_reply(speaker)
        self._review.learnt.note_shown(work.unit, answer.id, incoming.chat_id, speaker.locale)
        return self._guide().dialogue.general(answer, speaker, moment)

    async def _reply(self, incoming: Incoming, key: str, speaker: Speaker, after: Talk) -> tuple[Reply, Talk]:
        if await self._review.writing.may_answer(incoming.chat_id, key):
            return reply_now(speaker), replace(after, replying_to=key)
        return too_late_reply(speaker), after
