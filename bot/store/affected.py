"""Whose data a breach has touched: chats and what is stored of each, for the one who must tell them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.store.copies import chats_of
from bot.store.database import Store
from bot.store.records import milliseconds, moment
from bot.store.traces import TRACES


@dataclass(slots=True)
class Affected:
    """One chat."""

    chat_id: int
    first: datetime
    last: datetime
    rows: dict[str, int] = field(default_factory=dict)
    """Table → how many of its rows were written or changed since the moment asked for."""


async def affected_since(store: Store, since: datetime) -> tuple[Affected, ...]:
    """Chats with something written or changed at or after ``since``, by number. Rows that have gone since then, because
    their days were over or the person was forgotten, cannot be told any more."""
    marks = {store.asker(chat_id): chat_id for chat_id in await chats_of(store)}
    found: dict[int, Affected] = {}
    for table, when in TRACES.items():
        asker = "asker" if table == "question" else "''"
        rows = await store.read(
            # The names come from our own list, never from outside.
            f"SELECT chat_id, {asker}, MIN({when}), MAX({when}), COUNT(*) FROM {table} "
            f"WHERE {when} >= :since GROUP BY 1, 2",
            since=milliseconds(since),
        )
        for chat_id, mark, first, last, count in rows:
            chat = chat_id if chat_id is not None else marks.get(mark) if mark else None
            if chat is None:
                continue
            one = found.setdefault(chat, Affected(chat, moment(first), moment(last)))
            one.first, one.last = min(one.first, moment(first)), max(one.last, moment(last))
            one.rows[table] = one.rows.get(table, 0) + count
    return tuple(found[chat] for chat in sorted(found))


async def forgotten_since(store: Store, since: datetime) -> int:
    """How many asked to be forgotten at or after ``since``: they were touched too, and nobody knows who they are."""
    rows = await store.read("SELECT COUNT(*) FROM forgotten WHERE forgotten_at >= :since", since=milliseconds(since))
    return int(rows[0][0])
