"""What stands still ends the process; an outage that comes near a day is told."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

from bot.handlers.intake import Polling
from bot.handlers.outage import ANSWERED, NEAR, Outage
from bot.store.moments import last_moment
from bot.watchdog import EXIT_CODE, Watchdog
from tests.conftest import SHIPPED, Clock, Talker, Town
from tests.patience import until

HANGS = """
import asyncio, logging, sys, time
from bot.watchdog import Watchdog
logging.basicConfig()
async def main():
    async with Watchdog(0.2):
        await asyncio.sleep(0.3)
        print("alive", flush=True)
        time.sleep(60)
asyncio.run(main())
"""


def test_an_event_loop_that_hangs_ends_the_process_with_its_last_words():
    ended = subprocess.run(
        [sys.executable, "-c", HANGS], cwd=SHIPPED, capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.stdout == "alive\n"
    assert ended.returncode == EXIT_CODE
    assert "no progress: the program ends itself, to be started again" in ended.stderr
    assert "line 9 in main" in ended.stderr, "where it hung"


class Kennel:
    """A watchdog that only says what it would do; patient with the event loop of a busy machine."""

    def __init__(self) -> None:
        self.bitten: list[str] = []
        self.watchdog = Watchdog(20.0, end=lambda name, _: self.bitten.append(name))

    async def barks(self) -> str:
        await until(lambda: self.bitten)
        return self.bitten[0]


async def test_polling_that_hangs_is_noticed(town: Town):
    kennel = Kennel()
    town.polling.cancel()
    await asyncio.gather(town.polling, return_exceptions=True)
    polls = kennel.watchdog.watch("polling", 0.005)
    town.polling = asyncio.create_task(Polling(town.bot.application.bot, town.bot.intake, on_answer=polls.beat).run())
    await town.person("en").says("my throat hurts")
    assert polls.silent_s() > 0, "a poll that was answered is the first beat"
    town.world.latency_s = 60  # whoever asks is not answered
    try:
        async with kennel.watchdog:
            assert await kennel.barks() == "polling"
    finally:
        town.polling.cancel()
        await asyncio.gather(town.polling, return_exceptions=True)
        town.world.latency_s = 0


async def test_a_database_that_hangs_is_noticed(town: Town):
    kennel, outage, held = Kennel(), outage_of(town, []), threading.Event()
    watched = kennel.watchdog.watch("the database", 0.02)
    watching = asyncio.create_task(outage.watch(watched.beat, 0.01))
    await until(watched.silent_s)  # until it was written to
    town.bot.store._write_thread.submit(held.wait)  # a disk that does not answer
    try:
        async with kennel.watchdog:
            assert await kennel.barks() == "the database"
    finally:
        held.set()  # else the town could never be closed
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


# --- outages


def outage_of(town: Town, admins: list[int]) -> Outage:
    return Outage(town.bot.store, town.bot.guides, lambda: admins, town.clock)


async def hears(admin: Talker, act: Callable[[], object]) -> list[str]:
    await admin.town.settled()
    before = len(admin.person.replies)
    await act()  # type: ignore[misc]
    await admin.town.settled()
    return [message.text for message in admin.person.replies[before:]]


async def test_a_short_silence_is_nobodys_business(town: Town, clock: Clock):
    admin = town.person("en")
    outage = outage_of(town, [admin.person.id])
    outage.answered()
    await outage.look()
    assert await last_moment(town.bot.store, ANSWERED) == clock()
    clock.pass_by(hours=10)
    assert await hears(admin, outage.look) == []


async def test_a_silence_near_a_day_is_told_once_and_its_end_too(town: Town, clock: Clock):
    admin = town.person("en")
    await admin.says("/start")
    outage = outage_of(town, [admin.person.id])
    outage.answered()
    await outage.look()
    clock.pass_by(hours=NEAR / timedelta(hours=1) + 1)
    [near] = await hears(admin, outage.look)
    assert near.startswith("No message has come from Telegram since 24.11.2026 10:00.")
    assert await hears(admin, outage.look) == []
    outage.answered()
    [over] = await hears(admin, outage.look)
    assert over.startswith("I was out of reach for people from 24.11.2026 10:00 to 25.11.2026 7:00.")
    assert "Nothing is lost" in over
    outage.answered()
    assert await hears(admin, outage.look) == []


async def test_after_more_than_a_day_it_says_what_is_lost_also_to_a_program_started_anew(town: Town, clock: Clock):
    admin = town.person("en")
    await admin.says("/start")
    before = outage_of(town, [])
    before.answered()
    await before.look()
    clock.pass_by(hours=30)
    outage = outage_of(town, [admin.person.id])
    assert await hears(admin, outage.look) == [], "Telegram gets a moment to answer first"
    outage.answered()
    [over] = await hears(admin, outage.look)
    assert "What was written before 24.11.2026 16:00 is lost." in over
