"""From a verdict to a reply: data out, nothing sent, nothing stored, no clock read."""

from bot.dialogue.conversation import Dialogue
from bot.dialogue.general import GeneralAnswer
from bot.dialogue.handover import Promise
from bot.dialogue.ownwords import own_words
from bot.dialogue.talk import Talk, Turn
from bot.dialogue.verdicts import Asked

__all__ = ["Asked", "Dialogue", "GeneralAnswer", "Promise", "Talk", "Turn", "own_words"]
