"""The urgent card: the number first, a card that calls with one tap, then what to do. Nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue.facts import Facts, shown_number
from bot.dialogue.presses import press_data
from bot.hours import state_at
from bot.model import Catalogue, ContactCard, Need, Paragraph, Phone, Press, Reply, Service
from bot.texts import Speaker


def urgent_reply(
    speaker: Speaker, facts: Facts, catalogue: Catalogue, need: Need, services: Sequence[Service]
) -> Reply:
    """The card of one urgent need. ``services`` in the catalogue's order: the first one with a phone is called.

    No session notice, draft label, small print or feedback: the one button removes the talk from the screen.
    """
    callable_ones = [service for service in services if service.phones]
    paragraphs: list[Paragraph] = []
    contact = None
    if callable_ones:
        first = callable_ones[0]
        number = shown_number(first.phones[0].number, catalogue.city.country)
        # Line one is the number and nothing but the number: no isolate, no label, ASCII digits.
        paragraphs.append(Paragraph(number, "title"))
        paragraphs.append(Paragraph(speaker.say("Call this number now: {name}.", name=speaker.latin(first.name))))
        contact = ContactCard(first.name, first.phones[0].number)
    paragraphs.append(Paragraph(speaker.say("I am a machine. Nobody reads this chat now.")))
    to_do = [speaker.tell(f"needs.{need.id}.advice", need.advice)] if need.advice else []
    to_do += [speaker.tell(f"needs.{need.id}.steps.{index}", step) for index, step in enumerate(need.steps)]
    if to_do:
        paragraphs.append(Paragraph("\n".join(to_do)))
    if need.say:
        paragraphs.append(Paragraph(_words_to_say(speaker, need)))
    called = {first.phones[0].number for first in callable_ones[:1]}
    others = [service for service in callable_ones[1:] if {phone.number for phone in service.phones} - called]
    listeners = [_listener(speaker, facts, catalogue, service) for service in others]
    if listeners:
        paragraphs.append(Paragraph(speaker.say("They listen too:"), "title"))
        paragraphs += [Paragraph(line) for line in listeners]
    wipe = Press(speaker.say("Remove this talk from my screen"), press_data("wipe"))
    return Reply(speaker.locale, tuple(paragraphs), ((wipe,),), contact=contact, urgent=True)


def with_way_on(speaker: Speaker, card: Reply) -> Reply:
    """The card for whoever cried "help" and is perhaps only lost."""
    line = speaker.say("Do you need something else? Then write what you need, or look at the menu.")
    menu = Press(speaker.say("Menu"), press_data("menu"))
    return replace(card, paragraphs=(*card.paragraphs, Paragraph(line)), buttons=(*card.buttons, (menu,)))


def _words_to_say(speaker: Speaker, need: Need) -> str:
    """The sentence in the country's language, how it sounds in the person's script, and what it means."""
    sound = speaker.tell(f"needs.{need.id}.say.sound", need.say)
    meaning = speaker.tell(f"needs.{need.id}.say.meaning", need.say)
    lines = [speaker.say("Say on the phone:"), speaker.latin(f"«{need.say}»")]
    lines += [line for line in dict.fromkeys((sound, f"= {meaning}")) if line.removeprefix("= ") != need.say]
    return "\n".join(lines)


def _listener(speaker: Speaker, facts: Facts, catalogue: Catalogue, service: Service) -> str:
    """Who else listens: name, numbers, whether somebody answers now, in which languages."""
    city = catalogue.city
    by_state: dict[str, list[Phone]] = {}
    for phone in service.phones:
        hours = phone.hours or service.hours
        state = state_at(hours, facts.moment, timezone=city.timezone, country=city.country) if hours else None
        by_state.setdefault(facts.answers(state) if state else "", []).append(phone)
    lines = [speaker.latin(service.name)]
    for state_line, phones in by_state.items():
        # A label is worth its line only where the numbers differ in when they answer (a Swedish line, say).
        labels = [facts.phone_label(service, phone) if len(by_state) > 1 else "" for phone in phones]
        numbers = [
            f"{facts.number(phone)} ({label})" if label else facts.number(phone)
            for phone, label in zip(phones, labels, strict=True)
        ]
        lines += [speaker.joined(numbers), *([state_line] if state_line else [])]
    if service.languages:
        lines.append(facts.languages(service))
    return "\n".join(lines)
