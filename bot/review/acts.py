"""What a counsellor may do with a group: the rules once, for the page, the chat and the command line.

Races are decided by the database: the first statement of every act finds the group open and free, or nothing of the act
is carried out and the words of whoever was first come back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, TypeAlias, get_args

from bot.dialogue.general import closed_message
from bot.grouping.tokens import look_up_words
from bot.guide import Guide
from bot.model import Paragraph, Press, Reply
from bot.review.daytime import DAYTIME, Daytime
from bot.review.handover import Handover
from bot.review.learning import Learnt
from bot.review.records import SILENT, Done, DropReason, Gone, Outcome, Refused, Staff, TakenBy
from bot.review.staff import StaffRoom
from bot.review.words import PREFIX, say
from bot.store import Outgoing, Staged, Store, Unit, group_rows, groups
from bot.store import answers as answer_rows
from bot.store import asked as asked_rows
from bot.store import letters as letter_rows
from bot.store.records import ANSWER, NEWS, QUESTIONS, milliseconds
from bot.store.staff import log_act
from bot.texts import Speaker

CLAIM_LASTS: Final = timedelta(minutes=20)
BY_HAND: Final = "by-hand"
"""Why a question is in its group: a person put it there."""
REGROUPING: Final = frozenset({"drop", "merge"})
"""Acts of ``_done`` after which other questions wait than before."""
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
        """Who says something to one of the staff."""
        texts = self.guide().texts.staff
        return texts.speaker(next((code for code in reader.languages if code in texts.locales), None))

    def stage_closed(self, unit: Unit, key: str, chat_id: int, language: str) -> None:
        """A kind line to somebody whose question nobody here answers, with where else to ask."""
        guide = self.guide()
        moment = guide.local(self.store.now())
        reply = guide.dialogue.closed(guide.texts.speaker(language), moment)
        for index, (form, body) in enumerate(self.render(reply)):
            due = self.daytime.next(moment)
            unit.send(Outgoing(f"{key}:{index}", chat_id, form, body, NEWS, due_at=due))

    def stage_answered(self, unit: Unit, answer_id: int, chat_id: int, language: str, again: str = "") -> None:
        """A closed message: a person has answered. ``again``: tells a later one from the first."""
        guide = self.guide()
        due = self.daytime.next(guide.local(self.store.now()))
        for kind, body in self.render(closed_message(guide.texts.speaker(language), answer_id)):
            unit.send(Outgoing(f"answer:{answer_id}:{chat_id}{again}", chat_id, kind, body, NEWS, due_at=due))

    def stage_notice(self, unit: Unit, key: str, chat_id: int, text: str, group_id: int | None = None) -> None:
        """A message to one of the staff. ``group_id``: the question that it is about; a button shows it."""
        reply = Reply("en", (Paragraph(text),))
        reader = self.staff.by_telegram(chat_id)
        if group_id is not None and reader is not None:
            label = self.words(reader).say("Question {number}", number=group_id)
            reply = replace(reply, buttons=((Press(label, f"{PREFIX}:show:{group_id}"),),))
        for form, body in self.render(reply):
            unit.send(Outgoing(f"staff:{key}", chat_id, form, body, ANSWER))


class Acts:
    """Claim, pass on, drop, merge, split. Every act is logged."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._store = parts.store

    async def claim(self, by: Staff, group_id: int) -> Outcome:
        """Work on a group alone for 20 minutes; again: 20 minutes from now."""
        unit = self._store.unit()
        claimed = groups.claim(unit, group_id, by.id, self._store.now() + CLAIM_LASTS)
        return await self._done(unit, claimed, by, "claim", group_id)

    async def release(self, by: Staff, group_id: int) -> Outcome:
        """Give the group back before the 20 minutes are over."""
        unit = self._store.unit()
        released = groups.release(unit, group_id, by.id)
        return await self._done(unit, released, by, "release", group_id)

    async def pass_on(self, by: Staff, group_id: int, to: int) -> Outcome:
        """Hand the group to a colleague, for example to one who reads its language; they hear of it in the chat."""
        colleague = self._parts.staff.working(to)
        if colleague is None:
            return Refused(say("This person does not work here."))
        unit = self._store.unit()
        handed = groups.hand_to(unit, group_id, by.id, colleague.id)
        if colleague.telegram_id is not None and colleague != by:
            words = self._parts.words(colleague).say("{name} passed a question on to you.", name=by.name)
            stamp = milliseconds(self._store.now())
            self._parts.stage_notice(
                unit, f"passed:{group_id}:{stamp}:{colleague.id}", colleague.telegram_id, words, group_id
            )
        return await self._done(unit, handed, by, "pass-on", group_id, str(colleague.id))

    async def drop(self, by: Staff, group_ids: Sequence[int], reason: DropReason) -> tuple[Outcome, ...]:
        """Take groups out of the queue without an answer. Unless the reason is one of ``SILENT``, whoever wanted to be
        written to gets a kind line with where else to ask."""
        if reason not in get_args(DropReason):
            return tuple(Refused(say("Choose a reason.")) for _ in group_ids)
        return tuple([await self._drop(by, group_id, reason) for group_id in group_ids])

    async def _drop(self, by: Staff, group_id: int, reason: DropReason) -> Outcome:
        unit = self._store.unit()
        closed = groups.close(unit, group_id, by.id, "dropped", reason=reason)
        if reason not in SILENT:
            for row in await asked_rows.asked_in(self._store, group_id):
                if row.chat_id is not None:
                    self._parts.stage_closed(unit, f"closed:{row.id}", row.chat_id, row.language)
        return await self._done(unit, closed, by, "drop", group_id, reason)

    async def merge(self, by: Staff, group_id: int, into: int) -> Outcome:
        """Put all questions of a group into another open one; remembered. One that lay aside comes into the queue with
        whoever waits there."""
        if group_id == into:
            return Refused(say("A question cannot be put together with itself."))
        group, other = [await group_rows.group(self._store, number) for number in (group_id, into)]
        if other is None:
            return Gone()
        unit = self._store.unit()
        closed = groups.close(unit, group_id, by.id, "merged", merged_into=into)
        groups.move_all(unit, group_id, into, BY_HAND)
        letter_rows.follow_questions(unit, group_id)
        if group is not None:
            groups.open_group(
                unit, into, kind=other.kind, drawer=group.drawer, language=other.language, service=other.service
            )
        groups.wait_as_long(unit, into, group_id)
        groups.put_together(unit, group_id, into)
        outcome = await self._done(unit, closed, by, "merge", group_id, str(into))
        is_ours = isinstance(outcome, TakenBy) and (outcome.what, outcome.staff) == ("claimed", by)
        # This one is as it was: then the other one was answered, closed or taken first.
        return await self.taken(into) if is_ours or isinstance(outcome, Gone) else outcome

    async def split(self, by: Staff, group_id: int, question_ids: Collection[int]) -> Outcome:
        """Take questions out into one group of their own; remembered. Others stay: nothing is moved when all would
        leave. ``Done.group_id`` is the new group."""
        if (refused := refusal(by)) is not None:
            return refused
        group = await group_rows.group(self._store, group_id)
        if group is None:
            return Gone()
        asked = {row.id for row in await asked_rows.asked_in(self._store, group_id)}
        leaving = sorted(asked.intersection(question_ids))
        if not leaving:
            return Gone()
        if len(asked) == 1:
            return Refused(say("There is only one question here."))
        if len(leaving) == len(asked):
            return Refused(say("All questions would leave together, so nothing was moved. Leave one where it is."))
        new = self._parts.handover.new_group()
        unit = self._store.unit()
        touched = groups.touch(unit, group_id, by.id)
        moved = groups.move(unit, leaving, group_id, new, BY_HAND)
        letter_rows.follow_questions(unit, group_id)
        groups.open_group(
            unit, new, kind=group.kind, drawer=group.drawer, language=group.language, service=group.service
        )
        groups.wait_as_long(unit, new, group_id)
        groups.set_apart(unit, group_id, new)
        log_act(unit, by.id, "split", group_id, f"{', '.join(map(str, leaving))}: {new}")
        unit.bump(QUESTIONS)
        await self._store.commit(unit)
        await self._parts.changed()
        if not touched.changed:
            return await self.taken(group_id)
        # Not moved: a colleague has just moved some of them, so what is left is looked at anew.
        return Done(new) if moved.changed else await self.split(by, group_id, leaving)

    # --- inside

    async def _done(
        self, unit: Unit, decision: Staged, by: Staff, act: str, group_id: int, detail: str = ""
    ) -> Outcome:
        """Commit an act with its line in the log; what became of it."""
        if (refused := refusal(by)) is not None:
            return refused
        log_act(unit, by.id, act, group_id, detail)
        unit.bump(QUESTIONS)
        await self._store.commit(unit)
        if act in REGROUPING:
            await self._parts.changed()
        return Done(group_id) if decision.changed else await self.taken(group_id)

    async def taken(self, group_id: int) -> Outcome:
        """Who was first, and their words."""
        group = await group_rows.standing(self._store, group_id)
        if group is None:
            return Gone()
        staff = self._parts.staff.by_id(group.claimed_by)
        match group.state:
            case "open" if group.claimed_until is not None and group.claimed_until > self._store.now():
                return TakenBy(staff, "claimed", "", group.claimed_until)
            case "answered":
                return await self._answered(staff, group_id, group)
            case "dropped":
                return TakenBy(staff, "dropped", group.reason, group.changed_at)
            case "merged":
                return TakenBy(staff, "merged", str(group.merged_into), group.changed_at)
            case _:
                return Gone()

    async def _answered(self, staff: Staff | None, group_id: int, group: group_rows.Standing) -> TakenBy:
        given = [a for a in await answer_rows.answers(self._store, group_id=group_id) if a.state != "undone"]
        if not given or (not given[-1].texts and given[-1].pieces == (f"need:{group.need}",)):
            return TakenBy(staff, "pointed", group.need, group.changed_at)
        answer = given[-1]
        words = answer.texts.get(answer.language, "")
        return TakenBy(staff, "answered", words, group.changed_at, () if words else answer.pieces)


def refusal(by: Staff) -> Refused | None:
    """Why somebody may not act."""
    return None if by.may_answer else Refused(say("Translators do not answer questions."))
