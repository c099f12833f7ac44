"""A newcomer writes; the bot answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, ContextTypes, MessageHandler, filters

from bot.dialogue import Asked, Turn
from bot.guide import Guide
from bot.handlers.incoming import Incoming, read
from bot.handlers.keeping import keep_talk
from bot.handlers.recent import Recent, Said
from bot.handlers.rendering import render
from bot.handlers.staging import ANSWER, new_key, stage, talk_of
from bot.handlers.work import CURRENT, Work
from bot.model import Found, Match, NotFound, Unsure
from bot.store import Outgoing, Store


class Asking:
    """Texts, and everything else that people send instead of texts."""

    def __init__(self, guide: Callable[[], Guide], store: Store, recent: Recent, now: Callable[[], datetime]) -> None:
        self._guide = guide
        self._store = store
        self._recent = recent
        self._now = now

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        return [
            MessageHandler(filters.TEXT & ~filters.COMMAND, self.ask, block=True),
            MessageHandler(filters.ALL & ~filters.TEXT & ~filters.COMMAND, self.send, block=True),
        ]

    async def ask(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a text, together with the fragment before it when there is one."""
        incoming = read(update, context.bot.username)
        if incoming is None or incoming.kind != "text":
            return
        work, guide = CURRENT.get(), self._guide()
        moment = guide.local(self._now())
        talk = await talk_of(self._store, incoming.chat_id)
        match = guide.matcher.match(incoming.text)
        before = self._earlier(incoming, match, moment)
        if before and not incoming.is_edit and not isinstance(match.verdict, NotFound | Unsure):
            before = None  # it says enough by itself: an answer of its own, or a follow-up to what was shown
        text = incoming.text
        if before and not incoming.is_edit:
            joined = f"{before.text} {text}"
            together = guide.matcher.match(joined)
            # Read together only when that says something new; else the person would wait for an answer in vain.
            if isinstance(together.verdict, Found | Unsure) and _needs(together) != before.needs:
                text, match = joined, together
            else:
                before = None
        key = new_key()
        asked = Asked(text, match, incoming.phone_locale, incoming.removed, key)
        turn = guide.dialogue.asked(asked, talk, moment)
        if before and len(turn.replies) == 1:
            self._replace(work, incoming, turn, before, moment, text, key)
            return
        stage(work, incoming, turn, moment, question=text, key=key)
        keep_talk(work, incoming, turn, incoming.text)
        self._remember(incoming, text, turn, match, moment, f"{work.row.bot_id}:{work.row.update_id}:1")

    async def send(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a photo, voice message, location … A caption is a question like any other."""
        incoming = read(update, context.bot.username)
        if incoming is None:
            return
        work, guide = CURRENT.get(), self._guide()
        moment = guide.local(self._now())
        talk = await talk_of(self._store, incoming.chat_id)
        if incoming.text:
            match = guide.matcher.match(incoming.text)
            if match.urgent or isinstance(match.verdict, Found):
                asked = Asked(incoming.text, match, incoming.phone_locale, incoming.removed)
                turn = guide.dialogue.asked(asked, talk, moment)
                stage(work, incoming, turn, moment)
                keep_talk(work, incoming, turn, incoming.text)
                return
        turn = guide.dialogue.sent(incoming.media, talk, moment, incoming.phone_locale)
        stage(work, incoming, turn, moment)
        keep_talk(work, incoming, turn, incoming.text)

    def _earlier(self, incoming: Incoming, match: Match, moment: datetime) -> Said | None:
        """The message whose answer this one mends: the fragment before it, or the text that was edited."""
        if incoming.is_group or match.urgent:
            return None
        if incoming.is_edit:
            said = self._recent.last(incoming.chat_id, moment)
            return said if said and said.message_id == incoming.message_id and said.can_join else None
        return self._recent.before(incoming.chat_id, incoming.text, moment)

    def _replace(
        self, work: Work, incoming: Incoming, turn: Turn, before: Said, moment: datetime, text: str, key: str
    ) -> None:
        """Put the new answer in the place of the earlier one; what does not fit into an edit is sent after it."""
        first, *rest = render(turn.replies[0])
        new = work.next_key()
        body = {**first.body, "or_send": True}
        work.unit.send(Outgoing(new, incoming.chat_id, "edit", body, ANSWER, target_key=before.reply_key))
        for rendered in rest:
            work.unit.send(Outgoing(work.next_key(), incoming.chat_id, rendered.kind, rendered.body, ANSWER))
        stage(work, incoming, replace(turn, replies=()), moment, question=text, key=key)
        keep_talk(work, incoming, turn, incoming.text)
        said = Said(text, moment, incoming.message_id, before.reply_key, turn.needs)
        self._recent.remember(incoming.chat_id, said)

    def _remember(
        self, incoming: Incoming, text: str, turn: Turn, match: Match, moment: datetime, reply_key: str
    ) -> None:
        if incoming.is_group or match.urgent:
            self._recent.forget(incoming.chat_id)
            return
        said = Said(text, moment, incoming.message_id, reply_key, turn.needs, can_join=len(turn.replies) == 1)
        self._recent.remember(incoming.chat_id, said)


def _needs(match: Match) -> tuple[str, ...]:
    found = match.verdict
    return tuple(candidate.need for candidate in found.needs) if isinstance(found, Found | Unsure) else ()
