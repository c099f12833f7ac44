"""Values from a stranger: each is what the Bot API promises, or None, or MalformedError is raised."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final, TypeVar

_WHOLE_NUMBERS: Final = 2**53
"""Telegram's ids have at most 52 significant bits; the database holds 63."""
_LAST_DATE: Final = 253_402_214_400
"""31 December 9999, in seconds: later ones cannot be shown as a date."""

_Value = TypeVar("_Value")


class MalformedError(Exception):
    """A part of the update is not what the Bot API promises."""


def needed(value: _Value | None) -> _Value:
    """What cannot be missing. Raises MalformedError."""
    if value is None:
        raise MalformedError
    return value


def mapping(raw: object) -> Mapping[str, object]:
    """A JSON object. Raises MalformedError."""
    if not isinstance(raw, dict):
        raise MalformedError
    return raw


def number(raw: object, *, least: int = -_WHOLE_NUMBERS) -> int | None:
    """A whole number that Telegram may have given."""
    # bool is an int in Python, not in JSON
    if isinstance(raw, int) and not isinstance(raw, bool) and least <= raw <= _WHOLE_NUMBERS:
        return raw
    return None


def date(raw: object) -> int | None:
    """Seconds since 1970."""
    seconds = number(raw, least=0)
    return seconds if seconds is not None and seconds < _LAST_DATE else None


def storable(text: str) -> str:
    """Half a surrogate pair, which JSON can carry and no database can, becomes the replacement character."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def utf16_length(text: str) -> int:
    """As Telegram counts the places of entities."""
    return len(text) + sum(char > "\uffff" for char in text)


def compact_json(body: Mapping[str, object]) -> str:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)
