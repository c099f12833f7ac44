"""What a counsellor may do with a group: the rules once, for the page, the chat and the command line.

Races are decided by the database: the first statement of every act finds the group open and free, or nothing of the act
is carried out and the words of whoever was first come back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final, get_args

from bot.review.parts import Parts
from bot.review.records import SILENT, Done, DropReason, Gone, Refused, Result, Staff, TakenBy
from bot.review.words import say
from bot.store import Staged, Unit, group_rows, groups
from bot.store import answers as answer_rows
from bot.store import asked as asked_rows
from bot.store import letters as letter_rows
from bot.store.records import QUESTIONS, milliseconds
from bot.store.staff import log_act

CLAIM_LASTS: Final = timedelta(minutes=20)
BY_HAND: Final = "by-hand"
"""Why a question is in its group: a person put it there."""
REGROUPING: Final = frozenset({"drop", "merge"})
"""Acts of ``_done`` after which other questions wait than before."""


class Acts:
    """Claim, pass on, drop, merge, split. Every act is logged."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._store = parts.store

    async def claim(self, by: Staff, group_id: int) -> Result:
        """Work on a group alone for 20 minutes; again: 20 minutes from now."""
        unit = self._store.unit()
        claimed = groups.claim(unit, group_id, by.id, self._store.now() + CLAIM_LASTS)
        return await self._done(unit, claimed, by, "claim", group_id)

    async def release(self, by: Staff, group_id: int) -> Result:
        """Give the group back before the 20 minutes are over."""
        unit = self._store.unit()
        released = groups.release(unit, group_id, by.id)
        return await self._done(unit, released, by, "release", group_id)

    async def pass_on(self, by: Staff, group_id: int, to: int) -> Result:
        """Hand the group to a colleague, for example to one who reads its language; they hear of it in the chat."""
        colleague = self._parts.staff.working(to)
        if colleague is None:
            return Refused(say("This person does not work here."))
        unit = self._store.unit()
        handed = groups.hand_to(unit, group_id, by.id, colleague.id)
        if not colleague.is_same_as(by):
            words = self._parts.words(colleague).say("{name} passed a question on to you.", name=by.name)
            stamp = milliseconds(self._store.now())
            self._parts.stage_notice(unit, f"passed:{group_id}:{stamp}:{colleague.id}", colleague, words, group_id)
        return await self._done(unit, handed, by, "pass-on", group_id, str(colleague.id))

    async def drop(self, by: Staff, group_ids: Sequence[int], reason: DropReason) -> tuple[Result, ...]:
        """Take groups out of the queue without an answer. Unless the reason is one of ``SILENT``, whoever wanted to be
        written to gets a kind line with where else to ask."""
        if reason not in get_args(DropReason):
            return tuple(Refused(say("Choose a reason.")) for _ in group_ids)
        return tuple([await self._drop(by, group_id, reason) for group_id in group_ids])

    async def _drop(self, by: Staff, group_id: int, reason: DropReason) -> Result:
        unit = self._store.unit()
        closed = groups.close(unit, group_id, by.id, "dropped", reason=reason)
        if reason not in SILENT:
            for row in await asked_rows.asked_in(self._store, group_id):
                if row.chat_id is not None:
                    self._parts.stage_closed(unit, row.id, row.chat_id, row.language)
        return await self._done(unit, closed, by, "drop", group_id, reason)

    async def merge(self, by: Staff, group_id: int, into: int) -> Result:
        """Put all questions of a group into another open one; remembered. One that lay aside comes into the queue with
        whoever waits there."""
        if group_id == into:
            return Refused(say("A question cannot be put together with itself."))
        group, other = [await group_rows.group(self._store, number) for number in (group_id, into)]
        if other is None:
            return Gone()
        if group is not None and (group.kind, group.service) != (other.kind, other.service):
            return Refused(say("A question and what people say is wrong with a place cannot be put together."))
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
        result = await self._done(unit, closed, by, "merge", group_id, str(into))
        is_ours = isinstance(result, TakenBy) and result.what == "claimed" and by.is_same_as(result.staff)
        # This one is as it was: then the other one was answered, closed or taken first.
        return await self.taken(into) if is_ours or isinstance(result, Gone) else result

    async def split(self, by: Staff, group_id: int, question_ids: Collection[int]) -> Result:
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
            standing = await group_rows.standing(self._store, group_id)
            if standing is not None and standing.state == "open":  # an old button, or a colleague was faster
                return Refused(say("This was taken apart already."))
            return await self.taken(group_id)
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

    async def _done(self, unit: Unit, decision: Staged, by: Staff, act: str, group_id: int, detail: str = "") -> Result:
        """Commit an act with its line in the log; what became of it."""
        if (refused := refusal(by)) is not None:
            return refused
        log_act(unit, by.id, act, group_id, detail)
        unit.bump(QUESTIONS)
        await self._store.commit(unit)
        if act in REGROUPING:
            await self._parts.changed()
        return Done(group_id) if decision.changed else await self.taken(group_id)

    async def taken(self, group_id: int) -> Result:
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
        texts = dict(sorted(answer.texts.items(), key=lambda item: item[0] != answer.language))
        return TakenBy(staff, "answered", "", group.changed_at, texts, () if texts else answer.pieces)


def refusal(by: Staff) -> Refused | None:
    """Why somebody may not act."""
    return None if by.may_answer else Refused(say("Translators do not answer questions."))
