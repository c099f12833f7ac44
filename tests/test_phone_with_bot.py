"""The whole line in a browser: the phone page in front of the real bot, in Slovene, Arabic and English."""

from __future__ import annotations

import os
import re
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from starlette.applications import Starlette

from bot.guides import Guides
from bot.loopback import LoopbackServer, World
from bot.loopback.phone import phone_routes
from tests.browser import BROWSER_MARKS
from tests.conftest import Clock, open_town

pytestmark = BROWSER_MARKS


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser, guides: Guides, clock: Clock, tmp_path: Path):
    async with AsyncExitStack() as stack:
        world = World(name="Opas Maribor")
        await open_town(stack, guides, clock, tmp_path / "page.db", world)
        web = await stack.enter_async_context(LoopbackServer(World(), app=Starlette(routes=phone_routes(world))))
        context = await browser.new_context(viewport={"width": 360, "height": 740})
        page = await context.new_page()
        await page.goto(web.url)
        yield page


async def says(page, text: str) -> None:
    box = page.get_by_test_id("input")
    await box.fill(text)
    await box.press("Enter")


@pytest.mark.parametrize(
    ("language", "question", "urgent", "direction"),
    [
        ("en", "which department is about parking", "my husband beats me", "ltr"),
        ("ar", "أين أقدم طلبا للبلدية", "زوجي يضربني", "rtl"),
        ("fi", "which department is about parking", "my flat is on fire", "ltr"),
    ],
)
async def test_a_person_asks_is_answered_and_in_danger_sees_the_number(
    page, language: str, question: str, urgent: str, direction: str, request: pytest.FixtureRequest
):
    await page.get_by_test_id("language").select_option(language)
    assert await page.evaluate("document.documentElement.dir") == direction
    await page.get_by_test_id("start").click()
    await page.get_by_text("slovenščina").wait_for()
    await says(page, question)
    await page.get_by_text("Ulica heroja Staneta 1").first.wait_for()
    await says(page, urgent)
    call = page.locator("a[href^='tel:']").last
    await call.wait_for()
    assert await call.get_attribute("href") in {"tel:112", "tel:113"}
    assert (await call.bounding_box())["height"] >= 44
    number = page.locator("strong, b").filter(has_text=re.compile(r"^11[23]$")).last
    place = await number.bounding_box()
    assert 0 <= place["y"] <= 740 - place["height"], "the number to call is on the screen"
    assert (place["x"] > 180) is (direction == "rtl")
    overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    if folder := os.environ.get("OPAS_SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/phone-{language}.png")


async def test_html_in_a_message_stays_text(page):
    await page.get_by_test_id("language").select_option("en")
    await page.get_by_test_id("start").click()
    await says(page, "<img src=x onerror=document.title='broken'> film")
    await page.get_by_text("<img src=x").first.wait_for()
    assert await page.title() != "broken"
