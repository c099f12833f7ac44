"""Short questions about the service shown last: where, phone, hours, price …"""

from __future__ import annotations

from bot.dialogue import menus
from bot.dialogue.answers import closing_row
from bot.dialogue.facts import Facts
from bot.dialogue.urgent import with_way_on
from bot.model import URGENT_TOPIC, Catalogue, Paragraph, Reply, Service
from bot.texts import Speaker


def follow_up_reply(speaker: Speaker, facts: Facts, kind: str, service: Service) -> Reply:
    """The one fact that was asked for, under the service's name; when it is not known, that and the ways in."""
    lines = _lines(speaker, facts, kind, service)
    head = Paragraph(speaker.latin(service.name), "title")
    if not lines:
        lines = facts.lines(service)
        if unknown := _not_known(speaker, kind, service):
            head = Paragraph(unknown)  # names the service too
    elif doubt := facts.doubt(service):
        lines.append(doubt)
    rows = tuple(row for row in (facts.ways_in(service), closing_row(speaker)) if row)
    return Reply(speaker.locale, (head, Paragraph("\n".join(lines))), rows)


def now_reply(speaker: Speaker, catalogue: Catalogue) -> Reply:
    """For whoever asks what to do now and no place was shown before: what an urgent card says, in short, and how to go
    on. Nothing is remembered of a card, nor whether there was one: the first urgent need stands for all."""
    number = menus.emergency_number(catalogue)
    paragraphs = [Paragraph(number, "title")] if number else []
    paragraphs += [Paragraph(line) for line in menus.emergency_lines(speaker, catalogue)]
    paragraphs += [
        Paragraph(speaker.tell(f"needs.{need.id}.advice", need.advice))
        for need in catalogue.needs_of(URGENT_TOPIC)[:1]
        if need.advice
    ]
    return with_way_on(speaker, Reply(speaker.locale, tuple(paragraphs), urgent=True))


def _not_known(speaker: Speaker, kind: str, service: Service) -> str:
    """That the fact is not known; "ask there" only where somebody can be asked. The service's other facts follow."""
    name = speaker.latin(service.name)
    if service.phones or service.address or service.email:
        return speaker.say("I do not know this about {name}. Ask there:", name=name)
    return "" if kind in ("where", "phone", "email") else speaker.say("I do not know this about {name}.", name=name)


def _lines(speaker: Speaker, facts: Facts, kind: str, service: Service) -> list[str]:
    """The lines that answer ``kind``; none when the fact is not known."""
    match kind:
        case "where" if service.address:
            return [speaker.say("Address: {address}", address=facts.address(service.address))]
        case "phone" if service.phones:
            return [facts.phone(service, index) for index in range(len(service.phones))]
        case "hours" if service.hours:
            return [*facts.opening(service), *facts.week(service)]
        case "hours" if any(phone.hours for phone in service.phones):
            return [facts.phone(service, index) for index in range(len(service.phones))]
        case "price" if service.cost or service.price:
            return [facts.cost(service)]
        case "languages" if service.languages:
            return [facts.languages(service)]
        case "bring" if service.bring:
            return [facts.bring(service)]
        case "email" if service.email:
            return [speaker.say("E-mail: {email}", email=speaker.latin(service.email))]
        case "web" if service.web:
            return [speaker.say("The page opens with the button.")]
        case "appointment" if service.access:
            return [facts.access(service.access), *(facts.phone(service, i) for i in range(len(service.phones)))]
        case _:
            return []
