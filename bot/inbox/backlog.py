"""Which update is worked on next: pure bookkeeping, without database or clock."""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from dataclasses import dataclass, field

from bot.store import InboxRow


@dataclass(slots=True)
class _Chat:
    """What waits for one chat, each with its place in the whole, and whether a worker has something of it."""

    urgent: deque[tuple[int, InboxRow]] = field(default_factory=deque)
    other: deque[tuple[int, InboxRow]] = field(default_factory=deque)
    busy: bool = False


class Backlog:
    """What waits: one of a chat at a time, in its order; urgent ones before everything, also in their own
    chat."""

    def __init__(self) -> None:
        self._chats: dict[int | None, _Chat] = {}
        # Chats that could be served, by the place of their first update; an entry may be out of date.
        self._urgent: list[tuple[int, int | None]] = []
        self._other: list[tuple[int, int | None]] = []
        self._places = itertools.count()
        self._places_in_front = itertools.count(-1, -1)

    def add(self, row: InboxRow, *, in_front: bool = False) -> None:
        """Puts an update at the end of its chat, or in front when it was taken out and must be tried
        again."""
        chat = self._chats.setdefault(row.chat_id, _Chat())
        queue = chat.urgent if row.urgent else chat.other
        if in_front:
            queue.appendleft((next(self._places_in_front), row))
        else:
            queue.append((next(self._places), row))
        self._offer(row.chat_id)

    def take(self, *, urgent_only: bool = False) -> InboxRow | None:
        """The next update of a chat that is not being served; the chat is served until ``release``."""
        for offers, urgent in ((self._urgent, True), (self._other, False)):
            if urgent_only and not urgent:
                break
            while offers:
                place, chat_id = heapq.heappop(offers)
                chat = self._chats.get(chat_id)
                if chat is None or chat.busy:
                    continue
                queue = chat.urgent if urgent else chat.other
                if queue and queue[0][0] == place:
                    chat.busy = True
                    return queue.popleft()[1]
        return None

    def release(self, chat_id: int | None) -> None:
        """Nothing of this chat is in hand any more."""
        chat = self._chats[chat_id]
        chat.busy = False
        if chat.urgent or chat.other:
            self._offer(chat_id)
        else:
            del self._chats[chat_id]

    def _offer(self, chat_id: int | None) -> None:
        chat = self._chats[chat_id]
        if chat.busy:
            return
        if chat.urgent:
            heapq.heappush(self._urgent, (chat.urgent[0][0], chat_id))
        elif chat.other:
            heapq.heappush(self._other, (chat.other[0][0], chat_id))
