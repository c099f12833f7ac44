"""Statements about learnt ways of asking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.store.database import Store
from bot.store.unit import Unit


@dataclass(frozen=True, slots=True)
class PhraseRow:
    """A learnt way of asking: it means a need, or an answer."""

    id: int
    language: str
    need: str
    answer_id: int | None
    text: str
    state: str
    group_id: int | None


def add_phrase(
    unit: Unit, *, language: str, need: str = "", to_last_answer_of: int | None = None, text: str, staff_id: int,
    group_id: int | None,
) -> None:  # fmt: skip
    """A way of asking that means a need, or the newest answer of a group (``to_last_answer_of``)."""
    unit.stage(
        """
        INSERT INTO phrase (language, need, answer_id, text, staff_id, group_id, state, made_at)
        VALUES (:language, :need,
            (SELECT MAX(id) FROM answer WHERE group_id = :answered AND :answered IS NOT NULL),
            :text, :staff_id, :group_id, 'live', :now)
        """,
        language=language,
        need=need,
        answered=to_last_answer_of,
        text=text,
        staff_id=staff_id,
        group_id=group_id,
        now=unit.now_ms,
    )


async def phrases(store: Store) -> tuple[PhraseRow, ...]:
    """The learnt phrases in use, oldest first. Those that were exported into the content are among them: the bot may
    run an older content."""
    rows = await store.read(
        "SELECT id, language, need, answer_id, text, state, group_id FROM phrase WHERE state <> 'withdrawn' ORDER BY id"
    )
    return tuple(PhraseRow(*row) for row in rows)


def withdraw_phrases(unit: Unit, group_id: int) -> None:
    """What was learnt from a group holds no more."""
    unit.stage("UPDATE phrase SET state = 'withdrawn' WHERE group_id = :group_id AND state = 'live'", group_id=group_id)


def note_exported(unit: Unit, phrases: Iterable[PhraseRow]) -> None:
    """Notes that these phrases stand in the content, each under the need that it names; and the answers that became a
    need."""
    for phrase in phrases:
        unit.stage(
            "UPDATE phrase SET state = 'exported', need = :need WHERE id = :id AND state = 'live'",
            id=phrase.id,
            need=phrase.need,
        )
        unit.stage("UPDATE answer SET state = 'exported' WHERE id = :id AND state = 'live'", id=phrase.answer_id or 0)
