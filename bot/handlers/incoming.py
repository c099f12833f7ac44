"""The edge translates once: a Telegram update in, our own words out. After this nobody meets an Optional."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from telegram import Message, Update

Kind: TypeAlias = Literal["text", "command", "press", "media"]

# Fields of a message in the order in which they decide; the first one that is there names the kind.
_MEDIA: Final = (
    ("voice", "voice"), ("audio", "audio"), ("video_note", "video-note"), ("photo", "photo"),
    ("animation", "animation"), ("document", "document"), ("video", "video"), ("venue", "venue"),
    ("location", "location"), ("contact", "contact"), ("sticker", "sticker"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a person did, in our own words: no Telegram type goes further."""

    kind: Kind
    chat_id: int
    update_id: int
    text: str = ""
    """What was written (redacted), the command's name, or the button's data."""
    phone_locale: str | None = None
    removed: frozenset[str] = frozenset()
    """Kinds of personal data that were deleted from the text."""
    media: str = ""
    message_id: int = 0
    """Of the message itself, or of the message whose button was pressed (0 when it is out of reach)."""
    query_id: str = ""
    reply_to: int = 0
    """The message to which this one replies."""
    is_edit: bool = False
    is_group: bool = False


def read(update: Update, bot_username: str) -> Incoming | None:
    """What the person did, or None when nobody said anything to the bot (a service message, a channel post, a shared
    place that moves)."""
    chat = update.effective_chat
    if chat is None:
        return None
    user = update.effective_user
    locale = user.language_code if user else None
    is_group = chat.type != "private"
    query = update.callback_query
    if query is not None:
        message_id = query.message.message_id if query.message else 0
        return Incoming(
            "press", chat.id, update.update_id, query.data or "", locale,
            message_id=message_id, query_id=query.id, is_group=is_group,
        )  # fmt: skip
    message = update.message or update.edited_message
    if message is None:
        return None
    removed = frozenset(_removed(update))
    common = (locale, removed)
    edit = update.edited_message is not None
    text, caption = message.text or "", message.caption or ""
    if _is_command(message):
        command, _, addressee = text[1:].split()[0].partition("@")
        if is_group and addressee and addressee.casefold() != bot_username.casefold():
            return None
        return Incoming("command", chat.id, update.update_id, command.casefold(), *common, is_group=is_group)
    if is_group:
        text, caption = (mention_of(bot_username).sub(" ", words).strip() for words in (text, caption))
    if message.text:
        return Incoming(
            "text", chat.id, update.update_id, text, *common,
            message_id=message.message_id, is_edit=edit, is_group=is_group,
            reply_to=message.reply_to_message.message_id if message.reply_to_message else 0,
        )  # fmt: skip
    media = _media(message)
    if media is None or (edit and not message.caption):
        return None
    return Incoming("media", chat.id, update.update_id, caption, *common, media=media, is_group=is_group)


@functools.cache
def mention_of(bot_username: str) -> re.Pattern[str]:
    """How the bot is addressed in a group: its name in any case, and no longer name that begins with it."""
    return re.compile(rf"(?<!\w)@{re.escape(bot_username)}(?!\w)", re.IGNORECASE)


def _is_command(message: Message) -> bool:
    """Whether Telegram took the beginning of the text for a command ("/" alone and "/ menu" are none)."""
    return any(entity.type == "bot_command" and entity.offset == 0 for entity in message.entities)


def _media(message: Message) -> str | None:
    """The kind of a message without text; None for service messages, to which nobody expects an answer."""
    for field, kind in _MEDIA:
        if getattr(message, field, None):
            return kind
    service = (
        "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
        "group_chat_created", "supergroup_chat_created", "pinned_message", "migrate_to_chat_id", "migrate_from_chat_id",
        "message_auto_delete_timer_changed",
    )  # fmt: skip
    return None if any(getattr(message, field, None) for field in service) else "other"


def _removed(update: Update) -> list[str]:
    """What reduction noted beside the update (python-telegram-bot keeps unknown fields in ``api_kwargs``)."""
    noted = update.api_kwargs.get("opas", {})
    removed = noted.get("removed", []) if isinstance(noted, dict) else []
    return [kind for kind in removed if isinstance(kind, str)]
