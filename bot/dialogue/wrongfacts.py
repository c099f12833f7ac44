"""A fact is said to be wrong: which one, and what is right, as far as the person knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.dialogue.answers import closing_row
from bot.dialogue.presses import press_data
from bot.dialogue.scene import Scene
from bot.dialogue.talk import Outcome, Turn
from bot.dialogue.unread import removed_line
from bot.model import Button, Paragraph, Press, Reply, Service
from bot.texts import Speaker

KINDS: Final[Mapping[str, str]] = {"p": "phones", "a": "address", "h": "hours", "x": "other"}
"""Letter in a button, whose data is short → what is wrong."""


def kind_and_key(what: str) -> tuple[str, str] | None:
    """What a button below ``ask_which`` says: what is wrong, and the key of the report; None: it is another button."""
    letter, colon, key = what.partition(":")
    return (KINDS[letter], key) if colon and letter in KINDS else None


def reported(service: Service, scene: Scene, outcome: Outcome | None = None) -> Turn:
    """Somebody says that something about a service is wrong, by the button below it or in words (``outcome``)."""
    reply = ask_which(scene.speaker, service, scene.promise.key)
    return Turn((reply,), scene.showing(service), outcome, keeps="fact", count=f"fact-wrong:{service.id}")


def ask_which(speaker: Speaker, service: Service, key: str) -> Reply:
    """``key``: of the report, which is kept already."""
    noted = speaker.say("Thank you. I noted that something about {name} is wrong.", name=speaker.latin(service.name))

    def button(letter: str, label: str) -> Button:
        return Press(label, press_data("fact", f"{letter}:{key}"))

    rows = (
        (button("p", speaker.say("Phone number")), button("a", speaker.say("Address"))),
        (button("h", speaker.say("Opening hours")), button("x", speaker.say("Something else"))),
    )
    return Reply(speaker.locale, (Paragraph(noted), Paragraph(speaker.say("What is wrong?"))), rows)


def ask_words(speaker: Speaker, kind: str) -> Reply:
    """A phone number would not be kept: it is not asked for."""
    lines = [speaker.say("Thank you.")]
    if kind != "phones":
        lines.append(speaker.say("If you know what is right, write it in your next message."))
    text = " ".join(lines)
    return Reply(speaker.locale, (Paragraph(text),), (closing_row(speaker)[1:],), replaces=True)


def thanks(speaker: Speaker, removed: frozenset[str]) -> Reply:
    """For the words. ``removed``: the kinds of personal data that were deleted from them."""
    lines = [speaker.say("Thank you."), removed_line(speaker, removed) if removed else ""]
    return Reply(speaker.locale, tuple(Paragraph(line) for line in lines if line), (closing_row(speaker)[1:],))
