"""Group commit: all units that wait are written in one transaction, so that many people cost one write to the disk.

The statements run in the event loop and take 0.03 ms each. A thread beside the loop would have to ask for Python's lock
twice a statement and might wait half a millisecond each time; so only the COMMIT, which waits for the disk, runs in
one. What may take long (another program is writing, a whole table is gone through) runs there from the BEGIN on.
Between BEGIN and COMMIT nothing can be cancelled, and no other task can write.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from bot.redaction import trace_of
from bot.store.opening import StoreUnavailable, identity, moved_away, outage
from bot.store.unit import Unit

Result = TypeVar("Result")

ERASE_AGAIN_S: Final = 1.0
"""Until the next try to get rid of erased bytes, when a reader was in the way."""

_log = logging.getLogger(__name__)


class Writer:
    """Commits units, together where possible and alone where one of them is at fault."""

    def __init__(self, connection: sqlite3.Connection, thread: Executor, path: Path, patience_s: float) -> None:
        """``patience_s``: how long to wait for another program that is writing."""
        self._connection = connection
        self._thread = thread
        self._path = path
        self._file = identity(path)
        self.patience_s = patience_s
        self._in_thread: list[Future[Any]] = []
        """Calls into the thread; as long as one of them is not done, the connection belongs to the thread."""
        self._waiting: list[tuple[Unit, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._bytes_to_erase = False
        self._again: asyncio.TimerHandle | None = None

    async def commit(self, unit: Unit) -> None:
        """Returns when the unit is on the disk.

        Raises StoreUnavailable when nothing can be written now, else what was wrong with a statement of this
        very unit (sqlite3.Error, or the error of a value that cannot be stored).
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((unit, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all(), name="store-writer")
        await done

    async def idle(self) -> None:
        """Returns when nothing waits to be written."""
        if self._again is not None:
            self._again.cancel()
            self._erase_soon()
        while self._writing is not None:
            await asyncio.wait([self._writing])

    async def _write_all(self) -> None:
        # Whoever is ready to run now may have a unit to add: one turn of the loop fills the first batch.
        await asyncio.sleep(0)
        while self._waiting:
            batch, self._waiting = self._waiting, []
            units = [unit for unit, _ in batch]
            outcomes: Sequence[BaseException | None]
            try:
                outcomes = await self._written(units)
            except BaseException as error:
                outcomes = [error] * len(batch)
            for (_, done), outcome in zip(batch, outcomes, strict=True):
                if done.done():  # cancelled: nobody waits for it any more
                    continue
                if outcome is None:
                    done.set_result(None)
                else:
                    done.set_exception(outcome)
        self._writing = None
        if self._bytes_to_erase and self._again is None:
            self._again = asyncio.get_running_loop().call_later(ERASE_AGAIN_S, self._erase_soon)

    async def erase(self) -> None:
        """Gets rid of the bytes of everything that was changed or deleted before."""
        await self._in_its_thread(self._erase_bytes)

    def _erase_soon(self) -> None:
        self._again = None
        if self._writing is None:
            self._writing = asyncio.create_task(self._erase_and_write(), name="store-eraser")

    async def _erase_and_write(self) -> None:
        try:
            await self.erase()
        except Exception as error:  # our own fault; what waits to be written must not wait for ever
            _log.error("erased bytes stay for now", extra={"trace": trace_of(error)})
        await self._write_all()

    async def _written(self, units: Sequence[Unit]) -> Sequence[BaseException | None]:
        """What went wrong with each unit."""
        if identity(self._path) != self._file:
            return [moved_away(self._path)] * len(units)
        if self._is_begun(units):
            try:
                self._carry_out(units)
            except Exception:  # the thread finds out whose fault it is
                self._roll_back()
            else:
                outcome = await self._in_its_thread(lambda: self._commit(units))
                if outcome is None or isinstance(outcome, StoreUnavailable):
                    return [outcome] * len(units)
        return await self._in_its_thread(lambda: self._write(units))

    def _is_begun(self, units: Sequence[Unit]) -> bool:
        """Whether a transaction could be begun at once: not when another program is writing."""
        if any(not call.done() for call in self._in_thread) or any(unit.takes_long for unit in units):
            return False
        try:
            self._connection.execute("PRAGMA busy_timeout = 0")
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            return False
        return True

    def _in_its_thread(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        call = self._thread.submit(work)
        self._in_thread = [call, *(earlier for earlier in self._in_thread if not earlier.done())]
        return asyncio.wrap_future(call)

    # --- in the thread of the connection

    def _write(self, units: Sequence[Unit]) -> Sequence[BaseException | None]:
        """What went wrong with each unit."""
        together = self._transaction(units)
        if together is None or isinstance(together, StoreUnavailable) or len(units) == 1:
            return [together] * len(units)
        return [self._transaction([unit]) for unit in units]

    def _transaction(self, units: Sequence[Unit]) -> Exception | None:
        """Carries out all statements of the units or none; what went wrong."""
        try:
            self._be_patient()
            self._connection.execute("BEGIN IMMEDIATE")
            self._carry_out(units)
        except Exception as error:
            self._roll_back()
            return outage(error, self._path) or error
        return self._commit(units)

    def _carry_out(self, units: Sequence[Unit]) -> None:
        for unit in units:
            lost = False
            for staged in unit.statements:
                if lost:
                    staged.rows, staged.changed = [], 0
                    continue
                cursor = self._connection.execute(staged.sql, staged.values)
                staged.rows = cursor.fetchall()
                staged.changed = cursor.rowcount
                lost = staged.decides and staged.changed == 0

    def _commit(self, units: Sequence[Unit]) -> Exception | None:
        try:
            self._connection.execute("COMMIT")
        except Exception as error:
            self._roll_back()
            return outage(error, self._path) or error
        self._bytes_to_erase |= any(
            staged.erases and staged.changed > 0 for unit in units for staged in unit.statements
        )
        if self._bytes_to_erase:
            self._erase_bytes()
        return None

    def _be_patient(self) -> None:
        self._connection.execute(f"PRAGMA busy_timeout = {round(1000 * self.patience_s)}")

    def _roll_back(self) -> None:
        # After some faults (disk full) SQLite has rolled back already; then there is nothing to do.
        if self._connection.in_transaction:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")

    def _erase_bytes(self) -> None:
        """What was deleted is overwritten (secure_delete) in new pages; now the log with the old pages goes
        too.

        Another program that is reading can hinder it; then it is tried again a moment later.
        """
        with suppress(sqlite3.Error):
            self._be_patient()
            (busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self._bytes_to_erase = bool(busy)
