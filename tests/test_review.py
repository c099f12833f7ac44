"""The counsellors' loop over the real protocol: one answer, everyone who asked hears, and the bot knows it next time."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.grouping.tokens import look_up_words
from bot.guides import Guides
from bot.handlers.profile import sync_profile
from bot.handlers.staffmenu import StaffMenus
from bot.loopback import World
from bot.matching.cache import HeadCache
from bot.matching.matcher import Matcher
from bot.review import Done, Filters, GroupSummary, NewAnswer, Refused, Review, Staff, TakenBy, parts
from bot.store import Question, Store, group_rows
from bot.store.copies import back_up
from bot.store.talks import lines_of
from tests.conftest import MARIBOR, Clock, Talker, Town, open_town, spoil
from tests.patience import until
from tests.stored import questions

LIISA, PEKKA, MIKA = 501, 502, 503
DOG = "where do I register my dog"


@dataclass
class Office:
    """A town with counsellors."""

    town: Town
    liisa: Staff
    pekka: Staff

    @property
    def review(self) -> Review:
        return self.town.bot.review

    async def only_group(self) -> GroupSummary:
        [group] = await self.review.queue.groups(self.liisa)
        return group

    async def ticks(self) -> None:
        """What would be done within half a second, and all that is sent then."""
        await self.town.bot.delivery.tick()
        await self.town.bot.outbox.idle()

    async def asks_for_a_person(self, text: str) -> str:
        """Somebody wants a person to answer this; the key of the question."""
        store, key = self.town.bot.store, secrets.token_hex(8)
        unit = store.unit()
        question = Question(text, "en", "person", store.now(), key=key, asker=key)
        self.review.handover.keep(unit, question)
        await store.commit(unit)
        return key

    async def sorted(self) -> None:
        """Questions are put together otherwise, where what has come says so."""
        await self.ticks()
        await self.ticks()

    async def morning_comes(self) -> None:
        """What is due by now goes out: the outbox waits by the machine's clock, not by the town's."""
        await self.town.bot.outbox.stop()
        await self.town.bot.outbox.start()
        await self.town.bot.outbox.idle()

    async def undo_time_passes(self) -> None:
        self.town.clock.pass_by(seconds=601)
        await self.ticks()


@pytest.fixture(scope="session")
def staffed_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small city with hours at which its team reads messages."""
    folder = tmp_path_factory.mktemp("staffed") / "city"
    shutil.copytree(MARIBOR, folder)
    spoil(folder, "privacy:", 'team: {hours: "Mo-Fr 09:00-15:00; PH off"}\n\nprivacy:')
    return folder


@pytest.fixture
def staffed(staffed_city: Path, head_cache: HeadCache) -> Guides:
    return Guides(staffed_city, head_cache)


@pytest.fixture
async def office(staffed: Guides, clock: Clock, tmp_path: Path) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        town = await open_town(
            stack, staffed, clock, tmp_path / "office.db", staff={LIISA: "admin", PEKKA: "counsellor"}
        )
        liisa, pekka = (town.bot.review.staff.by_telegram(number) for number in (LIISA, PEKKA))
        assert liisa is not None
        assert pekka is not None
        await town.bot.delivery.tick()
        yield Office(town, liisa, pekka)


# --- the hand-over ----------------------------------------------------------------------------------------------


async def test_where_nobody_reads_nothing_is_promised(town: Town):
    talker = town.person("en")
    [reply] = await talker.says(DOG)
    assert "Nobody answers you here." in reply
    assert "Counsellors" not in reply
    [reply] = await talker.presses("Ask a person")
    assert reply.startswith("I cannot pass your message on to a person here.")
    assert "Yes, write to me" not in talker.buttons


async def test_a_question_is_passed_on_with_the_hours_at_which_somebody_reads(office: Office, clock: Clock):
    talker = office.town.person("en")
    [reply] = await talker.says(DOG)
    assert "I pass your question on to a person, without your name." in reply
    assert "Mon–Fri 9:00–15:00. They are at work now, until 15:00." in reply
    assert talker.buttons[:2] == ["Yes, write to me", "Do not keep it"]
    clock.pass_by(days=30, hours=10)  # Christmas Eve at eight in the evening; Friday is Christmas Day
    [reply] = await office.town.person("en").says("who prunes old oak trees")
    assert "Next: Monday 9:00." in reply


async def test_the_chat_hangs_on_the_question_only_after_yes_and_not_after_no(office: Office):
    talker = office.town.person("en")
    await talker.says(DOG)
    [question] = await questions(office.town.bot.store)
    assert question.chat_id is None
    [reply] = await talker.presses("Yes, write to me")
    assert reply.startswith("Good. When a person answers, I send you a message here.")
    [question] = await questions(office.town.bot.store)
    assert question.chat_id == talker.person.id
    await talker.presses("Do not write to me")
    [question] = await questions(office.town.bot.store)
    assert question.chat_id is None
    letter = talker.last
    await talker.presses("Do not keep it")
    assert letter.text == "I deleted your question."
    said = [line.text for line in await lines_of(office.town.bot.store, talker.person.id) if line.speaker == "person"]
    assert said == []  # nor is it kept with the talk of the day
    assert "Do not keep it" not in str(letter.keyboard)
    assert await office.review.queue.groups(office.liisa) == ()
    [reply] = await talker.forges(f"v1:write:{question.key}")
    assert reply.startswith("I do not have this question any more.")


async def test_people_are_counted_and_not_messages_and_near_questions_join_one_group(office: Office):
    loud, other = office.town.person("en"), office.town.person("en")
    for _ in range(5):
        await loud.says(DOG)
    await other.says("how can I register a dog here")
    group = await office.only_group()
    assert (group.people, group.messages) == (2, 6)
    view = await office.review.queue.group(office.liisa, group.id)
    assert view is not None
    assert view.questions[-1].joined.startswith("same-")


PARK = "May I fly a drone in the park?"
RULES = "drone rules"
CENTRE = "Am I allowed to fly my drone over the city centre?"
"""Near to both, which are not near enough to each other."""


async def asked_in_two_groups(office: Office) -> tuple[GroupSummary, GroupSummary]:
    for text in (PARK, RULES):
        await office.asks_for_a_person(text)
        office.town.clock.pass_by(hours=1)
    await office.sorted()
    one, other = await office.review.queue.groups(office.liisa)
    return (one, other) if one.text == PARK else (other, one)


async def test_a_question_that_comes_brings_two_groups_together_that_nobody_has_touched(office: Office, clock: Clock):
    one, other = await asked_in_two_groups(office)
    clock.pass_by(hours=1)
    await office.asks_for_a_person(CENTRE)
    await office.sorted()
    group = await office.only_group()
    assert (group.people, group.opened_at) == (3, one.opened_at)
    gone = other if group.id == one.id else one
    taken = await office.review.acts.claim(office.liisa, gone.id)
    assert taken == TakenBy(None, "merged", str(group.id), clock())
    assert office.review.handover.held.place(gone.text, "en").group_id == group.id, "in memory they moved too"


async def test_a_group_that_one_of_the_staff_has_touched_may_get_more(office: Office):
    one, other = await asked_in_two_groups(office)
    await office.review.acts.claim(office.liisa, other.id)
    await office.asks_for_a_person(CENTRE)
    await office.sorted()
    group = await office.only_group()
    assert (group.id, group.people, group.opened_at) == (other.id, 3, one.opened_at)


async def test_what_one_of_the_staff_has_touched_stays_as_they_saw_it(office: Office):
    one, other = await asked_in_two_groups(office)
    for group in (one, other):
        await office.review.acts.claim(office.liisa, group.id)
        await office.review.acts.release(office.liisa, group.id)
    await office.asks_for_a_person(CENTRE)
    await office.sorted()
    assert sorted(group.people for group in await office.review.queue.groups(office.liisa)) == [1, 2]


async def test_whoever_is_faster_than_the_sorting_keeps_what_they_saw(office: Office, monkeypatch: pytest.MonkeyPatch):
    one, other = await asked_in_two_groups(office)
    await office.asks_for_a_person(CENTRE)
    touched = group_rows.touched

    async def touched_a_moment_ago(store: Store) -> frozenset[int]:
        before = await touched(store)
        for group in (one, other):
            await office.review.acts.claim(office.liisa, group.id)
        return before

    monkeypatch.setattr(group_rows, "touched", touched_a_moment_ago)
    await office.sorted()
    assert sorted(group.people for group in await office.review.queue.groups(office.liisa)) == [1, 2]
    for group in (one, other):
        assert office.review.handover.held.place(group.text, "en").group_id == group.id, "nor did they move in memory"


async def test_questions_that_went_meanwhile_are_not_sorted(office: Office):
    await asked_in_two_groups(office)
    await office.asks_for_a_person(CENTRE)
    await office.ticks()
    unit = office.town.bot.store.unit()
    for question in await questions(office.town.bot.store):
        if question.text != CENTRE:
            unit.drop_question(question.key)
    await office.town.bot.store.commit(unit)
    await office.review.handover.sort()
    group = await office.only_group()
    assert (group.people, group.text) == (1, CENTRE)


async def test_while_open_questions_are_grouped_after_a_start_only_what_the_guide_does_not_know_waits(
    office: Office, guides: Guides, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    await office.town.person("en").says(DOG)
    before = await office.only_group()
    copy = tmp_path / "again.db"
    back_up(office.town.database, copy)
    slow = threading.Event()

    def look_up_in_a_while(matcher: Matcher) -> None:
        slow.wait()
        look_up_words(matcher)

    monkeypatch.setattr(parts, "look_up_words", look_up_in_a_while)
    async with AsyncExitStack() as stack:
        stack.callback(slow.set)
        town = await open_town(stack, guides, clock, copy)
        unknown, known, urgent = (town.person("en") for _ in range(3))
        unknown.person.write("how can I register a dog here")
        urgent.person.write("qqqq zzzz xxxx")
        await until(lambda: not town.world.updates.pending)
        assert "Zdravstveni dom Maribor" in (await heard(known, "my throat hurts"))
        assert (await heard(urgent, "my husband beats me")).startswith("113"), "also behind a message that waits"
        assert not unknown.person.replies
        slow.set()
        await town.settled()
        assert unknown.person.replies
        group = await town.bot.review.queue.summary(before.id)
        assert group is not None
        assert group.messages == 2, "it is with what asks the same, not in a group of its own"


async def heard(talker: Talker, text: str) -> str:
    """What the bot says first to this."""
    before = len(talker.person.replies)
    talker.person.write(text)
    await until(lambda: len(talker.person.replies) > before)
    return talker.person.replies[before].text


async def test_a_question_that_comes_while_the_open_ones_are_read_anew_is_not_lost_from_sight(office: Office):
    begun, go_on = threading.Event(), threading.Event()

    def stand_still() -> None:
        begun.set()
        go_on.wait()

    reading = asyncio.create_task(office.review.handover.load())
    await asyncio.sleep(0)  # it has asked for the open questions, and will be held up after that
    office.town.bot.store._read_thread.submit(stand_still)
    await asyncio.to_thread(begun.wait)
    await office.town.person("en").says(DOG)
    go_on.set()
    await reading
    await office.town.person("en").says(DOG)
    assert (await office.only_group()).people == 2


async def test_gibberish_makes_no_group_unless_a_person_was_asked_for(office: Office):
    talker = office.town.person("en")
    [reply] = await talker.says("qqqq zzzz xxxx")
    assert "It does not look like a question for this guide, so I do not pass it on." in reply
    assert "see what is missing" not in reply  # nobody sees it
    assert await office.review.queue.groups(office.liisa) == ()
    [reply] = await talker.presses("Ask a person")
    assert reply.startswith("I pass your last question on to a person, without your name.")
    assert "gp.mom@maribor.si" in reply
    group = await office.only_group()
    assert group.asks_for_person
    assert group.text == "qqqq zzzz xxxx"
    assert group.messages == 1


async def test_thanks_is_nothing_that_a_person_is_asked(office: Office):
    talker = office.town.person("en")
    await talker.says(DOG)
    await talker.says("thanks")
    await talker.presses("Ask a person")
    assert (await office.only_group()).text == DOG


async def test_an_urgent_talk_is_never_queued(office: Office):
    talker = office.town.person("en")
    await talker.says("my husband beats me and I am afraid")
    await talker.says("/help")
    await talker.presses("Menu")
    await talker.forges("v1:person")
    await talker.says("thanks")
    [reply] = await talker.says("can i talk to a human")
    assert reply.startswith("Write your question first.")
    assert "In an emergency call 112." in reply
    assert await office.review.queue.groups(office.liisa) == ()
    assert await questions(office.town.bot.store) == []


async def test_a_wrong_answer_and_a_wrong_fact_come_to_the_counsellors(office: Office):
    talker = office.town.person("en")
    await talker.says("which department is about parking")
    await talker.presses("Not this")
    await talker.forges("v1:fact:city-office")
    await talker.forges("v1:fact:city-office")
    wrong, fact = sorted(await office.review.queue.groups(office.liisa), key=lambda group: group.kind, reverse=True)
    assert (wrong.text, wrong.need, wrong.outcomes) == ("which department is about parking", "city-desk", {"wrong"})
    assert (fact.service, fact.people, fact.messages, fact.text) == ("city-office", 1, 2, "")


async def test_what_is_wrong_with_a_fact_is_asked_and_reaches_the_counsellors(office: Office, clock: Clock):
    talker, counsellor = office.town.person("en"), Talker(office.town, office.town.world.person(PEKKA))
    await talker.says("where can i hand in an application to the city")
    await talker.presses("A fact is wrong")
    assert talker.last.text.splitlines()[-1] == "What is wrong?"
    await talker.presses("Opening hours")
    assert "write it in your next message" in talker.last.text
    reply = await talker.says("they close at two now, ask Ana at 0401234567")
    assert reply[0].startswith("Thank you.")
    [after] = await talker.says(DOG)  # the next one is a question again
    assert after.startswith("I do not know this yet.")
    await talker.forges("v1:fact:city-office")
    await talker.presses("Phone number")
    assert "write it in your next message" not in talker.last.text
    await talker.forges("v1:fact:city-office")
    await talker.presses("Something else")
    clock.pass_by(minutes=11)
    assert (await talker.says("looking for somebody who builds wooden shelves"))[0].startswith(
        "I do not know this yet."
    )
    [fact] = [group for group in await office.review.queue.groups(office.liisa) if group.kind == "fact"]
    view = await office.review.queue.group(office.liisa, fact.id)
    assert view is not None
    said = [(question.joined, question.text) for question in view.questions]
    assert said == [
        ("wrong:hours", "they close at two now, ask Ana at ▒▒▒▒▒▒▒▒▒▒"), ("wrong:phones", ""), ("wrong:other", ""),
    ]  # fmt: skip
    await counsellor.says("/review")
    while "is said to be wrong" not in counsellor.last.text:
        await counsellor.presses("Next")
    assert "the opening hours are wrong: they close at two now" in counsellor.last.text
    heard = len(talker.person.messages)
    await counsellor.presses("Drop …")
    await counsellor.presses("Back")
    assert "is said to be wrong" in counsellor.last.text
    await counsellor.presses("Drop …")
    await counsellor.presses("· The fact has been put right in services.yaml")
    assert "fact" not in {group.kind for group in await office.review.queue.groups(office.liisa)}
    assert len(talker.person.messages) == heard


async def test_help_leads_the_staff_and_nobody_else_to_the_questions_that_wait(office: Office):
    counsellor = Talker(office.town, office.town.world.person(PEKKA))
    everybody, own = await counsellor.says("/help")
    assert everybody.startswith("Write your question in your own words")
    assert "/review" in own
    await office.town.person("en").says(DOG)
    await counsellor.presses("Show them")
    assert DOG in counsellor.last.text
    [reply] = await office.town.person("en").says("/help")
    assert "/review" not in reply
    await office.review.staff.remove(office.liisa, office.pekka.id)
    assert await counsellor.says("/help") == [reply]


async def test_the_menu_of_commands_shows_review_to_the_staff_as_long_as_they_work_here(office: Office):
    bot, world = office.town.bot.application.bot, office.town.world
    for number in (LIISA, PEKKA, MIKA):
        world.person(number)
    menus = StaffMenus(bot, office.town.bot.guides, office.review)

    def has_review(number: int) -> bool:
        return "review" in [command["command"] for command in world.profile.commands_shown(number, number, "en")]

    await sync_profile(bot, office.town.bot.guides())
    world.fail_next("getMyCommands", 400, "Bad Request: chat not found")  # who has never written: nobody else waits
    watching = asyncio.create_task(menus.watch())
    try:
        await until(lambda: has_review(PEKKA))
        assert not has_review(MIKA)
        await office.review.staff.add(office.liisa, name="Mika", role="counsellor", telegram_id=MIKA)
        await office.review.staff.remove(office.liisa, office.pekka.id)
        await until(lambda: has_review(MIKA) and not has_review(PEKKA))
    finally:
        watching.cancel()
    menus = StaffMenus(bot, office.town.bot.guides, office.review)  # after a restart
    set_before = len(world.calls_of("setMyCommands", "deleteMyCommands"))
    await menus.sync()
    assert len(world.calls_of("setMyCommands", "deleteMyCommands")) == set_before
    assert world.profile.commands_shown(MIKA, MIKA, "en")[0]["command"] == "review"


async def test_a_colleague_who_chooses_a_language_in_the_chat_is_spoken_with_in_it(
    copied_content: Path, head_cache: HeadCache, clock: Clock, tmp_path: Path
):
    words = copied_content / "locales/ar/LC_MESSAGES/staff.po"
    words.write_text('msgid "Nobody is waiting."\nmsgstr "لا أحد ينتظر."\n', encoding="utf-8")
    async with AsyncExitStack() as stack:
        guides = Guides(copied_content, head_cache)
        town = await open_town(stack, guides, clock, tmp_path / "x.db", staff={LIISA: "admin", PEKKA: "counsellor"})
        told: list[str] = []
        town.bot.review.staff.on_change.append(lambda: told.append("the menu is made anew"))
        staff = town.bot.review.staff
        liisa, pekka = staff.by_telegram(LIISA), staff.by_telegram(PEKKA)
        assert liisa is not None
        assert pekka is not None
        await staff.change(
            liisa, pekka.id, name="Pekka", role="counsellor", languages=("en",), topics=(), telegram_id=PEKKA
        )
        counsellor = Talker(town, town.world.person(PEKKA))
        assert await counsellor.says("/review") == ["Nobody is waiting."]
        await counsellor.says("العربية")
        told.clear()
        assert await counsellor.says("/review") == ["لا أحد ينتظر."]
        assert told == ["the menu is made anew"]
        await staff.load()
        pekka = staff.by_telegram(PEKKA)
        assert pekka is not None
        assert (pekka.chosen, pekka.languages) == ("ar", ("en",))
        assert town.bot.review.parts.words(pekka).locale == "ar", "news are told in it too, also after a restart"
        await counsellor.says("English please")
        assert await counsellor.says("/review") == ["Nobody is waiting."]


async def test_what_a_question_is_about_is_said_in_the_language_that_a_counsellor_chose(office: Office):
    await office.town.person("en").says(DOG)
    counsellor = Talker(office.town, office.town.world.person(PEKKA))
    await counsellor.says("English please")
    [card] = await counsellor.says("/review")
    assert "It is about: registration, dog" in card


async def test_a_question_about_a_place_says_in_the_chat_what_was_shown_too(office: Office):
    talker, counsellor = office.town.person("en"), Talker(office.town, office.town.world.person(PEKKA))
    await talker.says("which department is about parking")
    await talker.says("open today")
    await talker.presses("Ask a person")
    await counsellor.says("/review")
    assert "The bot showed: Vprašanja mestnemu uradu" in counsellor.last.text


async def test_who_asked_for_a_person_comes_first_then_people_times_days(office: Office, clock: Clock):
    old, many, person = ("who prunes old oak trees", DOG, "looking for somebody who builds wooden shelves")
    await office.town.person("en").says(old)
    clock.pass_by(days=1)
    for _ in range(3):
        await office.town.person("en").says(many)
    clock.pass_by(days=1)
    asking = office.town.person("en")
    await asking.says(person)
    await asking.presses("Ask a person")
    order = [group.text for group in await office.review.queue.groups(office.liisa)]
    assert order == [person, many, old]  # 3 people × 1 day before 1 person × 2 days


# --- acts -------------------------------------------------------------------------------------------------------


async def answered(office: Office, by: Staff, **new: object) -> Done:
    group = await office.only_group()
    outcome = await office.review.answering.answer(by, group.id, NewAnswer(**new))  # type: ignore[arg-type]
    assert isinstance(outcome, Done), outcome
    return outcome


async def test_a_claim_is_seen_holds_for_twenty_minutes_and_keeps_others_from_acting(office: Office, clock: Clock):
    await office.town.person("en").says(DOG)
    group = await office.only_group()
    acts = office.review.acts
    assert await acts.claim(office.liisa, group.id) == Done(group.id)
    refused = await acts.claim(office.pekka, group.id)
    assert isinstance(refused, TakenBy)
    assert (refused.staff, refused.what) == (office.liisa, "claimed")
    assert isinstance((await acts.drop(office.pekka, [group.id], "not-ours"))[0], TakenBy)
    assert (await office.only_group()).claimed_by == office.liisa
    clock.pass_by(minutes=21)
    assert (await office.only_group()).claimed_by is None
    assert await acts.claim(office.pekka, group.id) == Done(group.id)


async def test_of_two_who_answer_at_once_one_wins_and_the_other_sees_their_words(office: Office):
    await office.town.person("en").says(DOG)
    group = await office.only_group()
    both = [NewAnswer(texts={"en": words}, approved=frozenset({"en"})) for words in ("One.", "Other.")]
    outcomes = await asyncio.gather(
        office.review.answering.answer(office.liisa, group.id, both[0]),
        office.review.answering.answer(office.pekka, group.id, both[1]),
    )
    [won] = [outcome for outcome in outcomes if isinstance(outcome, Done)]
    [lost] = [outcome for outcome in outcomes if isinstance(outcome, TakenBy)]
    winner = outcomes.index(won)
    assert lost.staff == (office.liisa, office.pekka)[winner]
    assert lost.what == "answered"
    assert lost.texts == {"en": ("One.", "Other.")[winner]}
    assert len(await office.review.queue.answers(group.id)) == 1


async def test_the_preview_says_who_receives_it_in_which_language(office: Office):
    await office.town.person("en").says(DOG)
    waiting = office.town.person("sl")
    await waiting.says("kje registriram svojega psa")
    for other in (await office.review.queue.groups(office.liisa))[1:]:  # the thesaurus has no Slovene
        await office.review.acts.merge(office.liisa, other.id, (await office.review.queue.groups(office.liisa))[0].id)
    one = await office.only_group()
    await waiting.presses(waiting.buttons[0])
    new = NewAnswer(("service:city-office", "sentence:take-passport"), {"en": "At the town hall."}, frozenset({"en"}))
    preview = await office.review.answering.preview(office.liisa, one.id, new)
    assert preview is not None
    assert preview.faults == ()
    assert {r.language: (r.people, r.waiting, r.is_full) for r in preview.recipients} == {
        "en": (1, 0, True), "sl": (1, 1, False),
    }  # fmt: skip
    texts = {recipient.language: recipient.text for recipient in preview.recipients}
    assert "At the town hall." in texts["en"]
    assert "At the town hall." not in texts["sl"]
    for text in texts.values():
        assert "Mestna občina Maribor" in text
    refused = await office.review.answering.answer(office.liisa, one.id, NewAnswer(texts={"en": "x"}))
    assert refused == Refused("Approve the words in at least one language.")


async def test_pointing_to_a_need_teaches_the_wording_and_acts_at_once(office: Office):
    asking = office.town.person("en")
    await asking.says("who mends a broken bicycle")
    group = await office.only_group()
    await asking.presses("Yes, write to me")
    done = await office.review.answering.point(office.pekka, group.id, "see-doctor", "who mends bicycles")
    assert isinstance(done, Done)
    [reply] = await office.town.person("en").says("Who mends bicycles?")
    assert "Zdravstveni dom Maribor" in reply
    assert "A person wrote this answer." not in reply
    await office.undo_time_passes()
    assert asking.last.text == "A person has answered you."
    [shown] = await asking.presses("Show")
    assert "Zdravstveni dom Maribor" in shown


async def test_an_answer_acts_at_once_in_approved_languages_and_gives_the_facts_in_the_others(office: Office):
    await office.town.person("en").says(DOG)
    await answered(
        office, office.liisa, pieces=("service:city-office",), texts={"en": "Go to the town hall."},
        approved=frozenset({"en"}), wordings={"sl": "kje registriram psa"},
    )  # fmt: skip
    [english] = await office.town.person("en").says("Where do I register my dog?")
    assert english.startswith("A person wrote this answer.")
    assert "Go to the town hall." in english
    [slovene] = await office.town.person("sl").says("kje registriram psa")
    assert "Go to the town hall." not in slovene
    assert "Mestna občina Maribor" in slovene


async def test_words_of_somebody_who_is_forgotten_are_in_no_memory_either(office: Office):
    asker = office.town.person("en")
    await asker.says(DOG)
    await answered(office, office.liisa, texts={"en": "Go to the town hall."}, approved=frozenset({"en"}))
    await office.ticks()
    assert "Go to the town hall." in (await office.town.person("en").says(DOG))[0]
    await asker.says("/forget")
    await asker.presses("Yes, forget everything")
    await office.ticks()
    assert (await office.town.person("en").says(DOG))[0].startswith("I do not know this yet.")


async def test_words_that_are_translated_later_reach_whoever_saw_that_they_were_missing(office: Office):
    slovene, english = office.town.person("sl"), office.town.person("en")
    for person, yes in ((slovene, "Da, pišite mi"), (english, "Yes, write to me")):
        await person.says(DOG)
        await person.presses(yes if yes in person.buttons else person.buttons[0])
    await slovene.says("/language")  # the question was English, and the talk went on so
    await slovene.presses("slovenščina")
    done = await answered(office, office.liisa, texts={"en": "Go to the town hall."}, approved=frozenset({"en"}))
    await office.undo_time_passes()
    closed = slovene.last
    await slovene.presses(slovene.buttons[0])
    assert "Go to the town hall." not in slovene.last.text
    await english.presses("Show")
    heard = len(english.person.messages)
    await office.review.answering.translate(office.liisa, done.answer_id or 0, "sl", "Pojdi na občino.")
    await office.ticks()
    assert (slovene.last.text, len(english.person.messages)) == (closed.text, heard)
    await slovene.presses(slovene.buttons[0])
    assert "Pojdi na občino." in slovene.last.text
    await office.review.answering.translate(office.liisa, done.answer_id or 0, "sl", "Pojdite na občino.")
    await office.ticks()
    assert "Pojdi na občino." in slovene.last.text  # nobody is written to for a better word


async def test_undo_withdraws_the_answer_and_tells_who_got_it_meanwhile(office: Office):
    waiting, twelfth = office.town.person("en"), office.town.person("en")
    await waiting.says(DOG)
    await waiting.presses("Yes, write to me")
    done = await answered(office, office.liisa, texts={"en": "At the zoo."}, approved=frozenset({"en"}))
    await twelfth.says(DOG)
    assert "At the zoo." in twelfth.last.text
    assert isinstance(await office.review.answering.undo(office.liisa, done.answer_id or 0), Done)
    await office.undo_time_passes()
    assert twelfth.last.text.startswith("An answer that a person gave you here was wrong.")
    assert "At the zoo." not in "".join(message.text for message in waiting.person.messages)
    assert (await office.only_group()).state == "open"
    [reply] = await office.town.person("en").says(DOG)
    assert "At the zoo." not in reply
    assert isinstance(await office.review.answering.undo(office.liisa, done.answer_id or 0), Refused)


async def test_undo_after_the_broadcast_tells_everybody_who_has_it(office: Office):
    waiting = office.town.person("en")
    await waiting.says(DOG)
    await waiting.presses("Yes, write to me")
    done = await answered(office, office.liisa, texts={"en": "At the zoo."}, approved=frozenset({"en"}))
    await office.undo_time_passes()
    assert waiting.last.text == "A person has answered you."
    closed = waiting.last
    await office.review.answering.undo(office.liisa, done.answer_id or 0)
    await office.ticks()
    await office.ticks()
    assert waiting.last.text.startswith("An answer that a person gave you here was wrong.")
    [reply] = await waiting.presses("Show", closed)
    assert "At the zoo." not in reply


async def test_a_message_that_nobody_waits_for_comes_between_eight_and_twenty(office: Office, clock: Clock):
    waiting = office.town.person("en")
    await waiting.says(DOG)
    await waiting.presses("Yes, write to me")
    clock.pass_by(hours=12)  # 22:00
    await answered(office, office.liisa, texts={"en": "Yes."}, approved=frozenset({"en"}))
    await office.undo_time_passes()
    assert waiting.last.text != "A person has answered you."
    clock.pass_by(hours=9, minutes=50)  # 8:01
    await office.morning_comes()
    assert waiting.last.text == "A person has answered you."


async def test_a_split_is_remembered_a_merge_moves_everybody_and_all_have_waited_since_they_asked(
    office: Office, clock: Clock
):
    await office.town.person("en").says(DOG)
    clock.pass_by(days=1)
    await office.town.person("en").says("how can I register a dog here")
    clock.pass_by(days=1)
    group = await office.only_group()
    view = await office.review.queue.group(office.liisa, group.id)
    assert view is not None
    outcome = await office.review.acts.split(office.liisa, group.id, [view.questions[1].id])
    assert isinstance(outcome, Done)
    again = await office.review.acts.split(office.pekka, group.id, [view.questions[1].id])
    assert again == Refused("This was taken apart already.")
    waiting = {g.id: round(g.days, 2) for g in await office.review.queue.groups(office.liisa)}
    assert waiting == {group.id: 2, outcome.group_id: 1}
    view = await office.review.queue.group(office.liisa, group.id)
    assert view is not None
    assert view.near_groups == ()  # taken apart by a person: not suggested again
    await office.review.acts.merge(office.liisa, group.id, outcome.group_id)
    merged = await office.only_group()
    assert (merged.people, round(merged.days, 2)) == (2, 2)
    taken = await office.review.acts.claim(office.pekka, group.id)
    assert isinstance(taken, TakenBy)
    assert taken.what == "merged"


async def test_what_was_passed_on_to_a_colleague_is_theirs_also_when_it_is_put_together(office: Office):
    one, other = await asked_in_two_groups(office)
    await office.review.acts.pass_on(office.liisa, one.id, office.pekka.id)
    await office.review.acts.merge(office.liisa, one.id, other.id)
    [mine] = await office.review.queue.groups(office.pekka, Filters(mine=True))
    assert (mine.id, mine.handed_to) == (other.id, office.pekka)


async def test_of_two_who_take_a_pair_apart_at_once_one_finds_a_single_question_left(office: Office):
    await office.town.person("en").says(DOG)
    await office.town.person("en").says("how can I register a dog here")
    group, acts = await office.only_group(), office.review.acts
    view = await office.review.queue.group(office.liisa, group.id)
    assert view is not None
    both = [question.id for question in view.questions]
    assert await acts.split(office.liisa, group.id, both) == Refused(
        "All questions would leave together, so nothing was moved. Leave one where it is."
    )
    outcomes = await asyncio.gather(*(acts.split(office.liisa, group.id, [one]) for one in both))
    assert [type(outcome) for outcome in outcomes] == [Done, Refused]
    assert outcomes[1] == Refused("There is only one question here.")
    assert [found.people for found in await office.review.queue.groups(office.liisa)] == [1, 1]


async def test_of_two_at_the_same_moment_one_wins_whatever_the_acts_are(office: Office):
    acts, answering = office.review.acts, office.review.answering
    for text in (DOG, "looking for somebody who builds wooden shelves", "who prunes old oak trees"):
        await office.town.person("en").says(text)
    dog, carpenter, trees = sorted(group.id for group in await office.review.queue.groups(office.liisa))
    both = await asyncio.gather(answering.point(office.liisa, dog, "letters"), acts.merge(office.pekka, carpenter, dog))
    assert both == [Done(dog, 1), TakenBy(office.liisa, "pointed", "letters", office.town.clock())]
    assert [group.id for group in await office.review.queue.groups(office.liisa)] == [carpenter, trees]
    await acts.claim(office.liisa, trees)
    await acts.claim(office.pekka, carpenter)
    taken = await acts.merge(office.pekka, carpenter, trees)  # somebody works on the other one: it does not grow
    assert isinstance(taken, TakenBy)
    assert (taken.staff, taken.what) == (office.liisa, "claimed")
    both = await asyncio.gather(acts.merge(office.liisa, trees, dog), acts.drop(office.liisa, [trees], "abuse"))
    assert isinstance(both[0], TakenBy)
    both = await asyncio.gather(answering.undo(office.liisa, 1), answering.undo(office.pekka, 1))
    assert both == [Done(dog, 1), Refused("This answer had been taken back already.")]


async def test_dropping_sends_a_kind_line_but_not_for_abuse(office: Office):
    for reason, is_told in (("not-ours", True), ("abuse", False)):
        person = office.town.person("en")
        await person.says(DOG)
        await person.presses("Yes, write to me")
        before = len(person.person.messages)
        await office.review.acts.drop(office.liisa, [(await office.only_group()).id], reason)  # type: ignore[arg-type]
        await office.town.settled()
        assert (len(person.person.messages) > before) is is_told
        if is_told:
            sorry = "You asked something here that we cannot answer. I am sorry."
            assert person.last.text.startswith(f"{sorry}\n\nYou reach a person here: ")
            assert "gp.mom@maribor.si" in person.last.text


async def test_whoever_a_question_is_passed_on_to_hears_of_it_and_comes_to_it_by_the_button(office: Office):
    for text in (DOG, "looking for somebody who builds wooden shelves"):
        await office.town.person("en").says(text)
    _, shelves = sorted(group.id for group in await office.review.queue.groups(office.liisa))
    liisa = Talker(office.town, office.town.world.person(LIISA))
    await liisa.says("/start")
    await office.review.acts.pass_on(office.pekka, shelves, office.liisa.id)
    await office.town.settled()
    assert liisa.last.text == f"{office.pekka.name} passed a question on to you."
    [shown] = await liisa.presses(f"Question {shelves}")
    assert shown.startswith("looking for somebody who builds wooden shelves")
    assert f"For {office.liisa.name}" in shown


async def test_a_notice_that_is_too_long_for_one_message_arrives_whole(office: Office):
    liisa = Talker(office.town, office.town.world.person(LIISA))
    await liisa.says("/start")
    text = " ".join(f"word{number}" for number in range(1200))
    unit = office.town.bot.store.unit()
    office.review.parts.stage_notice(unit, "long", office.liisa, text)
    before = len(liisa.person.messages)
    await office.town.bot.store.commit(unit)
    await office.town.settled()
    assert " ".join(message.text for message in liisa.person.messages[before:]) == text


@pytest.mark.parametrize(
    ("data", "begins"), [("s1:show:99999999999999999999", "This button is old."), ("s1:show:x", "This question is")]
)
async def test_a_forged_button_of_the_staff_fails_nobody(office: Office, data: str, begins: str):
    liisa = Talker(office.town, office.town.world.person(LIISA))
    await liisa.says("/review")
    [shown] = await liisa.forges(data)
    assert shown.startswith(begins)


async def test_the_chat_names_languages_in_the_counsellors_own_and_shows_letters(office: Office):
    person, question = await asking_person(office)
    dog = (await office.only_group()).id
    await office.review.writing.ask_back(office.pekka, question, "Is it a big dog?")
    await office.review.acts.pass_on(office.pekka, dog, office.liisa.id)
    await office.town.settled()
    both = [Talker(office.town, office.town.world.person(number)) for number in (LIISA, PEKKA)]
    for colleague in both:
        await colleague.says("/start")
    await person.says("as big as a horse", reply_to=person.last)
    await person.presses("Reply to the counsellor")  # many write a thing in several messages
    await person.says("yes, as big as a horse")
    await office.town.settled()
    for colleague in both:  # who wrote, and who is to answer now
        assert colleague.last.text == "A person answered you."
        [shown] = await colleague.presses(f"Question {dog}")
        assert f"{office.pekka.name} wrote:\n\nIs it a big dog?" in shown
        assert "The person wrote:\n\nas big as a horse\n\nThe person wrote:\n\nyes, as big as a horse" in shown
    await office.review.acts.drop(office.pekka, [dog], "written")
    [shown] = await both[0].forges(f"s1:show:{dog}")
    assert shown.startswith("This question is closed.")
    assert "yes, as big as a horse" in shown
    arabic = office.town.person("ar")
    await arabic.says("أين أسجل كلبي")
    [shown] = await both[0].says("/review")
    assert "Arabic" in shown
    assert "العربية" not in shown


async def test_every_act_is_logged(office: Office):
    await office.town.person("en").says(DOG)
    group = await office.only_group()
    await office.review.acts.claim(office.pekka, group.id)
    await office.review.acts.pass_on(office.pekka, group.id, office.liisa.id)
    assert [g.id for g in await office.review.queue.groups(office.liisa, Filters(mine=True))] == [group.id]
    await answered(office, office.liisa, pieces=("sentence:call-first",))
    acts = await office.review.staff.acts(group_id=group.id)
    assert [(act.act, act.by.name if act.by else "") for act in acts] == [
        ("answer", office.liisa.name), ("pass-on", office.pekka.name), ("claim", office.pekka.name),
    ]  # fmt: skip


# --- letters ----------------------------------------------------------------------------------------------------


async def asking_person(office: Office) -> tuple[Talker, int]:
    person = office.town.person("en")
    await person.says(DOG)
    await person.presses("Yes, write to me")
    [question] = await questions(office.town.bot.store)
    assert question.id is not None
    return person, question.id


async def test_a_letter_reaches_one_person_and_the_reply_by_button_or_quote_comes_back(office: Office):
    person, question = await asking_person(office)
    outcome = await office.review.writing.ask_back(office.pekka, question, "Is it a big dog?")
    assert isinstance(outcome, Done)
    await office.town.settled()
    letter = person.last
    assert "Is it a big dog?" in letter.text
    assert letter.text.startswith("A person writes to you:")
    [covered] = [entity for entity in letter.raw["entities"] if entity["type"] == "spoiler"]
    assert letter.text[covered["offset"] :].startswith("Is it a big dog?")  # not to be read in a notification
    await person.presses("Reply to the counsellor")
    [reply] = await person.says("yes, as big as a horse")
    assert reply.startswith("I gave your message to the counsellor.")
    [reply] = await person.says("its number is 0401234567", reply_to=letter)
    assert reply.startswith("I gave your message to the counsellor.")
    assert "I deleted this from your message: phone number." in reply  # else they would wait for a call
    [reply] = await person.says("which department is about parking")
    assert "Mestna občina Maribor" in reply  # neither button nor quote: a question like any other
    said = [(line.speaker, line.text) for line in await lines_of(office.town.bot.store, person.person.id)]
    assert ("counsellor", "Is it a big dog?") in said  # /save tells a person from the machine
    assert ("person", "yes, as big as a horse") in said
    group = await office.only_group()
    assert group.has_mail
    view = await office.review.queue.group(office.liisa, group.id)
    assert view is not None
    assert [row.kind for row in view.letters] == ["ask-back", "from-person", "from-person"]
    assert "0401234567" not in view.letters[-1].text
    assert group.state == "open"


async def test_letters_are_read_where_their_question_stands(office: Office):
    person, question = await asking_person(office)
    await office.town.person("en").says("looking for somebody who builds wooden shelves")
    dog, shelves = sorted(group.id for group in await office.review.queue.groups(office.liisa))
    await office.review.writing.ask_back(office.pekka, question, "Is it a big dog?")
    await office.town.settled()
    await person.says("as big as a horse", reply_to=person.last)
    await office.review.acts.merge(office.pekka, dog, shelves)
    both = await office.review.queue.group(office.pekka, shelves)
    assert both is not None
    assert both.summary.has_mail
    assert [letter.text for letter in both.letters] == ["Is it a big dog?", "as big as a horse"]
    apart = await office.review.acts.split(office.pekka, shelves, [question])
    assert isinstance(apart, Done)
    left, gone = [await office.review.queue.group(office.pekka, number) for number in (shelves, apart.group_id)]
    assert left is not None
    assert gone is not None
    assert (len(left.letters), len(gone.letters)) == (0, 2)


async def test_a_reply_after_a_day_and_an_urgent_reply_go_where_any_message_goes(office: Office, clock: Clock):
    person, question = await asking_person(office)
    await office.review.writing.reply(office.pekka, question, "Come on Monday.")
    await office.town.settled()
    letter = person.last
    replies = await person.says("my flat is on fire", reply_to=letter)
    assert replies[0].startswith("112")
    clock.pass_by(hours=25)
    [reply] = await person.presses("Reply to the counsellor", letter)
    assert reply.startswith("This talk is over.")


async def saved(person: Talker) -> str:
    """What stands in the file of the talk; "" when there is nothing to save."""
    [message] = await person.gets(lambda: person.person.write("/save"))
    document = message.raw.get("document")
    return person.town.world.files[document["file_id"]].data.decode() if document else ""


async def test_a_letter_waits_for_the_morning_unless_the_person_wrote_within_the_hour(office: Office, clock: Clock):
    person, question = await asking_person(office)
    clock.pass_by(hours=16)  # two in the night
    await office.review.writing.reply(office.pekka, question, "Come on Monday.")
    await office.ticks()
    assert "Come on Monday." not in person.last.text
    view = await office.review.queue.group(office.liisa, (await office.only_group()).id)
    assert view is not None
    [letter] = view.letters
    assert letter.goes_out_at is not None
    assert view.questions[0].letter_goes_out == letter.goes_out_at
    assert "Come on Monday." not in await saved(person), "nobody reads beforehand what comes in the morning"
    clock.pass_by(hours=6, seconds=1)
    await office.morning_comes()
    came = person.last
    assert "Come on Monday." in came.text
    assert "Come on Monday." in await saved(person)
    clock.pass_by(hours=23)  # seven in the morning, not yet a day after it came
    await person.presses("Reply to the counsellor", came)
    [reply] = await person.says("On which Monday?")
    assert reply.startswith("I gave your message to the counsellor.")
    await office.review.writing.reply(office.pekka, question, "On the next one.")
    await office.ticks()
    assert "On the next one." in person.last.text  # they are awake and wait


async def test_who_takes_the_yes_back_at_night_gets_nothing_in_the_morning(office: Office, clock: Clock):
    person, question = await asking_person(office)
    offer = person.last
    clock.pass_by(hours=16)
    await office.review.writing.reply(office.pekka, question, "Come on Monday.")
    await answered(office, office.liisa, pieces=("sentence:call-first",))
    await office.undo_time_passes()
    await person.presses("Do not write to me", offer)
    before = len(person.person.messages)
    clock.pass_by(hours=8)
    await office.morning_comes()
    assert len(person.person.messages) == before
    assert "Come on Monday." not in await saved(person)


async def test_that_nobody_can_be_written_to_is_said_where_a_person_was_asked_for(office: Office):
    person = office.town.person("en")
    await person.says(DOG)
    await person.presses("Ask a person")
    liisa = Talker(office.town, office.town.world.person(LIISA))
    [shown] = await liisa.says("/review")
    assert "Nobody can be written to" in shown
    await person.presses("Yes, write to me")
    [shown] = await liisa.says("/review")
    assert "Nobody can be written to" not in shown


async def test_nobody_can_be_written_to_who_did_not_say_yes(office: Office):
    await office.town.person("en").says(DOG)
    [question] = await questions(office.town.bot.store)
    outcome = await office.review.writing.reply(office.pekka, question.id or 0, "Hello")
    assert outcome == Refused("This person did not say: write to me.")


# --- staff ------------------------------------------------------------------------------------------------------


async def test_a_link_opens_one_session_once_and_ends_with_the_person(office: Office, clock: Clock):
    staff = office.review.staff
    link = await staff.make_link(office.pekka)
    assert await staff.link_owner(link) == office.pekka
    cookie = await staff.redeem(link)
    assert cookie is not None
    assert await staff.redeem(link) is None
    session = await staff.session(cookie)
    assert session is not None
    assert session.staff == office.pekka
    assert await staff.session("forged") is None
    late = await staff.make_link(office.pekka)
    clock.pass_by(minutes=16)
    assert await staff.redeem(late) is None
    stored = office.town.database.read_bytes()
    for secret in (link, cookie):
        assert secret.encode() not in stored
    await office.town.person("en").says(DOG)
    await office.review.acts.claim(office.pekka, (await office.only_group()).id)
    assert await staff.remove(office.liisa, office.pekka.id) == Done(0)
    assert await staff.session(cookie) is None
    assert (await office.only_group()).claimed_by is None
    assert staff.by_telegram(PEKKA) is None


async def test_only_an_admin_changes_the_staff_and_the_last_one_stays(office: Office):
    staff = office.review.staff
    assert await staff.add(office.pekka, name="X", role="admin") == Refused("Only an admin may do this.")
    assert await staff.remove(office.liisa, office.liisa.id) == Refused("The last admin cannot be removed.")
    assert await staff.add(office.liisa, name="Aino", role="translator", languages=("ar",)) == Done(0)
    aino = next(one for one in staff.everybody if one.name == "Aino")
    await office.town.person("en").says(DOG)
    refused = await office.review.acts.claim(aino, (await office.only_group()).id)
    assert refused == Refused("Translators do not answer questions.")


async def test_admins_are_told_of_what_nobody_touched_for_five_working_days(office: Office, clock: Clock):
    admin = Talker(office.town, office.town.world.person(LIISA))
    await office.town.person("en").says(DOG)
    clock.pass_by(days=6)
    await office.ticks()
    [week] = [message.text for message in admin.person.messages]  # on Monday morning everybody hears of the last week
    assert week.startswith("Opas, 23.11.2026–29.11.2026")
    assert "five working days" not in week  # Tuesday to Monday: four working days and a weekend
    clock.pass_by(days=2)
    await office.ticks()
    assert admin.last.text == "A question has been waiting for five working days. Look at it: /review"
    clock.pass_by(days=1)
    await office.ticks()
    assert len(admin.person.messages) == 2


async def test_what_is_done_every_hour_is_done_too_after_the_clock_was_set_back(office: Office, clock: Clock):
    admin = Talker(office.town, office.town.world.person(LIISA))
    clock.pass_by(days=500)
    await office.ticks()
    clock.pass_by(days=-500)
    await office.town.person("en").says(DOG)
    clock.pass_by(days=8)
    await office.ticks()
    assert admin.last.text == "A question has been waiting for five working days. Look at it: /review"


async def test_a_question_of_half_a_year_is_given_up_with_a_kind_line(office: Office, clock: Clock):
    person, _ = await asking_person(office)
    clock.pass_by(days=179, hours=1)
    await office.ticks()
    assert person.last.text.startswith("You asked something here that we cannot answer.")
    assert await questions(office.town.bot.store) == []


async def test_a_group_that_ran_empty_waits_like_any_other_when_it_is_asked_again(office: Office, clock: Clock):
    first, second = office.town.person("en"), office.town.person("en")
    await first.says("where can i hand in an application to the city")
    await first.presses("A fact is wrong")
    await first.says("/forget")
    await first.presses("Yes, forget everything")
    clock.pass_by(hours=2)
    await office.ticks()
    await second.says("where can i hand in an application to the city")
    await second.presses("A fact is wrong")
    clock.pass_by(days=32)
    await office.ticks()
    await office.town.bot.store.expire()
    assert (await office.only_group()).kind == "fact"


# --- in the chat ------------------------------------------------------------------------------------------------


async def test_review_in_the_chat_shows_one_group_and_points_it_to_a_need(office: Office):
    asking = office.town.person("en")
    await asking.says("where do I hand in my dog & <b>cat</b>")
    await asking.presses("Yes, write to me")
    counsellor = Talker(office.town, office.town.world.person(PEKKA))
    [card] = await counsellor.says("/review")
    assert card.startswith("where do I hand in my dog & <b>cat</b>\n")
    assert "1 person, 0 minutes, English; 1 wants an answer here." in card
    await counsellor.presses("I take it")
    assert (await office.only_group()).claimed_by == office.pekka
    [means] = [label for label in counsellor.buttons if label.startswith("It means: ")][:1]
    [after] = await counsellor.presses(means)
    assert after == "Nobody is waiting."
    await counsellor.presses(counsellor.buttons[0])  # take back
    assert (await office.only_group()).state == "open"


async def test_whoever_works_on_a_question_sees_it_in_the_chat_and_lets_it_go_there(office: Office):
    await office.town.person("en").says(DOG)
    liisa, pekka = (Talker(office.town, office.town.world.person(number)) for number in (LIISA, PEKKA))
    await pekka.says("/review")
    [card] = await pekka.presses("I take it")
    assert card.endswith("You work on it until 10:20.")
    [other] = await liisa.says("/review")
    assert other.endswith(f"{office.pekka.name} works on it until 10:20.")
    await pekka.presses("Let it go")
    assert (await office.only_group()).claimed_by is None
    assert "I take it" in pekka.buttons


async def test_own_words_wait_while_a_colleague_works_on_the_question(office: Office):
    await office.town.person("en").says(DOG)
    group = await office.only_group()
    counsellor = Talker(office.town, office.town.world.person(PEKKA))
    await counsellor.says("/review")
    await counsellor.presses("My own words")
    await counsellor.says("Go to the vet with your dog.")
    await office.review.acts.claim(office.liisa, group.id)
    [why] = await counsellor.presses("Give this answer")
    assert why == f"{office.liisa.name} works on it until 10:20. Nothing was changed."
    assert counsellor.buttons == ["Back to the question", "Next", "Open the page"]
    await office.review.acts.release(office.liisa, group.id)
    await counsellor.forges(f"s1:give:{group.id}")
    [answer] = await office.review.queue.answers(group.id)
    assert answer.texts == {"en": "Go to the vet with your dog."}


async def test_the_second_counsellor_reads_all_words_of_the_first_in_the_chat(office: Office):
    await office.town.person("en").says(DOG)
    group = await office.only_group()
    late = Talker(office.town, office.town.world.person(PEKKA))
    await late.says("/review")
    words = "Go to the vet with your dog. " * 20
    await office.review.answering.answer(office.liisa, group.id, NewAnswer((), {"en": words}, frozenset({"en"})))
    [seen] = await late.forges(f"s1:point:{group.id}:letters")
    assert seen == f"{office.liisa.name} answered this 24.11.2026 10:00. Yours was not sent:\n\n{words.strip()}"
    await office.town.person("en").says("who prunes old oak trees")
    group = await office.only_group()
    texts = {"sl": "Kolesarski servis.", "en": "The bicycle shop."}
    await office.review.answering.answer(office.liisa, group.id, NewAnswer((), texts, frozenset(texts)))
    [seen] = await late.forges(f"s1:point:{group.id}:letters")
    assert seen.endswith("Slovenian:\nKolesarski servis.\n\nEnglish:\nThe bicycle shop.")


async def test_own_words_are_shown_with_their_receivers_before_anybody_gets_them(office: Office):
    asking = office.town.person("en")
    await asking.says(DOG)
    await asking.presses("Yes, write to me")
    counsellor = Talker(office.town, office.town.world.person(PEKKA))
    await counsellor.says("/review")
    await counsellor.presses("My own words")
    [seen] = await counsellor.says("Go to the vet with your dog.")
    assert seen.startswith("Who receives it\n\nEnglish · asked: 1, get a message: 1\n")
    assert "Go to the vet with your dog." in seen
    assert (await office.only_group()).state == "open"
    await counsellor.presses("Give this answer")
    await office.undo_time_passes()
    await asking.presses("Show")
    assert "Go to the vet with your dog." in asking.last.text
    assert "Go to the vet with your dog." in (await office.town.person("en").says(DOG))[0]
    # Nothing waits for words any more: the counsellor asks like anybody else.
    assert (await counsellor.says("looking for somebody who builds wooden shelves"))[0].startswith(
        "I do not know this yet."
    )
    group = await office.only_group()
    assert (group.text, group.state) == ("looking for somebody who builds wooden shelves", "open")


async def test_whoever_was_removed_while_an_answer_was_waited_for_is_answered_like_anybody(office: Office):
    await office.town.person("en").says(DOG)
    removed = Talker(office.town, office.town.world.person(PEKKA))
    await removed.says("/review")
    await removed.presses("My own words")
    await office.review.staff.remove(office.liisa, office.pekka.id)
    [reply] = await removed.says("which department is about parking")
    assert "Mestna občina Maribor" in reply
    assert (await office.only_group()).state == "open"


async def test_what_a_counsellor_has_begun_in_the_chat_outlives_a_restart(
    staffed: Guides, clock: Clock, tmp_path: Path
):
    world, path = World(), tmp_path / "restart.db"

    async def program(stack: AsyncExitStack) -> Talker:
        town = await open_town(stack, staffed, clock, path, world, staff={PEKKA: "admin"})
        return Talker(town, world.person(PEKKA))

    async with AsyncExitStack() as stack:
        counsellor = await program(stack)
        await counsellor.town.person("en").says(DOG)
        await counsellor.says("/review")
        await counsellor.presses("My own words")
    async with AsyncExitStack() as stack:
        counsellor = await program(stack)
        [seen] = await counsellor.says("Go to the vet with your dog.")  # no question of a newcomer
        assert seen.startswith("Who receives it")
    async with AsyncExitStack() as stack:
        counsellor = await program(stack)
        assert (await counsellor.presses("Give this answer"))[-1] == "Nobody is waiting."
        [answer] = await counsellor.town.bot.review.queue.answers(1)
        assert answer.texts == {"en": "Go to the vet with your dog."}
        person = await counsellor.town.bot.store.person(PEKKA)
        assert person is not None
        assert "review" not in person.state  # given: nothing of it is kept there


async def test_review_in_the_chat_takes_apart_puts_together_and_shows_only_some(office: Office):
    for text in (DOG, "how can I register a dog here"):
        await office.town.person("en").says(text)
    group = await office.only_group()
    counsellor = Talker(office.town, office.town.world.person(PEKKA))
    await counsellor.says("/review")
    await counsellor.presses("More …")
    await counsellor.presses("Take apart: how can I register a dog here")
    apart, other = sorted(g.id for g in await office.review.queue.groups(office.pekka))
    assert apart == group.id
    await office.review.acts.claim(office.pekka, other)
    await counsellor.says("/review")
    await counsellor.presses("More …")
    await counsellor.presses("Mine")
    assert counsellor.last.text.startswith("how can I register a dog here")
    await counsellor.presses("Next")
    assert counsellor.last.text.startswith("how can I register a dog here")
    await office.review.acts.release(office.pekka, other)
    await counsellor.presses("Next")
    assert counsellor.last.text == "No question fits these filters."
    await counsellor.presses("All questions")
    await counsellor.forges(f"s1:merge:{other}:{apart}")
    assert (await office.only_group()).people == 2


async def test_review_drops_a_group_with_a_reason_and_gives_a_link(office: Office):
    await office.town.person("en").says(DOG)
    late, counsellor = (Talker(office.town, office.town.world.person(number)) for number in (LIISA, PEKKA))
    await late.says("/review")
    await counsellor.says("/review")
    await counsellor.presses("Drop …")
    await counsellor.presses("· Not a question")
    await counsellor.person.sees(
        lambda: [toast for toast in counsellor.person.toasts if toast.text == "It was dropped."]
    )
    assert await office.review.queue.groups(office.liisa) == ()
    await late.presses("I take it")
    assert late.last.text == f"{office.pekka.name} dropped this 24.11.2026 10:00:\n\nNot a question"
    await late.presses("Back to the question")
    assert late.last.text.split() == ["This", "question", "is", "closed.", "Dropped"]
    [link] = await counsellor.presses("Open the page")
    token = link.rpartition("/")[2]
    assert await office.review.staff.link_owner(token) == office.pekka


async def test_for_everybody_else_the_commands_and_buttons_of_the_staff_are_not_there(office: Office):
    await office.town.person("en").says(DOG)
    group = await office.only_group()
    stranger, other = office.town.person("en"), office.town.person("en")
    unknown = await other.says("/nosuchcommand")
    assert await stranger.says("/review") == unknown
    old_button = await other.forges("v0:nonsense")
    for data in (f"s1:drop:{group.id}:abuse", f"s1:claim:{group.id}", f"s1:words:{group.id}", "s1:page:0"):
        assert await stranger.forges(data) == old_button
    assert (await office.only_group()).claimed_by is None
    await office.review.staff.remove(office.liisa, office.pekka.id)
    removed = Talker(office.town, office.town.world.person(PEKKA))
    assert (await removed.says("/review"))[0].splitlines()[0] == unknown[0].splitlines()[0]


async def test_a_choice_that_nobody_makes_lies_in_the_second_drawer(office: Office, clock: Clock):
    leaves, chooses = office.town.person("en"), office.town.person("en")
    for person in (leaves, chooses):
        await person.says("fever")
        assert "None of these" in person.buttons
    await chooses.presses("Zdravnik")
    clock.pass_by(minutes=31)
    await office.ticks()
    assert await office.review.queue.groups(office.liisa) == ()
    [aside] = await office.review.queue.groups(office.liisa, drawer="aside")
    assert (aside.text, aside.people) == ("fever", 1)
    await office.town.person("en").says("fever")
    insists = office.town.person("en")
    await insists.says("fever")
    await insists.presses("None of these")
    assert (await office.only_group()).id == aside.id  # somebody said so: it comes into the queue


async def test_a_choice_that_nobody_makes_is_not_lost_when_the_program_starts_again(
    staffed: Guides, clock: Clock, tmp_path: Path
):
    world, database, staff = World(), tmp_path / "office.db", {LIISA: "admin"}
    async with AsyncExitStack() as stack:
        town = await open_town(stack, staffed, clock, database, world, staff=staff)
        leaves, chooses, forgets = town.person("en"), town.person("en"), town.person("en")
        for person in (leaves, chooses, forgets):
            await person.says("fever")
        await forgets.says("/forget")
        await forgets.presses("Yes, forget everything")
    async with AsyncExitStack() as stack:
        town = await open_town(stack, staffed, clock, database, world, staff=staff)
        await Talker(town, chooses.person).presses("Zdravnik")
        clock.pass_by(minutes=31)
        await town.bot.delivery.tick()
        [liisa] = town.bot.review.staff.everybody
        [aside] = await town.bot.review.queue.groups(liisa, drawer="aside")
        assert (aside.text, aside.people) == ("fever", 1)
        assert len(await questions(town.bot.store)) == 1
