"""What all rules of the counsellors' loop need, and the messages that any of them may stage."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from bot.dialogue.general import closed_message
from bot.grouping.tokens import look_up_words
from bot.guide import Guide
from bot.model import Paragraph, Press, Reply
from bot.review.daytime import DAYTIME, Daytime
from bot.review.handover import Handover
from bot.review.learning import Learnt
from bot.review.records import Staff
from bot.review.staff import StaffRoom
from bot.review.words import PREFIX
from bot.store import Outgoing, Store, Unit
from bot.store.records import ANSWER, NEWS
from bot.texts import Speaker

Rendered: TypeAlias = tuple[str, Mapping[str, object]]
"""Kind and body of a message in the outbox."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What all rules need."""

    store: Store
    guide: Callable[[], Guide]
    staff: StaffRoom
    handover: Handover
    learnt: Learnt
    render: Callable[[Reply], Iterable[Rendered]]
    """A reply into messages: the edge's affair."""
    is_beside: bool = False
    """Another program is the bot, and follows the store itself."""
    daytime: Daytime = DAYTIME

    async def changed(self) -> None:
        """Follow the store after an act."""
        await self.load()
        await self.gather()

    async def load(self) -> None:
        """Read what is in the store now; its words are weighed by ``gather``."""
        if not self.is_beside:
            await self.handover.load()
            await self.learnt.load()

    async def gather(self) -> None:
        """Weigh the words of what was read; others have turns meanwhile."""
        if self.handover.held.is_behind or self.learnt.is_behind:
            # Half a second the first time, and all would wait for it: better in a thread.
            await asyncio.to_thread(look_up_words, self.guide().matcher)
        await self.handover.held.gather()
        await self.learnt.gather()

    def words(self, reader: Staff) -> Speaker:
        """Who says something to one of the staff: in the language that they chose in the chat, else in the first one
        that they read, as far as the staff's texts are there in it."""
        texts = self.guide().texts.staff
        return texts.speaker(next((code for code in (reader.chosen, *reader.languages) if code in texts.locales), None))

    def stage(
        self, unit: Unit, key: str, chat_id: int, reply: Reply, priority: int, due_at: datetime | None = None
    ) -> None:
        """All messages of a reply. The first has ``key``, the others a number after it: of two with one key the outbox
        keeps the first alone."""
        for index, (kind, body) in enumerate(self.render(reply)):
            unit.send(Outgoing(f"{key}:{index}" if index else key, chat_id, kind, body, priority, due_at=due_at))

    def stage_closed(self, unit: Unit, question_id: int, chat_id: int, language: str) -> None:
        """A kind line to somebody whose question nobody here answers, with where else to ask."""
        guide = self.guide()
        moment = guide.local(self.store.now())
        reply = guide.dialogue.closed(guide.texts.speaker(language), moment)
        self.stage(unit, f"closed:{question_id}", chat_id, reply, NEWS, self.daytime.next(moment))

    def stage_answered(self, unit: Unit, answer_id: int, chat_id: int, language: str, again: str = "") -> None:
        """A closed message: a person has answered. ``again``: tells a later one from the first."""
        guide = self.guide()
        due = self.daytime.next(guide.local(self.store.now()))
        reply = closed_message(guide.texts.speaker(language), answer_id)
        self.stage(unit, f"answer:{answer_id}:{chat_id}{again}", chat_id, reply, NEWS, due)

    def stage_notice(self, unit: Unit, key: str, reader: Staff, text: str, group_id: int | None = None) -> None:
        """A message to one of the staff, unless they are not in the chat. ``group_id``: the question that it is about;
        a button shows it."""
        if reader.telegram_id is None:
            return
        speaker = self.words(reader)
        reply = Reply(speaker.locale, (Paragraph(text),))
        if group_id is not None:
            label = speaker.say("Question {number}", number=group_id)
            reply = replace(reply, buttons=((Press(label, f"{PREFIX}:show:{group_id}"),),))
        self.stage(unit, f"staff:{key}", reader.telegram_id, reply, ANSWER)
