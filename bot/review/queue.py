"""What waits for a counsellor, in the order in which it should be looked at; one group with all that is known of it."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Final, Literal, TypedDict, cast

from bot.grouping import understand
from bot.guide import Guide
from bot.review.parts import Parts
from bot.review.records import (
    Answer,
    Drawer,
    Filters,
    GroupState,
    GroupSummary,
    GroupView,
    Letter,
    NearGroup,
    NearNeed,
    QuestionView,
    Staff,
)
from bot.store import answers as answer_rows
from bot.store import asked as asked_rows
from bot.store import group_rows
from bot.store import letters as letter_rows
from bot.store.records import milliseconds

EVERYTHING: Final = Filters()
NEAR_GROUPS: Final = 5


class _Understood(TypedDict):
    near_needs: tuple[NearNeed, ...]
    names: tuple[str, ...]
    things: tuple[str, ...]
    why: str


class Queue:
    """Reads; changes nothing."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._store = parts.store
        self._guide = parts.guide
        self._staff = parts.staff

    async def groups(
        self, viewer: Staff, filters: Filters = EVERYTHING, drawer: Drawer = "queue"
    ) -> tuple[GroupSummary, ...]:
        """All open groups of a drawer, in ``order``."""
        found, _ = await self.page(viewer, filters, drawer, first=0, most=sys.maxsize)
        return found

    async def page(
        self, viewer: Staff, filters: Filters, drawer: Drawer, *, first: int, most: int
    ) -> tuple[tuple[GroupSummary, ...], int]:
        """Open groups of a drawer, in ``order``: ``most`` of them from place ``first`` (0: the top) on, and how many
        there are in all."""
        order = await self.order(viewer, filters, drawer)
        ids = order[first : first + most]
        rows = await group_rows.groups_of(self._store, ids)
        return tuple(self._summary(rows[number]) for number in ids if number in rows), len(order)

    async def order(self, viewer: Staff, filters: Filters = EVERYTHING, drawer: Drawer = "queue") -> list[int]:
        """The numbers of the open groups of a drawer: those that asked for a person first, then by people × days
        waiting."""
        now = milliseconds(self._store.now())
        ranks = [r for r in await group_rows.ranks(self._store, drawer=drawer) if self._ranks_in(r, viewer, filters)]
        ranks.sort(key=lambda r: (not r.asks_for_person, -r.people * (now - r.opened_at), r.id))
        return [rank.id for rank in ranks]

    async def closed(self, state: GroupState = "answered") -> tuple[GroupSummary, ...]:
        """What was answered (or dropped …) within the last 30 days, newest first."""
        found = [self._summary(row) for row in await group_rows.groups(self._store, drawer="queue", state=state)]
        return tuple(reversed(found))

    async def summary(self, group_id: int) -> GroupSummary | None:
        """One group in one line; None when it is not there, or nobody's question is in it any more."""
        row = await group_rows.group(self._store, group_id)
        return self._summary(row) if row else None

    async def group(self, viewer: Staff, group_id: int) -> GroupView | None:
        """One group with all that is known of it, explained in a language that ``viewer`` reads; None: not there."""
        summary = await self.summary(group_id)
        if summary is None:
            return None
        asked = await asked_rows.asked_in(self._store, group_id)
        letters = await self._letters(group_id)
        heard = {letter.question_id: letter.made_at for letter in letters if letter.kind == "from-person"}
        local, letter_time = self._guide().local, self._parts.daytime.next_for_letter
        questions = tuple(
            QuestionView(
                row.id, row.text, row.language, row.outcome, row.asked_at, row.chat_id is not None,
                row.needs, row.joined,
                letter_time(local(self._store.now()), max(row.asked_at, heard.get(row.id, row.asked_at))),
            )
            for row in asked
        )  # fmt: skip
        return GroupView(
            summary,
            questions,
            **self._understood(viewer, summary),
            near_groups=await self._near_groups(group_id),
            letters=letters,
            answers=await self.answers(group_id),
            acts=await self._staff.acts(group_id=group_id),
        )

    async def moved_to(self, group_id: int) -> int | None:
        """Which group the questions of this one are in since somebody put them together, once or again; None: nobody
        did."""
        found = None
        while (standing := await group_rows.standing(self._store, found or group_id)) and standing.merged_into:
            found = standing.merged_into
        return found

    async def answers(self, group_id: int) -> tuple[Answer, ...]:
        """The general answers that a group was given, oldest first, those that were taken back too."""
        return tuple(
            [
                Answer(
                    row.id, row.group_id, self._staff.by_id(row.staff_id), row.language, row.pieces, row.texts,
                    frozenset(row.approved), cast(Literal["live", "undone", "exported"], row.state), row.made_at,
                    row.send_at, row.sent_at, await answer_rows.deliveries(self._store, row.id),
                )
                for row in await answer_rows.answers(self._store, group_id=group_id)
            ]
        )  # fmt: skip

    # --- inside

    async def _letters(self, group_id: int) -> tuple[Letter, ...]:
        return tuple(
            Letter(
                row.id, cast(Literal["reply", "ask-back", "from-person"], row.kind), row.text, row.language,
                row.question_id, self._staff.by_id(row.staff_id), row.made_at, row.goes_out_at, row.failure,
            )
            for row in await letter_rows.letters(self._store, group_id)
        )  # fmt: skip

    def _understood(self, viewer: Staff, group: GroupSummary) -> _Understood:
        """What the first question is about, in words of a language that the viewer reads."""
        if not group.text or group.kind == "fact":
            return {"near_needs": (), "names": (), "things": (), "why": ""}
        guide = self._guide()
        language = language_for(viewer, guide)
        speaker = guide.texts.speaker(language)
        found = understand(guide.matcher, group.text, group.language, language)
        needs = [(near, guide.catalogue.need(near.need)) for near in found.needs]
        services = [guide.catalogue.service(name) for name in found.names]
        return {
            "near_needs": tuple(
                NearNeed(
                    need.id, speaker.tell(f"needs.{need.id}.title", need.title), near.confidence, near.phrase,
                    near.phrase_language,
                )
                for near, need in needs if need is not None
            ),
            "names": tuple(service.name for service in services if service is not None),
            "things": found.words,
            "why": found.why.rule,
        }  # fmt: skip

    async def _near_groups(self, group_id: int) -> tuple[NearGroup, ...]:
        handover = self._parts.handover
        found = []
        for placement in handover.held.near(group_id, NEAR_GROUPS, handover.apart_from(group_id)):
            other = await self.summary(placement.group_id or 0)
            if other is not None:
                found.append(NearGroup(other.id, other.text, other.language, placement.score, placement.reason.code()))
        return tuple(found)

    def _ranks_in(self, rank: group_rows.RankRow, viewer: Staff, filters: Filters) -> bool:
        if filters.readable and not any(map(viewer.reads, rank.languages.split(","))):
            return False
        if filters.mine and viewer.id not in (rank.claimed_by, rank.handed_to):
            return False
        if filters.my_topics and viewer.topics:
            need = self._guide().catalogue.need(rank.need)
            return need is not None and need.topic in viewer.topics
        return True

    def _summary(self, row: group_rows.GroupRow) -> GroupSummary:
        now = self._store.now()
        claimed = row.claimed_until is not None and row.claimed_until > now
        return GroupSummary(
            id=row.id,
            kind=cast(Literal["question", "fact"], row.kind),
            drawer=cast(Drawer, row.drawer),
            state=cast(GroupState, row.state),
            text=row.text,
            language=row.text_language,
            people=row.people,
            messages=row.messages,
            languages=row.languages,
            outcomes=frozenset(row.outcomes),
            opened_at=row.opened_at,
            last_at=row.last_at,
            days=(now - row.opened_at) / timedelta(days=1),
            waiting=row.waiting,
            need=row.need,
            service=row.service,
            claimed_by=self._staff.by_id(row.claimed_by) if claimed else None,
            claimed_until=row.claimed_until if claimed else None,
            handed_to=self._staff.by_id(row.handed_to),
            has_mail=row.has_mail,
        )


def language_for(viewer: Staff, guide: Guide) -> str:
    """The language in which to explain something to ``viewer``: that which they chose, else the first that they read,
    else the source language."""
    known = (code for code in (viewer.chosen, *viewer.languages) if code in guide.texts.locales)
    return next(known, guide.texts.source)
