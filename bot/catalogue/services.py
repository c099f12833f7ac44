"""``services.yaml`` into a checked ``Catalogue``, or every complaint with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Final, get_args
from zoneinfo import ZoneInfo

import phonenumbers
import yaml

from bot.catalogue.nodes import Reader, probably_meant
from bot.errors import Complaint
from bot.hours import complaint_about
from bot.model import (
    LONGEST_ID,
    URGENT_TOPIC,
    Access,
    Accessibility,
    Address,
    Catalogue,
    City,
    Cost,
    Fact,
    LanguageReview,
    Locale,
    Need,
    Notice,
    Phone,
    Privacy,
    Responsible,
    Service,
    Topic,
)
from bot.text import fold

SERVICES_FILE: Final = "services.yaml"
VALID_DAYS: Final = {"phones": 180, "hours": 90}
"""How long a fact is believed when it does not say so itself; all others a year."""
VALID_DAYS_OTHERS: Final = 365
LONGEST_SUMMARY: Final = 300
LONGEST_BUTTON: Final = 64

_SOURCED: Final = ("phones", "address", "email", "hours", "languages", "cost", "access", "web")
_SERVICE_KEYS: Final = (
    "name", "aliases", "summary", "for", "address", "phones", "email", "web", "hours", "notice", "languages", "cost",
    "price", "access", "bring", "ids", "facts", "ended",
)  # fmt: skip
_PERSON_KEYS: Final = ("name", "phones", "email", "web", "hours", "address", "facts", "languages")
_NEED_KEYS: Final = ("topic", "title", "services", "advice", "steps", "bring", "next", "say", "sensitive", "media")
_YES: Final = ("yes",)
_MEDIA: Final = ("photo", "document", "voice", "video", "location")
_TOP_KEYS: Final = (
    "city", "person", "team", "responsible", "privacy", "accessibility", "languages", "topics", "needs",
    "ask_between", "services", "renamed",
)  # fmt: skip
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_URL: Final = re.compile(r"https?://[\w.-]+\.[a-z]{2,}(?:[:/?#]\S*)?", re.IGNORECASE)


def read_services(folder: Path, complaints: list[Complaint]) -> Catalogue | None:
    """Read ``folder/services.yaml``. Faults are added to ``complaints``; None when nothing usable is left."""
    reader = Reader(SERVICES_FILE, complaints)
    root = reader.compose(folder / SERVICES_FILE)
    if root is None:
        if not complaints:
            reader.complain(None, "this file is empty")
        return None
    return _Services(reader, root).catalogue()


class _Services:
    """One reading of the file; the parts know the city because numbers and hours depend on its country."""

    def __init__(self, reader: Reader, root: yaml.Node) -> None:
        self.r = reader
        self.top = reader.fields(
            root, "services.yaml", _TOP_KEYS, required=("city", "languages", "topics", "needs", "services")
        )
        self.city = self._city()

    def catalogue(self) -> Catalogue:
        languages = self._languages()
        topics = self._topics()
        service_nodes = self._ids("services")
        services = {service_id: self._service(service_id, node) for service_id, (_, node) in service_nodes.items()}
        need_nodes = self._ids("needs")
        needs = {
            need_id: self._need(need_id, node, topics, services, need_nodes)
            for need_id, (_, node) in need_nodes.items()
        }
        self._same_names(services, {key: node for key, (node, _) in service_nodes.items()})
        team = self.r.fields(self.top.get("team"), "team", ("hours",))
        return Catalogue(
            city=self.city,
            languages=languages,
            topics=topics,
            needs=needs,
            services=services,
            ask_between=self._ask_between(needs),
            renamed=self._renamed({**services, **needs}),
            person=self._person(),
            team_hours=self._hours(team.get("hours"), "team: hours"),
            responsible=self._responsible(),
            privacy=self._privacy(),
            accessibility=self._accessibility(),
        )

    # -- the head of the file ----------------------------------------------------------------------------------

    def _city(self) -> City:
        keys = ("id", "name", "country", "timezone", "source_language")
        fields = self.r.fields(self.top.get("city"), "city", keys, required=keys)
        values = {key: self.r.text(fields.get(key), f"city: {key}") for key in keys}
        country = values["country"].upper()
        if country and complaint_about("Mo 09:00-10:00", country):
            self.r.complain(fields.get("country"), f"city: no country '{country}'; write two letters like FI")
            country = ""
        timezone = values["timezone"]
        try:
            ZoneInfo(timezone or "UTC")
        except (KeyError, ValueError, OSError):
            self.r.complain(fields.get("timezone"), f"city: no time zone '{timezone}'; write it like Europe/Helsinki")
            timezone = ""
        return City(values["id"], values["name"], country or "FI", timezone or "UTC", values["source_language"] or "en")

    def _languages(self) -> dict[Locale, LanguageReview | None]:
        result: dict[Locale, LanguageReview | None] = {}
        for code, (key, node) in self.r.entries(self.top.get("languages"), "languages").items():
            if not re.fullmatch(r"[a-z]{2,3}", code):
                self.r.complain(key, f"languages: '{code}' is not a language code; write two letters like fi")
            result[code] = self._review(code, node)
        source = self.city.source_language
        if result and source not in result:
            self.r.complain(self.top.get("languages"), f"languages: the source language '{source}' is missing")
        return result

    def _review(self, code: Locale, node: yaml.Node) -> LanguageReview | None:
        if isinstance(node, yaml.ScalarNode) and not node.value:
            return None
        fields = self.r.fields(node, f"languages: {code}", ("reviewed",))
        if "reviewed" not in fields:
            return None
        review = self.r.fields(fields["reviewed"], f"languages: {code}: reviewed", ("by", "on"), required=("by", "on"))
        by, on = self.r.text(review.get("by"), "reviewed: by"), self.r.day(review.get("on"), "reviewed: on")
        return LanguageReview(by, on) if by and on else None

    def _topics(self) -> dict[str, Topic]:
        result = {}
        for topic_id, (_, node) in self._ids("topics").items():
            fields = self.r.fields(node, f"topic {topic_id}", ("title", "sensitive"), required=("title",))
            title = self.r.text(fields.get("title"), f"topic {topic_id}: title", longest=LONGEST_BUTTON)
            sensitive = self.r.choice(fields.get("sensitive"), f"topic {topic_id}: sensitive", _YES) is not None
            result[topic_id] = Topic(topic_id, title, sensitive)
        return result

    def _responsible(self) -> Responsible | None:
        if "responsible" not in self.top:
            return None
        fields = self.r.fields(self.top["responsible"], "responsible", ("role", "unit", "since"), required=("role",))
        return Responsible(**{key: self.r.text(node, f"responsible: {key}") for key, node in fields.items()})

    def _privacy(self) -> Privacy:
        fields = self.r.fields(self.top.get("privacy"), "privacy", ("controller", "dpo", "basis", "supervisor"))
        return Privacy(**{key: self.r.text(node, f"privacy: {key}") for key, node in fields.items()})

    def _accessibility(self) -> Accessibility | None:
        if "accessibility" not in self.top:
            return None
        keys = ("statement_date", "contact", "supervisor")
        fields = self.r.fields(self.top["accessibility"], "accessibility", keys)
        return Accessibility(**{key: self.r.text(node, f"accessibility: {key}") for key, node in fields.items()})

    def _person(self) -> Service | None:
        if "person" not in self.top:
            return None
        fields = self.r.fields(self.top["person"], "person", _PERSON_KEYS, required=("name",))
        return self._contact("", "person", fields)

    # -- needs -------------------------------------------------------------------------------------------------

    def _need(
        self,
        need_id: str,
        node: yaml.Node,
        topics: Mapping[str, Topic],
        services: Mapping[str, Service],
        needs: Mapping[str, object],
    ) -> Need:
        what = f"need {need_id}"
        fields = self.r.fields(node, what, _NEED_KEYS, required=("topic", "title", "services"))
        topic = self.r.text(fields.get("topic"), f"{what}: topic")
        if topic and topic not in topics:
            self.r.complain(fields["topic"], f"no topic '{topic}'.{probably_meant(topic, topics)}")
        say = self.r.text(fields.get("say"), f"{what}: say")
        if say and topic != URGENT_TOPIC:
            self.r.complain(fields["say"], f"{what}: 'say' belongs to needs of the topic '{URGENT_TOPIC}' only")
        steps = self.r.texts(fields.get("steps"), f"{what}: steps")
        if len(steps) > 3:
            self.r.complain(fields["steps"], f"{what}: {len(steps)} steps; at most three are read on a phone")
        title = self.r.text(fields.get("title"), f"{what}: title", longest=LONGEST_BUTTON)
        media = [self.r.choice(item, f"{what}: media", _MEDIA) for item in self.r.items(fields.get("media"), what)]
        sensitive = self.r.choice(fields.get("sensitive"), f"{what}: sensitive", _YES) is not None
        return Need(
            need_id,
            topic,
            title,
            services=self._known(fields.get("services"), "service", services),
            advice=self.r.text(fields.get("advice"), f"{what}: advice"),
            steps=steps,
            bring=self.r.text(fields.get("bring"), f"{what}: bring"),
            next=self._known(fields.get("next"), "need", needs),
            say=say,
            sensitive=sensitive or (topic in topics and topics[topic].sensitive),
            media=tuple(kind for kind in media if kind),
        )

    def _known(self, node: yaml.Node | None, kind: str, known: Mapping[str, object]) -> tuple[str, ...]:
        """A list of ids; complains of those that are not ``known`` and of repetitions."""
        result: list[str] = []
        for item in self.r.items(node, f"{kind}s"):
            name = self.r.text(item, kind)
            if name and name not in known:
                self.r.complain(item, f"no {kind} '{name}'.{probably_meant(name, known)}")
            elif name in result:
                self.r.complain(item, f"{kind} '{name}' stands twice in this list")
            elif name:
                result.append(name)
        return tuple(result)

    def _ask_between(self, needs: Mapping[str, Need]) -> tuple[frozenset[str], ...]:
        groups = (self._known(item, "need", needs) for item in self.r.items(self.top.get("ask_between"), "ask_between"))
        return tuple(frozenset(group) for group in groups if len(group) > 1)

    def _renamed(self, known: Mapping[str, object]) -> dict[str, str]:
        result = {}
        for old, (key, node) in self.r.entries(self.top.get("renamed"), "renamed").items():
            new = self.r.text(node, f"renamed: {old}")
            if old in known:
                self.r.complain(key, f"renamed: '{old}' is still in use; an id that was renamed is not used again")
            elif new and new not in known:
                self.r.complain(node, f"no service or need '{new}'.{probably_meant(new, known)}")
            elif new:
                result[old] = new
        return result

    # -- services ----------------------------------------------------------------------------------------------

    def _service(self, service_id: str, node: yaml.Node) -> Service:
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
            name=self.r.text(fields.get("name"), f"{what}: name", longest=LONGEST_BUTTON),
            address=self._address(fields.get("address"), what),
            phones=tuple(self._phone(item, what) for item in self.r.items(fields.get("phones"), f"{what}: phones")),
            email=self.r.checked(email_node, self.r.text(email_node, f"{what}: email"), _wrong_email),
            web=web,
            hours=self._hours(fields.get("hours"), f"{what}: hours"),
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
            self._hours(fields.get("hours"), f"{what}: hours"),
            self.r.text(fields.get("price"), f"{what}: price"),
        )

    def _wrong_number(self, number: str) -> str | None:
        region = self.city.country
        if re.fullmatch(r"\d{2,6}", number):
            parsed = phonenumbers.PhoneNumber(
                country_code=phonenumbers.country_code_for_region(region), national_number=int(number)
            )
            if phonenumbers.is_possible_short_number_for_region(parsed, region):
                return None
            return f"'{number}' is not a short number of {region}; write others like +358171234567"
        if not re.fullmatch(r"\+\d{6,15}", number):
            return f"'{number}': write the number with + and country code, without blanks, like +358171234567"
        parsed = phonenumbers.parse(number, None)
        if not phonenumbers.is_possible_number(parsed):
            return f"'{number}' cannot be a phone number: too short, too long or an unknown country code"
        return None

    def _hours(self, node: yaml.Node | None, what: str) -> str:
        def wrong(expression: str) -> str | None:
            complaint = complaint_about(expression, self.city.country)
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

    # -- inside ------------------------------------------------------------------------------------------------

    def _ids(self, section: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        found = self.r.entries(self.top.get(section), section)
        for name, (key, _) in found.items():
            if not _ID.fullmatch(name) or len(name) > LONGEST_ID:
                text = f"'{name}' cannot be an id: small letters, digits and -, at most {LONGEST_ID} characters"
                self.r.complain(key, text)
        return found

    def _same_names(self, services: Mapping[str, Service], keys: Mapping[str, yaml.Node]) -> None:
        """A name or alias leads to one service only."""
        owners: dict[str, str] = {}
        for service in services.values():
            for name in dict.fromkeys(fold(name) for name in (service.name, *service.aliases)):
                if name and owners.setdefault(name, service.id) != service.id:
                    text = f"the name '{name}' of service {service.id} belongs to service {owners[name]} already"
                    self.r.complain(keys[service.id], text)


def _wrong_url(url: str) -> str | None:
    return None if _URL.fullmatch(url) else f"'{url}' is not a web address; write it like https://www.example.fi/page"


def _wrong_email(email: str) -> str | None:
    return None if _EMAIL.fullmatch(email) else f"'{email}' is not an e-mail address"


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
