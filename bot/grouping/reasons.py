"""Why a question was put where it was: small values that are stored and rendered to words later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast, get_args

Rule: TypeAlias = Literal["new", "same-words", "near-words", "same-things", "same-name"]
"""``same-words``: letter for letter after folding. ``near-words``: the same or nearly the same words of one language.
``same-things``: the same things are spoken of, in whatever words. ``same-name``: the same service or foreign word is
named. ``new``: nothing was near enough."""


@dataclass(frozen=True, slots=True)
class Reason:
    rule: Rule
    marks: tuple[str, ...] = ()
    """What decided, at most five: words, ids of things (``bot/thesaurus/things``), ids of services."""

    def code(self) -> str:
        """As it is stored: ``same-things:dog,licence``."""
        return f"{self.rule}:{','.join(self.marks)}" if self.marks else self.rule

    @classmethod
    def from_code(cls, code: str) -> Reason:
        """The reason that was stored; an unknown one reads as ``new``."""
        rule, _, marks = code.partition(":")
        known = cast(Rule, rule) if rule in get_args(Rule) else "new"
        return cls(known, tuple(mark for mark in marks.split(",") if mark))


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a question belongs."""

    group_id: int | None
    """None: a new group."""
    reason: Reason
    score: float
    """0–1: the probability that it belongs there, as all the group's questions say (``clusters.link_to_all``); of a
    question that was sorted, or of groups that may be put together, that the nearest one asks the same."""
    nearest: int | None
    """Id of the nearest question; None when there is none worth naming."""


NEW: Final = Placement(None, Reason("new"), 0.0, None)
