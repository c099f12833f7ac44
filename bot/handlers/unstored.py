"""While nothing can be stored: Telegram keeps the messages for us, and whoever writes still hears a word at once."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from telegram import Bot, Update

from bot.dialogue import Asked, Talk
from bot.dialogue.holding import unstored_reply
from bot.guide import Guide
from bot.handlers.incoming import Incoming, read
from bot.handlers.rendering import render
from bot.model import Match, Reply
from bot.outbox import ChatClosed, InDoubt, NotSent, NotTaken, TryLater
from bot.reduction import Received
from bot.store import InboxRow, OutboxRow

AGAIN: Final = timedelta(hours=1)
"""A chat hears it once in this time, and only when it wrote again."""
MOST_TOLD: Final = 10_000
"""Chats, and updates, that are kept in mind."""
MOST_DOUBTS: Final = 3
"""So often a card goes out of which nobody knows whether it arrived: rather twice than never."""
_HELPED: Final = -1
_Value = TypeVar("_Value")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Who waits, and what was made of the words."""

    incoming: Incoming
    text: str
    match: Match | None
    unlearnt: int
    """Languages that were not learnt yet when it was read."""

    @property
    def is_urgent(self) -> bool:
        return self.match is not None and self.match.urgent


class Unstored:
    """Sends past the outbox, which cannot be used now: a word once an hour, and to each urgent message its card.

    Nothing is promised that is not so: what was not stored is not acknowledged, comes again, and is answered then. That
    it comes again and again meanwhile says nothing new: for one update there is one word.
    """

    def __init__(
        self,
        bot: Bot,
        guide: Callable[[], Guide],
        send: Callable[[OutboxRow], Awaitable[int | None]],
        now: Callable[[], datetime],
    ) -> None:
        self._bot = bot
        self._guide = guide
        self._send = send
        self._now = now
        self._told: OrderedDict[int, datetime] = OrderedDict()
        """Chat → when it heard a word."""
        self._seen: OrderedDict[int, int] = OrderedDict()
        """Update → how many languages were not learnt yet when it was dealt with: one of those may have held a cry for
        help. ``_HELPED``: its card went out."""
        self._doubts: OrderedDict[int, int] = OrderedDict()
        """Update → how often nobody knew whether its card arrived."""

    async def tell_waiting(self, received: Sequence[Received]) -> None:
        """To everybody of whom something waits at Telegram; who is in danger first."""
        waiting = []
        for update in received:
            if (new := self._read(update.body)) is not None:
                waiting.append(new)
                await asyncio.sleep(0)  # to read a hundred takes a second: others have a turn
        for one in sorted(waiting, key=lambda one: not one.is_urgent):
            await self._try_to_tell(one)

    async def tell_kept(self, row: InboxRow) -> None:
        """To somebody whose message is in the inbox and cannot be worked on."""
        if (new := self._read(row.body)) is not None:
            await self._try_to_tell(new)

    def _read(self, body: str) -> _Waiting | None:
        """What is new about an update; None when there is nothing to say to it (any more)."""
        try:
            incoming = read(Update.de_json(json.loads(body), self._bot), self._bot.username)
            if incoming is None or incoming.is_group:
                return None
            guide = self._guide()
            unlearnt = len(guide.missing)
            if self._seen.get(incoming.update_id) in (unlearnt, _HELPED):
                return None
            text = incoming.text if incoming.kind in ("text", "media") else ""
            return _Waiting(incoming, text, guide.matcher.match(text) if text else None, unlearnt)
        except Exception as error:  # a courtesy must never keep the updates from being asked for again
            _log.error("no word to a person", extra={"error": type(error).__name__})
            return None

    async def _try_to_tell(self, waiting: _Waiting) -> None:
        try:
            await self._tell(waiting)
        except (TryLater, NotSent) as error:
            _log.warning("no word to a person yet", extra={"error": type(error).__name__})
        except InDoubt as error:
            _log.warning("no word to a person, perhaps", extra={"error": type(error).__name__})
            doubts = self._doubts.get(waiting.incoming.update_id, 0) + 1
            _remember(self._doubts, waiting.incoming.update_id, doubts)
            if not waiting.is_urgent or doubts >= MOST_DOUBTS:
                self._done_with(waiting)
        except (ChatClosed, NotTaken) as error:
            _log.warning("no word to a person", extra={"error": type(error).__name__})
            self._done_with(waiting)
        except Exception as error:
            _log.error("no word to a person", extra={"error": type(error).__name__})
            self._done_with(waiting)

    async def _tell(self, waiting: _Waiting) -> None:
        chat_id, moment = waiting.incoming.chat_id, self._now()
        if waiting.is_urgent or not self._was_told(waiting, moment):
            for reply in self._words(waiting, moment):
                for rendered in render(reply):
                    await self._send(OutboxRow(0, "", chat_id, rendered.kind, rendered.body, 0, None, 0, 0))
        self._done_with(waiting)

    def _was_told(self, waiting: _Waiting, moment: datetime) -> bool:
        before = self._told.get(waiting.incoming.chat_id)
        return waiting.incoming.update_id in self._seen or (before is not None and moment - before < AGAIN)

    def _words(self, waiting: _Waiting, moment: datetime) -> Sequence[Reply]:
        guide, locale, text = self._guide(), waiting.incoming.phone_locale, waiting.text
        if waiting.match is not None and waiting.match.urgent:
            local = guide.local(moment)
            # As if the session had begun: the card alone, without the notice.
            return guide.dialogue.asked(Asked(text, waiting.match, locale), Talk(seen_at=local), local).replies
        speaker = guide.dialogue.speaker_for(Talk(), locale, text, waiting.match)
        return (unstored_reply(speaker, guide.catalogue),)

    def _done_with(self, waiting: _Waiting) -> None:
        update_id, chat_id = waiting.incoming.update_id, waiting.incoming.chat_id
        if waiting.is_urgent:
            _remember(self._seen, update_id, _HELPED)
        else:
            if not self._was_told(waiting, self._now()):
                _remember(self._told, chat_id, self._now())
            _remember(self._seen, update_id, waiting.unlearnt)


def _remember(memory: OrderedDict[int, _Value], key: int, value: _Value) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > MOST_TOLD:
        memory.popitem(last=False)
