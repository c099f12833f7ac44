"""One answered question in fifty, without its asker, judged by people: somebody watches over an automatic adviser."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final, Literal, TypeAlias, get_args

from bot.guide import Guide
from bot.review.records import Staff
from bot.store import Store, Unit
from bot.store import figures as rows
from bot.store.figures import SampleRow

Judgement: TypeAlias = Literal["right", "wrong", "unclear"]
ONE_IN: Final = 50
SHORTEST: Final = 3
"""Characters of a text that is worth judging."""


def by_chance() -> bool:
    """True for one question in fifty."""
    return secrets.randbelow(ONE_IN) == 0


class Sampling:
    """Draws when a question is answered; hands out what is to be judged."""

    def __init__(self, store: Store, guide: Callable[[], Guide], drawn: Callable[[], bool] = by_chance) -> None:
        self._store = store
        self._guide = guide
        self._drawn = drawn

    def offer(self, unit: Unit, text: str, language: str, needs: Iterable[str], *, urgent: bool) -> None:
        """A question was answered with ``needs``; ``text`` is redacted. Urgent and sensitive ones are never drawn."""
        needs = tuple(needs)
        if urgent or not needs or len(text) < SHORTEST or any(map(self._is_sensitive, needs)) or not self._drawn():
            return
        today = self._guide().local(self._store.now())
        monday = (today - timedelta(days=today.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
        rows.draw(unit, text, language, needs, monday)

    def _is_sensitive(self, need_id: str) -> bool:
        need = self._guide().catalogue.need(need_id)
        return need is None or need.is_urgent or need.sensitive

    async def open(self) -> tuple[SampleRow, ...]:
        """What nobody has judged yet, oldest first."""
        return tuple(row for row in await rows.sample(self._store) if row.judgement is None)

    async def judge(self, staff: Staff, sample_id: int, judgement: str) -> bool:
        """Whether it was there and is judged so now: of two at the same moment one wins. Raises ValueError for a word
        that is no judgement."""
        if judgement not in get_args(Judgement):
            raise ValueError(judgement)
        row = next((row for row in await rows.sample(self._store) if row.id == sample_id), None)
        if row is None or row.judgement == judgement or not staff.may_answer:
            return False
        unit = self._store.unit()
        day = self._guide().local(row.asked_at).date()
        monday = day - timedelta(days=day.weekday())
        judged = rows.judge(unit, sample_id, judgement, row.judgement, staff.id)
        unit.count(f"sample-{judgement}", monday, row.language)
        if row.judgement is not None:
            unit.count(f"sample-{row.judgement}", monday, row.language, by=-1)
        await self._store.commit(unit)
        return bool(judged.changed)
