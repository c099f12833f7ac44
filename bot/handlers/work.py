"""The unit of work that a handler stages its effects in. python-telegram-bot hides what handlers raise; here it is
marked, so that the inbox learns of it."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from bot.store import InboxRow, Unit


@dataclass(slots=True)
class Work:
    """One update in a worker's hands."""

    row: InboxRow
    unit: Unit
    failure: BaseException | None = None
    """What a handler raised."""
    held: bool = False
    """The update is not dealt with: it waits, with what was staged, for the next start."""
    sent: int = 0
    """How many messages were staged: part of each one's idempotency key."""

    def next_key(self) -> str:
        """The idempotency key of the next message: an update worked on twice brings the same keys."""
        self.sent += 1
        return self._key(self.sent)

    @property
    def first_key(self) -> str:
        """That of the first message."""
        return self._key(1)

    def _key(self, number: int) -> str:
        # What is said while an update is held must not stand in the way of its answer.
        mark = "held-" if self.held else ""
        return f"{self.row.bot_id}:{self.row.update_id}:{mark}{number}"


CURRENT: ContextVar[Work] = ContextVar("CURRENT")
