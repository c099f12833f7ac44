"""The admins hear of groups that nobody looks at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.hours import state_at
from bot.model import Catalogue
from bot.review.parts import Parts
from bot.store import group_rows, groups

UNTOUCHED_DAYS: Final = 5
"""Working days after which they are told, once a group."""
OFFICE_HOURS: Final = "Mo-Fr 09:00-15:00; PH off"
"""Of a team that does not say its own."""
LONGEST_BACK: Final = 60
"""Days: so far back working days are looked for, of a team that may never be there."""


async def tell_untouched(parts: Parts) -> None:
    """Tell every admin who has Telegram how many groups wait untouched, in their language."""
    guide = parts.guide()
    local = guide.local(parts.store.now())
    before = _working_days_before(guide.catalogue, local, UNTOUCHED_DAYS)
    waiting = await group_rows.untouched(parts.store, before)
    if not waiting:
        return
    unit = parts.store.unit()
    for admin in parts.staff.everybody:
        if admin.is_admin:
            words = parts.words(admin).count(
                "A question has been waiting for five working days. Look at it: /review",
                "{n} questions have been waiting for five working days. Look at them: /review",
                len(waiting),
            )
            parts.stage_notice(unit, f"untouched:{waiting[-1].id}:{admin.id}", admin, words)
    for group in waiting:
        groups.note_told(unit, group.id)
    await parts.store.commit(unit)


def _working_days_before(catalogue: Catalogue, local: datetime, days: int) -> datetime:
    """So many working days of the team before ``local``; by ``OFFICE_HOURS`` when the team's own are not known."""
    moment = local
    left = days
    for _ in range(LONGEST_BACK):
        if left == 0:
            break
        moment -= timedelta(days=1)
        left -= _is_working_day(catalogue, moment)
    return moment


def _is_working_day(catalogue: Catalogue, moment: datetime) -> bool:
    city = catalogue.city
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    state = state_at(catalogue.team_hours or OFFICE_HOURS, midnight, timezone=city.timezone, country=city.country)
    return state.state == "open" or (state.opens is not None and state.opens < midnight + timedelta(days=1))
