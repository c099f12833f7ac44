"""Statements about figures: how many people asked, how long they wait, and the sample of answered questions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.store.database import Store
from bot.store.records import milliseconds, moment
from bot.store.unit import Staged, Unit

KINDS: Final[Mapping[str, str]] = {
    "answered": "answered", "named": "answered", "follow-up": "answered",
    "asked": "asked-back",
    "unanswered": "unanswered", "foreign": "unanswered",
}  # fmt: skip
"""Outcome of a turn → what it is in the figures; small talk and pictures are no questions."""
JUDGED: Final = frozenset({"helpful", "wrong", "none-of-these"})
MOST_SAMPLED: Final = 200
"""Answered questions in the sample of one week."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure. ``language`` "" : all languages; ``need`` "": everything."""

    start: date
    name: str
    language: str
    need: str
    times: int
    people: int


@dataclass(frozen=True, slots=True)
class Wait:
    """A group of questions and how long its people waited, or wait."""

    group_id: int
    need: str
    people: int
    languages: tuple[str, ...]
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SampleRow:
    """An answered question that was drawn, without its asker."""

    id: int
    text: str
    language: str
    needs: tuple[str, ...]
    asked_at: datetime
    judgement: str | None


# --- writing ----------------------------------------------------------------------------------------------------


def tell_audience(
    unit: Unit, chat_id: int, outcome: str | None, count: str, day: date, language: str, need: str
) -> None:
    """Counts a turn, and its person once in each figure. Only figures that are shown are kept: the whole of a day; the
    whole of a week, by language and by need; of an urgent turn the month and the need alone."""
    if outcome == "urgent":
        _count(unit, chat_id, "month", day.replace(day=1), "urgent", "", "")
        _count(unit, chat_id, "month", day.replace(day=1), "urgent", "", need)
        return
    judged = count.partition(":")[0]
    names = [name for name in (KINDS.get(outcome or ""), judged if judged in JUDGED else None) if name]
    monday = day - timedelta(days=day.weekday())
    for name in names:
        cells = {
            ("day", day, "", ""),
            ("week", monday, "", ""),
            ("week", monday, language, ""),
            ("week", monday, "", need),
        }
        for period, start, its_language, its_need in sorted(cells):
            _count(unit, chat_id, period, start, name, its_language, its_need)


def _count(unit: Unit, chat_id: int, period: str, start: date, name: str, language: str, need: str) -> None:
    mark = unit.mark_of(chat_id, f"{period}|{start}|{name}|{language}|{need}")
    unit.stage(
        """
        INSERT INTO audience (period, start, name, language, need, times, people)
        SELECT :period, :start, :name, :language, :need, 1,
            CASE WHEN :mark = '' OR EXISTS (SELECT 1 FROM audience_mark WHERE mark = :mark) THEN 0 ELSE 1 END
        WHERE TRUE
        ON CONFLICT (period, start, name, language, need) DO UPDATE
        SET times = audience.times + 1, people = audience.people + excluded.people
        """,
        period=period,
        start=start.isoformat(),
        name=name,
        language=language,
        need=need,
        mark=mark,
    )
    if mark:
        unit.stage(
            "INSERT INTO audience_mark (mark, made_at) VALUES (:mark, :now) ON CONFLICT (mark) DO NOTHING",
            mark=mark,
            now=unit.now_ms,
        )


def draw(unit: Unit, text: str, language: str, needs: tuple[str, ...], since: datetime) -> Staged:
    """Puts an answered, redacted question into the sample unless ``MOST_SAMPLED`` are there since ``since``."""
    return unit.stage(
        """
        INSERT INTO sample (asked_at, language, text, needs)
        SELECT :now, :language, :text, :needs
        WHERE (SELECT COUNT(*) FROM sample WHERE asked_at >= :since) < :most
        """,
        now=unit.now_ms,
        language=language,
        text=text,
        needs=json.dumps(list(needs)),
        since=milliseconds(since),
        most=MOST_SAMPLED,
    )


def judge(unit: Unit, sample_id: int, judgement: str, before: str | None, staff_id: int) -> Staged:
    """Notes a colleague's ``right``, ``wrong`` or ``unclear``; a later one replaces an earlier one. Decides: the
    judgement is still ``before``, so nobody else has judged meanwhile."""
    return unit.decide(
        """
        UPDATE sample SET judgement = :judgement, staff_id = :staff_id, judged_at = :now
        WHERE id = :id AND COALESCE(judgement, '') = :before
        """,
        before=before or "",
        judgement=judgement,
        staff_id=staff_id,
        now=unit.now_ms,
        id=sample_id,
    )


# --- reading ----------------------------------------------------------------------------------------------------


async def cells(store: Store, period: str, since: date) -> tuple[Cell, ...]:
    """The figures of all days, weeks or months from ``since`` on, oldest first."""
    rows = await store.read(
        """
        SELECT start, name, language, need, times, people FROM audience
        WHERE period = :period AND start >= :since ORDER BY start, name, language, need
        """,
        period=period,
        since=since.isoformat(),
    )
    return tuple(Cell(date.fromisoformat(start), *rest) for start, *rest in rows)


async def waits(store: Store) -> tuple[Wait, ...]:
    """The groups of the queue that are open, and those answered within the time they are kept."""
    rows = await store.read(
        """
        SELECT g.id, g.need, COUNT(DISTINCT CASE WHEN q.asker = '' THEN 'q' || q.id ELSE q.asker END),
            GROUP_CONCAT(DISTINCT q.language), g.opened_at, g.closed_at
        FROM question_group g JOIN question q ON q.group_id = g.id
        WHERE g.drawer = 'queue' AND g.state IN ('open', 'answered') GROUP BY g.id ORDER BY g.id
        """
    )
    return tuple(
        Wait(
            number,
            need,
            people,
            tuple(sorted(filter(None, (languages or "").split(",")))),
            moment(opened),
            None if closed is None else moment(closed),
        )
        for number, need, people, languages, opened, closed in rows
    )


async def sample(store: Store) -> tuple[SampleRow, ...]:
    """The sample as it is kept, oldest first."""
    rows = await store.read("SELECT id, text, language, needs, asked_at, judgement FROM sample ORDER BY id")
    return tuple(
        SampleRow(number, text, language, tuple(json.loads(needs)), moment(at), judgement)
        for number, text, language, needs, at, judgement in rows
    )


async def judgements(store: Store, since: date) -> dict[tuple[str, str], int]:
    """(language, judgement) → how many of the sample were judged so in the weeks from ``since`` on."""
    prefix = "sample-"
    found = await store.read(
        """
        SELECT language, name, SUM(value) FROM counter
        WHERE name IN ('sample-right', 'sample-wrong', 'sample-unclear') AND day >= :since GROUP BY language, name
        """,
        since=since.isoformat(),
    )
    return {(language, name.removeprefix(prefix)): value for language, name, value in found if value > 0}
