"""What is said when a message is not answered now: too many at once, the guide is being repaired, or is broken."""

from __future__ import annotations

from bot.dialogue import menus
from bot.dialogue.facts import Facts
from bot.model import Catalogue, Paragraph, Reply
from bot.texts import Speaker


def slow_down_line(speaker: Speaker) -> str:
    """Said once a minute to somebody who writes or presses faster than is answered."""
    return speaker.say("That is too much for me at once. Please wait one minute.")


def slow_down_reply(speaker: Speaker, catalogue: Catalogue) -> Reply:
    """That what comes too fast is not answered, and what to do in danger."""
    lines = [
        slow_down_line(speaker),
        speaker.say("I do not answer what you write before that. Then write your question again."),
        *menus.emergency_lines(speaker, catalogue),
    ]
    return Reply(speaker.locale, tuple(Paragraph(line) for line in lines))


def maintenance_line(speaker: Speaker) -> str:
    """Said first while the guide is being repaired."""
    return speaker.say("I am being repaired and cannot answer now.")


def maintenance_reply(speaker: Speaker, facts: Facts, catalogue: Catalogue, *, kept: bool) -> Reply:
    """That nobody can be answered now, whether the message is kept, how to reach a person."""
    lines = [maintenance_line(speaker)]
    if kept:
        lines.append(speaker.say("Your message is not lost. I answer it when I work again."))
    else:
        lines.append(speaker.say("Please try again later."))
    lines += menus.emergency_lines(speaker, catalogue)
    paragraphs = [*(Paragraph(line) for line in lines), *menus.person_paragraphs(speaker, facts, catalogue)]
    return Reply(speaker.locale, tuple(paragraphs))


def unstored_reply(speaker: Speaker, catalogue: Catalogue) -> Reply:
    """Said while nothing can be stored; the message waits at Telegram and is answered afterwards."""
    lines = [
        speaker.say("Something is broken here, and I cannot answer now."),
        speaker.say("Your message is not lost. I answer it when I work again."),
        *menus.emergency_lines(speaker, catalogue),
    ]
    return Reply(speaker.locale, tuple(Paragraph(line) for line in lines))
