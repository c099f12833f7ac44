"""What is written is there after any end of the process, in a file that only its owner reads, for its period only."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import OpasError
from bot.reduction import Received
from bot.store import RETENTION, Outgoing, PersonRow, Question, Store, StoreUnavailable, schema
from bot.store.asked import keep
from tests.conftest import START, Clock
from tests.stored import counters, questions
from tests.test_privacy import forms

CHAT = 7_123_456_789


@pytest.fixture
def clock():
    return Clock(START)


@pytest.fixture
async def store(path, clock):
    async with await Store.open(path, now=clock, busy_s=0.2) as store:
        yield store


def received(update_id: int, chat_id: int | None = CHAT, text: str = "hei") -> Received:
    body = f'{{"update_id":{update_id},"chat":{chat_id},"text":"{text}"}}'
    return Received(update_id, chat_id, "private", "message", body)


def question(**changes: object) -> Question:
    return Question(**{"text": "Missä?", "language": "fi", "outcome": "unanswered", "asked_at": START, **changes})


def rows(path: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


# --- units


async def test_a_fault_of_our_own_while_bytes_are_erased_keeps_nothing_from_being_written(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    with monkeypatch.context() as broken:
        broken.setattr(store._writer, "_erase_bytes", lambda: {}["our own fault"])
        store._writer._erase_soon()
        unit = store.unit()
        unit.bump("anything")
        await asyncio.wait_for(store.commit(unit), 5)
    assert "erased bytes stay for now" in caplog.text
    assert rows(path, "SELECT count(*) FROM version WHERE name = 'anything'") == [(1,)]


async def test_what_is_committed_can_be_read(store, clock):
    unit = store.unit()
    unit.save_person(PersonRow(CHAT, "so", {"shown": ["kela"]}, clock()))
    keep(unit, question(needs=("kela-card",), chat_id=CHAT), None, "")
    unit.count("answered", date(2026, 11, 21), "so", "kela-card")
    unit.count("answered", date(2026, 11, 21), "so", "kela-card", by=2)
    unit.bump("answers")
    await store.commit(unit)
    assert await store.person(CHAT) == PersonRow(CHAT, "so", {"shown": ["kela"]}, START)
    [kept] = await questions(store)
    assert (kept.id, kept.text, kept.language, kept.outcome) == (1, "Missä?", "fi", "unanswered")
    assert (kept.asked_at, kept.needs, kept.chat_id) == (START, ("kela-card",), CHAT)
    assert await counters(store) == {("2026-11-21", "answered", "so", "kela-card"): 3}
    assert (await store.version("answers"), await store.version("phrases")) == (1, 0)
    assert await store.person(1) is None


async def test_no_statement_of_every_message_reads_a_whole_table(store, path):
    unit = store.unit()
    unit.receive(1, Received(1, CHAT, "private", "message", "{}"))
    unit.died_with(1, 1)
    unit.send(Outgoing("1:1:1", CHAT, "send", {}))
    unit.finish(1, 1)
    unit.begin_sending(1)
    unit.sent(1, 5)
    with closing(sqlite3.connect(path)) as db:
        for staged in unit.statements:
            for *_, step in db.execute(f"EXPLAIN QUERY PLAN {staged.sql}", staged.values):
                assert "SCAN" not in step, staged.sql


async def test_nothing_of_a_unit_is_written_before_its_commit(store, clock):
    store.unit().save_person(PersonRow(CHAT, "so", {}, clock()))
    assert await store.person(CHAT) is None


async def test_a_guilty_unit_is_left_out_alone(store, clock):
    units = [store.unit() for _ in range(5)]
    for chat, unit in enumerate(units):
        unit.save_person(PersonRow(chat, "fi", {}, clock()))
    keep(units[2], question(outcome="no such outcome"), None, "")
    outcomes = await asyncio.gather(*map(store.commit, units), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None)] * 2 + [sqlite3.IntegrityError] + [type(None)] * 2
    assert [await store.person(chat) is not None for chat in range(5)] == [True, True, False, True, True]


async def test_a_value_that_cannot_be_stored_hurts_nobody_else(store, clock):
    bad, good = store.unit(), store.unit()
    bad.save_person(PersonRow(2**70, "fi", {}, clock()))
    good.save_person(PersonRow(CHAT, "fi", {}, clock()))
    outcomes = await asyncio.gather(store.commit(bad), store.commit(good), return_exceptions=True)
    assert isinstance(outcomes[0], OverflowError)
    assert outcomes[1] is None


async def test_many_units_at_once_share_transactions(store, path):
    def unit(number):
        unit = store.unit()
        unit.count("n", date(2026, 1, 1), need=str(number))
        return unit

    await asyncio.gather(*(store.commit(unit(number)) for number in range(200)))
    # Pages in the log tell the number of transactions: each writes at least one.
    assert len(await counters(store)) == 200
    assert path.with_name("opas.db-wal").stat().st_size < 200 * 4096


async def test_a_locked_database_is_told_apart_from_a_faulty_unit(store, path, clock):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        unit = store.unit()
        unit.save_person(PersonRow(CHAT, "fi", {}, clock()))
        with pytest.raises(StoreUnavailable, match="Another program holds the database"):
            await store.commit(unit)
    await store.commit(unit)
    assert await store.person(CHAT)


async def test_who_waits_no_longer_does_not_disturb_the_others(store, clock):
    first, second = store.unit(), store.unit()
    first.save_person(PersonRow(1, "fi", {}, clock()))
    second.save_person(PersonRow(2, "fi", {}, clock()))
    impatient = asyncio.create_task(store.commit(first))
    patient = asyncio.create_task(store.commit(second))
    await asyncio.sleep(0)
    impatient.cancel()
    await patient
    assert await store.person(2)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(["good", "bad"]), min_size=1, max_size=3), min_size=1, max_size=6))
async def test_a_unit_is_written_wholly_or_not_at_all(tmp_path_factory, plan):
    async with await Store.open(tmp_path_factory.mktemp("db") / "opas.db", now=Clock()) as store:
        units = []
        for number, acts in enumerate(plan):
            unit = store.unit()
            for act in acts:
                keep(unit, question(text=str(number), outcome="wrong" if act == "good" else act), None, "")
            units.append(unit)
        await asyncio.gather(*map(store.commit, units), return_exceptions=True)
        written = [entry.text for entry in await questions(store)]
        assert written == [str(n) for n, acts in enumerate(plan) if "bad" not in acts for _ in acts]


# --- the file


async def test_only_the_owner_reads_the_files(store, path, clock):
    unit = store.unit()
    unit.save_person(PersonRow(CHAT, "fi", {}, clock()))
    await store.commit(unit)
    for name in ("opas.db", "opas.db-wal", "opas.db-shm", "opas.db.lock"):
        assert stat.S_IMODE(path.with_name(name).stat().st_mode) == 0o600, name


async def test_a_second_bot_is_refused_until_the_first_ends(path, clock):
    first = await Store.open(path, now=clock)
    with pytest.raises(OpasError, match=rf"Another Opas \(process {os.getpid()}\) is already .* Stop it first"):
        await Store.open(path, now=clock)
    await first.close()
    await (await Store.open(path, now=clock)).close()


async def test_the_command_line_reads_and_writes_beside_a_running_bot(store, path, clock):
    async with await Store.open(path, now=clock, beside=True) as beside:
        unit = beside.unit()
        unit.bump("answers")
        await beside.commit(unit)
    assert await store.version("answers") == 1
    async with await Store.open(path, now=clock, read_only=True) as reader:
        assert await reader.version("answers") == 1
        unit = reader.unit()
        unit.bump("answers")
        with pytest.raises(StoreUnavailable, match="cannot be written"):
            await reader.commit(unit)


async def test_a_missing_file_or_folder_is_named(path, clock):
    with pytest.raises(OpasError, match=r"There is no database at"):
        await Store.open(path, now=clock, read_only=True)
    with pytest.raises(OpasError, match=r"Make the folder .*nowhere first"):
        await Store.open(path.parent / "nowhere" / "opas.db", now=clock)


async def test_a_file_that_is_no_database_is_refused_and_not_touched(path, clock):
    path.write_text("shopping list: milk, bread\n" * 100)
    with pytest.raises(OpasError, match=r"is not a database\. Set OPAS_DATABASE"):
        await Store.open(path, now=clock)
    assert path.read_text().startswith("shopping list")


async def test_a_database_of_another_program_is_refused(path, clock):
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(OpasError, match="is a database of another program"):
        await Store.open(path, now=clock)


async def test_a_database_that_lacks_a_table_is_told_before_anybody_writes(path, clock):
    await (await Store.open(path, now=clock)).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE letter")
    with pytest.raises(OpasError, match=r"is not whole: it lacks the table letter\. Put a backup in its place"):
        await Store.open(path, now=clock)


async def test_a_damaged_file_is_told_in_plain_words(path, clock):
    async with await Store.open(path, now=clock) as store:
        unit = store.unit()
        for number in range(300):
            keep(unit, question(text="x" * 200 + str(number)), None, "")
        await store.commit(unit)
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 8)
    with pytest.raises(OpasError, match=r"is damaged\. Put a backup in its place"):
        await Store.open(path, now=clock)


@contextmanager
def somebody_else():
    """An unprivileged user, also where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def forbidden():
    """A database that somebody else may read, not write."""
    folder = Path(tempfile.mkdtemp())
    for name in ("opas.db", "opas.db.lock"):
        (folder / name).touch(0o444)
    folder.chmod(0o555)
    yield folder / "opas.db"
    folder.chmod(0o755)
    shutil.rmtree(folder)


async def test_a_file_that_may_not_be_written_is_told_in_plain_words(forbidden, clock):
    with somebody_else(), pytest.raises(OpasError, match=r"cannot be written.* writable for the user of the bot"):
        await Store.open(forbidden, now=clock)
    forbidden.parent.chmod(0o777)
    with somebody_else(), pytest.raises(OpasError, match=r"Give the files of .* to the user of the bot \(chown\)\."):
        await Store.open(forbidden, now=clock)


@pytest.mark.parametrize(
    ("code", "remedy"), [(errno.EROFS, "look at the disk."), (errno.ENOSPC, "Make room on the disk.")]
)
async def test_a_disk_that_takes_nothing_is_told_from_a_file_that_is_somebody_elses(
    code, remedy, path, clock, monkeypatch
):
    def refused(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("bot.store.opening.os.open", refused)
    with pytest.raises(OpasError) as caught:
        await Store.open(path, now=clock)
    assert str(caught.value).endswith(remedy)


# --- migrations

NEWEST = len(schema.MIGRATIONS)
NEXT = (*schema.MIGRATIONS, ("ALTER TABLE person ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'",))


async def test_an_old_file_is_backed_up_and_brought_to_the_newest_form(path, clock, monkeypatch):
    async with await Store.open(path, now=clock) as store:
        unit = store.unit()
        unit.save_person(PersonRow(CHAT, "fi", {}, clock()))
        await store.commit(unit)
    monkeypatch.setattr(schema, "MIGRATIONS", NEXT)
    async with await Store.open(path, now=clock) as store:
        assert (await store.person(CHAT)).locale == "fi"
    assert rows(path, "SELECT mood FROM person") == [("calm",)]
    backup = path.with_name(f"opas.db.before-{NEWEST + 1}")
    assert rows(backup, "SELECT chat_id FROM person") == [(CHAT,)]
    assert rows(backup, "SELECT MAX(version) FROM schema_version") == [(NEWEST,)]
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


async def test_nothing_is_migrated_when_the_copy_before_it_cannot_be_written(path, clock, monkeypatch):
    await (await Store.open(path, now=clock)).close()
    monkeypatch.setattr(schema, "MIGRATIONS", NEXT)
    backup = path.with_name(f"opas.db.before-{NEWEST + 1}")
    backup.with_name(f"{backup.name}.unfinished").mkdir()
    with pytest.raises(StoreUnavailable, match=f"^{re.escape(str(backup))} cannot be written: "):
        await Store.open(path, now=clock)
    assert rows(path, "SELECT MAX(version) FROM schema_version") == [(NEWEST,)]


async def test_a_new_file_needs_no_backup(path, clock, monkeypatch):
    monkeypatch.setattr(schema, "MIGRATIONS", NEXT)
    async with await Store.open(path, now=clock):
        assert rows(path, "SELECT COUNT(*) FROM schema_version") == [(NEWEST + 1,)]
        assert not list(path.parent.glob("*.before-*"))


async def test_a_migration_that_fails_leaves_the_old_form(path, clock, monkeypatch):
    async with await Store.open(path, now=clock):
        pass
    broken = (*schema.MIGRATIONS, ("ALTER TABLE person ADD COLUMN mood TEXT", "CREATE TABLE person (x TEXT)"))
    monkeypatch.setattr(schema, "MIGRATIONS", broken)
    with pytest.raises(sqlite3.OperationalError):
        await Store.open(path, now=clock)
    monkeypatch.undo()
    async with await Store.open(path, now=clock) as store:
        assert await store.person(CHAT) is None


async def test_an_older_program_refuses_a_newer_file(path, clock, monkeypatch):
    monkeypatch.setattr(schema, "MIGRATIONS", NEXT)
    async with await Store.open(path, now=clock):
        pass
    monkeypatch.undo()
    for mode in ({}, {"read_only": True}, {"beside": True}):
        with pytest.raises(
            OpasError, match=rf"written by a newer Opas \(form {NEWEST + 1}; this program knows {NEWEST}\)"
        ):
            await Store.open(path, now=clock, **mode)


async def test_a_file_in_use_is_not_migrated_by_the_command_line(store, path, clock, monkeypatch):
    monkeypatch.setattr(schema, "MIGRATIONS", NEXT)
    with pytest.raises(OpasError, match="is already working with"):
        await Store.open(path, now=clock, beside=True)
    with pytest.raises(OpasError, match="Run `opas migrate` first"):
        await Store.open(path, now=clock, read_only=True)


# --- how long things are kept


async def test_every_table_and_column_has_a_period_and_a_reason(store, path):
    live = {
        table: {column for _, column, *_ in rows(path, f"PRAGMA table_info({table})")}
        for (table,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    }
    assert {rule.table: set(rule.columns) for rule in RETENTION} == live
    assert all(rule.reason and all(rule.columns.values()) for rule in RETENTION)


async def test_everything_goes_when_its_period_is_over(store, clock, path):
    unit = store.unit()
    for update_id in (1, 2, 3):
        unit.receive(1, received(update_id))
    unit.finish(1, 1)
    unit.set_aside(1, 2, "ValueError")
    unit.save_person(PersonRow(CHAT, "fi", {}, clock()))
    keep(unit, question(), None, "")
    for key in "abcd":
        unit.send(Outgoing(key, CHAT, "send", {"text": "x"}, due_at=START + timedelta(days=9) if key == "d" else None))
    unit.count("answered", START.date())
    unit.sent(1, 55)
    unit.failed(2, "chat not found")
    await store.commit(unit)
    assert rows(path, "SELECT body = '' FROM outbox") == [(1,), (1,), (0,), (0,)]
    assert rows(path, "SELECT update_id, body = '' FROM update_inbox") == [(1, 1), (2, 0), (3, 0)]
    clock.pass_by(days=6.9)
    assert set((await store.expire()).values()) == {0}
    clock.pass_by(days=0.2)
    assert {table: gone for table, gone in (await store.expire()).items() if gone} == {"update_inbox": 2, "outbox": 3}
    assert [row.update_id for row in await store.unfinished(1)] == [3]
    assert [row.key for row in await store.unsent()] == ["d"]
    clock.pass_by(days=180)
    assert {table: gone for table, gone in (await store.expire()).items() if gone} == {
        "person": 1,
        "question": 1,
        "outbox": 1,
    }
    assert len(await counters(store)) == 1


async def test_old_backups_go_too(store, clock, path):
    backup, other = path.with_name(f"opas.db.before-{NEWEST + 1}"), path.with_name("opas.db.before-lunch")
    for file in (backup, other):
        file.touch()
        os.utime(file, (START.timestamp(), START.timestamp()))
    clock.pass_by(days=29)
    await store.expire()
    assert backup.exists()
    clock.pass_by(days=2)
    await store.expire()
    assert not backup.exists()
    assert other.exists()


def traces(path: Path, chat_id: int) -> list[str]:
    """Where the id stands in the bytes of the files."""
    return [
        f"{file.name}: {form!r}"
        for file in path.parent.iterdir()
        for form in forms(chat_id)
        if form in file.read_bytes()
    ]


async def test_forget_leaves_no_trace_of_a_chat_in_the_bytes_of_the_files(store, clock, path):
    for number in range(1, 120):
        unit = store.unit()
        for chat in (CHAT, CHAT + 1):
            unit.receive(1, received(2 * number + chat % 2, chat, "x" * number))
            unit.save_person(PersonRow(chat, "fi", {"chat": chat, "n": "y" * number}, clock()))
            keep(unit, question(chat_id=chat, text=f"from {chat}"), None, "")
            unit.send(Outgoing(f"answer:{chat}:{number}", chat, "send", {"chat": chat, "text": "z" * number * 9}))
        if number % 3 == 0:
            unit.finish(1, 2 * number)
            unit.sent(number, number)
        await store.commit(unit)
    assert traces(path, CHAT)
    await store.forget(CHAT)
    assert traces(path, CHAT) == []
    assert await store.person(CHAT + 1)
    assert {row.chat_id for row in await store.unsent()} == {CHAT + 1}


async def test_forget_leaves_what_was_written_after_the_request(store, clock):
    unit = store.unit()
    for update_id in (5, 6, 7):
        unit.receive(1, received(update_id))
    await store.commit(unit)
    forgetting = store.unit()
    forgetting.forget(CHAT, after=6)
    await store.commit(forgetting)
    assert [row.update_id for row in await store.unfinished(1)] == [7]


async def test_a_forgotten_update_is_not_worked_on_again(store):
    first, again = store.unit(), store.unit()
    first.receive(1, received(5))
    await store.commit(first)
    await store.forget(CHAT)
    repeated = again.receive(1, received(5))
    await store.commit(again)
    assert repeated.rows == []


async def test_a_goodbye_leaves_no_trace_once_it_is_sent(store, path):
    unit = store.unit()
    unit.forget(CHAT)
    unit.send(Outgoing(f"goodbye:{CHAT}", CHAT, "send", {"text": "bye"}, vanishes=True))
    await store.commit(unit)
    [row] = await store.unsent()
    unit = store.unit()
    unit.sent(row.id, 9)
    await store.commit(unit)
    assert traces(path, CHAT) == []


# --- kill -9

WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from bot.store import PersonRow, Store
async def main():
    store = await Store.open(sys.argv[1], now=lambda: datetime.now(UTC))
    async def write(chat):
        unit = store.unit()
        unit.save_person(PersonRow(chat, "fi", {}, store.now()))
        unit.save_person(PersonRow(-chat, "fi", {}, store.now()))
        await store.commit(unit)
        print(chat, flush=True)
    for start in range(1, 10**9, 16):
        await asyncio.gather(*(write(chat) for chat in range(start, start + 16)))
asyncio.run(main())
"""


def test_what_was_confirmed_survives_kill_9_and_nothing_is_half_there(path, clock):
    confirmed: list[int] = []
    for _ in range(2):
        with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True) as process:
            for _, line in zip(range(300), process.stdout, strict=False):
                confirmed.append(int(line))
            process.kill()
            confirmed += map(int, process.stdout.read().split("\n")[:-1])
    chats = {chat for (chat,) in rows(path, "SELECT chat_id FROM person")}
    assert set(confirmed) <= chats
    assert chats == {-chat for chat in chats}
