"""What a question is about, for a counsellor who does not read its language: data, no words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from bot.grouping.titles import title
from bot.grouping.tokens import Tokeniser, Tokens, tokeniser
from bot.matching import thresholds as t
from bot.matching.labels import is_need
from bot.matching.matcher import Matcher, Reading
from bot.model import Chosen, FollowUp, Found, Match, Named, NotFound, SmallTalk, Unsure

NEEDS: Final = 3
"""Needs that are named at most."""
WORTH_NAMING: Final = 0.01
"""Confidence below which a need is not named. What has nothing to do with a question leads astray: of 800 questions
that nobody here answers, 255 have a need above it, 364 one above 0.002 (23 Nov 2026) …"""
WORTH_NAMING_URGENT: Final = 0.002
"""… but for urgent needs: a cry that was not heard shows here. Of 141 with its need among the first three, 102 have it
above, 52 above 0.01."""

ALIKE: Final = 0.5
"""A second need of this part of the first one's confidence may be meant as well."""

WhyNot: TypeAlias = Literal[
    "other-language", "unknown-words", "several", "asked", "outside", "not-sure", "small-talk", "answered"
]
"""Why the bot did not answer: the text is in a language that it does not speak; it knows too little of the words; two
or more needs are alike; it was not sure enough of one, and asked; the text is nearest to what nobody here answers; no
need is sure enough; it was taken for small talk or a follow-up; or it did answer, and the person was not helped."""


@dataclass(frozen=True, slots=True)
class MeantNeed:
    """A need that the question may mean."""

    need: str
    confidence: float
    """0–1."""
    phrase: str
    """How people ask for it in the reader's language, most telling first; "" when nobody wrote one."""
    phrase_language: str


@dataclass(frozen=True, slots=True)
class Why:
    """What kept the bot from answering, with the figures."""

    rule: WhyNot
    confidence: float
    """Of the best need, 0–1."""
    wanted: float
    """From which confidence the bot would have answered."""
    known: float
    """0–1: how much of the text its language knows."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a counsellor is told about a question that they cannot read."""

    language: str | None
    """In which the text is written, when that is certain."""
    foreign: str | None
    """A language that the bot does not speak, when the text is certainly in it."""
    needs: tuple[MeantNeed, ...]
    names: tuple[str, ...]
    """Ids of the services that are named."""
    words: tuple[str, ...]
    """Everyday things that are spoken of, as words of the reader's language, in the order of the text."""
    why: Why


def understand(matcher: Matcher, text: str, language: str, reader_language: str) -> Understood:
    """``language``: in which the person writes, as far as known; ``reader_language``: in which to explain."""
    match = matcher.match(text)
    reading = matcher.reading(text)
    words = tokeniser(matcher)
    tokens = words.tokens(text, language)
    named = dict.fromkeys(token.name for token in tokens.tokens if token.name)
    return Understood(
        match.language,
        match.foreign,
        tuple(
            _near_need(matcher, reading, row, reader_language, words, tokens.things)
            for row in _best(reading, matcher.urgent)
        ),
        tuple(named),
        _called(tokens, reader_language),
        why_not(match, reading),
    )


def spoken_of(matcher: Matcher, text: str, language: str, reader_language: str) -> tuple[str, ...]:
    """Only the everyday things that a question speaks of, as in ``understand``; takes a millisecond."""
    return _called(tokeniser(matcher).tokens(text, language), reader_language)


def things_in(matcher: Matcher, text: str, language: str) -> tuple[str, ...]:
    """The same by their ids (``titles.title`` says what one is called)."""
    return _said(tokeniser(matcher).tokens(text, language))


def _called(tokens: Tokens, language: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(title(thing, language) for thing in _said(tokens)))


def _said(tokens: Tokens) -> tuple[str, ...]:
    return tuple(dict.fromkeys(thing for token in tokens.tokens for thing in sorted(token.things)))


def _best(reading: Reading, urgent: Collection[str]) -> list[int]:
    """The likeliest needs, best first, by their places among the labels."""
    labels, sure = reading.labels, reading.confidences

    def is_worth_naming(row: int) -> bool:
        least = WORTH_NAMING_URGENT if labels[row] in urgent else WORTH_NAMING
        return is_need(labels[row]) and bool(sure[row] >= least)

    rows = filter(is_worth_naming, range(len(labels)))
    return sorted(rows, key=lambda row: (-reading.confidences[row], -reading.scores.margins[row]))[:NEEDS]


def _near_need(
    matcher: Matcher, reading: Reading, row: int, reader: str, words: Tokeniser, said: frozenset[str]
) -> MeantNeed:
    need = reading.labels[row]
    phrase = matcher.nearest_phrase(reading.folded, need, reading.scores.language)
    if phrase is None or phrase.language != reader:
        # Words cannot be compared across languages: the phrase that speaks of the same things.
        phrases = matcher.phrases_of(need, reader)
        shared = [len(words.tokens(p.text, reader).things & said) for p in phrases] if said else [0] * len(phrases)
        phrase = phrases[max(range(len(phrases)), key=lambda i: (shared[i], -i))] if phrases else None
    return MeantNeed(
        need,
        float(reading.confidences[row]),
        phrase.text if phrase else "",
        phrase.language if phrase else "",
    )


def why_not(match: Match, reading: Reading) -> Why:
    """Which rule of the matcher kept the bot from answering, with its figures."""
    best = float(reading.confidences.max(initial=0.0))
    return Why(_rule(match, reading), best, t.ANSWER, reading.scores.known)


def _rule(match: Match, reading: Reading) -> WhyNot:
    if match.foreign:
        return "other-language"
    match match.verdict:
        case Found() | Named():
            return "answered"
        case Unsure(needs):
            first, *others = needs
            alike = others and others[0].confidence >= ALIKE * first.confidence
            return "several" if alike else "asked"
        case SmallTalk() | FollowUp() | Chosen():
            return "small-talk"
        case NotFound():
            pass
    if reading.scores.known < t.KNOWN and reading.exact is None:
        return "unknown-words"
    outside = not is_need(reading.labels[int(np.argmax(reading.scores.margins))])
    return "outside" if outside else "not-sure"
