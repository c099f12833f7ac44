"""What is kept of a person can be seen, saved and forgotten; and forgetting reaches every byte."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from telegram.error import TimedOut
from telegram.ext import ExtBot

from bot.catalogue.services import read_services
from bot.dialogue import Talk
from bot.dialogue.rights import Rights
from bot.guides import Guides
from bot.handlers.keeping import PERIODS
from bot.handlers.rendering import render
from bot.outbox.sending import MOST_DOUBTS
from bot.store import RETENTION, Outgoing, PersonRow, Store, StoreUnavailable
from bot.store.retention import BACKUP_DAYS
from bot.store.talks import keep_line, lines_of, traces_of
from bot.store.traces import TRACES
from bot.texts import Texts
from tests.conftest import SHIPPED, Clock, Talker, Town, open_town, spoil
from tests.patience import until

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
CHAT = 7_123_456_789


def stored(database: Path) -> bytes:
    """All bytes of the database, its log and whatever lies beside it."""
    return b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))


def forms(chat_id: int) -> tuple[bytes, ...]:
    """How an id stands in the bytes: as digits, as SQLite writes a number, and as it writes the key of a row."""
    groups = [chat_id >> shift & 0x7F for shift in range(0, chat_id.bit_length(), 7)][::-1]
    key = bytes([*(group | 0x80 for group in groups[:-1]), groups[-1]])
    return str(chat_id).encode(), chat_id.to_bytes(6, "big", signed=True), key


def knows(database: Path, chat_id: int) -> bool:
    """Whether the id stands anywhere in the bytes."""
    return any(form in stored(database) for form in forms(chat_id))


# --- the store


async def test_every_table_that_knows_a_chat_is_on_the_list_by_which_it_is_shown_and_forgotten(tmp_path: Path):
    async with await Store.open(tmp_path / "opas.db", now=lambda: START):
        with closing(sqlite3.connect(tmp_path / "opas.db")) as db:
            tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            columns = {table: {row[1] for row in db.execute(f"PRAGMA table_info({table})")} for table in tables}
    assert {table for table in tables if "chat_id" in columns[table]} == set(TRACES)
    assert all(since in columns[table] for table, since in TRACES.items())
    assert [table for table in tables if "asker" in columns[table]] == ["question"]


async def test_a_saved_talk_is_one_day_of_one_chat(tmp_path: Path):
    now = START
    async with await Store.open(tmp_path / "opas.db", now=lambda: now) as store:
        for chat, text in ((CHAT, "old"), (CHAT + 1, "another's")):
            unit = store.unit()
            keep_line(unit, chat, "person", text)
            await store.commit(unit)
        now += timedelta(hours=25)
        unit = store.unit()
        keep_line(unit, CHAT, "bot", "new")
        await store.commit(unit)
        assert [(line.speaker, line.text) for line in await lines_of(store, CHAT)] == [("bot", "new")]
        assert (await store.expire())["talk"] == 2


async def test_what_is_kept_of_a_chat_is_told_table_by_table_and_nothing_is_left_after_forgetting(tmp_path: Path):
    path = tmp_path / "opas.db"
    async with await Store.open(path, now=lambda: START, asker_key=b"key") as store:
        unit = store.unit()
        unit.save_person(PersonRow(CHAT, "fi", {}, START))
        keep_line(unit, CHAT, "person", "hei")
        unit.send(Outgoing("k", CHAT, "send", {"text": "terve"}))
        await store.commit(unit)
        traces = await traces_of(store, CHAT)
        assert [(trace.table, trace.rows, trace.texts) for trace in traces] == [
            ("person", 1, ()),
            ("outbox", 1, ()),
            ("talk", 1, ("hei",)),
        ]
        await store.forget(CHAT)
        assert await traces_of(store, CHAT) == ()
        assert not knows(path, CHAT)


async def test_a_reader_in_the_way_only_delays_the_end_of_the_bytes(tmp_path: Path):
    path = tmp_path / "opas.db"
    async with await Store.open(path, now=lambda: START, busy_s=0.01) as store:
        unit = store.unit()
        unit.save_person(PersonRow(CHAT, "fi", {}, START))
        await store.commit(unit)
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM person").fetchall()
            await store.forget(CHAT)
            assert knows(path, CHAT)
        async with asyncio.timeout(10):
            while knows(path, CHAT):  # noqa: ASYNC110  # nothing tells us that a log was cut
                await asyncio.sleep(0.05)


# --- in the chat


async def test_privacy_says_all_nine_things_and_what_is_not_configured(talker: Talker):
    said = "\n".join(await talker.says("/privacy"))
    for wanted in (
        "Responsible for your data: Mestna občina Maribor",
        "This guide does not name a data protection officer yet.",
        "Why: to answer your question",
        "This guide does not state its legal basis yet.",
        "Who sees it: a machine answers you.",
        "outside the European Union",
        "What I keep, and how long:",
        "/forget",
        "This guide does not name yet where you can complain",
    ):
        assert wanted in said, wanted


async def test_privacy_shows_what_the_city_has_configured(copied_content: Path, head_cache, clock, tmp_path: Path):
    configured = "privacy: {controller: Mesto, dpo: Pooblaščenec, basis: Javna naloga, supervisor: Nadzornik}"
    spoil(copied_content, "privacy: {controller: Mestna občina Maribor}", configured)
    async with AsyncExitStack() as stack:
        town = await open_town(stack, Guides(copied_content, head_cache), clock, tmp_path / "x.db")
        said = "\n".join(await town.person("en").says("/privacy"))
    for wanted in ("Responsible for your data: Mesto", "Pooblaščenec", "Legal basis: Javna naloga", "here: Nadzornik"):
        assert wanted in said
    assert "yet" not in said


async def test_every_period_is_said_and_a_changed_one_changes_the_text(guides: Guides):
    guide = guides()
    speaker = guide.texts.speaker("en")

    def lines(**changed: int) -> list[str]:
        return Rights(guide.catalogue, guide.texts, {**PERIODS, **changed}, 30).period_lines(speaker)

    assert {rule.table for rule in RETENTION} == set(PERIODS)
    for rule in RETENTION:
        assert lines(**{rule.table: 4321}) != lines(), f"{rule.table} is not said"
        assert any("4321 days" in line for line in lines(**{rule.table: 4321}))
    assert any("our talk" in line and line.endswith(": 1 day") for line in lines())


def test_an_answered_question_goes_with_its_group():
    """The 30 days of an answered question are written into a condition; /privacy says the group's."""
    periods = {rule.table: rule for rule in RETENTION}
    answered_after = periods["question"].days - 12_960_000_000 // 86_400_000
    assert "12960000000" in periods["question"].since
    assert answered_after == periods["question_group"].days


async def test_mydata_shows_the_language_the_words_and_the_last_day(talker: Talker, town: Town):
    await talker.says("/language")
    await talker.presses("English")
    await talker.says("which department is about parking")
    said = "\n".join(await talker.says("/mydata"))
    assert "Your language: English" in said
    assert f"The number of our chat at Telegram: {talker.person.id}" in said
    assert "The place I showed you last: Mestna občina Maribor" in said
    assert "Until 23.5.2027 at the latest." in said  # 180 days after 24 November 2026
    assert "which department" not in said  # the words of the talk are given by /save
    assert said.count("numbers of our messages") == 1


async def test_save_gives_the_talk_of_both_sides_as_a_page_and_masks_what_was_masked(talker: Talker, town: Town):
    await talker.says("which department is about parking, my number is 0401234567")
    await talker.presses("Call")
    await talker.says("where is it")
    [message] = await talker.gets(lambda: talker.person.write("/save"))
    document = message.raw["document"]
    assert document["file_name"] == "opas-maribor-2026-11-24.html"
    page = town.world.files[document["file_id"]].data.decode()
    assert page.startswith('<!doctype html>\n<html lang="en" dir="ltr">')
    said = [line.replace("&#x27;", "'") for line in re.findall(r'<p dir="auto">(.*?)</p>', page, re.DOTALL)]
    assert said[0] == "which department is about parking, my number is ▒▒▒▒▒▒▒▒▒▒"
    assert "(02) 220 12 14" in said[1]
    assert 'Web page: <a href="https://maribor.si">https://maribor.si</a>' in said[1]
    assert said[-2] == "where is it"
    assert "24.11.2026 10:00" in page
    assert "Opas, a machine" in page


async def test_an_urgent_talk_is_never_kept_and_a_groups_neither(talker: Talker, town: Town):
    group = town.world.group()
    await talker.gets(lambda: talker.person.write("@opas_bot which department is about parking", chat=group))
    assert any(message.from_bot for message in group.messages.values())
    await talker.says("my husband beats me and I am afraid")
    card = next(message for message in talker.person.messages if message.from_bot)
    assert card.text.startswith("113")
    await talker.forges("v1:topic:urgent")
    await talker.forges("v1:need:violence")
    [nothing] = await talker.says("/save")
    assert nothing.startswith("There is nothing to save.")
    assert await town.bot.store.read("SELECT * FROM talk") == []
    await town.bot.store.expire()
    assert b"husband" not in stored(town.database)


async def test_a_page_in_arabic_reads_from_the_right(town: Town):
    person = town.person("ar")
    await person.says("/menu")
    [message] = await person.gets(lambda: person.person.write("/save"))
    page = town.world.files[message.raw["document"]["file_id"]].data.decode()
    assert '<html lang="ar" dir="rtl">' in page


async def test_saving_is_offered_once_a_session_and_in_the_help(talker: Talker, town: Town):
    [first] = await talker.says("which department is about parking")
    [second] = await talker.says("fever and cough for a week now, really")
    assert "Save our talk: /save." in first
    assert "/save" not in second
    [greeting] = await town.person("en").says("/start")
    assert "Save our talk: /save." in greeting
    await talker.says("/help")
    assert "Save our talk" in talker.buttons


async def test_forget_asks_first_and_then_the_chat_is_nowhere_in_the_bytes(town: Town):
    talker, other = town.person("en", user_id=CHAT), town.person("en", user_id=CHAT + 1)
    for person in (talker, other):
        await person.says("which department is about parking")
        await person.says("which film is the best one about planets")
    [question] = await talker.says("/forget")
    assert question.startswith("Shall I forget this chat?")
    assert await talker.presses("No, keep it") == []  # the question itself becomes the answer
    assert talker.last.text == "Nothing was erased."
    assert knows(town.database, CHAT)
    await talker.says("/forget")
    [goodbye] = await talker.presses("Yes, forget everything")
    assert goodbye.startswith("I have forgotten this chat.")
    assert "Backup copies are deleted after 30 days." in goodbye
    assert not knows(town.database, CHAT)
    [mine] = await talker.says("/mydata")
    assert "Only this request of yours. Nothing from before it." in mine
    assert "numbers of our messages" not in mine
    assert knows(town.database, CHAT + 1)


async def test_a_forged_or_repeated_erasure_harms_nobody(town: Town):
    talker = town.person("en", user_id=CHAT)
    await talker.says("/forget")
    question = talker.last
    await talker.presses("Yes, forget everything", question)
    await talker.presses("Yes, forget everything", question)
    assert not knows(town.database, CHAT)
    await talker.says("hello")
    for no_command in ("/erase", "/v1:erase"):
        assert (await talker.says(no_command))[0].startswith("Write your question")
    assert knows(town.database, CHAT)


async def test_a_goodbye_that_cannot_be_sent_does_not_keep_the_chat_from_being_forgotten(tmp_path: Path):
    now, path = START, tmp_path / "opas.db"
    async with await Store.open(path, now=lambda: now) as store:
        unit = store.unit()
        unit.forget(CHAT)
        unit.send(Outgoing("k", CHAT, "send", {"text": "bye"}, vanishes=True))
        unit.send(Outgoing("other", CHAT + 1, "send", {"text": "an answer"}))
        await store.commit(unit)
        now += timedelta(seconds=29)
        assert await store.drop_goodbyes(30) == 0
        now += timedelta(seconds=2)
        assert await store.drop_goodbyes(30) == 1
        assert not knows(path, CHAT)
        assert [row.key for row in await store.unsent()] == ["other"]


async def test_the_talk_is_removed_also_for_somebody_who_has_blocked_the_bot(town: Town):
    talker = town.person("en", user_id=CHAT)
    await talker.says("my husband beats me and I am afraid")
    card = next(message for message in talker.person.messages if message.from_bot and message.text.startswith("113"))
    town.world.fail_next("deleteMessages", 403, "Forbidden: bot was blocked by the user")
    await talker.presses("Remove this talk from my screen", card)
    assert not knows(town.database, CHAT)


@pytest.mark.parametrize(
    ("part", "method", "fault"),
    [
        (Store, "message_numbers_of", StoreUnavailable("locked")),
        (ExtBot, "delete_messages", TimedOut()),
    ],
    ids=["database", "Telegram"],
)
async def test_a_talk_is_removed_at_last_however_often_database_or_telegram_do_not_answer(
    town: Town, monkeypatch: pytest.MonkeyPatch, part: type, method: str, fault: Exception
):
    monkeypatch.setattr("bot.outbox.sending.FIRST_WAIT_S", 0.001)
    faults, works = [fault] * (MOST_DOUBTS + 2), getattr(part, method)

    async def works_at_last(self: object, *given: object) -> object:
        if faults:
            raise faults.pop()
        return await works(self, *given)

    monkeypatch.setattr(part, method, works_at_last)
    talker = town.person("en", user_id=CHAT)
    await talker.says("my husband beats me and I am afraid")
    card = next(message for message in talker.person.messages if message.from_bot and message.text.startswith("113"))
    await talker.presses("Remove this talk from my screen", card)
    await until(lambda: not faults and not knows(town.database, CHAT))


async def test_what_is_written_while_the_talk_waits_to_be_removed_is_answered(town: Town, clock: Clock):
    talker = town.person("en", user_id=CHAT)
    await talker.says("my husband beats me and I am afraid")
    card = next(message for message in talker.person.messages if message.from_bot and message.text.startswith("113"))
    town.world.fail_next("deleteMessages", 502, "Bad Gateway")
    talker.person.press("Remove this talk from my screen", card)
    await until(lambda: town.world.calls_of("deleteMessages"))
    clock.pass_by(seconds=1)
    [answer] = await talker.says("which department is about parking")
    assert "Mestna občina" in answer
    left = [message.text for message in talker.person.messages]
    assert left == ["which department is about parking", answer]


def test_privacy_fits_into_few_messages_in_every_language_and_none_lacks_a_part():
    catalogue = read_services(SHIPPED, [])
    assert catalogue
    texts = Texts.load(SHIPPED / "locales", catalogue)
    rights = Rights(catalogue, texts, PERIODS, BACKUP_DAYS)
    moment = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo(catalogue.city.timezone))
    [in_english] = rights.privacy(Talk(locale="en"), moment).replies
    for locale in texts.locales:
        [reply] = rights.privacy(Talk(locale=locale), moment).replies
        assert len(reply.paragraphs) == len(in_english.paragraphs)
        messages = list(render(reply))
        assert len(messages) <= 2, locale
        assert all(len(str(message.body["text"])) <= 4096 for message in messages), locale
