"""Marks the English words that the staff reads, so that ``opas translate`` collects them into the domain ``staff``."""

from __future__ import annotations

from typing import Final

from bot.texts import Speaker


def say(text: str) -> str:
    """The text itself; the door says it in the reader's language (``Texts.staff.speaker(locale).say(text)``)."""
    return text


WRONG: Final = "wrong:"
"""Begins the code of the fact that a person said to be wrong, in the place of why a question joined its group."""


def wrong_fact(speaker: Speaker, code: str) -> str:
    """Which fact a person said to be wrong, for the staff; "" when nothing is known of it."""
    match code.removeprefix(WRONG) if code.startswith(WRONG) else "":
        case "phones":
            return speaker.say("the phone number is wrong")
        case "address":
            return speaker.say("the address is wrong")
        case "hours":
            return speaker.say("the opening hours are wrong")
        case "other":
            return speaker.say("something else is wrong")
        case _:
            return ""
