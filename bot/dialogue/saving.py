"""The talk as a file that any phone opens: who said what and when, in the right direction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Final

from bot.dialogue.answers import need_title
from bot.dialogue.presses import read_press
from bot.model import URGENT_TOPIC, Catalogue, City, Document, Open, Reply, SaidLine
from bot.texts import Speaker, own_name

_STYLE: Final = (
    "body{font:1rem/1.5 sans-serif;max-width:40rem;margin:auto;padding:1rem;color:#111;background:#fff}"
    "article{margin:0 0 1.2rem}h2{font-size:.9rem;margin:0;color:#444}p{margin:.2rem 0;white-space:pre-line;"
    "overflow-wrap:anywhere}"
)
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


def saved_talk(speaker: Speaker, city: City, lines: Sequence[SaidLine], moment: datetime) -> Document:
    """The talk as one HTML page without anything from outside."""
    who = {
        "person": speaker.say("You"),
        "bot": speaker.say("Opas, a machine"),
        "counsellor": speaker.say("A counsellor, a person"),
    }
    title = speaker.say("Talk with Opas, {city}", city=city.name)
    direction = "rtl" if speaker.is_rtl else "ltr"
    articles = "\n".join(
        f"<article><h2>{escape(who[line.speaker])} · "
        f'<time dir="ltr" datetime="{line.at.isoformat(timespec="minutes")}">{_moment(line.at)}</time></h2>'
        f'<p dir="auto">{_linked(line.text)}</p></article>'
        for line in lines
    )
    page = (
        f'<!doctype html>\n<html lang="{speaker.locale}" dir="{direction}">\n<head><meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style></head>\n<body>\n<h1>{escape(title)}</h1>\n{articles}\n</body>\n</html>\n"
    )
    return Document(f"opas-{city.id}-{moment.date().isoformat()}.html", page)


def words_of(reply: Reply) -> str:
    """What a person saw of a reply: its text, the card, the map, and where its links lead."""
    lines = [reply.text] if reply.text else []
    if reply.contact:
        lines.append(f"{reply.contact.name}: {reply.contact.number}")
    if reply.venue:
        lines.append(f"{reply.venue.name}: {reply.venue.address}")
    links = [f"{button.label}: {button.url}" for row in reply.buttons for button in row if isinstance(button, Open)]
    return "\n".join([*lines, *links])


def words_of_press(speaker: Speaker, catalogue: Catalogue, data: str) -> str | None:
    """What a button said when a person pressed it; "" when that tells nothing, None when it is an urgent matter."""
    pressed = read_press(data)
    if pressed is None:
        return ""
    need = catalogue.need(pressed.what)
    if pressed.what == URGENT_TOPIC or (need is not None and need.is_urgent):
        return None
    if need is not None and pressed.verb == "next":
        return f"{need_title(speaker, need)}: {speaker.say('What next?')}"
    if need is not None and pressed.verb in ("need", "more"):
        return need_title(speaker, need)
    service = catalogue.service(pressed.what)
    if service is not None and pressed.verb in ("service", "call", "map"):
        return service.name
    if pressed.verb == "topic" and pressed.what in catalogue.topics:
        topic = catalogue.topics[pressed.what]
        return speaker.tell(f"topics.{topic.id}.title", topic.title)
    return own_name(pressed.what) if pressed.verb in ("language", "locale") else ""


def _moment(at: datetime) -> str:
    return f"{at.day}.{at.month}.{at.year} {at.hour}:{at.minute:02}"


def _linked(text: str) -> str:
    """The text escaped, its web addresses as links."""
    parts, done = [], 0
    for found in _ADDRESS.finditer(text):
        parts += [escape(text[done : found.start()]), f'<a href="{escape(found[0])}">{escape(found[0])}</a>']
        done = found.end()
    return "".join([*parts, escape(text[done:])])
