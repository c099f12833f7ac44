"""What comes back when a button is pressed: short versioned codes, because Telegram carries at most 64 bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

Verb: TypeAlias = Literal[
    "menu", "topic", "need", "more", "next", "service", "call", "map", "language", "locale", "helpful", "wrong", "fact",
    "person", "none", "drop", "wipe", "write", "silent", "show", "reply",
]  # fmt: skip
VERSION: Final = "v1"


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button means; ``what`` is an id or a key, "" where the verb says all."""

    verb: Verb
    what: str = ""


def press_data(verb: Verb, what: str = "") -> str:
    return f"{VERSION}:{verb}:{what}" if what else f"{VERSION}:{verb}"


def read_press(data: str) -> Pressed | None:
    """The meaning of callback data, or None when it is of another version, forged or broken."""
    version, _, rest = data.partition(":")
    verb, _, what = rest.partition(":")
    if version != VERSION or verb not in get_args(Verb):
        return None
    return Pressed(verb, what)  # type: ignore[arg-type]  # checked against the literal's own words above
