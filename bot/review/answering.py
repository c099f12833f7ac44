"""An answer for everybody who asked, and for everybody who will: put together, looked at, given, taken back."""

from __future__ import annotations

from datetime import timedelta

from bot.review.acts import Acts, Parts
from bot.review.records import AnswerDraft, Outcome, Preview, Staff


class Answering:
    """General answers. What is given here acts in matching at once; messages go out when it cannot be undone unseen."""

    def __init__(self, parts: Parts, acts: Acts, undo_for: timedelta) -> None:
        """``undo_for``: how long the messages wait (OPAS_UNDO_S)."""
        self._parts = parts
        self._acts = acts
        self._undo_for = undo_for

    async def preview(self, by: Staff, group_id: int, draft: AnswerDraft) -> Preview | None:
        """Who would receive it in which language, and what they would see; None when there is no such group."""
        raise NotImplementedError

    async def answer(self, by: Staff, group_id: int, draft: AnswerDraft) -> Outcome:
        """Answer everybody. ``Done.answer_id`` can be taken back. Refused with the preview's first fault, if any."""
        raise NotImplementedError

    async def point(self, by: Staff, group_id: int, need: str, wording: str = "", language: str = "") -> Outcome:
        """The question means a need that the bot knows. ``wording``: how it may be asked, read and rewritten by the
        counsellor so that it tells of nobody's life; it becomes a learnt phrase of ``language`` (default: the group's)
        and acts at once. Who wanted to be written to gets the need's answer like any other; ``Done.answer_id``."""
        raise NotImplementedError

    async def undo(self, by: Staff, answer_id: int) -> Outcome:
        """Take an answer back: it answers nobody any more, what waits is not sent, and whoever got it meanwhile is
        told. The group waits again."""
        raise NotImplementedError

    async def translate(self, by: Staff, answer_id: int, language: str, text: str) -> Outcome:
        """Add the free words of an answer in a language that ``by`` reads, translators too; acts at once."""
        raise NotImplementedError
