"""What Telegram shows of the bot before a word is said: commands, description, short description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.dialogue.menus import emergency_number
from bot.dialogue.offers import RIGHT_COMMANDS, command_words
from bot.model import Catalogue
from bot.texts import Speaker

COMMANDS: Final = ("start", "menu", "language", "help", "about", *RIGHT_COMMANDS, "accessibility")
LONGEST_DESCRIPTION: Final = 512
LONGEST_SHORT: Final = 120


@dataclass(frozen=True, slots=True)
class Profile:
    """What Telegram shows in one language."""

    commands: tuple[tuple[str, str], ...]
    """Name and what it does, in the order of the menu."""
    description: str
    short_description: str


def profile_in(speaker: Speaker, catalogue: Catalogue, languages: int) -> Profile:
    """The profile in one language; cut to what Telegram accepts. ``languages``: how many there are."""
    words = {
        "start": speaker.say("Begin"),
        "menu": speaker.say("All topics"),
        "language": speaker.say("Change the language"),
        "help": speaker.say("How to ask, and how to reach a person"),
        "about": speaker.say("What I am and what I keep"),
        **command_words(speaker),
        "accessibility": speaker.say("How everybody can use me"),
    }
    city = catalogue.city.name
    number = emergency_number(catalogue)
    description = [
        speaker.say("I am Opas, a guide to services in {city}. I am a machine.", city=city),
        speaker.say("Write your question in your own words, in your own language."),
        speaker.say("Do not write names, identity codes or other personal data here. I do not need them."),
    ]
    if number:
        description.append(speaker.say("In an emergency call {number}.", number=speaker.latin(number)))
    short = speaker.say(
        "Your guide to services in {city}. A machine answers, in {n} languages.", city=city, n=languages
    )
    return Profile(
        tuple((name, words[name]) for name in COMMANDS),
        "\n".join(description)[:LONGEST_DESCRIPTION],
        short[:LONGEST_SHORT],
    )
