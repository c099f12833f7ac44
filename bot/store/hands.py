"""What the program has in hand at this very moment: a page beside the database that outlives the process.

A process that dies by kill -9, or in a fault of a library, cannot say what it was working on. A file that is mapped
into memory can: the kernel keeps what was written there last. That costs no transaction and no write to the disk, so it
can be exact to the instruction. Only a crash of the whole machine may leave it out of date, and then no update in it is
to blame.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.store.opening import StoreUnavailable

PAGE: Final = mmap.PAGESIZE
_UPDATE: Final = struct.Struct("<qq")
_RUNS: Final = struct.Struct("<q")
_MESSAGE: Final = struct.Struct("<q")
_MESSAGES_AT: Final = _UPDATE.size + _RUNS.size
_MOST_MESSAGES: Final = 64
_TO_ANSWER: Final = _MOST_MESSAGES * _MESSAGE.size
"""Where Telegram's answer to each message stands: 0 none yet, -1 dealt with, else Telegram's number of the message."""
_NO_NUMBER: Final = -1


def page_of(database: Path) -> Path:
    """Where the page of a database lies."""
    return Path(f"{database}.hands")


def leave_behind(database: Path) -> None:
    """Removes the page when another database takes this place: in that one, its numbers would mean other rows. Raises
    StoreUnavailable."""
    page = page_of(database)
    try:
        page.unlink(missing_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"{page} cannot be removed: {error.strerror}.") from error


class Hands:
    """Numbers of the update that is being worked on and of the messages that are on their way."""

    def __init__(self, path: Path | None) -> None:
        """``path``: of the page, which is made if there is none; None: a page in memory alone. Raises StoreUnavailable
        when it cannot be written."""
        self._page: mmap.mmap | bytearray = bytearray(PAGE)
        self._free: list[int] = []
        self._places: dict[int, int] = {}
        if path is not None:
            try:
                self._page = _mapped(path)
            except OSError as error:
                raise StoreUnavailable(f"{path} cannot be written: {error.strerror}.") from error
        (runs,) = _RUNS.unpack_from(self._page, _UPDATE.size)
        self.after_a_crash: Final = bool(runs)
        """The run before this one did not end in good order."""
        _RUNS.pack_into(self._page, _UPDATE.size, 1)
        for number in range(_MOST_MESSAGES):
            at = _MESSAGES_AT + number * _MESSAGE.size
            (message,) = _MESSAGE.unpack_from(self._page, at)
            if message > 0:
                self._places[message] = at
            else:
                _MESSAGE.pack_into(self._page, at + _TO_ANSWER, 0)
                self._free.append(at)

    def close(self) -> None:
        """The end in good order. What is in hand stays there for the next run."""
        _RUNS.pack_into(self._page, _UPDATE.size, 0)
        if isinstance(self._page, mmap.mmap):
            self._page.close()

    # --- the update that the processor is working on: one, because there is one thread for all of them

    @property
    def update(self) -> tuple[int, bool] | None:
        """Its number, and whether it was tried alone."""
        number, alone = _UPDATE.unpack_from(self._page)
        return (number - 1, bool(alone)) if number else None

    def take_update(self, number: int, *, alone: bool) -> None:
        """From now on this one is worked on."""
        _UPDATE.pack_into(self._page, 0, number + 1, alone)

    def leave_update(self) -> None:
        """None is worked on any more."""
        _UPDATE.pack_into(self._page, 0, 0, 0)

    # --- messages on their way

    @property
    def messages(self) -> frozenset[int]:
        """Rows of the outbox whose fate is not written down yet."""
        return frozenset(self._places)

    @property
    def answered(self) -> Mapping[int, int | None]:
        """Those of them that Telegram has taken → its number of the message; None when it made no message."""
        answers = {
            message: _MESSAGE.unpack_from(self._page, at + _TO_ANSWER)[0] for message, at in self._places.items()
        }
        return {message: None if number == _NO_NUMBER else number for message, number in answers.items() if number}

    def take_message(self, number: int) -> None:
        """Notes that a message goes out now. There is room for ``_MOST_MESSAGES`` at once, many times what the outbox
        sends."""
        if number not in self._places and self._free:
            at = self._places[number] = self._free.pop()
            _MESSAGE.pack_into(self._page, at, number)

    def note_answer(self, number: int, message_id: int | None) -> None:
        """Telegram has taken it: it need not go out again, even if the program dies before that is written down."""
        at = self._places.get(number)
        if at is not None:
            _MESSAGE.pack_into(self._page, at + _TO_ANSWER, message_id or _NO_NUMBER)

    def leave_message(self, number: int) -> None:
        """Its fate is written down."""
        at = self._places.pop(number, None)
        if at is not None:
            # The answer goes last: a number without its message means nothing, and is written over.
            _MESSAGE.pack_into(self._page, at, 0)
            _MESSAGE.pack_into(self._page, at + _TO_ANSWER, 0)
            self._free.append(at)


def _mapped(path: Path) -> mmap.mmap:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(descriptor).st_size < PAGE:
            # Written, not only lengthened: a page without room on the disk would end the process at the first touch.
            os.pwrite(descriptor, bytes(PAGE), 0)
        return mmap.mmap(descriptor, PAGE)
    finally:
        os.close(descriptor)
