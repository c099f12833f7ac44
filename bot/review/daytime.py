"""When a message that nobody is waiting for may arrive: from eight in the morning to eight in the evening."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

BEGIN: Final = time(8)
END: Final = time(20)
AWAKE: Final = timedelta(hours=1)
"""Whoever wrote so short a time ago is awake and looks at the phone."""


def is_daytime(local: datetime) -> bool:
    """``local``: a moment on the city's clocks."""
    return BEGIN <= local.time() < END


def next_letter_time(local: datetime, heard: datetime) -> datetime | None:
    """The next moment at which a letter to one person may go; None: now. ``heard``: when they wrote last."""
    return None if local - heard <= AWAKE else next_day_time(local)


def next_day_time(local: datetime) -> datetime | None:
    """The next moment at which it may go; None: now."""
    if is_daytime(local):
        return None
    day = local.date() if local.time() < BEGIN else local.date() + timedelta(days=1)
    return datetime.combine(day, BEGIN, local.tzinfo)
