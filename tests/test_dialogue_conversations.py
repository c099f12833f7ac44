"""Whole conversations over the real protocol: what a newcomer sees on the phone."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.dialogue import GeneralAnswer
from bot.dialogue.smalltalk import small_talk_reply
from bot.dialogue.tongues import tongues
from bot.guide import Guide
from bot.guides import Guides
from bot.matching.cache import HeadCache
from tests.conftest import Clock, Talker, Town, open_town, shown, spoil
from tests.stored import counters, questions

THIRTEEN = ["fi", "en", "sv", "et", "ru", "uk", "ar", "fa", "so", "tr", "fr", "es", "zh"]
NOON = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Europe/Ljubljana"))


async def test_start_greets_says_that_a_machine_answers_and_offers_the_languages_by_their_own_names(talker: Talker):
    [greeting] = await talker.says("/start")
    assert greeting.startswith("Hello! I am Opas, a guide to services in Maribor.")
    assert "I am a machine." in greeting
    assert "Do not write names, identity codes or other personal data" in greeting
    assert talker.buttons == ["slovenščina", "English", "العربية", "Menu"]


async def test_a_greeting_names_only_topics_of_this_city(
    talker: Talker, copied_content: Path, head_cache: HeadCache, clock: Clock, tmp_path: Path
):
    [greeting] = await talker.says("hello")
    assert "Ask me about life in Maribor: Mesto in uradi, Zdravje." in greeting
    spoil(copied_content, "health: {title: Zdravje}", "health: {title: Zdravje, example: zdravnik}")
    async with AsyncExitStack() as stack:
        town = await open_town(stack, Guides(copied_content, head_cache), clock, tmp_path / "x.db")
        [greeting] = await town.person("en").says("hello")
        assert "Ask me about life in Maribor: zdravnik." in greeting


async def test_a_question_is_answered_with_the_right_service_and_its_facts(talker: Talker):
    [answer] = await talker.says("which department is about parking")
    assert "Mestna občina Maribor" in answer
    assert "Address: Ulica heroja Staneta 1, 2000 Maribor" in answer
    assert "(02) 220 12 14" in answer
    assert "Open now, until 12:00." in answer
    assert talker.buttons[:3] == ["Call", "Map", "Web page"]


async def test_a_service_that_has_ended_is_not_shown_when_somebody_names_it(
    copied_content: Path, head_cache: HeadCache, clock: Clock, tmp_path: Path
):
    spoil(
        copied_content,
        "    name: Zdravstveni dom Maribor\n",
        "    name: Zdravstveni dom Maribor\n    ended: 2024-12-31\n",
    )
    async with AsyncExitStack() as stack:
        town = await open_town(stack, Guides(copied_content, head_cache), clock, tmp_path / "x.db")
        [reply] = await town.person("en").says("Zdravstveni dom Maribor")
        assert "No service for this is known at the moment." in reply
        assert "Ulica talcev" not in reply


def test_an_answer_of_a_person_whose_need_is_gone_leads_to_a_person(maribor: Guide):
    speaker = maribor.texts.speaker("en")
    reply = maribor.dialogue.general(GeneralAnswer(1, ("need:gone", "service:gone")), speaker, NOON)
    assert reply.text.startswith("No service for this is known at the moment.")
    assert "You reach a person here: Mestna občina Maribor" in reply.text


async def test_who_writes_the_title_of_a_topic_sees_what_its_button_shows_in_a_message_of_its_own(talker: Talker):
    await talker.says("/menu")
    titles = talker.buttons
    title = next(title for title in titles if "Zdravje" in title)
    [listed] = await talker.says(title.lower())
    assert title in listed
    assert "Back" in talker.buttons
    written = talker.buttons
    await talker.says("back")
    assert talker.buttons == titles
    await talker.presses(title)
    assert talker.buttons == written


def test_who_asks_for_another_language_may_choose_one(maribor: Guide):
    speaker = maribor.texts.speaker("en")
    asked = small_talk_reply(speaker, maribor.texts, maribor.catalogue, "language")
    assert [paragraph.text for paragraph in asked.paragraphs] == ["Choose your language:"]
    assert [button.label for row in asked.buttons for button in row] == ["slovenščina", "English", "العربية"]


async def test_the_first_answer_of_a_session_says_that_a_machine_answers_and_later_ones_do_not(
    talker: Talker, clock: Clock
):
    notice = "I am a machine, not a person."
    [first] = await talker.says("my throat hurts")
    [second] = await talker.says("fever and cough for a week now, really")
    assert notice in first
    assert notice not in second
    clock.pass_by(hours=25)
    [later] = await talker.says("my throat hurts")
    assert notice in later


async def test_the_urgent_card_begins_with_the_number_and_nothing_stands_before_it(talker: Talker):
    replies = await talker.says("my husband beats me and I am afraid")
    assert replies[0].splitlines()[0] == "113"
    assert replies[1] == "☎ 113"
    assert "Draft" not in replies[0]
    assert "I am a machine. Nobody reads this chat now." in replies[0]
    assert "080 1155" in replies[0]


async def test_the_session_notice_of_an_urgent_talk_is_a_message_of_its_own_after_the_card(talker: Talker):
    replies = await talker.says("my flat is on fire")
    assert replies[0].startswith("112")
    assert replies[1] == "☎ 112"
    assert replies[2].startswith("I am a machine, not a person.")


async def test_an_urgent_sentence_inside_a_long_message_is_found(talker: Talker):
    text = (
        "Good evening. We moved here in spring and my daughter likes the school very much. The weather is nice today. "
        "My neighbour helps me with the garden. My husband beats me. How do I get a library card?"
    )
    replies = await talker.says(text)
    assert replies[0].startswith("113")


async def test_remove_this_talk_deletes_both_sides_and_forgets_the_chat(talker: Talker, town: Town):
    await talker.says("hello")
    await talker.says("he threatens me with a knife")
    card = next(message for message in talker.person.messages if message.from_bot and message.text.startswith("113"))
    await talker.presses("Remove this talk from my screen", card)
    assert talker.person.messages == []
    assert await town.bot.store.person(talker.person.id) is None


async def test_an_unknown_question_is_told_honestly_and_kept_without_its_asker(talker: Talker, town: Town):
    [reply] = await talker.says("which film is the best one about planets")
    assert reply.startswith("I do not know this yet.")
    assert "gp.mom@maribor.si" in reply
    [question] = await questions(town.bot.store)
    assert question.text == "which film is the best one about planets"
    assert question.chat_id is None


async def test_a_question_that_the_person_takes_back_is_gone(talker: Talker, town: Town):
    await talker.says("which film is the best one about planets")
    await talker.presses("Do not keep it")
    assert await questions(town.bot.store) == []
    assert talker.person.toasts[-1].text == "I deleted your question."


async def test_close_needs_are_offered_beside_none_of_these(talker: Talker):
    [choice] = await talker.says("doctor")
    assert choice.startswith("What do you mean? Choose one:")
    assert talker.buttons[-1] == "None of these"
    assert 3 <= len(talker.buttons) <= 4


async def test_one_need_that_may_be_meant_is_asked_about_alone_and_leads_to_a_person_if_it_is_not(talker: Talker):
    [question] = await talker.says("children fever night")
    assert question.startswith("Do you mean this?")
    assert talker.buttons == ["Zdravnik ponoči in ob koncu tedna", "Not this"]
    [honest] = await talker.presses("Not this")
    assert honest.startswith("Then I did not understand.")
    assert "Ask a person" in talker.buttons


async def test_two_wishes_in_one_message_get_two_answers(talker: Talker):
    doctor, office = await talker.says("my throat hurts and which department is about parking")
    assert "Zdravstveni dom Maribor" in doctor
    assert "Mestna občina Maribor" in office


async def test_after_two_answers_a_short_question_is_about_both_places(talker: Talker):
    first, second = await talker.says("my throat hurts and which department is about parking")
    doctor, office = await talker.says("where is it")
    assert first != second
    assert doctor.startswith("Zdravstveni dom Maribor\n\n")
    assert office.startswith("Mestna občina Maribor\n\nAddress: Ulica heroja Staneta 1")


async def test_of_two_wishes_the_one_that_is_not_clear_is_asked_about(talker: Talker):
    office, choice = await talker.says("a doctor please and which department is about parking")
    assert "Mestna občina Maribor" in office
    assert choice.startswith("What do you mean? Choose one:")


async def test_who_asks_about_another_place_hears_that_only_one_city_is_known_and_may_choose_it(talker: Talker):
    line = "I know only one city: Maribor. What I write is about that city."
    [choice] = await talker.says("which department is about parking in Ljubljana")
    assert choice.startswith(f"{line}\n\n")
    assert "What do you mean?" not in choice  # that is clear
    assert "Mestna občina Maribor" not in choice
    [office] = await talker.presses("Vprašanja mestnemu uradu")
    assert "Mestna občina Maribor" in office
    [unknown] = await talker.says("which film is shown in Celje tonight")
    assert unknown.startswith(f"{line}\n\nI do not know this yet.")
    [moved] = await talker.says("I came from Celje, which department in Maribor is about parking")
    assert line not in moved
    [card, *_] = await talker.says("my flat in Ljubljana is on fire")
    assert card.startswith("112")


async def test_who_first_asks_who_sees_it_reads_once_how_to_save_the_talk(talker: Talker):
    [reply] = await talker.says("do you tell the police")
    assert reply.count("/save") == 1
    assert "I am a machine, not a person." in reply


async def test_what_next_shows_what_people_need_after_an_answer(talker: Talker):
    await talker.says("which department is about parking")
    await talker.presses("What next?")
    [reply] = talker.person.messages[-1:]
    assert reply.text.endswith("After this people often need:")
    assert talker.buttons[0] == "Pomoč pri dopisu"


async def test_the_draft_is_owned_up_to_once_a_talk_and_again_in_another_language(talker: Talker, clock: Clock):
    label = "Draft: a native speaker has not checked these texts yet."
    [first] = await talker.says("which department is about parking")
    [second] = await talker.says("my throat hurts")
    assert label in first
    assert label not in second
    [arabic] = await talker.says("أين أقدم طلبا للبلدية")
    assert label in arabic  # this city has no Arabic words for it
    clock.pass_by(hours=25)
    [later] = await talker.says("my throat hurts")
    assert label in later


async def test_who_cries_in_two_words_hears_the_number_first_and_then_how_to_go_on(talker: Talker):
    [card, number, *_] = await talker.says("heart attack")
    assert card.splitlines()[0] == number.removeprefix("☎ ") == "112"
    assert card.endswith("Do you need something else? Then write what you need, or look at the menu.")
    [fire, *_] = await talker.says("my flat is on fire, come quickly")
    assert "Do you need something else?" not in fire


async def test_what_may_be_a_cry_is_answered_with_the_emergency_number_below_it(talker: Talker):
    [answer] = await talker.says("my stomach hurts and he was angry")
    assert answer.splitlines()[0] != "112"
    assert answer.count("In an emergency call 112.") == 1
    [unknown] = await talker.says("what is the moon made of")
    assert unknown.count("In an emergency call 112.") == 1
    [calm] = await talker.says("my throat hurts")
    assert "112" not in calm


async def test_the_accessibility_statement_says_what_does_not_work_and_what_the_city_leaves_open(talker: Talker):
    [statement] = await talker.says("/accessibility")
    assert "I do not understand voice messages and pictures." in statement
    assert "gp.mom@maribor.si" in statement
    assert "This guide does not say yet where you can complain about accessibility." in statement
    assert "/accessibility" in (await talker.says("/about"))[0]


async def test_what_the_city_leaves_open_is_said_in_languages_from_right_to_left_too(talker: Talker):
    """In Arabic stood "you can complain here:" and nothing after it."""
    await talker.says("/language")
    await talker.presses("العربية")
    [statement] = await talker.says("/accessibility")
    assert "This guide does not say yet where you can complain about accessibility." in statement


async def test_where_is_it_means_the_service_shown_last(talker: Talker):
    await talker.says("which department is about parking")
    [reply] = await talker.says("where is it")
    assert reply.startswith("Mestna občina Maribor\n\nAddress: Ulica heroja Staneta 1, 2000 Maribor")


async def test_after_half_an_hour_it_asks_which_place_is_meant(talker: Talker, clock: Clock):
    await talker.says("which department is about parking")
    clock.pass_by(minutes=31)
    [reply] = await talker.says("where is it")
    assert reply.startswith("Which place do you mean?")


async def test_the_opening_hours_of_a_week_follow_the_calendar_of_the_country(talker: Talker, clock: Clock):
    await talker.says("which department is about parking")
    clock.moment = clock.moment.replace(month=12, day=24)
    await talker.says("which department is about parking")
    [reply] = await talker.says("when is it open")
    assert "Thursday: 8:00–12:00" in reply
    assert "Friday: closed" in reply  # 25 December


async def test_a_whole_message_in_another_language_is_answered_in_that_one(talker: Talker):
    [reply] = await talker.says("أين أقدم طلبا للبلدية")
    assert "Mestna občina Maribor" in reply
    assert any("العربية" in button for button in talker.buttons)


async def test_a_talk_goes_on_in_the_language_in_which_it_was_answered(talker: Talker, clock: Clock):
    await talker.says("أين أقدم طلبا للبلدية")
    [in_short] = await talker.says("???")
    await talker.presses("القائمة")  # in place
    by_button = shown(talker.last)
    [by_command] = await talker.says("/help")
    [unread] = await talker.sends("voice")
    for reply in (in_short, by_button, by_command, unread):
        assert is_arabic(reply)
    [written_otherwise] = await talker.says("which department is about parking")
    assert "Address: Ulica heroja Staneta 1" in written_otherwise
    await talker.says("أين أقدم طلبا للبلدية")
    clock.pass_by(hours=25)
    [next_day] = await talker.says("/menu")
    assert not is_arabic(next_day)


async def test_a_chosen_language_comes_back_with_the_first_word_in_it(talker: Talker):
    await talker.says("/language")
    await talker.presses("English")
    await talker.says("أين أقدم طلبا للبلدية")
    [reply] = await talker.says("thanks")
    assert reply == "You are welcome. Write again when you need something."
    await talker.says("أين أقدم طلبا للبلدية")
    await talker.presses("لغة الإجابة دائمًا: العربية")
    [reply] = await talker.says("/help")
    assert is_arabic(reply)


def is_arabic(text: str) -> bool:
    return "\N{ARABIC LETTER ALEF}" in text.split("\n")[0]


@pytest.mark.parametrize("wish", ["العربية", "العربيه!", "Arabic", "in Arabic please", "arabiaksi kiitos", "بالعربي"])
async def test_who_writes_nothing_but_a_language_has_chosen_it(talker: Talker, wish: str):
    await talker.says(wish)
    [reply] = await talker.says("/help")
    assert is_arabic(reply)


async def test_a_language_that_was_not_meant_is_left_by_a_button(talker: Talker):
    [reply] = await talker.says("arabia")
    assert is_arabic(reply)
    await talker.presses("English")
    [reply] = await talker.says("/help")
    assert reply.startswith("Write your question in your own words")


@pytest.mark.parametrize(
    ("language", "wishes"),
    {
        "en": "English please|englanniksi kiitos|по-английски, пожалуйста|İngilizce lütfen|请说英语|do you speak English?",
        "fi": "suomeksi|in Finnish|på finska tack",
        "sv": "ruotsi|ruotsin kielellä|на шведском языке|en suédois s'il vous plaît",
        "et": "eesti keeles palun|viroksi",
        "ru": "по-русски пожалуйста|vene keeles|russe|Russian",
        "uk": "українською мовою|Ukrainian please|по-украински",
        "ar": "باللغة العربية|عربي من فضلك|carabi fadlan",
        "fa": "فارسی لطفا|به فارسی|farsi|dari",
        "so": "af soomaali|af-soomaali fadlan|somaliksi",
        "tr": "Türkçe|turkiska|по-турецки",
        "fr": "en français|ranska|法语",
        "es": "en español por favor|espanjaksi|castellano",
        "zh": "说中文|请用中文|kiina|mandarin",
    }.items(),
)
def test_a_wish_for_a_language_is_heard_in_any_language(language: str, wishes: str):
    for text in wishes.split("|"):
        wish = tongues().wish(text, THIRTEEN)
        assert wish is not None, text
        assert wish.language == language, text
        assert tongues().wish(text, {*THIRTEEN} - {language}) is None  # a city that does not speak it


@pytest.mark.parametrize(
    "text",
    [
        "I want to learn Swedish", "Finnish course", "Somali interpreter", "ruotsin kurssi", "opettele ruotsia",
        "English or Finnish", "Chinese food", "do they speak Arabic", "курсы русского", "学中文", "中文课",
        "vene", "Somalia", "ukraina", "Sweden", "я русский", "thanks", "please", "in", "", "English exam",
    ],
)  # fmt: skip
def test_what_says_more_or_else_than_a_language_is_no_wish_for_one(text: str):
    assert tongues().wish(text, THIRTEEN) is None


async def test_a_wish_for_a_language_is_no_second_half_of_the_question_before_it(talker: Talker):
    await talker.says("doctor")
    await talker.says("Arabic please")
    [reply] = await talker.says("/help")
    assert is_arabic(reply)


async def test_the_name_of_the_language_of_the_talk_is_no_question_for_a_person(talker: Talker):
    [reply] = await talker.says("English")
    assert reply.startswith("I answer in English now.")


async def test_after_an_answer_the_name_of_a_language_asks_whether_it_is_spoken_there(talker: Talker):
    await talker.says("which department is about parking")
    [reply] = await talker.says("العربية")
    assert reply.startswith("I do not know this about Mestna občina Maribor.")
    [reply] = await talker.says("بالعربي لو سمحت")
    assert is_arabic(reply)
    assert "Mestna občina" not in reply


async def test_the_name_of_the_language_of_the_city_alone_chooses_nothing(talker: Talker):
    await talker.says("slovenščina")  # it may be the course that is wanted
    [reply] = await talker.says("/help")
    assert reply.startswith("Write your question in your own words")


async def test_who_asks_for_the_number_after_an_urgent_card_reads_it(talker: Talker):
    await talker.says("my husband beats me")
    [reply] = await talker.says("phone number")
    assert "In an emergency call 112." in reply


async def test_who_asks_what_to_do_now_after_an_urgent_card_reads_the_number_first(talker: Talker):
    await talker.says("which department is about parking")
    await talker.says("my husband beats me")
    [reply] = await talker.says("what do I do now")
    assert reply.split("\n")[0] == "112"
    assert "Mestna občina" not in reply  # what was shown before the card is not meant
    assert "Do you need something else?" in reply
    await talker.presses("Menu")


async def test_who_asks_what_to_do_now_after_an_answer_reads_about_the_place_again(talker: Talker):
    await talker.says("which department is about parking")
    [reply] = await talker.says("what do I do now")
    assert "Address: Ulica heroja Staneta 1" in reply
    assert "112" not in reply


async def test_the_chosen_language_is_kept(talker: Talker):
    await talker.says("/language")
    await talker.presses("slovenščina")
    await talker.says("/menu")
    assert "Nujna pomoč" in talker.buttons


async def test_the_menu_leads_from_topics_to_needs_to_an_answer(talker: Talker):
    await talker.says("/menu")
    assert talker.buttons[0] == "Nujna pomoč"  # the urgent topic stands first; untranslated titles as written
    await talker.presses("Zdravje")
    assert talker.buttons == ["Zdravnik", "Zdravnik ponoči in ob koncu tedna", "Back"]
    [answer] = await talker.presses("Zdravnik")
    assert "Zdravstveni dom Maribor" in answer


async def test_a_menu_is_changed_in_place_and_a_second_press_changes_nothing(talker: Talker):
    await talker.says("/menu")
    menu = talker.last
    assert await talker.presses("Zdravje", menu) == []
    assert await talker.forges("v1:topic:health") == []
    assert menu.text == "Zdravje"


async def test_call_sends_a_contact_card(talker: Talker):
    await talker.says("which department is about parking")
    assert await talker.presses("Call") == ["☎ +38622201214"]


async def test_an_old_or_forged_button_leads_to_the_menu(talker: Talker):
    await talker.says("/menu")
    for data in ("v0:need:x", "v1:need:no-such-need", "v1:service:'; DROP TABLE person", "nonsense"):
        [reply] = await talker.forges(data)
        assert reply.startswith("This button is old. Here is the menu.")


async def test_a_renamed_service_keeps_its_old_buttons(talker: Talker):
    await talker.says("/menu")
    [card] = await talker.forges("v1:service:town-hall")
    assert card.startswith("Mestna občina Maribor")


async def test_feedback_is_counted_and_a_wrong_answer_keeps_the_question(talker: Talker, town: Town):
    await talker.says("which department is about parking")
    await talker.presses("This helped")
    assert talker.person.toasts[-1].text == "Thank you."
    await talker.presses("Not this")
    assert {name for _, name, _, _ in await counters(town.bot.store)} >= {"helpful", "wrong"}
    [question] = await questions(town.bot.store)
    assert question.outcome == "wrong"


async def test_a_fact_that_is_wrong_hangs_on_the_service(talker: Talker, town: Town):
    await talker.says("which department is about parking")
    [reply] = await talker.presses("A fact is wrong")
    assert "Mestna občina Maribor" in reply
    assert any(name == "fact-wrong" and need == "city-office" for _, name, _, need in await counters(town.bot.store))


async def test_a_wrong_fact_can_be_told_in_words(talker: Talker, town: Town):
    await talker.says("which department is about parking")
    [reply] = await talker.says("the address is wrong")
    assert reply.startswith("Thank you. I noted that something about Mestna občina Maribor is wrong.")
    await talker.presses("Address")
    [thanks] = await talker.says("Slomškov trg 11")
    assert thanks == "Thank you."
    [report] = await questions(town.bot.store)
    assert (report.outcome, report.service, report.text) == ("fact", "city-office", "Slomškov trg 11")


async def test_whose_fact_is_wrong_is_asked_where_two_places_were_shown(talker: Talker, town: Town):
    await talker.says("which department is about parking, and my throat hurts")
    [which] = await talker.says("that number is wrong")
    assert which == "Choose a place:"
    [reply] = await talker.presses("Zdravstveni dom Maribor")
    assert "something about Zdravstveni dom Maribor is wrong" in reply
    [report] = await questions(town.bot.store)
    assert (report.outcome, report.service) == ("fact", "health-centre")


async def test_personal_data_is_deleted_and_the_person_is_told(talker: Talker, town: Town):
    [reply] = await talker.says("best film about planets, my number is +386 41 234 567 and mail ana@example.si")
    assert "I deleted this from your message: phone number, e-mail address." in reply
    [question] = await questions(town.bot.store)
    assert "41 234" not in question.text
    assert "ana@" not in question.text


async def test_fragments_written_within_seconds_are_read_together_and_the_earlier_reply_is_mended(
    talker: Talker, clock: Clock
):
    await talker.says("an appointment")
    assert talker.last.text.startswith("What do you mean?")
    clock.pass_by(seconds=2)
    first = talker.last
    assert "Zdravstveni dom Maribor" not in first.text
    assert await talker.says("doctor") == []
    assert "Zdravstveni dom Maribor" in first.text


async def test_a_question_of_its_own_does_not_take_the_answer_of_the_one_before(talker: Talker, clock: Clock):
    await talker.says("Rotovž")
    place = talker.last
    before = place.text
    clock.pass_by(seconds=4)
    [choice] = await talker.says("I would like an appointment")
    assert choice.startswith("What do you mean?")
    assert place.text == before


async def test_who_has_got_an_answer_does_not_lose_it_for_a_choice(talker: Talker, clock: Clock):
    await talker.says("where do I see a doctor")
    doctor = talker.last
    before = doctor.text
    clock.pass_by(seconds=3)
    [unknown] = await talker.says("learn to dance")
    assert unknown.startswith("I do not know this yet.")
    assert doctor.text == before


async def test_an_edited_question_mends_its_answer(talker: Talker, clock: Clock):
    message = talker.person.write("dctr wkend qqq")
    await talker.town.settled()
    reply = talker.last
    clock.pass_by(seconds=20)
    talker.person.edit(message, "emergency clinic at the weekend")
    await talker.town.settled()
    assert "Zdravstveni dom Maribor" in reply.text


async def test_a_shared_place_that_moves_is_answered_once(talker: Talker):
    await talker.sends("location")
    place = talker.person.messages[0]
    assert await talker.gets(lambda: talker.person.move(place, 62.9, 27.7)) == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("photo", "I cannot read pictures or files"),
        ("document", "I cannot read pictures or files"),
        ("voice", "I cannot listen."),
        ("location", "I do not need your place"),
        ("contact", "I do not need phone numbers"),
        ("sticker", "I understand only text."),
        ("poll", "I understand only text."),
    ],
)
async def test_everything_that_is_not_text_is_answered(talker: Talker, kind: str, words: str):
    replies = await talker.sends(kind)
    assert replies[0].startswith(words)


async def test_a_photo_is_answered_with_who_reads_letters_and_never_downloaded(talker: Talker, town: Town):
    _, letters = await talker.sends("photo")
    assert letters.startswith("Pomoč pri dopisu")
    assert town.world.calls_of("getFile") == []


@pytest.mark.parametrize(
    "text",
    [
        "🤷🏽‍♂️🤷🏽‍♂️", "\u202e\u2066\u2069\u200f", "<b>bold</b> <script>alert(1)</script> &lt;", "a" * 4096, "؟" * 500, "0", "?",
        "{name} %s {0} \\n", "/nosuchcommand", "/", "SELECT * FROM person; --", "\x00\x01\ufffe", "𐍈𐍉 𐍊", "1️⃣",
    ],
)  # fmt: skip
async def test_strange_texts_get_a_decent_reply(talker: Talker, text: str):
    replies = await talker.says(text)
    assert replies
    assert all(replies)


async def test_whoever_writes_that_they_want_a_person_means_the_question_before(talker: Talker, town: Town):
    await talker.says("which film is the best one about planets")
    [reply] = await talker.says("can I talk to a human")
    assert "gp.mom@maribor.si" in reply
    [question] = await questions(town.bot.store)
    assert (question.text, question.outcome) == ("which film is the best one about planets", "person")


async def test_whoever_fears_the_police_hears_who_sees_what_they_write(talker: Talker, town: Town):
    [reply] = await talker.says("do you tell the police")
    assert reply.startswith("I send nothing to the police")
    assert "/privacy" in reply
    assert await questions(town.bot.store) == []


async def test_a_fact_that_is_not_known_is_said_to_be_unknown_and_nobody_is_sent_to_ask_where_there_is_no_way_in(
    copied_content: Path, head_cache: HeadCache, clock: Clock, tmp_path: Path
):
    services = copied_content / "services.yaml"
    rest, centre = services.read_text(encoding="utf-8").split("\n  health-centre:\n")
    only_a_page = [line for line in centre.splitlines() if not line.strip().startswith(("phones:", "address:"))]
    services.write_text("\n".join([rest, "  health-centre:", *only_a_page, ""]), encoding="utf-8")
    async with AsyncExitStack() as stack:
        town = await open_town(stack, Guides(copied_content, head_cache), clock, tmp_path / "opas-test.db")
        talker = town.person("en")
        await talker.says("my throat hurts")
        [hours] = await talker.says("when is it open")
        [place] = await talker.says("where is it")
    assert "I do not know this about Zdravstveni dom Maribor.\n" in hours
    assert "Ask there:" not in place
    assert "No phone number or address is known yet." in place


async def test_a_short_question_that_names_its_place_is_about_that_one_and_not_about_the_last(talker: Talker):
    await talker.says("my throat hurts")
    [hours] = await talker.says("is Mestna občina Maribor open today")
    assert hours.startswith("Mestna občina Maribor\n\nOpen now, until 12:00.")
    [where] = await talker.says("where is it")
    assert "Ulica heroja Staneta 1" in where


async def test_a_thumb_is_thanks_and_what_cannot_be_read_shows_the_emergency_number(talker: Talker):
    [thanks] = await talker.says("👍🏽")
    [unread] = await talker.says("🤷🏽‍♂️")
    assert thanks.startswith("You are welcome.")
    assert "In an emergency call 112." in unread


async def test_markup_in_a_question_stays_text(talker: Talker, town: Town):
    await talker.says("<b>best film</b> & co about planets")
    [question] = await questions(town.bot.store)
    assert question.text == "<b>best film</b> & co about planets"


async def test_in_a_group_only_what_is_addressed_to_the_bot_is_answered_and_nothing_else_is_stored(town: Town):
    group = town.world.group("Neighbours")
    town.world.privacy_mode = False
    talker = town.person("en")
    assert await talker.says("which department is about parking", chat=group) == []
    talker.person.write("@opas_bot which department is about parking", chat=group)
    await town.settled()
    replies = [message for message in group.messages.values() if message.from_bot]
    assert len(replies) == 1
    assert "Mestna občina Maribor" in replies[0].text


@pytest.mark.parametrize("mention", ["@opas_bot", "@OPAS_Bot"])
async def test_however_the_bot_is_addressed_in_a_group_its_name_is_no_part_of_what_is_said(town: Town, mention: str):
    group = town.world.group("Neighbours")
    town.world.privacy_mode = False
    town.person("sl").person.write(f"{mention} English please", chat=group)
    await town.settled()
    [reply] = [message.text for message in group.messages.values() if message.from_bot]
    assert reply.startswith("I answer in English now.")


async def test_a_name_that_only_begins_like_the_bots_is_somebody_elses(town: Town):
    group = town.world.group("Neighbours")
    town.world.privacy_mode = False
    town.person("en").person.write("@opas_bottle my throat hurts", chat=group)
    await town.settled()
    assert not [message for message in group.messages.values() if message.from_bot]


async def test_who_blocks_the_bot_and_comes_back_is_answered_and_no_note_is_kept_of_it(talker: Talker, town: Town):
    await talker.says("/start")
    talker.person.write("my throat hurts")
    talker.person.block()
    await town.settled()
    assert await town.person("en").says("my throat hurts")
    talker.person.unblock()
    assert "Zdravstveni dom" in "".join(await talker.says("my throat hurts"))
    assert {kind for (kind,) in await town.bot.store.read("SELECT kind FROM update_inbox")} == {"message"}


async def test_a_malformed_update_in_the_middle_of_a_batch_stops_nothing(town: Town):
    before, after = town.person("en"), town.person("en")
    before.person.write("my throat hurts")
    town.world.update({"message": {"chat": "nonsense"}})
    town.world.update({"update_of_tomorrow": {"x": 1}})
    after.person.write("my throat hurts")
    await town.settled()
    assert "Zdravstveni dom Maribor" in before.last.text
    assert "Zdravstveni dom Maribor" in after.last.text


async def test_what_was_written_while_the_bot_was_away_is_answered_once(town: Town):
    person = town.person("en")
    person.person.write("my throat hurts")
    person.person.write("opening hours of the city hall")
    await town.settled()
    assert len([message for message in person.person.messages if message.from_bot]) == 2


async def test_a_language_that_is_not_spoken_is_answered_with_one_line_in_it_and_the_urgent_number(talker: Talker):
    [reply] = await talker.says("मुझे नौकरी कहाँ मिल सकती है")
    assert reply.splitlines()[0] == "मैं अभी यह भाषा नहीं समझता। यदि आप खतरे में हैं, तो 112 पर फ़ोन करें।"
    assert "slovenščina" in talker.buttons


async def test_a_language_that_has_no_line_is_answered_with_the_urgent_number_all_the_same(talker: Talker):
    [reply] = await talker.says("મને મદદ જોઈએ છે")
    assert reply.splitlines()[0] == "In an emergency call 112."


async def test_words_that_may_mean_two_needs_are_asked_about_and_never_guessed(talker: Talker):
    [reply] = await talker.says("fever")
    assert reply.startswith("What do you mean? Choose one:")
    assert talker.buttons == ["Zdravnik", "Zdravnik ponoči in ob koncu tedna", "None of these"]
    [answer] = await talker.presses("Zdravnik")
    assert "Zdravstveni dom Maribor" in answer
