"""From a verdict to a reply: data out, nothing sent, nothing stored, no clock read."""

from bot.dialogue.conversation import Asked, Dialogue
from bot.dialogue.talk import Talk, Turn

__all__ = ["Asked", "Dialogue", "Talk", "Turn"]
