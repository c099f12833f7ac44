"""Opening hours and a moment, which is given and never read from a clock: open, closed or unknown, and until when."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from opening_hours import (  # type: ignore[attr-defined]  # the package's stub forgets its exceptions
    OpeningHours,
    ParserError,
    State,
    UnknownCountryError,
)

LOOK_AHEAD: Final = timedelta(days=370)
"""How far ahead the next opening is looked for: nobody plans a visit later than that."""

_MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATED: Final = re.compile(rf"^\s*(?:(?:19|20)\d\d\b|(?:{_MONTHS})\b|easter\b)")
_SEASON: Final = re.compile(rf"^\s*(?:{_MONTHS})\b(?=.*\b(?:Mo|Tu|We|Th|Fr|Sa|Su)\b)(?=.*\d:\d\d)")
_HOLIDAY_ONLY: Final = re.compile(r"^\s*(?:PH|SH)\b(?!\s*,)")
_TIME: Final = re.compile(r"\b(\d{1,2}):(\d\d)\b")
_OFF: Final = re.compile(r"\b(?:off|closed)\b")
_COMMENT: Final = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class HoursState:
    """Open, closed or unknown at one moment, and until when; moments are on the place's clocks."""

    state: Literal["open", "closed", "unknown"]
    until: datetime | None = None
    """Open: when it closes; None when it does not within a day and a night."""
    opens: datetime | None = None
    """Closed: the next time that it is certainly *open* (not merely the next change); None when none is known."""
    is_holiday: bool = False
    """A public holiday of which the hours say nothing. The state is then closed, or unknown where it would be open."""
    is_eve: bool = False
    """Open, but tomorrow is a public holiday: many places close early."""


def complaint_about(expression: str, country: str) -> str | None:
    """Say what is wrong with ``expression`` (OpenStreetMap opening_hours), or None when it can be used."""
    try:
        OpeningHours(expression, country=country)
    except ParserError as error:
        column = re.search(r"1:(\d+)", str(error))
        at = f" at character {column[1]}" if column else ""
        return f"cannot read these hours{at}: write them like 'Mo-Fr 09:00-15:00; PH off'"
    except UnknownCountryError:
        return f"no calendar of public holidays is known for the country '{country}'"
    for said in re.split(r";|\|\|", _COMMENT.sub('""', expression)):
        if said.strip() == '""':
            return """a comment alone reads as open day and night: write 'unknown "by appointment"'"""
    rules = _rules(expression)
    for hour, minute in _TIME.findall(";".join(rules)):
        # The notation has hours after midnight ("22:00-26:00"), but an editor who writes 25:00 has mostly mistyped.
        if (int(hour), int(minute)) > (24, 0):
            return f"'{hour}:{minute}' is no time of day: a day ends at 24:00; write a night like 22:00-02:00"
    seen_dated = None
    for rule in rules:
        if _DATED.match(rule):
            seen_dated = seen_dated or rule.strip()
        elif seen_dated and not _HOLIDAY_ONLY.match(rule):
            return f"'{seen_dated}' stands before the weekly rule and would be ignored: put it after '{rule.strip()}'"
    return None


def _rules(expression: str) -> list[str]:
    """The rules without their comments, in which any word and any sign may stand."""
    return [rule for rule in _COMMENT.sub("", expression).split(";") if rule.strip()]


def _says_nothing_of_holidays(expression: str) -> bool:
    return not any("PH" in rule or rule.strip() == "24/7" for rule in _rules(expression))


def _is_exception(rule: str) -> bool:
    """Whether a rule is about some days only; the hours of a season ("Jun-Aug Mo-Fr 09:00-15:00") tell its weekends."""
    is_dated = _DATED.match(rule) and not _SEASON.match(rule)
    return bool(is_dated or _HOLIDAY_ONLY.match(rule) or _OFF.search(rule))


@lru_cache(maxsize=512)
def _parsed(expression: str, timezone: str, country: str) -> OpeningHours:
    rules = _rules(expression)
    # Hours known only for exceptions ("2026 Dec 24 off") say nothing of other days: the library would read those as
    # closed the whole year.
    if rules and all(map(_is_exception, rules)):
        expression = f"unknown; {expression}"
    return OpeningHours(expression, timezone=ZoneInfo(timezone), country=country)


def is_public_holiday(day: datetime, timezone: str, country: str) -> bool:
    """Whether the day of ``day`` is a public holiday in ``country`` by the table of opening-hours-py (which counts
    the Finnish Midsummer and Christmas Eves, on which offices are closed)."""
    noon = datetime.combine(day.date(), time(12), ZoneInfo(timezone))
    return bool(_parsed("PH 00:00-24:00", timezone, country).is_open(noon))


def state_at(expression: str, moment: datetime, *, timezone: str, country: str) -> HoursState:
    """Read ``expression`` at ``moment`` (aware). The expression must have passed ``complaint_about``."""
    hours = _parsed(expression, timezone, country)
    # By way of UTC: a time that the clocks skip in spring becomes the one that they show.
    moment = moment.astimezone(UTC).astimezone(ZoneInfo(timezone))
    state, _ = hours.state(moment)

    def is_silent_holiday(day: datetime) -> bool:
        return _says_nothing_of_holidays(expression) and is_public_holiday(day, timezone, country)

    holiday = is_silent_holiday(moment)
    if state == State.CLOSED:
        return HoursState("closed", opens=_next_open(hours, moment, is_silent_holiday), is_holiday=holiday)
    if state == State.UNKNOWN or holiday:
        return HoursState("unknown", is_holiday=holiday)
    until = _end_of_open(hours, moment)
    eve = until is not None and is_public_holiday(moment + timedelta(days=1), timezone, country)
    return HoursState("open", until=until, is_eve=eve)


def _end_of_open(hours: OpeningHours, moment: datetime) -> datetime | None:
    """The end of the stretch that is open at ``moment``, None when it is not within a day; a change from open to open
    (a comment) does not end it."""
    limit = moment + timedelta(days=1)
    change = hours.next_change(moment)
    while change is not None and change < limit and hours.is_open(change):
        change = hours.next_change(change)
    return change if change is not None and change < limit else None


def _next_open(hours: OpeningHours, moment: datetime, is_doubtful: Callable[[datetime], bool]) -> datetime | None:
    """The next time that it opens, on a day that is not ``is_doubtful``."""
    limit = moment + LOOK_AHEAD
    change = hours.next_change(moment)
    while change is not None and change < limit:
        if hours.is_open(change) and not is_doubtful(change):
            return change
        change = hours.next_change(change)
    return None


def week_from(
    expression: str, moment: datetime, *, timezone: str, country: str, days: int = 7
) -> list[tuple[datetime, list[tuple[str, str]]]]:
    """For ``days`` days from that of ``moment``: the day (its noon) and its open spans as ``("9:00", "15:00")``. Public
    holidays of which the hours say nothing are left out."""
    hours = _parsed(expression, timezone, country)
    zone = ZoneInfo(timezone)
    today = moment.astimezone(zone).date()
    is_silent = _says_nothing_of_holidays(expression)
    result = []
    for offset in range(days):
        start = datetime.combine(today + timedelta(days=offset), time(0), zone)
        if is_silent and is_public_holiday(start, timezone, country):
            continue
        end = datetime.combine(today + timedelta(days=offset + 1), time(0), zone)
        spans = [
            (f"{a.hour}:{a.minute:02}", "24:00" if b is None or b >= end else f"{b.hour}:{b.minute:02}")
            for a, b, state, _ in hours.intervals(start, end)
            if state == State.OPEN
        ]
        result.append((start + timedelta(hours=12), spans))
    return result
