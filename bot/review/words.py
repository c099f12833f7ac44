"""Marks the English words that the staff reads, so that ``opas translate`` collects them into the domain ``staff``."""

from __future__ import annotations

from typing import Final


def say(text: str) -> str:
    """The text itself; the door says it in the reader's language (``Texts.staff.speaker(locale).say(text)``)."""
    return text


PREFIX: Final = "s1"
"""Begins the data of every button of the staff in the chat; none of a person's buttons does."""

WRONG: Final = "wrong:"
"""Begins ``joined`` in a report of a wrong fact; the code of the fact follows."""
