"""Services and the person of ``services.yaml``: contacts, hours, and where each fact was read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, get_args

import phonenumbers
import yaml

from bot.catalogue.nodes import Reader, probably_meant
from bot.hours import complaint_about
from bot.model import LONGEST_LABEL, Access, Address, Cost, Fact, Locale, Notice, Phone, Service

VALID_DAYS: Final = {"phones": 180, "hours": 90}
"""How long a fact is believed when it does not say so itself; all others a year."""
VALID_DAYS_OTHERS: Final = 365
LONGEST_SUMMARY: Final = 300
"""Characters: what is read on a phone without scrolling."""

_SOURCED: Final = ("phones", "address", "email", "hours", "languages", "cost", "access", "web")
_SERVICE_KEYS: Final = (
    "name", "aliases", "summary", "for", "address", "phones", "email", "web", "hours", "notice", "languages", "cost",
    "price", "access", "bring", "ids", "facts", "ended",
)  # fmt: skip
_PERSON_KEYS: Final = ("name", "phones", "email", "web", "hours", "address", "facts", "languages")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_URL: Final = re.compile(r"https?://[\w.-]+\.[a-z]{2,}(?:[:/?#]\S*)?", re.IGNORECASE)


class Contacts:
    """Reads what a person needs in order to reach a service; numbers and hours depend on the city's country."""

    def __init__(self, reader: Reader, country: str) -> None:
        self.r = reader
        self.country = country

    def person(self, node: yaml.Node | None) -> Service | None:
        """How to reach a human being at the authority; None when nothing is said of it."""
        if node is None:
            return None
        return self._contact("", "person", self.r.fields(node, "person", _PERSON_KEYS, required=("name",)))

    def service(self, service_id: str, node: yaml.Node) -> Service:
        """One entry of ``services``; what is faulty is left out and complained of."""
        what = f"service {service_id}"
        fields = self.r.fields(node, what, _SERVICE_KEYS, required=("name", "summary"))
        service = self._contact(service_id, what, fields)
        notice = self._notice(fields.get("notice"), what)
        ids = {
            name: self.r.text(value, f"{what}: ids: {name}")
            for name, (_, value) in self.r.entries(fields.get("ids"), f"{what}: ids").items()
        }
        return Service(
            id=service_id,
            name=service.name,
            summary=self.r.text(fields.get("summary"), f"{what}: summary", longest=LONGEST_SUMMARY),
            aliases=self.r.texts(fields.get("aliases"), f"{what}: aliases"),
            for_whom=self.r.text(fields.get("for"), f"{what}: for"),
            address=service.address,
            phones=service.phones,
            email=service.email,
            web=service.web,
            hours=service.hours,
            notice=notice,
            languages=service.languages,
            cost=self.r.choice(fields.get("cost"), f"{what}: cost", get_args(Cost)),
            price=self.r.text(fields.get("price"), f"{what}: price"),
            access=self.r.choice(fields.get("access"), f"{what}: access", get_args(Access)),
            bring=self.r.text(fields.get("bring"), f"{what}: bring"),
            ids=ids,
            facts=service.facts,
            ended=self.r.day(fields.get("ended"), f"{what}: ended"),
        )

    def _contact(self, service_id: str, what: str, fields: Mapping[str, yaml.Node]) -> Service:
        """The fields that a service and ``person`` share."""
        web = {
            code: self.r.checked(value, self.r.text(value, f"{what}: web"), _wrong_url)
            for code, (_, value) in self.r.entries(fields.get("web"), f"{what}: web").items()
        }
        email_node = fields.get("email")
        return Service(
            id=service_id,
            name=self.r.text(fields.get("name"), f"{what}: name", longest=LONGEST_LABEL),
            address=self._address(fields.get("address"), what),
            phones=tuple(self._phone(item, what) for item in self.r.items(fields.get("phones"), f"{what}: phones")),
            email=self.r.checked(email_node, self.r.text(email_node, f"{what}: email"), _wrong_email),
            web=web,
            hours=self.hours(fields.get("hours"), f"{what}: hours"),
            languages=self._language_codes(fields.get("languages"), what),
            facts=self._facts(fields, what),
        )

    def _address(self, node: yaml.Node | None, what: str) -> Address | None:
        if node is None:
            return None
        what = f"{what}: address"
        fields = self.r.fields(node, what, ("street", "postal_code", "city", "lat", "lon"), required=("street",))
        lat = self.r.number(fields.get("lat"), f"{what}: lat", -90, 90)
        lon = self.r.number(fields.get("lon"), f"{what}: lon", -180, 180)
        if (lat is None) != (lon is None):
            self.r.complain(node, f"{what}: 'lat' and 'lon' go together")
        return Address(
            self.r.text(fields.get("street"), f"{what}: street"),
            self.r.text(fields.get("postal_code"), f"{what}: postal_code"),
            self.r.text(fields.get("city"), f"{what}: city"),
            lat,
            lon,
        )

    def _phone(self, node: yaml.Node, what: str) -> Phone:
        what = f"{what}: phone"
        fields = self.r.fields(node, what, ("number", "label", "hours", "price"), required=("number",))
        number_node = fields.get("number")
        number = self.r.checked(number_node, self.r.text(number_node, f"{what}: number"), self._wrong_number)
        return Phone(
            number,
            self.r.text(fields.get("label"), f"{what}: label"),
            self.hours(fields.get("hours"), f"{what}: hours"),
            self.r.text(fields.get("price"), f"{what}: price"),
        )

    def _wrong_number(self, number: str) -> str | None:
        region = self.country
        if re.fullmatch(r"\d{2,6}", number):
            parsed = phonenumbers.PhoneNumber(
                country_code=phonenumbers.country_code_for_region(region), national_number=int(number)
            )
            if phonenumbers.is_possible_short_number_for_region(parsed, region):
                return None
            return f"'{number}' is not a short number of {region}; write others like +358171234567"
        if not re.fullmatch(r"\+\d{6,15}", number):
            return f"'{number}': write the number with + and country code, without blanks, like +358171234567"
        try:
            is_possible = phonenumbers.is_possible_number(phonenumbers.parse(number, None))
        except phonenumbers.NumberParseException:
            is_possible = False
        if is_possible:
            return None
        return f"'{number}' cannot be a phone number: too short, too long or an unknown country code"

    def hours(self, node: yaml.Node | None, what: str) -> str:
        """Opening hours that can be used; "" when there are none or they were complained of."""

        def wrong(expression: str) -> str | None:
            complaint = complaint_about(expression, self.country)
            return f"{what}: {complaint}" if complaint else None

        expression = self.r.text(node, what)
        before = len(self.r.complaints)
        self.r.checked(node, expression, wrong)
        return expression if len(self.r.complaints) == before else ""

    def _notice(self, node: yaml.Node | None, what: str) -> Notice | None:
        if node is None:
            return None
        fields = self.r.fields(node, f"{what}: notice", ("text", "from", "until"), required=("text",))
        first = self.r.day(fields.get("from"), f"{what}: notice: from")
        last = self.r.day(fields.get("until"), f"{what}: notice: until")
        if first and last and last < first:
            self.r.complain(fields["until"], f"{what}: the notice ends before it begins")
        return Notice(self.r.text(fields.get("text"), f"{what}: notice: text"), first, last)

    def _language_codes(self, node: yaml.Node | None, what: str) -> tuple[Locale, ...]:
        codes = []
        for item in self.r.items(node, f"{what}: languages"):
            code = self.r.text(item, f"{what}: languages")
            if code and not re.fullmatch(r"[a-z]{2,3}", code):
                self.r.complain(item, f"{what}: '{code}' is not a language code; write it like fi, en, ar")
            elif code:
                codes.append(code)
        return tuple(codes)

    def _facts(self, fields: Mapping[str, yaml.Node], what: str) -> dict[str, Fact]:
        facts: dict[str, Fact] = {}
        mentioned = set()
        for name, (key, value) in self.r.entries(fields.get("facts"), f"{what}: facts").items():
            mentioned.add(name)
            if name not in _SOURCED:
                self.r.complain(key, f"{what}: facts: no fact '{name}'.{probably_meant(name, _SOURCED)}")
            elif name not in fields:
                self.r.complain(key, f"{what}: a source is given for '{name}', but '{name}' itself is missing")
            elif fact := self._fact(value, name, what):
                facts[name] = fact
        for name in _SOURCED:
            if name in fields and name not in mentioned:
                text = (
                    f"{what}: '{name}' has no source; add facts: {{{name}: {{source: https://…, checked: 2026-11-21}}}}"
                )
                self.r.complain(fields[name], text)
        return facts

    def _fact(self, node: yaml.Node, name: str, what: str) -> Fact | None:
        what = f"{what}: facts: {name}"
        fields = self.r.fields(node, what, ("source", "checked", "valid_days"), required=("source", "checked"))
        source_node = fields.get("source")
        source = self.r.checked(source_node, self.r.text(source_node, f"{what}: source"), _wrong_url)
        checked = self.r.day(fields.get("checked"), f"{what}: checked")
        valid = self.r.number(fields.get("valid_days"), f"{what}: valid_days", 1, 3660)
        if not source or checked is None:
            return None
        return Fact(source, checked, int(valid or VALID_DAYS.get(name, VALID_DAYS_OTHERS)))


def _wrong_url(url: str) -> str | None:
    return None if _URL.fullmatch(url) else f"'{url}' is not a web address; write it like https://www.example.fi/page"


def _wrong_email(email: str) -> str | None:
    return None if _EMAIL.fullmatch(email) else f"'{email}' is not an e-mail address"
