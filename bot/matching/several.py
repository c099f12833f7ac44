"""Several wishes in one message: which of its clauses are answered together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.matching import thresholds as t
from bot.model import Catalogue


@dataclass(frozen=True, slots=True)
class Wish:
    """What one clause of a message asks for."""

    needs: tuple[str, ...]
    """The need; several when the clause may mean them alike (ask-between.yaml); none when it asks for no need."""
    confidence: float
    """0–1, by the clause alone."""
    words: float
    """How long the clause is; 0 for small talk, which counts for nothing."""
    is_joined: bool
    """"And" or "also" stands beside it."""
    is_plausible: bool
    """The whole message gives its need a chance too."""


def wishes_together(wishes: Sequence[Wish], meant: str, catalogue: Catalogue | None) -> list[Wish]:
    """Two or three wishes that a message holds, in its order; none when it holds one, or is a story.

    ``meant``: the need that the whole message speaks of, when that is clear.

    Stories mention much that nobody asks about, so the wishes must be most of what is said. Of two needs that are akin
    one is mostly the reason for the other ("I have a degree and want to have it recognised").
    """
    said = sum(wish.words for wish in wishes)
    sure = [wish for wish in wishes if wish.needs and wish.confidence >= _threshold(wish)]
    if sum(wish.words for wish in sure) < t.WISHES_SHARE * said:
        sure = [wish for wish in sure if wish.confidence >= t.WISH_BETWEEN]
        if sum(wish.words for wish in sure) < t.WISHES_LEAST * said:
            return []
    chosen: list[Wish] = []
    for wish in sorted(sure, key=lambda wish: -wish.confidence):
        others = [need for other in chosen for need in other.needs]
        if set(wish.needs) & set(others):
            continue
        if any(akin(a, b, catalogue) for a in wish.needs for b in others) and not (
            wish.is_joined and wish.confidence >= t.WISH_AKIN
        ):
            continue
        if chosen and not (wish.is_joined or wish.is_plausible):
            continue
        chosen.append(wish)
    chosen = chosen[: t.OFFERED]
    if len(chosen) < 2 or chosen[0].confidence < t.WISH_FIRST or all(len(wish.needs) > 1 for wish in chosen):
        return []
    if meant and not any(meant in wish.needs for wish in chosen):
        return []
    return [wish for wish in wishes if wish in chosen]


def _threshold(wish: Wish) -> float:
    if not wish.is_joined:
        return t.WISH_FIRST
    return t.WISH_PLAUSIBLE if wish.is_plausible else t.WISH_JOINED


def akin(one: str, other: str, catalogue: Catalogue | None) -> bool:
    """Whether two needs are of one topic, or one is named as the next step of the other."""
    if catalogue is None:
        return False
    a, b = catalogue.need(one), catalogue.need(other)
    return a is not None and b is not None and (a.topic == b.topic or b.id in a.next or a.id in b.next)


__all__ = ["Wish", "akin", "wishes_together"]
