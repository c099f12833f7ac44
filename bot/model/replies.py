"""What is said: a reply, its paragraphs and buttons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.model.catalogue import Locale

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
