"""Stands before all other handlers: who writes too much waits, and while the guide is being repaired everybody does.
Urgent messages always pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from telegram import Bot, Update
from telegram.ext import ApplicationHandlerStop, BaseHandler, ContextTypes, TypeHandler

from bot.dialogue.holding import maintenance_line, maintenance_reply, slow_down_line, slow_down_reply
from bot.dialogue.offers import read_right, right_of
from bot.dialogue.presses import read_press
from bot.guide import Guide
from bot.handlers.incoming import Incoming, read
from bot.handlers.limits import Limits, Verdict
from bot.handlers.staging import stage_reply, talk_of
from bot.handlers.toasts import Toasts
from bot.handlers.work import CURRENT, Work
from bot.model import URGENT_TOPIC
from bot.store import Store

GROUP: Final = -1
"""python-telegram-bot asks groups of handlers in rising order; ours all stand in 0."""
PRESSES: Final = 2
"""So many presses are answered for one message: finding one's way by buttons takes several."""


class Gate:
    """An update that it answers itself goes no further."""

    def __init__(
        self,
        guide: Callable[[], Guide],
        store: Store,
        now: Callable[[], datetime],
        *,
        a_minute: int,
        maintenance: bool,
    ) -> None:
        """``a_minute``: messages of one chat that are answered. ``maintenance``: nothing but what is urgent is."""
        self._guide = guide
        self._store = store
        self._now = now
        self._messages = Limits(a_minute)
        self._presses = Limits(a_minute * PRESSES)
        self._maintenance = maintenance
        self._toasts = Toasts()

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        return [TypeHandler(Update, self.check, block=True)]

    async def check(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Let the update pass, or answer it here and raise ApplicationHandlerStop, which keeps it from the others."""
        incoming = read(update, context.bot.username)
        if incoming is None:
            return
        work = CURRENT.get()
        if self._always_passes(incoming, work):
            return
        if incoming.kind == "press":
            held = await self._hold_press(incoming, work, context.bot)
        else:
            message = update.effective_message
            at = (message.edit_date or message.date) if message else work.row.received_at
            held = await self._hold_message(
                incoming, work, self._messages.weigh(incoming.chat_id, work.row.update_id, at)
            )
        if held:
            raise ApplicationHandlerStop

    def _always_passes(self, incoming: Incoming, work: Work) -> bool:
        if incoming.kind == "press":
            return self._is_urgent_press(incoming.text) or read_right(incoming.text) is not None
        if incoming.kind == "command":
            return right_of(incoming.text) is not None  # nobody has to wait for their rights, whatever happens
        return work.row.urgent

    def _is_urgent_press(self, data: str) -> bool:
        """Removing the talk from the screen, and the way to the urgent numbers."""
        pressed = read_press(data)
        if pressed is None:
            return False
        need = self._guide().catalogue.need(pressed.what) if pressed.verb == "need" else None
        return (
            pressed.verb == "wipe"
            or (pressed.verb == "topic" and pressed.what == URGENT_TOPIC)
            or (need is not None and need.is_urgent)
        )

    async def _hold_message(self, incoming: Incoming, work: Work, verdict: Verdict) -> bool:
        if verdict == "free" and not self._maintenance:
            return False
        guide = self._guide()
        # Asked again here, rarely: the detector may have learnt the language since the message came in.
        match = guide.matcher.match(incoming.text) if incoming.text and incoming.kind != "command" else None
        if match and match.urgent:
            return False
        talk = await talk_of(self._store, incoming.chat_id)
        speaker = guide.dialogue.speaker_for(talk, incoming.phone_locale, incoming.text, match)
        if verdict == "notice":
            stage_reply(work, incoming, slow_down_reply(speaker, guide.catalogue))
        elif verdict == "free":
            work.held = incoming.kind != "command"
            facts = guide.dialogue.facts(speaker, guide.local(self._now()))
            stage_reply(work, incoming, maintenance_reply(speaker, facts, guide.catalogue, kept=work.held))
        return True

    async def _hold_press(self, incoming: Incoming, work: Work, bot: Bot) -> bool:
        at = work.row.received_at
        double = self._presses.is_double_tap(incoming.chat_id, incoming.text, incoming.message_id, at)
        verdict = self._presses.weigh(incoming.chat_id, work.row.update_id, at)
        if verdict == "free" and not double and not self._maintenance:
            return False
        guide = self._guide()
        talk = await talk_of(self._store, incoming.chat_id)
        speaker = guide.dialogue.speaker_for(talk, incoming.phone_locale)
        line = ""
        if verdict == "notice":
            line = slow_down_line(speaker)
        elif self._maintenance and verdict == "free" and not double:
            line = maintenance_line(speaker)
            facts = guide.dialogue.facts(speaker, guide.local(self._now()))
            stage_reply(work, incoming, maintenance_reply(speaker, facts, guide.catalogue, kept=False))
        self._toasts.show(bot, incoming.query_id, line, self._now() - at)
        return True
