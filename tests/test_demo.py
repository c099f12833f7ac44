"""What README promises of the first minutes: whoever tries the browser phone is the counsellor too."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

import bot.running
from bot.guides import Guides
from bot.loopback import World
from bot.matching.cache import HeadCache
from bot.running import run_phone
from bot.settings import Settings
from bot.web.demo import pretend_figures
from tests.conftest import MARIBOR, Clock, open_town, spoil
from tests.reviewing import field_of

NIGHT = datetime(2026, 11, 24, 1, tzinfo=UTC)
TAB = {"tab": "0123456789abcdef0123", "language": "en"}


async def screen_with(phone: httpx.AsyncClient, words: str) -> list[dict[str, Any]]:
    """The messages on the phone, as soon as ``words`` stand there."""
    for wanted in (words, "data: "):
        async with phone.stream("GET", "/phone/events", params=TAB) as events, aclosing(events.aiter_lines()) as lines:
            line = await anext(line async for line in lines if wanted in line)
    return json.loads(line.removeprefix("data: "))["messages"]


async def test_what_the_bot_does_not_know_is_answered_on_the_demo_page_and_the_phone_hears(
    head_cache: HeadCache, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    caplog.set_level("INFO")
    worlds: list[World] = []
    monkeypatch.setattr(bot.running, "World", lambda **given: worlds.append(World(**given)) or worlds[-1])
    settings = Settings(content=MARIBOR, cache=head_cache.folder, web_port=0, now=NIGHT, undo_s=0)
    stop, said = asyncio.Event(), asyncio.Queue[str]()
    running = asyncio.create_task(run_phone(settings, stop, said.put_nowait))
    address = re.search(r"http:\S+", await said.get())
    assert address
    of_the_page = {"Origin": address[0]}
    async with httpx.AsyncClient(base_url=address[0], headers=of_the_page, follow_redirects=True) as at_home:
        await at_home.post("/phone/do", json={**TAB, "act": "write", "text": "who sweeps the chimney of a house"})
        asked = (await screen_with(at_home, "Yes, write to me"))[-1]
        [[yes, *_], *_] = asked["message"]["reply_markup"]["inline_keyboard"]
        await at_home.post(
            "/phone/do", json={**TAB, "act": "press", "message": asked["id"], "data": yes["callback_data"]}
        )
        await screen_with(at_home, "Counsellors read messages at these times")
        [way, *_] = re.findall(r'href="(/review/enter/[\w-]+)"', (await at_home.get("/review/demo")).text)
        token = field_of((await at_home.get(way)).text, "token")
        queue = (await at_home.post("/review/enter", data={"token": token})).text
        found = re.search(r'href="(/review/group/\d+)"[^>]*>who sweeps the chimney', queue)
        assert found
        csrf = field_of((await at_home.get(found[1])).text, "csrf")
        done = await at_home.post(f"{found[1]}/point", data={"csrf": csrf, "need": "see-doctor"})
        assert "The answer is in use." in done.text
        await screen_with(at_home, "A person has answered you")
    assert worlds[0].calls.maxlen, "the phone may run for weeks"
    assert not [line for line in caplog.messages if line.endswith((" not set", " not sent"))]  # news to a demo admin
    stop.set()
    await running


async def test_a_city_of_nothing_but_sensitive_needs_has_a_demo_without_answers(
    copied_content: Path, head_cache: HeadCache, clock: Clock, tmp_path: Path
):
    for title in ("Mesto in uradi", "Zdravje"):
        spoil(copied_content, f"{{title: {title}}}", f"{{title: {title}, sensitive: yes}}")
    guides = Guides(copied_content, head_cache)
    async with AsyncExitStack() as stack:
        review = (await open_town(stack, guides, clock, tmp_path / "demo.db")).bot.review
        await pretend_figures(review, guides())
        clock.pass_by(days=7)
        overview = await review.figures.overview()
    assert overview.days
    assert not overview.needs
    assert not overview.judged


async def test_the_phone_starts_also_where_the_settings_name_the_staff_on_telegram(head_cache: HeadCache):
    # The machine's own clock: with a fixed one nobody was there before anybody else.
    settings = Settings(content=MARIBOR, cache=head_cache.folder, web_port=0, staff={12345: "admin"})
    stop, said = asyncio.Event(), asyncio.Queue[str]()
    running = asyncio.create_task(run_phone(settings, stop, said.put_nowait))
    address = asyncio.create_task(said.get())
    await asyncio.wait({running, address}, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await running
    assert address.done()
