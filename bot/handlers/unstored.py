"""While nothing can be stored: Telegram keeps the messages for us, and whoever writes still hears a word at once."""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from telegram import Bot, Update

from bot.dialogue import Asked, Talk
from bot.dialogue.holding import unstored_reply
from bot.guide import Guide
from bot.handlers.incoming import read
from bot.handlers.rendering import render
from bot.outbox import Gone, InDoubt, NotSent, Refused, TryLater
from bot.reduction import Received
from bot.store import InboxRow, OutboxRow

AGAIN: Final = timedelta(hours=1)
"""A chat hears it once in this time."""
MOST_TOLD: Final = 10_000
"""Chats that are kept in mind."""

_log = logging.getLogger(__name__)


class Unstored:
    """Sends past the outbox, which cannot be used now: a word once an hour, and to each urgent message its card.

    Nothing is promised that is not so: what was not stored is not acknowledged, comes again, and is answered then.
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
        self._told: OrderedDict[tuple[int, int | None], datetime] = OrderedDict()
        """Chat, and the number of the update when that was urgent."""

    async def tell_waiting(self, received: Sequence[Received]) -> None:
        """To everybody of whom something waits at Telegram."""
        for update in received:
            await self._try_to_tell(update.body)

    async def tell_kept(self, row: InboxRow) -> None:
        """To somebody whose message is in the inbox and cannot be worked on."""
        await self._try_to_tell(row.body)

    async def _try_to_tell(self, body: str) -> None:
        try:
            await self._tell(body)
        except (TryLater, Gone, Refused, NotSent, InDoubt) as error:
            _log.warning("no word to a person", extra={"error": type(error).__name__})
        except Exception as error:  # a courtesy must never keep the updates from being asked for again
            _log.error("no word to a person", extra={"error": type(error).__name__})

    async def _tell(self, body: str) -> None:
        incoming = read(Update.de_json(json.loads(body), self._bot), self._bot.username)
        if incoming is None or incoming.is_group:
            return
        guide, moment = self._guide(), self._now()
        text = incoming.text if incoming.kind in ("text", "media") else ""
        match = guide.matcher.match(text) if text else None
        urgent = match is not None and match.urgent
        if self._heard(incoming.chat_id, incoming.update_id if urgent else None, moment):
            return
        if match is not None and match.urgent:
            local = guide.local(moment)
            # As if the session had begun: the card alone, without the notice.
            turn = guide.dialogue.asked(Asked(text, match, incoming.phone_locale), Talk(seen_at=local), local)
            replies = turn.replies
        else:
            speaker = guide.dialogue.speaker_for(Talk(), incoming.phone_locale, text, match)
            replies = (unstored_reply(speaker, guide.catalogue),)
        for reply in replies:
            for rendered in render(reply):
                await self._send(OutboxRow(0, "", incoming.chat_id, rendered.kind, rendered.body, 0, None, 0, 0))

    def _heard(self, chat_id: int, urgent_update: int | None, moment: datetime) -> bool:
        """Whether it was told already; from now on it was."""
        told = (chat_id, urgent_update)
        before = self._told.get(told)
        if before is not None and moment - before < AGAIN:
            return True
        self._told[told] = moment
        self._told.move_to_end(told)
        if len(self._told) > MOST_TOLD:
            self._told.popitem(last=False)
        return False
