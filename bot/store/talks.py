"""What a person may see and save of what is kept of their chat: the talk of a day, and every table that knows them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.model import SaidLine, Side, Trace
from bot.store.database import Store
from bot.store.records import milliseconds, moment
from bot.store.traces import TRACES
from bot.store.unit import Unit

DAY: Final = timedelta(days=1)
_WORDS = ("question", "letter", "talk")
"""Tables that keep words."""


def keep_line(unit: Unit, chat_id: int, speaker: Side, text: str, at: datetime | None = None) -> None:
    """Keeps what was said, redacted, so that the person can save it; never of an urgent talk, never of a group.

    ``at``: when it will reach the person, if not now; before that it belongs to no talk.
    """
    unit.stage(
        "INSERT INTO talk (chat_id, speaker, text, said_at) VALUES (:chat_id, :speaker, :text, :said_at)",
        chat_id=chat_id,
        speaker=speaker,
        text=text,
        said_at=unit.now_ms if at is None else milliseconds(at),
    )


def forget_unsent_lines(unit: Unit, key: str) -> None:
    """Takes out of the talk what a counsellor wrote about a question, if it has not gone out yet: it never will."""
    unit.stage(
        """
        DELETE FROM talk WHERE speaker = 'counsellor' AND said_at > :now AND EXISTS (
            SELECT 1 FROM letter l JOIN question q ON q.id = l.question_id
            WHERE q.key = :key AND q.key <> '' AND l.chat_id = talk.chat_id AND l.text = talk.text
        )
        """,
        key=key,
        now=unit.now_ms,
    ).erases = True


def forget_lines(unit: Unit, chat_id: int, key: str) -> None:
    """Takes the words of a question out of the talk, because the person takes it back. To be staged before the question
    itself goes."""
    unit.stage(
        """
        DELETE FROM talk WHERE chat_id = :chat_id AND speaker = 'person' AND text <> '' AND EXISTS (
            SELECT 1 FROM question q WHERE q.key = :key AND q.key <> '' AND instr(q.text, talk.text) > 0
        )
        """,
        chat_id=chat_id,
        key=key,
    ).erases = True


async def lines_of(store: Store, chat_id: int) -> tuple[SaidLine, ...]:
    """What was said in a chat within the last day, in order."""
    rows = await store.read(
        """
        SELECT speaker, text, said_at FROM talk
        WHERE chat_id = :chat_id AND said_at >= :since AND said_at <= :now ORDER BY said_at, id
        """,
        chat_id=chat_id,
        since=milliseconds(store.now() - DAY),
        now=milliseconds(store.now()),
    )
    return tuple(SaidLine(speaker, text, moment(said)) for speaker, text, said in rows)


async def traces_of(store: Store, chat_id: int) -> tuple[Trace, ...]:
    """What is kept of a chat, table by table; no entry for a table that holds nothing of it."""
    found = []
    for table, since in TRACES.items():
        words = "text" if table in _WORDS else "''"
        whose = "chat_id = :chat_id"
        if table == "question":
            whose += " OR (asker = :asker AND asker <> '')"
        if table == "talk":
            whose += " AND said_at <= :now"  # a letter that waits for the morning is a letter, and nothing said yet
        rows = await store.read(
            # The names come from our own list, never from outside.
            f"SELECT {since}, {words} FROM {table} WHERE {whose} ORDER BY {since}",
            chat_id=chat_id,
            asker=store.asker(chat_id),
            now=milliseconds(store.now()),
        )
        if rows:
            texts = tuple(text for _, text in rows if text)
            found.append(Trace(table, len(rows), moment(rows[-1][0]), texts))
    return tuple(found)
