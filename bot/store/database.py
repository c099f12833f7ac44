"""The store: opened once, written through units, read through the questions below."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import re
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from bot.errors import OpasError
from bot.store import schema
from bot.store.hands import Hands, leave_behind, page_of
from bot.store.opening import check_schema, check_whole, connect, migrate, outage, take_lock
from bot.store.records import QUESTIONS, InboxRow, OutboxRow, PersonRow, Unsent, milliseconds, moment
from bot.store.retention import BACKUP_DAYS, RETENTION
from bot.store.unit import Row, Unit, Value
from bot.store.writer import Writer

DELETABLE_MS: Final = 48 * 3_600_000

Clock = Callable[[], datetime]
Listener = Callable[[Sequence[Unsent]], None]


class Store:
    """One SQLite file. Made by ``Store.open``; closed by ``close`` or at the end of ``async with``."""

    def __init__(
        self,
        path: Path,
        now: Clock,
        writing: sqlite3.Connection,
        reading: sqlite3.Connection,
        looking_up: sqlite3.Connection,
        hands: Hands,
        held: ExitStack,
        busy_s: float,
        asker_key: bytes,
    ) -> None:
        """Use ``Store.open``. ``held``: what has to be let go of in the end."""
        self.path: Final = path
        self.hands: Final = hands
        self._asker_key: Final = asker_key
        self.now: Final = now
        self._reading = reading
        self._looking_up = looking_up
        self._held = held
        # A thread for each connection: who reads does not wait for the disk.
        self._write_thread = ThreadPoolExecutor(1, "store-writer")
        self._read_thread = ThreadPoolExecutor(1, "store-reader")
        self._writer = Writer(writing, self._write_thread, path, busy_s)
        self._listeners: list[Listener] = []

    @classmethod
    async def open(
        cls,
        path: Path | str,
        *,
        now: Clock,
        read_only: bool = False,
        beside: bool = False,
        busy_s: float = 5.0,
        asker_key: bytes = b"",
    ) -> Self:
        """Opens or makes the file; brings an old one to the newest form.

        ``now``: the clock, aware and in UTC. ``read_only``: writes nothing, needs no lock. ``beside``: for
        the command line beside a running bot, which holds the lock. ``busy_s``: seconds to wait for another
        program that is writing. ``asker_key``: see ``asker``. Raises OpasError with what to do: another Opas
        holds the lock; StoreUnavailable: the file is damaged, locked, not ours, not writable, or from a newer program.
        """
        path = Path(path)
        opened = await asyncio.to_thread(_open, path, now, read_only, beside, busy_s)
        return cls(path, now, *opened, busy_s, asker_key)

    async def close(self) -> None:
        """Writes what waits, then lets go of the file and the lock."""
        await self._writer.idle()
        self._read_thread.shutdown()
        self._write_thread.shutdown()
        self._held.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # --- writing

    def unit(self) -> Unit:
        """An empty unit of work, dated now."""
        return Unit(self.now(), self.asker)

    def asker(self, chat_id: int) -> str:
        """A mark of the chat, so that people are counted and not messages. The same chat always has the same one. It
        leads to nobody without the key, which stands in no database and no backup. Empty when the store has no key."""
        if not self._asker_key:
            return ""
        return hmac.new(self._asker_key, str(chat_id).encode(), hashlib.sha256).hexdigest()[:16]

    async def commit(self, unit: Unit) -> None:
        """Writes all of the unit or nothing; returns when it is on the disk.

        Units committed at the same time share one transaction; a faulty one is left out and raises alone.
        Raises StoreUnavailable when the database cannot be written now: the same unit may be tried again.
        """
        if unit.statements:
            await self._writer.commit(unit)
        if new := [
            Unsent(
                staged.rows[0][0],
                message.key,
                message.chat_id,
                message.priority,
                message.target_key,
                message.due_at,
            )
            for message, staged in unit.outgoing
            if staged.rows
        ]:
            for listener in self._listeners:
                listener(new)

    async def outgoing(self, outbox_id: int) -> OutboxRow | None:
        """A message that goes out; None if it was forgotten meanwhile."""
        rows = await self.look_up(
            """
            SELECT id, key, chat_id, kind, body, priority, tries, doubt,
                (SELECT target.message_id FROM outbox AS target WHERE target.key = outbox.target_key)
            FROM outbox WHERE id = :id AND state IN ('waiting', 'sending')
            """,
            id=outbox_id,
        )
        return next(map(_outgoing, rows), None)

    async def begin_sending(self, outbox_id: int) -> OutboxRow | None:
        """Notes that a message goes out, so that nobody can take it back any more, and gives it; None if it was taken
        back or forgotten meanwhile."""
        unit = self.unit()
        begun = unit.begin_sending(outbox_id)
        await self.commit(unit)
        return next(map(_outgoing, begun.rows), None)

    def listen(self, listener: Listener) -> None:
        """``listener`` is told of every new message in the outbox, right after its commit."""
        self._listeners.append(listener)

    async def forget(self, chat_id: int) -> None:
        """Removes every trace of a chat, also from the bytes of the file (see ``Unit.forget``)."""
        unit = self.unit()
        unit.forget(chat_id)
        await self.commit(unit)

    async def drop_goodbyes(self, older_than_s: float) -> int:
        """Removes messages that vanish once sent (``Outgoing.vanishes``) and could not be sent for so many seconds:
        they are the last trace of a forgotten chat. How many there were."""
        limit = milliseconds(self.now()) - int(older_than_s * 1000)
        if not await self.read("SELECT 1 FROM outbox WHERE vanishes = 1 AND created_at < :limit LIMIT 1", limit=limit):
            return 0
        unit = self.unit()
        gone = unit.stage("DELETE FROM outbox WHERE vanishes = 1 AND created_at < :limit", limit=limit)
        gone.erases = True
        await self.commit(unit)
        return gone.changed

    async def expire(self) -> dict[str, int]:
        """Removes what is older than its period (``retention.RETENTION``); how many rows of which table."""
        unit = self.unit()
        expired = {rule.table: unit.expire(rule) for rule in RETENTION if rule.days is not None}
        unit.bump(QUESTIONS)
        await self.commit(unit)
        # Also words that were emptied, not deleted, leave the log of the database now.
        await self._writer.erase()
        await asyncio.to_thread(_expire_backups, self.path, self.now())
        return {table: staged.changed for table, staged in expired.items()}

    # --- reading

    async def person(self, chat_id: int) -> PersonRow | None:
        """What is known of a chat."""
        rows = await self.look_up(
            "SELECT chat_id, locale, state, seen_at FROM person WHERE chat_id = :chat_id", chat_id=chat_id
        )
        return next(
            (PersonRow(chat, locale, json.loads(state), moment(seen)) for chat, locale, state, seen in rows),
            None,
        )

    async def message_numbers_of(self, chat_id: int, until_ms: int) -> list[int]:
        """Telegram's numbers of the messages of both sides in a chat, of the last 48 hours up to a moment: Telegram
        lets a bot delete no older ones."""
        rows = await self.read(
            """
            SELECT message_id FROM update_inbox
            WHERE chat_id = :chat_id AND message_id IS NOT NULL AND received_at BETWEEN :since AND :until
            UNION
            SELECT message_id FROM outbox
            WHERE chat_id = :chat_id AND message_id IS NOT NULL AND created_at BETWEEN :since AND :until
            """,
            chat_id=chat_id,
            since=milliseconds(self.now()) - DELETABLE_MS,
            until=until_ms,
        )
        return sorted(int(row[0]) for row in rows)

    async def version(self, name: str) -> int:
        """How often ``Unit.bump(name)`` was committed, by this program or beside it."""
        rows = await self.look_up("SELECT value FROM version WHERE name = :name", name=name)
        return int(rows[0][0]) if rows else 0

    async def unfinished(self, bot_id: int) -> tuple[InboxRow, ...]:
        """Updates that are not dealt with, in the order in which they came."""
        rows = await self.read(
            """
            SELECT bot_id, update_id, chat_id, urgent, kind, body, received_at, tries, alone
            FROM update_inbox WHERE bot_id = :bot_id AND state IN ('new', 'working')
            ORDER BY received_at, update_id
            """,
            bot_id=bot_id,
        )
        return tuple(
            InboxRow(bot, update, chat, bool(urgent), kind, body, moment(received), tries, bool(alone))
            for bot, update, chat, urgent, kind, body, received, tries, alone in rows
        )

    async def unsent(self) -> tuple[Unsent, ...]:
        """Messages that are due or will be, in the order in which they were written."""
        rows = await self.read(
            """
            SELECT id, key, chat_id, priority, target_key, due_at, doubt, state = 'sending'
            FROM outbox WHERE state IN ('waiting', 'sending') ORDER BY id
            """
        )
        return tuple(
            Unsent(
                number,
                key,
                chat,
                priority,
                target,
                None if due is None else moment(due),
                doubt,
                bool(sending),
            )
            for number, key, chat, priority, target, due, doubt, sending in rows
        )

    async def target(self, key: str) -> tuple[str, int | None] | None:
        """State (waiting, sending, sent, failed) and message id of the message with this key."""
        rows = await self.look_up("SELECT state, message_id FROM outbox WHERE key = :key", key=key)
        return (rows[0][0], rows[0][1]) if rows else None

    async def look_up(self, sql: str, **values: Value) -> list[Row]:
        """As ``read``, for a SELECT that finds few rows by a key. It takes 0.05 ms, so it is done on the spot: the way
        into a thread and back is longer, most of all while many are answered."""
        try:
            return self._looking_up.execute(sql, values).fetchall()
        except sqlite3.Error:  # above all: somebody keeps it from being read just now
            return await self.read(sql, **values)

    async def read(self, sql: str, **values: Value) -> list[Row]:
        """For the modules of this room: the rows of a SELECT with named parameters."""

        def select() -> list[Row]:
            try:
                return self._reading.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise outage(error, self.path) or error from error

        return await asyncio.get_running_loop().run_in_executor(self._read_thread, select)


def _open(
    path: Path, now: Clock, read_only: bool, beside: bool, busy_s: float
) -> tuple[sqlite3.Connection, sqlite3.Connection, sqlite3.Connection, Hands, ExitStack]:
    migrations = schema.MIGRATIONS
    with ExitStack() as held:
        if not (read_only or beside):
            held.callback(os.close, take_lock(path))
            if not path.exists():
                leave_behind(path)
        writing = connect(path, read_only=read_only, busy_s=busy_s)
        held.callback(writing.close)
        try:
            check_whole(writing, path)
            if check_schema(writing, path, migrations) < len(migrations):
                if read_only:
                    raise OpasError(f"{path} was written by an older Opas. Run `opas migrate` first.")
                with ExitStack() as while_migrating:
                    if beside:
                        while_migrating.callback(os.close, take_lock(path))
                    migrate(writing, path, migrations, milliseconds(now()))
        except sqlite3.Error as error:
            raise outage(error, path) or error from error
        reading = connect(path, read_only=True, busy_s=busy_s)
        held.callback(reading.close)
        looking_up = connect(path, read_only=True, busy_s=0)
        held.callback(looking_up.close)
        hands = Hands(None if read_only or beside else page_of(path))
        held.callback(hands.close)
        return writing, reading, looking_up, hands, held.pop_all()
    raise AssertionError("unreachable: the stack above swallows nothing")


def _outgoing(row: Row) -> OutboxRow:
    number, key, chat_id, kind, body, priority, tries, doubt, target = row
    return OutboxRow(number, key, chat_id, kind, json.loads(body), priority, target, tries, doubt)


def _expire_backups(path: Path, now: datetime) -> None:
    oldest = (now - timedelta(days=BACKUP_DAYS)).timestamp()
    for backup in path.parent.iterdir():
        # The half-made ones were left by somebody who died over them.
        copied = r"\.((before|replaced)-\d+(\.unfinished)?|restoring(\.unfinished)?)(-wal|-shm|-journal)?"
        is_backup = re.fullmatch(re.escape(path.name) + copied, backup.name)
        if is_backup and backup.stat().st_mtime < oldest:
            backup.unlink()
