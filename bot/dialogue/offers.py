"""How a person learns what they may do about their own data: commands, buttons, a line once a session."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, cast, get_args

from bot.dialogue.presses import VERSION
from bot.model import Button, Press
from bot.texts import Speaker

Right: TypeAlias = Literal["privacy", "mydata", "save", "forget", "erase", "stay"]
"""What a command or a button asks for; ``erase`` and ``stay`` answer the question of ``forget``."""
RIGHT_COMMANDS: Final = ("privacy", "mydata", "save", "forget")


def right_data(right: Right) -> str:
    """What a button carries that asks for a right."""
    return f"{VERSION}:{right}"


def read_right(data: str) -> Right | None:
    """The right that a button asks for, or None when it is about something else."""
    right = data.removeprefix(f"{VERSION}:")
    return cast(Right, right) if right != data and right in get_args(Right) else None


def right_of(command: str) -> Right | None:
    """The right that a command asks for, or None when it is about something else. No command erases at once."""
    return cast(Right, command) if command in RIGHT_COMMANDS else None


def offer_line(speaker: Speaker) -> str:
    """Said once a session: how to save the talk, and where everything about the person's data stands."""
    save, privacy = speaker.latin("/save"), speaker.latin("/privacy")
    return speaker.say("Save our talk: {save}. What I keep about you: {privacy}.", save=save, privacy=privacy)


def who_sees_line(speaker: Speaker) -> str:
    """Who reads what a person writes here."""
    return speaker.say(
        "Who sees it: a machine answers you. The people who look after this guide see questions that had "
        "no good answer. They do not see who asked."
    )


def carrier_line(speaker: Speaker) -> str:
    """Who carries the messages, and what to do instead."""
    return speaker.say(
        "Telegram carries our messages. It is a company outside the European Union, and it can read them. "
        "If you do not want that, call or go there instead."
    )


def save_row(speaker: Speaker) -> tuple[Button, ...]:
    """The button that saves the talk, and the one that tells what is kept."""
    return (save_button(speaker), Press(speaker.say("What I keep about you"), right_data("privacy")))


def save_button(speaker: Speaker) -> Press:
    return Press(speaker.say("Save our talk"), right_data("save"))


def mydata_button(speaker: Speaker) -> Press:
    return Press(speaker.say("Show what is stored"), right_data("mydata"))


def forget_button(speaker: Speaker) -> Press:
    return Press(speaker.say("Forget this chat"), right_data("forget"))


def command_words(speaker: Speaker) -> dict[str, str]:
    """What each of the four commands does, for Telegram's menu."""
    return {
        "privacy": speaker.say("What I keep, how long, and your rights"),
        "mydata": speaker.say("What is stored about you"),
        "save": speaker.say("Our talk as a file"),
        "forget": speaker.say("Forget this chat"),
    }
