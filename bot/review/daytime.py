"""When a message that nobody is waiting for may arrive: from eight in the morning to eight in the evening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

AWAKE: Final = timedelta(hours=1)
"""Whoever wrote so short a time ago is awake and looks at the phone."""


@dataclass(frozen=True, slots=True)
class Daytime:
    """All moments are on the city's clocks."""

    begin: time = time(8)
    end: time = time(20)

    def holds(self, local: datetime) -> bool:
        return self.begin <= local.time() < self.end

    def next_for_letter(self, local: datetime, heard: datetime) -> datetime | None:
        """The next moment at which a letter to one person may go; None: now. ``heard``: when they wrote last."""
        return None if local - heard <= AWAKE else self.next(local)

    def next(self, local: datetime) -> datetime | None:
        """The next moment at which it may go; None: now."""
        if self.holds(local):
            return None
        day = local.date() if local.time() < self.begin else local.date() + timedelta(days=1)
        return datetime.combine(day, self.begin, local.tzinfo)


DAYTIME: Final = Daytime()
ROUND_THE_CLOCK: Final = Daytime(time.min, time.max)
"""Where nobody can be woken: the browser phone."""
