"""How fresh and how complete the facts are: what an editor has to phone for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from bot.errors import Complaint
from bot.model import Catalogue, Fact, Service


def stale_facts(catalogue: Catalogue, today: date) -> list[tuple[str, str, Fact]]:
    """Facts past their date: (id of the service or ``person``, field, fact), oldest first; not of what has ended."""
    found = [
        (service.id or "person", name, fact)
        for service in catalogue.contacts
        for name, fact in service.facts.items()
        if fact.is_stale(today) and not service.is_over(today)
    ]
    return sorted(found, key=lambda item: item[2].checked)


def facts_from_the_future(catalogue: Catalogue, today: date) -> list[Complaint]:
    """Facts that would be taken for fresh because their day is still to come. A day's grace: clocks differ."""
    found = []
    for service in catalogue.contacts:
        what = f"service {service.id}" if service.id else "person"
        for name, fact in service.facts.items():
            if fact.checked > today + timedelta(days=1):
                text = f"{what}: facts: {name}: checked: {fact.checked} is still to come"
                found.append(Complaint("services.yaml", 0, 0, f"{text}; write the day on which it was read"))
    return found


MISSING_ORDER: Final[tuple[tuple[str, Callable[[Service], bool]], ...]] = (
    ("phone", lambda service: not service.phones),
    ("address", lambda service: service.address is None and service.access not in {"phone", "online"}),
    ("opening hours", lambda service: not service.hours and not any(phone.hours for phone in service.phones)),
)


def missing_facts(catalogue: Catalogue, today: date) -> list[tuple[Service, str, int]]:
    """What to phone for first: (service, what is missing, weight), heaviest first; nothing of what has ended.

    The weight counts the needs that the service answers, those that lead with it twice, urgent ones three times more;
    a phone counts more than an address, an address more than hours.
    """
    found = []
    for service in catalogue.services.values():
        weight = 0
        for need in catalogue.needs.values():
            if service.id in need.services:
                weight += (2 if need.services[0] == service.id else 1) * (3 if need.is_urgent else 1)
        for rank, (what, is_missing) in enumerate(MISSING_ORDER):
            if weight and is_missing(service) and not service.is_over(today):
                found.append((service, what, weight * (3 - rank)))
    return sorted(found, key=lambda item: (-item[2], item[0].id))
