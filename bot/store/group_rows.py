"""What is known of groups of questions: what waits, who works on it, what became of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.store.database import Store
from bot.store.records import milliseconds, moment
from bot.store.unit import Row


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group with the figures of its questions."""

    id: int
    kind: str
    drawer: str
    state: str
    language: str
    need: str
    service: str
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    merged_into: int | None
    claimed_by: int | None
    claimed_until: datetime | None
    handed_to: int | None
    reason: str
    people: int
    messages: int
    languages: tuple[str, ...]
    outcomes: tuple[str, ...]
    waiting: int
    text: str
    text_language: str
    last_at: datetime
    shown: tuple[str, ...]
    """The needs that were shown to the first who asked."""
    has_mail: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a group, even when no question is left in it."""

    state: str
    need: str
    reason: str
    merged_into: int | None
    claimed_by: int | None
    claimed_until: datetime | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class RankRow:
    """Only what decides the place of an open group in the queue: thousands are read for a page of twenty."""

    id: int
    opened_at: int
    """Milliseconds since 1970."""
    need: str
    claimed_by: int | None
    """None as soon as the claim has run out."""
    handed_to: int | None
    people: int
    languages: str
    """Divided by commas."""
    asks_for_person: bool


_GROUPS: Final = """
    SELECT g.id AS group_id, g.kind, g.drawer, g.state, g.language AS own_language, g.need, g.service, g.opened_at,
        g.changed_at, g.closed_at, g.merged_into, g.claimed_by, g.claimed_until, g.handed_to, g.reason,
        COUNT(DISTINCT CASE WHEN q.asker = '' THEN 'q' || q.id ELSE q.asker END),
        COUNT(q.id), GROUP_CONCAT(DISTINCT q.language), GROUP_CONCAT(DISTINCT q.outcome),
        COUNT(DISTINCT q.chat_id), MAX(q.asked_at),
        COALESCE((SELECT l.kind = 'from-person' FROM letter l WHERE l.group_id = g.id ORDER BY l.id DESC LIMIT 1), 0),
        MIN(q.id) AS first_id
    FROM question_group g JOIN question q ON q.group_id = g.id
"""


async def groups(store: Store, *, drawer: str, state: str = "open") -> tuple[GroupRow, ...]:
    """The groups of a drawer that hold a question, oldest first."""
    return await _read(store, "g.drawer = :drawer AND g.state = :state", drawer=drawer, state=state)


async def ranks(store: Store, *, drawer: str) -> tuple[RankRow, ...]:
    """The open groups of a drawer that hold a question."""
    rows = await store.read(
        """
        SELECT g.id, g.opened_at, g.need, CASE WHEN g.claimed_until > :now THEN g.claimed_by END, g.handed_to,
            COUNT(DISTINCT CASE WHEN q.asker = '' THEN 'q' || q.id ELSE q.asker END),
            GROUP_CONCAT(DISTINCT q.language), MAX(q.outcome = 'person')
        FROM question_group g JOIN question q ON q.group_id = g.id
        WHERE g.drawer = :drawer AND g.state = 'open' GROUP BY g.id
        """,
        drawer=drawer,
        now=milliseconds(store.now()),
    )
    return tuple(
        RankRow(number, opened, need, claimed_by, handed_to, people, languages, bool(person))
        for number, opened, need, claimed_by, handed_to, people, languages, person in rows
    )


async def groups_of(store: Store, ids: Sequence[int]) -> dict[int, GroupRow]:
    """These groups, by number."""
    found = await _read(store, f"g.id IN ({', '.join(str(int(number)) for number in ids)})") if ids else ()
    return {row.id: row for row in found}


async def group(store: Store, group_id: int) -> GroupRow | None:
    """One group; None if there is none or nobody's question is in it any more."""
    return next(iter(await _read(store, "g.id = :group_id", group_id=group_id)), None)


async def standing(store: Store, group_id: int) -> Standing | None:
    """What became of a group; None: nothing is known of it (any more)."""
    rows = await store.read(
        """
        SELECT state, need, reason, merged_into, claimed_by, claimed_until, COALESCE(closed_at, changed_at)
        FROM question_group WHERE id = :id
        """,
        id=group_id,
    )
    for state, need, reason, into, by, until, at in rows:
        return Standing(state, need, reason, into, by, None if until is None else moment(until), moment(at))
    return None


async def untouched(store: Store, before: datetime) -> tuple[GroupRow, ...]:
    """Open groups of the queue that nobody has touched since ``before`` and of which the admins do not know yet."""
    where = "g.drawer = 'queue' AND g.state = 'open' AND g.opened_at < :before AND g.told_at IS NULL"
    # Read once, not once for each group: among 2,500 groups and 20,000 acts it took a second.
    acted = "SELECT group_id FROM staff_action WHERE group_id IS NOT NULL AND done_at >= :before"
    return await _read(store, f"{where} AND g.id NOT IN ({acted})", before=milliseconds(before))


TOUCHED: Final = """
    (g.claimed_by IS NOT NULL OR g.handed_to IS NOT NULL
        OR EXISTS (SELECT 1 FROM question q WHERE q.group_id = g.id AND q.joined = 'by-hand')
        OR g.id IN (SELECT group_id FROM staff_action WHERE group_id IS NOT NULL))
"""
"""When one of the staff has done something with the group ``g``: it stays as that person saw it."""


async def touched(store: Store) -> frozenset[int]:
    """Open groups with which one of the staff has done something."""
    rows = await store.read(f"SELECT g.id FROM question_group g WHERE g.state = 'open' AND {TOUCHED}")
    return frozenset(number for (number,) in rows)


async def apart(store: Store) -> frozenset[tuple[int, int]]:
    """Pairs of groups that a person took apart, the smaller number first."""
    rows = await store.read("SELECT group_id, other_id FROM group_apart")
    return frozenset((min(one, other), max(one, other)) for one, other in rows)


async def last_group_id(store: Store) -> int:
    """The greatest number that any group has; or had, if anything still names it."""
    rows = await store.read(
        """
        SELECT MAX(id) FROM (
            SELECT MAX(id) AS id FROM question_group UNION ALL SELECT MAX(group_id) FROM question
            UNION ALL SELECT MAX(group_id) FROM answer UNION ALL SELECT MAX(group_id) FROM staff_action
            UNION ALL SELECT MAX(group_id) FROM letter
        )
        """
    )
    return int(rows[0][0] or 0)


async def _read(store: Store, where: str, **values: int | str) -> tuple[GroupRow, ...]:
    inner = f"{_GROUPS} WHERE {where} GROUP BY g.id"
    sql = "SELECT s.*, f.text, f.language, f.needs FROM ({}) s JOIN question f ON f.id = s.first_id ORDER BY s.group_id"
    return tuple(map(_group, await store.read(sql.format(inner), **values)))


def _group(row: Row) -> GroupRow:
    (
        number, kind, drawer, state, language, need, service, opened_at, changed_at, closed_at, merged_into, claimed_by,
        claimed_until, handed_to, reason, people, messages, languages, outcomes, waiting, last_at, has_mail,
        _, text, text_language, shown,
    ) = row  # fmt: skip
    return GroupRow(
        number, kind, drawer, state, language, need, service, moment(opened_at), moment(changed_at),
        None if closed_at is None else moment(closed_at), merged_into, claimed_by,
        None if claimed_until is None else moment(claimed_until), handed_to, reason, people, messages,
        tuple(sorted(languages.split(","))), tuple(sorted(outcomes.split(","))), waiting, text, text_language,
        moment(last_at), tuple(json.loads(shown)), bool(has_mail),
    )  # fmt: skip
