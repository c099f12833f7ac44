"""Marks the English words that the staff reads, so that ``opas translate`` collects them into the domain ``staff``."""

from __future__ import annotations

from typing import Final


def say(text: str) -> str:
    """The text itself; the door says it in the reader's language (``Texts.staff.speaker(locale).say(text)``)."""
    return text


WRONG: Final = "wrong:"
"""Begins ``joined`` in a report of a wrong fact; the code of the fact follows."""
