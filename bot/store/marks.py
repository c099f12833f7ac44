"""Moments that outlive the process, kept beside the versions."""

from __future__ import annotations

from datetime import datetime

from bot.store.database import Store
from bot.store.records import milliseconds, moment
from bot.store.unit import Unit


def set_mark(unit: Unit, name: str, at: datetime) -> None:
    """``name``: of what happened at this moment."""
    unit.stage(
        """
        INSERT INTO version (name, value) VALUES (:name, :value)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """,
        name=name,
        value=milliseconds(at),
    )


async def mark(store: Store, name: str) -> datetime | None:
    """When it happened last; None if it never did."""
    value = await store.version(name)
    return moment(value) if value else None
