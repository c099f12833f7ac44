"""A newcomer finds their way by commands and buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot.dialogue import Desk, Talk
from bot.dialogue.offers import Right, read_right, right_of
from bot.dialogue.presses import read_press
from bot.dialogue.saving import words_of_press
from bot.dialogue.wrongfacts import kind_and_key
from bot.guide import Guide
from bot.handlers.incoming import Incoming, read
from bot.handlers.keeping import keep_talk, turn_of
from bot.handlers.recent import Recent
from bot.handlers.staging import new_key, stage, talk_of
from bot.handlers.toasts import Toasts
from bot.handlers.work import CURRENT
from bot.review import Review
from bot.store import Store


class Browsing:
    """Commands and buttons; any command that is not known is answered with help."""

    def __init__(
        self, guide: Callable[[], Guide], store: Store, recent: Recent, now: Callable[[], datetime], review: Review
    ) -> None:
        self._guide = guide
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
        incoming = read(update, context.bot.username)
        if incoming is None:
            return
        guide = self._guide()
        moment = guide.local(self._now())
        talk = await talk_of(self._store, incoming.chat_id)
        if right := right_of(incoming.text):
            await self._claim(right, incoming, talk, guide, moment)
            return
        turn = guide.dialogue.commanded(incoming.text, talk, moment, incoming.phone_locale)
        stage(CURRENT.get(), incoming, turn, moment)
        keep_talk(CURRENT.get(), incoming, turn, f"/{incoming.text}")

    async def press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        incoming = read(update, context.bot.username)
        if incoming is None:
            return
        guide = self._guide()
        moment = guide.local(self._now())
        talk = await talk_of(self._store, incoming.chat_id)
        if right := read_right(incoming.text):
            self._toasts.show(context.bot, incoming.query_id, "", self._now() - CURRENT.get().row.received_at)
            await self._claim(right, incoming, talk, guide, moment)
            return
        said = self._recent.last(incoming.chat_id, moment)
        self._handover.choose(CURRENT.get().unit, incoming.chat_id)
        text, key = (said.text, said.key or new_key()) if said else ("", "")
        pressed = read_press(incoming.text)
        verb = pressed.verb if pressed else ""
        is_open = verb in ("person", "none", "wrong") and not incoming.is_group
        desk = self._handover.desk(text, key, person=verb == "person") if is_open else Desk()
        report = kind_and_key(pressed.what) if pressed and verb == "fact" else None
        if verb == "fact":
            desk = Desk(key=new_key())
        turn = guide.dialogue.pressed(incoming.text, talk, moment, incoming.phone_locale, desk)
        if said and turn.keeps and not turn.needs:
            turn = replace(turn, needs=said.needs)
        waited = self._now() - CURRENT.get().row.received_at
        self._toasts.show(context.bot, incoming.query_id, turn.toast, waited)
        if turn.wipes or (said and turn.drops_question == said.key):
            self._recent.forget(incoming.chat_id)
        elif said and turn.keeps and verb != "fact":
            self._recent.remember(incoming.chat_id, replace(said, key=key))
        self._recent.expect_words(incoming.chat_id, "", moment)
        if report is not None:
            kind, key = report
            self._handover.note_wrong(CURRENT.get().unit, key, kind)
            self._recent.expect_words(incoming.chat_id, "" if kind == "phones" or incoming.is_group else key, moment)
        kept = desk.key if turn.keeps == "fact" else key
        stage(CURRENT.get(), incoming, turn, moment, question=text, key=kept, handover=self._handover)
        speaker = guide.texts.speaker(talk.locale or guide.texts.nearest(incoming.phone_locale))
        keep_talk(CURRENT.get(), incoming, turn, words_of_press(speaker, guide.catalogue, incoming.text))

    async def _claim(self, right: Right, incoming: Incoming, talk: Talk, guide: Guide, moment: datetime) -> None:
        """What a person may do about their own data; nothing of it stands in the talk that is kept."""
        turn = await turn_of(right, incoming, talk, guide, self._store, moment)
        if turn.forgets:
            self._recent.forget(incoming.chat_id)
        stage(CURRENT.get(), incoming, turn, moment)
