"""The nouns of the catalogue: what a city, a service, a topic, a need is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, TypeAlias

ServiceId: TypeAlias = str
NeedId: TypeAlias = str
TopicId: TypeAlias = str
Locale: TypeAlias = str
"""An ISO 639-1 code as it stands in ``services.yaml``: ``fi``, ``ar`` …"""

URGENT_TOPIC: Final = "urgent"
"""The topic whose needs are looked for before everything else and answered with the urgent card."""

Drafts: TypeAlias = Literal["show", "hide"]
"""What becomes of translations that nobody has read yet."""

LONGEST_ID: Final = 48
"""Characters that the id of a service or need may have, so that a button (64 bytes) can carry it."""

LONGEST_LABEL: Final = 64
"""Characters that a name or title may have, so that a button can show it."""


@dataclass(frozen=True, slots=True)
class City:
    """The head of ``services.yaml``."""

    id: str
    name: str
    country: str
    """ISO 3166-1 alpha-2; decides on public holidays and on how phone numbers are read and written."""
    timezone: str
    source_language: Locale
    """The language in which the texts of ``services.yaml`` are written."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Where a field's value comes from, and until when it is believed."""

    source: str
    checked: date
    valid_days: int

    def is_stale(self, today: date) -> bool:
        return (today - self.checked).days > self.valid_days


@dataclass(frozen=True, slots=True)
class Phone:
    """A number and what is known of it."""

    number: str
    """E.164 (``+358…``) or a short number as it is dialled (``112``)."""
    label: str = ""
    hours: str = ""
    """OpenStreetMap opening_hours; empty when not known."""
    price: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service is."""

    street: str
    postal_code: str = ""
    city: str = ""
    lat: float | None = None
    """Degrees north, WGS 84."""
    lon: float | None = None
    """Degrees east, WGS 84."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that holds for a time: "closed for moving"."""

    text: str
    from_day: date | None = None
    until_day: date | None = None

    def is_shown_on(self, day: date) -> bool:
        return (self.from_day is None or self.from_day <= day) and (self.until_day is None or day <= self.until_day)


Cost: TypeAlias = Literal["free", "paid", "varies"]
Access: TypeAlias = Literal["walk-in", "appointment", "phone", "online", "referral"]


@dataclass(frozen=True, slots=True)
class Service:
    """Who helps, and how to reach them; what is not known is empty."""

    id: ServiceId
    """Empty for ``person``."""
    name: str
    """The name on the door; never translated."""
    summary: str = ""
    aliases: tuple[str, ...] = ()
    for_whom: str = ""
    address: Address | None = None
    phones: tuple[Phone, ...] = ()
    email: str = ""
    web: Mapping[Locale, str] = field(default_factory=dict)
    hours: str = ""
    notice: Notice | None = None
    languages: tuple[Locale, ...] = ()
    cost: Cost | None = None
    price: str = ""
    access: Access | None = None
    bring: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """Field name → where it comes from."""
    ended: date | None = None

    @property
    def has_way_in(self) -> bool:
        """Whether a person can do something with it: call, write, go there, or open its page."""
        return bool(self.phones or self.email or self.address or self.web)

    def is_over(self, today: date) -> bool:
        return self.ended is not None and self.ended < today


@dataclass(frozen=True, slots=True)
class Topic:
    """A heading of the menu."""

    id: TopicId
    title: str
    example: str = ""
    """What people ask about there, in a word or two: "a doctor". The greeting names it."""
    sensitive: bool = False
    """Its questions tell of health, papers, faith or home: never drawn into the weekly sample."""


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody wants: the answer begins with its advice and its first service."""

    id: NeedId
    topic: TopicId
    title: str
    services: tuple[ServiceId, ...] = ()
    advice: str = ""
    steps: tuple[str, ...] = ()
    bring: str = ""
    next: tuple[NeedId, ...] = ()
    say: str = ""
    """Urgent needs: what to say on the phone, in the language of the country."""
    sensitive: bool = False
    """Like ``Topic.sensitive``, for this need or because its topic is."""
    media: tuple[str, ...] = ()
    """Kinds of message (``photo``, ``document``) that this need answers, because the bot cannot read them."""

    @property
    def is_urgent(self) -> bool:
        return self.topic == URGENT_TOPIC


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who answers for the automatic advice; said by ``/about``."""

    role: str
    unit: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Privacy:
    """Said by ``/privacy``; what is empty is said to be missing."""

    controller: str = ""
    dpo: str = ""
    basis: str = ""
    supervisor: str = ""


@dataclass(frozen=True, slots=True)
class Accessibility:
    """What the city says in the accessibility statement (``/accessibility``)."""

    statement_date: str = ""
    contact: str = ""
    supervisor: str = ""


@dataclass(frozen=True, slots=True)
class LanguageReview:
    """Who, a native speaker, has read all texts of a language, and when."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that ``services.yaml`` says, checked."""

    city: City
    languages: Mapping[Locale, LanguageReview | None]
    """In the order of the picker; None marks a draft."""
    topics: Mapping[TopicId, Topic]
    needs: Mapping[NeedId, Need]
    services: Mapping[ServiceId, Service]
    ask_between: tuple[frozenset[NeedId], ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    person: Service | None = None
    """How to reach a human being at the authority, in the shape of a service."""
    team_hours: str = ""
    responsible: Responsible | None = None
    privacy: Privacy = Privacy()
    accessibility: Accessibility | None = None
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other places that people name, each with its other spellings; under the city's name its own ones."""

    @property
    def contacts(self) -> tuple[Service, ...]:
        """Everybody who can be reached: the services, and ``person``."""
        return (*self.services.values(), *([self.person] if self.person else []))

    def need(self, need_id: str) -> Need | None:
        return self.needs.get(self.renamed.get(need_id, need_id))

    def service(self, service_id: str) -> Service | None:
        return self.services.get(self.renamed.get(service_id, service_id))

    def needs_of(self, topic_id: TopicId) -> tuple[Need, ...]:
        return tuple(need for need in self.needs.values() if need.topic == topic_id)

    def services_of(self, need: Need, today: date) -> tuple[Service, ...]:
        """The services that answer ``need`` and still run, the first one with a way in before the others."""
        running = [s for s in (self.services[i] for i in need.services) if not s.is_over(today)]
        first = next((s for s in running if s.has_way_in), None)
        return tuple(([first] if first else []) + [s for s in running if s is not first])
