"""The letters between counsellors and one person, as the page of their question shows them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.phrasebook import sentences
from bot.grouping import spoken_of
from bot.guide import Guide
from bot.review import Letter, Staff
from bot.review.wording import Wording
from bot.web.page import Moments


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter, and what helps a reader who does not read its language."""

    language: str
    text: str
    line: str
    """Who wrote it, when, and what became of it."""
    sentence: str = ""
    """The ready sentence with which it begins, in the first language of the reader."""
    things: tuple[str, ...] = ()
    """What a person's letter speaks of."""


def letter_line(letter: Letter, wording: Wording, moments: Moments, guide: Guide, reader: Staff) -> LetterLine:
    """``reader``: with the language of the page first."""
    line = _line(letter, wording, moments)
    if letter.language in reader.languages:
        return LetterLine(letter.language, letter.text, line)
    own = reader.languages[0]
    if letter.kind == "from-person":
        things = spoken_of(guide.matcher, letter.text, letter.language, own)
        return LetterLine(letter.language, letter.text, line, things=things)
    sent = {said: ident for ident, said in sentences(guide.texts.speaker(letter.language)).items()}
    ready = sent.get(letter.text.partition("\n\n")[0], "")
    sentence = sentences(guide.texts.speaker(own)).get(ready, "")
    return LetterLine(letter.language, letter.text, line, sentence)


def _line(letter: Letter, wording: Wording, moments: Moments) -> str:
    say = wording.say
    when = moments.at(letter.made_at)
    name = letter.written_by.name if letter.written_by else say("a colleague")
    match letter.kind:
        case "from-person":
            line = say("The person wrote {time}.", time=when)
        case "ask-back":
            line = say("{name} asked back {time}.", name=name, time=when)
        case "reply":
            line = say("{name} replied {time}.", name=name, time=when)
    if letter.goes_out_at is not None:
        line += " " + say("It goes out {time}.", time=moments.at(letter.goes_out_at))
    if letter.failure:
        unreachable = say("It did not arrive: this person cannot be reached in Telegram any more.")
        line += " " + (unreachable if letter.failure == "gone" else refused_line(wording, 1))
    return line


def refused_line(wording: Wording, messages: int) -> str:
    """Messages that Telegram did not take, for a fault of ours."""
    return wording.count(
        "Telegram refused {n} message. Tell whoever looks after the bot.",
        "Telegram refused {n} messages. Tell whoever looks after the bot.",
        messages,
    )
