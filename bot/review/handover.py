"""From the bot to the counsellors: which group a question joins, in the same transaction in which it is kept."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.dialogue import Promise
from bot.grouping import Move, worth_asking
from bot.guide import Guide
from bot.review.held import Held, HeldText
from bot.review.staff import StaffRoom
from bot.review.words import WRONG
from bot.store import Question, Store, Unit, group_rows, groups
from bot.store import answers as answer_rows
from bot.store import asked as asked_rows
from bot.store import letters as letter_rows
from bot.store.talks import forget_unsent_lines

CHOICE_WAITS: Final = timedelta(minutes=30)
"""Whoever has not chosen by then has left."""
SORTED_AT_ONCE: Final = 8
"""Questions after which groups are sorted before others have a turn: mostly two milliseconds each."""


class Handover:
    """The open questions, in memory, by what they ask. Only one program (the bot) opens groups."""

    def __init__(self, store: Store, guide: Callable[[], Guide], staff: StaffRoom) -> None:
        """``load`` before use."""
        self._store = store
        self._guide = guide
        self._staff = staff
        self.held = Held(guide)
        self._facts: dict[str, int] = {}
        """Service → the open group about its facts."""
        self._offers: dict[str, datetime] = {}
        """Mark of an asker → when needs were offered to them; perhaps they chose none."""
        self._loading = asyncio.Lock()
        self._kept: dict[int, HeldText] = {}
        self._kept_facts: dict[str, int] = {}
        """What was kept since the last reading of the store began: that reading may have missed it."""
        self._come: list[int] = []
        """Questions that have come since ``sort`` was called last; perhaps some are not in the store yet."""
        self._unsorted: deque[int] = deque()
        """Those that came before that."""
        self._next_group = 1
        self._apart: frozenset[tuple[int, int]] = frozenset()

    async def load(self) -> None:
        """Read the open questions; ``held.gather`` groups them."""
        async with self._loading:
            await self._load()

    async def _load(self) -> None:
        self._kept, self._kept_facts = {}, {}
        rows = await asked_rows.wordings(self._store, "open")
        facts: dict[str, int] = {}
        wordings: dict[int, HeldText] = {}
        for row in rows:
            if row.fact:
                facts[row.fact] = row.group_id
            else:
                wordings[_number(row.key, row.id)] = HeldText(row.group_id, row.text, row.language)
        self._offers |= {row.asker: row.asked_at for row in await asked_rows.offered(self._store)}
        self._next_group = max(self._next_group, await group_rows.last_group_id(self._store) + 1)
        self._apart = await group_rows.apart(self._store)
        self._facts = {**self._kept_facts, **facts}
        self.held.follow({**self._kept, **wordings})

    def asker(self, chat_id: int) -> str:
        """The mark by which a person is counted (``Store.asker``)."""
        return self._store.asker(chat_id)

    def new_group(self) -> int:
        """The number of a group that is to be opened."""
        self._next_group += 1
        return self._next_group - 1

    def apart_from(self, group_id: int) -> frozenset[int]:
        """The groups that a person took apart from this one."""
        pairs = [pair for pair in self._apart if group_id in pair]
        return frozenset(other for pair in pairs for other in pair if other != group_id)

    def promise(self, text: str, key: str, *, person: bool = False) -> Promise:
        """Whether a person would read ``text``, which is or will be kept under ``key``."""
        worth = worth_asking(self._guide().matcher, text, person=person) if text else "queue"
        return Promise(self._staff.has_counsellor, key if text else "", worth == "queue")

    def keep(self, unit: Unit, question: Question, *, abandoned: bool = False) -> None:
        """Stage a question with the group that it joins or opens; one that is kept already is only raised.

        ``abandoned``: needs were offered and none was chosen: it lies in the second drawer.
        """
        if question.outcome == "fact":
            self._keep_fact(unit, question)
            return
        worth = worth_asking(
            self._guide().matcher, question.text, person=question.outcome == "person", abandoned=abandoned
        )
        if worth not in ("queue", "aside"):
            asked_rows.keep(unit, question, None, "")
            return
        placement = self.held.place(question.text, question.language)
        group = self.new_group() if placement.group_id is None else placement.group_id
        groups.open_group(
            unit, group, kind="question", drawer=worth, language=question.language, need=next(iter(question.needs), "")
        )
        joined = "" if placement.group_id is None else placement.reason.code()
        asked_rows.keep(unit, question, group, joined)
        number, wording = _number(question.key, 0), HeldText(group, question.text, question.language)
        self.held.add(number, wording)
        self._kept[number] = wording
        self._come.append(number)

    async def sort(self) -> None:
        """Put open questions together otherwise where what came before the last call says so. A group with which one of
        the staff has done something keeps its questions."""
        for _ in range(SORTED_AT_ONCE):
            if self.held.is_behind or not self._unsorted:
                break
            async with self._loading:  # what is being read from the store would be older than what moves
                await self._sort(self._unsorted[0])
            self._unsorted.popleft()
        self._unsorted += self._come
        self._come.clear()

    async def _sort(self, number: int) -> None:
        moves = self.held.sort(number, await group_rows.touched(self._store), self.new_group)
        if moves and await self._regroup(moves):
            for move in moves:
                self.held.move(move.question, move.to)

    async def _regroup(self, moves: Sequence[Move]) -> bool:
        """Whether all go over; none does when one of the staff was faster, or somebody took a question back."""
        sources = {move.group for move in moves}
        asked = [row for group in sources for row in await asked_rows.asked_in(self._store, group)]
        rows = {_number(row.key, row.id): row for row in asked}
        if any(move.question not in rows for move in moves):
            return False
        known = {group for group in {move.to for move in moves} if await group_rows.standing(self._store, group)}
        unit = self._store.unit()
        decided = groups.regroup(unit, sources, known)
        for move in moves:
            row = rows[move.question]
            if move.to not in known:
                known.add(move.to)
                need = next(iter(row.needs), "")
                groups.open_group(unit, move.to, kind="question", drawer="aside", language=row.language, need=need)
            joined = "" if move.reason.rule == "new" else move.reason.code()
            groups.go_over(unit, row.id, move.group, move.to, joined)
        await self._store.commit(unit)
        return bool(decided.changed)

    async def group_of(self, key: str) -> int | None:
        """The group of a question that is kept; None: it is not kept (any more), or in none."""
        row = await asked_rows.asked_by_key(self._store, key)
        return row.group_id if row else None

    def write_to(self, unit: Unit, key: str, chat_id: int | None) -> None:
        """Stage "Yes, write to me", or (None) that it is taken back."""
        if chat_id is None:
            letter_rows.withdraw_letters(unit, key)
            forget_unsent_lines(unit, key)
            answer_rows.withdraw_news(unit, key)
        asked_rows.write_to_me(unit, key, chat_id)

    def offer(self, unit: Unit, question: Question) -> None:
        """Stage that needs are offered for a question: kept as long as none is chosen, also over a restart."""
        if question.asker:
            self._offers[question.asker] = question.asked_at
            asked_rows.offer(unit, question)

    def choose(self, unit: Unit, chat_id: int) -> None:
        """Stage that the person chose, or was answered otherwise."""
        asker = self.asker(chat_id)
        # Kept in mind until its time is over: the unit may have to be made and committed once more.
        if asker in self._offers:
            asked_rows.withdraw_offer(unit, asker)

    async def keep_abandoned(self) -> None:
        """Questions for which needs were offered half an hour ago and none was chosen: into the second drawer."""
        before = self._store.now() - CHOICE_WAITS
        if not any(since <= before for since in self._offers.values()):
            return
        for row in await asked_rows.offered(self._store, before):
            unit = self._store.unit()
            question = Question(
                row.text, row.language, "unanswered", row.asked_at, row.needs, key=row.key, asker=row.asker
            )
            self.keep(unit, question, abandoned=True)
            await self._store.commit(unit)
        self._offers = {asker: since for asker, since in self._offers.items() if since > before}

    def note_wrong(self, unit: Unit, key: str, kind: str) -> None:
        """Stage which fact is said to be wrong: ``phones``, ``address``, ``hours`` or ``other``."""
        asked_rows.note_wrong(unit, key, f"{WRONG}{kind}")

    def note_words(self, unit: Unit, key: str, text: str) -> None:
        """Stage what the person wrote about the wrong fact, redacted."""
        asked_rows.note_words(unit, key, text)

    def forget(self, key: str) -> None:
        """The person took a question back."""
        self.held.remove(_number(key, 0))
        self._kept.pop(_number(key, 0), None)

    def _keep_fact(self, unit: Unit, question: Question) -> None:
        group = self._facts.get(question.service)
        if group is None:
            group = self._facts[question.service] = self._kept_facts[question.service] = self.new_group()
        groups.open_group(
            unit, group, kind="fact", drawer="queue", language=question.language, service=question.service
        )
        asked_rows.keep(unit, question, group, "")


def _number(key: str, row_id: int) -> int:
    """The grouper's number of a question: its random key, read as a number, because it has no row yet."""
    try:
        return int(key, 16) if key else -row_id
    except ValueError:
        return -row_id
