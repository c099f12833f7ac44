"""When a message that nobody is waiting for may arrive: from eight in the morning to eight in the evening."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

BEGIN: Final = time(8)
END: Final = time(20)


def is_daytime(local: datetime) -> bool:
    """``local``: a moment on the city's clocks."""
    return BEGIN <= local.timetz().replace(tzinfo=None) < END


def next_day_time(local: datetime) -> datetime | None:
    """The next moment at which it may go; None: now."""
    if is_daytime(local):
        return None
    day = local.date() if local.timetz().replace(tzinfo=None) < BEGIN else local.date() + timedelta(days=1)
    return datetime.combine(day, BEGIN, local.tzinfo)
