"""Which message goes next: pure bookkeeping, without database, network or clock."""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from dataclasses import dataclass, field

from bot.store import Unsent
from bot.store.records import ANSWER, NEWS, URGENT


@dataclass(slots=True)
class _Lane:
    """What waits for one chat, each with its place in the whole. News never stands before an answer."""

    answers: deque[tuple[int, Unsent]] = field(default_factory=deque)
    news: deque[tuple[int, Unsent]] = field(default_factory=deque)
    busy: bool = False
    blocked: bool = False

    def queue(self) -> deque[tuple[int, Unsent]]:
        return self.answers or self.news

    def priority(self) -> int:
        """An urgent message takes along what stands before it in its chat."""
        if not self.answers:
            return NEWS
        return URGENT if any(row.priority == URGENT for _, row in self.answers) else ANSWER


class Lanes:
    """What could be sent: first in, first out within a chat; between chats urgent, then answers, then
    news."""

    def __init__(self) -> None:
        self._lanes: dict[int, _Lane] = {}
        # Chats that could be served, by priority and the place of their first message; may be out of date.
        self._offers: tuple[list[tuple[int, int]], ...] = ([], [], [])
        self._places = itertools.count()
        self._places_in_front = itertools.count(-1, -1)

    @property
    def is_empty(self) -> bool:
        return not any(lane.answers or lane.news for lane in self._lanes.values())

    def add(self, row: Unsent, *, in_front: bool = False) -> None:
        """Puts a message at the end of its chat, or in front when it has to go out again."""
        lane = self._lanes.setdefault(row.chat_id, _Lane())
        queue = lane.news if row.priority == NEWS else lane.answers
        if in_front:
            queue.appendleft((next(self._places_in_front), row))
        else:
            queue.append((next(self._places), row))
        self._offer(row.chat_id)

    def take(self, *, news: bool) -> Unsent | None:
        """The next message of a chat that is free; the chat is busy until ``release``. ``news``: broadcasts
        too."""
        for priority, offers in enumerate(self._offers if news else self._offers[:NEWS]):
            while offers:
                place, chat_id = heapq.heappop(offers)
                lane = self._lanes.get(chat_id)
                if lane is None or lane.busy or lane.blocked or lane.priority() != priority:
                    continue
                queue = lane.queue()
                if queue and queue[0][0] == place:
                    lane.busy = True
                    return queue.popleft()[1]
        return None

    def has_news(self) -> bool:
        """Whether a broadcast could be sent, were it not for the pace (may be wrong for a moment)."""
        return bool(self._offers[NEWS])

    def release(self, chat_id: int) -> None:
        """Nothing is on its way to this chat any more."""
        self._lanes[chat_id].busy = False
        self._offer(chat_id)

    def block(self, chat_id: int, *, blocked: bool) -> None:
        """Nothing goes to this chat, until it is unblocked."""
        if lane := self._lanes.get(chat_id):
            lane.blocked = blocked
            self._offer(chat_id)

    def _offer(self, chat_id: int) -> None:
        lane = self._lanes[chat_id]
        if lane.busy or lane.blocked:
            return
        if queue := lane.queue():
            heapq.heappush(self._offers[lane.priority()], (queue[0][0], chat_id))
        else:
            del self._lanes[chat_id]


class Pace:
    """So many a second, evenly."""

    def __init__(self, per_s: float) -> None:
        self._step_s = 1 / per_s
        self._next = 0.0

    def wait_s(self, at_s: float) -> float:
        """Seconds until the next one may go; 0 now."""
        return max(0.0, self._next - at_s)

    def went(self, at_s: float) -> None:
        """One goes now."""
        self._next = max(self._next, at_s) + self._step_s
