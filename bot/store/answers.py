"""Statements about the answers that the staff gave for everybody, and who gets them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.store.database import Store
from bot.store.records import CLOSED_TO_US, milliseconds, moment
from bot.store.unit import Row, Staged, Unit


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A general answer as it is stored."""

    id: int
    group_id: int
    staff_id: int
    language: str
    pieces: tuple[str, ...]
    texts: Mapping[str, str]
    approved: tuple[str, ...]
    state: str
    made_at: datetime
    send_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """Who gets an answer, or got it."""

    answer_id: int
    chat_id: int
    language: str
    state: str


_ANSWER: Final = (
    "SELECT id, group_id, staff_id, language, pieces, texts, approved, state, made_at, send_at, sent_at FROM answer"
)


async def answers(store: Store, *, group_id: int | None = None, only_used: bool = False) -> tuple[AnswerRow, ...]:
    """Answers, oldest first; of one group or of all; ``only_used``: not taken back."""
    rows = await store.read(
        f"""
        {_ANSWER}
        WHERE (:group_id IS NULL OR group_id = :group_id) AND (:only_used = 0 OR state <> 'undone') ORDER BY id
        """,
        group_id=group_id,
        only_used=int(only_used),
    )
    return tuple(map(_answer, rows))


async def answer(store: Store, answer_id: int) -> AnswerRow | None:
    """One answer, also one that was taken back; None: there is none."""
    rows = await store.read(f"{_ANSWER} WHERE id = :id", id=answer_id)
    return _answer(rows[0]) if rows else None


async def due_answers(store: Store) -> tuple[AnswerRow, ...]:
    """Answers whose time to be taken back is over and that are not sent yet."""
    rows = await store.read(
        f"{_ANSWER} WHERE state <> 'undone' AND sent_at IS NULL AND send_at <= :now ORDER BY id",
        now=milliseconds(store.now()),
    )
    return tuple(map(_answer, rows))


def add_answer(
    unit: Unit,
    *,
    group_id: int,
    staff_id: int,
    language: str,
    pieces: Sequence[str],
    texts: Mapping[str, str],
    approved: Iterable[str],
    send_at: datetime,
) -> Staged:
    """After the commit ``rows[0][0]`` is its id."""
    return unit.stage(
        """
        INSERT INTO answer (group_id, staff_id, language, pieces, texts, approved, state, made_at, send_at)
        VALUES (:group_id, :staff_id, :language, :pieces, :texts, :approved, 'live', :now, :send_at)
        RETURNING id
        """,
        group_id=group_id,
        staff_id=staff_id,
        language=language,
        pieces=_json(list(pieces)),
        texts=_json(dict(texts)),
        approved=_json(sorted(approved)),
        now=unit.now_ms,
        send_at=milliseconds(send_at),
    )


def add_text(unit: Unit, answer_id: int, language: str, text: str) -> Staged:
    """Adds a translation; one that somebody else adds in another language at the same moment stays too. Decides: the
    answer is in use."""
    return unit.decide(
        """
        UPDATE answer SET texts = json_set(texts, '$."' || :language || '"', :text), approved = (
            SELECT json_group_array(value) FROM
            (SELECT value FROM json_each(answer.approved) UNION SELECT :language ORDER BY 1)
        )
        WHERE id = :id AND state = 'live'
        """,
        id=answer_id,
        language=language,
        text=text,
    )


def begin_broadcast(unit: Unit, answer_id: int) -> Staged:
    """Decides: not taken back, and not sent yet."""
    return unit.decide(
        "UPDATE answer SET sent_at = :now WHERE id = :id AND state <> 'undone' AND sent_at IS NULL AND send_at <= :now",
        id=answer_id,
        now=unit.now_ms,
    )


def undo_answer(unit: Unit, answer_id: int) -> Staged:
    """Takes an answer back: it answers nobody any more and what waits to be sent is not sent. Decides: in use."""
    staged = unit.decide(
        "UPDATE answer SET state = 'undone', undone_at = :now WHERE id = :id AND state = 'live' RETURNING group_id",
        id=answer_id,
        now=unit.now_ms,
    )
    unit.stage("UPDATE phrase SET state = 'withdrawn' WHERE answer_id = :id AND state = 'live'", id=answer_id)
    unit.stage(
        """
        DELETE FROM outbox WHERE state = 'waiting' AND tries = 0 AND key LIKE 'answer:' || :id || ':%'
        """,
        id=answer_id,
    )
    unit.stage(
        """
        UPDATE delivery SET state = 'withdrawn', changed_at = :now
        WHERE answer_id = :id AND state = 'waiting' AND NOT EXISTS
            (SELECT 1 FROM outbox WHERE outbox.key = 'answer:' || answer_id || ':' || delivery.chat_id)
        """,
        id=answer_id,
        now=unit.now_ms,
    )
    return staged


# --- who gets it ------------------------------------------------------------------------------------------------


def plan_delivery(
    unit: Unit, *, answer_id: int, question_id: int | None, chat_id: int, language: str, state: str = "waiting"
) -> None:
    """One row for each answer and chat; somebody who has it already is left as they are."""
    unit.stage(
        """
        INSERT INTO delivery (answer_id, question_id, chat_id, language, state, made_at, changed_at)
        VALUES (:answer_id, :question_id, :chat_id, :language, :state, :now, :now)
        ON CONFLICT (answer_id, chat_id) DO NOTHING
        """,
        answer_id=answer_id,
        question_id=question_id,
        chat_id=chat_id,
        language=language,
        state=state,
        now=unit.now_ms,
    )


def note_shown(unit: Unit, answer_id: int, chat_id: int, language: str) -> None:
    """The person opened the answer in this language, perhaps another one than they asked in."""
    unit.stage(
        """
        UPDATE delivery SET state = 'shown', language = :language, changed_at = :now
        WHERE answer_id = :answer_id AND chat_id = :chat_id AND state IN ('waiting', 'sent', 'shown')
        """,
        language=language,
        answer_id=answer_id,
        chat_id=chat_id,
        now=unit.now_ms,
    )


def note_sent(unit: Unit) -> None:
    """Notes what became of broadcasts in the outbox: ``sent``, or ``gone`` when they failed."""
    for state, sent in (("sent", "sent"), ("failed", "gone")):
        unit.stage(
            """
            UPDATE delivery SET state = :sent, changed_at = :now
            WHERE state = 'waiting' AND EXISTS (
                SELECT 1 FROM outbox
                WHERE outbox.key = 'answer:' || answer_id || ':' || delivery.chat_id AND outbox.state = :state
            )
            """,
            state=state,
            sent=sent,
            now=unit.now_ms,
        )


def withdraw_news(unit: Unit, key: str) -> None:
    """Withdraws the message that still waits for the morning: the asker of the question wants none any more."""
    unit.stage(
        """
        DELETE FROM outbox WHERE state = 'waiting' AND tries = 0 AND key IN (
            SELECT 'answer:' || d.answer_id || ':' || d.chat_id
            FROM delivery d JOIN question q ON q.id = d.question_id WHERE q.key = :key AND q.key <> ''
        )
        """,
        key=key,
    ).erases = True
    unit.stage(
        """
        UPDATE delivery SET state = 'withdrawn', changed_at = :now
        WHERE state = 'waiting' AND question_id = (SELECT id FROM question WHERE key = :key AND key <> '')
            AND NOT EXISTS
            (SELECT 1 FROM outbox WHERE outbox.key = 'answer:' || answer_id || ':' || delivery.chat_id)
        """,
        key=key,
        now=unit.now_ms,
    )


def note_told(unit: Unit, answer_id: int, chat_id: int) -> None:
    """The person knows that the answer was taken back."""
    unit.stage(
        """
        UPDATE delivery SET state = 'withdrawn', changed_at = :now
        WHERE answer_id = :answer_id AND chat_id = :chat_id
        """,
        answer_id=answer_id,
        chat_id=chat_id,
        now=unit.now_ms,
    )


def forget_direct(unit: Unit) -> None:
    """Forgets who was given an answer in the talk itself, as soon as it can no longer be taken back unnoticed."""
    unit.stage(
        """
        DELETE FROM delivery WHERE question_id IS NULL AND answer_id IN
            (SELECT id FROM answer WHERE state <> 'undone' AND send_at <= :now)
        """,
        now=unit.now_ms,
    )


async def has_waiting(store: Store) -> bool:
    """Whether ``note_sent`` or ``forget_direct`` may have something to do."""
    rows = await store.read("SELECT 1 FROM delivery WHERE state = 'waiting' OR question_id IS NULL LIMIT 1")
    return bool(rows)


async def to_be_told(store: Store) -> tuple[DeliveryRow, ...]:
    """Who has an answer that was taken back since."""
    rows = await store.read(
        """
        SELECT d.answer_id, d.chat_id, d.language, d.state FROM delivery d JOIN answer a ON a.id = d.answer_id
        WHERE a.state = 'undone' AND d.state IN ('sent', 'shown') ORDER BY d.id
        """
    )
    return tuple(DeliveryRow(*row) for row in rows)


async def receivers(store: Store, answer_id: int) -> frozenset[int]:
    """The chats that have an answer or are about to get it."""
    rows = await store.read("SELECT chat_id FROM delivery WHERE answer_id = :id", id=answer_id)
    return frozenset(int(chat_id) for (chat_id,) in rows)


async def shown_in(store: Store, answer_id: int, language: str) -> tuple[int, ...]:
    """Chats of people who wanted to be written to and opened the message in this language."""
    rows = await store.read(
        """
        SELECT chat_id FROM delivery
        WHERE answer_id = :id AND language = :language AND state = 'shown' AND question_id IS NOT NULL ORDER BY id
        """,
        id=answer_id,
        language=language,
    )
    return tuple(int(chat_id) for (chat_id,) in rows)


async def deliveries(store: Store, answer_id: int) -> Mapping[str, int]:
    """State → number of people. ``failed`` instead of ``gone``: Telegram refused the message although the chat is open,
    so the fault is ours. The two are told apart as long as the outbox keeps the reason."""
    rows = await store.read(
        """
        SELECT CASE WHEN d.state = 'gone' AND o.error <> :closed THEN 'failed' ELSE d.state END AS became, COUNT(*)
        FROM delivery d LEFT JOIN outbox o
            ON d.state = 'gone' AND o.key = 'answer:' || d.answer_id || ':' || d.chat_id
        WHERE d.answer_id = :id GROUP BY became
        """,
        id=answer_id,
        closed=CLOSED_TO_US,
    )
    return dict(rows)


# --- inside -----------------------------------------------------------------------------------------------------


def _answer(row: Row) -> AnswerRow:
    number, group_id, staff_id, language, pieces, texts, approved, state, made_at, send_at, sent_at = row
    return AnswerRow(
        number, group_id, staff_id, language, tuple(json.loads(pieces)), json.loads(texts), tuple(json.loads(approved)),
        state, moment(made_at), moment(send_at), None if sent_at is None else moment(sent_at),
    )  # fmt: skip


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=isinstance(value, dict))
