"""The bot as a process among others: content that changes, webhooks, outages, kill -9."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

import bot.guides
import bot.handlers.typing
import bot.jobs
from bot.app import handlers
from bot.errors import OpasError
from bot.guide import Guide, load_guide
from bot.guides import Guides
from bot.handlers.outage import Outage
from bot.handlers.recent import Recent
from bot.handlers.staffmenu import StaffMenus
from bot.jobs import lasting
from bot.loopback import LoopbackServer, World
from bot.matching.cache import HeadCache
from bot.matching.shared import SHARED
from bot.review.delivery import Delivery
from bot.running import run_telegram
from bot.settings import Settings
from bot.store import Store, StoreUnavailable
from bot.store.copies import back_up
from tests.conftest import MARIBOR, SECONDS_AS_NUMBERS, SHIPPED, Clock, Town, fit_all, open_town, spoil
from tests.patience import until


async def test_a_good_change_of_the_content_acts_and_a_faulty_one_leaves_the_last_good_one(
    copied_content: Path, head_cache: HeadCache, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    guides = Guides(copied_content, head_cache)
    async with AsyncExitStack() as stack:
        town = await open_town(stack, guides, clock, tmp_path / "x.db")
        person = town.person("en")
        spoil(copied_content, "Ulica heroja Staneta 1,", "Glavni trg 14,")
        await guides.reload()
        assert "Glavni trg 14" in (await person.says("which department is about parking"))[0]
        line = spoil(copied_content, "services: [city-office]", "services: [city-offfice]")
        await guides.reload()
        assert f"services.yaml:{line}:16: no service 'city-offfice'. Did you mean 'city-office'?" in caplog.text
        assert "Glavni trg 14" in (await person.says("which department is about parking please"))[0]


async def test_neither_locks_of_editors_nor_files_that_cannot_be_read_stop_a_running_bot(
    copied_content: Path, head_cache: HeadCache, caplog: pytest.LogCaptureFixture
):
    guides = Guides(copied_content, head_cache)
    taken: list[bool] = []
    guides.on_change.append(taken.append)
    (copied_content / "intents/en/.#urgent.yaml").symlink_to("editor@desk.4242")  # Emacs, while somebody edits it
    await guides.reload()
    texts = copied_content / "locales/ar/LC_MESSAGES/opas.po"
    good = texts.read_bytes()
    texts.write_bytes(good.decode().encode("cp1256", "replace"))
    await guides.reload()
    assert "save this file as UTF-8 text" in caplog.text
    texts.write_bytes(good)
    (copied_content / "intents/en/more.yaml").mkdir()
    await guides.reload()
    assert "intents/en/more.yaml: cannot be read: Is a directory" in caplog.text
    (copied_content / "intents/en/more.yaml").rmdir()
    (copied_content / "services.yaml").write_text("city: " + "[" * 5_000, encoding="utf-8")
    await guides.reload()
    assert "services.yaml:1:25: nested more than 20 deep" in caplog.text
    assert taken == [True, False, False, False]


async def test_whoever_waits_for_what_is_still_learnt_sees_that_an_answer_is_coming(
    clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bot.handlers.typing, "AGAIN_S", 0.2)
    guides = Guides(MARIBOR, HeadCache(tmp_path / "nothing-learnt"))
    async with AsyncExitStack() as stack:
        town = await open_town(stack, guides, clock, tmp_path / "x.db")
        person = town.world.person(language_code="en")
        person.write("my kid is four, where do they watch over him while i work")
        await until(lambda: person.actions)
        assert (set(person.actions), person.replies) == ({"typing"}, [])
        group = town.world.group()
        person.write("@opas_bot who reads a letter to me in the evening", chat=group)
        await until(lambda: len(person.actions) >= 5)
        await guides.fit()
        await town.settled()
        assert person.replies
        signs = len(town.world.calls_of("sendChatAction"))
        await asyncio.sleep(0.5)
        assert {call.params["chat_id"] for call in town.world.calls_of("sendChatAction")} == {str(person.id)}
        assert len(town.world.calls_of("sendChatAction")) == signs


def test_a_head_that_a_power_cut_left_empty_is_learnt_anew(head_cache: HeadCache):
    file = next(head_cache.folder.glob("en-*/hashes.npy"))
    file.unlink()  # it is a link: the file of the other tests stays
    file.touch()
    assert [wanted.language for wanted in load_guide(MARIBOR, head_cache).missing] == ["en"]


def test_what_a_killed_process_left_half_learnt_is_tidied_away_and_what_another_one_learns_is_not(
    head_cache: HeadCache,
):
    left, growing = head_cache.folder / ".en-1.4194305", head_cache.folder / f".en-2.{os.getpid()}"
    for half in (left, growing):
        half.mkdir()
    head_cache.tidy("en")
    assert not left.exists()
    assert growing.exists()


async def test_a_translation_that_cannot_be_said_is_left_out_and_the_urgent_card_still_comes(
    copied_content: Path, head_cache: HeadCache, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    guides = Guides(copied_content, head_cache)
    async with AsyncExitStack() as stack:
        town = await open_town(stack, guides, clock, tmp_path / "x.db")
        file = "locales/ar/LC_MESSAGES/opas.po"
        text = (copied_content / file).read_text(encoding="utf-8")
        translated = re.search(r'msgid "Call this number now: \{name\}\."\nmsgstr "(.+)"', text)
        assert translated
        spoil(copied_content, translated[1], translated[1].replace("{name}", "{nam"), file)
        await guides.reload()
        assert "translations left out" in caplog.text
        replies = await town.person("ar").says("my husband beats me")
        assert replies[0].startswith("113\n\nCall this number now:")


async def test_at_a_first_start_only_what_is_not_understood_yet_waits_for_its_language(clock: Clock, tmp_path: Path):
    cache = HeadCache(tmp_path / "heads")
    guides = Guides(MARIBOR, cache)
    assert not guides().heads
    async with AsyncExitStack() as stack:
        town = await open_town(stack, guides, clock, tmp_path / "first.db")
        waiting, captioned, impatient = town.person("en"), town.person("en"), town.person("en")
        waiting.person.write("my throat hurts so much")
        captioned.person.send("photo", caption="my throat hurts so much")
        impatient.person.write("/start")
        assert await impatient.person.hears()
        impatient.person.write("my throat hurts")  # word for word a phrase
        assert "Zdravstveni dom Maribor" in (await impatient.person.hears())[-1].text
        for person in (waiting, captioned):
            assert not person.person.messages[1:], "nobody could have understood this yet"
        fit_all(cache, MARIBOR)
        await guides.reload()
        await town.settled()
        for person in (waiting, captioned):
            assert "Zdravstveni dom Maribor" in person.last.text


async def test_a_change_is_taken_while_the_one_before_is_still_being_learnt(
    copied_content: Path, head_cache: HeadCache, monkeypatch: pytest.MonkeyPatch
):
    async def never_done(self: Guides) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Guides, "fit", never_done)
    guides = Guides(copied_content, head_cache)
    changes: asyncio.Queue[object] = asyncio.Queue()
    guides.on_swap.append(changes.put_nowait)
    watching = asyncio.create_task(guides.watch())
    for phrase in ("zzz gargle blaster", "gluck gluck gluck"):
        spoil(
            copied_content,
            "- where is the town hall",
            f"- where is the town hall\n- {phrase}",
            "intents/en/everyday.yaml",
        )
        await asyncio.wait_for(changes.get(), 30)
        assert guides().matcher.match(phrase).ranked[0].need == "city-desk"
    watching.cancel()


async def test_a_fault_of_our_own_while_content_is_read_or_learnt_keeps_no_later_change_from_being_taken(
    copied_content: Path, head_cache: HeadCache, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def phrase_added(phrase: str) -> None:
        found = "- where is the town hall"
        spoil(copied_content, found, f"{found}\n- {phrase}", "intents/en/everyday.yaml")

    guides = Guides(copied_content, head_cache)
    watching = asyncio.create_task(guides.watch())
    with monkeypatch.context() as broken:
        broken.setattr(bot.guides, "load_guide", lambda *_: {}["our own fault"])
        phrase_added("zzz gargle blaster")
        await until(lambda: "changed content not taken, the last good one stays in use" in caplog.text)
    with monkeypatch.context() as broken:
        broken.setattr(bot.guides, "content_stamp", lambda _: copied_content.joinpath("gone").stat())
        await until(lambda: "the content folder cannot be looked at" in caplog.text)
    learnt: asyncio.Queue[bool] = asyncio.Queue()
    guides.on_learnt.append(learnt.put_nowait)
    with monkeypatch.context() as broken:
        broken.setattr(Guides, "_process", lambda *_: {}["our own fault"])
        phrase_added("gluck gluck gluck")
        assert [await asyncio.wait_for(learnt.get(), 30) for _ in ("en", SHARED)] == [False, False]
    assert guides().matcher.match("gluck gluck gluck").ranked[0].need == "city-desk"
    assert {head.language for head in guides().heads} == {"sl", "en", "ar", SHARED}
    assert not guides.is_learning
    phrase_added("plim plam plum")
    assert [await asyncio.wait_for(learnt.get(), 60) for _ in ("en", SHARED)] == [True, True]
    assert not guides().missing
    assert caplog.text.count("the content folder cannot be looked at") == 1
    assert not watching.done()
    watching.cancel()


async def test_what_cannot_be_made_ready_keeps_nobody_waiting(
    maribor: Guide, head_cache: HeadCache, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(bot.guides, "preparations", lambda _: [lambda: {}["our own fault"]])
    guides = Guides(MARIBOR, head_cache, current=maribor)
    guides.others_started.set()
    watching = asyncio.create_task(guides.watch())
    await asyncio.wait_for(guides.made_ready.wait(), 30)
    assert "something is not made ready" in caplog.text
    watching.cancel()


async def test_a_job_that_fails_is_said_once_and_begun_again_but_for_what_somebody_has_to_mend(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    outcomes: list[Exception | None] = [KeyError("ours"), KeyError("ours"), StoreUnavailable("locked"), None]

    async def job() -> None:
        if (error := outcomes.pop(0)) is not None:
            raise error

    monkeypatch.setattr(bot.jobs, "AGAIN_S", 0.0)
    await lasting("periods", job)
    assert not outcomes
    assert caplog.text.count("job=periods again_in_s") == 2
    outcomes.append(OpasError("mend this"))
    with pytest.raises(OpasError, match="mend this"):
        await lasting("periods", job)


async def test_a_fault_in_the_work_beside_does_not_end_the_bot(
    head_cache: HeadCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    for part, turn in ((Delivery, "tick"), (Outage, "look"), (Store, "expire"), (StaffMenus, "sync")):
        monkeypatch.setattr(part, turn, lambda _: {}["our own fault"])
    forgotten: list[float] = []
    monkeypatch.setattr(
        Store, "drop_goodbyes", lambda _, older_than_s: asyncio.sleep(0, forgotten.append(older_than_s))
    )
    world = World()
    async with LoopbackServer(world) as api:
        settings = Settings(
            token=world.token, api_url=api.url, content=MARIBOR, database=tmp_path / "x.db", cache=head_cache.folder,
            web_port=0,
        )  # fmt: skip
        stop = asyncio.Event()
        running = asyncio.create_task(run_telegram(settings, stop, lambda _: None))
        for job in ("delivery", "outage", "periods", '"menus of the staff"'):
            await until(lambda job=job: f"job={job} again_in_s" in caplog.text)
        person = world.person(language_code="en")
        person.write("my throat hurts")
        [reply] = await person.hears()
        stop.set()
        await running
    assert "Zdravstveni dom Maribor" in reply.text
    assert forgotten, "a fault in what may wait keeps nobody from being forgotten"


async def test_a_need_that_was_just_taken_out_is_no_answer_while_its_phrases_are_still_remembered(
    copied_content: Path, head_cache: HeadCache, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async def not_now(self: Guides) -> None:
        return

    monkeypatch.setattr(Guides, "fit", not_now)
    guides = Guides(copied_content, head_cache)
    async with AsyncExitStack() as stack:
        person = (await open_town(stack, guides, clock, tmp_path / "x.db")).person("en")
        assert "Zdravnik ponoči" in (await person.says("a doctor on sunday night"))[0]
        services = copied_content / "services.yaml"
        before, rest = services.read_text(encoding="utf-8").split("  night-doctor:\n")
        services.write_text(before + rest[rest.index("services:\n  emergency-112:") :], encoding="utf-8")
        for phrases in copied_content.glob("intents/*/health.yaml"):
            phrases.write_text(phrases.read_text(encoding="utf-8").split("night-doctor:")[0], encoding="utf-8")
        (copied_content / "intents/en/ask-between.yaml").unlink()
        await guides.reload()
        assert "I do not know this yet." in (await person.says("a doctor on sunday night please"))[0]


async def test_a_new_phrase_matches_at_once_before_anything_is_fitted(
    copied_content: Path, head_cache: HeadCache, monkeypatch: pytest.MonkeyPatch
):
    guides = Guides(copied_content, head_cache)
    fitted = asyncio.Event()

    async def wait_for_ever(self: Guides) -> None:
        fitted.set()

    monkeypatch.setattr(Guides, "fit", wait_for_ever)
    spoil(
        copied_content,
        "- where is the town hall",
        "- where is the town hall\n- zzz gargle blaster",
        "intents/en/everyday.yaml",
    )
    await guides.reload()
    match = guides().matcher.match("Zzz gargle blaster!")
    assert fitted.is_set()
    assert {head.language for head in guides().heads} == {"sl", "en", "ar", SHARED}  # the old ones go on
    assert match.ranked[0].need == "city-desk"
    assert match.ranked[0].rule == "exact"


@pytest.fixture
def free_ports() -> Iterator[list[int]]:
    """Two ports that nobody listens on, kept for the test: held, they are given to no other worker."""
    with socket.socket() as one, socket.socket() as other:
        for held in (one, other):
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # so that the bot may listen all the same
            held.bind(("127.0.0.1", 0))
        yield [held.getsockname()[1] for held in (one, other)]


async def test_by_webhook_only_tg_is_on_the_public_port_and_a_stranger_is_turned_away(
    head_cache: HeadCache, free_ports: list[int], tmp_path: Path
):
    world = World()
    person = world.person(language_code="en")
    hook_port, web_port = free_ports
    hook, web = (f"http://127.0.0.1:{port}" for port in (hook_port, web_port))
    async with LoopbackServer(world) as api:
        settings = Settings(
            token=world.token, api_url=api.url, content=MARIBOR, database=tmp_path / "hook.db", cache=head_cache.folder,
            webhook_url=hook, webhook_port=hook_port, webhook_secret="right", web_port=web_port,
        )  # fmt: skip
        stop = asyncio.Event()
        running = asyncio.create_task(run_telegram(settings, stop, lambda _: None))
        person.write("my throat hurts")
        [reply] = await person.hears()
        async with httpx.AsyncClient() as client:
            strangers = [
                (await client.post(f"{hook}/tg", json={"update_id": 1}, headers=headers)).status_code
                for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"})
            ]
            right = {"X-Telegram-Bot-Api-Secret-Token": "right"}
            broken = (await client.post(f"{hook}/tg", content=b"{", headers=right)).status_code
            pages = ("healthz", "readyz", "metrics", "review", "")
            public = [(await client.get(f"{hook}/{page}")).status_code for page in pages]
            inside = [(await client.get(f"{web}/{page}")).status_code for page in pages[:3]]
            not_there = (await client.post(f"{web}/tg", json={"update_id": 1}, headers=right)).status_code
        stop.set()
        await running
    assert "Zdravstveni dom Maribor" in reply.text
    assert strangers == [403, 403]
    assert broken == 400
    assert public == [404] * 5
    assert inside == [200] * 3
    assert not_there == 404


async def test_while_telegram_is_out_of_reach_it_lives_says_so_and_can_be_stopped(
    head_cache: HeadCache, free_ports: list[int], tmp_path: Path
):
    api_port, web_port = free_ports
    settings = Settings(
        token=World().token, api_url=f"http://127.0.0.1:{api_port}", content=MARIBOR, database=tmp_path / "out.db",
        cache=head_cache.folder, web_port=web_port,
    )  # fmt: skip
    stop, listening = asyncio.Event(), asyncio.Event()
    caught = logging.Handler()
    caught.emit = lambda record: listening.set() if record.msg == "health page" else None  # type: ignore[method-assign]
    log = logging.getLogger("bot.running")
    log.addHandler(caught)
    log.setLevel(logging.INFO)
    running = asyncio.create_task(run_telegram(settings, stop, lambda _: None))
    running.add_done_callback(lambda _: listening.set())  # a start that fails is not waited for
    await listening.wait()
    assert not running.done(), running
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{web_port}") as client:
        alive, ready = await client.get("/healthz"), await client.get("/readyz")
    stop.set()
    await running
    log.removeHandler(caught)
    log.setLevel(logging.NOTSET)
    assert alive.text == "ok\n"
    assert (ready.status_code, ready.text) == (503, "not ready\ntelegram: out of reach since the start\n")


async def test_an_update_that_comes_twice_is_answered_once(town: Town):
    person = town.person("en")
    await person.says("my throat hurts")
    raw = town.world.updates.handed_out[-1] if town.world.updates.handed_out else None
    assert raw is not None
    await town.bot.intake.take([raw, raw])
    await town.settled()
    assert len([message for message in person.person.messages if message.from_bot]) == 1


async def test_a_handler_that_fails_sets_the_update_aside_and_says_a_kind_word(
    town: Town, monkeypatch: pytest.MonkeyPatch
):
    person = town.person("en")

    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret words of a person")

    monkeypatch.setattr(town.bot.guides.current.dialogue.__class__, "asked", broken)
    [reply] = await person.says("my throat hurts")
    assert reply.startswith("Something went wrong here. I am sorry.")
    assert "In an emergency call 112." in reply


@SECONDS_AS_NUMBERS
async def test_too_many_requests_are_waited_for(town: Town):
    person = town.person("en")
    town.world.fail_next("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)
    person.person.write("my throat hurts")
    await person.person.hears()
    assert "Zdravstveni dom Maribor" in person.last.text
    refused, sent = town.world.calls_of("sendMessage")
    assert sent.at - refused.at >= 1


async def test_a_telegram_with_faults_of_its_own_is_waited_for(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.outbox.sending.FIRST_WAIT_S", 0.01)
    person = town.person("en")
    town.world.fail_next("sendMessage", 502, "Bad Gateway", times=4)
    town.world.fail_next("sendMessage", 429, "Too Many Requests", times=2)
    town.world.fail_next("sendMessage", 401, "Unauthorized", times=2)
    person.person.write("my throat hurts")
    await person.person.hears(timeout_s=20)
    await town.settled()
    assert len(person.person.replies) == 1
    assert "Zdravstveni dom Maribor" in person.last.text


async def test_markup_that_telegram_refuses_is_sent_once_more_as_plain_text(town: Town):
    person = town.person("en")
    town.world.fail_next("sendMessage", 400, "Bad Request: can't parse entities: Unexpected end tag")
    [reply] = await person.says("my throat hurts")
    assert "Zdravstveni dom Maribor" in reply


async def test_the_profile_is_set_in_every_language_and_only_when_it_differs(town: Town):
    from bot.dialogue.profile import COMMANDS
    from bot.handlers.profile import sync_profile

    bot, world = town.bot.application.bot, town.world
    await sync_profile(bot, town.bot.guides())
    setters = ("setMyCommands", "setMyDescription", "setMyShortDescription")
    first = len(world.calls_of(*setters))
    assert first >= 3
    assert [command.command for command in await bot.get_my_commands(language_code="ar")] == list(COMMANDS)
    await sync_profile(bot, town.bot.guides())
    assert len(world.calls_of(*setters)) == first


@SECONDS_AS_NUMBERS
async def test_the_profile_is_set_in_every_language_when_telegram_asks_for_a_pause(town: Town):
    from bot.dialogue.profile import COMMANDS
    from bot.handlers.profile import sync_profile

    bot, world = town.bot.application.bot, town.world
    world.fail_next("setMyCommands", 429, "Too Many Requests: retry after 1", retry_after=1)
    await sync_profile(bot, town.bot.guides())
    for code in ("", *(locale for locale in town.bot.guides().texts.locales if len(locale) == 2)):
        assert [command.command for command in await bot.get_my_commands(language_code=code)] == list(COMMANDS)


async def test_every_button_has_a_meaning_and_every_command_a_handler(guides: Guides, town: Town):
    """Walk the registries: each verb of a button is handled, each command of the profile is answered."""
    from datetime import UTC, datetime
    from typing import get_args

    from bot.dialogue import Talk
    from bot.dialogue.presses import Verb, press_data
    from bot.dialogue.profile import COMMANDS

    moment = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    dialogue = guides().dialogue
    for verb in get_args(Verb):
        assert dialogue.pressed(press_data(verb, "see-doctor"), Talk(), moment)
    for command in COMMANDS:
        assert dialogue.commanded(command, Talk(), moment).replies
    assert len(handlers(guides, town.bot.store, Recent(), lambda: moment, town.bot.review)) == 9


async def test_kill_9_loses_nothing_and_a_stop_in_good_order_doubles_nothing(head_cache: HeadCache, tmp_path: Path):
    """Forty people write while the process is killed again and again; every one gets an answer."""
    world = World(latency_s=0.01)
    environment = {
        "TELEGRAM_BOT_TOKEN": world.token, "OPAS_DATABASE": f"sqlite:///{tmp_path}/kill.db", "OPAS_WEB_PORT": "0",
        "OPAS_CACHE": str(head_cache.folder), "OPAS_CONTENT": str(MARIBOR),
    }  # fmt: skip
    async with LoopbackServer(world) as api:
        with programs({**environment, "TELEGRAM_API_URL": api.url}) as start:
            people = [world.person(language_code="en") for _ in range(40)]
            for round_ in range(3):
                process = start()
                await until(lambda: bool(world.calls_of("getUpdates")))
                for person in people[round_ * 10 : round_ * 10 + 10]:
                    person.write("my throat hurts")
                    await asyncio.sleep(0.01)
                await asyncio.sleep(0.05 * round_)
                process.kill()
                process.wait()
                world.calls.clear()
            # Stopped in good order in the middle of its work, with more coming in: what was on its way arrives once.
            process = start()
            late = people[30:]
            await until(lambda: all(person.replies for person in people[:30]), patience_s=30)
            for person in late[:8]:
                person.write("my throat hurts")
            await until(lambda: any(person.replies for person in late))
            process.terminate()
            for person in late[8:]:
                person.write("my throat hurts")
            assert await asyncio.to_thread(process.wait, 20) == 0
            world.calls.clear()
            process = start()
            # Asked for updates: it would not yet hear that it should stop before.
            await until(
                lambda: bool(world.calls_of("getUpdates")) and all(person.replies for person in people), patience_s=30
            )
            process.terminate()
            assert await asyncio.to_thread(process.wait, 20) == 0
    assert [len(person.replies) for person in late] == [1] * 10
    doubles = sum(max(0, len(person.replies) - 1) for person in people)
    assert doubles <= 4 * 3  # at most what was on its way at each kill


@contextmanager
def programs(environment: Mapping[str, str]) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts the bot on Telegram as a process of its own, as often as asked; none outlives the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "bot", "run", "--telegram"], env={**os.environ, "PYTHONPATH": str(SHIPPED), **environment},
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
        )  # fmt: skip
        return started[-1]

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.wait()


async def test_nothing_personal_is_in_the_bytes_of_the_database_or_in_the_log(
    town: Town, caplog: pytest.LogCaptureFixture
):
    secrets = ["131052-308T", "FI2112345600000785", "0401234567", "ana.novak@example.si", "@anamarija_n"]
    person = town.person("en", first_name="Anamarija", last_name="Novak", username="anamarija_n")
    for secret in secrets:
        await person.says(f"best film about planets {secret} says hello")
    await person.sends("contact", contact={"phone_number": "0401234567", "first_name": "Anamarija"})
    await person.sends("location")
    back_up(town.database, town.database.with_name(f"{town.database.name}.copy"))
    stored = b"".join(path.read_bytes() for path in town.database.parent.glob(f"{town.database.name}*"))
    for secret in [*secrets, "Anamarija", "Novak", "anamarija_n"]:
        assert secret.encode() not in stored
        assert secret not in caplog.text
    assert town.world.token.split(":")[1].encode() not in stored
    assert json.dumps(town.world.token) not in caplog.text
