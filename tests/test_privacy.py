"""What is kept of a person can be seen, saved and forgotten; and forgetting reaches every byte."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.store import Outgoing, Person, Store
from bot.store.talks import keep_line, lines_of, traces_of
from bot.store.traces import TRACES

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
CHAT = 7_123_456_789


def stored(database: Path) -> bytes:
    """All bytes of the database, its log and whatever lies beside it."""
    return b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))


def forms(chat_id: int) -> tuple[bytes, ...]:
    """How an id stands in the bytes: as digits, as SQLite writes a number, and as it writes the key of a row."""
    groups = [chat_id >> shift & 0x7F for shift in range(0, chat_id.bit_length(), 7)][::-1]
    key = bytes([*(group | 0x80 for group in groups[:-1]), groups[-1]])
    return str(chat_id).encode(), chat_id.to_bytes(6, "big", signed=True), key


def knows(database: Path, chat_id: int) -> bool:
    """Whether the id stands anywhere in the bytes."""
    return any(form in stored(database) for form in forms(chat_id))


# --- the store


async def test_every_table_that_knows_a_chat_is_on_the_list_by_which_it_is_shown_and_forgotten(tmp_path: Path):
    async with await Store.open(tmp_path / "opas.db", now=lambda: START):
        with closing(sqlite3.connect(tmp_path / "opas.db")) as db:
            tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            columns = {table: {row[1] for row in db.execute(f"PRAGMA table_info({table})")} for table in tables}
    assert {table for table in tables if "chat_id" in columns[table]} == set(TRACES)
    assert all(since in columns[table] for table, since in TRACES.items())
    assert [table for table in tables if "asker" in columns[table]] == ["question"]


async def test_a_saved_talk_is_one_day_of_one_chat(tmp_path: Path):
    now = START
    async with await Store.open(tmp_path / "opas.db", now=lambda: now) as store:
        for chat, text in ((CHAT, "old"), (CHAT + 1, "another's")):
            unit = store.unit()
            keep_line(unit, chat, "person", text)
            await store.commit(unit)
        now += timedelta(hours=25)
        unit = store.unit()
        keep_line(unit, CHAT, "bot", "new")
        await store.commit(unit)
        assert [(line.speaker, line.text) for line in await lines_of(store, CHAT)] == [("bot", "new")]
        assert (await store.expire())["talk"] == 2


async def test_what_is_kept_of_a_chat_is_told_table_by_table_and_nothing_is_left_after_forgetting(tmp_path: Path):
    path = tmp_path / "opas.db"
    async with await Store.open(path, now=lambda: START, asker_key=b"key") as store:
        unit = store.unit()
        unit.save_person(Person(CHAT, "fi", {}, START))
        keep_line(unit, CHAT, "person", "hei")
        unit.send(Outgoing("k", CHAT, "send", {"text": "terve"}))
        await store.commit(unit)
        traces = await traces_of(store, CHAT)
        assert [(trace.table, trace.rows, trace.texts) for trace in traces] == [
            ("person", 1, ()),
            ("outbox", 1, ()),
            ("talk", 1, ("hei",)),
        ]
        await store.forget(CHAT)
        assert await traces_of(store, CHAT) == ()
        assert not knows(path, CHAT)


async def test_a_reader_in_the_way_only_delays_the_end_of_the_bytes(tmp_path: Path):
    path = tmp_path / "opas.db"
    async with await Store.open(path, now=lambda: START, busy_s=0.01) as store:
        unit = store.unit()
        unit.save_person(Person(CHAT, "fi", {}, START))
        await store.commit(unit)
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM person").fetchall()
            await store.forget(CHAT)
            assert knows(path, CHAT)
        async with asyncio.timeout(10):
            while knows(path, CHAT):  # noqa: ASYNC110  # nothing tells us that a log was cut
                await asyncio.sleep(0.05)
