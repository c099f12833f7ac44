"""The database as a file: copied while it runs, put back, brought to a newer form; and nobody who was forgotten returns."""

from __future__ import annotations

import csv
import json
import sqlite3
import stat
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.main import opas
from bot.errors import OpasError
from bot.guides import Guides
from bot.loopback import World
from bot.store import PersonRow, Question, Store, schema
from bot.store.asked import keep
from bot.store.copies import back_up, form_of, restore
from bot.store.hands import Hands, page_of
from bot.store.talks import keep_line, traces_of
from tests.conftest import START, Clock, open_town, without_settings
from tests.stored import questions
from tests.test_privacy import CHAT, knows

DATABASES = sorted((Path(__file__).parent / "databases").glob("form-*.sql"))
NEWEST = len(schema.MIGRATIONS)
KEY = b"key"


def made_from(dump: Path, path: Path) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(dump.read_text(encoding="utf-8"))
    return path


async def remember(path: Path, *chats: int) -> None:
    async with await Store.open(path, now=lambda: START, asker_key=KEY) as store:
        for chat in chats:
            unit = store.unit()
            unit.save_person(PersonRow(chat, "fi", {}, START))
            keep_line(unit, chat, "person", "hei")
            keep(unit, Question("Missä?", "fi", "unanswered", START, asker=store.asker(chat)), None, "")
            await store.commit(unit)


async def forget(path: Path, chat: int) -> None:
    async with await Store.open(path, now=lambda: START + timedelta(hours=2), asker_key=KEY) as store:
        await store.forget(chat)


# --- older forms


def test_there_is_a_database_of_every_form_that_was_in_use():
    assert [dump.stem for dump in DATABASES] == [f"form-{number}" for number in range(1, NEWEST)]


@pytest.mark.parametrize("dump", DATABASES, ids=lambda dump: dump.stem)
async def test_a_database_of_every_older_form_goes_on_where_it_stopped_and_can_be_put_back(
    dump: Path, path: Path, guides: Guides, clock: Clock
):
    form = int(dump.stem.rpartition("-")[2])
    made_from(dump, path)
    world = World()
    person = world.person(CHAT, language_code="en")
    async with AsyncExitStack() as stack:
        town = await open_town(stack, guides, clock, path, world)
        await town.settled()
        said = [message.text for message in person.messages]
        assert {"An answer that waits", "An answer on its way"} <= set(said)
        assert any("Zdravstveni dom Maribor" in text for text in said)
        [question] = await questions(town.bot.store)
        assert question.text == "which film is the best one"
        assert form_of(path) == NEWEST
    copy = path.with_name(f"opas.db.before-{form + 1}")
    assert form_of(copy) == form
    done = await restore(path, copy, clock, KEY)
    assert done.set_aside
    assert form_of(path) == NEWEST
    assert form_of(done.set_aside) == NEWEST
    async with await Store.open(path, now=clock) as store:
        assert {row.key for row in await store.unsent()} == {"110201543:41:2", "110201543:41:3"}
        assert [row.update_id for row in await store.unfinished(110201543)] == [42]


# --- copies


async def test_a_copy_of_a_running_database_is_whole_and_for_its_owner_alone(path: Path, tmp_path: Path):
    copy = tmp_path / "copy.db"
    await remember(path, CHAT)
    async with await Store.open(path, now=lambda: START) as store:
        unit = store.unit()
        unit.save_person(PersonRow(CHAT + 1, "so", {}, START))
        await store.commit(unit)
        for replace in (False, True):
            assert back_up(path, copy, replace=replace) == copy.stat().st_size
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.db", "opas.db", "opas.db.hands", "opas.db.lock"]
    async with await Store.open(copy, now=lambda: START, read_only=True) as store:
        assert await store.person(CHAT)
        assert await store.person(CHAT + 1)


async def test_an_older_copy_goes_only_when_told_so(path: Path, tmp_path: Path):
    copy = tmp_path / "copy.db"
    await remember(path, CHAT)
    back_up(path, copy)
    before = copy.read_bytes()
    await remember(path, CHAT + 1)
    with pytest.raises(OpasError) as refused:
        back_up(path, copy)
    told = f"{copy} holds an older copy. Name another file, or say --replace to put this in its place."
    assert str(refused.value) == told
    assert copy.read_bytes() == before
    back_up(path, copy, replace=True)
    assert knows(copy, CHAT + 1)


async def test_a_copy_never_takes_the_place_of_something_else(path: Path, tmp_path: Path):
    await remember(path, CHAT)
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear city, " * 500)
    damaged = tmp_path / "damaged.db"
    back_up(path, damaged)
    damaged.write_bytes(damaged.read_bytes()[:5000] + b"\xff" * 9000)
    stays = "so it is not replaced. Name another file, or move it away."
    for file, fault in ((letter, "is not a database"), (damaged, "is damaged")):
        with pytest.raises(OpasError) as refused:
            back_up(path, file)
        assert str(refused.value) == f"{file} {fault}, {stays}"
    with pytest.raises(OpasError, match="is the database itself"):
        back_up(path, path)
    assert letter.read_text().startswith("Dear city")


async def test_a_copy_is_put_back_and_the_old_database_kept_for_some_days(path: Path, tmp_path: Path):
    copy, now = tmp_path / "copy.db", START + timedelta(days=1)
    await remember(path, CHAT)
    back_up(path, copy)
    await remember(path, CHAT + 1)
    done = await restore(path, copy, lambda: now, KEY)
    async with await Store.open(path, now=lambda: now + timedelta(days=31)) as store:
        assert await store.person(CHAT)
        assert await store.person(CHAT + 1) is None
        assert done.set_aside
        assert knows(done.set_aside, CHAT + 1)
        await store.expire()
        assert not done.set_aside.exists()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_what_was_in_hand_when_the_old_database_was_left_means_nothing_in_another(path: Path, tmp_path: Path):
    copy = tmp_path / "copy.db"

    def die_with_a_message_in_hand():
        hands = Hands(page_of(path))
        hands.take_message(1)
        hands.note_answer(1, 77)

    async def messages_in_hand() -> frozenset[int]:
        async with await Store.open(path, now=lambda: START) as store:
            return store.hands.messages

    await remember(path, CHAT)
    back_up(path, copy)
    die_with_a_message_in_hand()
    assert await messages_in_hand() == {1}
    await restore(path, copy, lambda: START, KEY)
    assert await messages_in_hand() == set()

    die_with_a_message_in_hand()
    path.unlink()
    assert await messages_in_hand() == set()


NAME_ANOTHER = "Name another file, one that opas backup has written."


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("damaged", f"is damaged. {NAME_ANOTHER}"),
        ("newer", f"was written by a newer Opas (form {NEWEST + 1}; this program knows {NEWEST})."),
        ("empty", f"is empty. {NAME_ANOTHER}"),
        ("a text", f"is not a database. {NAME_ANOTHER}"),
        ("DROP TABLE letter", f"is not whole: it lacks the table letter. {NAME_ANOTHER}"),
        ("ALTER TABLE outbox DROP COLUMN doubt", f"is not whole: it lacks the column outbox.doubt. {NAME_ANOTHER}"),
        ("DROP TABLE schema_version", f"is a database of another program. {NAME_ANOTHER}"),
        ("ALTER TABLE schema_version RENAME version TO rank", f"is a database of another program. {NAME_ANOTHER}"),
    ],
)
async def test_a_bad_copy_changes_nothing_and_is_told_by_its_name(
    bad: str, words: str, run, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    copy = tmp_path / "copies" / "bad.db"
    copy.parent.mkdir()
    await remember(path, CHAT)
    if bad == "newer":
        newer = (*schema.MIGRATIONS, ("CREATE TABLE mood (x TEXT)",))
        with monkeypatch.context() as later:
            later.setattr(schema, "MIGRATIONS", newer)
            await remember(copy, CHAT)
    elif bad == "damaged":
        await remember(copy, *range(CHAT, CHAT + 200))
        with copy.open("r+b") as file:
            file.seek(4096 * 3)
            file.write(b"\xff" * 4096 * 8)
    elif bad == "a text":
        copy.write_text("not a database at all, " * 100)
    elif bad == "empty":
        copy.touch()
    else:
        await remember(copy, CHAT)
        with closing(sqlite3.connect(copy)) as db:
            db.execute(bad)
    before = path.read_bytes()
    result = await in_thread(run, "restore", copy)
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert f"{copy} {words}" in result.output
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*restoring*")), "nothing half-made is left"


async def test_nothing_is_left_of_a_restoration_that_fails_at_its_end(path: Path, tmp_path: Path):
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    await remember(path, CHAT)
    back_up(path, copy)
    with closing(sqlite3.connect(copy)) as db:  # whoever is forgotten cannot be deleted from it
        db.execute("CREATE TRIGGER kept BEFORE DELETE ON question BEGIN SELECT RAISE(ABORT, 'never'); END")
    await forget(path, CHAT)
    with pytest.raises(OpasError, match=r"copy\.db cannot be worked on: never\. Name another file"):
        await restore(path, copy, lambda: START, KEY)
    assert not knows(path, CHAT)


async def test_nothing_is_put_back_while_a_bot_runs(path: Path, tmp_path: Path):
    await remember(path, CHAT)
    back_up(path, tmp_path / "copy.db")
    async with await Store.open(path, now=lambda: START):
        with pytest.raises(OpasError, match="is already working with"):
            await restore(path, tmp_path / "copy.db", lambda: START, KEY)


# --- nobody who was forgotten returns


async def test_who_was_forgotten_after_the_copy_is_forgotten_in_it_too(path: Path, tmp_path: Path):
    copy = tmp_path / "safe" / "copy.db"
    copy.parent.mkdir()
    await remember(path, CHAT, CHAT + 1)
    back_up(path, copy)
    await forget(path, CHAT)
    assert not knows(path, CHAT)
    done = await restore(path, copy, lambda: START, KEY)
    assert (done.recorded, done.forgotten) == (1, 1)
    assert not knows(path, CHAT)
    async with await Store.open(path, now=lambda: START, asker_key=KEY) as store:
        assert await traces_of(store, CHAT + 1)
        assert len(await questions(store)) == 1
    # The record outlives the restoration: the same copy may be put back once more.
    assert (await restore(path, copy, lambda: START + timedelta(days=1), KEY)).forgotten == 1
    assert not knows(path, CHAT)


async def test_whose_question_alone_was_in_the_copy_is_counted_among_the_forgotten(path: Path, tmp_path: Path):
    async with await Store.open(path, now=lambda: START, asker_key=KEY) as store:
        unit = store.unit()
        keep(unit, Question("Missä?", "fi", "unanswered", START, asker=store.asker(CHAT)), None, "")
        await store.commit(unit)
    back_up(path, tmp_path / "copy.db")
    await forget(path, CHAT)
    done = await restore(path, tmp_path / "copy.db", lambda: START, KEY)
    assert (done.recorded, done.forgotten) == (1, 1)


async def test_a_damaged_database_cannot_tell_who_was_forgotten_and_that_is_said(path: Path, tmp_path: Path):
    copy = tmp_path / "copy.db"
    await remember(path, CHAT)
    back_up(path, copy)
    path.write_bytes(b"\0" * 20_000)
    assert not (await restore(path, copy, lambda: START, KEY)).record_read


# --- the commands


@pytest.fixture
def run(path: Path, monkeypatch: pytest.MonkeyPatch):
    without_settings(monkeypatch)
    monkeypatch.setenv("OPAS_DATABASE", f"sqlite:///{path}")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "110201543:loopback")

    def call(*words: object) -> Result:
        return CliRunner().invoke(opas, [str(word) for word in words])

    return call


async def with_own_key(path: Path, chat: int, *, erase: bool = False) -> None:
    from bot.settings import Settings

    key = Settings.from_env({"TELEGRAM_BOT_TOKEN": "110201543:loopback"}).asker_key()
    async with await Store.open(path, now=lambda: datetime.now(UTC), asker_key=key) as store:
        if erase:
            await store.forget(chat)
        else:
            unit = store.unit()
            unit.save_person(PersonRow(chat, "fi", {}, store.now()))
            keep(unit, Question("Missä?", "fi", "unanswered", store.now(), asker=store.asker(chat)), None, "")
            await store.commit(unit)


async def in_thread(call, *words: object) -> Result:
    import asyncio

    return await asyncio.to_thread(call, *words)


async def test_backup_restore_and_forget_by_command(run, path: Path, tmp_path: Path):
    copy = tmp_path / "safe" / "copy.db"
    copy.parent.mkdir()
    await with_own_key(path, CHAT)
    await with_own_key(path, CHAT + 1)
    made = await in_thread(run, "backup", copy)
    assert made.exit_code == 0, made.output
    erased = await in_thread(run, "forget", CHAT)
    assert erased.output == "person: 1 erased\nquestion: 1 erased\n"
    assert not knows(path, CHAT)
    assert (await in_thread(run, "forget", CHAT)).output == "Nothing was stored of this chat.\n"
    assert (await in_thread(run, "forget", "-1001234567")).exit_code == 0
    restored = await in_thread(run, "restore", copy)
    assert restored.exit_code == 0, restored.output
    assert "2 asked to be forgotten since the copy was made; 1 of them stood in it" in restored.output
    assert not knows(path, CHAT)
    assert knows(path, CHAT + 1)


async def test_forgettings_are_repeated_when_a_copy_was_put_into_place_by_hand(run, path: Path, tmp_path: Path):
    copy, old = tmp_path / "safe" / "copy.db", tmp_path / "safe" / "old.db"
    copy.parent.mkdir()
    await with_own_key(path, CHAT)
    await in_thread(run, "backup", copy)
    await with_own_key(path, CHAT, erase=True)
    path.replace(old)
    path.write_bytes(copy.read_bytes())
    assert knows(path, CHAT)
    repeated = await in_thread(run, "forget", "--since-backup", copy, "--record", old)
    assert "1 asked to be forgotten" in repeated.output
    assert "1 were found" in repeated.output
    assert not knows(path, CHAT)
    assert (await in_thread(run, "forget")).exit_code == 2
    assert (await in_thread(run, "forget", CHAT, "--since-backup", copy)).exit_code == 2


async def test_migrate_by_command_names_the_copy_from_before(run, path: Path):
    made_from(DATABASES[0], path)
    assert (await in_thread(run, "migrate")).output.endswith(f"The copy from before lies at {path}.before-2.\n")
    assert "has the newest form" in (await in_thread(run, "migrate")).output
    assert form_of(path) == NEWEST


async def test_who_was_touched_by_a_breach_can_be_told_without_those_who_are_forgotten(run, path: Path):
    await with_own_key(path, CHAT)
    await with_own_key(path, CHAT + 1)
    await with_own_key(path, CHAT + 1, erase=True)
    told = await in_thread(run, "export", "affected", "--since", "2020-01-01")
    [line] = csv.DictReader(StringIO(told.stdout))
    assert (int(line["chat_id"]), line["kinds"]) == (CHAT, "person:1 question:1")
    assert "1 more asked to be forgotten since then" in told.stderr
    as_json = await in_thread(run, "export", "affected", "--since", "2020-01-01", "--json")
    assert json.loads(as_json.stdout)[0]["kinds"] == {"person": 1, "question": 1}
    later = await in_thread(run, "export", "affected", "--since", "2099-01-01")
    assert list(csv.DictReader(StringIO(later.stdout))) == []
    assert (await in_thread(run, "export", "affected", "--since", "yesterday")).exit_code == 1


async def test_a_number_that_nobody_can_have_is_refused_in_words(run, path: Path):
    await with_own_key(path, CHAT)
    for words in (("forget", 10**20), ("review", "answer", 10**20, "--need", "see-doctor")):
        refused = await in_thread(run, *words)
        assert refused.exit_code == 2
        assert f"{10**20} is not in the range" in refused.output


def test_a_command_about_a_database_that_is_not_there_makes_none(run, path: Path):
    made_before = path.with_name("yesterday.db")
    made_before.touch()
    for words in (
        ("backup", "x.db"),
        ("backup", made_before),
        ("forget", "5"),
        ("migrate",),
        ("export", "affected", "--since", "2026-01-01"),
    ):
        result = run(*words)
        assert result.exit_code == 1
        assert "There is no database at" in result.output
    assert "There is no copy at" in run("restore", "x.db").output
    assert not path.exists()
