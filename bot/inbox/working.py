"""The inbox at work: keeps updates and hands them on until they are done or set aside.

Which of them are urgent is found out only after they are kept and Telegram is told so: it can get the next ones ready
meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal

from bot.inbox.backlog import Backlog
from bot.inbox.guilt import in_hand
from bot.redaction import reason_of, trace_of
from bot.reduction import Received
from bot.store import InboxRow, Store, StoreUnavailable, Unit

Held = Literal["held"]
Handle = Callable[[InboxRow, Unit], Coroutine[Any, Any, Held | None]]

POISON_TRIES: Final = 2
"""An update that was in hand at so many deaths of the process is tried alone: then it is clear whether it was the
cause."""
READING_S: Final = 0.002
"""How long updates are read at a stretch, before those who send and answer have a turn."""
BREATHS: Final = 3
"""Turns of the event loop for each update: one to work on it, two in which Telegram's answers come in and the next
messages go out. With eight updates in one turn nobody looked for 40 ms."""
KILLER: Final = "the program stopped while working on it alone"
FIRST_WAIT_S: Final = 0.1
LONGEST_WAIT_S: Final = 30.0
"""Between two tries while the database cannot be used."""

_log = logging.getLogger(__name__)


class Inbox:
    """Takes updates in and hands them to ``handle``, at most ``workers`` at once."""

    def __init__(
        self,
        store: Store,
        handle: Handle,
        *,
        bot_id: int,
        now: Callable[[], datetime],
        urgent: Callable[[InboxRow], bool],
        workers: int = 8,
        ready: Callable[[InboxRow], Awaitable[None] | None] = lambda _: None,
        on_failure: Handle | None = None,
        on_outage: Callable[[InboxRow], Awaitable[None]] | None = None,
    ) -> None:
        """``handle``: does the work of one update and stages all its effects in the unit it is given; "held" means that
        the update is not dealt with and comes again at the next start.

        ``urgent``: whether an update goes before all others. ``ready``: what an update has to wait for before it can be
        worked on; None: nothing. It occupies no worker meanwhile, and later updates of its chat wait behind it unless
        they are urgent. ``on_failure``: may stage a kind line to the person when an update is set aside. ``on_outage``:
        is told of an update that waits because the database cannot be used, and raises nothing.
        """
        self._store = store
        self._handle = handle
        self._on_failure = on_failure
        self._on_outage = on_outage
        self._bot_id = bot_id
        self._now = now
        self._urgent = urgent
        self._ready = ready
        self._workers = workers
        self._unread: deque[InboxRow] = deque()
        """Kept, but nobody knows yet whether they are urgent."""
        self._reading: asyncio.Task[None] | None = None
        self._backlog = Backlog()
        self._suspects: deque[InboxRow] = deque()
        """Updates that may have killed the process; each is tried alone."""
        self._alone = False
        self._in_hand: set[asyncio.Task[None]] = set()
        self._parked: dict[int | None, deque[InboxRow]] = {}
        """What is not ready yet, by chat, and what came after it."""
        self._parking: set[asyncio.Future[None]] = set()
        self._unfinished: set[int] = set()
        """Updates that are not dealt with."""
        self._idle = asyncio.Event()
        self._idle.set()
        self._loading = False
        self._running = False
        self._breaths = 0
        """Turns of the event loop until the next update may be handed out."""
        self._wait_s = 0.0
        self._pause: asyncio.TimerHandle | None = None

    async def accept(self, received: Sequence[Received]) -> None:
        """Keeps the updates; returns when they are on the disk. One that is known already is left out.

        Raises StoreUnavailable when they could not be kept: Telegram must then not be told that they were.
        """
        unit = self._store.unit()
        kept = []
        for update in received:
            # Inline queries are answered at once or not at all; without a number nothing can be kept.
            if update.update_id is None or update.kind == "inline":
                continue
            if update.chat_id is None:
                broken = update.kind == "malformed"
                state, error = ("set-aside", "malformed update") if broken else ("done", "")
                unit.receive(self._bot_id, update, state=state, error=error)
                continue
            row = InboxRow(self._bot_id, update.update_id, update.chat_id, False, update.kind, update.body, self._now())
            kept.append((row, unit.receive(self._bot_id, update)))
        if unit.statements:
            await self._store.commit(unit)
            for row, staged in kept:
                # What comes in before the start is read from the disk by it.
                if staged.rows and self._loading and row.update_id not in self._unfinished:
                    self._take_in(row)
            self._read_on()

    async def start(self) -> None:
        """Goes on with what is not finished, then with what comes in."""
        self._loading = True
        if died_with := self._store.hands.update:
            unit = self._store.unit()
            number, alone = died_with
            unit.died_with(self._bot_id, number, alone=alone)
            await self._store.commit(unit)
            self._store.hands.leave_update()
        for row in await self._store.unfinished(self._bot_id):
            if row.alone:
                _log.error("update set aside", extra={**_about(row), "reason": KILLER})
                await self._set_aside(row, KILLER)
            elif row.tries >= POISON_TRIES:
                self._remember(row)
                self._suspects.append(row)
            elif row.update_id not in self._unfinished:
                self._take_in(row)
        self._running = True
        self._read_on()
        self._hand_out()

    async def stop(self, timeout_s: float = 10.0) -> None:
        """Finishes what is in hand, within ``timeout_s``; what is cut off then is taken up at the next
        start."""
        self._running = False
        for waiting in (self._pause, self._reading, *self._parking):
            if waiting is not None:
                waiting.cancel()
        await asyncio.gather(*self._parking, return_exceptions=True)
        if self._in_hand:
            _, late = await asyncio.wait(self._in_hand, timeout=timeout_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def idle(self) -> None:
        """Returns when everything that came in is dealt with."""
        await self._idle.wait()

    # --- handing out

    def _read_on(self) -> None:
        if self._unread and self._running and self._reading is None:
            self._reading = asyncio.create_task(self._read_all())

    async def _read_all(self) -> None:
        """Finds out which updates go before all others, and hands them on."""
        try:
            until = time.perf_counter() + READING_S
            while self._unread:
                self._put_in_line(self._read(self._unread.popleft(), alone=False))
                if time.perf_counter() > until:
                    self._hand_out()
                    for _ in range(BREATHS):
                        await asyncio.sleep(0)
                    until = time.perf_counter() + READING_S
        finally:
            self._reading = None
        self._hand_out()

    def _read(self, row: InboxRow, *, alone: bool) -> InboxRow:
        hands = self._store.hands
        hands.take_update(row.update_id, alone=alone)
        try:
            return replace(row, urgent=True) if self._urgent(row) else row
        except Exception as error:  # a false alarm costs a line, a lost message may cost a life
            _log.error("urgency unknown, taken as urgent", extra={"trace": trace_of(error)})
            return replace(row, urgent=True)
        finally:
            hands.leave_update()

    def _put_in_line(self, row: InboxRow) -> None:
        """To be worked on in its turn; or, when it is not ready, as soon as it is."""
        if row.urgent:
            self._backlog.add(row)
        elif (before := self._parked.get(row.chat_id)) is not None:
            before.append(row)
        elif (wait := self._wait_of(row)) is None:
            self._backlog.add(row)
        else:
            self._parked[row.chat_id] = deque([row])
            ready = asyncio.ensure_future(wait)
            for task in (ready, asyncio.create_task(self._park(row, ready))):
                self._parking.add(task)
                task.add_done_callback(self._parking.discard)

    def _wait_of(self, row: InboxRow) -> Awaitable[None] | None:
        try:
            return self._ready(row)
        except Exception as error:  # then it is found out by working on it
            _log.error("waits for nothing", extra={**_about(row), "trace": trace_of(error)})
            return None

    async def _park(self, row: InboxRow, ready: Awaitable[None]) -> None:
        try:
            await ready
        except Exception as error:
            _log.error("waits no longer", extra={**_about(row), "trace": trace_of(error)})
        first, *others = self._parked.pop(row.chat_id)
        self._backlog.add(first)
        for other in others:
            self._put_in_line(other)
        self._hand_out()

    def _remember(self, row: InboxRow) -> None:
        self._unfinished.add(row.update_id)
        self._idle.clear()

    def _take_in(self, row: InboxRow) -> None:
        self._remember(row)
        self._unread.append(row)

    def _hand_out(self) -> None:
        """Gives updates to workers as long as there are both, one after another with ``BREATHS`` between two."""
        if not self._breaths and self._hand_out_one():
            self._breaths = BREATHS
            asyncio.get_running_loop().call_soon(self._breathe)

    def _breathe(self) -> None:
        self._breaths -= 1
        if self._breaths:
            asyncio.get_running_loop().call_soon(self._breathe)
        else:
            self._hand_out()

    def _hand_out_one(self) -> bool:
        if not self._running or self._pause is not None or self._alone or not self._is_anybody_free():
            return False
        row = self._backlog.take(urgent_only=bool(self._suspects))
        if row is None and self._suspects and not self._in_hand:
            row = self._suspects.popleft()
            self._alone = True
        if row is None:
            return False
        self._in_hand.add(asyncio.create_task(self._work(row, alone=self._alone)))
        return True

    def _is_anybody_free(self) -> bool:
        return len(self._in_hand) < self._workers

    async def _work(self, row: InboxRow, *, alone: bool) -> None:
        finished = False
        try:
            await self._deal_with(row, alone=alone)
            finished = True
            self._wait_s = 0.0
        except StoreUnavailable as error:
            self._wait_s = min(LONGEST_WAIT_S, self._wait_s * 2 or FIRST_WAIT_S)
            fields = {**_about(row), "wait_s": self._wait_s, "reason": str(error)}
            _log.warning("update tried again", extra=fields)
            self._pause_for(self._wait_s)
            if self._on_outage is not None:
                await self._on_outage(row)
        except Exception as error:  # not even that it failed can be written down: the next start tries it again
            _log.error("update left for the next start", extra={**_about(row), "trace": trace_of(error)})
            finished = True
        finally:
            self._let_go(row, alone=alone, finished=finished)

    def _let_go(self, row: InboxRow, *, alone: bool, finished: bool) -> None:
        if task := asyncio.current_task():
            self._in_hand.discard(task)
        if finished:
            self._unfinished.discard(row.update_id)
            if not self._unfinished:
                self._idle.set()
        if alone:
            self._alone = False
            if not finished:
                self._suspects.appendleft(row)
        else:
            if not finished:
                self._backlog.add(row, in_front=True)
            self._backlog.release(row.chat_id)
        self._hand_out()

    def _pause_for(self, seconds: float) -> None:
        def go_on() -> None:
            self._pause = None
            self._hand_out()

        if self._pause is None:
            self._pause = asyncio.get_running_loop().call_later(seconds, go_on)

    # --- one update

    async def _deal_with(self, row: InboxRow, *, alone: bool) -> None:
        """Raises StoreUnavailable when the database, not the update, is at fault."""
        if alone:
            row = self._read(row, alone=True)
        unit = self._store.unit()
        try:
            if await in_hand(self._handle(row, unit), self._store.hands, row.update_id, alone) == "held":
                unit.give_back(row.bot_id, row.update_id)
            else:
                unit.finish(row.bot_id, row.update_id)
            await self._store.commit(unit)
        except StoreUnavailable:
            raise
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            await self._fail(row, error)  # something that the handler waited for was cancelled, not we
        except Exception as error:  # whatever it is, it must not stop the other updates
            await self._fail(row, error)

    async def _fail(self, row: InboxRow, error: BaseException) -> None:
        _log.error("update set aside", extra={**_about(row), "trace": trace_of(error)})
        await self._set_aside(row, f"{type(error).__name__}: {reason_of(error)}")

    async def _set_aside(self, row: InboxRow, error: str) -> None:
        unit = self._store.unit()
        try:
            if self._on_failure is not None:
                await self._on_failure(row, unit)
            unit.set_aside(row.bot_id, row.update_id, error)
            await self._store.commit(unit)
        except StoreUnavailable:
            raise
        except Exception as second:  # the kind line failed too: then without it
            _log.error("no line to the person", extra={**_about(row), "trace": trace_of(second)})
            unit = self._store.unit()
            unit.set_aside(row.bot_id, row.update_id, error)
            await self._store.commit(unit)


def _about(row: InboxRow) -> dict[str, object]:
    return {"update_id": row.update_id, "kind": row.kind, "tries": row.tries}
