"""The only reader of the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from bot.settings import Settings


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """Now, aware and in UTC; a fixed moment when the settings say so."""
    if settings.now is not None:
        fixed = settings.now if settings.now.tzinfo else settings.now.replace(tzinfo=UTC)
        return lambda: fixed
    return lambda: datetime.now(UTC)
