"""What a counsellor writes in the chat as an answer to everybody: waited for, shown beforehand, then given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from telegram.ext import filters

from bot.guide import Guide
from bot.model import Button, Paragraph, Press, Reply
from bot.review import Done, Gone, NewAnswer, Preview, Recipient, Refused, Result, Review, Staff
from bot.review.words import PREFIX, say
from bot.texts import Speaker


@dataclass(frozen=True, slots=True)
class _Begun:
    group: int
    answer: NewAnswer


class ChatWords:
    """What is begun, in memory; ``state`` and ``restore`` bring them over a restart."""

    def __init__(self, guide: Callable[[], Guide], review: Review) -> None:
        self._guide = guide
        self._review = review
        self.awaited: Final = filters.Chat()
        """Chats whose next text is such an answer."""
        self._groups: dict[int, int] = {}
        self._begun: dict[int, _Begun] = {}

    def state(self, staff: Staff, chat_id: int) -> dict[str, object]:
        """What is begun, as plain values for the database; empty: nothing."""
        state: dict[str, object] = {"awaits": self._groups[chat_id]} if chat_id in self._groups else {}
        if begun := self._begun.get(staff.id):
            state |= {"group": begun.group, "texts": dict(begun.answer.texts)}
        return state

    def restore(self, staff: Staff, chat_id: int, state: Mapping[str, object]) -> None:
        """The inverse of ``state``; what an older program wrote otherwise is forgotten."""
        match state:
            case {"awaits": int(group)}:
                self.awaited.add_chat_ids(chat_id)
                self._groups[chat_id] = group
            case {"group": int(group), "texts": dict(texts)}:
                words = {str(language): str(text) for language, text in texts.items()}
                self._begun[staff.id] = _Begun(group, NewAnswer((), words, frozenset(words)))
            case _:
                pass

    def ask(self, staff: Staff, chat_id: int, group: int) -> Reply:
        """Wait for the words."""
        self.awaited.add_chat_ids(chat_id)
        self._groups[chat_id] = group
        speaker = self._review.parts.words(staff)
        text = speaker.say(
            "Write the answer in your next message. Nobody gets it before you have seen who receives it."
        )
        cancel = Press(speaker.say("Cancel"), f"{PREFIX}:show:{group}")
        return Reply(speaker.locale, (Paragraph(text),), ((cancel,),))

    def forget(self, staff: Staff, chat_id: int) -> None:
        """The next text is a message like any other, and what was written before is given to nobody."""
        self.awaited.remove_chat_ids(chat_id)
        self._groups.pop(chat_id, None)
        self._begun.pop(staff.id, None)

    async def look(self, staff: Staff, chat_id: int, text: str) -> Reply:
        """Who would receive the words that have come, in which language."""
        group = self._groups.get(chat_id, 0)
        self.forget(staff, chat_id)
        language = self._language(staff, text)
        answer = NewAnswer((), {language: text}, frozenset({language}))
        preview = await self._review.answering.preview(staff, group, answer)
        speaker = self._review.parts.words(staff)
        again = Press(speaker.say("Write it anew"), f"{PREFIX}:words:{group}")
        if preview is None:
            return Reply(speaker.locale, (Paragraph(speaker.say("This question is closed.")),))
        lines = [Paragraph(speaker.say("Who receives it"), "title"), *_lines(speaker, preview)]
        rows: list[tuple[Button, ...]] = [(again, Press(speaker.say("Cancel"), f"{PREFIX}:show:{group}"))]
        if preview.faults:
            lines += [Paragraph(speaker.say(fault)) for fault in preview.faults]
        else:
            self._begun[staff.id] = _Begun(group, answer)
            rows.insert(0, (Press(speaker.say("Give this answer"), f"{PREFIX}:give:{group}"),))
        return Reply(speaker.locale, tuple(lines), tuple(rows))

    async def give(self, staff: Staff, group: int) -> Result:
        """Give what was looked at; kept for another try while a colleague works on the group."""
        begun = self._begun.get(staff.id)
        if begun is None:
            return Refused(say("I do not have your words any more. Please write them again."))
        if begun.group != group:
            return Gone()
        result = await self._review.answering.answer(staff, group, begun.answer)
        if isinstance(result, Done):
            del self._begun[staff.id]
        return result

    def _language(self, staff: Staff, text: str) -> str:
        """In which the words are written, as far as that is sure and ``staff`` reads it; else their first one."""
        guide = self._guide()
        written = guide.matcher.match(text).language or ""
        if written in guide.texts.locales and staff.reads(written):
            return written
        return next((code for code in staff.languages if code in guide.texts.locales), guide.texts.source)


def _lines(speaker: Speaker, preview: Preview) -> list[Paragraph]:
    return [
        part
        for recipient in preview.recipients
        for part in (Paragraph(_head(speaker, recipient)), Paragraph(recipient.text))
    ]


def _head(speaker: Speaker, recipient: Recipient) -> str:
    said = [
        speaker.language(recipient.language),
        speaker.say("asked: {people}, get a message: {waiting}", people=recipient.people, waiting=recipient.waiting),
    ]
    if not recipient.is_full:
        said.append(speaker.say("without your own words"))
    return " · ".join(said)
