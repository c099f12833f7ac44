"""Two questions side by side: how likely they ask the same, and what says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from rapidfuzz import fuzz

from bot.grouping.asking import side_by_side
from bot.grouping.nearness import Nearness, table
from bot.grouping.reasons import Reason, Rule
from bot.grouping.tokens import STEM, Token, Tokens

SAME_THING: Final = 0.95
AKIN: Final = 0.5
SAME_STEM: Final = 0.85
SAME_SPELT: Final = 0.8
"""What a match of two words is worth beside the same word (1)."""
SPELLING: Final = 80.0
"""rapidfuzz ratio (0–100) from which two words of one language are one word, misspelt or inflected."""
SHORTEST_SPELT: Final = 5
WORTH_SPELLING: Final = 0.15
"""Weight from which a word is looked for in other forms and spellings."""
UNREADABLE: Final = 0.45
"""Weight of a word without a known thing when the other question is in another language: nobody can say whether it is
there too."""
HARDLY_MORE: Final = 1.6
"""Weight of what is shared up to which a shared name (1) is the reason: there is hardly anything beside it."""
FRAMING: Final = 0.1
"""A word of up to this weight only frames what is asked."""
MARKS: Final = 5
"""Words or things that a reason names at most."""

_Number = TypeVar("_Number", int, float)


@dataclass(frozen=True, slots=True)
class Pair:
    """What two questions have in common."""

    one: float
    """0–1: how much of the first question's weight the second one has too."""
    other: float
    shared: float
    """Weight of what both have: one thing alone says little."""
    solid: float
    """… without acts, qualities and ways of asking: what they are about."""
    beside: float
    """… beside the most telling of it: 0 when they share one thing only."""
    unread: float
    """Weight of the words that name nothing known and stand in only one of them: of the question that has more."""
    missing: tuple[float, float]
    """Weight of the most telling thing or name that only one of them has, the smaller one first."""
    tokens: tuple[int, int]
    """How many words and things each has; of the shorter question first."""
    weights: tuple[float, float]
    """Of all of them together, the smaller one first."""
    nearness: Nearness
    wishes: tuple[bool, ...]
    """Whether both ask for the same of it: ``asking.side_by_side``."""
    same_language: bool
    marks: tuple[str, ...]
    """What they share, the weightiest first; at most ``MARKS``; beside what tells something, nothing that only
    frames it ("my", "in")."""
    rule: Rule


@dataclass(slots=True)
class _Covered:
    """What of one question's weight another one has too."""

    all: float = 0.0
    had: float = 0.0
    solid: float = 0.0
    missing: float = 0.0
    """Of the most telling thing or name that the other has not."""
    unread: float = 0.0
    """Of all words that name nothing known and that the other has not."""
    marks: dict[str, float] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)

    @property
    def share(self) -> float:
        return self.had / self.all if self.all else 0.0


def compare(a: Tokens, b: Tokens) -> Pair:
    """Lay ``b`` beside ``a``."""
    return compare_with_each(a, [b])[0]


def compare_with_each(a: Tokens, others: Sequence[Tokens]) -> list[Pair]:
    """Lay each of the others beside ``a``."""
    nearness = table().nearness_to_each(a.spoken_of, [b.spoken_of for b in others])
    return [_compared(a, b, near) for b, near in zip(others, nearness, strict=True)]


def _compared(a: Tokens, b: Tokens, near: Nearness) -> Pair:
    same_language = a.language == b.language and bool(a.language)
    one, other = _covered(a, b, same_language), _covered(b, a, same_language)
    shared = sum(one.marks.values())
    telling = [mark for mark in one.marks.items() if mark[1] > FRAMING] or list(one.marks.items())
    best = sorted(telling, key=lambda mark: -mark[1])[:MARKS]
    rule: Rule = "same-things" if "thing" in one.rules else "near-words"
    if "name" in one.rules and shared < HARDLY_MORE:
        rule = "same-name"
    return Pair(
        one.share,
        other.share,
        shared,
        one.solid,
        shared - max(one.marks.values(), default=0.0),
        max(one.unread, other.unread),
        _ordered(one.missing, other.missing),
        _ordered(len(a.tokens), len(b.tokens)),
        _ordered(a.weight, b.weight),
        near,
        side_by_side(a.wishes, b.wishes),
        same_language,
        tuple(mark for mark, _ in best),
        rule,
    )


def _ordered(one: _Number, other: _Number) -> tuple[_Number, _Number]:
    return (one, other) if one <= other else (other, one)


def _covered(a: Tokens, b: Tokens, same_language: bool) -> _Covered:
    """What ``b`` has of ``a``."""
    found = _Covered()
    for token in a.tokens:
        value, mark, rule = _best(token, b, same_language)
        known = bool(token.things or token.name)
        readable = same_language or known or token.is_number or value
        weight = token.weight * (1.0 if readable else UNREADABLE)
        found.all += weight
        found.had += weight * value
        if known and not value:
            found.missing = max(found.missing, token.weight)
        elif not value and not token.is_number and token.weight > FRAMING:
            found.unread += token.weight
        if value and mark not in found.marks:
            found.marks[mark] = weight * value
            found.solid += weight * value * token.solid
            found.rules.add(rule)
    return found


def _best(token: Token, b: Tokens, same_language: bool) -> tuple[float, str, str]:
    """How well ``b`` has a token (0–1), what to call it, and why."""
    if token.name:
        return (1.0, token.name, "name") if token.name in b.names else (0.0, "", "")
    if token.things:
        shared = token.things & b.things
        if shared:
            return SAME_THING, min(shared), "thing"
        akin = token.things & b.kin | token.parts & b.things
        return (AKIN, min(akin), "thing") if akin else (0.0, "", "")
    if token.word in b.words and (same_language or _is_telling(token)):
        return 1.0, token.word, "word"
    if not same_language or token.weight < WORTH_SPELLING or len(token.word) < SHORTEST_SPELT:
        return 0.0, "", ""
    best = 0.0
    for other in b.plain:
        if _same_stem(token.word, other):
            return SAME_STEM, token.word, "word"
        if best or len(other) < SHORTEST_SPELT:
            continue
        if fuzz.ratio(token.word, other, score_cutoff=SPELLING):
            best = SAME_SPELT
    return (best, token.word, "word") if best else (0.0, "", "")


def _same_stem(one: str, other: str) -> bool:
    """Whether two words begin alike for long enough to be forms of one: STEM letters, and most of the shorter one."""
    wanted = max(STEM, (2 * min(len(one), len(other)) + 2) // 3)
    return len(one) >= STEM and one[:wanted] == other[:wanted]


def _is_telling(token: Token) -> bool:
    """Whether a word means the same in any language: a number, or a long word that is no common one."""
    return token.is_number or (len(token.word) >= 4 and token.weight >= 0.5)


def reason_of(pair: Pair) -> Reason:
    return Reason(pair.rule, pair.marks)
