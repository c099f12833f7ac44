"""Updates on their way to the bot: kept until the bot has confirmed them, fetched by getUpdates or pushed."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice

from bot.loopback.chats import Ids
from bot.loopback.refusal import Json, Refusal
from bot.loopback.webhook import Webhook

_LONGEST_POLL_S = 50
_MOST_AT_ONCE = 100
_ONLY_WHEN_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_SECOND_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


_GIVEN = Ids()
"""The last number of any world of this process: two worlds that follow each other within a moment, with one database
behind them, must not give the same number to different updates."""


class Updates:
    """The queue between the people and the bot."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.pending: dict[int, object] = {}
        """What the bot has not confirmed yet, oldest first."""
        self.handed_out: Counter[int] = Counter()
        """How often each update was given to the bot: two means delivered again."""
        self.webhook = Webhook(self.pending, self.handed_out)
        self._ids = Ids(clock)
        self._allowed: frozenset[str] | None = None
        self._poll: asyncio.Future[None] | None = None

    @property
    def allowed(self) -> list[str] | None:
        """What the bot asked for in allowed_updates; None for Telegram's choice."""
        return None if self._allowed is None else sorted(self._allowed)

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Sets the kinds the bot wants from now on; None leaves the last choice, nothing means Telegram's choice."""
        if kinds is not None:
            self._allowed = frozenset(kinds) or None

    def add(self, kind: str, content: Json) -> int | None:
        """A new update; returns its id, or None when the bot has not asked for this kind."""
        wanted = kind not in _ONLY_WHEN_ASKED if self._allowed is None else kind in self._allowed
        if not wanted:
            return None
        return self.add_raw({"update_id": self._next(), kind: content})

    def add_raw(self, raw: object) -> int:
        """Any JSON as an update, also a malformed one; gets an id when it is an object without one."""
        if isinstance(raw, dict) and "update_id" not in raw:
            raw = {"update_id": self._next(), **raw}
        number = raw.get("update_id") if isinstance(raw, dict) else None
        if not isinstance(number, int):
            number = self._next()  # under this number the queue knows it; the bot sees what was given
        self._ids.last = max(self._ids.last, number)
        self.pending[number] = raw
        self.webhook.push(number)
        self._wake()
        return number

    def _next(self) -> int:
        self._ids.last = _GIVEN.last = max(self._ids.next(), _GIVEN.last + 1)
        return self._ids.last

    async def poll(self, offset: int, limit: int, timeout_s: float, allowed: Iterable[str] | None) -> list[object]:
        """getUpdates: confirms everything below `offset`, then hands out what is there or waits for it."""
        if self.webhook.url:
            raise Refusal(409, _WEBHOOK_ACTIVE)
        self.stop_polling(_SECOND_POLLER)
        self.allow(allowed)
        self._confirm(offset)
        if not self.pending and timeout_s > 0:
            self._poll = poll = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(poll, min(timeout_s, _LONGEST_POLL_S))
            except TimeoutError:
                pass
            finally:
                if self._poll is poll:
                    self._poll = None
        limit = limit if 0 < limit <= _MOST_AT_ONCE else _MOST_AT_ONCE
        batch = list(islice(self.pending, limit))
        self.handed_out.update(batch)
        return [self.pending[number] for number in batch]

    def stop_polling(self, reason: str) -> None:
        """Ends the waiting getUpdates, if there is one, with 409 and a reason."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(Refusal(409, reason))
        self._poll = None

    async def interrupt(self, *, stop_pushing: bool) -> None:
        """Ends the waiting poll with an empty list, and on demand all pushing."""
        self._wake()
        if stop_pushing:
            await self.webhook.close()

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def _confirm(self, offset: int) -> None:
        if offset < 0:  # keep the last ones, forget the rest
            confirmed = list(self.pending)[:offset]
        elif offset > self._ids.last + 1:  # beyond the queue: Telegram ignores it
            return
        else:
            confirmed = []
            for number in self.pending:
                if number >= offset:
                    break
                confirmed.append(number)
        for number in confirmed:
            del self.pending[number]
