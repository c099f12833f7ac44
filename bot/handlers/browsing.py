"""A newcomer finds their way by commands and buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot.dialogue import Promise, Turn
from bot.dialogue.offers import Right, read_right, right_of
from bot.dialogue.presses import Pressed, read_press
from bot.dialogue.saving import words_of_press
from bot.dialogue.wrongfacts import kind_and_key
from bot.handlers.keeping import turn_of
from bot.handlers.recent import Recent, Said
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
        """Answer a command; one by which people use their rights is carried out."""
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
        """Answer a button; the question that was said last is kept with it where the button means that."""
        visit = await self._visits.of(update, context)
        if visit is None:
            return
        query_id = visit.incoming.query_id
        if right := read_right(visit.incoming.text):
            self._toasts.show(context.bot, query_id, "", self._waited(visit))
            await self._claim(right, visit)
            return
        self._handover.choose(visit.work.unit, visit.incoming.chat_id)
        pressed = read_press(visit.incoming.text)
        said = self._recent.question(visit.incoming.chat_id, visit.moment)
        promise = self._promise(visit, pressed, said)
        turn = self._turn(visit, said, promise)
        self._toasts.show(context.bot, query_id, turn.toast, self._waited(visit))
        self._remember(visit, turn, said)
        self._expect_words(visit, pressed)
        self._keep(visit, turn, said, promise)

    def _promise(self, visit: Visit, pressed: Pressed | None, said: Said | None) -> Promise:
        """Whether a person would read what was said, where the button means that one should."""
        verb = pressed.verb if pressed else ""
        if verb == "fact":
            return Promise(key=new_key())
        if verb in ("person", "none", "wrong") and not visit.incoming.is_group:
            text, key = (said.text, said.key) if said else ("", "")
            return self._handover.promise(text, key, person=verb == "person")
        return Promise()

    def _turn(self, visit: Visit, said: Said | None, promise: Promise) -> Turn:
        """What the button brings about. A question that is kept without a need is about what was shown for it."""
        incoming = visit.incoming
        turn = visit.guide.dialogue.pressed(incoming.text, visit.talk, visit.moment, incoming.phone_locale, promise)
        return replace(turn, needs=said.needs) if said and turn.keeps and not turn.needs else turn

    def _remember(self, visit: Visit, turn: Turn, said: Said | None) -> None:
        """What was said last, as far as it is still there and still what the next button means."""
        chat_id = visit.incoming.chat_id
        if turn.wipes or (said and turn.drops_question == said.key):
            self._recent.forget(chat_id)
        elif said and turn.keeps and turn.keeps != "fact":
            self._recent.remember(chat_id, said)

    def _expect_words(self, visit: Visit, pressed: Pressed | None) -> None:
        """After a button that says which fact is wrong, what is right may be written next; after any other, nothing."""
        report = kind_and_key(pressed.what) if pressed and pressed.verb == "fact" else None
        awaited = ""
        if report is not None:
            kind, key = report
            self._handover.note_wrong(visit.work.unit, key, kind)
            awaited = "" if kind == "phones" or visit.incoming.is_group else key
        self._recent.expect_words(visit.incoming.chat_id, awaited, visit.moment)

    def _keep(self, visit: Visit, turn: Turn, said: Said | None, promise: Promise) -> None:
        """Stage the turn with the question that it keeps, if any, and a line of the talk."""
        text, key = (said.text, said.key) if said else ("", "")
        visit.stage(turn, question=text, key=promise.key if turn.keeps == "fact" else key, handover=self._handover)
        speaker = visit.guide.dialogue.speaker_for(visit.talk, visit.incoming.phone_locale)
        visit.keep(turn, words_of_press(speaker, visit.guide.catalogue, visit.incoming.text))

    def _waited(self, visit: Visit) -> timedelta:
        return self._now() - visit.work.row.received_at

    async def _claim(self, right: Right, visit: Visit) -> None:
        """What a person may do about their own data; nothing of it stands in the talk that is kept."""
        turn = await turn_of(right, visit.incoming, visit.talk, visit.guide, self._store, visit.moment)
        if turn.forgets:
            self._recent.forget(visit.incoming.chat_id)
        visit.stage(turn)
