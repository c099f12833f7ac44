"""What the bot cannot or will not read, and what it deleted."""

from __future__ import annotations

from typing import Final

from bot.dialogue import menus
from bot.dialogue.answers import closing_row
from bot.dialogue.smalltalk import small_talk_reply
from bot.model import Catalogue, Paragraph, Reply
from bot.texts import Speaker, Texts

THANKS: Final = "👍👌🙏🤝💪👏❤♥💙💚💛🧡💜🤍🌹💐😊🙂😀😃😄😁🥰😍😘🤗"
"""Signs that people send instead of "thank you" or "good"."""


def unread_reply(speaker: Speaker, catalogue: Catalogue, kind: str) -> Reply:
    """The answer to a message that is not text; nothing of it was kept or downloaded. It may have been a cry for help:
    the emergency number is under it."""
    match kind:
        case "voice" | "audio" | "video-note":
            lines = [speaker.say("I cannot listen. Please write your question in a few words.")]
        case "photo" | "document" | "video" | "animation":
            lines = [
                speaker.say("I cannot read pictures or files, and I did not keep it."),
                speaker.say("Write in a few words what the letter or picture is about."),
            ]
        case "location" | "venue":
            lines = [speaker.say("I do not need your place, and I did not keep it. Please write your question.")]
        case "contact":
            lines = [speaker.say("I do not need phone numbers, and I did not keep it. Please write your question.")]
        case _:
            lines = [speaker.say("I understand only text. Please write your question in a few words.")]
    lines += menus.emergency_lines(speaker, catalogue)
    return Reply(speaker.locale, tuple(Paragraph(line) for line in lines), (closing_row(speaker),))


def sign_reply(speaker: Speaker, texts: Texts, catalogue: Catalogue, text: str) -> Reply:
    """The answer to a text without a letter or digit: a thumb or a heart is thanks, the rest cannot be read."""
    if any(sign in text for sign in THANKS):
        return small_talk_reply(speaker, texts, catalogue, "thanks")
    lines = [speaker.say("I cannot read this. Please write your question in a few words.")]
    lines += menus.emergency_lines(speaker, catalogue)
    return Reply(speaker.locale, tuple(Paragraph(line) for line in lines), (closing_row(speaker),))


def removed_line(speaker: Speaker, kinds: frozenset[str]) -> str:
    """Which personal data were deleted from the message before it was kept."""
    names = {
        "identity-code": speaker.say("identity code"),
        "phone": speaker.say("phone number"),
        "email": speaker.say("e-mail address"),
        "iban": speaker.say("bank account number"),
        "card": speaker.say("bank card number"),
        "number": speaker.say("long number"),
        "handle": speaker.say("user name"),
    }
    things = speaker.joined([name for kind, name in names.items() if kind in kinds])
    return speaker.say("I deleted this from your message: {things}. I do not need it.", things=things)
