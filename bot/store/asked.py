"""Statements about the questions in the groups: what was asked, who wants to be written to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from bot.store.database import Store
from bot.store.records import QUESTIONS, Question, milliseconds, moment
from bot.store.unit import Row, Staged, Unit


class WordingRow(NamedTuple):
    """A question by what it says."""

    id: int
    key: str
    group_id: int
    text: str
    language: str
    fact: str
    """The service whose fact it says to be wrong; "" for a question."""


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A question as the groups see it."""

    id: int
    group_id: int | None
    key: str
    text: str
    language: str
    outcome: str
    asked_at: datetime
    asker: str
    chat_id: int | None
    needs: tuple[str, ...]
    service: str
    joined: str


async def asked_in(store: Store, group_id: int) -> tuple[AskedRow, ...]:
    """The questions of a group, oldest first."""
    return await _asked(store, "group_id = :group_id", group_id=group_id)


async def asked(store: Store, question_id: int) -> AskedRow | None:
    """One question; None: it is not kept (any more)."""
    return next(iter(await _asked(store, "id = :id", id=question_id)), None)


async def asked_by_key(store: Store, key: str) -> AskedRow | None:
    """The question that a person's button means."""
    return next(iter(await _asked(store, "key = :key AND key <> ''", key=key)), None)


async def wordings(store: Store, state: str) -> tuple[WordingRow, ...]:
    """What is asked in all groups of a state; few columns, because there may be thousands."""
    rows = await store.read(
        """
        SELECT q.id, q.key, q.group_id, q.text, q.language, CASE WHEN q.outcome = 'fact' THEN q.service ELSE '' END
        FROM question q JOIN question_group g ON g.id = q.group_id WHERE g.state = :state ORDER BY q.id
        """,
        state=state,
    )
    return tuple(WordingRow(*row) for row in rows)


def keep(unit: Unit, question: Question, group_id: int | None, joined: str) -> None:
    """Keeps a question in a group. One that is kept already (same key) stays one row: it joins the group unless it is
    in one, and a wish for a person outranks its other outcomes."""
    unit.stage(
        """
        UPDATE question SET
            outcome = CASE WHEN outcome = 'person' THEN outcome ELSE :outcome END,
            joined = CASE WHEN group_id IS NULL THEN :joined ELSE joined END,
            group_id = COALESCE(group_id, :group_id)
        WHERE key = :key AND key <> ''
        """,
        key=question.key,
        outcome=question.outcome,
        group_id=group_id,
        joined=joined,
    )
    unit.stage(
        """
        INSERT INTO question
            (key, asked_at, language, text, outcome, needs, service, urgent, chat_id, asker, group_id, joined)
        SELECT :key, :asked_at, :language, :text, :outcome, :needs, :service, 0, :chat_id, :asker,
            COALESCE((SELECT merged_into FROM question_group WHERE id = :group_id), :group_id), :joined
        WHERE NOT EXISTS (SELECT 1 FROM question WHERE key = :key AND key <> '')
        """,
        key=question.key,
        asked_at=milliseconds(question.asked_at),
        language=question.language,
        text=question.text,
        outcome=question.outcome,
        needs=json.dumps(list(question.needs)),
        service=question.service,
        chat_id=question.chat_id,
        asker=question.asker,
        group_id=group_id,
        joined=joined,
    )


OFFERED: Final = "offered"
"""Stands in the column ``joined`` while needs are offered for a question and none is chosen yet."""


def offer(unit: Unit, question: Question) -> None:
    """Keeps a question outside all groups until its asker chooses or leaves; takes the place of an earlier one of
    theirs."""
    withdraw_offer(unit, question.asker)
    keep(unit, question, None, OFFERED)


def withdraw_offer(unit: Unit, asker: str) -> None:
    """They chose, or were answered otherwise."""
    unit.stage(
        "DELETE FROM question WHERE asker = :asker AND asker <> '' AND joined = :offered AND group_id IS NULL",
        asker=asker,
        offered=OFFERED,
    )


async def offered(store: Store, before: datetime | None = None) -> tuple[AskedRow, ...]:
    """Questions for which needs were offered (until ``before``) and none is chosen yet."""
    where = "joined = :offered AND group_id IS NULL AND asked_at <= :before"
    latest = 2**62 if before is None else milliseconds(before)
    return await _asked(store, where, offered=OFFERED, before=latest)


def note_wrong(unit: Unit, key: str, code: str) -> None:
    """Notes which fact the report is about, in the column ``joined``."""
    unit.stage(
        "UPDATE question SET joined = :code WHERE key = :key AND key <> '' AND outcome = 'fact'", key=key, code=code
    )


def note_words(unit: Unit, key: str, text: str) -> None:
    """What the person wrote about the wrong fact, redacted."""
    unit.stage(
        "UPDATE question SET text = :text WHERE key = :key AND key <> '' AND outcome = 'fact'", key=key, text=text
    )


def write_to_me(unit: Unit, key: str, chat_id: int | None) -> Staged:
    """The person says "Yes, write to me" (their chat), or takes it back (None)."""
    staged = unit.stage(
        "UPDATE question SET chat_id = :chat_id WHERE key = :key AND key <> '' RETURNING id, group_id",
        key=key,
        chat_id=chat_id,
    )
    staged.erases = chat_id is None
    return staged


def cannot_be_written_to(unit: Unit, chat_id: int) -> None:
    """The chat is closed to us: nobody there waits for a message any more. Who comes back asks again."""
    unit.stage("UPDATE question SET chat_id = NULL WHERE chat_id = :chat_id", chat_id=chat_id).erases = True


_ASKED: Final = ("id", "group_id", "key", "text", "language", "outcome", "asked_at", "asker", "chat_id", "needs",
                 "service", "joined")  # fmt: skip


async def _asked(store: Store, where: str, **values: int | str) -> tuple[AskedRow, ...]:
    sql = f"SELECT {', '.join(_ASKED)} FROM question WHERE {where} ORDER BY id"
    return tuple(map(_asked_row, await store.read(sql, **values)))


def _asked_row(row: Row) -> AskedRow:
    number, group_id, key, text, language, outcome, asked_at, asker, chat_id, needs, service, joined = row
    return AskedRow(
        number, group_id, key, text, language, outcome, moment(asked_at), asker, chat_id, tuple(json.loads(needs)),
        service, joined,
    )  # fmt: skip


async def too_old(store: Store, before: datetime) -> tuple[AskedRow, ...]:
    """Questions of open groups that were asked before a moment."""
    where = "asked_at < :before AND group_id IN (SELECT id FROM question_group WHERE state = 'open')"
    return await _asked(store, where, before=milliseconds(before))


def give_up(unit: Unit, question_id: int) -> None:
    """Removes a question, also from the bytes of the file."""
    unit.stage("DELETE FROM question WHERE id = :id", id=question_id).erases = True
    unit.bump(QUESTIONS)
