"""The outbox at work: takes message after message from the store, has it sent and notes what became of it."""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from bot.outbox.answers import ChatClosed, InDoubt, NotSent, NotTaken, TryLater
from bot.outbox.lanes import Lanes, Pace
from bot.redaction import reason_of, trace_of
from bot.store import OutboxRow, Store, StoreUnavailable, Unit, Unsent
from bot.store.asked import cannot_be_written_to
from bot.store.records import CLOSED_TO_US, NEWS

_Result = TypeVar("_Result")
Send = Callable[[OutboxRow], Awaitable[int | None]]

BROADCASTS_PER_S: Final = 25.0
"""Telegram allows about 30 messages a second in all; the rest is for answers."""
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 60.0
"""Between two tries to reach Telegram, or a database that cannot be used."""
MOST_DOUBTS: Final = 4
"""How often a message whose fate is unknown goes out again: a double does no harm, a gap may. A bound, because there
may be a message of which Telegram takes every copy and never says so."""
WIDER: Final = 0.02
"""So much room is added by each message that is dealt with (``Outbox._room``). One carrier alone brings about twenty
messages a second, more than come in; after a long outage all are at work again within five seconds."""
NO_ANSWER: Final = "no answer, time after time"
WRITING: Final = 2
"""Carriers for each message on its way: one sends it, another one writes down what became of the message before it."""
LONGEST_SLEEP_S: Final = 3600.0
"""The clock may be set meanwhile."""

_log = logging.getLogger(__name__)


class Outbox:
    """Sends what is in the store's outbox, at most ``parallel`` messages at once."""

    def __init__(
        self,
        store: Store,
        send: Send,
        *,
        now: Callable[[], datetime],
        parallel: int = 4,
        quiet_until: Callable[[datetime], datetime | None] = lambda _: None,
    ) -> None:
        """``send``: gives Telegram's number of the message, or raises one of the five of ``outbox.answers`` and nothing
        else.

        ``quiet_until``: when a message that nobody is waiting for may go out, if not at the moment given; asked for
        each, so that a long broadcast stops at night.
        """
        self._store = store
        self._send = send
        self._now = now
        self._parallel = parallel
        self._room = float(parallel)
        """How many messages may be on their way now. Few after a crash: another one may follow at once, and then all
        that are on their way arrive twice."""
        self._quiet_until = quiet_until
        self._lanes = Lanes()
        self._pace = Pace(BROADCASTS_PER_S)
        self._later: list[tuple[datetime, int, Unsent]] = []
        self._parked: dict[str, list[Unsent]] = {}
        """Edits, by the key of the message that they wait for."""
        self._known: set[int] = set()
        self._on_the_way: dict[int, Unsent] = {}
        """By the number of the row; Telegram has not answered yet."""
        self._carriers: set[asyncio.Task[None]] = set()
        """Who carries these, and who writes down what became of others meanwhile."""
        self._writing: dict[str, asyncio.Task[None]] = {}
        """Who does that, by the key of the message."""
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self._loading = False
        self._running = False
        store.listen(self._hear)

    async def start(self) -> None:
        """Goes on with what is not sent, then with what is written."""
        self._loading = True
        left, answered = self._store.hands.messages, self._store.hands.answered
        rows = [replace(row, was_sending=row.was_sending or row.id in left) for row in await self._store.unsent()]
        if self._store.hands.after_a_crash or any(row.was_sending for row in rows):
            self._room = 1.0
        await self._record(lambda unit: _settle(unit, rows, answered))
        for number in left:
            self._store.hands.leave_message(number)
        gone = {row.id for row in rows if row.id in answered or (row.was_sending and row.in_doubt >= MOST_DOUBTS)}
        self._hear([row for row in rows if row.id not in gone])
        self._running = True
        self._hand_out()

    async def look(self) -> None:
        """Reads what another program wrote into the outbox beside this one."""
        self._hear(await self._store.unsent())

    async def stop(self, timeout_s: float = 10.0) -> None:
        """Waits for what is on its way, at most ``timeout_s``; what is cut off then goes out again at the
        start."""
        self._running = False
        for timer in self._timers.values():
            timer.cancel()
        if self._carriers:
            _, late = await asyncio.wait(self._carriers, timeout=timeout_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def idle(self) -> None:
        """Returns when everything that is due is sent or has failed; not what is due later."""
        await self._idle.wait()

    # --- what goes next

    def _hear(self, rows: Sequence[Unsent]) -> None:
        for row in rows if self._loading else ():
            if row.id in self._known:
                continue
            self._known.add(row.id)
            if row.due_at is not None and row.due_at > self._now():
                heapq.heappush(self._later, (row.due_at, row.id, row))
            else:
                self._lanes.add(row)
        self._hand_out()

    def _hand_out(self) -> None:
        """Sends as long as there is something that may go and somebody free to carry it."""
        if not self._running:
            return
        self._wake_due()
        loop = asyncio.get_running_loop()
        while "everyone" not in self._timers and self._is_anybody_free():
            wait_s = self._pace.wait_s(loop.time())
            # One carrier is always left for an answer.
            carriers = sum(row.priority == NEWS for row in self._on_the_way.values())
            room = carriers < max(1, self._parallel - 1)
            row = self._lanes.take(news=room and not wait_s)
            if row is None:
                if room and wait_s and self._lanes.has_news():
                    self._after("pace", wait_s)
                break
            if row.priority == NEWS:
                if (morning := self._quiet_until(self._now())) is not None:
                    self._keep_until(morning, row)
                    continue
                self._pace.went(loop.time())
            self._on_the_way[row.id] = row
            self._carriers.add(asyncio.create_task(self._carry(row)))
        if self._lanes.is_empty and not self._carriers:
            self._idle.set()
        else:
            self._idle.clear()

    def _is_anybody_free(self) -> bool:
        # Who writes down is not on the way any more; but if the disk is slow, it is Telegram that has to wait. And soon
        # after a crash there are breaks without anything on its way: the next one may fall into them.
        busy = self._on_the_way if self._room >= self._parallel else self._carriers
        return len(busy) < int(self._room) and len(self._carriers) < WRITING * self._parallel

    def _keep_until(self, moment: datetime, row: Unsent) -> None:
        heapq.heappush(self._later, (moment, row.id, row))
        self._lanes.release(row.chat_id)
        self._wake_due()

    def _wake_due(self) -> None:
        now = self._now()
        while self._later and self._later[0][0] <= now:
            self._lanes.add(heapq.heappop(self._later)[2])
        if self._later:
            self._after("due", (self._later[0][0] - now).total_seconds())

    def _after(self, name: str, seconds: float, then: Callable[[], None] | None = None) -> None:
        """Calls ``then``, and looks what can go, once after so many seconds; a new call moves the old one."""

        def ring() -> None:
            del self._timers[name]
            if then is not None:
                then()
            self._hand_out()

        if (old := self._timers.pop(name, None)) is not None:
            old.cancel()
        loop = asyncio.get_running_loop()
        self._timers[name] = loop.call_later(min(max(seconds, 0.001), LONGEST_SLEEP_S), ring)

    def _pause_chat(self, chat_id: int, seconds: float) -> None:
        self._lanes.block(chat_id, blocked=True)
        self._after(f"chat {chat_id}", seconds, lambda: self._lanes.block(chat_id, blocked=False))

    # --- one message

    async def _carry(self, row: Unsent) -> None:
        again = False
        try:
            if await self._target_is_there(row):
                again = await self._deliver(row)
        except Exception as error:  # our own fault: the row stays "on its way", the next start settles it
            _log.error("message left in doubt", extra={"outbox_id": row.id, "trace": trace_of(error)})
        finally:
            if task := asyncio.current_task():
                self._carriers.discard(task)
            self._writing.pop(row.key, None)
            if again:
                self._lanes.add(row, in_front=True)
            self._put_down(row)

    def _put_down(self, row: Unsent) -> None:
        """Nothing of this row is in hand any more: the next one may go, of this chat too."""
        if self._on_the_way.pop(row.id, None) is not None:
            self._lanes.release(row.chat_id)
        self._hand_out()

    async def _target_is_there(self, row: Unsent) -> bool:
        """Whether the message to be changed was sent; if it waits itself, this one waits for it.

        Between the look at the other one and the wait for it, nothing can become of that: both go to one chat, which
        this one keeps busy, and what is being written down of the other one is awaited first.
        """
        key = row.target_key
        if key is None:
            return True
        if (writing := self._writing.get(key)) is not None:
            await asyncio.wait([writing])
        match await self._until_done(lambda: self._store.target(key)):
            case ("sent", int()):
                return True
            case ("waiting" | "sending", _):
                self._parked.setdefault(key, []).append(row)
            case _:
                await self._fail(row, "the message to change was not sent")
        return False

    async def _deliver(self, unsent: Unsent) -> bool:
        """Sends the message and notes what became of it; whether it has to go out again."""
        # Only news can be taken back, so only with news the database has to know first that they are on their way.
        begin = self._store.begin_sending if unsent.priority == NEWS else self._store.outgoing
        row = await self._until_done(lambda: begin(unsent.id))
        if row is None:  # taken back or forgotten meanwhile
            self._done(unsent)
            return False
        # Not left when we are cut off: then it is in doubt at the next start.
        self._store.hands.take_message(row.id)
        again = await self._call(row, unsent)
        self._store.hands.leave_message(row.id)
        return again

    async def _call(self, row: OutboxRow, unsent: Unsent) -> bool:
        try:
            message_id = await self._send(row)
        except (TryLater, NotSent, InDoubt) as reason:
            return await self._put_off(row, unsent, reason)
        except Exception as reason:  # trying again would fail again
            await self._give_up(unsent, reason)
            return False
        self._store.hands.note_answer(row.id, message_id)
        if task := asyncio.current_task():
            self._writing[row.key] = task
        self._put_down(unsent)
        await self._record(lambda unit: unit.sent(row.id, message_id))
        self._done(unsent)
        return False

    async def _put_off(self, row: OutboxRow, unsent: Unsent, reason: TryLater | NotSent | InDoubt) -> bool:
        match reason:
            case TryLater(everyone=True):
                self._after("everyone", reason.retry_after_s)
            case TryLater():
                self._pause_chat(row.chat_id, reason.retry_after_s)
            case NotSent():
                self._pause_chat(row.chat_id, min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(row.tries, 10)))
            case InDoubt() if row.in_doubt >= MOST_DOUBTS:
                await self._fail(unsent, NO_ANSWER)
                return False
            case InDoubt():
                self._pause_chat(row.chat_id, FIRST_WAIT_S * 2**row.in_doubt)
        await self._record(lambda unit: unit.send_again(row.id, doubt=isinstance(reason, InDoubt)))
        return True

    async def _give_up(self, row: Unsent, reason: Exception) -> None:
        match reason:
            case ChatClosed():
                await self._fail(row, CLOSED_TO_US)
            case NotTaken():
                await self._fail(row, reason_of(reason))
            case _:
                _log.error("sending failed", extra={"outbox_id": row.id, "trace": trace_of(reason)})
                await self._fail(row, type(reason).__name__)

    async def _fail(self, row: Unsent, error: str) -> None:
        def note(unit: Unit) -> None:
            unit.failed(row.id, error)
            if error == CLOSED_TO_US:
                cannot_be_written_to(unit, row.chat_id)

        _log.warning("message not sent", extra={"outbox_id": row.id, "reason": error})
        await self._record(note)
        self._done(row)

    def _done(self, row: Unsent) -> None:
        """Nothing more happens to this message; what waited for it may go."""
        self._known.discard(row.id)
        self._room = min(float(self._parallel), self._room + WIDER)
        for waiting in reversed(self._parked.pop(row.key, [])):  # the first edit goes first, the last one stays
            self._lanes.add(waiting, in_front=True)

    async def _record(self, stage: Callable[[Unit], None]) -> None:
        async def write() -> None:
            unit = self._store.unit()
            stage(unit)
            await self._store.commit(unit)

        await self._until_done(write)

    async def _until_done(self, work: Callable[[], Awaitable[_Result]]) -> _Result:
        """Does the work as soon as the database can be used: what was sent must not be forgotten."""
        wait_s = FIRST_WAIT_S
        while True:
            try:
                return await work()
            except StoreUnavailable as error:
                _log.warning("database tried again", extra={"wait_s": wait_s, "reason": str(error)})
            await asyncio.sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)


def _settle(unit: Unit, rows: Sequence[Unsent], answered: Mapping[int, int | None]) -> None:
    """What was on its way when the program died goes out again, within bounds, unless Telegram has taken it."""
    for row in rows:
        if row.id in answered:
            unit.sent(row.id, answered[row.id])
        elif row.was_sending and row.in_doubt < MOST_DOUBTS:
            unit.send_again(row.id, doubt=True)
        elif row.was_sending:
            unit.failed(row.id, NO_ANSWER)
