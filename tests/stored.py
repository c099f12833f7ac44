"""What a database holds, read for tests: the bot itself never needs all of it."""

from __future__ import annotations

from bot.store import Store
from bot.store.asked import AskedRow, asked


async def questions(store: Store) -> list[AskedRow]:
    """All questions, oldest first."""
    found = [await asked(store, number) for (number,) in await store.read("SELECT id FROM question ORDER BY id")]
    return [question for question in found if question is not None]


async def counters(store: Store) -> dict[tuple[str, str, str, str], int]:
    """All counters: (day, name, language, need) → value."""
    rows = await store.read("SELECT day, name, language, need, value FROM counter")
    return {(day, name, language, need): value for day, name, language, need, value in rows}
