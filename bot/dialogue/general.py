"""An answer that a person gave for everybody, as anybody sees it in their own language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dialogue import menus
from bot.dialogue.answers import answer_reply, card_paragraphs, closing_row, need_reply, need_title
from bot.dialogue.facts import Facts
from bot.dialogue.phrasebook import sentences
from bot.dialogue.presses import press_data
from bot.dialogue.unread import removed_line
from bot.model import Button, Catalogue, Locale, Paragraph, Press, Reply
from bot.texts import Speaker


@dataclass(frozen=True, slots=True)
class GeneralAnswer:
    """What a person answered to everybody who asks the same."""

    id: int
    pieces: tuple[str, ...] = ()
    """``need:ID``, ``service:ID``, ``sentence:ID`` in the order in which they are shown; what is not known (any more)
    is left out."""
    texts: Mapping[Locale, str] = field(default_factory=dict)
    approved: frozenset[Locale] = frozenset()
    """Languages in which the free words may be given."""

    @property
    def need(self) -> str:
        """The need, when the whole answer is: this is what you mean; else ""."""
        if self.texts or len(self.pieces) != 1:
            return ""
        kind, _, what = self.pieces[0].partition(":")
        return what if kind == "need" else ""

    def is_full_in(self, locale: Locale) -> bool:
        """Whether nothing of it has to be held back in this language."""
        return not self.texts or (locale in self.approved and locale in self.texts)


def general_reply(speaker: Speaker, facts: Facts, catalogue: Catalogue, answer: GeneralAnswer) -> Reply:
    """The free words where they are approved, else a line that they are not translated; then the facts. Where nothing
    of it can be shown (any more): how to reach a person. A mere need is answered like any other."""
    if (meant := catalogue.need(answer.need)) is not None:
        return need_reply(speaker, facts, catalogue, meant)
    locale, today = speaker.locale, facts.moment.date()
    paragraphs = [Paragraph(speaker.say("A person wrote this answer."), "small")]
    if not answer.is_full_in(locale):
        paragraphs.append(Paragraph(speaker.say("Their words are not in your language yet. This is what I can show:")))
    elif answer.texts:
        paragraphs.append(Paragraph(answer.texts[locale]))
    said = len(paragraphs)
    rows: list[tuple[Button, ...]] = []
    for kind, _, what in (piece.partition(":") for piece in answer.pieces):
        if kind == "sentence" and (sentence := sentences(speaker).get(what)):
            paragraphs.append(Paragraph(sentence))
        elif kind == "need" and (need := catalogue.need(what)) is not None:
            reply = answer_reply(speaker, facts, need, catalogue.services_of(need, today))
            paragraphs += reply.paragraphs
            rows.append((Press(need_title(speaker, need), press_data("need", need.id)),))
        elif kind == "service" and (service := catalogue.service(what)) is not None and not service.is_over(today):
            paragraphs += card_paragraphs(speaker, facts, service)
            rows.append(facts.ways_in(service))
    has_words = bool(answer.texts) and answer.is_full_in(locale)
    if len(paragraphs) == said and not has_words:
        if not answer.texts:
            paragraphs = [Paragraph(speaker.say("No service for this is known at the moment."))]
        paragraphs += menus.person_paragraphs(speaker, facts, catalogue)
    wrong = Press(speaker.say("Not this"), press_data("wrong", f"answer:{answer.id}"))
    return Reply(locale, tuple(paragraphs), (*(row for row in rows[:2] if row), (wrong,), closing_row(speaker)))


def closed_message(speaker: Speaker, answer_id: int) -> Reply:
    """What comes unasked: nothing of question or answer is seen by whoever looks at the phone."""
    text = speaker.say("A person has answered you.")
    show = (Press(speaker.say("Show"), press_data("show", str(answer_id))),)
    return Reply(speaker.locale, (Paragraph(text),), (show,))


def taken_back_reply(speaker: Speaker) -> Reply:
    """An answer that somebody got turned out to be wrong."""
    lines = [
        speaker.say("An answer that a person gave you here was wrong. Please do not use it."),
        speaker.say("We look at your question again."),
    ]
    return Reply(speaker.locale, tuple(Paragraph(line) for line in lines), (closing_row(speaker),))


def letter_reply(speaker: Speaker, text: str, button_data: str) -> Reply:
    """What a counsellor wrote to this one person. It comes unasked: whoever glances at the phone must not read it."""
    paragraphs = (
        Paragraph(speaker.say("A person writes to you:"), "title"),
        Paragraph(text, "covered"),
        Paragraph(speaker.say("To answer, press the button, or reply to this message."), "small"),
    )
    return Reply(speaker.locale, paragraphs, ((Press(speaker.say("Reply to the counsellor"), button_data),),))


def reply_now(speaker: Speaker) -> Reply:
    """After "Reply to the counsellor"."""
    lines = [
        speaker.say("Write your reply now. A person reads your next message."),
        speaker.say("Do not write names, identity codes or other personal data here. I do not need them."),
    ]
    return Reply(speaker.locale, tuple(Paragraph(line) for line in lines))


def too_late_reply(speaker: Speaker) -> Reply:
    """After "Reply to the counsellor", too long after the letter."""
    text = speaker.say("This talk is over. Please write your question again.")
    return Reply(speaker.locale, (Paragraph(text),), (closing_row(speaker),))


def passed_on_reply(speaker: Speaker, when: str, button_data: str, removed: frozenset[str] = frozenset()) -> Reply:
    """The reply goes to the counsellor. ``when``: the hours at which they read, or "". ``button_data``: of the way to
    write more, for many write a thing in three messages. ``removed``: what they do not see of it."""
    lines = [
        speaker.say("I gave your message to the counsellor."),
        removed_line(speaker, removed) if removed else "",
        when,
    ]
    more = (Press(speaker.say("Reply to the counsellor"), button_data),)
    return Reply(speaker.locale, tuple(Paragraph(line) for line in lines if line), (more,))
