"""The methods by which a bot writes, changes and deletes messages."""

from __future__ import annotations

import mimetypes

from bot.loopback.chats import Chat, Message
from bot.loopback.html import utf16_length
from bot.loopback.keyboards import checked_markup
from bot.loopback.params import Params
from bot.loopback.refusal import Json, Refusal, bad_request
from bot.loopback.wording import CAPTION_LIMIT, TEXT_LIMIT, worded
from bot.loopback.world import World

_OLDEST_DELETABLE_S = 48 * 3600
_ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
        "choose_sticker", "find_location", "record_video_note", "upload_video_note",
    }
)  # fmt: skip
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def send_message(world: World, params: Params) -> Json:
    """sendMessage."""
    return _send(world, params, _text_content(params))


def send_location(world: World, params: Params) -> Json:
    """sendLocation."""
    return _send(world, params, {"location": _place(params)})


def send_venue(world: World, params: Params) -> Json:
    """sendVenue; the message holds the location a second time, as Telegram's does."""
    place = _place(params)
    venue: Json = {
        "location": place,
        "title": _required(params, "title"),
        "address": _required(params, "address"),
    }
    for name in ("foursquare_id", "google_place_id"):
        if value := params.text(name):
            venue[name] = value
    return _send(world, params, {"venue": venue, "location": place})


def send_contact(world: World, params: Params) -> Json:
    """sendContact."""
    contact: Json = {name: _required(params, name) for name in ("phone_number", "first_name")}
    for name in ("last_name", "vcard"):
        if value := params.text(name):
            contact[name] = value
    return _send(world, params, {"contact": contact})


def send_document(world: World, params: Params) -> Json:
    """sendDocument: an upload, or the file_id of one that was sent before."""
    if upload := params.upload("document"):
        if not upload.data:
            raise bad_request("file must be non-empty")
        mime_type = mimetypes.guess_type(upload.name)[0] or upload.mime_type
        file_id = world.keep_file(upload.name, mime_type, upload.data)
    else:
        file_id = params.text("document")
        if not file_id:
            raise bad_request("there is no document in the request")
        if file_id not in world.files:
            raise bad_request("wrong file identifier/HTTP URL specified")
    file = world.files[file_id]
    content: Json = {
        "document": {
            "file_id": file_id, "file_unique_id": f"u{file_id}", "file_name": file.name,
            "mime_type": file.mime_type, "file_size": len(file.data),
        }
    }  # fmt: skip
    if caption := params.text("caption"):
        text, entities = _worded(params, caption, "caption_entities", CAPTION_LIMIT)
        content |= {"caption": text, **({"caption_entities": entities} if entities else {})}
    return _send(world, params, content)


def send_chat_action(world: World, params: Params) -> bool:
    """sendChatAction."""
    if params.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = writable_chat(world, params)
    if chat.is_private:
        world.people[chat.id].actions.append(params.text("action"))
    chat.tell({"event": "action", "action": params.text("action")})
    return True


def edit_message_text(world: World, params: Params) -> Json:
    """editMessageText; without reply_markup the buttons go away."""
    content = _text_content(params)
    markup = checked_markup(params.nested("reply_markup"))
    message = _editable(world, params)
    if "text" not in message.raw:
        raise bad_request("there is no text in the message to edit")
    return _edit(message, {"entities": None, **content, "reply_markup": markup})


def edit_message_reply_markup(world: World, params: Params) -> Json:
    """editMessageReplyMarkup."""
    markup = checked_markup(params.nested("reply_markup"))
    return _edit(_editable(world, params), {"reply_markup": markup})


def delete_message(world: World, params: Params) -> bool:
    """deleteMessage: the bot's own, and in private chats the person's, of the last 48 hours."""
    chat = writable_chat(world, params)
    message = chat.messages.get(params.number("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    if not _deletable(chat, message):
        raise bad_request("message can't be deleted")
    chat.delete(message)
    return True


def delete_messages(world: World, params: Params) -> bool:
    """deleteMessages: those that cannot be found are skipped."""
    chat = writable_chat(world, params)
    numbers = params.nested("message_ids")
    if not isinstance(numbers, list) or not all(isinstance(number, int) for number in numbers):
        raise bad_request("can't parse message identifiers JSON object")
    if not numbers:
        raise bad_request("message identifiers are not specified")
    if len(numbers) > 100:
        raise bad_request("too many message identifiers specified")
    for number in numbers:
        message = chat.messages.get(number)
        if message is not None and _deletable(chat, message):
            chat.delete(message)
    return True


def answer_callback_query(world: World, params: Params) -> bool:
    """answerCallbackQuery."""
    text = params.text("text")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    query_id = params.text("callback_query_id")
    world.answer_query(query_id, text, alert=params.flag("show_alert"), url=params.text("url"))
    return True


def known_chat(world: World, params: Params) -> Chat:
    """The chat of a call. Refused when there is none."""
    name = params.text("chat_id")
    if not name:
        raise bad_request("chat_id is empty")
    chat = world.chat(int(name)) if name.lstrip("-").isdecimal() else None
    if chat is None:
        raise bad_request("chat not found")
    return chat


def writable_chat(world: World, params: Params) -> Chat:
    """The chat of a call, if the bot may write there now."""
    chat = known_chat(world, params)
    if chat.is_private:
        person = world.people[chat.id]
        if person.blocking:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if not person.started:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
    return chat


def _send(world: World, params: Params, content: Json) -> Json:
    markup = checked_markup(params.nested("reply_markup"))
    chat = writable_chat(world, params)
    reply_to = _replied(chat, params)
    if markup is not None:
        content["reply_markup"] = markup
    if params.flag("protect_content"):
        content["has_protected_content"] = True
    return chat.add(world.bot_user(), content, from_bot=True, reply_to=reply_to).raw


def _edit(message: Message, content: Json) -> Json:
    if all(message.raw.get(name) == value for name, value in content.items()):
        raise bad_request(_NOT_MODIFIED)
    message.chat.change(message, content)
    return message.raw


def _text_content(params: Params) -> Json:
    source = params.text("text")
    if not source:
        raise bad_request("message text is empty")
    text, entities = _worded(params, source, "entities", TEXT_LIMIT)
    return {"text": text, "entities": entities} if entities else {"text": text}


def _worded(params: Params, source: str, entities: str, limit: int) -> tuple[str, list[Json]]:
    given = params.nested(entities)
    checked = [entity for entity in given if isinstance(entity, dict)] if isinstance(given, list) else None
    return worded(source, params.text("parse_mode"), checked, limit=limit)


def _replied(chat: Chat, params: Params) -> Message | None:
    reply = params.nested("reply_parameters")
    if isinstance(reply, dict):
        if "message_id" not in reply:
            raise bad_request('can\'t find field "message_id"')
        number, anyway = reply["message_id"], bool(reply.get("allow_sending_without_reply"))
    else:
        number, anyway = params.number("reply_to_message_id"), params.flag("allow_sending_without_reply")
    if not number:
        return None
    message = chat.messages.get(number) if isinstance(number, int) else None
    if message is None and not anyway:
        raise bad_request("message to be replied not found")
    return message


def _editable(world: World, params: Params) -> Message:
    number = params.number("message_id")
    if not number:
        raise bad_request("message identifier is not specified")
    message = writable_chat(world, params).messages.get(number)
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    return message


def _deletable(chat: Chat, message: Message) -> bool:
    recent = bool(chat.now() - message.raw["date"] <= _OLDEST_DELETABLE_S)
    return recent and (message.from_bot or chat.bot_may_delete)


def _place(params: Params) -> Json:
    latitude, longitude = params.fraction("latitude"), params.fraction("longitude")
    if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
        raise bad_request("wrong location coordinates specified")
    return {"latitude": latitude, "longitude": longitude}


def _required(params: Params, name: str) -> str:
    value = params.text(name).strip()
    if not value or utf16_length(value) > 4096:
        raise bad_request(f'parameter "{name}" is required')
    return value
