"""The nouns of the field: what is in the catalogue, what a match is, what a reply is. Only frozen data, no behaviour
that needs Telegram, the database, the clock or the environment."""

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

LONGEST_ID: Final = 48
"""Characters that the id of a service or need may have, so that a button (64 bytes) can carry it."""

LONGEST_LABEL: Final = 64
"""Characters that a name or title may have, so that a button can show it."""


# --- the catalogue ----------------------------------------------------------------------------------------------


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


# --- how people ask ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way of asking, or (``is_word``) a word or collocation typical of it."""

    text: str
    label: str
    """A need's id, ``small-talk:KIND``, ``follow-up:KIND`` or ``none:GROUP``."""
    language: Locale
    is_word: bool = False
    folded: str = field(default="", compare=False)
    """The text as ``bot.text.fold`` leaves it; worked out once, because sixty thousand take their time."""


# --- from a question to a verdict -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A need that a text may mean."""

    need: NeedId
    confidence: float
    """0–1: the probability that this need answers the text, texts that no need answers included."""
    phrase: str
    """The phrase or words that speak most for it."""
    language: Locale
    rule: str
    """Which part of the matcher led there: ``exact``, ``scored``, ``part``, ``name``, ``urgent`` …"""


@dataclass(frozen=True, slots=True)
class Found:
    """Sure enough to answer: one to three needs, because one message may hold several questions."""

    needs: tuple[Candidate, ...]
    asks: tuple[Candidate, ...] = ()
    """A further question of the message that may mean any of these: the person picks."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """Two or three needs are close: the person picks."""

    needs: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """(Nearly) the whole message is the name of a service, or a short question about the service that it names."""

    service: ServiceId
    asks: str = ""
    """What is asked about it, as in ``FollowUp``; empty: the service itself."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question about the service that was shown last: ``where``, ``phone``, ``hours`` …"""

    kind: str


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """Nothing was asked: ``hello``, ``thanks``, ``insult`` …"""

    kind: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nobody here answers this, or the matcher does not know it yet."""


Verdict: TypeAlias = Found | Unsure | Named | FollowUp | SmallTalk | NotFound


@dataclass(frozen=True, slots=True)
class Match:
    """What the matcher makes of a text."""

    verdict: Verdict
    ranked: tuple[Candidate, ...] = ()
    """Up to five needs, best first, whatever the verdict."""
    urgent: bool = False
    """The urgent detector fired; the verdict is then Found with urgent needs."""
    language: Locale | None = None
    """The language in which the text is written, when that is certain."""
    foreign: str | None = None
    """ISO 639 code of a language that Opas does not speak, when the text is certainly written in it."""
    is_elsewhere: bool = False
    """Another place than the city is named."""
    why: str = ""
    """One line for the curious: the features that decided."""


# --- from a verdict to a reply ----------------------------------------------------------------------------------


Style: TypeAlias = Literal["plain", "title", "small", "covered"]
"""``covered``: seen only after a tap, neither in the list of chats nor in a notification."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text without markup; the edge decides how a style looks."""

    text: str
    style: Style = "plain"


@dataclass(frozen=True, slots=True)
class Press:
    """A button that comes back to the bot; ``data`` is at most 64 bytes of UTF-8."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Open:
    """A button that opens a web page."""

    label: str
    url: str


Button: TypeAlias = Press | Open


@dataclass(frozen=True, slots=True)
class ContactCard:
    """A number that can be called with one tap."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class VenueCard:
    """A point on the map; degrees, WGS 84."""

    name: str
    address: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Document:
    """A file for the person; the text of its reply stands under it."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message: text with buttons, then perhaps a contact card or a map."""

    locale: Locale
    paragraphs: tuple[Paragraph, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    contact: ContactCard | None = None
    venue: VenueCard | None = None
    document: Document | None = None
    urgent: bool = False
    """Sent before everything else that waits."""
    replaces: bool = False
    """Takes the place of the message whose button was pressed, where that is possible."""

    @property
    def text(self) -> str:
        """The words alone, as the command line prints them."""
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs)
