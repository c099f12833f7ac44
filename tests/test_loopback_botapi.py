"""The Bot API on loopback, spoken to by the real python-telegram-bot over HTTP."""

import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MenuButtonCommands,
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import Application, CallbackQueryHandler, MessageHandler, filters

from bot.loopback import LoopbackServer, World
from bot.loopback.methods import call_method
from bot.loopback.params import Params
from tests.conftest import SECONDS_AS_NUMBERS
from tests.patience import until


@pytest.fixture
async def world():
    return World()


@pytest.fixture
async def server(world):
    async with LoopbackServer(world) as server:
        yield server


@pytest.fixture
async def bot(world, server):
    async with Bot(world.token, f"{server.url}/bot", f"{server.url}/file/bot") as bot:
        yield bot


@pytest.fixture
def aino(world):
    return world.person(first_name="Aino", language_code="fi")


def buttons(*rows):
    return InlineKeyboardMarkup([[InlineKeyboardButton(**button) for button in row] for row in rows])


ONE_BUTTON = buttons([{"text": "Yes", "callback_data": "v1:yes"}])


# -- sending


async def test_a_message_comes_back_as_telegram_would_show_it(bot, aino):
    sent = await bot.send_message(aino.id, "<b>Hei</b> 🎉 1 &lt; 2", parse_mode="HTML", reply_markup=ONE_BUTTON)
    assert (sent.text, sent.chat.id, sent.chat.type) == ("Hei 🎉 1 < 2", aino.id, "private")
    assert [(found.type, found.offset, found.length) for found in sent.entities] == [("bold", 0, 3)]
    assert sent.reply_markup == ONE_BUTTON
    assert sent.from_user.is_bot


async def test_the_person_sees_what_was_sent(bot, aino):
    await bot.send_message(aino.id, "<i>Hei</i>", parse_mode="HTML", reply_markup=ONE_BUTTON)
    [message] = await aino.hears()
    assert (message.text, message.buttons, message.kind) == ("Hei", ["Yes"], "text")


async def test_message_ids_grow_within_a_chat_and_survive_a_restart(bot, aino):
    first = await bot.send_message(aino.id, "1")
    second = await bot.send_message(aino.id, "2")
    later = World(clock=lambda: second.date.timestamp() + 60)
    reborn = later.person(aino.id).write("3")
    assert first.id < second.id < reborn.id < 2**31


async def test_a_reply_names_what_it_answers(bot, aino):
    asked = aino.write("moi")
    sent = await bot.send_message(aino.id, "hei", reply_to_message_id=asked.id)
    assert sent.reply_to_message.text == "moi"


async def test_cards_arrive_with_all_they_hold(bot, aino):
    venue = await bot.send_venue(aino.id, 62.89, 27.67, "Kirjasto", "Maaherrankatu 12")
    place = await bot.send_location(aino.id, 62.89, 27.67)
    contact = await bot.send_contact(aino.id, "112", "Emergency")
    assert (venue.venue.title, venue.venue.address, venue.location.latitude) == (
        "Kirjasto", "Maaherrankatu 12", 62.89,
    )  # fmt: skip
    assert place.location.longitude == 27.67
    assert (contact.contact.phone_number, contact.contact.first_name) == ("112", "Emergency")
    assert [message.kind for message in aino.messages] == ["venue", "location", "contact"]


async def test_a_document_can_be_fetched_again(bot, aino):
    sent = await bot.send_document(
        aino.id, b"a,b\r\n\r\n--x", filename="ääkköset.csv", caption="<b>x</b>", parse_mode="HTML"
    )
    file = await bot.get_file(sent.document.file_id)
    assert (sent.document.file_name, sent.caption) == ("ääkköset.csv", "x")
    assert await file.download_as_bytearray() == b"a,b\r\n\r\n--x"


async def test_json_and_get_are_understood_too(world, server, aino):
    async with httpx.AsyncClient(base_url=f"{server.url}/bot{world.token}", trust_env=False) as http:
        by_json = await http.post("/sendMessage", json={"chat_id": aino.id, "text": "1", "reply_markup": {}})
        by_get = await http.get("/SENDMESSAGE", params={"chat_id": aino.id, "text": "2"})
    assert [answer.json()["result"]["text"] for answer in (by_json, by_get)] == ["1", "2"]


async def test_chat_actions_are_shown(bot, aino):
    await bot.send_chat_action(aino.id, "typing")
    assert aino.actions == ["typing"]


# -- refusals


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"text": ""}, "Message text is empty"),
        ({"text": " \n"}, "Text must be non-empty"),
        ({"text": "x" * 4097}, "Message is too long"),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            'Can\'t parse entities: can\'t find end tag corresponding to start tag "b"',
        ),
        (
            {"text": "<p>x</p>", "parse_mode": "HTML"},
            "Can't parse entities: unsupported start tag \"p\" at byte offset 0",
        ),
        ({"text": "x", "reply_to_message_id": 1}, "Message to be replied not found"),
        ({"text": "x", "reply_markup": buttons([{"text": "x", "callback_data": "ä" * 33}])}, "Button_data_invalid"),
        (
            {"text": "x", "reply_markup": buttons([{"text": "x"}])},
            "Can't parse inline keyboard button: text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "reply_markup": buttons([{"text": "x", "url": "https://kela.fi", "callback_data": "x"}])},
            "Can't parse inline keyboard button: exactly one action must be used",
        ),
        (
            {"text": "x", "reply_markup": buttons([{"text": "x", "url": "http://localhost:8080"}])},
            "Inline keyboard button URL 'http://localhost:8080' is invalid: wrong HTTP URL",
        ),
        (
            {"text": "x", "reply_markup": buttons([{"text": "x", "url": "ftp://kela.fi"}])},
            "Inline keyboard button URL 'ftp://kela.fi' is invalid: unsupported URL protocol",
        ),
        (
            {"text": "x", "reply_markup": buttons(*[[{"text": "x", "callback_data": "x"}]] * 101)},
            "Reply markup is too long",
        ),
    ],
)  # fmt: skip
async def test_a_message_telegram_would_refuse_is_refused(bot, aino, wish, words):
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(aino.id, **wish)
    assert str(refused.value).casefold() == words.casefold()
    assert aino.messages == []


async def test_4096_characters_after_parsing_are_not_too_long(bot, aino):
    sent = await bot.send_message(aino.id, f"<b>{'&lt;' * 4096}</b>", parse_mode="HTML")
    assert len(sent.text) == 4096


async def test_a_caption_has_1024_characters(bot, aino):
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(aino.id, b"x", caption="x" * 1025)


async def test_a_reply_to_nothing_is_sent_when_the_bot_says_so(bot, aino):
    sent = await bot.send_message(aino.id, "x", reply_to_message_id=1, allow_sending_without_reply=True)
    assert sent.reply_to_message is None


async def test_an_unknown_chat_is_not_found(bot):
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(99, "x")


async def test_who_blocks_the_bot_gets_nothing_until_unblocking(bot, aino):
    aino.block()
    with pytest.raises(Forbidden, match="Forbidden: bot was blocked by the user"):
        await bot.send_message(aino.id, "x")
    aino.unblock()
    await bot.send_message(aino.id, "y")
    changes = [update.my_chat_member.new_chat_member.status for update in await bot.get_updates()]
    assert ([message.text for message in aino.messages], changes) == (["y"], ["kicked", "member"])


async def test_the_bot_cannot_write_first(bot, world):
    stranger = world.person(started=False)
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger.id, "x")
    stranger.write("/start")
    assert await bot.send_message(stranger.id, "x")


async def test_a_wrong_token_is_unauthorized(server):
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", f"{server.url}/bot"):
            pass


async def test_an_unknown_method_is_not_found(world, server):
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{server.url}/bot{world.token}/sendRichMessage", data={"x": "y"})
    body = {"ok": False, "error_code": 404, "description": "Not Found: method not found"}
    assert (answer.status_code, answer.json()) == (404, body)


# -- editing and deleting


async def test_an_edit_changes_the_message_and_takes_the_buttons_away(bot, aino):
    sent = await bot.send_message(aino.id, "old", reply_markup=ONE_BUTTON)
    edited = await bot.edit_message_text("<b>new</b>", aino.id, sent.id, parse_mode="HTML")
    [message] = aino.messages
    assert (message.text, message.buttons, message.edited) == ("new", [], True)
    assert edited.edit_date


async def test_buttons_can_be_changed_alone(bot, aino):
    sent = await bot.send_message(aino.id, "text", reply_markup=ONE_BUTTON)
    await bot.edit_message_reply_markup(aino.id, sent.id, reply_markup=buttons([{"text": "No", "callback_data": "n"}]))
    assert aino.messages[0].buttons == ["No"]
    await bot.edit_message_reply_markup(aino.id, sent.id)
    assert aino.messages[0].buttons == []


async def test_an_unchanged_edit_is_refused(bot, aino):
    sent = await bot.send_message(aino.id, "<b>x</b>", parse_mode="HTML", reply_markup=ONE_BUTTON)
    with pytest.raises(BadRequest) as refused:
        await bot.edit_message_text("<b>x</b>", aino.id, sent.id, parse_mode="HTML", reply_markup=ONE_BUTTON)
    assert str(refused.value) == (
        "Message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )


async def test_unknown_and_foreign_messages_cannot_be_edited(bot, aino):
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", aino.id, 1)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", aino.id, aino.write("mine").id)


async def test_a_card_has_no_text_to_edit(bot, aino):
    sent = await bot.send_contact(aino.id, "112", "Emergency")
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", aino.id, sent.id)


async def test_deleted_messages_disappear_on_both_sides(bot, aino):
    mine, theirs = aino.write("mine"), await bot.send_message(aino.id, "theirs")
    await bot.delete_message(aino.id, theirs.id)
    assert aino.messages == [mine]
    await bot.delete_messages(aino.id, [mine.id, theirs.id, 1])
    assert aino.messages == []


async def test_what_is_gone_or_older_than_48_hours_cannot_be_deleted(world, bot, aino):
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(aino.id, 1)
    sent = await bot.send_message(aino.id, "x")
    world.people[aino.id].messages[0].raw["date"] -= 49 * 3600
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(aino.id, sent.id)


# -- button presses


async def test_a_press_is_answered_with_a_toast(bot, aino):
    await bot.send_message(aino.id, "?", reply_markup=ONE_BUTTON)
    aino.press("Yes")
    [update] = await bot.get_updates()
    assert (update.callback_query.data, update.callback_query.message.text) == ("v1:yes", "?")
    await update.callback_query.answer("Done", show_alert=True)
    assert [(toast.text, toast.alert) for toast in aino.toasts] == [("Done", True)]


async def test_unknown_and_old_presses_cannot_be_answered(world, bot, aino):
    words = "Query is too old and response timeout expired or query id is invalid"
    with pytest.raises(BadRequest, match=words):
        await bot.answer_callback_query("1")
    await bot.send_message(aino.id, "?", reply_markup=ONE_BUTTON)
    query_id = aino.press("v1:yes")
    with pytest.raises(BadRequest, match=r"(?i)message_too_long"):
        await bot.answer_callback_query(query_id, "x" * 201)
    world.query_lifetime_s = -1
    with pytest.raises(BadRequest, match=words):
        await bot.answer_callback_query(query_id)


async def test_only_buttons_that_are_there_can_be_pressed(bot, aino):
    await bot.send_message(aino.id, "?", reply_markup=ONE_BUTTON)
    with pytest.raises(LookupError, match="no button 'No' to press here, only \\['Yes'\\]"):
        aino.press("No")


# -- getUpdates


async def test_what_is_not_confirmed_comes_again(bot, aino):
    for text in "123":
        aino.write(text)
    first = await bot.get_updates(limit=2)
    again = await bot.get_updates()
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [update.message.text for update in again] == ["1", "2", "3"]
    assert [update.message.text for update in rest] == ["3"]
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()


async def test_a_negative_offset_forgets_all_but_the_last(bot, aino):
    for text in "123":
        aino.write(text)
    assert [update.message.text for update in await bot.get_updates(offset=-1)] == ["3"]
    assert len(await bot.get_updates()) == 1


async def test_an_offset_beyond_the_queue_confirms_nothing(bot, aino):
    aino.write("1")
    assert len(await bot.get_updates(offset=2**31 - 1)) == 1


async def test_a_long_poll_ends_as_soon_as_somebody_writes(bot, aino):
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await asyncio.sleep(0.05)
    aino.write("moi")
    assert [update.message.text for update in await poll] == ["moi"]


async def test_a_second_poller_ends_the_first(world, server, bot, aino):
    async with Bot(world.token, f"{server.url}/bot") as second:
        older = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.sleep(0.05)
        newer = asyncio.create_task(second.get_updates(timeout=30))
        with pytest.raises(Conflict) as refused:
            await older
        aino.write("moi")
        assert len(await newer) == 1
    assert str(refused.value) == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )


async def test_a_bot_gets_only_the_kinds_it_asked_for(bot, aino):
    await bot.get_updates(allowed_updates=["message"])
    aino.edit(aino.write("1"), "2")
    assert [update.message.text for update in await bot.get_updates()] == ["1"]


async def test_malformed_updates_can_be_injected(world, server):
    number = world.update({"message": {"text": 5}})
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"{server.url}/bot{world.token}/getUpdates")
    assert answer.json()["result"] == [{"update_id": number, "message": {"text": 5}}]
    assert 0 < number < 2**31


@pytest.mark.parametrize(
    "kind",
    [
        "photo", "sticker", "voice", "location", "contact", "document", "poll", "video", "audio", "venue", "dice",
        "video_note", "animation",
    ],
)  # fmt: skip
async def test_everything_a_person_can_send_is_understood_by_the_library(bot, aino, kind):
    aino.send(kind)
    [update] = await bot.get_updates()
    assert update.message.effective_attachment
    assert update.message[kind]


async def test_in_groups_privacy_mode_keeps_talk_from_the_bot(world, bot, aino):
    group = world.group("Neighbours")
    aino.write("just talk", chat=group)
    aino.write("/help", chat=group)
    sent = await bot.send_message(group.id, "hello all")
    aino.write("thanks", chat=group, reply_to=group.messages[sent.id])
    heard = [(update.message.text, update.message.chat.type) for update in await bot.get_updates()]
    assert heard == [("/help", "group"), ("thanks", "group")]
    assert [message.text for message in await aino.hears(chat=group)] == ["hello all"]


# -- webhooks


@asynccontextmanager
async def webhook_listener(*statuses, retry_after=None):
    """A bot's webhook that gives these statuses in turn, then 200; yields its address and what it got."""
    got, left = [], list(statuses)

    async def take(request: Request) -> Response:
        got.append((await request.json(), request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        status = left.pop(0) if left else 200
        return Response(status_code=status, headers={"Retry-After": retry_after} if retry_after else {})

    app = Starlette(routes=[Route("/tg", take, methods=["POST"])])
    async with LoopbackServer(World(), app=app) as server:
        yield f"{server.url}/tg", got


async def test_a_webhook_gets_updates_with_its_secret(bot, aino):
    aino.write("earlier")
    async with webhook_listener() as (url, got):
        await bot.set_webhook(url, secret_token="s-1")
        aino.write("later")
        await until(lambda: len(got) == 2)
        info = await bot.get_webhook_info()
    assert [(update["message"]["text"], secret) for update, secret in got] == [
        ("earlier", "s-1"),
        ("later", "s-1"),
    ]
    assert (info.url, info.pending_update_count) == (url, 0)


async def test_a_refused_update_is_pushed_again_before_the_next_of_its_chat(world, bot, aino):
    world.updates.webhook.retry_scale = 0.001
    async with webhook_listener(500, 503, 404) as (url, got):
        await bot.set_webhook(url)
        aino.write("1")
        aino.write("2")
        await until(lambda: len(got) == 5)
        await until(lambda: not world.updates.pending)
        info = await bot.get_webhook_info()
    assert [update["message"]["text"] for update, _ in got] == ["1", "1", "1", "1", "2"]
    assert info.last_error_message == "Wrong response from the webhook: 404 Not Found"
    assert sorted(world.updates.handed_out.values()) == [1, 4]


async def test_a_press_overtakes_a_message_that_is_stuck(world, bot, aino):
    await bot.send_message(aino.id, "?", reply_markup=ONE_BUTTON)
    async with webhook_listener(500, retry_after="1000") as (url, got):
        await bot.set_webhook(url)
        aino.write("stuck")
        await until(lambda: len(got) == 1)
        aino.press("Yes")
        await until(lambda: len(got) == 2)
    assert "callback_query" in got[1][0]
    assert len(world.updates.pending) == 1


async def test_polling_and_webhook_exclude_each_other(bot, aino):
    async with webhook_listener(*[500] * 50) as (url, _):
        poll = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.sleep(0.05)
        await bot.set_webhook(url)
        with pytest.raises(Conflict, match="Conflict: terminated by setWebhook request"):
            await poll
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        aino.write("kept")
        await bot.delete_webhook()
        assert [update.message.text for update in await bot.get_updates()] == ["kept"]


async def test_dropping_pending_updates_forgets_them(bot, aino):
    aino.write("forgotten")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


@SECONDS_AS_NUMBERS
async def test_setting_a_webhook_again_at_once_is_too_much(world, bot):
    world.limit_set_webhook = True
    async with webhook_listener() as (url, _):
        await bot.set_webhook(url)
        with pytest.raises(RetryAfter) as refused:
            await bot.set_webhook(url)
    assert refused.value.retry_after == 1


async def test_a_webhook_answer_may_hold_a_call(world, bot, aino):
    async def take(request: Request) -> JSONResponse:
        return JSONResponse({"method": "sendMessage", "chat_id": aino.id, "text": "by the way"})

    app = Starlette(routes=[Route("/tg", take, methods=["POST"])])
    async with LoopbackServer(World(), app=app) as listener:
        await bot.set_webhook(f"{listener.url}/tg")
        aino.write("moi")
        assert [message.text for message in await aino.hears()] == ["by the way"]


# -- the bot's own page


async def test_the_phone_shows_the_narrowest_list_of_commands(world, bot, aino):
    await bot.set_my_commands([BotCommand("help", "Help")])
    await bot.set_my_commands([BotCommand("apua", "Apua")], BotCommandScopeAllPrivateChats(), "fi")
    shown = world.profile.commands_shown(aino.id, aino.id, "fi-FI")
    assert [command["command"] for command in shown] == ["apua"]
    await bot.set_my_commands([BotCommand("hjalp", "Hjälp")], BotCommandScopeChat(aino.id))
    assert world.profile.commands_shown(aino.id, aino.id, "fi")[0]["command"] == "hjalp"
    assert [command.command for command in await bot.get_my_commands()] == ["help"]
    await bot.delete_my_commands(BotCommandScopeChat(aino.id))
    assert world.profile.commands_shown(aino.id, aino.id, "sv")[0]["command"] == "help"


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ([("Help", "x")], "bot_command_invalid"),
        ([("a" * 33, "x")], "bot_command_invalid"),
        ([("help", " ")], "bot_command_description_invalid"),
        ([("help", "x" * 257)], "bot_command_description_invalid"),
        ([("help", "x")] * 101, "bot_commands_too_much"),
    ],
)
async def test_commands_out_of_bounds_are_refused(bot, commands, words):
    with pytest.raises(BadRequest) as refused:
        await bot.set_my_commands(commands)
    assert str(refused.value).casefold() == words


async def test_texts_about_the_bot_are_kept_per_language(bot):
    await bot.set_my_name("Opas FI", "fi")
    await bot.set_my_description("Long")
    await bot.set_my_short_description("Kort", "sv")
    assert (await bot.get_my_name("fi")).name == "Opas FI"
    assert (await bot.get_my_name()).name == "Opas"
    assert (await bot.get_my_description("fi")).description == "Long"
    assert (await bot.get_my_short_description("fi")).short_description == ""
    assert await bot.get_chat_menu_button() == MenuButtonCommands()
    for too_long in (
        bot.set_my_name("x" * 65),
        bot.set_my_description("x" * 513),
        bot.set_my_short_description("x" * 121),
    ):
        with pytest.raises(BadRequest):
            await too_long
    with pytest.raises(BadRequest, match="Invalid language code specified"):
        await bot.set_my_name("x", "fin")


async def test_a_chat_can_be_looked_up(bot, aino):
    assert (await bot.get_chat(aino.id)).first_name == "Aino"


# -- arranged failures and records


@SECONDS_AS_NUMBERS
async def test_an_arranged_failure_comes_once(world, bot, aino):
    world.fail_next("sendMessage", 429, "Too Many Requests: retry after 3", retry_after=3)
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(aino.id, "x")
    assert refused.value.retry_after == 3
    assert await bot.send_message(aino.id, "x")
    assert [call.code for call in world.calls_of("sendMessage")] == [429, 200]


async def test_a_lost_answer_makes_a_double(world, bot, aino):
    world.fail_next("sendMessage", 502, "Bad Gateway", performed=True)
    with pytest.raises(NetworkError):
        await bot.send_message(aino.id, "x")
    await bot.send_message(aino.id, "x")
    assert world.doubles() == {(aino.id, "x"): 1}


async def test_calls_are_recorded_with_their_parameters(world, bot, aino):
    world.latency_s = 0.01
    await bot.send_message(aino.id, "x", disable_notification=True)
    [call] = world.calls_of("sendMessage")
    assert call.params["text"] == "x"
    assert call.took_s >= 0.01
    assert call.result["text"] == "x"


async def test_of_calls_only_so_many_are_remembered_as_wanted():
    world = World(calls_kept=2)
    for number in (1, 2, 3):
        await call_method(world, f"nothing{number}", Params({}))
    assert [call.method for call in world.calls] == ["nothing2", "nothing3"]


# -- a whole bot


async def test_a_bot_of_the_library_talks_by_polling(world, server, aino):
    async def echo(update: Update, _) -> None:
        await update.message.reply_text(update.message.text, reply_markup=ONE_BUTTON)

    async def pressed(update: Update, _) -> None:
        await update.callback_query.answer("ok")
        await update.callback_query.edit_message_text("pressed")

    application = Application.builder().token(world.token).base_url(f"{server.url}/bot").build()
    application.add_handlers([MessageHandler(filters.TEXT, echo), CallbackQueryHandler(pressed)])
    async with application:
        await application.updater.start_polling()
        await application.start()
        aino.write("moi")
        [reply] = await aino.hears()
        assert reply.text == "moi"
        aino.press("Yes")
        await aino.sees(lambda: reply.text == "pressed")
        await application.updater.stop()
        await application.stop()
    assert [toast.text for toast in aino.toasts] == ["ok"]


async def test_the_same_world_lives_on_after_an_outage(world, aino):
    async with webhook_listener() as (url, got):
        async with LoopbackServer(world) as server, Bot(world.token, f"{server.url}/bot") as bot:
            await bot.set_webhook(url)
        aino.write("while Telegram was away")
        async with LoopbackServer(world):
            await until(lambda: got)
    assert [update["message"]["text"] for update, _ in got] == ["while Telegram was away"]
