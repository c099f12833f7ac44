"""Which facts are past their date, and which are missing: what an editor looks at next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from bot.model import Catalogue, Fact, Service


def stale_facts(catalogue: Catalogue, today: date) -> list[tuple[Service, str, Fact]]:
    """Facts past their date: (service, field, fact), oldest first."""
    found = [
        (service, name, fact)
        for service in catalogue.services.values()
        for name, fact in service.facts.items()
        if fact.is_stale(today)
    ]
    return sorted(found, key=lambda item: item[2].checked)


MISSING_ORDER: Final[tuple[tuple[str, Callable[[Service], bool]], ...]] = (
    ("phone", lambda service: not service.phones),
    ("address", lambda service: service.address is None and service.access not in {"phone", "online"}),
    ("opening hours", lambda service: not service.hours and not any(phone.hours for phone in service.phones)),
)


def missing_facts(catalogue: Catalogue) -> list[tuple[Service, str, int]]:
    """What to phone for first: (service, what is missing, weight), heaviest first.

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
            if weight and is_missing(service):
                found.append((service, what, weight * (3 - rank)))
    return sorted(found, key=lambda item: (-item[2], item[0].id))
