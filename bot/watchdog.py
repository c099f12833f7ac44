"""Ends the process, hard, when something that has to go on stands still; who supervises it starts it again, and
nothing that was accepted is lost.

A thread of its own watches, because an event loop that hangs cannot watch itself.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

EXIT_CODE: Final = 70
"""EX_SOFTWARE: neither a clean end (0) nor a fault that the operator has to mend before a restart (1, 2)."""
LONGEST_LOOK_S: Final = 1.0
FROZEN_S: Final = 5.0
"""A look that comes so much too late means that the whole machine stood still: nothing of it was our fault."""
LAST_WORDS_S: Final = 3.0

_log = logging.getLogger(__name__)


class Watched:
    """Something that has to go on. Watched from its first ``beat`` on."""

    def __init__(self, name: str, patience_s: float) -> None:
        self.name: Final = name
        self.patience_s: Final = patience_s
        self._last: float | None = None

    def beat(self) -> None:
        """It went on just now."""
        self._last = time.monotonic()

    def silent_s(self) -> float:
        """Seconds since the last beat; 0 before the first."""
        last = self._last
        return 0.0 if last is None else time.monotonic() - last


class Watchdog:
    """Watches while its ``async with`` lasts."""

    def __init__(self, patience_s: float, *, end: Callable[[str, float], None] | None = None) -> None:
        """``patience_s``: how long the event loop may stand still; 0 watches nothing. ``end``: is told what stands
        still and for how long."""
        self._patience_s = patience_s
        self._end = end or end_hard
        self._watched: list[Watched] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.Task[None] | None = None

    def watch(self, name: str, times: float = 1.0) -> Watched:
        """Watches one more thing; ``times``: its patience in those of the event loop."""
        watched = Watched(name, self._patience_s * times)
        self._watched.append(watched)
        return watched

    async def __aenter__(self) -> Watchdog:
        if self._patience_s:
            self._loop = asyncio.create_task(_beat_for_ever(self.watch("the event loop")))
            self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
            self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)

    def _watch(self) -> None:
        look_s = min(LONGEST_LOOK_S, self._patience_s / 4)
        before = time.monotonic()
        while not self._stop.wait(look_s):
            now = time.monotonic()
            if now - before > look_s + FROZEN_S:
                for watched in self._watched:
                    if watched.silent_s():
                        watched.beat()
            before = now
            for watched in self._watched:
                if (silent_s := watched.silent_s()) > watched.patience_s:
                    self._end(watched.name, silent_s)
                    return


async def _beat_for_ever(watched: Watched) -> None:
    while True:
        watched.beat()
        await asyncio.sleep(min(LONGEST_LOOK_S, watched.patience_s / 4))


def end_hard(name: str, silent_s: float) -> None:
    """Say what stands still, and where every thread is, then end without cleaning up: it might hang too."""
    # Said by another thread, and not waited for long: whoever hangs may hold the log.
    speaking = threading.Thread(target=_say_last_words, args=(name, silent_s), daemon=True)
    speaking.start()
    speaking.join(LAST_WORDS_S)
    os._exit(EXIT_CODE)


def _say_last_words(name: str, silent_s: float) -> None:
    _log.critical(
        "no progress: the program ends itself, to be started again",
        extra={"what": name, "silent_s": round(silent_s)},
    )
    faulthandler.dump_traceback(sys.stderr, all_threads=True)
