"""Vectors of Finnish office hours, and what the library does behind our back."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.hours import complaint_about, state_at, week_from

OFFICE = "Mo-Fr 09:00-15:00; PH off"
HELSINKI = ZoneInfo("Europe/Helsinki")


def at(expression: str, *moment: int):
    return state_at(expression, datetime(*moment, tzinfo=HELSINKI), timezone="Europe/Helsinki", country="FI")


def local(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=HELSINKI)


def test_open_on_a_working_day_until_it_closes():
    state = at(OFFICE, 2026, 11, 24, 10, 0)
    assert (state.state, state.until) == ("open", local(2026, 11, 24, 15, 0))


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ((2026, 11, 24, 15, 0), (2026, 11, 25, 9, 0)),
        ((2026, 6, 19, 10, 0), (2026, 6, 22, 9, 0)),  # Midsummer Eve
        ((2026, 12, 24, 10, 0), (2026, 12, 28, 9, 0)),  # Christmas Eve, then the weekend
        ((2026, 3, 29, 3, 30), (2026, 3, 30, 9, 0)),  # the night when summer time begins
        ((2026, 10, 25, 3, 30), (2026, 10, 26, 9, 0)),  # the night when it ends
    ],
)
def test_closed_and_the_next_opening(moment: tuple[int, ...], opens: tuple[int, ...]):
    state = at(OFFICE, *moment)
    assert (state.state, state.opens) == ("closed", local(*opens))


def test_the_day_before_a_public_holiday_is_marked():
    assert at(OFFICE, 2026, 4, 2, 14, 30).is_eve  # Maundy Thursday
    assert not at(OFFICE, 2026, 3, 31, 14, 30).is_eve


def test_nobody_is_sent_anywhere_on_a_public_holiday_of_which_the_hours_say_nothing():
    silent = "Mo-Fr 09:00-15:00"
    christmas = at(silent, 2026, 12, 25, 10, 0)
    assert (christmas.state, christmas.is_holiday) == ("unknown", True)
    assert at(silent, 2026, 12, 23, 16, 0).opens == local(2026, 12, 28, 9, 0)
    week = week_from(silent, local(2026, 12, 22, 10, 0), timezone="Europe/Helsinki", country="FI")
    assert [day.day for day, _ in week] == [22, 23, 27, 28]
    assert not at(OFFICE, 2026, 12, 25, 10, 0).is_holiday
    assert not at("24/7", 2026, 12, 25, 10, 0).is_holiday


def test_a_comment_is_no_rule():
    hours = 'Mo-Fr 09:00-15:00 "closed for lunch; PH by phone"'
    assert at(hours, 2026, 11, 22, 10, 0).state == "closed"
    assert at(hours, 2026, 12, 25, 10, 0).is_holiday


def test_the_next_opening_is_not_merely_the_next_change():
    state = at('Mo-Fr 09:00-15:00; Dec 28 unknown "ask"; PH off', 2026, 12, 24, 10, 0)
    assert state.opens == local(2026, 12, 29, 9, 0)


def test_hours_known_only_for_exceptions_are_unknown_on_other_days():
    assert at("2026 Dec 24 off", 2026, 12, 24, 10, 0).state == "closed"
    assert at("2026 Dec 24 off", 2026, 12, 23, 10, 0).state == "unknown"


def test_hours_of_summer_and_winter_are_known_at_weekends_too():
    state = at("Jun-Aug Mo-Fr 09:00-15:00; Sep-May Mo-Fr 09:00-16:00; PH off", 2026, 8, 30, 10, 0)  # a Sunday
    assert (state.state, state.opens) == ("closed", local(2026, 8, 31, 9, 0))


@pytest.mark.parametrize("expression", ['"by appointment"', 'Mo-Fr 09:00-15:00 || "call; first"'])
def test_a_comment_alone_is_no_opening_hours(expression: str):
    complaint = complaint_about(expression, "FI")
    assert complaint == """a comment alone reads as open day and night: write 'unknown "by appointment"'"""
    assert complaint_about('Mo-Fr 09:00-15:00 "ring the bell" || unknown "call first"', "FI") is None


def test_an_exception_after_the_weekly_rule_acts():
    state = at("Mo-Fr 09:00-15:00; 2026 Dec 21-2027 Jan 06 off", 2026, 12, 22, 10, 0)
    assert (state.state, state.opens) == ("closed", local(2027, 1, 7, 9, 0))


def test_an_exception_before_the_weekly_rule_is_complained_of_because_it_would_be_ignored():
    complaint = complaint_about("2026 Dec 21-2027 Jan 06 off; Mo-Fr 09:00-15:00", "FI")
    assert complaint == (
        "'2026 Dec 21-2027 Jan 06 off' stands before the weekly rule and would be ignored: put it after 'Mo-Fr 09:00-15:00'"
    )


def test_hours_that_cannot_be_read_are_complained_of_with_the_place():
    assert complaint_about("Mo-Fr 9-15", "FI") == (
        "cannot read these hours at character 7: write them like 'Mo-Fr 09:00-15:00; PH off'"
    )
    assert complaint_about(OFFICE, "FI") is None


def test_always_open_never_closes():
    state = at("24/7", 2026, 12, 25, 3, 0)
    assert (state.state, state.until) == ("open", None)


def test_what_is_open_day_and_night_but_on_holidays_is_not_said_to_close_at_midnight():
    always = "Mo-Su 00:00-24:00; PH off"
    assert at(always, 2026, 11, 24, 10, 0).until is None
    assert at(always, 2026, 12, 5, 10, 0).until == local(2026, 12, 6, 0, 0)


def test_the_week_lists_every_day_and_knows_holidays():
    week = week_from(OFFICE, local(2026, 12, 22, 10, 0), timezone="Europe/Helsinki", country="FI")
    assert [len(spans) for _, spans in week] == [1, 1, 0, 0, 0, 0, 1]
    assert week[0][1] == [("9:00", "15:00")]
