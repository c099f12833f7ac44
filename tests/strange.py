"""Strange messages and updates without end, the same ones for the same seed: for the tests and for ``make bench``."""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from bot.loopback.attachments import attachment
from bot.loopback.world import World

Json = dict[str, Any]

TEXTS = (
    "my throat hurts", "where is the town hall", "/start", "/menu", "/nosuchcommand", "/", "// x", "/start\x00", "/menu@opas_bot",
    "\u202e\u2066\u2069\u200f", "👨‍👩‍👧‍👦🏳️‍🌈🤷🏽‍♂️", "<b>bold</b> <a href='x'>&lt;&#x;", "&&&<<<>>>", "'; DROP TABLE person; --", "{name} %s {0} \\n ${x}",
    "Z̸̡a̴͝l̶g̷o̴", "\x00\x01\x07\x1b[31m", "𐍈𐍉𐍊", "1️⃣", "？？？", "؟" * 50, "ﷺ" * 20, "\ud83d", "\udfff x", "\ufffe\uffff", "	\t\n", ".", "0",
    "NaN", "null", "[]", '{"update_id": 1}', "=cmd|' /C calc'!A0", "../../etc/passwd", "http://example.org/?q=<x>", "a@b", "+", "-1", "१२३४५६७८",
    "help me my husband beats me", "i want to die", "ｆｕｌｌ ｗｉｄｔｈ", "ĦḛḽỖ", "мой ребенок болен", "طفلي مريض", "我的孩子病了", "ትግርኛ ሰላም", "पानी कहाँ है",
)  # fmt: skip
KINDS = ("photo", "sticker", "voice", "location", "contact", "document", "poll", "video", "audio", "animation", "venue")
SERVICE = (
    "pinned_message",
    "new_chat_title",
    "group_chat_created",
    "left_chat_member",
    "message_auto_delete_timer_changed",
)
VERBS = (
    "menu",
    "topic",
    "need",
    "more",
    "service",
    "call",
    "map",
    "language",
    "locale",
    "helpful",
    "wrong",
    "fact",
    "person",
    "none",
    "drop",
    "nosuch",
)
THINGS = (
    "",
    "urgent",
    "health",
    "see-doctor",
    "city-office",
    "en",
    "ar",
    "xx",
    "%",
    "' OR 1=1",
    "\u202e",
    "x" * 50,
    "../x",
    "1",
    "v1:menu",
)
RUBBISH: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**53 + 1,
    2**70,
    1.5,
    "",
    "x",
    [],
    {},
    [[]],
    {"id": "x"},
    "\ud800",
)


@dataclass(frozen=True, slots=True)
class Strange:
    update: Any
    chat_id: int | None = None
    """Where an answer has to come, if one has to."""


def strange(world: World, seed: int, number: int) -> Iterator[Strange]:
    """So many updates; every private one comes from somebody else, who has started the bot."""
    rng = random.Random(seed)
    for place in range(number):
        yield _one(world, rng, place)


def text(rng: random.Random) -> str:
    """Anything that can stand in a message, 4096 characters at most, never blank."""
    match rng.randrange(6):
        case 0:
            made = "".join(
                chr(rng.choice((rng.randrange(32, 0x3000), rng.randrange(0x10000, 0x1FFFF))))
                for _ in range(rng.randrange(1, 60))
            )
        case 1:
            made = rng.choice(TEXTS) * rng.randrange(1, 400)
        case 2:
            made = " ".join(rng.choice(TEXTS) for _ in range(rng.randrange(1, 8)))
        case 3:
            made = rng.choice("abc äöß ы ش 字 .,!?\n") * rng.randrange(1, 5000)
        case _:
            made = rng.choice(TEXTS)
    return (made[:4096]) if made.strip() else "?"


def _one(world: World, rng: random.Random, place: int) -> Strange:
    person = world.person(
        500_000 + place, rng.choice(("A", "<b>", "\u202e", "名")), rng.choice(("en", "ar", "xx", None, "zh-hans"))
    )
    message = _message(rng, person.as_user(), person.chat.as_chat(), place)
    match rng.randrange(20):
        case 0 | 1 | 2 | 3 | 4 | 5 | 6:
            return Strange({"message": message}, person.id)
        case 7 | 8 | 9:
            kind = rng.choice(KINDS)
            message.pop("text")
            message.pop("entities", None)
            message |= attachment(kind, person.as_user())
            if rng.random() < 0.4:
                message["caption"] = text(rng)[:1024]
            return Strange({"message": message}, person.id)
        case 10:
            message.pop("text")
            return Strange({"message": {**message, "hologram": {"depth": 3}}}, person.id)
        case 11:
            return Strange({"edited_message": {**message, "edit_date": message["date"]}}, person.id)
        case 12 | 13:
            return Strange({"callback_query": _press(rng, message)}, None)
        case 14:
            field = rng.choice(SERVICE)
            message.pop("text")
            return Strange({"message": {**message, field: deepcopy(rng.choice(RUBBISH))}})
        case 15:
            chat = {"id": -1_000_000 - place, "type": rng.choice(("group", "supergroup", "channel")), "title": "x"}
            kind = "channel_post" if chat["type"] == "channel" else "message"
            return Strange({kind: {**message, "chat": chat}})
        case 16:
            return Strange(
                {
                    rng.choice(("poll", "inline_query", "message_reaction", "of_tomorrow", "chat_boost")): rng.choice(
                        RUBBISH
                    )
                }
            )
        case 17:
            return Strange(
                {
                    "my_chat_member": rng.choice(
                        (*RUBBISH, {"chat": message["chat"], "from": message["from"], "date": 1})
                    )
                }
            )
        case _:
            return Strange(
                _spoilt(
                    rng, {rng.choice(("message", "edited_message")): message, "callback_query": _press(rng, message)}
                )
            )


def _message(rng: random.Random, sender: Json, chat: Json, place: int) -> Json:
    written = text(rng)
    message: Json = {"message_id": 10_000 + place, "date": 1_780_000_000, "from": sender, "chat": chat, "text": written}
    if written.startswith("/") and len(written.split()[0]) > 1:
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(written.split()[0])}]
    elif rng.random() < 0.2:
        message["entities"] = [
            {
                "type": rng.choice(("bold", "url", "mention", "x")),
                "offset": rng.randrange(9999),
                "length": rng.choice((0, 3, -1)),
            }
        ]
    if rng.random() < 0.1:
        message["reply_to_message"] = {"message_id": 1, "date": 0, "chat": chat}
    return message


def _press(rng: random.Random, message: Json) -> Json:
    data = f"{rng.choice(('v1', 'v1', 'v1', 'v0', ''))}:{rng.choice(VERBS)}:{rng.choice(THINGS)}"
    query: Json = {"id": str(rng.randrange(10**12)), "from": message["from"], "chat_instance": "1"}
    if rng.random() < 0.9:
        query["data"] = data
    if rng.random() < 0.9:
        query["message"] = {
            "message_id": message["message_id"],
            "date": rng.choice((0, 1_780_000_000)),
            "chat": message["chat"],
        }
    return query


def _spoilt(rng: random.Random, update: Json) -> Json:
    """One to three places anywhere in it hold rubbish, or nothing."""
    if rng.random() < 0.7:
        update.pop(rng.choice(list(update)))
    for _ in range(rng.randrange(1, 4)):
        place: Any = update
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = rng.choice(keys)
            if isinstance(place[key], dict | list) and place[key] and rng.random() < 0.7:
                place = place[key]
                continue
            if isinstance(place, dict) and rng.random() < 0.3:
                place.pop(key)
            else:
                place[key] = deepcopy(rng.choice(RUBBISH))  # spoilt itself later, it must not come to hold itself
            break
    return update
