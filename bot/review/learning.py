"""What the counsellors taught: phrases that mean a need, answers for everybody. Acts at once, beside the content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.dialogue import GeneralAnswer
from bot.guide import Guide
from bot.matching.thresholds import EXACT_PHRASE
from bot.model import Candidate, Found, Match, NotFound, Unsure
from bot.review.held import Held, HeldText
from bot.store import Store, Unit
from bot.store import answers as answer_rows
from bot.store import asked as asked_rows
from bot.store import phrases as phrase_rows
from bot.text import fold

SURE: Final = 0.95
"""Probability that a question asks the same as an answered one, from which on it gets that answer. Higher than for
putting two questions into one group: there a person looks, here nobody does. Measured on tests/questions/topics.jsonl,
each question asked while all the others were answered (23 Nov 2026). With its own topic unanswered, none of 1,352 got
the answer of another one (from 0.93 on: 2), but 13 of the 1,440 of "neighbours", whose nearest neighbour was answered
(from 0.93 on: 23); with it answered, 91 % ("fresh"), 81 % ("measuring"), 59 and 47 % (the strangers') and 25 % (the
neighbours') got it; where three had asked before, 74, 73, 41, 29 and 14 %."""


class Learnt:
    """Read from the store, kept in memory; ``load`` again when something changed."""

    def __init__(self, store: Store, guide: Callable[[], Guide]) -> None:
        self._store = store
        self._guide = guide
        self._rows: dict[int, answer_rows.AnswerRow] = {}
        self._answers: dict[int, GeneralAnswer] = {}
        self._meanings: dict[str, int] = {}
        """Folded wording → the group it stands for."""
        self._answer_of: dict[int, int] = {}
        """Group → its newest answer in use."""
        self._need_of: dict[int, str] = {}
        """Group of an answer that stands in the content as a need, or made-up group of a phrase that means one."""
        self._near = Held(guide)

    async def load(self) -> None:
        """Read phrases, answers and the questions that they answered. They act word for word; after ``gather`` on what
        asks nearly the same too."""
        found = await answer_rows.answers(self._store, only_used=True)
        phrases = await phrase_rows.phrases(self._store)
        asked = await asked_rows.wordings(self._store, "answered")
        self._rows = {row.id: row for row in found}
        self._answers = {row.id: general_answer(row) for row in found}
        self._answer_of = {row.group_id: row.id for row in found}
        self._need_of, self._meanings = {}, {}
        near: dict[int, HeldText] = {}
        for row in asked:
            if row.group_id in self._answer_of and row.text and not row.fact:
                near[row.id] = HeldText(row.group_id, row.text, row.language)
                self._meanings.setdefault(fold(row.text), row.group_id)
        groups = {answer: group for group, answer in self._answer_of.items()}
        for phrase in phrases:
            group = groups.get(phrase.answer_id or 0, -phrase.id)
            if phrase.need:
                self._need_of[group] = phrase.need
            elif group < 0:
                continue  # its answer is not in use
            near[-phrase.id] = HeldText(group, phrase.text, phrase.language)
            self._meanings[fold(phrase.text)] = group
        self._near.follow(near)

    @property
    def is_behind(self) -> bool:
        """Whether ``gather`` has something to do."""
        return self._near.is_behind

    async def gather(self) -> None:
        """Let what asks nearly the same be found too; others have turns meanwhile."""
        await self._near.gather()

    def answer(self, answer_id: int) -> GeneralAnswer | None:
        """An answer in use."""
        return self._answers.get(answer_id)

    def answer_of(self, group_id: int) -> GeneralAnswer | None:
        """The answer in use that a group was given."""
        return self._answers.get(self._answer_of.get(group_id, 0))

    def look(self, text: str, match: Match, language: str) -> Match | GeneralAnswer | None:
        """What the staff taught about ``text``: a need (as a match), an answer, or nothing.

        An urgent message is never touched. Word for word it goes before everything but the content's own phrases;
        something near only where the matcher itself does not know.
        """
        if match.urgent or not self._meanings:
            return None
        group = self._meanings.get(fold(text))
        exact_in_content = any(candidate.rule == "exact" for candidate in match.ranked[:1])
        score = EXACT_PHRASE
        if group is None or exact_in_content:
            if match.foreign or not isinstance(match.verdict, NotFound | Unsure):
                return None
            placement = self._near.place(text, match.language or language)
            if placement.group_id is None or placement.score < SURE:
                return None
            group, score = placement.group_id, placement.score
        answer = self.answer_of(group)
        # An answer that was written into the content answers on until the content that runs has its need.
        known = self._guide().catalogue.need(self._need_of.get(group) or (answer.need if answer else ""))
        if known is None:
            return answer
        candidate = Candidate(known.id, score, text, match.language or language, "learnt")
        return replace(match, verdict=Found((candidate,)), ranked=(candidate, *match.ranked[:4]))

    def note_given(self, unit: Unit, answer_id: int, chat_id: int, language: str) -> None:
        """Stage that somebody was given an answer in the talk itself: if it is taken back in time, they are told. After
        that nobody knows it any more."""
        row = self._rows.get(answer_id)
        if row is not None and self._store.now() < row.send_at:
            answer_rows.plan_delivery(
                unit, answer_id=answer_id, question_id=None, chat_id=chat_id, language=language, state="shown"
            )

    def note_shown(self, unit: Unit, answer_id: int, chat_id: int, language: str) -> None:
        """Stage that somebody opened the closed message, and in which language they saw the answer."""
        answer_rows.note_shown(unit, answer_id, chat_id, language)


def general_answer(row: answer_rows.AnswerRow) -> GeneralAnswer:
    return GeneralAnswer(row.id, row.pieces, row.texts, frozenset(row.approved))
