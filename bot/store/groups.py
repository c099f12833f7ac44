"""Statements about groups of questions: what waits, who works on it, what became of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.store.database import Store
from bot.store.records import milliseconds, moment
from bot.store.unit import Row, Staged, Unit


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
    first_at: datetime
    last_at: datetime
    shown: tuple[str, ...]
    """The needs that were shown to the first who asked."""
    has_mail: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a group, also of one in which nobody's question is left."""

    state: str
    need: str
    reason: str
    merged_into: int | None
    claimed_by: int | None
    claimed_until: datetime | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class RankRow:
    """What the place of an open group in the queue depends on, and no more: thousands are read for a page of twenty."""

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
        COUNT(DISTINCT q.chat_id), MIN(q.asked_at), MAX(q.asked_at),
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
    acts = "NOT EXISTS (SELECT 1 FROM staff_action a WHERE a.group_id = g.id AND a.done_at >= :before)"
    return await _read(store, f"{where} AND {acts}", before=milliseconds(before))


async def apart(store: Store) -> frozenset[tuple[int, int]]:
    """Pairs of groups that a person took apart, the smaller number first."""
    rows = await store.read("SELECT group_id, other_id FROM group_apart")
    return frozenset((min(one, other), max(one, other)) for one, other in rows)


async def last_group_id(store: Store) -> int:
    """The greatest number that a group has or had, as far as anything still knows of it."""
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


# --- writing ----------------------------------------------------------------------------------------------------


def open_group(
    unit: Unit, group_id: int, *, kind: str, drawer: str, language: str, need: str = "", service: str = ""
) -> None:
    """Makes the group unless it is there; one that lay aside comes into the queue when ``drawer`` says so."""
    unit.stage(
        """
        INSERT INTO question_group (id, kind, drawer, state, language, need, service, opened_at, changed_at)
        VALUES (:id, :kind, :drawer, 'open', :language, :need, :service, :now, :now)
        ON CONFLICT (id) DO UPDATE SET changed_at = :now,
            state = CASE WHEN question_group.state IN ('dropped', 'expired') THEN 'open' ELSE question_group.state END,
            drawer = CASE WHEN excluded.drawer = 'queue' THEN 'queue' ELSE question_group.drawer END
        """,
        id=group_id,
        kind=kind,
        drawer=drawer,
        language=language,
        need=need,
        service=service,
        now=unit.now_ms,
    )


def claim(unit: Unit, group_id: int, staff_id: int, until: datetime) -> Staged:
    """Decides: open, and claimed by nobody else."""
    return _deciding(
        unit,
        f"UPDATE question_group SET claimed_by = :me, claimed_until = :until, changed_at = :now WHERE {_FREE}",
        id=group_id,
        me=staff_id,
        until=milliseconds(until),
    )


def release(unit: Unit, group_id: int, staff_id: int) -> Staged:
    """Decides: claimed by this person."""
    return _deciding(
        unit,
        """
        UPDATE question_group SET claimed_by = NULL, claimed_until = NULL, changed_at = :now
        WHERE id = :id AND state = 'open' AND claimed_by = :me
        """,
        id=group_id,
        me=staff_id,
    )


def close(
    unit: Unit,
    group_id: int,
    staff_id: int,
    state: str,
    *,
    need: str = "",
    reason: str = "",
    merged_into: int | None = None,
) -> Staged:
    """Decides: open, and claimed by nobody else; of a merge, that this holds for the other group too. ``claimed_by``
    then says who closed it."""
    return _deciding(
        unit,
        f"""
        UPDATE question_group SET state = :state, need = CASE WHEN :need = '' THEN need ELSE :need END,
            reason = :reason, merged_into = :merged_into, closed_at = :now, changed_at = :now, claimed_by = :me,
            claimed_until = NULL
        WHERE {_FREE}
            AND (:merged_into IS NULL OR EXISTS (
                SELECT 1 FROM question_group o WHERE o.id = :merged_into AND o.state = 'open'
                AND (o.claimed_by IS NULL OR o.claimed_by = :me OR COALESCE(o.claimed_until, 0) <= :now)
            ))
        """,
        id=group_id,
        me=staff_id,
        state=state,
        need=need,
        reason=reason,
        merged_into=merged_into,
    )


def touch(unit: Unit, group_id: int, staff_id: int) -> Staged:
    """Decides: open, and claimed by nobody else."""
    return _deciding(unit, f"UPDATE question_group SET changed_at = :now WHERE {_FREE}", id=group_id, me=staff_id)


def touch_for_letter(unit: Unit, group_id: int, staff_id: int) -> Staged:
    """Decides: answered, or open and claimed by nobody else."""
    return _deciding(
        unit,
        f"UPDATE question_group SET changed_at = :now WHERE (id = :id AND state = 'answered') OR ({_FREE})",
        id=group_id,
        me=staff_id,
    )


def hand_to(unit: Unit, group_id: int, staff_id: int, to: int) -> Staged:
    """Passes the group on. Decides: open, and claimed by nobody else."""
    return _deciding(
        unit,
        f"""
        UPDATE question_group SET handed_to = :to, claimed_by = NULL, claimed_until = NULL, changed_at = :now
        WHERE {_FREE}
        """,
        id=group_id,
        me=staff_id,
        to=to,
    )


def reopen(unit: Unit, group_id: int) -> None:
    """A closed group waits again, unless it was merged into another one."""
    unit.stage(
        """
        UPDATE question_group SET state = 'open', closed_at = NULL, reason = '', claimed_by = NULL,
            claimed_until = NULL, changed_at = :now
        WHERE id = :id AND state IN ('answered', 'dropped')
        """,
        id=group_id,
        now=unit.now_ms,
    )


def move_all(unit: Unit, from_group: int, to_group: int, joined: str) -> None:
    unit.stage(
        "UPDATE question SET group_id = :to_group, joined = :joined WHERE group_id = :from_group",
        from_group=from_group,
        to_group=to_group,
        joined=joined,
    )


def move(unit: Unit, question_id: int, from_group: int, to_group: int, joined: str) -> Staged:
    """Decides: the question is (still) in ``from_group``."""
    return _deciding(
        unit,
        "UPDATE question SET group_id = :to_group, joined = :joined WHERE id = :id AND group_id = :from_group",
        id=question_id,
        from_group=from_group,
        to_group=to_group,
        joined=joined,
    )


def set_apart(unit: Unit, group_id: int, other_id: int) -> None:
    """A person took these two apart; they are never put together again by themselves."""
    unit.stage(
        """
        INSERT INTO group_apart (group_id, other_id, made_at) VALUES (:one, :other, :now)
        ON CONFLICT (group_id, other_id) DO NOTHING
        """,
        one=min(group_id, other_id),
        other=max(group_id, other_id),
        now=unit.now_ms,
    )


def put_together(unit: Unit, group_id: int, other_id: int) -> None:
    """A person put them together: what was said about keeping them apart holds no more."""
    unit.stage(
        "DELETE FROM group_apart WHERE group_id = :one AND other_id = :other",
        one=min(group_id, other_id),
        other=max(group_id, other_id),
    )


def close_empty(unit: Unit) -> None:
    """Groups whose questions were all taken back, forgotten or given up."""
    unit.stage(
        """
        UPDATE question_group SET state = 'expired', closed_at = :now, changed_at = :now
        WHERE state = 'open' AND opened_at < :now - 1000
            AND NOT EXISTS (SELECT 1 FROM question WHERE question.group_id = question_group.id)
        """,
        now=unit.now_ms,
    )


def note_told(unit: Unit, group_id: int) -> None:
    """The admins were told that nobody looks at it."""
    unit.stage("UPDATE question_group SET told_at = :now WHERE id = :id", id=group_id, now=unit.now_ms)


_FREE: Final = """
    id = :id AND state = 'open' AND (claimed_by IS NULL OR claimed_by = :me OR COALESCE(claimed_until, 0) <= :now)
"""


def _deciding(unit: Unit, sql: str, **values: int | str | None) -> Staged:
    staged = unit.stage(sql, **values, **({"now": unit.now_ms} if ":now" in sql else {}))
    staged.decides = True
    return staged


# --- inside -----------------------------------------------------------------------------------------------------


async def _read(store: Store, where: str, **values: int | str) -> tuple[GroupRow, ...]:
    inner = f"{_GROUPS} WHERE {where} GROUP BY g.id"
    sql = "SELECT s.*, f.text, f.language, f.needs FROM ({}) s JOIN question f ON f.id = s.first_id ORDER BY s.group_id"
    return tuple(map(_group, await store.read(sql.format(inner), **values)))


def _group(row: Row) -> GroupRow:
    (
        number, kind, drawer, state, language, need, service, opened_at, changed_at, closed_at, merged_into, claimed_by,
        claimed_until, handed_to, reason, people, messages, languages, outcomes, waiting, first_at, last_at, has_mail,
        _, text, text_language, shown,
    ) = row  # fmt: skip
    return GroupRow(
        number, kind, drawer, state, language, need, service, moment(opened_at), moment(changed_at),
        None if closed_at is None else moment(closed_at), merged_into, claimed_by,
        None if claimed_until is None else moment(claimed_until), handed_to, reason, people, messages,
        tuple(sorted(languages.split(","))), tuple(sorted(outcomes.split(","))), waiting, text, text_language,
        moment(first_at), moment(last_at), tuple(json.loads(shown)), bool(has_mail),
    )  # fmt: skip
