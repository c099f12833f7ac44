"""How people ask, and what the matcher makes of it: a phrase, a verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from bot.model.catalogue import Locale, NeedId, ServiceId


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way of asking, or (``is_word``) a word or collocation typical of it."""

    text: str
    label: str
    """A need's id, ``small-talk:KIND``, ``follow-up:KIND`` or ``none:GROUP``; on a button also ``press:DATA``."""
    language: Locale
    is_word: bool = False
    folded: str = field(default="", compare=False)
    """The text as ``bot.text.fold`` leaves it; worked out once, because sixty thousand take their time."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the bot itself shows, as phrases: who writes it means what it stands for."""

    titles: tuple[Phrase, ...] = ()
    """Of needs, of topics and of the menu. They go before all phrases."""
    buttons: tuple[Phrase, ...] = ()
    """What else stands on buttons, after the phrases: "карта" is the map below an answer, and a card too."""
    examples: tuple[Phrase, ...] = ()
    """What the greeting says one may ask about: for what nothing else is known of."""


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
    """One to three needs may be meant: the person picks, or says that it is none of them."""

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
class Chosen:
    """The message is what stands on a button, and does what the button does."""

    press: str
    """What comes back when the button is pressed."""


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nobody here answers this, or the matcher does not know it yet."""


Verdict: TypeAlias = Found | Unsure | Named | FollowUp | SmallTalk | Chosen | NotFound


@dataclass(frozen=True, slots=True)
class Match:
    """What the matcher makes of a text."""

    verdict: Verdict
    ranked: tuple[Candidate, ...] = ()
    """Up to five needs, best first, whatever the verdict."""
    urgent: bool = False
    """The urgent detector fired; the verdict is then Found with urgent needs."""
    may_be_urgent: bool = False
    """The detector heard a little, not enough for that."""
    language: Locale | None = None
    """The language in which the text is written, when that is certain."""
    may_be_in: frozenset[Locale] = frozenset()
    """Languages that know nearly all of the text, so that it may be in any of them."""
    foreign: str | None = None
    """ISO 639 code of a language that Opas does not speak, when the text is certainly written in it."""
    is_elsewhere: bool = False
    """Another place than the city is named: what is ordinary is offered then, not answered."""
    why: str = ""
    """One line for the curious: the features that decided."""
