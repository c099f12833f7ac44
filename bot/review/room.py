"""All rules of the counsellors' loop in one place, built once and handed to every door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.guide import Guide
from bot.review.acts import Acts, Parts
from bot.review.answering import Answering
from bot.review.queue import Queue
from bot.review.records import Role
from bot.review.staff import StaffRoom
from bot.review.writing import Writing
from bot.store import Store


class Review:
    """``queue`` reads; ``acts``, ``answering`` and ``writing`` change groups; ``staff`` is who works here."""

    def __init__(self, store: Store, guide: Callable[[], Guide], undo_for: timedelta) -> None:
        self.store = store
        self.staff = StaffRoom(store)
        parts = Parts(store, guide, self.staff)
        self.queue = Queue(store, guide, self.staff)
        self.acts = Acts(parts)
        self.answering = Answering(parts, self.acts, undo_for)
        self.writing = Writing(parts, self.acts)

    async def start(self, first_staff: Mapping[int, Role] | None = None) -> None:
        """Read what is in the store. ``first_staff``: who is taken up when nobody ever was (OPAS_STAFF)."""
        await self.staff.load(first_staff)
