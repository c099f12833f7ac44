"""A start at which the database cannot be used: people hear a word, the operator what to mend, nothing is lost."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from bot import unopened
from bot.errors import OpasError
from bot.loopback import LoopbackServer, World
from bot.matching.cache import HeadCache
from bot.running import run_telegram
from bot.settings import Settings
from bot.store import Store
from tests.conftest import MARIBOR, Clock
from tests.patience import until
from tests.test_broken_database import ruin

KIND = "Something is broken here"


@pytest.fixture(autouse=True)
def _tried_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unopened, "FIRST_WAIT_S", 0.2)
    monkeypatch.setattr(unopened, "LONGEST_WAIT_S", 0.2)


@pytest.fixture
def free_port() -> Iterator[int]:
    """Nobody listens on it, and no other worker is given it."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
async def database(tmp_path: Path, clock: Clock) -> Path:
    path = tmp_path / "start.db"
    async with await Store.open(path, now=clock) as store:
        unit = store.unit()
        unit.bump("anything")
        await store.commit(unit)
    return path


def make_newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO schema_version (version, applied_at) VALUES (99, 0)")


def make_another_programs(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE recipes (name TEXT)")


@pytest.mark.parametrize(
    ("way", "break_it", "to_mend"),
    [
        ("polling", ruin, "is damaged. Put a backup in its place (opas restore)."),
        ("webhook", make_newer, "was written by a newer Opas (form 99;"),
    ],
    ids=["damaged, by polling", "newer, by webhook"],
)
async def test_who_writes_before_the_database_can_be_used_hears_once_and_is_answered_when_it_can(
    way: str, break_it: Callable[[Path], None], to_mend: str, database: Path, free_port: int, head_cache: HeadCache,
    caplog: pytest.LogCaptureFixture,
):  # fmt: skip
    backup = shutil.copy(database, database.with_suffix(".backup"))
    break_it(database)
    broken = database.read_bytes()
    world, said = World(), list[str]()
    world.updates.webhook.retry_scale = 0.02
    in_danger, arabic, other = (world.person(language_code=code) for code in ("en", "ar", "en"))
    async with LoopbackServer(world) as api:
        hook = {"webhook_url": f"http://127.0.0.1:{free_port}", "webhook_port": free_port} if way == "webhook" else {}
        settings = Settings(
            token=world.token, api_url=api.url, content=MARIBOR, database=database, cache=head_cache.folder,
            web_port=0, **hook,
        )  # fmt: skip
        stop = asyncio.Event()
        other.write("my throat hurts")
        in_danger.write("he beats me")
        arabic.write("زوجي يضربني")
        running = asyncio.create_task(run_telegram(settings, stop, said.append))
        await until(lambda: running.done() or all(person.replies for person in (in_danger, arabic, other)))
        waiting = list(world.updates.pending)
        assert len(waiting) == 3, "nothing is acknowledged that is not stored"
        for person in (in_danger, arabic):
            assert person.replies[0].text.startswith("113")
        # Handed out again and again, it is told once.
        world.updates.handed_out.clear()
        await until(lambda: min(world.updates.handed_out[number] for number in waiting) >= 2)
        assert [KIND in message.text for message in other.replies] == [True]
        assert sum(message.text.startswith("113") for message in in_danger.replies) == 1
        assert any(to_mend in line for line in said)
        assert to_mend in caplog.text
        assert database.read_bytes() == broken, "nothing is written into a file that cannot be used"
        for beside in database.parent.glob(f"{database.name}-*"):
            beside.unlink()
        shutil.copy(backup, database)
        await until(lambda: running.done() or "Zdravstveni dom Maribor" in other.messages[-1].text)
        await until(lambda: running.done() or not world.updates.pending)
        stop.set()
        await running
    assert sum(message.text.startswith("113") for message in in_danger.replies) == 2, "answered and stored at last"


async def test_stopped_before_the_database_could_be_used_it_fails_and_says_why_there_too(
    database: Path, free_port: int, head_cache: HeadCache
):
    make_another_programs(database)
    world = World()
    async with LoopbackServer(world) as api:
        settings = Settings(
            token=world.token, api_url=api.url, content=MARIBOR, database=database, cache=head_cache.folder,
            web_port=free_port,
        )  # fmt: skip
        stop = asyncio.Event()
        running = asyncio.create_task(run_telegram(settings, stop, lambda _: None))
        await until(lambda: running.done() or world.calls_of("getUpdates"))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_port}") as client:
            alive, ready = await client.get("/healthz"), await client.get("/readyz")
        stop.set()
        with pytest.raises(OpasError, match="is a database of another program"):
            await running
    assert alive.status_code == 200
    assert ready.status_code == 503
    assert f"database: {database} is a database of another program." in ready.text


async def test_a_second_bot_with_the_same_database_does_not_wait_for_it(
    database: Path, clock: Clock, head_cache: HeadCache
):
    world = World()
    async with LoopbackServer(world) as api, await Store.open(database, now=clock):
        settings = Settings(
            token=world.token, api_url=api.url, content=MARIBOR, database=database, cache=head_cache.folder, web_port=0
        )
        with pytest.raises(OpasError, match="is already working with"):
            await run_telegram(settings, asyncio.Event(), lambda _: None)
    assert not world.calls_of("getUpdates"), "the other one answers people"
