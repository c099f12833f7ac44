"""Those who talk and those who answer: why a question is kept, what was said in a talk, what is known of a chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

WhyKept: TypeAlias = Literal["unanswered", "none-of-these", "wrong", "person", "fact"]
"""Stored as the outcome of a question."""
Role: TypeAlias = Literal["counsellor", "admin", "translator"]
"""Of somebody who works with Opas."""
Side: TypeAlias = Literal["person", "bot", "counsellor"]
"""Who said something in a talk."""


@dataclass(frozen=True, slots=True)
class SaidLine:
    """What one side said in a talk, redacted."""

    speaker: Side
    text: str
    at: datetime
    """In UTC from the store, on the city's clocks for a person to read."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What one table keeps of a chat."""

    table: str
    rows: int
    newest: datetime
    """As ``SaidLine.at``."""
    texts: tuple[str, ...] = ()
    """The words themselves, where words are kept."""
