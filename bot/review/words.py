"""Marks the English words that the staff reads, so that ``opas translate`` collects them into the domain ``staff``."""

from __future__ import annotations


def say(text: str) -> str:
    """The text itself; the door says it in the reader's language (``Texts.staff.speaker(locale).say(text)``)."""
    return text
