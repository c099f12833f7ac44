"""How the database file is opened: mode, lock, damage, migrations; every fault in words for the one who runs
the bot."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from bot.errors import OpasError

Migrations = Sequence[Sequence[str]]

OWNER_ONLY: Final = 0o600
BESIDE: Final = ("", "-wal", "-shm")
"""A database and the two files that SQLite keeps beside it."""


class StoreUnavailable(OpasError):  # noqa: N818 it names a state, like the words a caller thinks in
    """The database cannot be used now (locked, disk full, unreadable, damaged, of another form). Nothing was written;
    trying again may help, at the latest when somebody has done what the words say."""


class StoreDamaged(StoreUnavailable):
    """The file is not what was written into it, or was never ours; only a copy helps."""

    def __init__(self, fault: str, remedy: str) -> None:
        """``remedy``: what helps when the file is the database in use; for a copy something else does."""
        super().__init__(f"{fault} {remedy}")
        self.fault: Final = fault


_COPY_HELPS: Final = "Put a backup in its place (opas restore)."
_BUSY: Final = "Another program holds the database {path}. End it, or wait."
_CLOSED: Final = "{path} cannot be opened. Make the file and its folder readable for the user of the bot."
_DAMAGES: Final = {
    sqlite3.SQLITE_CORRUPT: ("{path} is damaged.", _COPY_HELPS),
    sqlite3.SQLITE_NOTADB: ("{path} is not a database.", "Set OPAS_DATABASE to another file, or move this one away."),
}
_OUTAGES: Final = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_FULL: "The disk is full: {path} cannot be written. Make room on it.",
    sqlite3.SQLITE_NOMEM: "There is no memory left to work on {path}.",
    sqlite3.SQLITE_READONLY: (
        "{path} cannot be written. Make the file and its folder writable for the user of the bot."
    ),
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED,
    sqlite3.SQLITE_IOERR: "{path} cannot be read or written: the disk reports a fault. Look at the disk.",
}


def identity(path: Path) -> tuple[int, int] | None:
    """Device and inode of the file that lies there now; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def moved_away(path: Path) -> StoreUnavailable:
    """For a database whose place is taken or empty: what is written now goes into a file that nobody will find."""
    return StoreUnavailable(
        f"{path} was moved, replaced or deleted while the bot runs. Put it back, or restart the bot to go on with what "
        "lies there now."
    )


def outage(error: BaseException, path: Path) -> StoreUnavailable | None:
    """What is wrong with the database as a whole; None when only the statement is at fault."""
    code = getattr(error, "sqlite_errorcode", None)
    kind = code & 0xFF if isinstance(code, int) else None
    if kind in _DAMAGES:
        fault, remedy = _DAMAGES[kind]
        return StoreDamaged(fault.format(path=path), remedy)
    return StoreUnavailable(_OUTAGES[kind].format(path=path)) if kind in _OUTAGES else None


def take_lock(path: Path) -> int:
    """Takes the lock file beside the database; a descriptor to close when done. Raises OpasError if somebody
    has it, StoreUnavailable when it cannot be written.

    The kernel lets go of the lock when the process ends, however it ends; the file stays.
    """
    lock = Path(f"{path}.lock")
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
    except OSError as error:
        raise StoreUnavailable(f"{lock} cannot be written: {error.strerror}. {_remedy(lock, error)}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.read(descriptor, 20).decode(errors="replace").strip()
        os.close(descriptor)
        raise OpasError(
            f"Another Opas{f' (process {holder})' if holder else ''} is already working with {path}. "
            "Stop it first, or set OPAS_DATABASE to another file."
        ) from error
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def _remedy(path: Path, error: OSError) -> str:
    if error.errno == errno.EROFS:
        return "The file system has been made read-only, perhaps after a fault: look at the disk."
    if error.errno == errno.ENOSPC:
        return "Make room on the disk."
    if not path.parent.is_dir():
        return f"Make the folder {path.parent} first, or set OPAS_DATABASE to another file."
    if path.exists() and os.access(path.parent, os.W_OK, effective_ids=True):
        return f"Give the files of {path.parent} to the user of the bot (chown)."
    return f"Make the folder {path.parent} writable for the user of the bot."


def check_there(path: Path) -> None:
    """Raises OpasError when there is no such file."""
    if not path.exists():
        raise OpasError(
            f"There is no database at {path}. The bot makes one when it first runs on Telegram (the browser phone "
            "keeps nothing); if yours lies elsewhere, set OPAS_DATABASE."
        )


def connect(path: Path, *, read_only: bool, busy_s: float) -> sqlite3.Connection:
    """An open connection in autocommit mode. Raises OpasError when the file is not there, StoreUnavailable when it is
    damaged or something else.

    ``busy_s``: seconds to wait for another program that is writing.
    """
    if read_only:
        check_there(path)
    try:
        if not read_only:
            _create(path)
        connection = sqlite3.connect(
            f"file:{quote(str(path.absolute()))}?mode={'ro' if read_only else 'rw'}",
            uri=True,
            timeout=busy_s,
            isolation_level=None,
            check_same_thread=False,
        )
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be written: {error.strerror}. {_remedy(path, error)}") from error
    except sqlite3.Error as error:
        raise outage(error, path) or error from error
    try:
        _prepare(connection, read_only=read_only)
    except sqlite3.Error as error:
        connection.close()
        raise outage(error, path) or error from error
    return connection


def check_whole(connection: sqlite3.Connection, path: Path) -> None:
    """Raises StoreDamaged when a page of the file is damaged."""
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise StoreDamaged(f"{path} is damaged.", _COPY_HELPS)


def write_copy(source: sqlite3.Connection, copy: Path) -> None:
    """Writes what an open database holds into one file, readable for its owner only. Raises OSError, sqlite3.Error, and
    StoreDamaged when what was written is not whole."""
    # Made beside and moved into place: a half-made copy never has the name of one.
    unfinished = Path(f"{copy}.unfinished")
    try:
        remove(unfinished)
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWNER_ONLY))
        with closing(sqlite3.connect(unfinished, isolation_level=None)) as target:
            source.backup(target)
            # One file, without a log beside it.
            target.execute("PRAGMA journal_mode = DELETE")
            check_whole(target, unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(copy)
    finally:
        with suppress(OSError):
            remove(unfinished)


def remove(file: Path) -> None:
    """Removes a database with all that SQLite keeps beside it. Raises OSError."""
    for ending in (*BESIDE, "-journal"):
        Path(f"{file}{ending}").unlink(missing_ok=True)


def _create(path: Path) -> None:
    # SQLite gives -wal and -shm the mode of the file itself, so the mode has to be right from the first byte.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY))
    if path.stat().st_mode & 0o077:
        path.chmod(OWNER_ONLY)


def _prepare(connection: sqlite3.Connection, *, read_only: bool) -> None:
    if read_only:
        connection.execute("PRAGMA query_only = ON")
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")


def check_schema(connection: sqlite3.Connection, path: Path, migrations: Migrations) -> int:
    """Number of migrations the file has gone through. Raises StoreDamaged when it is not ours or lacks a table or a
    column, StoreUnavailable when it is from a newer program."""
    found = _columns(connection)
    if not found:
        return 0
    if found.get("schema_version") != {"version", "applied_at"}:
        raise StoreDamaged(f"{path} is a database of another program.", "Set OPAS_DATABASE to another file.")
    (version,) = connection.execute("SELECT COALESCE(MAX(version), 0) FROM schema_version").fetchone()
    if version > len(migrations):
        raise StoreUnavailable(
            f"{path} was written by a newer Opas (form {version}; this program knows {len(migrations)}). "
            f"Install the newer program, or put the backup {path}.before-{len(migrations) + 1} in its place."
        )
    if lacking := _lacking(found, migrations[:version]):
        raise StoreDamaged(f"{path} is not whole: it lacks the {lacking}.", _COPY_HELPS)
    return int(version)


def _columns(connection: sqlite3.Connection) -> dict[str, set[str]]:
    """Table → names of its columns."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    names = "SELECT name FROM pragma_table_info(:table)"
    return {table: {name for (name,) in connection.execute(names, {"table": table})} for (table,) in tables}


def _lacking(found: dict[str, set[str]], migrations: Migrations) -> str:
    """The first table or column that these migrations make and a file has not; "" when it has all."""
    with closing(sqlite3.connect(":memory:")) as model:
        for statements in migrations:
            for statement in statements:
                model.execute(statement)
        for table, columns in _columns(model).items():
            if table not in found:
                return f"table {table}"
            for column in sorted(columns - found[table]):
                return f"column {table}.{column}"
    return ""


def migrate(
    connection: sqlite3.Connection, path: Path, migrations: Migrations, now_ms: int, *, keep_copy: bool = True
) -> None:
    """Brings the file to the newest form, one transaction a step, after a copy if it holds something. Raises
    StoreUnavailable when that cannot be written."""
    version = check_schema(connection, path, migrations)
    if keep_copy and 0 < version < len(migrations):
        copy = Path(f"{path}.before-{version + 1}")
        try:
            write_copy(connection, copy)
        except OSError as error:
            raise StoreUnavailable(f"{copy} cannot be written: {error.strerror}. {_remedy(copy, error)}") from error
    for number, statements in enumerate(migrations[version:], start=version + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                connection.execute(statement)
            connection.execute(
                "INSERT INTO schema_version (version, applied_at) VALUES (:version, :applied_at)",
                {"version": number, "applied_at": now_ms},
            )
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
