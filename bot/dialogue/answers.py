"""An answer to a need, a service's card, and the choice between needs that are close."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.dialogue.facts import Facts
from bot.dialogue.presses import press_data
from bot.dialogue.urgent import urgent_reply
from bot.model import URGENT_TOPIC, Button, Catalogue, Need, Paragraph, Press, Reply, Service
from bot.texts import Speaker

BESIDE: Final = 2
"""Buttons in the row of other services: names are long and a phone is narrow. The last one is "More" when needed."""


def need_title(speaker: Speaker, need: Need) -> str:
    return speaker.tell(f"needs.{need.id}.title", need.title)


def need_reply(speaker: Speaker, facts: Facts, catalogue: Catalogue, need: Need) -> Reply:
    """The answer to a need at the facts' moment; the card, when it is urgent."""
    today = facts.moment.date()
    if need.is_urgent:
        in_order = [catalogue.services[service_id] for service_id in need.services]
        running = [service for service in in_order if not service.is_over(today)]
        return urgent_reply(speaker, facts, catalogue, need, running)
    return answer_reply(speaker, facts, need, catalogue.services_of(need, today))


def answer_reply(speaker: Speaker, facts: Facts, need: Need, services: Sequence[Service]) -> Reply:
    """What to do, the first service in full, the others as buttons, feedback, a person: four rows of buttons."""
    paragraphs = [Paragraph(need_title(speaker, need), "title")]
    advice = [speaker.tell(f"needs.{need.id}.advice", need.advice)] if need.advice else []
    steps = [speaker.tell(f"needs.{need.id}.steps.{index}", step) for index, step in enumerate(need.steps)]
    if len(steps) > 1:
        steps = [f"{speaker.latin(f'{number}.')} {step}" for number, step in enumerate(steps, 1)]
    if need.bring and not (services and services[0].bring == need.bring):  # else the service's card says it
        things = speaker.tell(f"needs.{need.id}.bring", need.bring)
        steps.append(speaker.say("Take with you: {things}", things=things))
    if advice or steps:
        paragraphs.append(Paragraph("\n".join([*advice, *steps])))
    rows: list[tuple[Button, ...]] = []
    if services:
        first, others = services[0], services[1:]
        paragraphs += card_paragraphs(speaker, facts, first)
        rows.append(facts.ways_in(first))
        rows.append(_beside(speaker, need, others))
        rows.append(feedback_row(speaker, need, first))
    else:
        if not (advice or steps):
            paragraphs.append(Paragraph(speaker.say("No service for this is known at the moment.")))
        rows.append(_beside(speaker, need, ()))
        rows.append(feedback_row(speaker, need, None))
    rows.append(closing_row(speaker))
    return Reply(speaker.locale, tuple(paragraphs), tuple(row for row in rows if row))


def _beside(speaker: Speaker, need: Need, others: Sequence[Service]) -> tuple[Button, ...]:
    """Other services and what often comes next; behind "More" when there is no room for all of them."""
    places: list[Button] = [Press(service.name, press_data("service", service.id)) for service in others]
    after = [Press(speaker.say("What next?"), press_data("next", need.id))] if need.next else []
    if len(places) + len(after) <= BESIDE:
        return (*places, *after)
    return (*places[: BESIDE - 1], Press(speaker.say("More"), press_data("more", need.id)))


def next_reply(speaker: Speaker, catalogue: Catalogue, need: Need) -> Reply:
    """What people often need after this, a button each."""
    needs = needs_known(catalogue, need.next)
    rows = tuple((Press(need_title(speaker, other), press_data("need", other.id)),) for other in needs)
    title = Paragraph(need_title(speaker, need), "title")
    ask = Paragraph(speaker.say("After this people often need:"))
    return Reply(speaker.locale, (title, ask), (*rows, closing_row(speaker)))


def service_reply(speaker: Speaker, facts: Facts, service: Service) -> Reply:
    rows = (facts.ways_in(service), feedback_row(speaker, None, service), closing_row(speaker))
    paragraphs = tuple(card_paragraphs(speaker, facts, service))
    return Reply(speaker.locale, paragraphs, tuple(row for row in rows if row))


def card_paragraphs(speaker: Speaker, facts: Facts, service: Service) -> list[Paragraph]:
    """Name, what it does for you, and its facts."""
    paragraphs = [Paragraph(speaker.latin(service.name), "title")]
    if service.summary:
        paragraphs.append(Paragraph(facts.summary(service)))
    paragraphs.append(Paragraph("\n".join(facts.lines(service))))
    return [paragraph for paragraph in paragraphs if paragraph.text]


def more_reply(speaker: Speaker, need: Need, services: Sequence[Service]) -> Reply:
    """All services of a need, a button each."""
    rows = tuple((Press(service.name, press_data("service", service.id)),) for service in services)
    title = Paragraph(need_title(speaker, need), "title")
    return Reply(speaker.locale, (title, Paragraph(speaker.say("Choose a place:"))), (*rows, closing_row(speaker)))


def choice_reply(speaker: Speaker, needs: Sequence[Need], *, is_elsewhere: bool = False) -> Reply:
    """Needs that may be meant, and "none of these". ``is_elsewhere``: what is meant is clear, but of another place; the
    caller says so, and nothing is asked."""
    rows: list[tuple[Button, ...]] = [
        (Press(need_title(speaker, need), press_data("need", need.id)),) for need in needs
    ]
    if len(needs) == 1:
        ask, no = speaker.say("Do you mean this?"), speaker.say("Not this")
    else:
        ask, no = speaker.say("What do you mean? Choose one:"), speaker.say("None of these")
    rows.append((Press(no, press_data("none")),))
    return Reply(speaker.locale, () if is_elsewhere else (Paragraph(ask),), tuple(rows))


def feedback_row(speaker: Speaker, need: Need | None, service: Service | None) -> tuple[Button, ...]:
    """ "Was this right?", and "a fact is wrong" where a service is shown."""
    row: list[Button] = []
    if need is not None:
        row.append(Press(speaker.say("This helped"), press_data("helpful", need.id)))
        row.append(Press(speaker.say("Not this"), press_data("wrong", need.id)))
    if service is not None:
        row.append(Press(speaker.say("A fact is wrong"), press_data("fact", service.id)))
    return tuple(row)


def closing_row(speaker: Speaker) -> tuple[Button, ...]:
    return (
        Press(speaker.say("Ask a person"), press_data("person")),
        Press(speaker.say("Menu"), press_data("menu")),
    )


def first_urgent(catalogue: Catalogue) -> Need | None:
    """The need that the emergency number answers."""
    return next(iter(catalogue.needs_of(URGENT_TOPIC)), None)


def needs_known(catalogue: Catalogue, ids: Sequence[str]) -> list[Need]:
    return [need for need in (catalogue.need(need_id) for need_id in ids) if need is not None]
