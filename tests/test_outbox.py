"""A message that was written is sent: in the order of its chat, urgent ones first, twice rather than never."""

from __future__ import annotations

import asyncio
import itertools
import random
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict, deque
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.outbox import ChatClosed, InDoubt, NotSent, NotTaken, Outbox, Outgoing, TryLater
from bot.outbox.lanes import Lanes, Pace
from bot.store import Store, Unsent
from bot.store.hands import Hands
from tests.conftest import START


class Telegram:
    """Notes what it gets; answers with message numbers, with faults or not before a gate opens."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.rows = []
        self.faults: dict[str, deque[Exception]] = defaultdict(deque)
        self.gates: dict[str, asyncio.Event] = {}
        self.at_once = 0
        self.most_at_once = 0
        self.changed = asyncio.Event()

    async def __call__(self, row):
        self.got.append(row.key)
        self.rows.append(row)
        self.changed.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if row.key in self.gates:
                await self.gates[row.key].wait()
            await asyncio.sleep(0)
            if self.faults[row.key]:
                raise self.faults[row.key].popleft()
            return 1000 + len(self.got)
        finally:
            self.at_once -= 1

    def hold(self, key: str) -> asyncio.Event:
        self.gates[key] = asyncio.Event()
        return self.gates[key]

    async def has_got(self, *keys: str) -> None:
        while not set(keys) <= set(self.got):
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 5)

    async def has_got_in_all(self, count: int) -> None:
        while len(self.got) < count:
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 5)


@pytest.fixture
def telegram():
    return Telegram()


@pytest.fixture
async def outbox(store, telegram):
    outbox = Outbox(store, telegram, now=lambda: START)
    await outbox.start()
    yield outbox
    await outbox.stop(0)


def message(key: str, chat_id: int = 1, kind: str = "send", **options) -> Outgoing:
    return Outgoing(key, chat_id, kind, {"text": key}, **options)


async def write(store, *messages: Outgoing) -> None:
    unit = store.unit()
    for outgoing in messages:
        unit.send(outgoing)
    await store.commit(unit)


def states(path) -> dict[str, tuple]:
    with closing(sqlite3.connect(path)) as db:
        return {row[0]: row[1:] for row in db.execute("SELECT key, state, message_id, doubt, error, body FROM outbox")}


# --- the usual


async def test_what_is_written_is_sent_and_its_words_go(store, outbox, telegram, path):
    await write(store, message("a"))
    await outbox.idle()
    assert telegram.got == ["a"]
    assert telegram.rows[0].body == {"text": "a"}
    assert states(path)["a"] == ("sent", 1001, 0, "", "")


async def test_what_is_on_its_way_is_known_however_the_program_ends(store, outbox, telegram, path):
    gates = [telegram.hold("answer"), telegram.hold("news")]
    await write(store, message("answer"), message("news", 2, priority=2))
    await telegram.has_got("answer", "news")
    assert Hands(Path(f"{path}.hands")).messages == {1, 2}
    assert states(path)["news"][0] == "sending"  # nobody can take it back any more
    for gate in gates:
        gate.set()
    await outbox.idle()
    assert Hands(Path(f"{path}.hands")).messages == frozenset()


async def test_the_same_key_is_sent_once(store, outbox, telegram):
    await write(store, message("a"), message("a"))
    await outbox.idle()
    await write(store, message("a"))
    await outbox.idle()
    assert telegram.got == ["a"]


async def test_what_was_written_before_the_start_is_sent_after_it(store, telegram):
    outbox = Outbox(store, telegram, now=lambda: START)
    await write(store, message("a"))
    await outbox.start()
    await outbox.idle()
    assert telegram.got == ["a"]


async def test_what_another_program_wrote_is_found(store, outbox, telegram, path):
    async with await Store.open(path, now=lambda: START, beside=True) as beside:
        await write(beside, message("a"))
    await outbox.look()
    await outbox.idle()
    assert telegram.got == ["a"]


async def test_what_was_forgotten_meanwhile_is_not_sent(store, outbox, telegram):
    gate = telegram.hold("a")
    await write(store, message("a"), message("b"))
    await telegram.has_got("a")
    await store.forget(1)
    gate.set()
    await outbox.idle()
    assert telegram.got == ["a"]


# --- order


async def test_a_chat_gets_its_messages_in_order_and_few_are_on_their_way_at_once(store, outbox, telegram):
    gates = [telegram.hold(f"{chat}:0") for chat in range(10)]
    await write(store, *(message(f"{chat}:{number}", chat) for number in range(5) for chat in range(10)))
    await telegram.has_got_in_all(4)
    for gate in gates:
        gate.set()
    await outbox.idle()
    for chat in range(10):
        assert [key for key in telegram.got if key.startswith(f"{chat}:")] == [f"{chat}:{n}" for n in range(5)]
    assert telegram.most_at_once == 4


async def test_urgent_comes_before_answers_and_answers_before_news(store, telegram):
    outbox = Outbox(store, telegram, now=lambda: START, parallel=1)
    await write(
        store,
        message("news", 1, priority=2),
        message("answer", 2),
        message("urgent", 3, priority=0),
        message("answer before urgent", 4),
        message("urgent after answer", 4, priority=0),
        message("answer after news", 1),
    )
    await outbox.start()
    await outbox.idle()
    assert telegram.got == [
        "urgent",
        "answer before urgent",
        "urgent after answer",
        "answer",
        "answer after news",
        "news",
    ]


async def test_a_message_is_not_sent_before_it_is_due(store, telegram):
    now = START
    outbox = Outbox(store, telegram, now=lambda: now)
    await outbox.start()
    await write(store, message("later", due_at=START + timedelta(seconds=0.05)), message("now"))
    await outbox.idle()
    assert telegram.got == ["now"]
    now = START + timedelta(seconds=1)
    await telegram.has_got("later")
    await outbox.idle()
    await outbox.stop()


def test_the_pace_is_even():
    pace, at_s, gone = Pace(25), 100.0, []
    while len(gone) < 100:
        if pace.wait_s(at_s) == 0:
            pace.went(at_s)
            gone.append(at_s)
        at_s += 0.001
    assert all(later - earlier > 0.039 for earlier, later in itertools.pairwise(gone))
    assert pace.wait_s(at_s + 60) == 0


async def test_news_goes_at_its_pace_and_a_place_is_kept_for_answers(store, outbox, telegram):
    gates = [telegram.hold(f"news {chat}") for chat in range(5)]
    await write(store, *(message(f"news {chat}", chat, priority=2) for chat in range(5)))
    await telegram.has_got("news 0", "news 1", "news 2")
    await asyncio.sleep(0.1)
    assert telegram.at_once == 3
    await write(store, message("urgent", 9, priority=0))
    await telegram.has_got("urgent")
    for gate in gates:
        gate.set()
    await outbox.idle()
    assert len(telegram.got) == 6


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(0, 2),
            st.sampled_from(["add", "add", "take", "release", "again", "block", "unblock"]),
        )
    )
)
def test_any_lanes_keep_the_order_of_each_chat_and_of_the_priorities(acts):
    lanes, waiting, on_the_way, blocked, number = Lanes(), [], {}, set(), 0
    for chat, priority, act in acts:
        if act == "add":
            row = Unsent(number, str(number), chat, priority, None, None)
            number += 1
            lanes.add(row)
            waiting.append(row)
        elif act == "take":
            heads = {}
            for row in sorted(waiting, key=lambda row: (row.priority == 2, waiting.index(row))):
                heads.setdefault(row.chat_id, row)
            of_chat = {chat: min(row.priority for row in waiting if row.chat_id == chat) for chat in heads}
            free = [row for chat, row in heads.items() if chat not in on_the_way and chat not in blocked]
            expected = min(free, key=lambda row: (of_chat[row.chat_id], waiting.index(row)), default=None)
            row = lanes.take(news=True)
            assert row == expected
            if row:
                waiting.remove(row)
                on_the_way[row.chat_id] = row
        elif act in ("block", "unblock"):
            lanes.block(chat, blocked=act == "block")
            if act == "unblock":
                blocked.discard(chat)
            elif chat in on_the_way or any(row.chat_id == chat for row in waiting):
                blocked.add(chat)
        elif chat in on_the_way:
            row = on_the_way.pop(chat)
            if act == "again":
                lanes.add(row, in_front=True)
                waiting.insert(0, row)
            lanes.release(chat)
        assert lanes.is_empty == (not waiting)


# --- messages that change others


async def test_an_edit_knows_the_number_of_its_message(store, outbox, telegram):
    await write(store, message("a"), message("edit a", kind="edit", target_key="a"))
    await outbox.idle()
    assert [(row.kind, row.target_message_id) for row in telegram.rows] == [("send", None), ("edit", 1001)]


async def test_edits_wait_for_their_message_and_keep_their_order(store, telegram):
    now = START
    outbox = Outbox(store, telegram, now=lambda: now)
    await outbox.start()
    await write(
        store,
        message("a", due_at=START + timedelta(seconds=0.05)),
        message("edit a", kind="edit", target_key="a"),
        message("edit a again", kind="edit", target_key="a"),
        message("b"),
    )
    await telegram.has_got("b")
    now = START + timedelta(seconds=1)
    await telegram.has_got("edit a", "edit a again")
    await outbox.idle()
    assert telegram.got == ["b", "a", "edit a", "edit a again"]
    assert telegram.rows[2].target_message_id == 1002
    await outbox.stop()


async def test_a_broadcast_stops_in_the_evening_and_goes_on_in_the_morning_while_answers_go(store, telegram):
    now, evening = START, START + timedelta(minutes=1)
    morning = START + timedelta(minutes=2)

    async def send(row) -> int:
        nonlocal now
        now = max(now, evening)  # night falls while the first one is on its way
        return await telegram(row)

    outbox = Outbox(
        store, send, now=lambda: now, quiet_until=lambda moment: morning if evening <= moment < morning else None
    )
    await outbox.start()
    await write(store, *(message(f"news {chat}", chat, priority=2) for chat in range(3)))
    await outbox.idle()
    await write(store, message("answer", 2))
    await outbox.idle()
    assert telegram.got == ["news 0", "answer"]
    now = morning
    await outbox.look()
    await outbox.idle()
    assert telegram.got == ["news 0", "answer", "news 1", "news 2"]
    await outbox.stop()


async def test_an_edit_of_a_message_that_failed_is_dropped(store, outbox, telegram, path):
    telegram.faults["a"].append(NotTaken("Bad Request: chat not found"))
    await write(store, message("a"), message("edit a", kind="edit", target_key="a"), message("b"))
    await write(store, message("delete x", kind="delete", target_key="unknown"))
    await outbox.idle()
    assert telegram.got == ["a", "b"]
    assert states(path)["edit a"] == ("failed", None, 0, "the message to change was not sent", "")
    assert states(path)["delete x"][0] == "failed"


# --- when it does not go


async def test_a_pause_for_one_chat_stops_that_chat_only(store, outbox, telegram):
    telegram.faults["a1"].append(TryLater(0.2, everyone=False))
    await write(store, message("a1"), message("a2"), message("b1", 2))
    await telegram.has_got("a1", "b1")
    await write(store, message("b2", 2), message("a3", 1))
    await outbox.idle()
    assert telegram.got.index("b2") < telegram.got.index("a2")
    assert [key for key in telegram.got if key[0] == "a"] == ["a1", "a1", "a2", "a3"]


async def test_a_pause_for_everyone_stops_all(store, telegram):
    outbox = Outbox(store, telegram, now=lambda: START, parallel=1)
    await outbox.start()
    telegram.faults["a"].append(TryLater(0.1, everyone=True))
    await write(store, message("a"), message("b", 2), message("c", 3, priority=0))
    await telegram.has_got("a")
    await asyncio.sleep(0.03)
    before = list(telegram.got)
    await outbox.idle()
    assert before[-1] == "a"
    assert Counter(telegram.got) == {"a": 2, "b": 1, "c": 1}


async def test_a_closed_chat_is_final(store, outbox, telegram, path):
    telegram.faults["a"].append(ChatClosed())
    await write(store, message("a", 7))
    await outbox.idle()
    assert telegram.got == ["a"]
    assert states(path)["a"] == ("failed", None, 0, "the chat is closed to us", "")


async def test_a_refusal_is_final_and_its_reason_kept_without_personal_data(store, outbox, telegram, path):
    telegram.faults["a"].append(NotTaken("Bad Request: wrong number 040 123 4567"))
    await write(store, message("a"))
    await outbox.idle()
    assert states(path)["a"][3].startswith("Bad Request: wrong number ▒")


async def test_without_a_connection_it_is_tried_until_there_is_one(store, outbox, telegram, path, monkeypatch):
    monkeypatch.setattr("bot.outbox.sending.FIRST_WAIT_S", 0.001)
    telegram.faults["a"].extend([NotSent()] * 4)
    await write(store, message("a"), message("a2"))
    await outbox.idle()
    assert telegram.got == ["a"] * 5 + ["a2"]
    assert [row.tries for row in telegram.rows] == [0, 1, 2, 3, 4, 0]
    assert states(path)["a"][:3] == ("sent", 1005, 0)


async def test_in_doubt_it_goes_again_within_bounds(store, outbox, telegram, path, monkeypatch):
    monkeypatch.setattr("bot.outbox.sending.FIRST_WAIT_S", 0.001)
    telegram.faults["a"].extend([InDoubt()] * 4)
    telegram.faults["b"].extend([InDoubt()] * 9)
    await write(store, message("a"), message("b", 2))
    await outbox.idle()
    assert Counter(telegram.got) == {"a": 5, "b": 5}
    state, _, doubt, *_ = states(path)["a"]
    assert (state, doubt) == ("sent", 4)
    assert states(path)["b"] == ("failed", None, 4, "no answer, time after time", "")


async def test_a_fault_in_the_sender_is_final_and_holds_nothing_up(store, outbox, telegram, path):
    telegram.faults["a"].append(KeyError("what a person wrote"))
    await write(store, message("a"), message("b"))
    await outbox.idle()
    assert states(path)["a"][3] == "KeyError"
    assert telegram.got == ["a", "b"]


async def test_what_was_sent_is_noted_as_soon_as_the_database_can_be_written(
    store, outbox, telegram, path, monkeypatch
):
    monkeypatch.setattr("bot.outbox.sending.FIRST_WAIT_S", 0.02)
    gate = telegram.hold("a")
    await write(store, message("a"))
    await telegram.has_got("a")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        gate.set()
        await asyncio.sleep(0.15)
    await outbox.idle()
    assert telegram.got == ["a"]
    assert states(path)["a"][0] == "sent"


async def test_while_a_fate_is_written_down_others_go_but_not_many(store, telegram, path):
    outbox = Outbox(store, telegram, now=lambda: START, parallel=1)
    await write(store, message("a", 1), message("b", 2), message("c", 3))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await outbox.start()
        await telegram.has_got("a", "b")
        await asyncio.sleep(0.05)
        assert telegram.got == ["a", "b"], "if the disk is slow, it is Telegram that has to wait"
    await outbox.idle()
    assert telegram.got == ["a", "b", "c"]
    assert telegram.most_at_once == 1


async def test_a_change_waits_until_its_message_is_written_down_and_keeps_its_place(store, telegram, path):
    outbox = Outbox(store, telegram, now=lambda: START)
    await write(store, message("a"), message("b", kind="edit", target_key="a"), message("c"), message("d", 2))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await outbox.start()
        await telegram.has_got("a", "d")
        await asyncio.sleep(0.05)
        assert sorted(telegram.got) == ["a", "d"]
    await outbox.idle()
    assert [key for key in telegram.got if key != "d"] == ["a", "b", "c"]
    assert {row.key: row.target_message_id for row in telegram.rows}["b"] is not None


# --- the end of the process


async def test_what_was_answered_when_the_program_died_does_not_go_out_again(store, telegram, path):
    await write(store, message("a"), message("b"), message("c", kind="wipe"))
    [a, b, c] = await store.unsent()
    hands = Hands(Path(f"{path}.dead"))
    for row in (a, b, c):
        hands.take_message(row.id)
    hands.note_answer(a.id, 77)
    hands.note_answer(c.id, None)  # and then the program died
    store.hands = Hands(Path(f"{path}.dead"))
    outbox = Outbox(store, telegram, now=lambda: START)
    await outbox.start()
    await outbox.idle()
    assert telegram.got == ["b"]
    assert {key: state[:2] for key, state in states(path).items()} == {
        "a": ("sent", 77), "b": ("sent", 1001), "c": ("sent", None)
    }  # fmt: skip
    assert not store.hands.messages


async def test_what_was_on_its_way_goes_out_again_within_bounds(store, telegram, path):
    await write(store, message("a"), message("b"))
    for expected in [["a"] * times for times in range(1, 6)] + [["a"] * 5 + ["b"]]:
        telegram.hold("a")
        telegram.hold("b")
        outbox = Outbox(store, telegram, now=lambda: START)
        await outbox.start()
        await telegram.has_got_in_all(len(expected))
        assert telegram.got == expected
        await outbox.stop(0)
    assert states(path)["a"][:4] == ("failed", None, 4, "no answer, time after time")
    assert states(path)["b"][0] == "waiting"


async def test_after_a_crash_it_begins_with_one_at_a_time(store, telegram, monkeypatch):
    monkeypatch.setattr("bot.outbox.sending.WIDER", 0.25)
    await write(store, *(message(f"{number}", number + 1) for number in range(30)))
    [first, *_] = await store.unsent()
    store.hands.take_message(first.id)  # and then the program died
    gate = telegram.hold("0")
    later = [telegram.hold(str(number)) for number in range(20, 30)]
    outbox = Outbox(store, telegram, now=lambda: START)
    await outbox.start()
    await telegram.has_got("0")
    assert telegram.got == ["0"]
    gate.set()
    await telegram.has_got_in_all(24)
    for gate in later:
        gate.set()
    await outbox.idle()
    assert len(telegram.got) == 30
    assert telegram.most_at_once == 4
    await outbox.stop()


async def test_only_the_end_in_good_order_is_none_of_a_crash(path):
    page = Path(f"{path}.hands")
    ended = Hands(page)
    assert not ended.after_a_crash
    ended.close()
    assert not Hands(page).after_a_crash  # this one is not closed
    assert Hands(page).after_a_crash


async def test_a_stop_in_good_order_waits_for_what_is_on_its_way(store, outbox, telegram, path):
    gate = telegram.hold("a")
    await write(store, message("a"), message("b"))
    await telegram.has_got("a")
    asyncio.get_running_loop().call_later(0.02, gate.set)
    await outbox.stop()
    assert {key: state[0] for key, state in states(path).items()} == {"a": "sent", "b": "waiting"}


PROGRAM = """
import asyncio, sys
from datetime import UTC, datetime
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.reduction import Received
from bot.store import Outgoing, Store
def now(): return datetime.now(UTC)
async def send(row):
    print(row.key, flush=True)
    await asyncio.sleep(0.004)
    return 1
async def handle(row, unit):
    unit.send(Outgoing(f"answer:{row.update_id}", row.chat_id, "send", {"text": "hei"}))
async def main():
    store = await Store.open(sys.argv[1], now=now)
    inbox = Inbox(store, handle, bot_id=9, now=now, urgent=lambda row: False)
    outbox = Outbox(store, send, now=now)
    await outbox.start()
    await inbox.start()
    for n in range(0, 200, 10):
        await inbox.accept([Received(m, m % 17, "private", "message", "{}") for m in range(n, n + 10)])
    await inbox.idle()
    await outbox.idle()
    print("all", flush=True)
    await inbox.stop()
    await outbox.stop()
    await store.close()
asyncio.run(main())
"""


def test_kill_9_at_any_moment_loses_no_answer_and_doubles_few(path):
    sent: Counter[str] = Counter()
    kills = 5
    moment = random.Random(7)
    for run in range(kills + 1):
        with subprocess.Popen([sys.executable, "-c", PROGRAM, path], stdout=subprocess.PIPE, text=True) as process:
            # At least five: what was on its way at the last kill, four at most, is out again before the next.
            for _, line in zip(range(moment.randrange(5, 40) if run < kills else 10**6), process.stdout, strict=False):
                sent[line.strip()] += 1
            process.kill()
            sent.update(process.stdout.read().split("\n")[:-1])
    assert sent.pop("all") == 1
    assert set(sent) == {f"answer:{n}" for n in range(200)}
    assert sum(sent.values()) - 200 <= 4 * kills
