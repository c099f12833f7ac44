"""One bot watched: alive, ready, and its figures; what the pages of ``bot.web.routes`` show."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.guides import Guides
from bot.monitoring.metrics import Metrics
from bot.monitoring.pulse import Pulse
from bot.monitoring.readiness import Readiness, TelegramLink, database_ready, phrases_ready, telegram_ready
from bot.store import Store, StoreUnavailable
from bot.store.measuring import Measures, measures_of

_log = logging.getLogger(__name__)


class Monitor:
    """What can be asked of a running bot."""

    def __init__(
        self,
        metrics: Metrics,
        pulse: Pulse,
        guides: Guides,
        store: Store,
        bot_id: int,
        link: TelegramLink,
        now: Callable[[], datetime],
        damage: Callable[[], str] = lambda: "",
    ) -> None:
        """``link``: how updates come from Telegram. ``now``: the clock, aware and in UTC. ``damage``: what is
        wrong with the database's file."""
        self._metrics = metrics
        self._pulse = pulse
        self._store = store
        self._bot_id = bot_id
        self._now = now
        parts = {
            "phrases": phrases_ready(guides),
            "database": database_ready(store, asyncio.get_running_loop().time, damage),
            "telegram": telegram_ready(link),
        }
        self.readiness = Readiness(parts)

    def is_alive(self) -> bool:
        """Whether the event loop turns and its pulse beats."""
        return self._pulse.is_alive()

    async def ready(self) -> Mapping[str, str]:
        """Part → why it is not ready; "" when it is."""
        return await self.readiness()

    async def metrics(self) -> bytes:
        """All figures in Prometheus' text format; without those of a database that cannot be read."""
        measures: Measures | None = None
        try:
            measures = await measures_of(self._store, self._bot_id)
        except StoreUnavailable as error:
            _log.warning("no figures from the database", extra={"reason": str(error)})
        return self._metrics.page(measures, self._now(), await self.readiness(), self._pulse.lag_s())
