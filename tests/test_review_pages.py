"""The counsellors' pages over HTTP: who may enter, what they see, what their acts come to."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.guides import Guides
from bot.loopback.phone import LOOPBACK_HOSTS, phone_routes
from bot.matching.cache import HeadCache
from bot.review.digest import digest
from bot.store import Question, Store, Unit
from bot.store.asked import keep
from bot.store.groups import open_group
from bot.web.demo import PLACE as DEMO_PLACE
from bot.web.demo import complete_demo, prepare_demo, pretend_figures
from bot.web.review import review_routes
from bot.web.server import WebServer
from tests.conftest import Clock, open_town
from tests.reviewing import (
    ADMIN,
    COUNSELLOR,
    SECOND,
    TRANSLATOR,
    UNDO,
    Site,
    Visitor,
    dangers,
    field_of,
    shown,
    site_of,
    speak_finnish,
    visitor,
)


@pytest.fixture
async def site(town):
    async with site_of(town) as site:
        yield site


@pytest.fixture
async def stranger(site: Site):
    async with visitor(site) as stranger:
        yield stranger


@pytest.fixture
async def counsellor(site: Site):
    async with visitor(site) as somebody:
        yield await somebody.enters(COUNSELLOR)


@pytest.fixture
async def admin(site: Site):
    async with visitor(site) as somebody:
        yield await somebody.enters(ADMIN)


# --- the way in


async def test_a_link_is_used_up_by_its_button_and_not_by_looking_at_it(site: Site, stranger: Visitor):
    link = await site.link(COUNSELLOR)
    for _ in range(3):  # Telegram's preview, a virus scanner, the counsellor
        page = await stranger.opens(link)
    assert "Hello Cvetka" in page.text
    token = field_of(page.text, "token")
    assert (await stranger.client.post("/review/enter", data={"token": token})).status_code == 200
    again = await stranger.client.post("/review/enter", data={"token": token})
    assert again.status_code == 410
    assert "This link does not work any more" in again.text
    assert "Write /review to the bot" in again.text
    assert (await stranger.opens(link)).status_code == 410


async def test_old_and_forged_links_are_refused(site: Site, stranger: Visitor, clock: Clock):
    link = await site.link(COUNSELLOR)
    clock.pass_by(minutes=16)
    assert (await stranger.opens(link)).status_code == 410
    assert (await stranger.opens("/review/enter/" + "x" * 43)).status_code == 410
    assert (await stranger.client.post("/review/enter", data={"token": "x" * 43})).status_code == 410
    assert (await stranger.client.post("/review/enter", data={"token": ""})).status_code == 410
    assert not stranger.client.cookies


async def test_the_session_ends_by_itself_by_signing_out_and_cannot_be_forged(site: Site, clock: Clock):
    async with visitor(site) as early, visitor(site) as late:
        await early.enters(COUNSELLOR)
        await late.enters(COUNSELLOR)
        stolen = dict(early.client.cookies)
        assert "You are signed out" in (await early.submits("/review/leave")).text
        early.client.cookies.update(stolen)
        assert (await early.opens("/review")).status_code == 401
        early.client.cookies.set("opas-session", "forged")
        assert (await early.opens("/review")).status_code == 401
        assert (await late.opens("/review")).status_code == 200
        clock.pass_by(hours=13)
        assert (await late.opens("/review")).status_code == 401


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(town):
    async with site_of(town, address="https://opas.example.org") as site, visitor(site) as somebody:
        page = await somebody.opens(await site.link(COUNSELLOR))
        answer = await somebody.client.post(
            "/review/enter", data={"token": field_of(page.text, "token")}, follow_redirects=False
        )
        [cookie] = answer.headers.get_list("set-cookie")
        for part in ("HttpOnly", "SameSite=strict", "Secure", "Path=/review", "Max-Age="):
            assert part in cookie


async def test_nobody_sees_anything_without_signing_in(site: Site, stranger: Visitor):
    await site.ask("a very private question")
    paths = [
        (re.sub(r"\{\w+(:\w+)?\}", "1", route.path), method)
        for route in review_routes(site.review, site.town.bot.guides, undo_for=UNDO)
        for method in route.methods - {"HEAD"}
        if "/enter" not in route.path and "/static" not in route.path
    ]
    assert len(paths) > 20
    for path, method in paths:
        answer = await stranger.client.request(method, path)
        assert answer.status_code == 401, path
        assert (await stranger.client.head(path)).status_code in (401, 405), path
        assert "private" not in answer.text
        assert "You are not signed in" in answer.text


async def test_pages_for_admins_are_for_admins(counsellor: Visitor, site: Site):
    page = await counsellor.opens("/review")
    assert "/review/staff" not in page.text
    assert (await counsellor.opens("/review/staff")).status_code == 403
    await counsellor.opens("/review")
    answer = await counsellor.submits("/review/staff/add", name="Eve", role="admin")
    assert answer.status_code == 403
    assert "Eve" not in {staff.name for staff in site.review.staff.everybody}


async def test_a_role_that_was_taken_away_opens_nothing_in_a_session_from_before(site: Site, admin: Visitor):
    room, ada = site.review.staff, site.staff(ADMIN)
    await room.add(ada, name="Eve", role="admin", languages=[], telegram_id=909)
    eve = site.staff(909)
    async with visitor(site) as demoted:
        await demoted.enters(909)
        form = field_of((await demoted.opens("/review/staff")).text, "csrf")
        await room.change(ada, eve.id, name="Eve", role="translator", languages=[], topics=[], telegram_id=909)
        group = await site.ask("where is the moon")
        for path in ("/review/staff", "/review/proposals"):
            assert (await demoted.opens(path)).status_code == 403
        add = await demoted.client.post("/review/staff/add", data={"csrf": form, "name": "Mallory", "role": "admin"})
        assert add.status_code == 403
        link = await demoted.client.post(f"/review/staff/{eve.id}/link", data={"csrf": form})
        assert link.status_code in (403, 404)
        drop = await demoted.client.post(f"/review/group/{group}/drop", data={"csrf": form, "reason": "abuse"})
        assert drop.status_code == 409
    assert "Mallory" not in {staff.name for staff in room.everybody}
    summary = await site.review.queue.summary(group)
    assert summary is not None
    assert summary.state == "open"


async def test_a_link_that_two_redeem_at_once_lets_one_in_and_one_of_somebody_removed_nobody(site: Site):
    token = await site.review.staff.make_link(site.staff(COUNSELLOR))
    async with visitor(site) as one, visitor(site) as other:
        answers = await asyncio.gather(
            *(somebody.client.post("/review/enter", data={"token": token}) for somebody in (one, other))
        )
    assert sorted(answer.status_code for answer in answers) == [200, 410]
    late = await site.review.staff.make_link(site.staff(SECOND))
    await site.review.staff.remove(site.staff(ADMIN), site.staff(SECOND).id)
    async with visitor(site) as removed:
        await removed.client.post("/review/enter", data={"token": late})
        assert (await removed.opens("/review")).status_code == 401


async def test_a_form_without_this_sessions_token_changes_nothing(site: Site, counsellor: Visitor):
    group = await site.ask("where is the moon")
    async with visitor(site) as other:
        await other.enters(SECOND)
        foreign = field_of((await other.opens(f"/review/group/{group}")).text, "csrf")
    for token in (None, "", "forged", foreign):
        data = {"other": "x"} if token is None else {"csrf": token}
        answer = await counsellor.client.post(f"/review/group/{group}/claim", data=data)
        assert answer.status_code == 403
        assert "This form is out of date" in answer.text
    summary = await site.review.queue.summary(group)
    assert summary is not None
    assert summary.claimed_by is None


async def test_words_of_a_refused_form_are_shown_again_for_there_is_no_way_back_to_them(site: Site, clock: Clock):
    group = await site.ask("can i park at night", "may i park there at night")
    ours = {"Origin": site.url}
    typed = {"text-en": "Yes, but <b>never</b> on Sundays."}
    kept = "Yes, but &lt;b&gt;never&lt;/b&gt; on Sundays."
    async with visitor(site) as writer, visitor(site) as faster:
        await writer.enters(COUNSELLOR)
        await writer.opens(f"/review/group/{group}/answer")
        token = field_of(writer.last.text, "csrf")
        place, form = f"/review/group/{group}/answer", {"do": "send", "csrf": token, **typed}

        await (await faster.enters(SECOND)).opens(f"/review/group/{group}")
        await faster.submits(f"/review/group/{group}/claim")
        taken = await writer.client.post(place, data=form, headers=ours)
        assert taken.status_code == 409
        assert kept in taken.text

        clock.pass_by(hours=13)
        for data in (form, {**form, "csrf": "of an older session"}):
            refused = await writer.client.post(place, data=data, headers=ours)
            assert refused.status_code == 401
            assert "It went nowhere." in refused.text
            assert kept in refused.text

        await writer.enters(COUNSELLOR)
        old = await writer.client.post(place, data=form, headers=ours)
        assert old.status_code == 403
        assert kept in old.text
        proposal = {"csrf": token, "title": "A park for dogs", "note": "There is one by the lake."}
        old = await writer.client.post(f"/review/group/{group}/propose", data=proposal, headers=ours)
        assert "A park for dogs" in old.text
        assert "There is one by the lake." in old.text


async def test_words_that_another_site_puts_into_a_form_are_not_shown_on_our_page(site: Site, stranger: Visitor):
    form = {"text": "Write your password to evil.example"}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "//["}, {}):
        refused = await stranger.client.post("/review/group/1/write", data=form, headers=headers)
        assert refused.status_code == 401
        assert "password" not in refused.text


async def test_what_is_no_form_of_ours_is_refused(counsellor: Visitor):
    await counsellor.opens("/review")
    token = field_of(counsellor.last.text, "csrf")
    huge = await counsellor.client.post("/review/leave", data={"csrf": token, "text": "x" * 300_000})
    assert huge.status_code == 400
    other = await counsellor.client.post("/review/leave", json={"csrf": token})
    assert other.status_code == 400
    assert "Nothing was changed" in other.text
    assert (await counsellor.opens("/review")).status_code == 200


async def test_no_page_lets_anything_foreign_in(site: Site, admin: Visitor):
    await site.ask('<script>alert(1)</script><img src=x onerror="alert(2)"> & "quotes" \'single\'')
    await pretend_figures(site.review, site.town.bot.guides())
    for path in ("", "/group/1", "/group/1/answer", "/figures", "/sample", "/staff", "/history", "/nowhere"):
        page = await admin.opens(f"/review{path}")
        policy = page.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "same-origin"
        assert dangers(page.text) == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in (await admin.opens("/review/group/1")).text


# --- the queue


async def test_the_queue_shows_who_asked_for_a_person_first_then_people_times_days(site: Site, counsellor: Visitor):
    await site.ask("little", hours=2)
    await site.ask("much", "much more", "muchest", hours=30)
    await site.ask({"text": "please let me talk to somebody", "outcome": "person"}, hours=1)
    page = (await counsellor.opens("/review")).text
    assert page.index("please let me talk") < page.index(">much<") < page.index(">little<")
    words = shown(page)
    assert "Asks for a person" in words
    assert re.search(r"much .*?3 people 1 day waiting", words)


async def test_a_letter_of_many_pages_leaves_room_for_others_in_the_queue(site: Site, counsellor: Visitor):
    letter = "the heating is cold " * 100
    group = await site.ask(letter)
    assert "heating" in (queue := shown((await counsellor.opens("/review")).text))
    assert letter.strip() not in queue
    assert letter.strip() in shown((await counsellor.opens(f"/review/group/{group}")).text)


async def test_the_queue_can_be_narrowed_and_leafed_through(site: Site, counsellor: Visitor):
    for number in range(27):
        await site.ask(f"question no {number}", hours=100 - number)
    arabic = await site.ask({"text": "أين القمر", "language": "ar"})
    aside = await site.ask("a choice that was left", drawer="aside")
    page = (await counsellor.opens("/review?page=2")).text
    assert f'href="/review/group/{arabic}"' in page
    assert "Page 2 of 2" in page
    assert 'lang="ar" dir="rtl"' in page
    assert f'href="/review/group/{arabic}"' not in (await counsellor.opens("/review?page=2&readable=1")).text
    assert "No question fits these filters." in (await counsellor.opens("/review?mine=1")).text
    assert f'href="/review/group/{aside}"' in (await counsellor.opens("/review?drawer=aside")).text
    for odd in ("page=-1", "page=999", "page=x", "drawer=zzz", "page=٣"):
        assert (await counsellor.opens(f"/review?{odd}")).status_code == 200


async def test_several_groups_are_dropped_at_once(site: Site, counsellor: Visitor):
    groups = [await site.ask(f"asdf {number}") for number in range(3)]
    await counsellor.opens("/review")
    page = await counsellor.submits("/review/drop", group=groups[:2], reason="not-a-question")
    assert "It was dropped." in page.text
    assert "asdf 2" in page.text
    assert "asdf 0" not in page.text
    assert "Tick the questions first" in (await counsellor.submits("/review/drop", reason="abuse")).text
    aside = [await site.ask(f"qwer {number}", drawer="aside") for number in range(2)]
    await counsellor.opens("/review?drawer=aside")
    drawer = field_of(counsellor.last.text, "drawer")
    page = await counsellor.submits("/review/drop", group=aside[:1], reason="abuse", drawer=drawer)
    assert "qwer 1" in page.text


# --- one group


async def test_the_second_counsellor_sees_the_first_ones_words(site: Site, counsellor: Visitor):
    group = await site.ask("where is the moon")
    async with visitor(site) as second:
        await second.enters(SECOND)
        await second.opens(f"/review/group/{group}")
        await counsellor.opens(f"/review/group/{group}")
        assert "You work on it until" in (await counsellor.submits(f"/review/group/{group}/claim")).text
        late = await second.submits(f"/review/group/{group}/drop", reason="abuse")
        assert late.status_code == 409
        assert "Cvetka works on it until 10:20" in late.text
        await counsellor.submits(f"/review/group/{group}/drop", reason="cannot-know")
        await second.opens("/review")
        late = await second.submits(f"/review/group/{group}/claim")
        assert re.search(r"Cvetka dropped this .* Nobody here can know this", shown(late.text))


async def test_a_group_is_passed_on_and_let_go(site: Site, counsellor: Visitor):
    group = await site.ask({"text": "أين القمر", "language": "ar"})
    page = await counsellor.opens(f"/review/group/{group}")
    assert re.search(r'<option value="\d+">Samir – Arabic, English</option>\s*<option', page.text), (
        "who reads it, first"
    )
    await counsellor.submits(f"/review/group/{group}/claim")
    assert "It is free again." in (await counsellor.submits(f"/review/group/{group}/release")).text
    page = await counsellor.submits(f"/review/group/{group}/pass", to=site.staff(SECOND).id)
    assert "Your colleague hears of it in the chat." in page.text
    await site.review.staff.add(site.staff(ADMIN), name="Otto", role="counsellor")
    otto = next(staff.id for staff in site.review.staff.everybody if staff.name == "Otto")
    await counsellor.opens(f"/review/group/{group}")
    page = await counsellor.submits(f"/review/group/{group}/pass", to=otto)
    assert "Opas cannot write to them" in page.text
    await counsellor.submits(f"/review/group/{group}/pass", to=site.staff(SECOND).id)
    async with visitor(site) as second:
        await second.enters(SECOND)
        assert f"/review/group/{group}" in (await second.opens("/review?mine=1")).text


async def test_translators_read_and_decide_nothing(site: Site):
    group = await site.ask("where is the moon")
    async with visitor(site) as translator:
        await translator.enters(TRANSLATOR)
        page = await translator.opens(f"/review/group/{group}")
        assert "where is the moon" in page.text
        assert "/claim" not in page.text
        answer = await translator.submits(f"/review/group/{group}/claim")
        assert answer.status_code == 409
        assert "Translators do not answer questions." in answer.text


async def test_what_is_not_there_is_said_to_be_gone(counsellor: Visitor):
    endless = "9" * 5000  # more digits than Python reads
    for path in (
        "/review/group/999", "/review/group/999/answer", "/review/nowhere", f"/review/group/{10**20}",
        f"/review/group/{endless}",
    ):  # fmt: skip
        page = await counsellor.opens(path)
        assert page.status_code == 404
        assert "This is not here any more" in page.text


# --- staff


async def test_an_admin_adds_changes_and_removes_somebody_whose_session_and_claims_end_at_once(
    site: Site, admin: Visitor
):
    await admin.opens("/review/staff")
    page = await admin.submits(
        "/review/staff/add", name="Nina", role="counsellor", language=["ar", "xx"], telegram="777"
    )
    assert "Saved." in page.text
    nina = site.staff(777)
    assert nina.languages == ("ar",)
    change = f"/review/staff/{nina.id}/change"
    await admin.submits(change, name="Nina N", role="counsellor", language=["ar", "sl"], telegram="777")
    assert site.staff(777).name == "Nina N"
    group = await site.ask("where is the moon")
    made = (await admin.submits(f"/review/staff/{nina.id}/link")).text
    link = re.search(r"http://\S+/review/enter/[\w-]+", made)
    assert link
    async with visitor(site) as newcomer:
        token = field_of((await newcomer.opens(link[0])).text, "token")
        newcomer.last = await newcomer.client.post("/review/enter", data={"token": token})
        await newcomer.opens(f"/review/group/{group}")
        await newcomer.submits(f"/review/group/{group}/claim")
        await admin.opens("/review/staff")
        assert "Nina N" not in shown((await admin.submits(f"/review/staff/{nina.id}/remove")).text)
        assert (await newcomer.opens("/review")).status_code == 401
    summary = await site.review.queue.summary(group)
    assert summary is not None
    assert summary.claimed_by is None
    history = shown((await admin.opens("/review/history")).text)
    for act in ("added somebody", "made a sign-in link for Nina N", "took it", "removed Nina N from the staff"):
        assert act in history


async def test_a_mistyped_telegram_number_is_put_right_and_nobodys_else_is_taken(site: Site, admin: Visitor):
    nina = {"name": "Nina", "role": "counsellor"}
    await admin.opens("/review/staff")
    await admin.submits("/review/staff/add", **nina, telegram="7777")
    number = site.staff(7777).id
    page = await admin.submits(f"/review/staff/{number}/change", **nina, telegram=str(SECOND))
    assert "Somebody with this Telegram id works here already." in page.text
    page = await admin.submits(f"/review/staff/{number}/change", **nina, telegram="77o")
    assert "A Telegram number has digits only." in page.text
    page = await admin.submits(f"/review/staff/{number}/change", **nina, telegram="777")
    assert site.staff(777).id == number
    assert 'value="777"' in page.text
    assert "Not in the chat" not in page.text
    assert "Not in the chat" in (await admin.submits(f"/review/staff/{number}/change", **nina, telegram="")).text


async def test_whoever_becomes_a_translator_keeps_no_question(site: Site, admin: Visitor):
    claimed, passed = await site.ask("where is the moon"), await site.ask("who prunes old oak trees")
    cvetka, acts = site.staff(COUNSELLOR), site.review.acts
    await acts.claim(cvetka, claimed)
    await acts.pass_on(site.staff(SECOND), passed, cvetka.id)
    await admin.opens("/review/staff")
    change = f"/review/staff/{cvetka.id}/change"
    await admin.submits(change, name="Cvetka", role="counsellor", telegram=str(COUNSELLOR))
    held = [await site.review.queue.summary(number) for number in (claimed, passed)]
    cvetka = site.staff(COUNSELLOR)
    assert [(group.claimed_by, group.handed_to) for group in held if group] == [(cvetka, None), (None, cvetka)]
    await admin.submits(change, name="Cvetka", role="translator", telegram=str(COUNSELLOR))
    held = [await site.review.queue.summary(number) for number in (claimed, passed)]
    assert [(group.claimed_by, group.handed_to) for group in held if group] == [(None, None), (None, None)]


async def test_the_last_admin_stays(site: Site, admin: Visitor):
    ada = site.staff(ADMIN)
    await admin.opens("/review/staff")
    assert "The last admin cannot be removed." in (await admin.submits(f"/review/staff/{ada.id}/remove")).text
    answer = await admin.submits(f"/review/staff/{ada.id}/change", name="Ada", role="counsellor", telegram=str(ADMIN))
    assert "The last admin cannot stop being one." in answer.text
    assert (
        "A Telegram number has digits only."
        in (await admin.submits("/review/staff/add", name="X", role="admin", telegram="12a")).text
    )


# --- words


async def test_the_pages_speak_finnish_and_english_and_remember_which(
    copied_content: Path, head_cache: HeadCache, clock: Clock, tmp_path: Path
):
    speak_finnish(copied_content)
    async with AsyncExitStack() as stack:
        town = await open_town(stack, Guides(copied_content, head_cache), clock, tmp_path / "fi.db")
        site = await stack.enter_async_context(site_of(town))
        somebody = await stack.enter_async_context(visitor(site, "fi-FI,fi;q=0.9,en;q=0.8"))
        await somebody.enters(COUNSELLOR)
        await site.ask("once", hours=2)
        await site.ask("twice", "twice again", hours=2)
        page = (await somebody.opens("/review")).text
        assert "once 1 ihminen 2 t" in shown(page)
        assert "twice 2 ihmistä 2 t" in shown(page)
        assert '<html lang="fi" dir="ltr">' in page
        assert "Kysymykset, jotka odottavat vastausta" in page
        english = (await somebody.opens("/review?ui=en")).text
        assert "Questions that wait" in english
        assert "once 1 person 2" in shown(english)
        assert "Questions that wait" in (await somebody.opens("/review")).text
        # A page that answers a form cannot be opened again in another language.
        assert 'href="/review?ui=fi"' in (await somebody.submits("/review/group/1/point")).text


async def test_a_database_out_of_reach_is_said_kindly(counsellor: Visitor, monkeypatch: pytest.MonkeyPatch):
    from bot.store import StoreUnavailable

    async def fails(*_: object, **__: object) -> None:
        raise StoreUnavailable("locked")

    monkeypatch.setattr(Store, "read", fails)
    page = await counsellor.opens("/review")
    assert page.status_code == 503
    assert "Try again in a moment." in page.text


# --- answers


async def test_an_answer_from_pieces_shows_beforehand_who_receives_it_in_which_language(
    site: Site, counsellor: Visitor
):
    group = await site.ask("can i park at night", {"text": "أين أوقف سيارتي ليلا؟", "language": "ar"})
    await counsellor.opens(f"/review/group/{group}/answer")
    written = {
        "need": "city-desk", "service": ["city-office", ""], "sentence": ["call-first"],
        "text-en": "At night <b>parking</b> is free.", "wording-en": "is parking free at night", "learn": ["en"],
    }  # fmt: skip
    page = (await counsellor.submits(f"/review/group/{group}/answer", do="preview", **written)).text
    assert '<option value="city-desk" selected>' in page
    assert "People who asked: 2. Of these get a message: 0." in page
    previews = re.findall(r'<article class="preview" lang="(\w+)" dir="(\w+)">(.*?)</article>', page, flags=re.DOTALL)
    shown_in = {language: (direction, text) for language, direction, text in previews}
    assert shown_in["ar"][0] == "rtl"
    assert "without your own words" in shown_in["ar"][1]
    assert "parking" not in shown_in["ar"][1]
    assert "At night &lt;b&gt;parking&lt;/b&gt; is free." in shown_in["en"][1]
    assert dangers(page) == []
    page = (await counsellor.submits(f"/review/group/{group}/answer", do="send", **written)).text
    assert "The answer is in use. Nobody is waiting for a message. You can take it back." in page
    assert "Cvetka answered 24/11/2026, 10:00." in page
    assert "Messages go out" not in page
    asker = site.town.person("en")
    assert "At night" in (await asker.says("is parking free at night"))[0]
    page = await counsellor.submits(f"/review/group/{group}/undo", answer=field_of(page, "answer"))
    assert "The answer was taken back." in page.text
    assert f"/review/group/{group}" in (await counsellor.opens("/review")).text


async def test_in_the_evening_the_page_says_that_messages_go_out_in_the_morning(
    site: Site, counsellor: Visitor, clock: Clock
):
    group = await site.ask({"text": "can i park at night", "chat_id": site.town.person("en").person.id})
    clock.pass_by(hours=9, minutes=55)  # 19:55 in the city
    await counsellor.opens(f"/review/group/{group}/answer")
    page = await counsellor.submits(f"/review/group/{group}/answer", do="preview", sentence="free")
    assert "Messages go out 25/11/2026, 08:00 at the earliest." in page.text
    page = await counsellor.submits(f"/review/group/{group}/answer", do="send", sentence="free")
    assert "Messages go out 25/11/2026, 08:00." in page.text


async def test_an_answer_without_anything_in_it_is_not_sent(site: Site, counsellor: Visitor):
    group = await site.ask("can i park at night")
    await counsellor.opens(f"/review/group/{group}/answer")
    page = await counsellor.submits(f"/review/group/{group}/answer", do="preview")
    assert "Put an answer together first." in page.text
    assert "Give this answer" not in page.text
    assert (await counsellor.submits(f"/review/group/{group}/answer", do="send")).status_code == 409


async def test_pointing_to_a_need_answers_and_teaches_only_what_was_confirmed(site: Site, counsellor: Visitor):
    first, second = await site.ask("gargle blaster please"), await site.ask("flux capacitor please")
    await counsellor.opens(f"/review/group/{first}")
    wording = {"wording": "where do i get a gargle blaster", "wording-language": "en"}
    page = await counsellor.submits(f"/review/group/{first}/point", need="city-desk", **wording, learn="yes")
    assert "The answer is in use." in page.text
    wording = {"wording": "where do i get a flux capacitor", "wording-language": "en"}
    await counsellor.opens(f"/review/group/{second}")
    await counsellor.submits(f"/review/group/{second}/point", need="", other="city-desk", **wording)
    asker = site.town.person("en")
    assert "Ulica heroja Staneta 1" in "".join(await asker.says("where do i get a gargle blaster"))
    assert "Choose a need first." in (await counsellor.submits(f"/review/group/{second}/point", need="zzz")).text


async def test_who_writes_an_answer_sees_that_a_colleague_works_on_the_question(site: Site, counsellor: Visitor):
    group = await site.ask("can i park at night")
    place, line = f"/review/group/{group}/answer", "Cvetka works on it until 10:20."
    async with visitor(site) as second:
        await (await second.enters(SECOND)).opens(place)
        assert line not in second.last.text
        await counsellor.opens(place)
        await counsellor.submits(f"/review/group/{group}/claim")
        assert line in (await second.submits(place, do="preview", **{"text-en": "Yes."})).text
        assert line in (await second.opens(place)).text
    assert line not in (await counsellor.opens(place)).text


async def test_an_answer_stands_on_its_page_in_every_language_in_which_it_was_written(site: Site, counsellor: Visitor):
    group = await site.ask("can i park at night")
    await counsellor.opens(f"/review/group/{group}/answer")
    words = {"text-sl": "Da, ob nedeljah.", "text-en": "Yes, on Sundays."}
    page = await counsellor.submits(f"/review/group/{group}/answer", do="send", **words)
    assert '<blockquote lang="sl" dir="ltr">Da, ob nedeljah.</blockquote>' in page.text
    assert '<blockquote lang="en" dir="ltr">Yes, on Sundays.</blockquote>' in page.text


async def test_a_late_answer_shows_the_words_of_the_first(site: Site, counsellor: Visitor):
    group = await site.ask("can i park at night")
    async with visitor(site) as second:
        await second.enters(SECOND)
        await second.opens(f"/review/group/{group}/answer")
        await counsellor.opens(f"/review/group/{group}/answer")
        words = {"text-sl": "Da, ob nedeljah.", "text-en": "Yes, on Sundays."}
        await counsellor.submits(f"/review/group/{group}/answer", do="send", **words)
        late = await second.submits(f"/review/group/{group}/answer", do="send", **{"text-en": "No, never."})
        assert late.status_code == 409
        assert "Cvetka answered this" in late.text
        assert 'lang="sl" dir="ltr">Da, ob nedeljah.</blockquote>' in late.text
        assert 'lang="en" dir="ltr">Yes, on Sundays.</blockquote>' in late.text
        assert (await second.opens(f"/review/group/{group}/answer")).url.path == f"/review/group/{group}"


async def test_ticked_questions_leave_together_and_can_come_back(site: Site, counsellor: Visitor):
    group = await site.ask("can i park at night", "fishing permit", "permit for fishing")
    page = await counsellor.opens(f"/review/group/{group}")
    numbers = re.findall(r'form="ticked" name="question" value="(\d+)"', page.text)
    assert len(numbers) == 3
    page = await counsellor.submits(f"/review/group/{group}/split", question=numbers[1:])
    assert "What you took apart is a question of its own now." in page.text
    assert "can i park" not in shown(page.text).split("What it may mean")[0]
    assert "permit for fishing" in page.text
    assert "fishing permit" in page.text
    new = page.url.path.rsplit("/", 1)[1]
    page = await counsellor.submits(f"/review/group/{new}/merge", other=group)
    assert page.url.path == f"/review/group/{group}"
    assert "They are one question now." in page.text
    assert "Tick the questions first." in (await counsellor.submits(f"/review/group/{group}/split")).text
    await counsellor.opens(f"/review/group/{group}")
    page = await counsellor.submits(f"/review/group/{group}/split", question=numbers)
    assert page.status_code == 409
    assert "All questions would leave together, so nothing was moved." in page.text
    assert [found.messages for found in await site.review.queue.groups(site.staff(COUNSELLOR))] == [3]


async def test_what_lay_aside_comes_into_the_queue_with_what_waits_there_and_an_old_link_leads_to_it(
    site: Site, counsellor: Visitor
):
    aside = await site.ask("bicycle", drawer="aside")
    waiting, third = await site.ask("where is my bicycle mended"), await site.ask("who mends a bicycle")
    await counsellor.opens(f"/review/group/{waiting}")
    await counsellor.submits(f"/review/group/{waiting}/merge", other=aside)
    assert {found.id for found in await site.review.queue.groups(site.staff(COUNSELLOR))} == {aside, third}
    assert (await counsellor.opens(f"/review/group/{waiting}")).url.path == f"/review/group/{aside}"
    await counsellor.submits(f"/review/group/{aside}/merge", other=third)
    page = await counsellor.opens(f"/review/group/{waiting}")
    assert page.url.path == f"/review/group/{third}"
    assert "The question that you opened was put together with this one." in page.text
    assert (await counsellor.opens("/review/group/99")).status_code == 404


async def test_what_the_bot_does_not_think_alike_is_put_together_by_its_number(site: Site, counsellor: Visitor):
    moon, oaks = await site.ask("where is the moon"), await site.ask("who prunes old oak trees")
    page = await counsellor.opens(f"/review/group/{moon}")
    assert "Put together with another question" in page.text
    assert "Perhaps the same question" not in page.text
    page = await counsellor.submits(f"/review/group/{moon}/merge", other=oaks)
    assert page.url.path == f"/review/group/{oaks}"
    assert "where is the moon" in page.text


async def test_a_question_is_not_put_together_with_a_wrong_fact(site: Site, counsellor: Visitor):
    store, fact = site.town.bot.store, site.review.handover.new_group()
    unit = Unit(site.town.clock(), store.asker)
    open_group(unit, fact, kind="fact", drawer="queue", language="en", service="city-office")
    keep(
        unit, Question(text="it moved", language="en", outcome="fact", asked_at=site.town.clock(), asker="a"), fact, ""
    )
    await store.commit(unit)
    group = await site.ask("where is the moon")
    assert "other-number" not in (await counsellor.opens(f"/review/group/{fact}")).text
    page = await counsellor.submits(f"/review/group/{group}/merge", other=fact)
    assert page.status_code == 409
    assert "cannot be put together" in page.text


async def test_two_that_lie_aside_stay_there_together(site: Site, counsellor: Visitor):
    one, other = await site.ask("bicycle", drawer="aside"), await site.ask("passport", drawer="aside")
    await counsellor.opens(f"/review/group/{one}")
    await counsellor.submits(f"/review/group/{one}/merge", other=other)
    assert await site.review.queue.groups(site.staff(COUNSELLOR)) == ()


async def test_the_queue_says_what_a_question_speaks_of_to_whoever_does_not_read_its_language(
    site: Site, counsellor: Visitor
):
    await site.ask({"text": "أين أسجل كلبي", "language": "ar"})
    assert "It speaks of: number plate, registration, dog" in shown((await counsellor.opens("/review")).text)
    async with visitor(site) as samir:
        await samir.enters(SECOND)
        assert "It speaks of" not in (await samir.opens("/review")).text


async def test_a_question_about_a_place_says_which_place_was_shown(site: Site, counsellor: Visitor):
    asker = site.town.person("en")
    await asker.says("which department is about parking")
    await asker.says("open today")
    await asker.says("when is it open")
    await asker.presses("Ask a person")
    [group] = await site.review.queue.groups(site.staff(COUNSELLOR))
    assert "The bot showed: Vprašanja mestnemu uradu" in shown(
        (await counsellor.opens(f"/review/group/{group.id}")).text
    )


async def test_what_the_bot_has_learnt_since_is_not_called_an_answer_that_did_not_help(site: Site, counsellor: Visitor):
    unknown = await site.ask("which department is about parking")
    wrong = await site.ask({"text": "which department is about parking?", "outcome": "wrong"})
    assert "The bot knows an answer now." in shown((await counsellor.opens(f"/review/group/{unknown}")).text)
    assert "it did not help the person" in shown((await counsellor.opens(f"/review/group/{wrong}")).text)


async def test_a_person_who_wanted_a_message_is_written_to_alone(site: Site, counsellor: Visitor):
    asker = site.town.person("ar")
    await asker.says("/start")
    await asker.presses("العربية") if "العربية" in asker.buttons else None
    group = await site.ask(
        {"text": "أين القمر", "language": "ar", "chat_id": asker.person.id, "key": "ab12"},
        {"text": "where is the moon"},
    )
    page = await counsellor.opens(f"/review/group/{group}")
    assert page.text.count("Write to this person alone") == 1
    question = re.search(r'name="question" value="(\d+)">\s*<fieldset>', page.text)
    assert question

    async def write() -> None:
        answer = await counsellor.submits(
            f"/review/group/{group}/write", question=question[1], kind="ask-back", sentence="which-city", text="Samir"
        )
        assert "Your letter is on its way. The question stays open." in answer.text

    before = len(asker.person.messages)
    await write()
    await site.town.settled()
    new = [message.text or "" for message in asker.person.messages[before:]]
    assert any("Samir" in text for text in new), new
    page = await counsellor.opens(f"/review/group/{group}")
    assert "Cvetka asked back" in page.text
    unreached = "It did not arrive: this person cannot be reached in Telegram any more."
    assert unreached not in page.text
    asker.person.block()
    site.town.clock.pass_by(minutes=1)
    await write()
    await site.town.settled()
    page = await counsellor.opens(f"/review/group/{group}")
    assert page.text.count(unreached) == 1
    assert "Want a message" not in page.text
    assert "Write to this person alone" not in page.text


async def test_letters_in_a_language_that_the_reader_does_not_read_are_explained(site: Site, counsellor: Visitor):
    asker = site.town.person("ar")
    await asker.says("/start")
    group = await site.ask({"text": "أين القمر", "language": "ar", "chat_id": asker.person.id, "key": "ab12"})
    page = await counsellor.opens(f"/review/group/{group}")
    question = field_of(page.text, "question")
    sent = {"question": question, "kind": "ask-back", "sentence": "which-city"}
    page = await counsellor.submits(f"/review/group/{group}/write", **sent)
    assert "In your language: Which city do you live in?" in shown(page.text)
    await site.town.settled()
    await asker.presses(asker.buttons[0])
    await asker.says("أسكن مع كلبي")
    assert "It speaks of: dog" in shown((await counsellor.opens(f"/review/group/{group}")).text)
    async with visitor(site) as second:
        await (await second.enters(SECOND)).opens(f"/review/group/{group}")
        assert "In your language:" not in second.last.text  # who reads Arabic needs no help
        assert "It speaks of: dog" not in shown(second.last.text)


async def test_a_translator_adds_the_words_in_a_language_that_they_read(site: Site, counsellor: Visitor):
    group = await site.ask("can i park at night")
    await counsellor.opens(f"/review/group/{group}/answer")
    await counsellor.submits(f"/review/group/{group}/answer", do="send", **{"text-en": "Yes, on Sundays."})
    async with visitor(site) as translator:
        await translator.enters(TRANSLATOR)
        assert f"/review/group/{group}" in (await translator.opens("/review?drawer=answered")).text
        page = await translator.opens(f"/review/group/{group}")
        assert "Take it back" not in page.text
        answer = field_of(page.text, "answer")
        page = await translator.submits(
            f"/review/group/{group}/translate", answer=answer, language="sl", text="Da, v nedeljo."
        )
        assert "The words are in use in one more language." in page.text
        page = await translator.submits(f"/review/group/{group}/translate", answer=answer, language="en", text="x")
        assert "a language that you read" in page.text


async def test_a_proposal_waits_for_the_admin_with_its_wordings_ready_to_copy(
    site: Site, counsellor: Visitor, admin: Visitor
):
    group = await site.ask("can Ana's dog park at night")
    page = await counsellor.opens(f"/review/group/{group}")
    assert "it is deleted after a year" in page.text  # what is proposed; what the bot learns stays
    page = await counsellor.submits(
        f"/review/group/{group}/propose", title="Parking at night", note="Ask <b>the city</b>.",
        learn=["en"], **{"wording-en": "can i park at night", "wording-sl": "not: confirmed"},
    )  # fmt: skip
    assert "The admins will see your proposal." in page.text
    assert (await counsellor.opens("/review/proposals")).status_code == 403
    assert "Proposed for the guide" in (await admin.opens("/review")).text
    page = (await admin.opens("/review/proposals")).text
    for line in ("Cvetka proposed this", "  parking-at-night:\n", "- can i park at night\n", "&lt;b&gt;the city"):
        assert line in page
    assert "Ana" not in page
    assert "confirmed" not in page
    assert dangers(page) == []
    proposal = re.search(r"/review/proposals/(\d+)/done", page)
    assert proposal
    assert "Nothing is proposed." in (await admin.submits(proposal[0])).text


# --- figures and the sample


async def test_the_dashboard_has_the_numbers_of_every_chart_in_a_table_and_as_files(site: Site, counsellor: Visitor):
    assert "Nobody has asked anything yet" in (await counsellor.opens("/review/figures")).text
    await pretend_figures(site.review, site.town.bot.guides())
    page = (await counsellor.opens("/review/figures")).text
    for drawn in ("on-wide", "on-phone"):
        assert page.count(f'<svg class="chart {drawn}" role="img"') == page.count("The same in numbers") == 5
    overview = await site.review.figures.overview()
    for tally in overview.languages:
        assert re.search(rf"<td class=.number.>{tally.answered}</td>", page)
    assert "few" in page
    spreadsheet = await counsellor.opens("/review/figures.csv")
    assert spreadsheet.headers["content-type"].startswith("text/csv")
    assert "attachment" in spreadsheet.headers["content-disposition"]
    assert f"languages,sl,,answered,{next(t.answered for t in overview.languages if t.key == 'sl')}" in spreadsheet.text
    assert (await counsellor.opens("/review/figures.json")).json()["weeks"]


async def test_what_nobody_answers_is_called_by_what_three_people_speak_of_and_by_nobodys_own_words(
    site: Site, counsellor: Visitor
):
    often = ({"text": f"my dog and the {pet} of Ana", "asker": "one and the same"} for pet in ("cat", "cat", "cat"))
    group = await site.ask("where do I register my dog", "dog tax for Rex", "who walks a dog, or a cat", *often)
    [unmet] = (await site.review.figures.overview()).unmet
    assert (unmet.group_id, unmet.people, unmet.things) == (group, 4, ("dog",))
    page = shown((await counsellor.opens("/review/figures")).text)
    assert " dog " in page
    for word in ("Rex", "Ana", "cat", f"Question {group}"):
        assert word not in page
    assert f"• 4 people ask, nobody has answered: question {group}, about: dog." in (await digest_of(site))


async def digest_of(site: Site) -> str:
    guide = site.town.bot.guides()
    overview = await site.review.figures.overview()
    return digest(guide.texts.staff.speaker("en"), guide, overview, date(2026, 11, 23))


async def test_the_sample_begins_with_what_its_reader_can_judge(site: Site):
    await pretend_figures(site.review, site.town.bot.guides())
    waiting = await site.review.sampling.open()
    assert {row.language for row in waiting} == {"sl", "en", "ar"}
    room, ada = site.review.staff, site.staff(ADMIN)
    for place, row in enumerate(waiting):
        number = 900 + place
        await room.add(ada, name=row.language, role="counsellor", languages=[row.language], telegram_id=number)
        async with visitor(site) as reader:
            page = await (await reader.enters(number)).opens("/review/sample")
        assert field_of(page.text, "sample") == str(row.id)


async def test_the_sample_is_judged_one_at_a_time(site: Site, counsellor: Visitor):
    assert "Nothing to judge now." in (await counsellor.opens("/review/sample")).text
    await pretend_figures(site.review, site.town.bot.guides())
    page = await counsellor.opens("/review/sample")
    assert "Still to judge: 3" in page.text
    first = field_of(page.text, "sample")
    page = await counsellor.submits("/review/sample", sample=first, judgement="right")
    assert "Still to judge: 2" in page.text
    assert "What the judgements say" in page.text
    assert (
        "Choose: right, wrong or unclear."
        in (await counsellor.submits("/review/sample", sample=first, judgement="splendid")).text
    )
    page = await counsellor.opens("/review/sample")
    for said in ("Noted. Here is the next one.", "Noted. That was the last one."):
        page = await counsellor.submits("/review/sample", sample=field_of(page.text, "sample"), judgement="unclear")
        assert said in page.text


# --- the demo beside the browser phone


async def test_the_demo_lets_a_counsellor_and_an_admin_in_only_on_this_computer(town, guides: Guides):
    await prepare_demo(town.bot.review, guides())
    await complete_demo(town.bot.review, guides())
    routes = review_routes(town.bot.review, guides, undo_for=UNDO, demo_hosts=LOOPBACK_HOSTS)
    async with (
        WebServer(
            Starlette(routes=[*routes, *phone_routes(town.world, review=DEMO_PLACE)]), "127.0.0.1", 0, "-"
        ) as web,
        httpx.AsyncClient(base_url=web.url, follow_redirects=True) as client,
    ):
        assert f'href="{DEMO_PLACE}"' in (await client.get("/")).text
        assert (await client.get(DEMO_PLACE, headers={"Host": "evil.example"})).status_code == 403
        ways = re.findall(r'href="(/review/enter/[\w-]+)"', (await client.get(DEMO_PLACE)).text)
        for way, name in zip(ways, ("Demo counsellor", "Demo admin"), strict=True):
            token = field_of((await client.get(way)).text, "token")
            page = (await client.post("/review/enter", data={"token": token})).text
            assert name in page
            assert page.count('class="group"') == 6
            assert ("/review/staff" in page) is (name == "Demo admin")


async def test_without_a_demo_there_is_no_way_in(site: Site, stranger: Visitor):
    assert (await stranger.opens(DEMO_PLACE)).status_code == 401
    assert "enter/" not in stranger.last.text


async def test_the_page_says_when_a_letter_goes_out_and_where_nobody_can_be_written_to(
    site: Site, counsellor: Visitor, clock: Clock
):
    written = await site.ask({"text": "where do I register my dog", "chat_id": 900})
    silent = await site.ask({"text": "who prunes old oak trees", "outcome": "person"})
    clock.pass_by(hours=16)  # two in the night
    await counsellor.enters(COUNSELLOR)
    queue = await counsellor.opens("/review")
    assert queue.text.count("Nobody can be written to") == 1
    page = await counsellor.opens(f"/review/group/{silent}")
    assert "Your answer helps whoever asks next." in page.text
    assert "write to a person" not in page.text  # no key for what is not there
    page = await counsellor.opens(f"/review/group/{written}")
    assert "this one 25/11/2026, 08:00." in page.text
    question = field_of(page.text, "question")
    page = await counsellor.submits(f"/review/group/{written}/write", question=question, text="Come on Monday.")
    assert "Your letter is kept." in page.text
    assert "It goes out 25/11/2026, 08:00." in page.text
