"""A test that waits for ever fails and says what it waited for, instead of holding up the whole run.

``faulthandler_timeout`` alone would not do: of an event loop it says that it waits, not for what; and it ends the
worker, after which xdist waits for ever itself.
"""

from __future__ import annotations

import asyncio
import gc
import io
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_S = 120.0
"""For a test's setup, call or teardown each; the longest takes 20 s on two cores."""


@contextmanager
def impatience(patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Whatever waits in an event loop after ``patience_s`` seconds is cancelled, after its stack was written."""
    timer = threading.Timer(patience_s, _give_up, [patience_s])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


async def until(condition: Callable[[], object], patience_s: float = 20.0) -> None:
    """Return when ``condition`` holds. For what nobody tells of: another process, somebody else's list."""
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def _give_up(patience_s: float) -> None:
    # The loop runs in another thread, so asyncio.all_tasks() would need it first; the tasks know it.
    waiting = [each for each in gc.get_objects() if isinstance(each, asyncio.Task) and not each.done()]
    if not waiting:
        return  # it works, or waits for another process: ``faulthandler_timeout`` says where
    said = io.StringIO()
    for task in waiting:
        task.print_stack(file=said)
    print(f"\nStill waiting after {patience_s:g} s:\n{said.getvalue()}", file=sys.stderr, flush=True)
    for task in waiting:
        loop = task.get_loop()
        if loop.is_running():
            loop.call_soon_threadsafe(task.cancel, f"still waiting after {patience_s:g} s")
