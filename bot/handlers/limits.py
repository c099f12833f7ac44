"""How much a chat may write within a minute. In memory only: after a restart everybody begins anew."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

Verdict = Literal["free", "notice", "silent"]

MINUTE: Final = timedelta(minutes=1)
DOUBLE_TAP: Final = timedelta(seconds=2)
"""The same button pressed again within this time is one press."""
MOST_CHATS: Final = 10_000


@dataclass(slots=True)
class _Chat:
    answered: deque[tuple[datetime, int]] = field(default_factory=deque)
    """When, and the update's number: one that is worked on twice counts once."""
    told: datetime | None = None
    press: tuple[str, int, datetime] | None = None


class Limits:
    """Counts what is answered, chat by chat; moments are those of the messages, not of their being worked on: what
    was written during an outage over hours is no flood. A clock that is set back keeps nobody waiting."""

    def __init__(self, most: int) -> None:
        """``most``: messages a minute and chat that are answered."""
        self._most = most
        self._chats: OrderedDict[int, _Chat] = OrderedDict()

    def weigh(self, chat_id: int, update_id: int, at: datetime) -> Verdict:
        """``free``: answer it. ``notice``: too much, say so. ``silent``: too much, and that was said a moment ago."""
        chat = self._chat(chat_id)
        if any(update_id == number for _, number in chat.answered):
            return "free"
        while chat.answered and abs(at - chat.answered[0][0]) >= MINUTE:
            chat.answered.popleft()
        if len(chat.answered) < self._most:
            chat.answered.append((at, update_id))
            return "free"
        if chat.told is None or abs(at - chat.told) >= MINUTE:
            chat.told = at
            return "notice"
        return "silent"

    def is_double_tap(self, chat_id: int, data: str, message_id: int, at: datetime) -> bool:
        """Whether this very button was pressed a moment ago, and nothing else since."""
        chat = self._chat(chat_id)
        before, chat.press = chat.press, (data, message_id, at)
        return before is not None and before[:2] == (data, message_id) and abs(at - before[2]) < DOUBLE_TAP

    def _chat(self, chat_id: int) -> _Chat:
        chat = self._chats.setdefault(chat_id, _Chat())
        self._chats.move_to_end(chat_id)
        if len(self._chats) > MOST_CHATS:
            self._chats.popitem(last=False)
        return chat
