"""Figures for people who plan the service: what is asked and answered, how long people wait. About nobody."""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import quantiles
from typing import Final, Literal, TypeAlias, get_args

from bot.grouping import things_in
from bot.guide import Guide
from bot.review.sampling import Judgement
from bot.review.suppression import FEWEST, hidden
from bot.store import Store
from bot.store import asked as asked_rows
from bot.store import figures as rows

WEEKS: Final = 8
"""So many weeks that are over are shown."""
DAYS: Final = 28
"""So many days that are over are shown."""
UNMET: Final = 15
"""Groups that are listed as "asked, and nobody answers"."""
THINGS: Final = 4
"""Things that name such a group, at most …"""
READ: Final = 60
"""… found in so many of its questions: each takes a millisecond, in which nobody is answered."""
Kind: TypeAlias = Literal["answered", "asked-back", "unanswered"]
KINDS: Final[tuple[Kind, ...]] = ("answered", "asked-back", "unanswered")


@dataclass(frozen=True, slots=True)
class Tally:
    """One line of a table. None: fewer than three people, or it would give such a number away."""

    key: str
    """A day or Monday (ISO 8601), a language code or a need's id."""
    answered: int | None
    asked_back: int | None
    unanswered: int | None

    @property
    def values(self) -> tuple[int | None, ...]:
        return (self.answered, self.asked_back, self.unanswered)


@dataclass(frozen=True, slots=True)
class Feedback:
    """Presses of "Was this right?" by need."""

    need: str
    helpful: int | None
    wrong: int | None


@dataclass(frozen=True, slots=True)
class Unmet:
    """What three people or more ask and nobody answers."""

    group_id: int
    need: str
    """The nearest need; "" when none was near."""
    people: int
    languages: tuple[str, ...]
    days: float
    things: tuple[str, ...] = ()
    """Everyday things (ids of the thesaurus) of which three of these people or more speak, the commonest first: what
    the group is about, in nobody's own words."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Times that people wait, in hours; None: fewer than three people."""

    groups: int | None
    people: int | None
    oldest_h: float | None
    median_h: float | None
    """Of the groups answered within the last 30 days."""
    ninth_decile_h: float | None


@dataclass(frozen=True, slots=True)
class Rate:
    """How the sample of a language was judged."""

    language: str
    right: int
    wrong: int
    unclear: int

    @property
    def judged(self) -> int:
        return self.right + self.wrong + self.unclear

    @property
    def interval(self) -> tuple[float, float]:
        """Of the share (0–1) of right answers among right and wrong: Wilson, 95 %."""
        return wilson(self.right, self.right + self.wrong)


@dataclass(frozen=True, slots=True)
class Urgent:
    """People in danger in a month; nothing tells of a day, a language or a need."""

    last_day: date
    people: int


@dataclass(frozen=True, slots=True)
class Overview:
    days: tuple[Tally, ...]
    weeks: tuple[Tally, ...]
    languages: tuple[Tally, ...]
    needs: tuple[Tally, ...]
    judged: tuple[Feedback, ...]
    urgent: tuple[tuple[str, str, int | None], ...]
    """First day of the month, need ("" for all), times."""
    unmet: tuple[Unmet, ...]
    waiting: Waiting
    rates: tuple[Rate, ...]


class Figures:
    """Reads; changes nothing. Every number that it hands out may be shown to anybody."""

    def __init__(self, store: Store, guide: Callable[[], Guide]) -> None:
        self._store = store
        self._guide = guide

    async def overview(self) -> Overview:
        """All figures as they are now."""
        today = self._guide().local(self._store.now()).date()
        monday = today - timedelta(days=today.weekday())
        # Only what is over: whoever looks at a running week again and again would see what one person adds to it.
        since = monday - timedelta(weeks=WEEKS)
        days = [cell for cell in await rows.cells(self._store, "day", since) if cell.start < today]
        weeks = [cell for cell in await rows.cells(self._store, "week", since) if cell.start < monday]
        months = await rows.cells(self._store, "month", (today - timedelta(days=330)).replace(day=1))
        months = tuple(cell for cell in months if cell.start < today.replace(day=1))
        waits = await rows.waits(self._store)
        return Overview(
            _days(cell for cell in days if cell.start >= today - timedelta(days=DAYS)),
            _weeks((cell for cell in weeks if not cell.language and not cell.need), days),
            _largest_first(_summed(weeks, lambda c: c.language)),
            _largest_first(_summed(weeks, lambda c: c.need)),
            _judged(weeks),
            _urgent(months),
            await self._unmet(waits),
            self._waiting(waits),
            await self.rates(),
        )

    async def urgent(self) -> Urgent | None:
        """How many people wrote urgent messages in the last month that is over; in the running one, whoever looks every
        day would see on which day the number grew. None: fewer than three people."""
        last = self._guide().local(self._store.now()).date().replace(day=1) - timedelta(days=1)
        first = last.replace(day=1)
        found = [cell for cell in await rows.cells(self._store, "month", first) if cell.start == first]
        people = sum(cell.people for cell in found if cell.name == "urgent" and not cell.need)
        return Urgent(last, people) if people >= FEWEST else None

    async def rates(self) -> tuple[Rate, ...]:
        """How the sample was judged, by language, of the last half year."""
        since = self._guide().local(self._store.now()).date() - timedelta(days=182)
        found = await rows.judgements(self._store, since)
        languages = sorted({language for language, _ in found})
        return tuple(Rate(code, *(found.get((code, word), 0) for word in get_args(Judgement))) for code in languages)

    async def _unmet(self, waits: Iterable[rows.Wait]) -> tuple[Unmet, ...]:
        now = self._store.now()
        still = [wait for wait in waits if wait.closed_at is None]
        # All who wait are told as one number too: without those of each group shown it tells of the others.
        gone = hidden({str(wait.group_id): wait.people for wait in still})
        found = [
            Unmet(wait.group_id, wait.need, wait.people, wait.languages, (now - wait.opened_at) / timedelta(days=1))
            for wait in still
            if wait.people and str(wait.group_id) not in gone
        ]
        most = sorted(found, key=lambda u: (-u.people, -u.days, u.group_id))[:UNMET]
        return tuple([replace(unmet, things=await self._things(unmet.group_id)) for unmet in most])

    async def _things(self, group_id: int) -> tuple[str, ...]:
        """See ``Unmet.things``."""
        people: dict[str, set[str]] = defaultdict(set)
        for row in (await asked_rows.asked_in(self._store, group_id))[:READ]:
            for thing in things_in(self._guide().matcher, row.text, row.language):
                people[thing].add(row.asker or f"question {row.id}")
            await asyncio.sleep(0)
        shared = [thing for thing, who in people.items() if len(who) >= FEWEST]
        return tuple(sorted(shared, key=lambda thing: -len(people[thing]))[:THINGS])

    def _waiting(self, waits: Iterable[rows.Wait]) -> Waiting:
        now = self._store.now()
        hour = timedelta(hours=1)
        waits = tuple(waits)
        still = [wait for wait in waits if wait.closed_at is None]
        done = [wait for wait in waits if wait.closed_at is not None]
        people = sum(wait.people for wait in still)
        times = sorted((wait.closed_at - wait.opened_at) / hour for wait in done if wait.closed_at is not None)
        enough = sum(wait.people for wait in done) >= FEWEST and len(times) > 1
        deciles = quantiles(times, n=10, method="inclusive") if enough else []
        shown = people >= FEWEST
        oldest = max(((now - wait.opened_at) / hour for wait in still), default=None)
        return Waiting(
            len(still) if shown or not still else None,
            people if shown or not people else None,
            oldest if shown else None,
            deciles[4] if deciles else None,
            deciles[8] if deciles else None,
        )


def wilson(right: int, judged: int) -> tuple[float, float]:
    """The 95 % interval of a share (0–1): Wilson's score, which holds for few and for extreme shares too."""
    if not judged:
        return 0.0, 1.0
    z = 1.96
    share = right / judged
    middle = share + z * z / (2 * judged)
    spread = z * math.sqrt(share * (1 - share) / judged + z * z / (4 * judged * judged))
    whole = 1 + z * z / judged
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


# --- inside -----------------------------------------------------------------------------------------------------


def _summed(cells: Iterable[rows.Cell], key: Callable[[rows.Cell], str]) -> tuple[Tally, ...]:
    """Weeks added up by language or need. Each week is looked at by itself before it is added: a week of two people
    stays out."""
    sums: dict[str, dict[str, int | None]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    by_week: dict[tuple[date, str], dict[str, tuple[int, int]]] = defaultdict(dict)
    for cell in cells:
        if key(cell) and cell.name in KINDS:
            by_week[cell.start, cell.name][key(cell)] = (cell.times, cell.people)
            _ = sums[key(cell)]  # a key of which everything is hidden has its line all the same
    some: dict[tuple[str, str], bool] = {}
    for (_, name), figures in by_week.items():
        gone = hidden({k: people for k, (_, people) in figures.items()})
        for k, (times, _) in figures.items():
            if k in gone:
                some[k, name] = some.get((k, name), False)
            else:
                some[k, name] = True
                sums[k][name] = (sums[k][name] or 0) + times
    for (k, name), shown in some.items():
        if not shown:
            sums[k][name] = None
    return tuple(_tally(k, values) for k, values in sums.items())


def _days(cells: Iterable[rows.Cell]) -> tuple[Tally, ...]:
    """One line a day, oldest first. Whether a day is hidden depends on that day alone, so that nothing changes that was
    seen."""
    table: dict[str, dict[str, int | None]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    for cell in cells:
        if cell.name in KINDS:
            table[cell.start.isoformat()][cell.name] = cell.times if cell.people >= FEWEST else None
    return tuple(_tally(day, table[day]) for day in sorted(table))


def _weeks(cells: Iterable[rows.Cell], days: Iterable[rows.Cell]) -> tuple[Tally, ...]:
    """One line a week, oldest first. A week is hidden too when, compared with its days that are shown, it would tell of
    fewer than three people on the days that are not."""
    left: dict[tuple[date, str], int] = defaultdict(int)
    for day in days:
        if day.people < FEWEST:
            left[day.start - timedelta(days=day.start.weekday()), day.name] += day.people
    table: dict[str, dict[str, int | None]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    for cell in cells:
        if cell.name in KINDS:
            few = cell.people < FEWEST or 0 < left[cell.start, cell.name] < FEWEST
            table[cell.start.isoformat()][cell.name] = None if few else cell.times
    return tuple(_tally(week, table[week]) for week in sorted(table))


def _tally(key: str, values: Mapping[str, int | None]) -> Tally:
    return Tally(key, values["answered"], values["asked-back"], values["unanswered"])


def _largest_first(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    return tuple(sorted(tallies, key=lambda t: (-sum(value or 0 for value in t.values), t.key)))


def _judged(cells: Iterable[rows.Cell]) -> tuple[Feedback, ...]:
    sums: dict[str, dict[str, int]] = defaultdict(lambda: {"helpful": 0, "wrong": 0})
    by_week: dict[tuple[date, str], dict[str, tuple[int, int]]] = defaultdict(dict)
    for cell in cells:
        if cell.need and cell.name in ("helpful", "wrong"):
            by_week[cell.start, cell.name][cell.need] = (cell.times, cell.people)
    shown: set[tuple[str, str]] = set()
    for (_, name), figures in by_week.items():
        gone = hidden({need: people for need, (_, people) in figures.items()})
        for need, (times, _) in figures.items():
            sums[need][name] += 0 if need in gone else times
            if need not in gone:
                shown.add((need, name))
    names = {(need, name) for (_, name), figures in by_week.items() for need in figures}

    def value(need: str, name: str) -> int | None:
        return sums[need][name] if (need, name) in shown or (need, name) not in names else None

    lines = [Feedback(need, value(need, "helpful"), value(need, "wrong")) for need in sums]
    return tuple(sorted(lines, key=lambda j: (-(j.wrong or 0), -(j.helpful or 0), j.need)))


def _urgent(cells: Iterable[rows.Cell]) -> tuple[tuple[str, str, int | None], ...]:
    by_month: dict[date, dict[str, rows.Cell]] = defaultdict(dict)
    for cell in cells:
        if cell.name == "urgent":
            by_month[cell.start][cell.need] = cell
    found: list[tuple[str, str, int | None]] = []
    for month, line in sorted(by_month.items()):
        gone = hidden({need: cell.people for need, cell in line.items() if need})
        for need, cell in sorted(line.items()):
            few = need in gone if need else cell.people < FEWEST
            found.append((month.isoformat(), need, None if few else cell.times))
    return tuple(found)
