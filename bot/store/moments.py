"""Moments that outlive the process, kept beside the versions."""

from __future__ import annotations

from datetime import datetime

from bot.store.database import Store
from bot.store.records import milliseconds, moment
from bot.store.unit import Unit


def keep_moment(unit: Unit, name: str, at: datetime) -> None:
    """``name``: of what happened at this moment; an earlier one is overwritten."""
    unit.stage(
        """
        INSERT INTO version (name, value) VALUES (:name, :value)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """,
        name=name,
        value=milliseconds(at),
    )


async def last_moment(store: Store, name: str) -> datetime | None:
    """When it happened last; None if it never did."""
    value = await store.version(name)
    return moment(value) if value else None
