"""What the store takes and gives: plain frozen records. All moments are aware and in UTC; inside they are
milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.model import WhyKept

QUESTIONS: Final = "review"
"""Name of the version (``Store.version``) that grows when questions, their groups or answers change, also beside this
program: whoever holds them in memory reads them anew."""

MOST_DIGITS: Final = 15
"""Of a number that comes from outside: every one of ours and of Telegram's has fewer, SQLite holds eighteen."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware moment."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def moment(stored: int) -> datetime:
    """The moment that ``milliseconds`` stored."""
    return _EPOCH + timedelta(milliseconds=stored)


def as_number(text: str) -> int | None:
    """The number that stands in a text from outside; None: it is none that could be of anything here."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What is known of a chat: the language chosen and where the talk stands."""

    chat_id: int
    locale: str
    """Language chosen by the person; empty as long as none was."""
    state: Mapping[str, object]
    """Kept as JSON."""
    seen_at: datetime
    """The last message; the row goes 180 days after it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A redacted question that found no good answer."""

    text: str
    language: str
    outcome: WhyKept
    asked_at: datetime
    needs: tuple[str, ...] = ()
    """The needs that were shown."""
    chat_id: int | None = None
    """Only after "Yes, write to me"."""
    key: str = ""
    """Random name by which the person can take the question back; leads to nobody."""
    asker: str = ""
    """``Store.asker`` of the chat: people are counted by it, and it leads to nobody without the bot's token."""
    service: str = ""
    """For the outcome ``fact``: whose fact is wrong."""


URGENT: Final = 0
"""Priority of a message that goes out before all others."""
ANSWER: Final = 1
"""Priority of a message that somebody waits for, a colleague too."""
NEWS: Final = 2
"""Priority of a message that nobody waits for at this moment; it can be taken back until it goes out."""

CLOSED_TO_US: Final = "the chat is closed to us"
"""Why a message was not sent to somebody who blocked the bot or has left Telegram."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that is due."""

    key: str
    """Idempotency key: a second message with the same key is not stored."""
    chat_id: int
    kind: str
    """send, edit, venue, contact, document or wipe; what it means is the edge's affair."""
    body: Mapping[str, object]
    """Kept as JSON until the message is sent or has failed."""
    priority: int = ANSWER
    """``URGENT``, ``ANSWER`` or ``NEWS``."""
    target_key: str | None = None
    """For an edit: the key of the message that is changed."""
    due_at: datetime | None = None
    """None: at once."""
    vanishes: bool = False
    """The row goes as soon as it is dealt with, not after 7 days: for the good-bye after /forget."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """What the outbox keeps in mind of a message until its turn comes."""

    id: int
    key: str
    chat_id: int
    priority: int
    target_key: str | None
    due_at: datetime | None
    in_doubt: int = 0
    """How often it went out without an answer."""
    was_sending: bool = False
    """It was on its way when the program died."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message on its way, as the edge gets it."""

    id: int
    key: str
    chat_id: int
    kind: str
    body: Mapping[str, object]
    priority: int
    target_message_id: int | None
    """For an edit: Telegram's number of the message that is changed."""
    tries: int
    """How often it was tried before."""
    in_doubt: int


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An update to be worked on."""

    bot_id: int
    update_id: int
    chat_id: int | None
    urgent: bool
    kind: str
    body: str = field(repr=False)
    """JSON as ``reduction`` made it."""
    received_at: datetime
    tries: int = 0
    """In how many runs of the program it was begun before."""
    alone: bool = False
    """It was being worked on alone when the program died."""
