"""A reply as data into messages that Telegram takes: HTML, keyboards, cards; never too long, never unescaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Final

from bot.model import Button, ContactCard, Open, Paragraph, Reply, VenueCard
from bot.texts import RIGHT_TO_LEFT

LONGEST: Final = 4000
"""Characters of text in one message. Telegram takes 4096 after parsing; entities never make a text longer."""
LONGEST_LABEL: Final = 60
"""Characters on a button that phones still show in full or nearly."""
TO_THE_RIGHT: Final = "\u200f"
"""A letter that is not seen and is written from right to left."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message of the outbox."""

    kind: str
    """send, venue, contact or document: which call of the Bot API it becomes."""
    body: Mapping[str, object]
    """The call's parameters apart from the chat."""


def render(reply: Reply) -> Iterator[Rendered]:
    """The messages of one reply, in order: text, then contact card, then venue."""
    paragraphs = reply.paragraphs
    if reply.locale in RIGHT_TO_LEFT:
        first, *rest = (*paragraphs, Paragraph(""))
        paragraphs = (first, *map(_aligned, rest))
    texts = list(_texts(paragraphs))
    if reply.document:
        content = reply.document
        yield Rendered("document", {"name": content.name, "content": content.content, "caption": reply.text})
        return
    keyboard = keyboard_of(reply.buttons)
    for index, text in enumerate(texts):
        body: dict[str, object] = {"text": text}
        if keyboard and index == len(texts) - 1:
            body["keyboard"] = keyboard
        yield Rendered("send", body)
    if reply.contact:
        yield Rendered("contact", _contact(reply.contact))
    if reply.venue:
        yield Rendered("venue", _venue(reply.venue))


def messages_of(reply: Reply) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The same as pairs of kind and body, for those who know no more of the edge."""
    for rendered in render(reply):
        yield rendered.kind, rendered.body


def keyboard_of(rows: tuple[tuple[Button, ...], ...]) -> list[list[dict[str, str]]]:
    """Inline keyboard as the Bot API's JSON; ``callback_data`` fits because ids are short (bot.model.LONGEST_ID)."""
    return [[_button(button) for button in row] for row in rows if row]


def _button(button: Button) -> dict[str, str]:
    label = button.label if len(button.label) <= LONGEST_LABEL else button.label[: LONGEST_LABEL - 1] + "…"
    match button:
        case Open(_, url):
            return {"text": label, "url": url}
        case _:
            return {"text": label, "callback_data": button.data}


def _texts(paragraphs: tuple[Paragraph, ...]) -> Iterator[str]:
    """HTML of the paragraphs, cut into messages between them, and a paragraph that is too long within itself."""
    current: list[str] = []
    length = 0
    for paragraph in paragraphs:
        for text in _pieces(paragraph.text):
            if current and length + len(text) + 2 > LONGEST:
                yield "\n\n".join(current)
                current, length = [], 0
            current.append(_html(Paragraph(text, paragraph.style)))
            length += len(text) + 2
    if current:
        yield "\n\n".join(current)


def _aligned(paragraph: Paragraph) -> Paragraph:
    """Lines without a right-to-left letter, within a right-to-left message, are told to begin on the right too.

    Not those of the first paragraph: the first line of the urgent card is its number and nothing else, not even a mark
    that nobody sees. Nor a person's letter: it comes as it was written, in whichever language, and its question mark
    would stand before it.
    """
    if paragraph.style == "covered":
        return paragraph
    lines = [
        line if not line or {unicodedata.bidirectional(char) for char in line} & {"R", "AL"} else TO_THE_RIGHT + line
        for line in paragraph.text.split("\n")
    ]
    return replace(paragraph, text="\n".join(lines))


def _pieces(text: str) -> Iterator[str]:
    text = text.strip()
    while len(text) > LONGEST:
        at = max(text.rfind("\n", 0, LONGEST), text.rfind(" ", 0, LONGEST))
        at = at if at > 0 else LONGEST
        yield text[:at]
        text = text[at:].strip()
    if text:
        yield text


def _html(paragraph: Paragraph) -> str:
    text = escape(paragraph.text, quote=False)
    match paragraph.style:
        case "title":
            return f"<b>{text}</b>"
        case "small":
            return f"<i>{text}</i>"
        case "covered":
            return f"<tg-spoiler>{text}</tg-spoiler>"
        case "plain":
            return text


def _contact(card: ContactCard) -> dict[str, object]:
    return {"phone_number": card.number, "first_name": card.name[:64]}


def _venue(card: VenueCard) -> dict[str, object]:
    return {"title": card.name, "address": card.address, "latitude": card.lat, "longitude": card.lon}
