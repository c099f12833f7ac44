"""The browser phone: the page in a real Chromium, a bot of the real library behind it."""

import json
import re
from datetime import UTC, datetime

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from telegram import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, MessageHandler, filters

from bot.loopback import LoopbackServer, World
from bot.loopback.phone import phone_routes
from tests.browser import IN_THE_BROWSER

pytestmark = pytest.mark.asyncio(loop_scope="session")  # where the browser is

PHONE_SIZE = {"width": 360, "height": 740}
TAB = "0123456789abcdef0123"


@pytest_asyncio.fixture(loop_scope="session")
async def world():
    world = World(name="Echo")
    world.profile.set_text("description", "", "I repeat what you say.")
    return world


@pytest_asyncio.fixture(loop_scope="session")
async def site(world):
    async with LoopbackServer(world, app=Starlette(routes=phone_routes(world, title="Echo"))) as server:
        yield server.url


@pytest_asyncio.fixture(loop_scope="session")
async def bot(world):
    """An echo bot: it repeats what it hears with buttons, and has a card for each of a few words."""

    async def answer(update: Update, _) -> None:
        message = update.message
        words = message.text or next((kind for kind in ("photo", "contact") if message[kind]), "something")
        if words == "help!":
            await message.reply_contact("112", "Emergency")
        elif words == "library":
            await message.reply_venue(62.8924, 27.677, "Library", "Main street 12")
        elif words == "letter":
            await message.reply_document(
                b"Dear all", filename="ä letter.txt", caption="<b>Read</b> it", parse_mode="HTML"
            )
        else:
            rows = [[("Louder", "loud"), ("Away", "away")]]
            keys = [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in rows]
            keys.append([InlineKeyboardButton("More", url="https://example.org/more")])
            await message.reply_text(f"You said: {words}", reply_markup=InlineKeyboardMarkup(keys))

    async def pressed(update: Update, _) -> None:
        query = update.callback_query
        if query.data == "away":
            await query.answer("Gone for good", show_alert=True)
            await query.message.delete()
        else:
            await query.answer("As you wish")
            await query.edit_message_text(query.message.text.upper())

    async with LoopbackServer(world) as server:
        application = Application.builder().token(world.token).base_url(f"{server.url}/bot").build()
        application.add_handlers([MessageHandler(filters.ALL, answer), CallbackQueryHandler(pressed)])
        async with application:
            await application.bot.set_my_commands([BotCommand("help", "What I can do")])
            await application.bot.set_my_commands([BotCommand("help", "Mitä osaan")], language_code="fi")
            await application.updater.start_polling()
            await application.start()
            yield application.bot
            await application.updater.stop()
            await application.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser, site, bot):
    context = await browser.new_context(viewport=PHONE_SIZE, locale="en-GB")
    page = await context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
    await page.goto(site)
    yield page
    assert page.complaints == []


async def begin(page):
    await page.get_by_test_id("start").click()
    await expect(page.get_by_test_id("message")).to_have_count(2)


async def say(page, text):
    await page.get_by_test_id("input").fill(text)
    await page.get_by_test_id("input").press("Enter")


def last(page):
    return page.get_by_test_id("message").last


# -- in the browser


@IN_THE_BROWSER
async def test_a_newcomer_starts_and_is_answered(page):
    await expect(page.get_by_text("I repeat what you say.")).to_be_visible()
    await expect(page.get_by_test_id("tagline")).to_have_text("in the browser – nothing leaves this computer")
    await begin(page)
    await expect(last(page).get_by_test_id("text")).to_have_text("You said: /start")
    await say(page, "hello")
    await expect(last(page).get_by_test_id("text")).to_have_text("You said: hello")
    await expect(page.get_by_test_id("input")).to_have_value("")


@IN_THE_BROWSER
async def test_markup_in_a_text_stays_text(page):
    await begin(page)
    await say(page, "<img src=x onerror=alert(1)> <b>bold</b> & so on")
    await expect(last(page).get_by_test_id("text")).to_have_text(
        "You said: <img src=x onerror=alert(1)> <b>bold</b> & so on"
    )
    assert await page.locator("#log img, #log b").count() == 0


@IN_THE_BROWSER
async def test_what_is_bold_or_a_link_is_shown_so(page, world, bot):
    await begin(page)
    [person] = world.people.values()
    await bot.send_message(
        person.id,
        'A <b>🎉 bold <i>and</i></b> <a href="https://kela.fi/x">link</a>\n<blockquote>said</blockquote>',
        "HTML",
    )
    text = last(page).get_by_test_id("text")
    await expect(text.locator("strong em")).to_have_text("and")
    await expect(text.locator("blockquote")).to_have_text("said")
    await expect(text.get_by_role("link")).to_have_attribute("href", "https://kela.fi/x")
    await expect(text.get_by_role("link")).to_have_attribute("target", "_blank")


@IN_THE_BROWSER
async def test_a_pressed_button_changes_the_message_and_shows_a_toast(page):
    await begin(page)
    await page.get_by_role("button", name="Louder").click()
    await expect(page.get_by_test_id("toast")).to_have_text("As you wish")
    await expect(last(page).get_by_test_id("text")).to_have_text("YOU SAID: /START")
    await expect(last(page).get_by_test_id("keyboard")).to_have_count(0)


@IN_THE_BROWSER
async def test_what_comes_after_a_pressed_button_is_on_the_screen_however_long_the_answer_before_it(page, world, bot):
    await begin(page)
    await say(page, " ".join(["long"] * 400))
    await expect(last(page).get_by_test_id("text")).to_contain_text("You said: long")
    await page.get_by_role("button", name="Louder").last.click()
    await expect(last(page).get_by_test_id("text")).to_contain_text("YOU SAID: LONG")
    [person] = world.people.values()
    await bot.send_message(person.id, " ".join(["new"] * 100))
    await expect(last(page).get_by_test_id("text")).to_contain_text("new")
    box = await last(page).bounding_box()
    assert 0 <= box["y"] < PHONE_SIZE["height"] / 2


@IN_THE_BROWSER
async def test_what_comes_unasked_is_on_the_screen_and_not_the_answer_before_it(page, world, bot):
    await begin(page)
    await say(page, " ".join(["long"] * 400))
    await expect(last(page).get_by_test_id("text")).to_contain_text("You said: long")
    await page.evaluate("document.getElementById('scroll').scrollTop = 100000")
    await page.clock.set_fixed_time(datetime(2100, 1, 1, tzinfo=UTC))
    [person] = world.people.values()
    await bot.send_message(person.id, "A person has answered you.")
    await expect(last(page).get_by_test_id("text")).to_have_text("A person has answered you.")
    box = await last(page).bounding_box()
    assert 0 <= box["y"] < PHONE_SIZE["height"]


@IN_THE_BROWSER
async def test_a_deleted_message_disappears_and_an_alert_stays(page):
    await begin(page)
    await page.get_by_role("button", name="Away").click()
    await expect(page.get_by_test_id("alert")).to_contain_text("Gone for good")
    await expect(page.get_by_test_id("message")).to_have_count(1)


@IN_THE_BROWSER
async def test_rows_of_buttons_stand_as_sent_and_links_open_beside(page):
    await begin(page)
    rows = await page.get_by_test_id("keyboard").locator(".row").all()
    assert [await row.get_by_test_id("key").count() for row in rows] == [2, 1]
    more = page.get_by_role("link", name="More")
    await expect(more).to_have_attribute("href", "https://example.org/more")
    await expect(more).to_have_attribute("rel", "noopener noreferrer")


@IN_THE_BROWSER
async def test_a_number_can_be_called_with_a_thumb(page):
    await begin(page)
    await say(page, "help!")
    call = page.get_by_test_id("call")
    await expect(call).to_have_attribute("href", "tel:112")
    box = await call.bounding_box()
    assert box["height"] >= 44
    assert box["width"] >= 160
    await say(page, "between 9:00 and 16:00 or 14:30: 017 273 4100, 116117, 70100 Kuopio")
    await expect(page.locator('[data-from="bot"] [href^=tel]')).to_have_text(
        [re.compile("112"), "017 273 4100", "116117"]
    )
    await expect(page.locator('[data-from="bot"] [href^=tel]').nth(1)).to_have_attribute("href", "tel:0172734100")


@IN_THE_BROWSER
async def test_a_place_links_to_its_map(page):
    await begin(page)
    await say(page, "library")
    await expect(page.get_by_test_id("card-venue")).to_contain_text("Main street 12")
    href = "https://www.openstreetmap.org/?mlat=62.8924&mlon=27.677#map=17/62.8924/27.677"
    await expect(page.get_by_test_id("map")).to_have_attribute("href", href)


@IN_THE_BROWSER
async def test_a_document_can_be_downloaded(page):
    await begin(page)
    await say(page, "letter")
    async with page.expect_download() as started:
        await page.get_by_test_id("download").click()
    download = await started.value
    assert download.suggested_filename == "ä letter.txt"
    assert (await download.path()).read_bytes() == b"Dear all"


@IN_THE_BROWSER
async def test_arabic_turns_the_page_around_and_each_paragraph_finds_its_side(page):
    await page.get_by_test_id("language").select_option("ar")
    await expect(page.locator("html")).to_have_attribute("dir", "rtl")
    await expect(page.get_by_test_id("start")).to_have_text("ابدأ")
    await begin(page)
    await say(page, "مرحبا")
    await page.get_by_test_id("input").fill("one\nاثنان")
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("message")).to_have_count(6)
    mine = page.locator('[data-from="person"]').last.locator("p")
    sides = await mine.evaluate_all("all => all.map((p) => [p.dir, getComputedStyle(p).direction])")
    assert sides == [["auto", "ltr"], ["auto", "rtl"]]
    boxes = [await page.get_by_test_id(name).bounding_box() for name in ("send", "input", "attach")]
    assert [box["x"] for box in boxes] == sorted(box["x"] for box in boxes)
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE_SIZE["width"]


@IN_THE_BROWSER
async def test_the_phone_language_travels_with_the_messages(page, world):
    await begin(page)
    await page.get_by_test_id("language").select_option("fi")
    await expect(page.get_by_test_id("input")).to_have_attribute("placeholder", "Kirjoita viesti")
    await say(page, "moi")
    await expect(page.get_by_test_id("message")).to_have_count(4)
    [person] = world.people.values()
    assert [message.raw["from"]["language_code"] for message in person.messages if not message.from_bot] == [
        "en",
        "fi",
    ]
    await page.get_by_test_id("commands").click()
    await expect(page.get_by_test_id("commands-menu")).to_contain_text("Mitä osaan")
    await page.get_by_test_id("commands-menu").get_by_role("button").click()
    await expect(last(page).get_by_test_id("text")).to_have_text("You said: /help")


@IN_THE_BROWSER
async def test_all_languages_can_be_chosen(page):
    values = await page.get_by_test_id("language").locator("option").evaluate_all("all => all.map((o) => o.value)")
    assert values == ["fi", "sv", "en", "ru", "uk", "et", "ar", "fa", "so", "tr", "fr", "es", "zh", "de", "vi"]


@IN_THE_BROWSER
async def test_each_tab_is_a_person_of_its_own_and_stays_it(page, site, world):
    await begin(page)
    await page.reload()
    await expect(page.get_by_test_id("message")).to_have_count(2)
    other = await page.context.new_page()
    await other.goto(site)
    await expect(other.get_by_test_id("start")).to_be_visible()
    assert len(world.people) == 2
    await page.bring_to_front()
    await page.get_by_test_id("new-person").click()
    await expect(page.get_by_test_id("message")).to_have_count(0)


@IN_THE_BROWSER
async def test_other_things_than_text_can_be_sent(page):
    await begin(page)
    for name in ("Photo", "Contact", "Sticker", "Voice message", "Location"):
        before = await page.get_by_test_id("message").count()
        await page.get_by_test_id("attach").click()
        await page.get_by_test_id("attach-menu").get_by_role("button", name=name).click()
        await expect(page.get_by_test_id("message")).to_have_count(before + 2)
    await expect(last(page).get_by_test_id("text")).to_have_text("You said: something")


@IN_THE_BROWSER
async def test_typing_is_shown_until_the_message_comes(page, world, bot):
    await begin(page)
    [person] = world.people.values()
    await bot.send_chat_action(person.id, "typing")
    await expect(page.get_by_test_id("typing")).to_be_visible()
    await bot.send_message(person.id, "here")
    await expect(page.get_by_test_id("typing")).to_be_hidden()


@IN_THE_BROWSER
@pytest.mark.parametrize("width", [360, 900, 1280])
async def test_everything_to_press_is_big_enough_and_nothing_overflows(page, width):
    await page.set_viewport_size({"width": width, "height": 740})
    await begin(page)
    small = await page.evaluate(
        """() => [...document.querySelectorAll("button, select, textarea, .key")]
            .filter((node) => node.checkVisibility() && !node.closest(".text"))
            .filter((node) => { const box = node.getBoundingClientRect(); return box.height < 44 || box.width < 44; })
            .map((node) => node.outerHTML)"""
    )
    assert small == []
    assert await page.evaluate("document.documentElement.scrollWidth") == width


# -- from outside


async def test_the_page_forbids_everything_from_elsewhere(site):
    async with httpx.AsyncClient(base_url=site, trust_env=False) as http:
        answer = await http.get("/")
        parts = [
            (await http.get(f"/phone/{name}")).text for name in ("phone.js", "messages.js", "words.js", "phone.css")
        ]
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert [words for words in ("<style", "style=", "onclick", "http") if words in answer.text] == []
    assert [words for words in ("innerHTML", "@import") if words in "".join(parts)] == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "{site}"}, 200),
        ({}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://evil.example", "Host": "evil.example"}, 403),
        ({"Origin": "{site}", "Content-Type": "text/plain"}, 403),
    ],
)
async def test_only_the_page_itself_can_write(site, world, headers, status):
    headers = {"Content-Type": "application/json"} | {name: v.format(site=site) for name, v in headers.items()}
    body = json.dumps({"tab": TAB, "language": "en", "act": "write", "text": "hi"})
    async with httpx.AsyncClient(base_url=site, trust_env=False) as http:
        answer = await http.post("/phone/do", content=body, headers=headers)
    assert answer.status_code == status
    assert len(world.people) == (status == 200)


@pytest.mark.parametrize(
    "wish", [{}, {"act": "fly"}, {"act": "write"}, {"act": "write", "text": " "}, {"act": "send", "kind": "poll"},
             {"act": "press", "message": 5, "data": "x"}, {"tab": "x", "act": "write", "text": "x"}],
)  # fmt: skip
async def test_a_wish_that_makes_no_sense_is_refused(site, wish):
    body = {"tab": TAB, "language": "en", **wish}
    async with httpx.AsyncClient(base_url=site, trust_env=False) as http:
        answer = await http.post("/phone/do", json=body, headers={"Origin": site})
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_a_foreign_host_name_reads_nothing(site):
    async with httpx.AsyncClient(base_url=site, trust_env=False) as http:
        for path in ("/", "/phone/events", "/phone/phone.js"):
            assert (await http.get(path, headers={"Host": "evil.example"})).status_code == 403


async def test_the_page_stands_beside_other_routes(world):
    other = Route("/health", lambda _: PlainTextResponse("ok"))
    for routes, path in (
        ([other, *phone_routes(world)], "/"),
        ([other, Mount("/try", routes=phone_routes(world))], "/try/"),
    ):
        async with (
            LoopbackServer(World(), app=Starlette(routes=routes)) as server,
            httpx.AsyncClient(base_url=server.url, trust_env=False) as http,
        ):
            assert (await http.get("/health")).text == "ok"
            assert "<title>Echo</title>" in (await http.get(path)).text
            assert (await http.get(f"{path}phone/phone.css")).status_code == 200


async def test_a_title_stays_text(world):
    app = Starlette(routes=phone_routes(world, title="<b>Opas & co</b>"))
    async with LoopbackServer(world, app=app) as server, httpx.AsyncClient(trust_env=False) as http:
        assert "<title>&lt;b&gt;Opas &amp; co&lt;/b&gt;</title>" in (await http.get(server.url)).text
