"""Copies of the database: made while the bot runs, put back when it does not; whoever was forgotten in between is
forgotten again."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.errors import OpasError
from bot.store import schema
from bot.store.database import Clock, Store
from bot.store.hands import leave_behind
from bot.store.opening import (
    BESIDE,
    StoreDamaged,
    check_schema,
    check_whole,
    connect,
    migrate,
    outage,
    remove,
    take_lock,
    write_copy,
)
from bot.store.records import milliseconds
from bot.store.traces import TRACES

_BUSY_S: Final = 5.0
_MAGIC: Final = b"SQLite format 3\0"
"""How every database file of SQLite begins."""
_ANOTHER: Final = "Name another file, one that opas backup has written."

Record = Mapping[str, int]
"""Mark of a chat (``Store.asker``) → when it was forgotten, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of a restoration."""

    set_aside: Path | None
    """Where the replaced database lies now; None when there was none."""
    record_read: bool
    """Whether the database could still tell who asked to be forgotten after the copy was made."""
    recorded: int
    """How many asked after that."""
    forgotten: int
    """How many of them were found in the copy, and forgotten again."""


def back_up(database: Path, copy: Path, *, replace: bool = False) -> int:
    """Writes a consistent copy, also of a running bot's database; readable for its owner only. Its size in bytes.

    ``replace``: an older copy with this name goes when the new one is whole. Raises OpasError: no such database,
    damaged, no room, or there is such a file, which stays as it is: an older copy, unless it is to be replaced, or
    something else.
    """
    form_of(database)
    if copy.exists():
        if copy.samefile(database):
            raise OpasError(f"{copy} is the database itself. Name another file for the copy.")
        try:
            form_of(copy)
        except StoreDamaged as error:
            fault = error.fault.removesuffix(".")
            raise OpasError(f"{fault}, so it is not replaced. Name another file, or move it away.") from error
        if not replace:
            raise OpasError(
                f"{copy} holds an older copy. Name another file, or say --replace to put this in its place."
            )
    with closing(connect(database, read_only=True, busy_s=_BUSY_S)) as source:
        try:
            _copy(source, copy)
        except sqlite3.Error as error:
            raise outage(error, copy) or error from error
    return copy.stat().st_size


def form_of(database: Path) -> int:
    """The form of a database of ours. Raises OpasError: not there, damaged, not whole, of another or a newer
    program."""
    with closing(connect(database, read_only=True, busy_s=_BUSY_S)) as connection:
        try:
            check_whole(connection, database)
            form = check_schema(connection, database, schema.MIGRATIONS)
        except sqlite3.Error as error:
            raise outage(error, database) or error from error
    if not form:
        raise StoreDamaged(f"{database} is empty.", "Start the bot once, or set OPAS_DATABASE to another file.")
    return form


def record_of(database: Path) -> Record:
    """The record of who asked to be forgotten; empty for a file that is older than such records."""
    with closing(connect(database, read_only=True, busy_s=_BUSY_S)) as connection:
        try:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'forgotten'").fetchone():
                return {}
            return dict(connection.execute("SELECT mark, forgotten_at FROM forgotten").fetchall())
        except sqlite3.Error as error:
            raise outage(error, database) or error from error


def since(record: Record, copy: Record) -> Record:
    """The forgettings that the copy does not know yet."""
    return {mark: at for mark, at in record.items() if copy.get(mark, -1) < at}


async def restore(database: Path, copy: Path, now: Clock, asker_key: bytes) -> Restored:
    """Puts a copy in the place of the database, brought to the newest form; the old one is kept beside it.

    Whoever asked to be forgotten after the copy was made is forgotten in it before it takes the place. Raises
    OpasError: a bot is running, or the copy is damaged, not whole, of another or of a newer program; nothing is changed
    then.
    """
    with ExitStack() as held:
        held.callback(os.close, take_lock(database))
        record = _unknown_to(copy, database)
        new = Path(f"{database}.restoring")
        held.callback(remove, new)  # a half-made one stays nowhere: it knows people who were forgotten
        try:
            await asyncio.to_thread(_prepare, copy, new, milliseconds(now()))
            async with await Store.open(new, now=now, beside=True, asker_key=asker_key) as store:
                forgotten = await forget_again(store, record or {})
        except sqlite3.Error as error:
            raise outage(error, new) or OpasError(f"{copy} cannot be worked on: {error}. {_ANOTHER}") from error
        set_aside = _replace(database, new, now())
        return Restored(set_aside, record is not None, len(record or {}), forgotten)


async def forget_again(store: Store, record: Record) -> int:
    """Forgets everybody whose mark is in the record; how many were found."""
    chats = await chats_of(store)
    found = {store.asker(chat_id): chat_id for chat_id in chats}
    askers = {str(row[0]) for row in await store.read("SELECT DISTINCT asker FROM question")}
    for mark, at in record.items():
        unit = store.unit()
        if mark in found:
            unit.forget(found[mark])
        # A question may know its asker by the mark alone; and the record itself must outlive the next copy too.
        unit.forget_mark(mark)
        unit.note_forgotten(mark, at)
        await store.commit(unit)
    return len((found.keys() | askers) & record.keys())


async def chats_of(store: Store) -> set[int]:
    """Every chat of which something is stored."""
    selects = [f"SELECT chat_id FROM {table} WHERE chat_id IS NOT NULL" for table in TRACES]
    return {int(row[0]) for row in await store.read(" UNION ".join(selects))}


def _check_copy(copy: Path) -> None:
    """Raises OpasError with words about the copy: those of an opening would speak of OPAS_DATABASE."""
    if not copy.is_file():
        raise OpasError(f"There is no copy at {copy}. Name a file that opas backup has written.")
    try:
        with copy.open("rb") as file:
            begin = file.read(len(_MAGIC))
    except OSError as error:
        raise OpasError(f"{copy} cannot be read: {error.strerror}.") from error
    if begin and begin != _MAGIC:
        raise OpasError(f"{copy} is not a database. {_ANOTHER}")
    try:
        form_of(copy)
    except StoreDamaged as error:
        raise OpasError(f"{error.fault} {_ANOTHER}") from error


def _unknown_to(copy: Path, database: Path) -> Record | None:
    """The forgettings that the copy does not know; None when the database cannot tell. Raises OpasError: a bad copy."""
    _check_copy(copy)
    if not database.exists():
        return {}
    if copy.samefile(database):
        raise OpasError(f"{copy} is the database itself. Name the copy that is to take its place.")
    made = record_of(copy)
    try:
        return since(record_of(database), made)
    except (OpasError, sqlite3.Error):
        return None  # it is damaged: that is why it is replaced


def _copy(source: sqlite3.Connection, copy: Path) -> None:
    try:
        write_copy(source, copy)
    except OSError as error:
        raise OpasError(f"{copy} cannot be written: {error.strerror}.") from error


def _prepare(copy: Path, new: Path, now_ms: int) -> None:
    """The copy of a copy, in the newest form."""
    remove(new)
    with closing(connect(copy, read_only=True, busy_s=_BUSY_S)) as source:
        _copy(source, new)
    with closing(connect(new, read_only=False, busy_s=_BUSY_S)) as connection:
        migrate(connection, new, schema.MIGRATIONS, now_ms, keep_copy=False)


def _replace(database: Path, new: Path, now: datetime) -> Path | None:
    """Puts ``new`` in the place of the database; where that lies now."""
    aside = _set_aside(database, now) if database.exists() else None
    for ending in reversed(BESIDE):
        file = Path(f"{new}{ending}")
        if file.exists():
            file.replace(f"{database}{ending}")
    Path(f"{new}.lock").unlink(missing_ok=True)
    leave_behind(database)
    return aside


def _set_aside(database: Path, now: datetime) -> Path:
    aside = Path(f"{database}.replaced-{now:%Y%m%d%H%M%S}")
    for ending in BESIDE:
        file = Path(f"{database}{ending}")
        if file.exists():
            file.replace(f"{aside}{ending}")
    # Its days count from now (see ``Store.expire``).
    os.utime(aside, (now.timestamp(), now.timestamp()))
    return aside
