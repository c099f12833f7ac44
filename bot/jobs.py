"""What runs side by side for as long as the program does: a fault of our own in one of them must not end the others."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final

from bot.errors import OpasError
from bot.redaction import trace_of
from bot.store import StoreUnavailable

AGAIN_S: Final = 10.0
"""Until a job that failed is begun again."""
SAY_AGAIN_S: Final = 3600.0
"""How often the log says the same again."""

_log = logging.getLogger(__name__)


async def lasting(name: str, job: Callable[[], Awaitable[None]]) -> None:
    """Return when ``job`` does; whatever it raises is logged, and it is begun again. ``name``: for the log. Raises
    OpasError: what somebody has to mend before the program can do its work."""
    said, said_s = "", 0.0
    while True:
        try:
            await job()
            return
        except Exception as error:  # our own fault, or a database that cannot be used for now
            if isinstance(error, OpasError) and not isinstance(error, StoreUnavailable):
                raise
            trace = trace_of(error)
            if trace != said or time.monotonic() - said_s > SAY_AGAIN_S:
                _log.error(
                    "a job failed and is begun again", extra={"job": name, "again_in_s": AGAIN_S, "trace": trace}
                )
                said, said_s = trace, time.monotonic()
        await asyncio.sleep(AGAIN_S)


async def run_until(stop: asyncio.Event, jobs: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run the jobs until ``stop``, or until one fails, which ends all and is raised."""
    tasks = [asyncio.create_task(job) for job in jobs]
    waiting = asyncio.create_task(stop.wait())
    try:
        pending: set[asyncio.Task[Any]] = {waiting, *tasks}
        while not waiting.done():
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises what the job raised
    finally:
        for task in (waiting, *tasks):
            task.cancel()
        await asyncio.gather(waiting, *tasks, return_exceptions=True)


async def run_together(jobs: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run the jobs until cancelled, or until one fails, which ends all and is raised."""
    await run_until(asyncio.Event(), jobs)
