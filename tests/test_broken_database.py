"""A full disk, a locked, read-only or damaged database: nothing is acknowledged that is not stored, nobody is left alone."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.handlers.damage import Damage
from bot.handlers.sending import Sender
from bot.monitoring.readiness import WebhookLink
from bot.running import _expire
from bot.store import StoreUnavailable
from tests.conftest import Clock, Talker, Town, on_connection
from tests.patience import until
from tests.test_monitoring import monitor_of


async def heard(talker: Talker, part: str) -> str:
    """The first message of the bot that holds this."""
    async with asyncio.timeout(20):
        while True:
            for message in talker.person.messages:
                if message.from_bot and part in message.text:
                    return message.text
            await asyncio.sleep(0.01)


BROKEN = {
    # As much room as there is now; and none that was given back before.
    "full": ("VACUUM; PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1073741823", "The disk is full"),
    "read-only": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF", "cannot be written"),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_while_nothing_can_be_stored_people_hear_a_kind_word_and_are_answered_afterwards(
    kind: str, talker: Talker, town: Town, caplog: pytest.LogCaptureFixture
):
    broken, mended, operator = BROKEN[kind]
    urgent = town.person("en")
    await talker.says("hello")
    before = {number for (number,) in await town.bot.store.read("SELECT update_id FROM update_inbox")}
    await on_connection(town, broken)
    # Long enough to need another page of the file.
    talker.person.write("my throat hurts. " * 200)
    urgent.person.write("my husband beats me and I am afraid")
    word = await heard(talker, "Something is broken here")
    assert "Your message is not lost." in word
    assert "In an emergency call 112." in word
    assert (await heard(urgent, "113")).startswith("113")
    # In this order: what goes to the disk in between is seen twice, not never. A short one may still find room.
    waiting = {update["update_id"] for update in town.world.updates.pending.values()}
    kept = {number for (number,) in await town.bot.store.read("SELECT update_id FROM update_inbox")}
    assert len((waiting | kept) - before) == 2, "Telegram forgets only what is on the disk"
    await until(lambda: any(operator in str(vars(record)) for record in caplog.records))
    assert "throat" not in str([vars(record) for record in caplog.records])
    town.clock.pass_by(hours=2)
    town.world.updates.handed_out.clear()
    await until(lambda: not waiting or town.world.updates.handed_out.total() >= 2 * len(waiting))
    await on_connection(town, mended)
    await heard(talker, "Zdravstveni dom Maribor")
    await town.settled()
    said = [message.text for message in talker.person.messages if message.from_bot]
    assert sum("Something is broken here" in text for text in said) == 1, "that it waits for long is nothing new"
    assert not town.world.updates.pending
    assert not await town.bot.store.unfinished(town.bot.application.bot.id)


async def test_a_database_that_another_program_holds_is_waited_for(talker: Talker, town: Town):
    await talker.says("hello")
    town.bot.store._writer.patience_s = 0.01
    with held(town.database):
        talker.person.write("my throat hurts")
        await heard(talker, "Something is broken here")
    assert await heard(talker, "Zdravstveni dom Maribor")


async def test_a_message_that_is_tried_again_does_not_go_on_from_itself(
    talker: Talker, town: Town, caplog: pytest.LogCaptureFixture
):
    await talker.says("/start")
    await town.bot.inbox.stop()
    talker.person.write("application")  # one word: with another such message it would be read as one
    await until(lambda: not town.world.updates.pending)
    town.bot.store._writer.patience_s = 0.01
    with held(town.database):
        await town.bot.inbox.start()
        await until(lambda: "update tried again" in caplog.text)
    assert await heard(talker, "What do you mean?")


async def test_a_database_that_is_damaged_while_it_is_used_takes_nothing_in(talker: Talker, town: Town):
    await talker.says("hello")
    await on_connection(town, "PRAGMA wal_checkpoint(TRUNCATE)")
    await on_connection(town, "PRAGMA cache_size = 0")
    ruin(town.database)
    talker.person.write("my throat hurts")
    await heard(talker, "Something is broken here")
    with pytest.raises(StoreUnavailable, match=r"is damaged\. Put a backup in its place"):
        await town.bot.store.commit(_unit(town))
    assert town.world.updates.pending


async def test_a_damage_in_which_writing_still_works_is_found_and_the_admins_hear_what_to_do(
    talker: Talker, town: Town, clock: Clock
):
    admin, link = town.person("fi"), WebhookLink()
    link.is_set = True
    send = Sender(town.bot.application.bot).send
    damage = Damage(town.bot.store, town.bot.guides, lambda: [admin.person.id], send, clock)
    monitor = monitor_of(town.bot, link, clock, damage.complaint)
    await talker.says("my throat hurts")
    await damage.look()
    assert not any((await monitor.ready()).values())
    [(page,)] = await town.bot.store.read("SELECT rootpage FROM sqlite_master WHERE name = 'staff_action'")
    await on_connection(town, "PRAGMA wal_checkpoint(TRUNCATE)")
    ruin_page(town.database, page)
    assert not (await monitor.ready())["database"], "writing works"
    await damage.look()
    await damage.look()
    assert "is damaged. Put a backup in its place (opas restore)." in (await monitor.ready())["database"]
    [alarm] = admin.person.replies
    assert "opas restore" in alarm.text
    clock.pass_by(days=1)
    await damage.look()
    assert len(admin.person.replies) == 2, "once a day, as long as it lasts"


async def test_a_database_that_is_moved_away_under_the_bot_takes_nothing_in_that_nobody_would_find(
    talker: Talker, town: Town, caplog: pytest.LogCaptureFixture
):
    await talker.says("hello")
    elsewhere = town.database.rename(town.database.with_suffix(".moved"))
    talker.person.write("my throat hurts")
    await heard(talker, "Something is broken here")
    await until(lambda: "was moved, replaced or deleted while the bot runs" in caplog.text)
    assert town.world.updates.pending
    elsewhere.rename(town.database)
    await heard(talker, "Zdravstveni dom Maribor")


async def test_periods_that_cannot_be_carried_out_now_do_not_end_the_bot(town: Town, caplog: pytest.LogCaptureFixture):
    await on_connection(town, "PRAGMA query_only = ON")
    job = asyncio.create_task(_expire(town.bot.store))
    await until(lambda: "periods not carried out" in caplog.text)
    assert not job.done()
    job.cancel()
    await asyncio.gather(job, return_exceptions=True)


def _unit(town: Town):
    unit = town.bot.store.unit()
    unit.bump("anything")
    return unit


def ruin(database: Path) -> None:
    with database.open("r+b") as file:
        size = database.stat().st_size
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))


def ruin_page(database: Path, number: int) -> None:
    """Pages of a database are counted from 1."""
    with database.open("r+b") as file:
        file.seek(4096 * (number - 1))
        file.write(b"\xff" * 4096)


@contextmanager
def held(database: Path):
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.close()
