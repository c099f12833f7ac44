"""Statements about the staff: who they are, the links by which they enter, their sessions, what they did."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Store
from bot.store.records import milliseconds, moment
from bot.store.unit import Row, Staged, Unit


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody of the staff as they are stored."""

    id: int
    telegram_id: int | None
    name: str
    role: str
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    added_at: datetime
    removed_at: datetime | None
    chosen: str
    """The language that they chose in the chat; "" as long as they chose none."""


@dataclass(frozen=True, slots=True)
class ActRow:
    """What somebody of the staff did."""

    id: int
    staff_id: int
    act: str
    group_id: int | None
    detail: str
    done_at: datetime


async def staff(store: Store) -> tuple[StaffRow, ...]:
    """Everybody, also those who left and are still named in the log of acts."""
    found = await store.read(
        """
        SELECT s.id, s.telegram_id, s.name, s.role, s.languages, s.topics, s.added_at, s.removed_at, p.locale
        FROM staff s LEFT JOIN person p ON p.chat_id = s.telegram_id ORDER BY s.name, s.id
        """
    )
    return tuple(map(_staff, found))


def add_staff(
    unit: Unit, *, telegram_id: int | None, name: str, role: str, languages: Sequence[str], topics: Sequence[str]
) -> Staged:
    """Adds somebody; after the commit ``rows[0][0]`` is their id. Whoever works here with the same Telegram id keeps
    their id and gets what is given now; somebody who left is not known by it any more."""
    return unit.stage(
        """
        INSERT INTO staff (telegram_id, name, role, languages, topics, added_at)
        VALUES (:telegram_id, :name, :role, :languages, :topics, :now)
        ON CONFLICT (telegram_id) DO UPDATE SET name = excluded.name, role = excluded.role,
            languages = excluded.languages, topics = excluded.topics, removed_at = NULL
        RETURNING id
        """,
        telegram_id=telegram_id,
        name=name,
        role=role,
        languages=json.dumps(list(languages)),
        topics=json.dumps(list(topics)),
        now=unit.now_ms,
    )


def add_first_staff(unit: Unit, *, telegram_id: int, name: str, role: str) -> Staged:
    """The same, only as long as nobody was ever there."""
    return unit.stage(
        """
        INSERT INTO staff (telegram_id, name, role, languages, topics, added_at)
        SELECT :telegram_id, :name, :role, '[]', '[]', :now
        WHERE NOT EXISTS (SELECT 1 FROM staff WHERE added_at < :now)
        ON CONFLICT (telegram_id) DO NOTHING
        """,
        telegram_id=telegram_id,
        name=name,
        role=role,
        now=unit.now_ms,
    )


def change_staff(
    unit: Unit, staff_id: int, *, name: str, role: str, languages: Sequence[str], topics: Sequence[str],
    telegram_id: int | None,
) -> Staged:  # fmt: skip
    """Decides: whether this person is (still) there, is not the last admin who stops being one, and nobody else has the
    Telegram id. Whoever does not answer (any more) keeps no question from those who do."""
    staged = unit.decide(
        f"""
        UPDATE staff SET name = :name, role = :role, languages = :languages, topics = :topics,
            telegram_id = :telegram_id
        WHERE id = :id AND removed_at IS NULL AND (:role = 'admin' OR {_NOT_THE_LAST_ADMIN})
            AND NOT EXISTS (SELECT 1 FROM staff other WHERE other.telegram_id = :telegram_id AND other.id <> :id)
        """,
        id=staff_id,
        name=name,
        role=role,
        languages=json.dumps(list(languages)),
        topics=json.dumps(list(topics)),
        telegram_id=telegram_id,
    )
    if role == "translator":
        _free_questions(unit, staff_id)
    return staged


def remove_staff(unit: Unit, staff_id: int) -> Staged:
    """Ends sessions, links and claims with the person. Decides: whether they were there, and are not the last admin."""
    staged = unit.decide(
        f"""
        UPDATE staff SET removed_at = :now, telegram_id = NULL
        WHERE id = :id AND removed_at IS NULL AND {_NOT_THE_LAST_ADMIN}
        """,
        id=staff_id,
        now=unit.now_ms,
    )
    end_sessions(unit, staff_id)
    unit.stage("DELETE FROM staff_link WHERE staff_id = :id", id=staff_id)
    _free_questions(unit, staff_id)
    return staged


def _free_questions(unit: Unit, staff_id: int) -> None:
    """What this person works on, or was to answer, is anybody's again."""
    unit.stage(
        "UPDATE question_group SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by = :id AND state = 'open'",
        id=staff_id,
    )
    unit.stage("UPDATE question_group SET handed_to = NULL WHERE handed_to = :id", id=staff_id)


_NOT_THE_LAST_ADMIN = """
    (role <> 'admin' OR (SELECT COUNT(*) FROM staff WHERE role = 'admin' AND removed_at IS NULL) > 1)
"""


# --- links and sessions -----------------------------------------------------------------------------------------


def add_link(unit: Unit, token_hash: str, staff_id: int, expires_at: datetime) -> None:
    """Keeps a one-time link by its hash, until ``expires_at``."""
    unit.stage(
        """
        INSERT INTO staff_link (token_hash, staff_id, made_at, expires_at)
        VALUES (:token_hash, :staff_id, :now, :expires_at)
        """,
        token_hash=token_hash,
        staff_id=staff_id,
        now=unit.now_ms,
        expires_at=milliseconds(expires_at),
    )


async def link_owner(store: Store, token_hash: str) -> int | None:
    """Whose link it is, if it can still be redeemed."""
    rows = await store.read(
        """
        SELECT staff.id FROM staff_link JOIN staff ON staff.id = staff_link.staff_id
        WHERE token_hash = :token_hash AND used_at IS NULL AND expires_at > :now AND removed_at IS NULL
        """,
        token_hash=token_hash,
        now=milliseconds(store.now()),
    )
    return int(rows[0][0]) if rows else None


def redeem_link(unit: Unit, link_hash: str, session_hash: str, csrf: str, expires_at: datetime) -> Staged:
    """A session for a link; ``rows`` is empty if the link is unknown, used, too old, or its owner was removed."""
    used = unit.decide(
        """
        UPDATE staff_link SET used_at = :now
        WHERE token_hash = :token_hash AND used_at IS NULL AND expires_at > :now
            AND EXISTS (SELECT 1 FROM staff WHERE staff.id = staff_link.staff_id AND removed_at IS NULL)
        RETURNING staff_id
        """,
        token_hash=link_hash,
        now=unit.now_ms,
    )
    unit.stage(
        """
        INSERT INTO staff_session (token_hash, staff_id, csrf, made_at, expires_at)
        SELECT :session_hash, staff_id, :csrf, :now, :expires_at FROM staff_link WHERE token_hash = :link_hash
        """,
        session_hash=session_hash,
        link_hash=link_hash,
        csrf=csrf,
        now=unit.now_ms,
        expires_at=milliseconds(expires_at),
    )
    return used


async def session(store: Store, token_hash: str) -> tuple[int, str] | None:
    """Staff id and CSRF token of a session that is still good."""
    rows = await store.read(
        """
        SELECT staff_id, csrf FROM staff_session
        WHERE token_hash = :token_hash AND expires_at > :now
        """,
        token_hash=token_hash,
        now=milliseconds(store.now()),
    )
    return (int(rows[0][0]), str(rows[0][1])) if rows else None


def end_session(unit: Unit, token_hash: str) -> None:
    unit.stage("DELETE FROM staff_session WHERE token_hash = :token_hash", token_hash=token_hash)


def end_sessions(unit: Unit, staff_id: int) -> None:
    unit.stage("DELETE FROM staff_session WHERE staff_id = :staff_id", staff_id=staff_id)


# --- the log of acts --------------------------------------------------------------------------------------------


def log_act(unit: Unit, staff_id: int, act: str, group_id: int | None = None, detail: str = "") -> None:
    """``detail``: what was chosen; never what a person wrote."""
    unit.stage(
        """
        INSERT INTO staff_action (staff_id, act, group_id, detail, done_at)
        VALUES (:staff_id, :act, :group_id, :detail, :now)
        """,
        staff_id=staff_id,
        act=act,
        group_id=group_id,
        detail=detail,
        now=unit.now_ms,
    )


async def acts(store: Store, *, group_id: int | None = None, limit: int = 200) -> tuple[ActRow, ...]:
    """The newest acts, newest first; of one group or of all."""
    rows = await store.read(
        """
        SELECT id, staff_id, act, group_id, detail, done_at FROM staff_action
        WHERE :group_id IS NULL OR group_id = :group_id ORDER BY id DESC LIMIT :limit
        """,
        group_id=group_id,
        limit=limit,
    )
    return tuple(ActRow(number, by, act, group, detail, moment(at)) for number, by, act, group, detail, at in rows)


async def acts_named(store: Store, act: str) -> tuple[ActRow, ...]:
    """All acts of one kind that are kept, oldest first."""
    rows = await store.read(
        "SELECT id, staff_id, act, group_id, detail, done_at FROM staff_action WHERE act = :act ORDER BY id", act=act
    )
    return tuple(ActRow(number, by, name, group, detail, moment(at)) for number, by, name, group, detail, at in rows)


def _staff(row: Row) -> StaffRow:
    number, telegram_id, name, role, languages, topics, added_at, removed_at, chosen = row
    return StaffRow(
        number,
        telegram_id,
        name,
        role,
        tuple(json.loads(languages)),
        tuple(json.loads(topics)),
        moment(added_at),
        None if removed_at is None else moment(removed_at),
        chosen or "",
    )
