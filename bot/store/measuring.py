"""How much waits, since when, and how much was asked: numbers for the operator, about nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Store
from bot.store.records import milliseconds, moment


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits in the inbox or the outbox."""

    waiting: int
    oldest_at: datetime | None
    """Since when the first of them waits."""


@dataclass(frozen=True, slots=True)
class Measures:
    inbox: Pending
    outbox: Pending
    """What is due; not what is to be sent later."""
    set_aside: int
    """Updates that could not be dealt with, of the last days."""
    counted: Mapping[tuple[str, str], int]
    """(name, language) → how often since the file was made; the name is an outcome or another figure."""


async def measures_of(store: Store, bot_id: int) -> Measures:
    """The figures as they are now. Raises StoreUnavailable."""
    [inbox] = await store.read(
        "SELECT COUNT(*), MIN(received_at) FROM update_inbox WHERE bot_id = :bot_id AND state IN ('new', 'working')",
        bot_id=bot_id,
    )
    [outbox] = await store.read(
        """
        SELECT COUNT(*), MIN(COALESCE(due_at, created_at)) FROM outbox
        WHERE state IN ('waiting', 'sending') AND (due_at IS NULL OR due_at <= :now)
        """,
        now=milliseconds(store.now()),
    )
    [aside] = await store.read(
        "SELECT COUNT(*) FROM update_inbox WHERE bot_id = :bot_id AND state = 'set-aside'", bot_id=bot_id
    )
    counters = await store.read("SELECT name, language, SUM(value) FROM counter GROUP BY name, language")
    return Measures(
        _queue(inbox), _queue(outbox), aside[0], {(name, language): value for name, language, value in counters}
    )


def _queue(row: tuple[int, int | None]) -> Pending:
    waiting, oldest = row
    return Pending(waiting, None if oldest is None else moment(oldest))
