"""What tests share: a small city, a real bot in front of a Bot API on loopback, people who talk to it."""

from __future__ import annotations

import asyncio
import fcntl
import functools
import os
import shutil
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import pytest_asyncio

from bot.app import Bot, bot_at
from bot.catalogue.content import load_content
from bot.guide import Guide, load_guide
from bot.guides import Guides
from bot.handlers.intake import Polling
from bot.loopback import LoopbackServer, Message, Person, World
from bot.matching.cache import HeadCache, wanted_heads
from bot.matching.fit import PhrasesAsRead, fitted
from bot.monitoring.logs import EventFormatter
from bot.settings import Settings
from bot.store import Store
from tests.browser import chromium
from tests.patience import impatience

# How long an example takes says something of the machine and of who else uses it, nothing of the program.
hypothesis.settings.register_profile("opas", deadline=None)
hypothesis.settings.load_profile("opas")

MARIBOR = Path(__file__).parent / "content"
SHIPPED = Path(__file__).parents[1]
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 10:00 in Maribor, 11:00 in Kuopio
START = datetime(2026, 11, 21, 12, tzinfo=UTC)  # when tests of the database alone take place
# python-telegram-bot warns that a later version of it will give retry_after as a timedelta.
SECONDS_AS_NUMBERS = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


class OnlyLoopbackIsAllowedInTests(Exception):
    """A test tried to reach another machine."""


class TheRealDatabaseIsNotForTests(Exception):
    """A test would have used the default database file."""


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise OnlyLoopbackIsAllowedInTests(address)
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.chdir(tmp_path)  # whatever writes beside itself writes into the test's own folder


@pytest.fixture(scope="session", autouse=True)
def _certificates_are_read_once() -> Iterator[None]:
    """httpx reads the machine's own for every client, 30 ms each time; hundreds of clients only go to loopback."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield


@pytest.fixture(autouse=True)
def _log_as_operators_see_it(caplog: pytest.LogCaptureFixture) -> None:
    """``caplog.text`` holds the fields too: what must not be in the log may hide there."""
    caplog.handler.setFormatter(EventFormatter())


@pytest.fixture(autouse=True)
def _no_real_database(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.store import Store

    real = Store.open.__func__  # type: ignore[attr-defined]

    async def guarded(cls: type[Store], path: Path | str, **options: Any) -> Store:
        if Path(path) == Path("opas.db"):
            raise TheRealDatabaseIsNotForTests
        return await real(cls, path, **options)

    monkeypatch.setattr(Store, "open", classmethod(guarded))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What several workers must not do at once goes to one of them: one Chromium, one load of the shipped heads.

    These are the longest pieces, so xdist hands them out first and fills both workers up with the rest.
    """
    for item in items:
        for group in ("browser", "shipped"):
            if item.get_closest_marker(group):
                item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Iterator[None]:
    with impatience():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    with impatience():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    with impatience():
        return (yield)


@contextmanager
def one_worker_at_a_time(lock: Path) -> Iterator[None]:
    """Other processes that ask for the same file wait."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def fitted_heads(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> HeadCache:
    """The heads of the small city, fitted once for all workers. Nobody adds to this cache."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent  # the folder of the whole run; each worker has one in it
    fitted = HeadCache(shared / "fitted")
    with one_worker_at_a_time(shared / "fitted.lock"):
        fit_all(fitted, MARIBOR)
    return fitted


@pytest.fixture
def head_cache(fitted_heads: HeadCache, tmp_path_factory: pytest.TempPathFactory) -> HeadCache:
    """The heads of the small city in a cache of the test's own: whoever learns something new tidies old heads away, and
    a bot without them would wait for ever to learn what it is asked."""
    folder = tmp_path_factory.mktemp("heads") / "cache"
    return HeadCache(shutil.copytree(fitted_heads.folder, folder, copy_function=os.link))


def fit_all(cache: HeadCache, folder: Path) -> None:
    """Fit what is missing, in this very process: starting another one takes longer than a small fit."""
    phrases = PhrasesAsRead(folder / "intents", cache.kept)
    for wanted in wanted_heads(folder / "intents", load_content(folder).catalogue.languages):
        if cache.load(wanted) is None:
            cache.save(wanted.name, fitted(wanted.language, phrases))


@pytest.fixture(scope="session")
def maribor(fitted_heads: HeadCache) -> Guide:
    """The small city as it stands in the repository. A guide never changes, so one is enough for all."""
    return load_guide(MARIBOR, fitted_heads)


@pytest.fixture
def guides(head_cache: HeadCache, maribor: Guide) -> Guides:
    return Guides(MARIBOR, head_cache, current=maribor)


@dataclass
class Clock:
    """The time in a test; goes on only when told."""

    moment: datetime = TUESDAY

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **amount: float) -> None:
        self.moment += timedelta(**amount)


@dataclass
class Town:
    """A bot and the world around it."""

    world: World
    bot: Bot
    clock: Clock
    database: Path
    polling: asyncio.Task[None] = field(repr=False)

    def person(self, language: str = "en", **known: Any) -> Talker:
        return Talker(self, self.world.person(language_code=language, **known))

    async def settled(self) -> None:
        """Return when everything that was written has been answered."""
        while self.world.updates.pending:
            if self.polling.done():
                self.polling.result()
            await asyncio.sleep(0.002)
        await self.bot.settled()


@dataclass
class Talker:
    """A person at a phone."""

    town: Town
    person: Person

    async def says(self, text: str, **how: Any) -> list[str]:
        """Write; returns the texts of the bot's messages that came, "☎ number" for a contact card."""
        return [shown(message) for message in await self.gets(lambda: self.person.write(text, **how))]

    async def sends(self, kind: str, **fields: Any) -> list[str]:
        return [shown(message) for message in await self.gets(lambda: self.person.send(kind, **fields))]

    async def presses(self, button: str, message: Message | None = None) -> list[str]:
        return [shown(m) for m in await self.gets(lambda: self.person.press(button, message))]

    async def forges(self, data: str) -> list[str]:
        """Press a button that is not there, as an old message or a forger would."""
        raw = self.last.raw
        query = {
            "id": "77", "from": self.person.as_user(), "chat_instance": "1", "data": data,
            "message": {"message_id": self.last.id, "date": raw["date"], "chat": raw["chat"], "from": raw["from"]},
        }  # fmt: skip
        return [shown(m) for m in await self.gets(lambda: self.town.world.update({"callback_query": query}))]

    async def gets(self, act: Any) -> list[Message]:
        """The bot's new messages after ``act``."""
        before = {message.id for message in self.person.messages if message.from_bot}
        act()
        await self.town.settled()
        return [m for m in self.person.messages if m.from_bot and m.id not in before]

    @property
    def last(self) -> Message:
        """The bot's last message."""
        return [message for message in self.person.messages if message.from_bot][-1]

    @property
    def buttons(self) -> list[str]:
        return [button["text"] for row in self.last.keyboard or [] for button in row]


def shown(message: Message) -> str:
    if message.kind == "contact":
        return f"☎ {message.raw['contact']['phone_number']}"
    return message.text or f"<{message.kind}>"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a database of the test's own lies."""
    return tmp_path / "opas.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    """A database at ``START``, which gives up soon when another program holds it."""
    async with await Store.open(path, now=lambda: START, busy_s=0.05) as store:
        yield store


def without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take what decides about the bot out of the environment."""
    for name in list(os.environ):
        if name.startswith(("OPAS_", "TELEGRAM_", "WEBHOOK_")):
            monkeypatch.delenv(name)


@pytest.fixture
async def town(guides: Guides, clock: Clock, tmp_path: Path) -> AsyncIterator[Town]:
    """The small city's bot, by polling."""
    async with AsyncExitStack() as stack:
        yield await open_town(stack, guides, clock, tmp_path / "opas-test.db")


async def open_town(
    stack: AsyncExitStack,
    guides: Guides,
    clock: Clock,
    database: Path,
    world: World | None = None,
    **decided: Any,
) -> Town:
    """Start a bot that polls a Bot API on loopback; ends with ``stack``. ``decided``: settings by name."""
    world = world or World()
    api = await stack.enter_async_context(LoopbackServer(world))
    settings = replace(Settings(), token=world.token, api_url=api.url, database=database, **decided)
    bot = await stack.enter_async_context(bot_at(settings, guides, clock))
    polling = asyncio.create_task(Polling(bot.application.bot, bot.intake).run())

    async def end() -> None:
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)

    stack.push_async_callback(end)
    return Town(world, bot, clock, database, polling)


async def on_connection(town: Town, statements: str) -> None:
    """Something that happens to the database under the bot's feet."""
    writer = town.bot.store._writer

    def carry_out() -> None:
        for statement in statements.split("; "):
            writer._connection.execute(statement).fetchall()

    await writer._in_its_thread(carry_out)


@pytest.fixture
def talker(town: Town) -> Talker:
    """A person with an English phone."""
    return town.person("en")


@pytest.fixture(scope="session")
def chromium_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One Chromium for all tests of a worker: starting it takes seconds."""
    with chromium(tmp_path_factory.mktemp("chromium")) as address:
        yield address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright_browser(chromium_address: str) -> AsyncIterator[Any]:
    """Playwright's way to it, which is a program of its own: as long to start as most of these tests take."""
    playwright = pytest.importorskip("playwright.async_api")
    async with playwright.async_playwright() as driver:
        yield await driver.chromium.connect_over_cdp(chromium_address)


@pytest_asyncio.fixture(loop_scope="session")
async def browser(playwright_browser: Any) -> AsyncIterator[Any]:
    """Playwright's browser; open a context of your own in it. Contexts share nothing.

    It lives in the event loop of the worker, so the tests in it (BROWSER_MARKS) and their async fixtures do too.
    """
    yield playwright_browser
    for context in playwright_browser.contexts[1:]:  # the first is Chromium's own
        await context.close()


@pytest.fixture
def copied_content(tmp_path: Path) -> Path:
    """A copy of the small city's content that a test may spoil."""
    folder = tmp_path / "city"
    shutil.copytree(MARIBOR, folder)
    return folder


def spoil(folder: Path, old: str, new: str, file: str = "services.yaml") -> int:
    """Replace the first ``old`` by ``new``; returns the number of the line it stood in."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1
