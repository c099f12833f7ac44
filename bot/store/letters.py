"""Statements about letters between the staff and one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.store.database import Store
from bot.store.records import CLOSED_TO_US, moment
from bot.store.unit import Row, Staged, Unit


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter as it is stored; its text is redacted."""

    id: int
    group_id: int
    question_id: int | None
    chat_id: int | None
    staff_id: int | None
    kind: str
    language: str
    text: str
    made_at: datetime
    goes_out_at: datetime | None = None
    """It waits for the morning until then."""
    failure: str = ""
    """Why it did not arrive, as long as the outbox knows: ``gone`` (the chat is closed to us) or ``failed``."""


def letter_key(question_id: int, made_at_ms: int) -> str:
    """The outbox key of a letter of the staff."""
    return f"letter:{question_id}:{made_at_ms}"


def withdraw_letters(unit: Unit, key: str) -> None:
    """Withdraws the letters about a question that still wait for the morning: the person wants none any more."""
    unit.stage(
        """
        DELETE FROM outbox WHERE state = 'waiting' AND due_at IS NOT NULL AND key IN (
            SELECT 'letter:' || l.question_id || ':' || l.made_at
            FROM letter l JOIN question q ON q.id = l.question_id WHERE q.key = :key AND q.key <> ''
        )
        """,
        key=key,
    ).erases = True


def add_letter(
    unit: Unit,
    *,
    group_id: int,
    question_id: int | None,
    chat_id: int | None,
    staff_id: int | None,
    kind: str,
    language: str,
    text: str,
) -> Staged:
    """Keeps a letter between a counsellor and one person."""
    return unit.stage(
        """
        INSERT INTO letter (group_id, question_id, chat_id, staff_id, kind, language, text, made_at)
        VALUES (:group_id, :question_id, :chat_id, :staff_id, :kind, :language, :text, :now)
        RETURNING id
        """,
        group_id=group_id,
        question_id=question_id,
        chat_id=chat_id,
        staff_id=staff_id,
        kind=kind,
        language=language,
        text=text,
        now=unit.now_ms,
    )


def follow_questions(unit: Unit, from_group: int) -> None:
    """What was written about a question goes with it, after questions left ``from_group``: a talk is read whole where
    its question stands."""
    unit.stage(
        """
        UPDATE letter SET group_id = q.group_id FROM question q
        WHERE letter.group_id = :from_group AND q.id = letter.question_id AND q.group_id <> :from_group
        """,
        from_group=from_group,
    )


async def letters(store: Store, group_id: int) -> tuple[LetterRow, ...]:
    """The letters about a group, oldest first."""
    rows = await store.read(f"{_LETTER} WHERE group_id = :group_id ORDER BY id", group_id=group_id, closed=CLOSED_TO_US)
    return tuple(map(_letter, rows))


async def last_letter(store: Store, question_id: int, chat_id: int) -> LetterRow | None:
    """The last letter of the staff about a question to this chat."""
    rows = await store.read(
        f"""
        {_LETTER} WHERE question_id = :question_id AND chat_id = :chat_id AND kind <> 'from-person'
        ORDER BY id DESC LIMIT 1
        """,
        question_id=question_id,
        chat_id=chat_id,
        closed=CLOSED_TO_US,
    )
    return _letter(rows[0]) if rows else None


async def key_of_message(store: Store, chat_id: int, message_id: int) -> str:
    """The outbox key of one of our messages in a chat, or ""."""
    rows = await store.read(
        "SELECT key FROM outbox WHERE chat_id = :chat_id AND message_id = :message_id",
        chat_id=chat_id,
        message_id=message_id,
    )
    return str(rows[0][0]) if rows else ""


async def heard_at(store: Store, question_id: int) -> datetime | None:
    """When the person wrote last about a question, apart from the question itself."""
    rows = await store.read(
        "SELECT MAX(made_at) FROM letter WHERE question_id = :question_id AND kind = 'from-person'",
        question_id=question_id,
    )
    return None if rows[0][0] is None else moment(rows[0][0])


_LETTER: Final = """
    SELECT id, group_id, question_id, chat_id, staff_id, kind, language, text, made_at,
        (SELECT o.due_at FROM outbox o
        WHERE o.key = 'letter:' || letter.question_id || ':' || letter.made_at AND o.state = 'waiting'),
        (SELECT CASE WHEN o.error = :closed THEN 'gone' ELSE 'failed' END FROM outbox o
        WHERE o.key = 'letter:' || letter.question_id || ':' || letter.made_at AND o.state = 'failed')
    FROM letter
"""


def _letter(row: Row) -> LetterRow:
    number, group_id, question_id, chat_id, staff_id, kind, language, text, made_at, due_at, failure = row
    return LetterRow(
        number, group_id, question_id, chat_id, staff_id, kind, language, text, moment(made_at),
        None if due_at is None else moment(due_at), failure or "",
    )  # fmt: skip
