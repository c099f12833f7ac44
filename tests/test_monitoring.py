"""What an operator sees of a running bot: alive, ready, figures. About nobody."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.app import Bot
from bot.guides import Guides
from bot.handlers.intake import Polling
from bot.loopback import LoopbackServer, World
from bot.matching.cache import HeadCache
from bot.monitoring.monitor import Monitor
from bot.monitoring.pulse import Pulse, Systemd
from bot.monitoring.readiness import SILENT_S, PollLink, TelegramLink, WebhookLink
from bot.web.routes import health_routes
from tests.conftest import MARIBOR, SHIPPED, Clock, Town, on_connection, open_town, spoil


class Operator:
    """Looks at the pages that the bot serves."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def sees(self, page: str) -> tuple[int, str]:
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{self._url}/{page}")
        return answer.status_code, answer.text

    async def figures(self) -> dict[str, float]:
        _, text = await self.sees("metrics")
        rows = [line.rpartition(" ") for line in text.splitlines() if line.startswith("opas_")]
        return {name: float(value) for name, _, value in rows if "_created" not in name}


def monitor_of(bot: Bot, link: TelegramLink, clock: Clock, damage: Callable[[], str] = lambda: "") -> Monitor:
    return Monitor(bot.metrics, Pulse(), bot.guides, bot.store, bot.application.bot.id, link, clock, damage)


async def operator_of(stack: AsyncExitStack, bot: Bot, link: TelegramLink, clock: Clock) -> Operator:
    server = LoopbackServer(World(), app=Starlette(routes=health_routes(monitor_of(bot, link, clock))))
    return Operator((await stack.enter_async_context(server)).url)


@pytest.fixture
async def operator(town: Town, clock: Clock):
    link = WebhookLink()
    link.is_set = True
    async with AsyncExitStack() as stack:
        yield await operator_of(stack, town.bot, link, clock)


async def test_figures_count_questions_by_outcome_and_language_and_sends_by_result(town: Town, operator: Operator):
    person, stranger = town.person("en"), town.person("sl")
    await person.says("my throat hurts")
    await person.says("which department is about parking")
    await person.says("qqqq zzzz wwww")
    town.world.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
    await stranger.says("boli me grlo")
    found = await operator.figures()
    assert found['opas_questions_total{language="en",outcome="answered"}'] == 2
    assert found['opas_questions_total{language="en",outcome="unanswered"}'] == 1
    assert found['opas_questions_total{language="sl",outcome="answered"}'] == 1
    assert found["opas_match_seconds_count"] == 4
    assert found['opas_sends_total{result="gone"}'] == 1
    assert found['opas_sends_total{result="sent"}'] >= 3
    assert found["opas_inbox_waiting"] == found["opas_outbox_waiting"] == 0
    assert found['opas_ready{part="database"}'] == 1


async def test_urgent_questions_are_seen_in_threes_without_need_or_language(town: Town, operator: Operator):
    shown = []
    for _ in range(4):
        await town.person("en").says("my husband beats me")
        found = await operator.figures()
        assert found["opas_match_seconds_count"] == 0
        shown.append({name: value for name, value in found.items() if "urgent" in name})
    nothing, three = ({'opas_questions_total{language="",outcome="urgent"}': value} for value in (0, 3))
    assert shown == [nothing, nothing, three, three]
    _, page = await operator.sees("metrics")
    assert not re.search(r"violence|emergency", page)


async def test_what_waits_is_seen_with_its_age(town: Town, operator: Operator, clock: Clock):
    begun, over = asyncio.Event(), asyncio.Event()

    async def slow(*_: Any) -> None:
        begun.set()
        await over.wait()

    person = town.person("en")
    await person.says("my throat hurts")
    town.bot.outbox._send = slow  # Telegram does not answer
    person.person.write("which department is about parking")
    await begun.wait()
    clock.pass_by(seconds=42)
    found = await operator.figures()
    assert found["opas_outbox_waiting"] == 1
    assert found["opas_outbox_oldest_seconds"] == 42
    over.set()
    await town.settled()


async def test_changes_of_the_content_and_refits_are_counted(
    copied_content: Path, head_cache: HeadCache, clock: Clock, tmp_path: Path
):
    async with AsyncExitStack() as stack:
        town = await open_town(stack, Guides(copied_content, head_cache), clock, tmp_path / "x.db")
        operator = await operator_of(stack, town.bot, WebhookLink(), clock)
        phrases = copied_content / "intents" / "en" / "everyday.yaml"
        phrases.write_text(phrases.read_text() + "\n", encoding="utf-8")
        await town.bot.guides.reload()
        spoil(copied_content, "services: [city-office]", "services: [city-offfice]")
        await town.bot.guides.reload()
        found = await operator.figures()
    # The language, and what it has in common with the others.
    assert found['opas_refits_total{result="learnt"}'] == 2
    assert found['opas_content_changes_total{result="taken"}'] == 1
    assert found['opas_content_changes_total{result="refused"}'] == 1


async def test_alarms_and_the_operators_page_speak_of_figures_that_exist(town: Town, operator: Operator):
    await town.person("en").says("my throat hurts")
    await town.bot.guides.reload()
    _, page = await operator.sees("metrics")
    for paper in ("alerts.yml", "README.md"):
        text = (SHIPPED / "docs" / "operation" / paper).read_text(encoding="utf-8")
        named = set(re.findall(r"\bopas_[a-z_]*[a-z]\b(?!\.|-)", text))
        assert named
        assert not {name for name in named if name not in page}


async def test_ready_says_which_part_is_not(town: Town, clock: Clock, tmp_path: Path):
    async with AsyncExitStack() as stack:
        other = await open_town(stack, Guides(MARIBOR, HeadCache(tmp_path / "no-heads")), clock, tmp_path / "y.db")
        operator = await operator_of(stack, other.bot, WebhookLink(), clock)
        await on_connection(other, "PRAGMA query_only = 1")
        status, page = await operator.sees("readyz")
        assert (status, page.splitlines()[0]) == (503, "not ready")
        assert "phrases: 3 of 3 languages not learnt yet" in page
        assert re.search(r"^database: .*y\.db", page, re.MULTILINE)
        assert "telegram: the webhook is not set yet" in page
        await on_connection(other, "PRAGMA query_only = 0")
        assert await operator.sees("healthz") == (200, "ok\n")


async def test_ready_when_every_part_is(operator: Operator):
    assert await operator.sees("readyz") == (200, "ready\nphrases: ready\ndatabase: ready\ntelegram: ready\n")


async def test_what_becomes_ready_is_seen_at_once(town: Town, clock: Clock):
    link = WebhookLink()
    async with AsyncExitStack() as stack:
        operator = await operator_of(stack, town.bot, link, clock)
        assert (await operator.sees("readyz"))[0] == 503
        link.is_set = True
        assert (await operator.sees("readyz"))[0] == 200


async def test_a_bot_to_which_nobody_writes_is_ready_after_its_first_poll(town: Town):
    town.polling.cancel()
    await asyncio.gather(town.polling, return_exceptions=True)
    answered = asyncio.Event()
    town.polling = asyncio.create_task(Polling(town.bot.application.bot, town.bot.intake, on_answer=answered.set).run())
    async with asyncio.timeout(10):  # a long poll lasts 25 seconds
        await answered.wait()


def test_polling_is_ready_as_long_as_telegram_answers():
    seconds = [0.0]
    link = PollLink(lambda: seconds[0])
    assert link.complaint() == "no poll has been answered yet"
    link.heard()
    seconds[0] = SILENT_S
    assert link.complaint() == ""
    seconds[0] = SILENT_S + 1
    assert link.complaint() == "no poll has been answered for 91 s"


async def test_systemd_hears_the_pulse(tmp_path: Path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        pulse = Pulse(Systemd(str(tmp_path / "notify")))
        beating = asyncio.create_task(pulse.beat())
        assert await asyncio.get_running_loop().sock_recv(systemd, 100) == b"WATCHDOG=1"
        assert pulse.is_alive()
        beating.cancel()
