"""All rules of the counsellors' loop in one place, built once and handed to every door."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta

from bot.guide import Guide
from bot.model import Reply, Role
from bot.redaction import trace_of
from bot.review.acts import Acts
from bot.review.answering import Answering
from bot.review.daytime import DAYTIME, Daytime
from bot.review.delivery import Delivery
from bot.review.figures import Figures
from bot.review.handover import Handover
from bot.review.learning import Learnt
from bot.review.parts import Parts, Rendered
from bot.review.proposals import Proposals
from bot.review.queue import Queue
from bot.review.sampling import Sampling
from bot.review.staff import StaffRoom
from bot.review.writing import Writing
from bot.store import Store

_log = logging.getLogger(__name__)


class Review:
    """``queue`` reads; ``acts``, ``answering`` and ``writing`` change groups; ``staff`` is who works here; ``handover``
    takes questions in; ``learnt`` is what the bot was taught; ``figures`` and ``sampling`` are how well it does."""

    def __init__(
        self,
        store: Store,
        guide: Callable[[], Guide],
        undo_for: timedelta,
        render: Callable[[Reply], Iterable[Rendered]],
        *,
        is_beside: bool = False,
        daytime: Daytime = DAYTIME,
    ) -> None:
        """``undo_for``: how long the messages of an answer wait (OPAS_UNDO_S). ``render``: a reply into messages.

        ``is_beside``: for a command beside the bot, which learns of every act through the store. ``daytime``: when news
        may arrive.
        """
        self._gathered = asyncio.Event()
        self.store = store
        self.staff = StaffRoom(store)
        self.figures = Figures(store, guide)
        self.sampling = Sampling(store, guide)
        self.handover = Handover(store, guide, self.staff)
        self.learnt = Learnt(store, guide)
        self.parts = Parts(store, guide, self.staff, self.handover, self.learnt, render, is_beside, daytime)
        self.proposals = Proposals(store, self.staff, guide)
        self.queue = Queue(self.parts)
        self.acts = Acts(self.parts)
        self.answering = Answering(self.parts, self.acts, undo_for)
        self.writing = Writing(self.parts, self.acts)

    async def start(self, first_staff: Mapping[int, Role] | None = None) -> None:
        """Read what is in the store. ``first_staff``: who works here when nobody ever did (OPAS_STAFF).

        What asks nearly the same is found only after ``gather``.
        """
        await self.staff.load(first_staff)
        await self.parts.load()

    async def gather(self) -> None:
        """Group the open questions, which takes seconds when there are thousands; others have turns meanwhile."""
        try:
            await self.parts.gather()
        except Exception as error:  # our own fault; nobody may wait for it for ever
            _log.error("open questions not grouped", extra={"trace": trace_of(error)})
        finally:
            self._gathered.set()

    async def gathered(self) -> None:
        """Return when ``gather`` is through."""
        await self._gathered.wait()

    @property
    def is_gathered(self) -> bool:
        return self._gathered.is_set()

    def delivery(self, look: Callable[[], Awaitable[None]]) -> Delivery:
        """The work that nobody presses a button for; see ``Delivery``."""
        return Delivery(self.parts, look)
