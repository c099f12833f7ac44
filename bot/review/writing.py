"""What a counsellor writes to one person, and drafts for colleagues: nothing of it is ever given to anybody else."""

from __future__ import annotations

from bot.review.acts import Acts, Parts
from bot.review.records import Outcome, Staff


class Writing:
    """Letters to one person, and drafts of new needs."""

    def __init__(self, parts: Parts, acts: Acts) -> None:
        self._parts = parts
        self._acts = acts

    async def reply(self, by: Staff, question_id: int, text: str, language: str = "") -> Outcome:
        """Write to the person who asked; goes out at once, marked as written by a person. Closes nothing.

        Refused when they did not say "Yes, write to me". ``language``: of the text (default: the question's).
        """
        raise NotImplementedError

    async def ask_back(self, by: Staff, question_id: int, text: str, language: str = "") -> Outcome:
        """The same, for a question back ("Which city do you live in?")."""
        raise NotImplementedError

    async def draft_need(self, by: Staff, group_id: int, title: str, note: str = "") -> Outcome:
        """Suggest a new need or service to the admins; they are told in the chat. Closes nothing."""
        raise NotImplementedError
