"""An update that was accepted is worked on until it is done, in the order of its chat, urgent ones first."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.inbox import KILLER, Backlog, Inbox
from bot.redaction import redact
from bot.reduction import Received, reduce_update
from bot.store import InboxRow, Outgoing, PersonRow, StoreUnavailable
from bot.store.hands import Hands
from tests.conftest import START


def received(update_id: int, chat_id: int = 1, text: str = "hei") -> Received:
    return Received(update_id, chat_id, "private", "message", json.dumps({"text": text}))


class Work:
    """A handler that notes what it does and can be held up, chat by chat."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.done: list[int] = []
        self.at_once = 0
        self.most_at_once = 0
        self.gates: dict[int | None, asyncio.Event] = {}
        self.faults: dict[int, BaseException] = {}
        self.changed = asyncio.Event()

    async def __call__(self, row, unit):
        self.begun.append(row.update_id)
        self.changed.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            unit.save_person(PersonRow(row.chat_id, "fi", {"update": row.update_id}, START))
            if row.chat_id in self.gates:
                await self.gates[row.chat_id].wait()
            await asyncio.sleep(0)
            if row.update_id in self.faults:
                raise self.faults[row.update_id]
            self.done.append(row.update_id)
        finally:
            self.at_once -= 1

    def hold(self, chat_id: int) -> asyncio.Event:
        self.gates[chat_id] = asyncio.Event()
        return self.gates[chat_id]

    async def has_begun(self, *update_ids: int) -> None:
        while not set(update_ids) <= set(self.begun):
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 5)


def is_urgent(row: InboxRow) -> bool:
    return "apua" in row.body


def inbox_of(store, work, **options) -> Inbox:
    return Inbox(store, work, **{"bot_id": 9, "now": lambda: START, "urgent": is_urgent, **options})


@pytest.fixture
def work():
    return Work()


@pytest.fixture
async def inbox(store, work):
    inbox = inbox_of(store, work, workers=4)
    await inbox.start()
    yield inbox
    await inbox.stop(0)


def states(path) -> dict[int, tuple]:
    with closing(sqlite3.connect(path)) as db:
        return {row[0]: row[1:] for row in db.execute("SELECT update_id, state, tries, error, body FROM update_inbox")}


# --- in


async def test_accepted_is_on_the_disk(inbox, work, path):
    gate = work.hold(1)
    await inbox.accept([received(1)])
    assert states(path)[1][0] in ("new", "working")
    gate.set()
    await inbox.idle()
    assert states(path)[1] == ("done", 0, "", "")


async def test_the_same_update_is_worked_on_once(inbox, work):
    await inbox.accept([received(1), received(1)])
    await inbox.accept([received(1)])
    await inbox.idle()
    await inbox.accept([received(1)])
    await inbox.idle()
    assert work.done == [1]


async def test_updates_without_a_chat_are_noted_and_not_worked_on(inbox, work, path):
    raws = [
        {"update_id": 1, "poll_answer": {}},
        {"update_id": 2, "message": "?"},
        {"update_id": 3, "inline_query": {}},
        "rubbish",
    ]
    await inbox.accept([reduce_update(raw, redact) for raw in raws])
    await inbox.idle()
    assert work.begun == []
    assert {number: state[0] for number, state in states(path).items()} == {1: "done", 2: "set-aside"}


async def test_accept_says_when_nothing_could_be_kept(inbox, path):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable):
            await inbox.accept([received(1)])
    await inbox.idle()  # nothing was taken in


async def test_what_came_before_the_start_is_worked_on_after_it(store, work):
    inbox = inbox_of(store, work)
    await inbox.accept([received(2), received(1)])
    assert work.begun == []
    await inbox.start()
    await inbox.idle()
    assert work.done == [1, 2]
    await inbox.stop()


# --- order


async def test_a_chat_is_served_in_order_and_several_chats_at_once(inbox, work):
    gate = work.hold(1)
    await inbox.accept([received(1, 1), received(2, 1), received(3, 2), received(4, 3)])
    await work.has_begun(1, 3, 4)
    assert 2 not in work.begun
    gate.set()
    await inbox.idle()
    assert work.done.index(1) < work.done.index(2)


async def test_no_more_than_the_workers_are_busy(inbox, work):
    gates = [work.hold(chat) for chat in range(20)]
    await inbox.accept([received(chat, chat) for chat in range(20)])
    await work.has_begun(0, 1, 2, 3)
    for gate in gates:
        gate.set()
    await inbox.idle()
    assert work.most_at_once == 4
    assert len(work.done) == 20


async def test_what_waits_until_it_can_be_understood_keeps_nobody_from_being_answered(store, work):
    learnt = asyncio.Event()

    async def until_learnt():
        await learnt.wait()

    inbox = inbox_of(store, work, workers=2, ready=lambda row: until_learnt() if row.update_id < 5 else None)
    await inbox.start()
    await inbox.accept([received(number, number) for number in range(8)])
    await work.has_begun(5, 6, 7)
    assert work.begun == [5, 6, 7]
    learnt.set()
    await inbox.idle()
    assert sorted(work.done) == list(range(8))
    await inbox.stop()


async def test_while_an_update_waits_to_be_ready_an_urgent_one_of_its_chat_is_worked_on_and_the_others_keep_their_order(
    store, work
):
    learnt = asyncio.Event()

    async def until_learnt():
        await learnt.wait()

    inbox = inbox_of(store, work, ready=lambda row: until_learnt() if row.update_id in (1, 3) else None)
    await inbox.start()
    await inbox.accept([received(1, 7), received(2, 7), received(3, 7), received(4, 7, "apua")])
    await work.has_begun(4)
    learnt.set()
    await inbox.idle()
    assert work.done == [4, 1, 2, 3]
    await inbox.stop()


async def test_what_waits_to_be_ready_at_a_stop_is_taken_up_at_the_next_start(store, work):
    never = asyncio.Event()
    inbox = inbox_of(store, work, ready=lambda row: never.wait())
    await inbox.start()
    await inbox.accept([received(1), received(2)])
    await inbox.stop()
    again = inbox_of(store, work)
    await again.start()
    await again.idle()
    assert work.done == [1, 2]
    await again.stop()


async def test_a_fault_in_finding_out_what_an_update_waits_for_holds_nothing_up(store, work):
    inbox = inbox_of(store, work, ready=lambda row: 1 / 0)
    await inbox.start()
    await inbox.accept([received(1)])
    await work.has_begun(1)
    await inbox.idle()
    assert work.done == [1]
    await inbox.stop()


async def test_an_urgent_update_overtakes_every_backlog(store, work):
    inbox = inbox_of(store, work, workers=1)
    await inbox.start()
    gate = work.hold(0)
    await inbox.accept([received(1, 0)])
    await work.has_begun(1)
    await inbox.accept([received(2, 1), received(3, 2), received(4, 1, "apua"), received(5, 3, "apua")])
    gate.set()
    await inbox.idle()
    assert work.done == [1, 4, 5, 2, 3]
    await inbox.stop()


async def test_an_urgent_update_is_first_after_a_restart_too(store, work):
    await inbox_of(store, work).accept([received(1), received(2), received(3, 5), received(4, text="apua")])
    inbox = inbox_of(store, work, workers=1)
    await inbox.start()
    await inbox.idle()
    assert work.done == [4, 1, 2, 3]
    await inbox.stop()


async def test_a_fault_in_the_detector_of_urgency_loses_nothing(store, work):
    inbox = inbox_of(store, work, urgent=lambda row: 1 / 0)
    await inbox.start()
    await inbox.accept([received(1)])
    await inbox.idle()
    assert work.done == [1]
    await inbox.stop()


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.sampled_from(["add", "take", "release", "again"]))))
def test_any_backlog_keeps_the_order_of_each_chat_and_urgent_first(acts):
    backlog, waiting, in_hand, number = Backlog(), [], {}, 0
    for chat, urgent, act in acts:
        if act == "add":
            row = InboxRow(9, number, chat, urgent, "message", "", START)
            number += 1
            backlog.add(row)
            waiting.append(row)
        elif act == "take":
            row = backlog.take()
            free = [other for other in waiting if other.chat_id not in in_hand]
            expected = min(free, key=lambda other: (not other.urgent, waiting.index(other)), default=None)
            assert row == expected
            if row:
                waiting.remove(row)
                in_hand[row.chat_id] = row
        elif chat in in_hand:
            row = in_hand.pop(chat)
            if act == "again":
                backlog.add(row, in_front=True)
                waiting.insert(0, row)
            backlog.release(chat)


# --- faults


async def test_a_failed_update_leaves_nothing_but_a_note_and_a_kind_line(store, work, path):
    async def kind_line(row, unit):
        unit.send(Outgoing(f"sorry:{row.update_id}", row.chat_id, "send", {"text": "Sorry"}))

    work.faults[1] = ValueError("cannot read 040 123 4567")
    inbox = inbox_of(store, work, on_failure=kind_line)
    await inbox.start()
    await inbox.accept([received(1), received(2, 2)])
    await inbox.idle()
    state, tries, error, body = states(path)[1]
    assert (state, tries) == ("set-aside", 0)
    assert error.startswith("ValueError: cannot read ▒")
    assert json.loads(body) == {"text": "hei"}
    assert await store.person(1) is None
    assert [row.key for row in await store.unsent()] == ["sorry:1"]
    assert work.done == [2]
    await inbox.stop()


async def test_an_error_whose_words_cannot_be_stored_holds_nothing_up(store, work, path):
    work.faults[1] = ValueError("half a character: \ud83d")
    inbox = inbox_of(store, work)
    await inbox.start()
    await inbox.accept([received(1)])
    await asyncio.wait_for(inbox.idle(), 20)
    assert states(path)[1][:3] == ("set-aside", 0, "ValueError: half a character: ?")
    await inbox.stop()


async def test_a_faulty_statement_sets_its_update_aside(store, work, path):
    async def handle(row, unit):
        unit.save_person(PersonRow(2**70 if row.update_id == 1 else row.chat_id, "fi", {}, START))

    inbox = inbox_of(store, handle)
    await inbox.start()
    await inbox.accept([received(1), received(2, 2)])
    await inbox.idle()
    assert {number: state[0] for number, state in states(path).items()} == {1: "set-aside", 2: "done"}
    await inbox.stop()


async def test_a_kind_line_that_fails_too_does_not_hold_anything_up(store, work, path):
    async def broken(row, unit):
        unit.save_person(PersonRow(row.chat_id, "fi", {}, START))
        raise KeyError

    work.faults[1] = asyncio.CancelledError()
    inbox = inbox_of(store, work, on_failure=broken)
    await inbox.start()
    await inbox.accept([received(1)])
    await inbox.idle()
    assert states(path)[1][:3] == ("set-aside", 0, "CancelledError: ")
    assert await store.person(1) is None
    await inbox.stop()


async def test_a_failing_database_leaves_the_update_to_be_tried_again(inbox, work, path):
    gate = work.hold(1)
    await inbox.accept([received(1)])
    await work.has_begun(1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        gate.set()
        await asyncio.sleep(0.3)
        assert states(path)[1][:2] == ("new", 0)
    await asyncio.wait_for(inbox.idle(), 10)
    assert states(path)[1][:2] == ("done", 0)
    assert work.done[-1] == 1


async def test_a_stop_in_good_order_finishes_what_is_in_hand_and_counts_no_try(store, work, path):
    inbox = inbox_of(store, work, workers=2)
    await inbox.start()
    work.hold(1)
    gate = work.hold(2)
    await inbox.accept([received(1, 1), received(2, 2), received(3, 2)])
    await work.has_begun(1, 2)
    asyncio.get_running_loop().call_later(0.02, gate.set)
    await inbox.stop(timeout_s=0.2)
    assert {number: state[:2] for number, state in states(path).items()} == {
        1: ("new", 0),
        2: ("done", 0),
        3: ("new", 0),
    }


# --- poison


async def crash_with(store, *update_ids: int, alone: bool = False) -> None:
    """As if the process had died time after time, while working on each of these updates."""
    unit = store.unit()
    for update_id in update_ids:
        unit.died_with(9, update_id, alone=alone)
    await store.commit(unit)


async def test_an_update_that_waits_is_not_suspected_when_the_program_dies(store, path):
    in_hand, gate, waits = [], asyncio.Event(), asyncio.Event()

    async def handle(row, unit):
        in_hand.append(Hands(Path(f"{path}.hands")).update)
        waits.set()
        await gate.wait()
        in_hand.append(Hands(Path(f"{path}.hands")).update)

    inbox = inbox_of(store, handle)
    await inbox.start()
    await inbox.accept([received(5)])
    await waits.wait()
    assert Hands(Path(f"{path}.hands")).update is None
    gate.set()
    await inbox.idle()
    assert in_hand == [(5, False), (5, False)]
    assert Hands(Path(f"{path}.hands")).update is None
    await inbox.stop()


async def test_after_one_crash_an_update_is_worked_on_as_before(store, work):
    await inbox_of(store, work).accept([received(1)])
    await crash_with(store, 1)
    inbox = inbox_of(store, work)
    await inbox.start()
    await inbox.idle()
    assert work.done == [1]
    await inbox.stop()


async def test_after_two_crashes_an_update_is_worked_on_alone(store, work, path):
    await inbox_of(store, work).accept([received(n, n) for n in range(1, 7)])
    for _ in range(2):
        await crash_with(store, 1, 2)
    gate = work.hold(1)
    inbox = inbox_of(store, work)
    await inbox.start()
    await work.has_begun(1)
    await inbox.accept([received(7, 7, "apua")])
    assert work.begun == [1]
    gate.set()
    await inbox.idle()
    assert work.done[:3] == [1, 7, 2]
    assert sorted(work.done) == [1, 2, 3, 4, 5, 6, 7]
    await inbox.stop()


async def test_only_a_crash_while_alone_sets_an_update_aside(store, work, path):
    lines = []

    async def kind_line(row, unit):
        lines.append(row.update_id)

    await inbox_of(store, work).accept([received(1), received(2)])
    for alone in (False, False, True):
        await crash_with(store, 1, alone=alone)
    inbox = inbox_of(store, work, on_failure=kind_line)
    await inbox.start()
    await inbox.idle()
    assert states(path)[1][:3] == ("set-aside", 3, KILLER)
    assert (work.done, lines) == ([2], [1])
    await inbox.stop()


PROGRAM = """
import asyncio, os, sys
from datetime import UTC, datetime
from bot.inbox import Inbox
from bot.reduction import Received
from bot.store import Outgoing, Store
def now(): return datetime.now(UTC)
async def handle(row, unit):
    if row.update_id == 3:
        os.kill(os.getpid(), 9)
    await asyncio.sleep(0.005)
    unit.send(Outgoing(f"answer:{row.update_id}", row.chat_id, "send", {"text": "hei"}))
async def on_failure(row, unit):
    unit.send(Outgoing(f"sorry:{row.update_id}", row.chat_id, "send", {"text": "hei"}))
async def main():
    store = await Store.open(sys.argv[1], now=now)
    inbox = Inbox(store, handle, bot_id=9, now=now, urgent=lambda row: False, workers=4, on_failure=on_failure)
    await inbox.start()
    await inbox.accept([Received(n, n % 5, "private", "message", "{}") for n in range(12)])
    await inbox.idle()
    await inbox.stop()
    await store.close()
asyncio.run(main())
"""


@pytest.fixture
def ends(path):
    """How the program ended each time it was started again."""
    return [subprocess.run([sys.executable, "-c", PROGRAM, path], check=False).returncode for _ in range(4)]


async def test_a_message_that_kills_the_program_is_found_and_the_others_are_answered(ends, store, path):
    assert ends == [-9, -9, -9, 0]
    answers = {f"answer:{number}" for number in range(12) if number != 3}
    assert {row.key for row in await store.unsent()} == {"sorry:3"} | answers
    assert {number: state[0] for number, state in states(path).items() if state[0] != "done"} == {3: "set-aside"}
