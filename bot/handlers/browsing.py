"""A newcomer finds their way by commands and buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot.dialogue import Promise
from bot.dialogue.offers import Right, read_right, right_of
from bot.dialogue.presses import Pressed, read_press
from bot.dialogue.saving import words_of_press
from bot.dialogue.wrongfacts import kind_and_key
from bot.handlers.keeping import turn_of
from bot.handlers.recent import Recent
from bot.handlers.staging import new_key
from bot.handlers.toasts import Toasts
from bot.handlers.visit import Visit, Visits
from bot.review import Review
from bot.store import Store


class Browsing:
    """Commands and buttons; any command that is not known is answered with help."""

    def __init__(
        self, visits: Visits, store: Store, recent: Recent, now: Callable[[], datetime], review: Review
    ) -> None:
        self._visits = visits
        self._store = store
        self._recent = recent
        self._now = now
        self._handover = review.handover
        self._toasts = Toasts()

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        return [
            MessageHandler(filters.COMMAND, self.command, block=True),
            CallbackQueryHandler(self.press, block=True),
        ]

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        visit = await self._visits.of(update, context)
        if visit is None:
            return
        incoming = visit.incoming
        if right := right_of(incoming.text):
            await self._claim(right, visit)
            return
        turn = visit.guide.dialogue.commanded(incoming.text, visit.talk, visit.moment, incoming.phone_locale)
        visit.stage(turn)
        visit.keep(turn, f"/{incoming.text}")

    async def press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        visit = await self._visits.of(update, context)
        if visit is None:
            return
        incoming, guide, moment = visit.incoming, visit.guide, visit.moment
        if right := read_right(incoming.text):
            self._toasts.show(context.bot, incoming.query_id, "", self._waited(visit))
            await self._claim(right, visit)
            return
        said = self._recent.question(incoming.chat_id, moment)
        self._handover.choose(visit.work.unit, incoming.chat_id)
        text, key = (said.text, said.key or new_key()) if said else ("", "")
        pressed = read_press(incoming.text)
        promise = self._promise(visit, pressed, text, key)
        turn = guide.dialogue.pressed(incoming.text, visit.talk, moment, incoming.phone_locale, promise)
        if said and turn.keeps and not turn.needs:
            turn = replace(turn, needs=said.needs)
        self._toasts.show(context.bot, incoming.query_id, turn.toast, self._waited(visit))
        is_fact = pressed is not None and pressed.verb == "fact"
        if turn.wipes or (said and turn.drops_question == said.key):
            self._recent.forget(incoming.chat_id)
        elif said and turn.keeps and not is_fact:
            self._recent.remember(incoming.chat_id, replace(said, key=key))
        self._recent.expect_words(incoming.chat_id, "", moment)
        if pressed is not None and is_fact:
            self._note_wrong(visit, pressed)
        kept = promise.key if turn.keeps == "fact" else key
        visit.stage(turn, question=text, key=kept, handover=self._handover)
        speaker = guide.dialogue.speaker_for(visit.talk, incoming.phone_locale)
        visit.keep(turn, words_of_press(speaker, guide.catalogue, incoming.text))

    def _promise(self, visit: Visit, pressed: Pressed | None, text: str, key: str) -> Promise:
        """Whether a person would read the question, where the button means that one should."""
        verb = pressed.verb if pressed else ""
        if verb == "fact":
            return Promise(key=new_key())
        if verb in ("person", "none", "wrong") and not visit.incoming.is_group:
            return self._handover.promise(text, key, person=verb == "person")
        return Promise()

    def _note_wrong(self, visit: Visit, pressed: Pressed) -> None:
        """Which fact is wrong was said; what is right may be written next."""
        report = kind_and_key(pressed.what)
        if report is None:
            return
        kind, key = report
        self._handover.note_wrong(visit.work.unit, key, kind)
        awaited = "" if kind == "phones" or visit.incoming.is_group else key
        self._recent.expect_words(visit.incoming.chat_id, awaited, visit.moment)

    def _waited(self, visit: Visit) -> timedelta:
        return self._now() - visit.work.row.received_at

    async def _claim(self, right: Right, visit: Visit) -> None:
        """What a person may do about their own data; nothing of it stands in the talk that is kept."""
        turn = await turn_of(right, visit.incoming, visit.talk, visit.guide, self._store, visit.moment)
        if turn.forgets:
            self._recent.forget(visit.incoming.chat_id)
        visit.stage(turn)
