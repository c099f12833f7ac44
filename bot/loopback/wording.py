"""What Telegram does to a text before it shows it: cleaning, trimming, and the entities it finds by itself."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable

from bot.loopback.html import HtmlRefused, parse_html, utf16_length
from bot.loopback.refusal import Json, bad_request

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_MOST_ENTITIES = 100  # the rest is ignored

_CONTROL = {code: " " for code in range(32) if code not in (10, 13)}
_DIRTY = re.compile("[\x00-\x09\x0b-\x1f\u2028-\u202e\u0333\u033f\u030a\u200e\u200f]")
# Line and paragraph separators and the old bidi embeddings (not the isolates) vanish on Telegram.
_VANISHING = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_DOUBLED_MARKS = re.compile("[\u200e\u200f]+(?=[\u200e\u200f])")
_INVISIBLE = re.compile(
    "[\\s\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufffc\ufeff\u00a0\U000e0000-\U000e007f]*"
)

_FOUND = re.compile(
    r"(?P<email>[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<url>\bhttps?://[^\s<>\"']+|\b(?:[\w-]+\.)+(?:fi|com|org|net|eu|info|io|me|se|ee|ru|de)\b(?:[/?#][^\s<>\"']*)?)"
    r"|(?P<bot_command>(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/<>]))"
    r"|(?P<mention>(?<!\w)@[a-zA-Z0-9_]{4,32}(?!\w))"
    r"|(?P<hashtag>(?<!\w)\#\w*[^\W\d]\w*)"
    r"|(?P<phone_number>(?<![\w+])\+\d[\d ()-]{6,18}\d(?!\w))"
)
_EXCLUSIVE = frozenset({"code", "pre", "text_link", "text_mention", "custom_emoji"})


def worded(source: str, parse_mode: str, entities: list[Json] | None, *, limit: int) -> tuple[str, list[Json]]:
    """What a bot sends, as Telegram stores it: text and entities.

    Raises a Refusal when the markup is broken, the text invisible or longer than `limit` code points.
    """
    if parse_mode:
        if parse_mode.lower() != "html":
            # Telegram knows Markdown too; this server does not, and says so instead of showing asterisks.
            raise bad_request("unsupported parse_mode")
        try:
            text, found = parse_html(source)
        except HtmlRefused as refused:
            raise bad_request(f"can't parse entities: {refused}") from None
    else:
        text, found = source, [_checked_entity(entity, source) for entity in entities or []]
    text, found = cleaned(text, found)
    if len(text) > limit:
        raise bad_request("message is too long" if limit == TEXT_LIMIT else "message caption is too long")
    return text, with_found_entities(text, found)[:_MOST_ENTITIES]


def cleaned(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Text and entities after Telegram's cleaning and trimming. Refused when nothing visible is left."""
    if _DIRTY.search(text):
        text = text.translate(_CONTROL)
        gone = [utf16_length(text[: found.start()]) for found in _VANISHING.finditer(text)]
        text = _VANISHING.sub("", text)
        text = _DOUBLED_MARKS.sub(lambda marks: "\u200c" * len(marks.group()), text)
        entities = [_moved(entity, lambda at: at - bisect_left(gone, at)) for entity in entities]
    text = text.rstrip(" \n")
    end = utf16_length(text)
    first = min((entity["offset"] for entity in entities), default=end)
    lead = min(len(text) - len(text.lstrip(" \n")), first)  # spaces inside an entity stay
    text = text[lead:]
    if _INVISIBLE.fullmatch(text):
        raise bad_request("text must be non-empty")
    entities = [_moved(entity, lambda at: min(at, end) - lead) for entity in entities]
    return text, [entity for entity in entities if entity["length"] > 0]


def with_found_entities(text: str, entities: list[Json]) -> list[Json]:
    """The entities and those Telegram adds: links, e-mail addresses, commands, mentions, hashtags, numbers."""
    taken = [
        (entity["offset"], entity["offset"] + entity["length"]) for entity in entities if entity["type"] in _EXCLUSIVE
    ]
    found = []
    for match in _FOUND.finditer(text):
        words = match.group().rstrip(".,;:!?)") if match.lastgroup == "url" else match.group()
        offset = utf16_length(text[: match.start()])
        end = offset + utf16_length(words)
        if not any(begin < end and offset < stop for begin, stop in taken):
            found.append({"type": match.lastgroup, "offset": offset, "length": end - offset})
    if not found:
        return entities
    return sorted(entities + found, key=lambda entity: (entity["offset"], -entity["length"]))


def _moved(entity: Json, place: Callable[[int], int]) -> Json:
    begin, end = place(entity["offset"]), place(entity["offset"] + entity["length"])
    return {**entity, "offset": begin, "length": end - begin}


def _checked_entity(entity: Json, text: str) -> Json:
    """An entity the bot gave itself; refused when it does not lie inside the text."""
    offset, length, end = entity.get("offset"), entity.get("length"), utf16_length(text)
    if not isinstance(entity.get("type"), str) or not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    if offset < 0:
        raise bad_request(f"receive an entity with incorrect offset {offset}")
    if offset >= end:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
    if offset + length > end:
        raise bad_request(
            f"entity beginning at UTF-16 offset {offset} ends after the end of the text "
            f"at UTF-16 offset {offset + length}"
        )
    return dict(entity)
