"""The words in which the doors (page, chat, command line) speak with the rules: plain frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias

from bot.model import Locale, NeedId, Role, ServiceId, TopicId

Drawer: TypeAlias = Literal["queue", "aside"]
GroupState: TypeAlias = Literal["open", "answered", "dropped", "merged", "expired"]

DropReason: TypeAlias = Literal[
    "not-a-question", "abuse", "not-ours", "cannot-know", "own-case", "written", "mended", "other"
]
SILENT: Final[frozenset[DropReason]] = frozenset({"not-a-question", "abuse", "written", "mended"})
"""Reasons after which nobody is told anything; ``written``: the person already had a letter; ``mended``: the wrong fact
is put right."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works with Opas."""

    id: int
    name: str
    """Shown to colleagues only."""
    role: Role
    languages: tuple[Locale, ...] = ()
    """What they read; empty: not said, nothing is held back from them."""
    topics: tuple[TopicId, ...] = ()
    telegram_id: int | None = None
    added_at: datetime | None = None
    removed_at: datetime | None = None
    chosen: Locale = ""
    """The language that they chose in the chat; whether they read it well enough to answer in it, it does not say."""

    def is_same_as(self, other: Staff | None) -> bool:
        """Whether both are one person, whatever has changed about them meanwhile."""
        return other is not None and other.id == self.id

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"

    @property
    def may_answer(self) -> bool:
        """Translators read, and translate what others wrote; they decide nothing."""
        return self.role != "translator"

    def reads(self, language: Locale) -> bool:
        return not self.languages or language in self.languages


# --- what a counsellor sees -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filters:
    """Which groups of a drawer are wanted; all of those that are set must hold."""

    readable: bool = False
    """Only with a question in a language that the viewer reads."""
    my_topics: bool = False
    """Only those whose nearest need lies in the viewer's topics."""
    mine: bool = False
    """Only what the viewer has claimed, or what was handed to them."""


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """One line of the queue."""

    id: int
    kind: Literal["question", "fact"]
    drawer: Drawer
    state: GroupState
    text: str
    """The first question, redacted, as it was written; empty for a fact that nobody wrote a word about."""
    language: Locale
    """Of ``text``."""
    people: int
    """Different people; never messages."""
    messages: int
    languages: tuple[Locale, ...]
    outcomes: frozenset[str]
    """unanswered, none-of-these, wrong, person, fact: how its questions came here."""
    opened_at: datetime
    last_at: datetime
    """When somebody asked last."""
    days: float
    """How long the group has been waiting."""
    waiting: int
    """People who said "Yes, write to me"."""
    need: NeedId = ""
    """The nearest need (an answer that was wrong, or what was offered); a guess, except in a closed group."""
    service: ServiceId = ""
    """Of a group of kind ``fact``: whose fact is wrong."""
    claimed_by: Staff | None = None
    """Who works on it now; None as soon as the claim has run out."""
    claimed_until: datetime | None = None
    handed_to: Staff | None = None
    has_mail: bool = False
    """The last letter came from a person and nobody has written since."""

    @property
    def asks_for_person(self) -> bool:
        return "person" in self.outcomes

    @property
    def reaches_nobody(self) -> bool:
        """Nobody who asked said "Yes, write to me": an answer helps only whoever asks next."""
        return self.kind == "question" and self.state == "open" and not self.waiting


@dataclass(frozen=True, slots=True)
class QuestionView:
    id: int
    text: str
    """Redacted; whatever markup a person wrote is still in it: escape it."""
    language: Locale
    outcome: str
    asked_at: datetime
    can_be_written_to: bool
    shown: tuple[NeedId, ...]
    """The needs that were shown and did not help."""
    joined: str
    """Why it is in this group: a code of ``bot.grouping.Reason``, or ``by-hand``; empty for the first one."""
    letter_goes_out: datetime | None = None
    """When a letter to this person that is written now would go; None: at once."""


@dataclass(frozen=True, slots=True)
class NearNeed:
    """A need that the matcher thinks of, in words that the viewer reads."""

    need: NeedId
    title: str
    confidence: float
    """0–1."""
    phrase: str
    """The nearest known phrase in a language of the viewer."""
    language: Locale
    """Of ``phrase``."""


@dataclass(frozen=True, slots=True)
class NearGroup:
    """Another open group that may ask the same."""

    id: int
    text: str
    language: Locale
    score: float
    """0–1."""
    reason: str
    """A code of ``bot.grouping.Reason``."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One of the messages between a counsellor and one person."""

    id: int
    kind: Literal["reply", "ask-back", "from-person"]
    text: str
    language: Locale
    question_id: int | None
    written_by: Staff | None
    """None: the person."""
    made_at: datetime
    goes_out_at: datetime | None = None
    """It waits for the morning until then."""
    failure: str = ""
    """Why it did not arrive: ``gone`` (the person cannot be reached any more), ``failed`` (a fault of ours)."""


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the log of acts."""

    id: int
    act: str
    group_id: int | None
    by: Staff | None
    """None when the person was removed and their period is over."""
    detail: str
    """What was chosen; never what a person wrote."""
    done_at: datetime
    about: Staff | None = None
    """The colleague it was done to; None as with ``by``, and where an act is about nobody."""


Piece: TypeAlias = str
"""``need:ID``, ``service:ID`` or ``sentence:ID`` (see ``bot.dialogue.phrasebook``): exists in all languages."""


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer as its author has put it together; what is sent to everybody."""

    pieces: tuple[Piece, ...] = ()
    """In the order in which they are shown."""
    texts: Mapping[Locale, str] = field(default_factory=dict)
    """Free words by language; shown before the pieces."""
    approved: frozenset[Locale] = frozenset()
    """In which languages the free words may be given; the others get the pieces and a line."""
    wordings: Mapping[Locale, str] = field(default_factory=dict)
    """How somebody asks this, read and rewritten so that it tells of nobody's life: learnt for ever."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A general answer that was given."""

    id: int
    group_id: int
    by: Staff | None
    language: Locale
    pieces: tuple[Piece, ...]
    texts: Mapping[Locale, str]
    approved: frozenset[Locale]
    state: Literal["live", "undone", "exported"]
    made_at: datetime
    send_at: datetime
    """Not sent before; until then it can be taken back without anybody noticing but those who asked meanwhile."""
    sent_at: datetime | None
    deliveries: Mapping[str, int] = field(default_factory=dict)
    """State (waiting, sent, shown, gone, withdrawn) → number of people."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Those of one language: what would they get?"""

    language: Locale
    people: int
    """Everybody who asked in this language."""
    waiting: int
    """Of these, who said "Yes, write to me" and gets a message."""
    is_full: bool
    """They get the free words (or there are none); else the facts and a line that the words are not translated."""
    text: str
    """What they see, as plain text."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Who receives it in which language."""

    recipients: tuple[Recipient, ...]
    faults: tuple[str, ...] = ()
    """What keeps it from being sent, in English words for the speaker of the domain ``staff``; empty: it can go."""

    @property
    def people(self) -> int:
        return sum(recipient.people for recipient in self.recipients)

    @property
    def waiting(self) -> int:
        return sum(recipient.waiting for recipient in self.recipients)


@dataclass(frozen=True, slots=True)
class GroupView:
    """All that is known about one group."""

    summary: GroupSummary
    questions: tuple[QuestionView, ...]
    """Oldest first."""
    near_needs: tuple[NearNeed, ...] = ()
    names: tuple[str, ...] = ()
    """Names of services that were recognised in the first question."""
    things: tuple[str, ...] = ()
    """Everyday things that it speaks of, as words of the viewer's language."""
    why: str = ""
    """Why the bot did not answer: a code of ``bot.grouping`` (several, outside, not-sure, unknown-words …)."""
    near_groups: tuple[NearGroup, ...] = ()
    letters: tuple[Letter, ...] = ()
    answers: tuple[Answer, ...] = ()
    acts: tuple[Act, ...] = ()


# --- what becomes of an act -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Done:
    """It was done and is in the database."""

    group_id: int
    answer_id: int | None = None


@dataclass(frozen=True, slots=True)
class TakenBy:
    """Somebody else was first. Nothing was changed."""

    staff: Staff | None
    what: Literal["claimed", "answered", "pointed", "dropped", "merged"]
    choice: str
    """What the first one chose (a need, a reason, a number); empty for a claim and an answer."""
    at: datetime
    """When they did it; for a claim, until when it lasts."""
    texts: Mapping[Locale, str] = field(default_factory=dict)
    """Of an answer: what was written, by language; first the one in which its author wrote."""
    pieces: tuple[Piece, ...] = ()
    """Of an answer in which nothing was written."""


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such group, question or answer (any more)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It cannot be done; nothing was changed."""

    reason: str
    """English words for the speaker of the domain ``staff``."""


Result: TypeAlias = Done | TakenBy | Gone | Refused
"""What an act comes to; nothing is raised for it."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in on the page."""

    staff: Staff
    csrf: str
    """Has to come back with every form."""
