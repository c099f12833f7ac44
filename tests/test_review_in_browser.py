"""The counsellors' pages in a real browser: accessible, by keyboard, in every width, with and without JavaScript.

``OPAS_SCREENSHOTS=1`` writes what the pages look like to docs/screenshots/.
"""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe

from bot.guides import Guides
from bot.matching.cache import HeadCache
from bot.web.demo import pretend_figures
from tests.browser import BROWSER_MARKS
from tests.conftest import SHIPPED, Clock, open_town
from tests.reviewing import ADMIN, COUNSELLOR, Site, site_of, speak_finnish

pytestmark = BROWSER_MARKS

PHONE, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
SCREENSHOTS = SHIPPED / "docs/screenshots"
WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],  # what is in order is not described
}


@pytest_asyncio.fixture(loop_scope="session")
async def site(copied_content: Path, head_cache: HeadCache, clock: Clock, tmp_path: Path):
    """The pages in Finnish and English, with questions of every kind."""
    speak_finnish(copied_content)
    async with AsyncExitStack() as stack:
        town = await open_town(stack, Guides(copied_content, head_cache), clock, tmp_path / "browser.db")
        site = await stack.enter_async_context(site_of(town))
        await site.ask(
            {"text": "where can i park at night", "needs": ("city-desk",)},
            {"text": "أين أوقف سيارتي ليلا؟", "language": "ar", "joined": "same-things:car,night"},
            {"text": "kje lahko parkiram ponoči", "language": "sl", "joined": "same-things:car,night"},
            hours=52,
        )
        await site.ask({"text": "prosim, rad bi govoril s človekom", "language": "sl", "outcome": "person"}, hours=3)
        await site.ask({"text": "my <b>doctor</b> was closed", "outcome": "wrong", "needs": ("see-doctor",)}, hours=26)
        await site.ask("bicycle", drawer="aside")
        await pretend_figures(site.review, town.bot.guides())
        yield site


class Colleague:
    """Somebody who is signed in, in a browser."""

    def __init__(self, site: Site, page: Any) -> None:
        self.site, self.page = site, page

    async def opens(self, path: str) -> None:
        await self.page.goto(f"{self.site.url}{path}")


async def signed_in(site: Site, browser: Any, number: int, size: dict[str, int] = WIDE, **how: Any) -> Colleague:
    context = await browser.new_context(viewport=size, locale="en-GB", **how)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.complaints = complaints
    await page.goto(await site.link(number))
    await page.get_by_role("button", name="Sign in").click()
    return Colleague(site, page)


PAGES = {
    "queue": "/review", "aside": "/review?drawer=aside", "group": "/review/group/1", "answer": "/review/group/1/answer",
    "figures": "/review/figures", "sample": "/review/sample", "staff": "/review/staff", "history": "/review/history",
}  # fmt: skip


@pytest.mark.parametrize(("size", "language"), [(PHONE, "fi"), (WIDE, "en")], ids=["phone, fi", "wide, en"])
async def test_every_page_is_accessible_and_fits(site: Site, browser, size: dict[str, int], language: str):
    colleague = await signed_in(site, browser, ADMIN, size)
    for name, path in PAGES.items():
        await colleague.opens(f"{path}{'&' if '?' in path else '?'}ui={language}")
        unfold = "document.querySelectorAll('details').forEach(each => { each.open = true })"
        await colleague.page.evaluate(unfold)  # what is folded away is read too
        found = (await Axe().run(colleague.page, options=WCAG)).response["violations"]
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == [], name
        width = await colleague.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{name} does not fit"
        assert await colleague.page.evaluate("document.documentElement.lang") == language
    assert colleague.page.complaints == []


async def test_the_pages_before_the_door_are_accessible(site: Site, browser):
    page = await (await browser.new_context(viewport=PHONE)).new_page()
    for path in ("/review", "/review/enter/unknown", (await site.link(COUNSELLOR)).removeprefix(site.url)):
        await page.goto(f"{site.url}{path}")
        assert (await Axe().run(page, options=WCAG)).response["violations"] == []


async def test_dark_colours_are_readable_too(site: Site, browser):
    colleague = await signed_in(site, browser, ADMIN, color_scheme="dark")
    colours = {**WCAG, "runOnly": {"type": "rule", "values": ["color-contrast"]}}  # all that is different in the dark
    for name in ("queue", "group", "figures"):
        await colleague.opens(PAGES[name])
        found = (await Axe().run(colleague.page, options=colours)).response
        assert found["violations"] == []
        assert [rule["id"] for rule in found["passes"]] == ["color-contrast"]


async def test_on_paper_there_is_what_is_read_and_nothing_that_is_pressed(site: Site, browser):
    colleague = await signed_in(site, browser, ADMIN, color_scheme="dark")
    page = colleague.page
    await page.emulate_media(media="print", color_scheme="dark")
    await page.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins
    for name, read in (("queue", ".group"), ("group", ".asked"), ("figures", "svg.chart.on-wide")):
        await colleague.opens(PAGES[name])
        assert await page.locator(read).first.is_visible()
        for pressed in ("nav.nav", "button", "a.button", "input", "select", "textarea", "summary"):
            assert await page.locator(pressed).locator("visible=true").count() == 0, f"{pressed} on {name}"
        colours = "e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor] }"
        assert await page.locator("body").evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
        links = (
            await page.locator("main a")
            .locator("visible=true")
            .evaluate_all("links => links.map(e => getComputedStyle(e).textDecorationLine + getComputedStyle(e).color)")
        )
        assert set(links) <= {"nonergb(0, 0, 0)"}
        assert await page.evaluate("document.documentElement.scrollWidth") <= 718
    await colleague.opens(PAGES["figures"])
    await page.locator("details").first.evaluate("e => { e.open = true }")
    assert await page.locator("details table").first.is_visible(), "who unfolds the numbers wants them on paper"


async def test_a_question_is_written_in_its_own_direction(site: Site, browser):
    colleague = await signed_in(site, browser, COUNSELLOR, PHONE)
    await colleague.opens("/review/group/1")
    asked = colleague.page.get_by_text("أين أوقف سيارتي ليلا؟").first
    style = await asked.evaluate("e => { const s = getComputedStyle(e); return [s.direction, e.lang] }")
    assert style == ["rtl", "ar"]
    box, panel = await asked.bounding_box(), await asked.locator("xpath=..").bounding_box()
    right = await asked.evaluate(
        "e => { const r = document.createRange(); r.selectNodeContents(e); return r.getBoundingClientRect().right }"
    )
    assert box
    assert panel
    assert abs(right - (panel["x"] + panel["width"])) < 2, "Arabic begins at the right"


async def test_the_first_tab_leads_past_the_menu_and_the_focus_is_seen(site: Site, browser):
    colleague = await signed_in(site, browser, COUNSELLOR, reduced_motion="reduce")
    await colleague.opens("/review")  # without motion the link to the content does not glide into sight, but is there
    await colleague.page.keyboard.press("Tab")
    assert await colleague.page.evaluate("document.activeElement.textContent") == "To the content"
    assert (await colleague.page.locator(".skip").bounding_box())["y"] >= 0
    await colleague.page.keyboard.press("Enter")
    await colleague.page.keyboard.press("Tab")
    assert await colleague.page.evaluate("document.activeElement.closest('main') !== null")
    outline = await colleague.page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"


async def test_three_key_presses_point_to_a_need(site: Site, browser):
    colleague = await signed_in(site, browser, COUNSELLOR)
    await colleague.opens("/review")
    await colleague.page.keyboard.press("o")
    await colleague.page.wait_for_url("**/review/group/2")
    await colleague.page.keyboard.press("1")
    await colleague.page.keyboard.press("Enter")
    await colleague.page.get_by_text("The answer is in use.").wait_for()
    await colleague.opens("/review")
    await colleague.page.keyboard.press("j")
    await colleague.page.keyboard.press("j")
    await colleague.page.keyboard.press("Enter")
    await colleague.page.wait_for_url("**/review/group/3")


async def test_who_receives_an_answer_is_seen_at_once_on_a_phone_too(site: Site, browser):
    colleague = await signed_in(site, browser, COUNSELLOR, PHONE)
    await colleague.opens("/review/group/1/answer")
    await colleague.page.get_by_label("English", exact=True).first.fill("Behind the town hall.")
    await colleague.page.get_by_role("button", name="See who receives it").click()
    heading = colleague.page.get_by_role("heading", name="Who receives it")
    await heading.wait_for()
    assert 0 <= (await heading.bounding_box())["y"] < PHONE["height"] / 2
    await colleague.page.keyboard.press("Tab")
    assert await colleague.page.evaluate("document.activeElement.value") == "send"


async def test_the_keys_keep_quiet_while_somebody_writes_and_can_be_switched_off(site: Site, browser):
    colleague = await signed_in(site, browser, COUNSELLOR)
    await colleague.opens("/review/group/1/answer")
    box = colleague.page.get_by_label("English", exact=True).first
    await box.press_sequentially("cab 1 2 3")
    assert await box.input_value() == "cab 1 2 3"
    await colleague.opens("/review/group/1")
    await colleague.page.get_by_role("button", name="Switch the keys off").click()
    await colleague.page.keyboard.press("1")
    assert await colleague.page.locator("input[name=need]:checked").count() == 0
    await colleague.page.reload()
    await colleague.page.get_by_role("button", name="Switch the keys on").wait_for()


async def test_everything_works_without_javascript(site: Site, browser):
    colleague = await signed_in(site, browser, COUNSELLOR, PHONE, java_script_enabled=False)
    await colleague.page.get_by_label("Mine").check()
    await colleague.page.get_by_role("button", name="Show these").click()
    assert await colleague.page.get_by_text("No question fits these filters.").is_visible()
    await colleague.opens("/review/group/1")
    await colleague.page.get_by_role("button", name="I take it").click()
    assert await colleague.page.get_by_text("It is yours for 20 minutes.").is_visible()
    await colleague.page.get_by_text("Drop", exact=True).first.click()
    await colleague.page.get_by_label("Not a question").check()
    await colleague.page.get_by_role("button", name="Drop").click()
    assert await colleague.page.get_by_text("It was dropped.").is_visible()


@pytest.mark.skipif(not os.environ.get("OPAS_SCREENSHOTS"), reason="OPAS_SCREENSHOTS=1 takes them")
@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
async def test_pictures_for_the_documentation(site: Site, browser, size: dict[str, int]):
    colleague = await signed_in(site, browser, ADMIN, size)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for name in ("queue", "group", "figures", "staff"):
        await colleague.opens(PAGES[name])
        height = min(1400, await colleague.page.evaluate("document.documentElement.scrollHeight"))
        await colleague.page.set_viewport_size({"width": size["width"], "height": height})
        await colleague.page.screenshot(path=SCREENSHOTS / f"review-{name}-{size['width']}.png")
