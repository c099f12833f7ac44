"""What of a Bot API update may be stored: everything needed to answer, nothing that tells who somebody is.

Works by picking: a field that is not named here does not survive, so that what Telegram adds tomorrow stays
out. Knows the JSON shape of an update and not python-telegram-bot; the result is an update that its parser
accepts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypedDict

from bot.redaction import Redacted
from bot.reduction import values
from bot.reduction.placeholders import ATTACHMENTS, NOBODY

LONGEST_TEXT: Final = 4096
"""Characters in a message of Telegram; what a forged update brings beyond that is cut off."""
_LONGEST_BUTTON: Final = 64
_BUTTON: Final = re.compile(r"[a-z]\d:[a-z]{1,16}(:[a-z0-9][a-z0-9-]{0,47}){0,2}")
"""Version, verb, and at most two of: id, number, language, key of a question."""
_KEY: Final = re.compile(r"(?=\d*[a-f])[0-9a-f]{16}")
"""A random key; one without a letter could be the number of a bank card."""
_MANY_DIGITS: Final = re.compile(r"\d{8}|\d{6}-")
"""More than any number of ours has: a phone, a day of birth."""


@dataclass(frozen=True, slots=True)
class Received:
    """One update, reduced and redacted."""

    update_id: int | None
    """None only when the update is malformed."""
    chat_id: int | None
    chat_type: str
    """private, group, supergroup or channel; empty without a chat."""
    kind: str
    """message, edited_message, callback_query; inline (not to be stored), other, malformed."""
    body: str
    """Compact JSON for ``telegram.Update.de_json``; ``{}`` when there is not even an update id. Under ``opas.removed``
    stands what was masked in the text, in the words of ``redaction``."""
    message_id: int | None = None
    """Of a message that a person wrote: "Remove this talk from my screen" deletes it by this number."""


def reduce_update(raw: object, redact: Callable[[str], Redacted]) -> Received:
    """The update as it may be stored; raises nothing, whatever ``raw`` is.

    ``raw``: parsed JSON of getUpdates or of a webhook post. ``redact``: masks a text (``bot.redaction``).
    """
    update = raw if isinstance(raw, dict) else {}
    update_id = values.number(update.get("update_id"), least=0)
    if update_id is None:
        return Received(None, None, "", "malformed", "{}")
    empty = {"update_id": update_id}
    for kind, reduced_by in _KINDS.items():
        if kind in update:
            try:
                part = reduced_by(update[kind], redact)
            except values.MalformedError:
                return Received(update_id, None, "", "malformed", values.compact_json(empty))
            body: dict[str, object] = {**empty, kind: part.body}
            if part.removed:
                body["opas"] = {"removed": sorted(part.removed)}
            own = part.body.get("message_id") if kind == "message" else None
            message_id = own if isinstance(own, int) else None
            stored = values.compact_json(body)
            return Received(update_id, part.chat_id, part.chat_type, kind, stored, message_id)
    kind = "inline" if {"inline_query", "chosen_inline_result"} & update.keys() else "other"
    return Received(update_id, None, "", kind, values.compact_json(empty))


@dataclass(frozen=True, slots=True)
class _Part:
    body: dict[str, object]
    chat_id: int | None
    chat_type: str
    removed: frozenset[str] = frozenset()


# --- the three kinds of update the bot works on -----------------------------------------------------------


def _message(raw: object, redact: Callable[[str], Redacted]) -> _Part:
    given = values.mapping(raw)
    chat = _chat(given.get("chat"))
    body = _stub(given)
    removed: frozenset[str] = frozenset()
    if (edit_date := values.date(given.get("edit_date"))) is not None:
        body["edit_date"] = edit_date
    if "from" in given:
        body["from"] = _person(given["from"])
    for field, entities in (("text", "entities"), ("caption", "caption_entities")):
        if isinstance(written := given.get(field), str):
            redacted = redact(values.storable(written[:LONGEST_TEXT]))
            body[field] = redacted.text
            body[entities] = _entities(given.get(entities), values.utf16_length(redacted.text))
            removed |= redacted.kinds
    if isinstance(answered := given.get("reply_to_message"), dict):
        body["reply_to_message"] = _answered(answered)
    if isinstance(album := given.get("media_group_id"), str):
        body["media_group_id"] = values.storable(album[:64])
    for field in ("migrate_to_chat_id", "migrate_from_chat_id", "message_thread_id"):
        if (number := values.number(given.get(field))) is not None:
            body[field] = number
    body |= {field: smallest for field, smallest in ATTACHMENTS.items() if field in given}
    return _Part(body, chat["id"], chat["type"], removed)


def _callback_query(raw: object, redact: Callable[[str], Redacted]) -> _Part:
    given = values.mapping(raw)
    query_id, instance, data = given.get("id"), given.get("chat_instance"), given.get("data")
    if not isinstance(query_id, str) or not isinstance(instance, str):
        raise values.MalformedError
    body: dict[str, object] = {"id": values.storable(query_id[:64]), "from": _person(given.get("from"))}
    body["chat_instance"] = values.storable(instance[:64])
    if isinstance(data, str) and _is_ours(data, redact):
        body["data"] = data
    if given.get("message") is None:
        return _Part(body, None, "")
    pressed = values.mapping(given["message"])
    chat = _chat(pressed.get("chat"))
    body["message"] = _stub(pressed)
    return _Part(body, chat["id"], chat["type"])


def _is_ours(data: str, redact: Callable[[str], Redacted]) -> bool:
    """Whether a button's data may be one of ours: another program than Telegram's can send whatever it likes with a
    press, also words about somebody. Ours is never masked, or an id in it would no longer be one."""
    if len(data) > _LONGEST_BUTTON or not _BUTTON.fullmatch(data):
        return False
    words = [word for word in data.split(":") if not _KEY.fullmatch(word)]
    return not any(_MANY_DIGITS.search(word) or redact(word).kinds for word in words)


_KINDS: Final[Mapping[str, Callable[[object, Callable[[str], Redacted]], _Part]]] = {
    "message": _message,
    "edited_message": _message,
    "callback_query": _callback_query,
}

# --- their parts -----------------------------------------------------------------------------------------


def _stub(given: Mapping[str, object]) -> dict[str, object]:
    """What every message has: number, date and chat."""
    return {
        "message_id": values.needed(values.number(given.get("message_id"))),
        "date": values.needed(values.date(given.get("date"))),
        "chat": {**_chat(given.get("chat"))},
    }


def _answered(given: Mapping[str, object]) -> dict[str, object]:
    body = _stub(given)
    if "from" in given:
        body["from"] = _person(given["from"])
    return body


class _Chat(TypedDict):
    id: int
    type: str


def _chat(raw: object) -> _Chat:
    given = values.mapping(raw)
    kind = given.get("type")
    if not isinstance(kind, str) or not re.fullmatch(r"[a-z_]{1,20}", kind):
        raise values.MalformedError
    return {"id": values.needed(values.number(given.get("id"))), "type": kind}


def _person(raw: object) -> dict[str, object]:
    given = values.mapping(raw)
    body: dict[str, object] = {
        "id": values.needed(values.number(given.get("id"))),
        "is_bot": given.get("is_bot") is True,
        "first_name": NOBODY,
    }
    language = given.get("language_code")
    if isinstance(language, str) and re.fullmatch(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,3}", language):
        body["language_code"] = language
    return body


def _entities(raw: object, length: int) -> list[dict[str, object]]:
    """Commands and mentions, which tell in a group whether the bot is meant; only those inside the text."""
    kept: list[dict[str, object]] = []
    for entity in raw[:100] if isinstance(raw, list) else ():
        if isinstance(entity, dict) and entity.get("type") in ("bot_command", "mention"):
            offset, size = values.number(entity.get("offset"), least=0), values.number(entity.get("length"), least=1)
            if offset is not None and size is not None and offset + size <= length:
                kept.append({"type": entity["type"], "offset": offset, "length": size})
    return kept
