"""Where a talk with one person stands, and what one step of it brings about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from bot.model import Locale, NeedId, Reply, ServiceId, WhyKept

SESSION: Final = timedelta(hours=24)
"""Silence after which the next reply says again that a machine answers."""

FOLLOW_UP: Final = timedelta(minutes=30)
"""How long "where is it?" is understood as a question about what was shown last."""

Outcome: TypeAlias = Literal[
    "answered", "asked", "named", "follow-up", "small-talk", "unanswered", "urgent", "foreign", "unreadable"
]


@dataclass(frozen=True, slots=True)
class Talk:
    """What is remembered of a person between two messages; no word of what they wrote."""

    locale: Locale | None = None
    """The language chosen with /language or a button; None: the phone's."""
    services: tuple[ServiceId, ...] = ()
    """The services shown last: one for each answer of the last message that was answered."""
    replying_to: str = ""
    """Key of the question about which the next message goes to a counsellor."""
    spoken: Locale = ""
    """The language in which they write and are answered in this session, where it is not the chosen one."""
    draft: Locale = ""
    """The language in which it was said last that the texts are a draft."""
    shown_at: datetime | None = None
    seen_at: datetime | None = None

    def is_new_session(self, moment: datetime) -> bool:
        return self.seen_at is None or moment - self.seen_at >= SESSION

    def services_in_mind(self, moment: datetime) -> tuple[ServiceId, ...]:
        """The services that a follow-up means at ``moment``."""
        fresh = self.shown_at is not None and moment - self.shown_at < FOLLOW_UP
        return self.services if fresh else ()

    @property
    def going_on_in(self) -> Locale | None:
        """The language of buttons, commands and words of no language of their own; None: the phone's."""
        return self.spoken or self.locale

    def resumed(self, moment: datetime) -> Talk:
        """How it stands at ``moment``: a new session begins in the chosen language."""
        return replace(self, spoken="") if self.is_new_session(moment) else self

    def seen(self, moment: datetime) -> Talk:
        return replace(self, seen_at=moment)

    def showing(self, services: Iterable[ServiceId], moment: datetime) -> Talk:
        return replace(self, services=tuple(dict.fromkeys(services)), shown_at=moment)

    def told_of_draft(self, locale: Locale) -> Talk:
        return replace(self, draft=locale)

    def to_state(self) -> dict[str, str]:
        """Plain values for the database."""
        state = {"locale": self.locale or "", "service": " ".join(self.services), "replying_to": self.replying_to}
        state |= {"spoken": self.spoken, "draft": self.draft}
        for name, moment in (("shown_at", self.shown_at), ("seen_at", self.seen_at)):
            if moment is not None:
                state[name] = moment.isoformat()
        return {name: value for name, value in state.items() if value}

    @classmethod
    def from_state(cls, state: dict[str, str]) -> Talk:
        """The inverse of ``to_state``; what an older program wrote and cannot be read is forgotten."""

        def moment(name: str) -> datetime | None:
            try:
                return datetime.fromisoformat(state[name])
            except (KeyError, ValueError, TypeError):
                return None

        return cls(
            state.get("locale") or None,
            tuple(state.get("service", "").split()),
            state.get("replying_to", ""),
            state.get("spoken", ""),
            state.get("draft", ""),
            moment("shown_at"),
            moment("seen_at"),
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """One step: what is said, where the talk stands then, and what is written down about it."""

    replies: tuple[Reply, ...]
    talk: Talk
    outcome: Outcome | None = None
    """None: nothing was asked (a command, a button)."""
    needs: tuple[NeedId, ...] = ()
    toast: str = ""
    """Shown for a moment above the button that was pressed."""
    keeps: WhyKept | None = None
    """The question goes to the people who look after the guide (without its asker), and why."""
    answer: int | None = None
    """The answer of a person that was given."""
    count: str = ""
    """A figure to raise, for example ``helpful``."""
    drops_question: str = ""
    """Key of a kept question that the person takes back."""
    forgets: bool = False
    """Erase everything that is stored of this chat; the replies go out after it and leave nothing behind."""
    wipes: bool = False
    """Delete this talk from the person's screen and from the database."""
