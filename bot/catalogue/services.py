"""``services.yaml`` into a checked ``Catalogue``, or every complaint with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import yaml

from bot.catalogue.contacts import Contacts
from bot.catalogue.nodes import Reader, probably_meant
from bot.catalogue.phrases import ASK, FOLLOW_UP, NONE, SMALL_TALK
from bot.errors import Complaint
from bot.hours import complaint_about
from bot.model import (
    LONGEST_ID,
    LONGEST_LABEL,
    URGENT_TOPIC,
    Accessibility,
    Catalogue,
    City,
    LanguageReview,
    Locale,
    Need,
    Privacy,
    Responsible,
    Service,
    Topic,
)
from bot.text import fold

SERVICES_FILE: Final = "services.yaml"

MOST_OFFERED: Final = 3
"""Needs between which a person is asked to choose."""

_NEED_KEYS: Final = ("topic", "title", "services", "advice", "steps", "bring", "next", "say", "sensitive", "media")
_YES: Final = ("yes",)
_MEDIA: Final = ("photo", "document", "voice", "video", "location")
_TOP_KEYS: Final = (
    "city", "person", "team", "responsible", "privacy", "accessibility", "languages", "elsewhere", "topics", "needs",
    "ask_between", "services", "renamed",
)  # fmt: skip
IDS: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
"""What may be the id of a need, a topic or a service …"""
_TAKEN: Final[Mapping[str, Collection[str]]] = {"topics": (SMALL_TALK, FOLLOW_UP, NONE, ASK), "needs": (NONE,)}
"""… but for files of phrases that belong to no topic, and for what stands for no need."""


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
    """One reading of the file: its head, its needs, and what leads from one to the other."""

    def __init__(self, reader: Reader, root: yaml.Node) -> None:
        self.r = reader
        self.top = reader.fields(
            root, "services.yaml", _TOP_KEYS, required=("city", "languages", "topics", "needs", "services")
        )
        for section in ("languages", "needs"):
            node = self.top.get(section)
            if isinstance(node, yaml.MappingNode) and not node.value:
                reader.complain(node, f"{section}: nothing stands here; the bot needs one at least")
        self.city = self._city()
        self.contacts = Contacts(reader, self.city.country)
        self.topic_keys: dict[str, yaml.Node] = {}

    def catalogue(self) -> Catalogue:
        languages = self._languages()
        topics = self._topics()
        service_nodes = self._ids("services")
        services = {
            service_id: self.contacts.service(service_id, node) for service_id, (_, node) in service_nodes.items()
        }
        need_nodes = self._ids("needs")
        needs = {
            need_id: self._need(need_id, node, topics, services, need_nodes)
            for need_id, (_, node) in need_nodes.items()
        }
        self._no_empty_topics(needs)
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
            person=self.contacts.person(self.top.get("person")),
            team_hours=self.contacts.hours(team.get("hours"), "team: hours"),
            responsible=self._responsible(),
            privacy=self._privacy(),
            accessibility=self._accessibility(),
            elsewhere=self._elsewhere(),
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
        for topic_id, (key, node) in self._ids("topics").items():
            self.topic_keys[topic_id] = key
            fields = self.r.fields(node, f"topic {topic_id}", ("title", "example", "sensitive"), required=("title",))
            title = self.r.text(fields.get("title"), f"topic {topic_id}: title", longest=LONGEST_LABEL)
            example = self.r.text(fields.get("example"), f"topic {topic_id}: example", longest=LONGEST_LABEL)
            sensitive = self.r.choice(fields.get("sensitive"), f"topic {topic_id}: sensitive", _YES) is not None
            result[topic_id] = Topic(topic_id, title, example, sensitive)
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

    def _elsewhere(self) -> dict[str, tuple[str, ...]]:
        """Other places and their spellings; a spelling leads to one place only."""
        result: dict[str, tuple[str, ...]] = {}
        owners: dict[str, str] = {}
        for name, (key, node) in self.r.entries(self.top.get("elsewhere"), "elsewhere").items():
            result[name] = self.r.texts(node, f"elsewhere: {name}")
            for spelling in dict.fromkeys(map(fold, (name, *result[name]))):
                if owners.setdefault(spelling, name) != name:
                    self.r.complain(key, f"elsewhere: '{spelling}' of {name} belongs to {owners[spelling]} already")
        return result

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
        fields = self.r.fields(node, what, _NEED_KEYS, required=("topic", "title"))
        topic = self.r.text(fields.get("topic"), f"{what}: topic")
        if topic and topic not in topics:
            self.r.complain(fields["topic"], f"no topic '{topic}'.{probably_meant(topic, topics)}")
        say = self.r.text(fields.get("say"), f"{what}: say")
        if say and topic != URGENT_TOPIC:
            self.r.complain(fields["say"], f"{what}: 'say' belongs to needs of the topic '{URGENT_TOPIC}' only")
        steps = self.r.texts(fields.get("steps"), f"{what}: steps")
        if len(steps) > 3:
            self.r.complain(fields["steps"], f"{what}: {len(steps)} steps; at most three are read on a phone")
        title = self.r.text(fields.get("title"), f"{what}: title", longest=LONGEST_LABEL)
        media = [
            self.r.choice(item, f"{what}: media", _MEDIA)
            for item in self.r.items(fields.get("media"), f"{what}: media")
        ]
        sensitive = self.r.choice(fields.get("sensitive"), f"{what}: sensitive", _YES) is not None
        served = self._served(node, what, fields, services)
        return Need(
            need_id,
            topic,
            title,
            services=served,
            advice=self.r.text(fields.get("advice"), f"{what}: advice"),
            steps=steps,
            bring=self.r.text(fields.get("bring"), f"{what}: bring"),
            next=self._known(fields.get("next"), "need", needs),
            say=say,
            sensitive=sensitive or (topic in topics and topics[topic].sensitive),
            media=tuple(kind for kind in media if kind),
        )

    def _served(
        self, node: yaml.Node, what: str, fields: Mapping[str, yaml.Node], services: Mapping[str, Service]
    ) -> tuple[str, ...]:
        """The services of a need; complains of a need that would be answered with nothing."""
        listed = fields.get("services")
        if isinstance(listed, yaml.SequenceNode) and not listed.value:
            advice = "name a service, or leave 'services' out when 'advice' is the whole answer"
            self.r.complain(listed, f"{what}: the list of services is empty; {advice}")
        elif listed is None and "advice" not in fields:
            self.r.complain(node, f"{what}: 'services' is missing; without a service it needs 'advice' at least")
        return self._known(listed, "service", services)

    def _no_empty_topics(self, needs: Mapping[str, Need]) -> None:
        used = {need.topic for need in needs.values()}
        for topic_id, key in self.topic_keys.items():
            if topic_id not in used:
                text = f"topic {topic_id}: no need belongs to it; give one 'topic: {topic_id}', or remove it"
                self.r.complain(key, text)

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
        result = []
        for item in self.r.items(self.top.get("ask_between"), "ask_between"):
            group = self._known(item, "need", needs)
            if len(group) > MOST_OFFERED:
                self.r.complain(item, f"ask_between: {len(group)} needs; at most {MOST_OFFERED} are offered at a time")
            elif len(group) > 1:
                result.append(frozenset(group))
        return tuple(result)

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

    # -- inside ------------------------------------------------------------------------------------------------

    def _ids(self, section: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        found = self.r.entries(self.top.get(section), section)
        for name, (key, _) in found.items():
            if not IDS.fullmatch(name) or len(name) > LONGEST_ID:
                text = f"'{name}' cannot be an id: small letters, digits and -, at most {LONGEST_ID} characters"
                self.r.complain(key, text)
            elif name in _TAKEN.get(section, ()):
                self.r.complain(key, f"'{name}' cannot be an id here: it has a meaning of its own in intents/")
        return found

    def _same_names(self, services: Mapping[str, Service], keys: Mapping[str, yaml.Node]) -> None:
        """A name or alias leads to one service only."""
        owners: dict[str, str] = {}
        for service in services.values():
            for name in dict.fromkeys(fold(name) for name in (service.name, *service.aliases)):
                if name and owners.setdefault(name, service.id) != service.id:
                    text = f"the name '{name}' of service {service.id} belongs to service {owners[name]} already"
                    self.r.complain(keys[service.id], text)
