"""Statements that change groups of questions: who claims one, what becomes of it, which go together."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from bot.store.group_rows import TOUCHED
from bot.store.records import milliseconds
from bot.store.unit import Staged, Unit

_FREE: Final = """
    id = :id AND state = 'open' AND (claimed_by IS NULL OR claimed_by = :me OR COALESCE(claimed_until, 0) <= :now)
"""
"""When somebody may act on a group: it is open, and nobody else has claimed it."""


def open_group(
    unit: Unit, group_id: int, *, kind: str, drawer: str, language: str, need: str = "", service: str = ""
) -> None:
    """Makes the group, or opens the one that is there: one that lay aside comes into the queue if ``drawer`` says so,
    one that was dropped or ran empty waits again."""
    unit.stage(
        """
        UPDATE question_group SET state = 'open', opened_at = :now, closed_at = NULL, reason = '', claimed_by = NULL,
            told_at = NULL
        WHERE id = :id AND state IN ('dropped', 'expired')
        """,
        id=group_id,
        now=unit.now_ms,
    )
    unit.stage(
        """
        INSERT INTO question_group (id, kind, drawer, state, language, need, service, opened_at, changed_at)
        VALUES (:id, :kind, :drawer, 'open', :language, :need, :service, :now, :now)
        ON CONFLICT (id) DO UPDATE SET changed_at = :now,
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
    return unit.decide(
        f"UPDATE question_group SET claimed_by = :me, claimed_until = :until, changed_at = :now WHERE {_FREE}",
        id=group_id,
        me=staff_id,
        until=milliseconds(until),
        now=unit.now_ms,
    )


def release(unit: Unit, group_id: int, staff_id: int) -> Staged:
    """Decides: claimed by this person."""
    return unit.decide(
        """
        UPDATE question_group SET claimed_by = NULL, claimed_until = NULL, changed_at = :now
        WHERE id = :id AND state = 'open' AND claimed_by = :me
        """,
        id=group_id,
        me=staff_id,
        now=unit.now_ms,
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
    """Closes the group; ``claimed_by`` then says who did. Decides: open, and claimed by nobody else; for a merge, the
    other group too."""
    return unit.decide(
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
        now=unit.now_ms,
    )


def touch(unit: Unit, group_id: int, staff_id: int) -> Staged:
    """Decides: open, and claimed by nobody else."""
    return unit.decide(
        f"UPDATE question_group SET changed_at = :now WHERE {_FREE}", id=group_id, me=staff_id, now=unit.now_ms
    )


def touch_for_letter(unit: Unit, group_id: int, staff_id: int) -> Staged:
    """Decides: answered, or open and claimed by nobody else."""
    return unit.decide(
        f"UPDATE question_group SET changed_at = :now WHERE (id = :id AND state = 'answered') OR ({_FREE})",
        id=group_id,
        me=staff_id,
        now=unit.now_ms,
    )


def hand_to(unit: Unit, group_id: int, staff_id: int, to: int) -> Staged:
    """Passes the group on. Decides: open, and claimed by nobody else."""
    return unit.decide(
        f"""
        UPDATE question_group SET handed_to = :to, claimed_by = NULL, claimed_until = NULL, changed_at = :now
        WHERE {_FREE}
        """,
        id=group_id,
        me=staff_id,
        to=to,
        now=unit.now_ms,
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
    """Moves all questions of a group into another one. ``joined``: why they are there (``review.acts.BY_HAND``)."""
    unit.stage(
        "UPDATE question SET group_id = :to_group, joined = :joined WHERE group_id = :from_group",
        from_group=from_group,
        to_group=to_group,
        joined=joined,
    )


def wait_as_long(unit: Unit, group_id: int, other_id: int) -> None:
    """After questions of ``other_id`` came into the group: it has waited since the first of them was asked, or since
    ``other_id`` was opened if that was later. Nobody goes back to the end of the queue by being moved."""
    unit.stage(
        """
        UPDATE question_group SET opened_at = MIN(opened_at, MAX(
            (SELECT other.opened_at FROM question_group other WHERE other.id = :other),
            (SELECT MIN(asked_at) FROM question WHERE group_id = :id)
        )) WHERE id = :id AND EXISTS (SELECT 1 FROM question WHERE group_id = :id)
        """,
        id=group_id,
        other=other_id,
    )


def move(unit: Unit, question_ids: Collection[int], from_group: int, to_group: int, joined: str) -> Staged:
    """Decides: some of these questions are (still) in ``from_group``, and others stay there."""
    ids = {f"id_{place}": question_id for place, question_id in enumerate(question_ids)}
    chosen = ", ".join(f":{name}" for name in ids)
    return unit.decide(
        f"""
        UPDATE question SET group_id = :to_group, joined = :joined
        WHERE group_id = :from_group AND id IN ({chosen}) AND EXISTS (
            SELECT 1 FROM question stays WHERE stays.group_id = :from_group AND stays.id NOT IN ({chosen})
        )
        """,
        to_group=to_group,
        joined=joined,
        from_group=from_group,
        **ids,
    )


def regroup(unit: Unit, sources: Collection[int], others: Collection[int]) -> Staged:
    """Decides whether questions may go from ``sources`` into each other and into ``others`` by themselves: all are
    open, and nobody has touched the sources."""
    left, into = (", ".join(str(int(number)) for number in numbers) for numbers in (sources, {*sources, *others}))
    return unit.decide(
        f"""
        UPDATE question_group SET changed_at = :now WHERE id IN ({left}) AND NOT EXISTS (
            SELECT 1 FROM question_group g
            WHERE g.id IN ({into}) AND (g.state <> 'open' OR (g.id IN ({left}) AND {TOUCHED}))
        )
        """,
        now=unit.now_ms,
    )


def go_over(unit: Unit, question_id: int, from_group: int, to_group: int, joined: str) -> None:
    """A question goes over by itself. ``to_group`` is in the queue if one of the two was, and has waited as long as
    the question; a group that ran empty leads to where its last question went."""
    unit.stage(
        "UPDATE question SET group_id = :to_group, joined = :joined WHERE id = :id AND group_id = :from_group",
        id=question_id,
        from_group=from_group,
        to_group=to_group,
        joined=joined,
    )
    unit.stage(
        """
        UPDATE question_group SET drawer = 'queue' WHERE id = :to_group
            AND EXISTS (SELECT 1 FROM question_group f WHERE f.id = :from_group AND f.drawer = 'queue')
        """,
        from_group=from_group,
        to_group=to_group,
    )
    wait_as_long(unit, to_group, from_group)
    unit.stage(
        """
        UPDATE question_group SET state = 'merged', merged_into = :to_group, closed_at = :now, changed_at = :now
        WHERE id = :from_group AND state = 'open'
            AND NOT EXISTS (SELECT 1 FROM question WHERE question.group_id = question_group.id)
        """,
        from_group=from_group,
        to_group=to_group,
        now=unit.now_ms,
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
    """A person put the first into the other: they are kept apart no more, and whoever was to answer the first is to
    answer the other, unless somebody is to already."""
    unit.stage(
        """
        UPDATE question_group SET handed_to = (SELECT g.handed_to FROM question_group g WHERE g.id = :group_id)
        WHERE id = :other_id AND handed_to IS NULL
        """,
        group_id=group_id,
        other_id=other_id,
    )
    unit.stage(
        "DELETE FROM group_apart WHERE group_id = :one AND other_id = :other",
        one=min(group_id, other_id),
        other=max(group_id, other_id),
    )


def close_empty(unit: Unit) -> None:
    """Closes groups whose questions were all taken back, forgotten or given up."""
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
