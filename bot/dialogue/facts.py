"""A service's facts in words: numbers, addresses, whether it is open, how sure we are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final
from urllib.parse import quote_plus

import phonenumbers

from bot.dialogue.presses import press_data
from bot.hours import HoursState, state_at, week_from
from bot.model import Access, Address, Button, Catalogue, City, Cost, Open, Phone, Press, Service
from bot.texts import Speaker

MAP_SEARCH: Final = "https://www.google.com/maps/search/?api=1&query={}"
"""Google's documented universal link: opens the map app that the phone has, without a key."""


@lru_cache(maxsize=1024)
def shown_number(number: str, country: str) -> str:
    """A phone number as it is written and dialled in ``country``, ASCII digits: ``017 273 4100``, ``112``."""
    if not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    home = parsed.country_code == phonenumbers.country_code_for_region(country)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


class Facts:
    """Says the facts of the services of one city, in one language, at one moment."""

    def __init__(self, speaker: Speaker, catalogue: Catalogue, moment: datetime) -> None:
        self._s = speaker
        self._city: City = catalogue.city
        self.moment = moment

    # -- single facts ------------------------------------------------------------------------------------------

    def number(self, phone: Phone) -> str:
        return self._s.latin(shown_number(phone.number, self._city.country))

    def phone(self, service: Service, index: int) -> str:
        """One line about one phone number: label, number, whether somebody answers now, price."""
        phone = service.phones[index]
        label = self.phone_label(service, phone)
        if label:
            line = self._s.say("Phone ({label}): {number}", label=label, number=self.number(phone))
        else:
            line = self._s.say("Phone: {number}", number=self.number(phone))
        details = []
        if phone.hours:
            details.append(self.answers(self._state(phone.hours)))
        if phone.price:
            details.append(self._tell(service, f"phones.{index}.price", phone.price))
        known = " ".join(filter(None, details))
        return f"{line}\n{known}" if known else line

    def phone_label(self, service: Service, phone: Phone) -> str:
        """What this one of the service's numbers is for, or ""."""
        return self._tell(service, f"phones.{service.phones.index(phone)}.label", phone.label)

    def address(self, address: Address) -> str:
        place = " ".join(part for part in (address.postal_code, address.city) if part)
        return self._s.latin(", ".join(part for part in (address.street, place) if part))

    def opening(self, service: Service) -> list[str]:
        """Open now, opens next, and the warnings about holidays; nothing when the hours are not known."""
        if not service.hours:
            return []
        return [self._open_line(self._state(service.hours))]

    def week(self, service: Service) -> list[str]:
        """The next seven days, a line each, for the person who asks when it is open; a public holiday of which the
        hours say nothing has none."""
        lines = []
        days = week_from(service.hours, self.moment, timezone=self._city.timezone, country=self._city.country)
        for day, spans in days:
            times = [f"{start}–{end}" for start, end in spans]
            said = self._s.latin(", ".join(times)) if times else self._s.say("closed")
            lines.append(self._s.pair(self._s.day(day, self.moment.date()), said))
        return lines

    def languages(self, service: Service) -> str:
        names = self._s.joined([self._s.language(code) for code in service.languages])
        return self._s.say("Languages there: {languages}", languages=names)

    def cost(self, service: Service) -> str:
        """What it costs, and the price in words where it is known."""
        words: dict[Cost, str] = {
            "free": self._s.say("The service is free of charge."),
            "paid": self._s.say("There is a fee."),
            "varies": self._s.say("The price varies."),
        }
        price = self._tell(service, "price", service.price)
        return " ".join(part for part in (words[service.cost] if service.cost else "", price) if part)

    def access(self, access: Access) -> str:
        """How one gets in: without an appointment, by phone …"""
        words: dict[Access, str] = {
            "walk-in": self._s.say("You can come without an appointment."),
            "appointment": self._s.say("Book an appointment first."),
            "phone": self._s.say("You use this service by phone."),
            "online": self._s.say("You use this service on the internet."),
            "referral": self._s.say("You need a referral."),
        }
        return words[access]

    def doubt(self, service: Service) -> str:
        """One line when something that is shown was checked too long ago, else ""."""
        today = self.moment.date()
        stale = [fact.checked for name, fact in service.facts.items() if name != "web" and fact.is_stale(today)]
        if not stale:
            return ""
        return self._s.say(
            "Some of this was last checked in {month}. Ask before you go.", month=self._s.month(min(stale))
        )

    # -- whole cards -------------------------------------------------------------------------------------------

    def lines(self, service: Service) -> list[str]:
        """All that a person needs in order to use the service, in the order in which they need it."""
        lines = []
        if service.for_whom:
            lines.append(self._s.say("For: {whom}", whom=self._tell(service, "for", service.for_whom)))
        if service.notice and service.notice.is_shown_on(self.moment.date()):
            lines.append(self._tell(service, "notice.text", service.notice.text))
        lines += [self.phone(service, index) for index in range(len(service.phones))]
        if service.address:
            lines.append(self._s.say("Address: {address}", address=self.address(service.address)))
        lines += self.opening(service)
        if service.email:
            lines.append(self._s.say("E-mail: {email}", email=self._s.latin(service.email)))
        if service.access:
            lines.append(self.access(service.access))
        if service.languages:
            lines.append(self.languages(service))
        if service.cost or service.price:
            lines.append(self.cost(service))
        if service.bring:
            lines.append(self.bring(service))
        if not (service.phones or service.address or service.email):
            page = self._s.say("No phone number or address is known yet. Look at its page.")
            lines.append(page if service.web else self._s.say("No contact is known yet."))
        return [line for line in (*lines, self.doubt(service)) if line]

    def bring(self, service: Service) -> str:
        return self._s.say("Take with you: {things}", things=self._tell(service, "bring", service.bring))

    def summary(self, service: Service) -> str:
        return self._tell(service, "summary", service.summary)

    def ways_in(self, service: Service) -> tuple[Button, ...]:
        """The row of buttons that lead to the service: call, map, page."""
        row: list[Button] = []
        if service.phones:
            row.append(Press(self._s.say("Call"), press_data("call", service.id)))
        if service.address:
            if service.address.lat is not None and service.address.lon is not None:
                row.append(Press(self._s.say("Map"), press_data("map", service.id)))
            else:
                row.append(Open(self._s.say("Map"), self._map_url(service.address)))
        url = page_of(service, self._s.locale)
        if url:
            row.append(Open(self._s.say("Web page"), url))
        return tuple(row)

    def answers(self, state: HoursState) -> str:
        """Whether somebody answers a phone at this moment; "" when that is not known."""
        if state.state == "open" and state.until is None:
            return self._s.say("Answers day and night.")
        if state.state == "open" and state.until is not None:
            return self._s.say("Answers now, until {time}.", time=self._s.clock(state.until))
        if state.opens is not None:
            day = self._s.day(state.opens, self.moment.date())
            return self._s.say("Does not answer now. Next: {day} {time}.", day=day, time=self._s.clock(state.opens))
        return ""

    # -- inside ------------------------------------------------------------------------------------------------

    def _tell(self, service: Service, field: str, text: str) -> str:
        return self._s.tell(f"services.{service.id}.{field}" if service.id else f"person.{field}", text)

    def _state(self, expression: str) -> HoursState:
        return state_at(expression, self.moment, timezone=self._city.timezone, country=self._city.country)

    def _open_line(self, state: HoursState) -> str:
        match state.state:
            case "unknown" if state.is_holiday:
                return self._s.say("Today is a public holiday. It is probably closed: ask first.")
            case "unknown":
                return self._s.say("Today's opening hours are not known. Ask first.")
            case "open" if state.until is None:
                return self._s.say("Open day and night.")
            case "open":
                assert state.until is not None
                line = self._s.say("Open now, until {time}.", time=self._s.clock(state.until))
                eve = self._s.say("Tomorrow is a public holiday: it may close early today.") if state.is_eve else ""
                return f"{line} {eve}".strip()
            case _ if state.opens is not None:
                day = self._s.day(state.opens, self.moment.date())
                return self._s.say("Closed now. Opens: {day} {time}.", day=day, time=self._s.clock(state.opens))
            case _:
                return self._s.say("Closed now.")

    def _map_url(self, address: Address) -> str:
        parts: Iterable[str] = (
            address.street,
            address.postal_code,
            address.city or self._city.name,
            self._city.country,
        )
        return MAP_SEARCH.format(quote_plus(", ".join(part for part in parts if part)))


def page_of(service: Service, locale: str) -> str:
    """The page in the person's language where there is one, else in English, else the first one; "" without any."""
    for wanted in (locale, "en"):
        if wanted in service.web:
            return service.web[wanted]
    return next(iter(service.web.values()), "")
