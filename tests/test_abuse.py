"""Floods, hammered and forged buttons, groups, deep links, repairs: nobody is harmed, nobody urgent waits."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from bot.guides import Guides
from bot.handlers.intake import Polling
from bot.loopback import World
from tests.conftest import Clock, Talker, Town, open_town
from tests.stored import questions

QUESTION = "my throat hurts"
ANSWER = "Zdravstveni dom Maribor"
CRY = "my husband beats me"
TOO_MUCH = "That is too much for me at once."


@pytest.fixture
async def slow_town(guides: Guides, clock: Clock, tmp_path: Path) -> AsyncIterator[Town]:
    """Answers three messages a minute; its world has the test's clock."""
    world = World(clock=lambda: clock().timestamp())
    async with AsyncExitStack() as stack:
        yield await open_town(stack, guides, clock, tmp_path / "slow.db", world, messages_per_minute=3)


def texts(talker: Talker) -> list[str]:
    return [message.text for message in talker.person.replies if message.text]


# --- floods


async def test_who_writes_too_much_is_told_once_a_minute_and_answered_again_after_it(slow_town: Town, clock: Clock):
    flooder, other = slow_town.person("en"), slow_town.person("en")
    for _ in range(10):
        flooder.person.write(QUESTION)
    assert ANSWER in (await other.says(QUESTION))[0]
    told = [text.startswith(TOO_MUCH) for text in texts(flooder)]
    assert told == [False, False, False, True]
    assert "112" in texts(flooder)[-1]
    clock.pass_by(seconds=61)
    assert ANSWER in (await flooder.says(QUESTION))[0]


async def test_an_urgent_message_is_answered_whatever_was_written_before(slow_town: Town):
    flooder = slow_town.person("en")
    for _ in range(8):
        await flooder.says(QUESTION)
    card, *_ = await flooder.says(CRY)
    assert card.splitlines()[0] == "113"
    assert (await flooder.says("/forget")) != [], "rights do not wait either"


async def test_what_was_written_over_hours_during_an_outage_is_no_flood(slow_town: Town, clock: Clock):
    person = slow_town.person("en")
    slow_town.polling.cancel()
    await asyncio.gather(slow_town.polling, return_exceptions=True)
    for _ in range(6):
        person.person.write(QUESTION)
        clock.pass_by(minutes=30)
    slow_town.polling = asyncio.create_task(Polling(slow_town.bot.application.bot, slow_town.bot.intake).run())
    await slow_town.settled()
    slow_town.polling.cancel()
    assert [ANSWER in text for text in texts(person)] == [True] * 6


async def test_in_a_crowd_nobody_is_dropped_and_the_urgent_one_comes_first(
    guides: Guides, clock: Clock, tmp_path: Path
):
    world = World(latency_s=0.002)
    crowd = [world.person(language_code="en") for _ in range(150)]
    for person in crowd:
        person.write(QUESTION)
    urgent = world.person(language_code="en")
    urgent.write(CRY)
    async with AsyncExitStack() as stack:
        town = await open_town(stack, guides, clock, tmp_path / "crowd.db", world)
        await town.settled()
    assert all(len(person.replies) == 1 for person in crowd)
    order = [call.params["chat_id"] for call in world.calls_of("sendMessage")]
    # It stands in the second hundred of the updates; what was answered before it came in cannot be overtaken.
    assert order.index(str(urgent.id)) < 110
    last_but = [str(person.id) for person in crowd[110:]]
    assert all(order.index(str(urgent.id)) < order.index(chat) for chat in last_but)


# --- buttons


async def test_a_hammered_button_is_one_press_and_every_waiting_sign_ends(talker: Talker, town: Town):
    await talker.says(QUESTION)
    answer = talker.last
    assert await talker.gets(lambda: [talker.person.press("Call", answer) for _ in range(30)])
    cards = [message for message in talker.person.replies if message.kind == "contact"]
    assert len(cards) == 1
    await talker.person.sees(lambda: len(talker.person.toasts) == 30)


async def test_who_presses_too_much_is_told_in_a_toast(slow_town: Town):
    person = slow_town.person("en")
    await person.says("/menu")
    menu = person.last
    for button in ("Zdravje", "Back") * 3 + ("Zdravje", "Mesto in uradi"):
        person.person.press(button, menu)
        await slow_town.settled()
    await person.person.sees(lambda: len(person.person.toasts) == 8)
    assert sorted(toast.text for toast in person.person.toasts)[-2:] == ["", f"{TOO_MUCH} Please wait one minute."]
    assert menu.text.startswith("What is it about?")
    assert await person.forges("v1:topic:urgent") == []
    assert "Nujni primer" in person.buttons


async def test_a_clock_that_was_set_back_keeps_nobody_waiting(slow_town: Town, clock: Clock):
    person = slow_town.person("en")
    await person.says("/menu")
    menu = person.last
    for button in ("Zdravje", "Back") * 3:
        person.person.press(button, menu)
        await slow_town.settled()
    clock.pass_by(hours=-1)
    person.person.press("Zdravje", menu)
    await slow_town.settled()
    assert menu.text.startswith("Zdravje")


async def test_a_press_that_waited_is_worked_on_but_not_answered_in_vain(talker: Talker, town: Town, clock: Clock):
    await talker.says(QUESTION)
    await town.bot.inbox.stop()
    talker.person.press("Call")
    while town.world.updates.pending:  # noqa: ASYNC110  # the world tells nobody
        await asyncio.sleep(0.002)
    clock.pass_by(minutes=5)
    await town.bot.inbox.start()
    await town.settled()
    assert talker.person.replies[-1].kind == "contact"
    assert town.world.calls_of("answerCallbackQuery") == []


async def test_forged_data_harms_nothing(talker: Talker, town: Town):
    other = town.person("en")
    await other.says("best film about planets")
    await talker.says("/menu")
    for data in ("v1:wipe:1 OR 1=1", "v1:drop:%", "v1:locale:../../x", "v1:more:\x00", "v1:fact:" + "x" * 55):
        await talker.says("/menu")
        await talker.forges(data)
    assert [question.text for question in await questions(town.bot.store)] == ["best film about planets"]
    with closing(sqlite3.connect(town.database)) as db:
        assert db.execute("SELECT COUNT(*) FROM update_inbox WHERE state = 'set-aside'").fetchone() == (0,)


# --- deep links


async def test_what_comes_with_a_link_changes_nothing(talker: Talker, town: Town):
    [plain] = await talker.says("/start")
    for payload in ("admin", "review-1234", "../../etc/passwd", "<b>x</b>", "A" * 64, "v1:wipe"):
        assert await town.person("en").says(f"/start {payload}") == [plain]


# --- groups


async def test_in_a_group_the_bot_answers_when_it_is_spoken_to_and_knows_nothing_else(town: Town):
    town.world.privacy_mode = False
    group = town.world.group("Neighbours")
    talker = town.person("en", first_name="Fatima")

    async def answers(text: str, **how: object) -> int:
        before = len(group.arrivals)
        talker.person.write(text, chat=group, **how)
        await town.settled()
        return len(group.arrivals) - before

    assert await answers(f"@opas_bot {QUESTION}") == 1
    assert await answers(QUESTION, reply_to=group.arrivals[0]) == 1
    assert await answers("/menu") == 1
    assert await answers("/menu@opas_bot") == 1
    before = rows(town)
    for talk in (
        "Zuhra has fled from her husband", "/ban@other_bot Zuhra", "/pizza Zuhra", "@opas_bots Zuhra is here",
        "mail me at x@opas_bot.fi Zuhra",
    ):  # fmt: skip
        assert await answers(talk) == 0
    robot = {"id": 5, "is_bot": True, "first_name": "R"}
    for message in (
        {"text": "@opas_bot Zuhra", "from": robot},
        {"text": "Zuhra", "from": talker.person.as_user(), "reply_to_message": {"from": talker.person.as_user()}},
    ):
        chat = {"id": group.id, "type": "group", "title": "Neighbours"}
        town.world.update({"message": {"message_id": 900, "date": 1, "chat": chat, **message}})
    await town.settled()
    assert rows(town) == before
    stored = b"".join(path.read_bytes() for path in town.database.parent.glob(f"{town.database.name}*"))
    assert b"Zuhra" not in stored
    assert b"Fatima" not in stored


def rows(town: Town) -> int:
    with closing(sqlite3.connect(town.database)) as db:
        return int(db.execute("SELECT COUNT(*) FROM update_inbox").fetchone()[0])


# --- repairs


async def test_during_repairs_everybody_hears_so_and_is_answered_after_them(
    guides: Guides, clock: Clock, tmp_path: Path
):
    world, database = World(), tmp_path / "repairs.db"
    async with AsyncExitStack() as stack:
        town = await open_town(stack, guides, clock, database, world, maintenance=True)
        asker, urgent, presser = town.person("en"), town.person("en"), town.person("en")
        [line] = await asker.says(QUESTION)
        assert line.startswith("I am being repaired and cannot answer now.\n\nYour message is not lost.")
        assert "Mestna občina Maribor" in line, "the person's contact"
        assert (await urgent.says(CRY))[0].splitlines()[0] == "113"
        [line] = await presser.says("/menu")
        assert line.startswith("I am being repaired and cannot answer now.\n\nPlease try again later.")
        assert len(await presser.forges("v1:topic:health")) == 1
    async with AsyncExitStack() as stack:  # started again during the repairs: nothing is said twice
        town = await open_town(stack, guides, clock, database, world, maintenance=True)
        await town.settled()
        assert len(asker.person.replies) == 1
    async with AsyncExitStack() as stack:
        town = await open_town(stack, guides, clock, database, world)
        await town.settled()
        assert [ANSWER in text for text in texts(asker)] == [False, True]
        assert len(urgent.person.replies) == len(texts(urgent)) + 1, "the card with the number, once"
        assert len(presser.person.replies) == 2


# --- a second program with the same token


async def test_a_second_program_with_the_same_token_is_explained(town: Town, caplog: pytest.LogCaptureFixture):
    second = asyncio.create_task(Polling(town.bot.application.bot, town.bot.intake).run())
    while "same TELEGRAM_BOT_TOKEN" not in reasons(caplog):  # noqa: ASYNC110  # a log tells nobody
        await asyncio.sleep(0.01)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert "Stop one of the two, or ask @BotFather for a second bot" in reasons(caplog)
    assert ANSWER in (await town.person("en").says(QUESTION))[0]


async def test_a_webhook_that_somebody_sets_is_ended_and_polling_goes_on(town: Town, caplog: pytest.LogCaptureFixture):
    await town.bot.application.bot.set_webhook("http://127.0.0.1:9/tg")
    while "a webhook was set" not in reasons(caplog):  # noqa: ASYNC110  # a log tells nobody
        await asyncio.sleep(0.01)
    assert ANSWER in (await town.person("en").says(QUESTION))[0]


def reasons(caplog: pytest.LogCaptureFixture) -> str:
    return "; ".join(getattr(record, "reason", "") for record in caplog.records)
