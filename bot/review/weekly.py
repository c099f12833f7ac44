"""On Monday morning the staff hear what the last week was like."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.review.digest import digest
from bot.review.figures import Figures
from bot.review.parts import Parts
from bot.store.moments import keep_moment, last_moment

HOUR: Final = 9
"""On the city's clocks; told later on Monday when the bot was down."""
TOLD: Final = "digest"
"""Name of the moment (``store.moments``) at which it went out."""


async def tell_week(parts: Parts, figures: Figures) -> None:
    """Send the digest to everybody of the staff who has Telegram, once a week, in their language."""
    now = parts.store.now()
    local = parts.guide().local(now)
    if local.weekday() != 0 or local.hour < HOUR:
        return
    told = await last_moment(parts.store, TOLD)
    if told is not None and now - told < timedelta(days=2):
        return
    unit = parts.store.unit()
    keep_moment(unit, TOLD, now)
    overview = await figures.overview()
    monday = local.date() - timedelta(days=7)
    urgent = await figures.urgent()
    for person in parts.staff.everybody:
        if person.may_answer:
            words = digest(parts.words(person), parts.guide(), overview, monday, urgent)
            parts.stage_notice(unit, f"digest:{monday}:{person.id}", person, words)
    await parts.store.commit(unit)
