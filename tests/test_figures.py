"""Figures count people; nothing that tells of fewer than three is shown anywhere, not by difference either."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.review import Staff
from bot.review.digest import digest
from bot.review.figure_files import as_csv, as_json
from bot.review.figures import Figures, Urgent, wilson
from bot.review.sampling import Sampling
from bot.review.suppression import FEWEST, hidden
from bot.store import Question, Store
from bot.store.asked import keep
from bot.store.figures import draw, sample, tell_audience
from bot.store.groups import open_group
from bot.web.charts import Series, columns, legend
from tests.conftest import TUESDAY

COUNSELLOR = Staff(1, "Anna", "counsellor")
DAY = date(2026, 11, 24)
LATER = TUESDAY + timedelta(days=13)
"""A Monday on which the day, its week and its month are over."""


@pytest.fixture
async def store(tmp_path):
    async with await Store.open(tmp_path / "figures.db", now=lambda: LATER, asker_key=b"key") as store:
        yield store


async def asked(
    store: Store, people: range, outcome: str, language: str = "en", need: str = "", count: str = "", day: date = DAY
):
    unit = store.unit()
    for person in people:
        tell_audience(unit, person, outcome, count, day, language, need)
    await store.commit(unit)


async def test_somebody_who_asks_twenty_times_is_one_person_and_not_shown(store: Store, guides):
    for _ in range(20):
        await asked(store, range(1), "unanswered")
    [day] = (await Figures(store, guides).overview()).days
    assert day.unanswered is None


async def test_three_people_are_shown_with_all_that_they_asked(store: Store, guides):
    await asked(store, range(3), "answered", need="dentist")
    await asked(store, range(1), "answered", need="dentist")
    overview = await Figures(store, guides).overview()
    assert overview.days[0].answered == 4
    assert [(tally.key, tally.answered) for tally in overview.needs] == [("dentist", 4)]


async def test_what_is_hidden_is_not_found_by_taking_the_others_from_the_total(store: Store, guides):
    await asked(store, range(10), "unanswered", "en")
    await asked(store, range(10, 14), "unanswered", "sl")
    await asked(store, range(20, 21), "unanswered", "ar")
    overview = await Figures(store, guides).overview()
    shown = {tally.key: tally.unanswered for tally in overview.languages}
    assert shown == {"en": 10, "sl": None, "ar": None}
    for file in (as_json(overview), as_csv(overview)):
        assert "10" in file
    assert "4" not in {line.rsplit(",", 1)[1] for line in as_csv(overview).splitlines()}
    assert None in [tally["unanswered"] for tally in json.loads(as_json(overview))["languages"]]


async def test_a_day_of_three_and_a_week_of_four_do_not_tell_of_the_fourth(store: Store, guides):
    await asked(store, range(3), "answered")
    await asked(store, range(3, 4), "answered", day=DAY + timedelta(days=1))
    overview = await Figures(store, guides).overview()
    assert [day.answered for day in overview.days] == [3, None]
    assert [week.answered for week in overview.weeks] == [None]
    await asked(store, range(4, 6), "answered", day=DAY + timedelta(days=2))
    overview = await Figures(store, guides).overview()
    assert [day.answered for day in overview.days] == [3, None, None]  # what was seen stays as it was
    assert [week.answered for week in overview.weeks] == [6]


async def test_nothing_is_shown_of_a_day_a_week_or_a_month_that_is_not_over(store: Store, guides):
    today = LATER.date()
    await asked(store, range(5), "answered", need="dentist", day=today)
    await asked(store, range(5), "urgent", need="emergency", day=today)
    overview = await Figures(store, guides).overview()
    assert (overview.days, overview.weeks, overview.languages, overview.needs, overview.urgent) == ((),) * 5


async def test_urgent_needs_are_counted_by_month_and_without_a_language(store: Store, guides):
    await asked(store, range(5), "urgent", "ar", "emergency")
    overview = await Figures(store, guides).overview()
    assert overview.urgent == (("2026-11-01", "", 5), ("2026-11-01", "emergency", 5))
    assert (overview.days, overview.languages, overview.needs) == ((), (), ())


async def test_two_marks_of_one_person_cannot_be_told_to_be_of_one(store: Store):
    await asked(store, range(1), "answered", need="dentist")
    marks = await store.read("SELECT mark FROM audience_mark")
    assert len({mark for (mark,) in marks}) == 4  # a day, a week, its language, its need: a mark for each


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 9), max_size=8))
def test_the_hidden_ones_together_are_never_one_figure_beside_others(people):
    gone = hidden(people)
    shown = {key for key, number in people.items() if number >= FEWEST} - gone
    assert all(not 0 < people[key] < FEWEST or key in gone for key in people)
    if gone and shown:
        assert len(gone) > 1
        assert sum(people[key] for key in gone) >= FEWEST


async def test_urgent_talks_are_flagged_when_their_month_is_over_and_only_from_three_people_on(store: Store, guides):
    figures, guide = Figures(store, lambda: guides.current), guides.current
    running, over = store.now().date(), store.now().date().replace(day=1) - timedelta(days=1)
    await asked(store, range(6), "urgent", "ar", "emergency", day=running)
    assert await figures.urgent() is None, "a month that still runs"
    await asked(store, range(2), "urgent", "ar", "emergency", day=over)
    assert await figures.urgent() is None, "two people"
    await asked(store, range(4), "urgent", "ar", "emergency", day=over)
    urgent = await figures.urgent()
    assert urgent == Urgent(over, 4)

    async def said(monday: date) -> str:
        return digest(guide.texts.staff.speaker("en"), guide, await figures.overview(), monday, urgent)

    ended = over - timedelta(days=over.weekday())
    assert f"Urgent talks, {over:%B %Y}: 4 people." in await said(ended)
    assert "Urgent" not in await said(ended + timedelta(days=7)), "told once, in the week in which the month ended"


@pytest.mark.parametrize(
    ("waiting", "told"),
    [([4, 3, 1], [4]), ([4, 3, 2, 2], [4, 3]), ([5, 1], []), ([4, 3], [4, 3])],
    ids=["one alone", "four others", "two groups", "nobody else"],
)
async def test_groups_beside_all_who_wait_tell_of_nobody_else(
    store: Store, guides, waiting: list[int], told: list[int]
):
    for group, people in enumerate(waiting, 1):
        unit = store.unit()
        open_group(unit, group, kind="question", drawer="queue", language="en")
        for person in range(people):
            keep(unit, Question("bees?", "en", "unanswered", LATER, asker=f"{group}-{person}"), group, "")
        await store.commit(unit)
    overview = await Figures(store, guides).overview()
    assert overview.waiting.people == sum(waiting)
    assert [unmet.people for unmet in overview.unmet] == told


async def test_the_digest_says_few_where_a_figure_is_hidden(store: Store, guides):
    await asked(store, range(5), "answered", need="dentist")
    await asked(store, range(2), "unanswered")
    overview = await Figures(store, guides).overview()
    guide = guides.current
    words = digest(guide.texts.staff.speaker("en"), guide, overview, date(2026, 11, 23))
    assert "Questions answered: 5" in words
    assert "Not answered: few" in words


async def test_the_sample_holds_answered_questions_of_needs_that_are_not_sensitive(store: Store, guides):
    sampling = Sampling(store, guides, drawn=lambda: True)
    needs = guides.current.catalogue.needs
    plain = next(need.id for need in needs.values() if not need.sensitive and not need.is_urgent)
    urgent = next(need.id for need in needs.values() if need.is_urgent)
    unit = store.unit()
    sampling.offer(unit, "where is the library", "en", [plain], urgent=False)
    sampling.offer(unit, "help he hits me", "en", [plain, urgent], urgent=False)
    sampling.offer(unit, "I asked in fear", "en", [plain], urgent=True)
    await store.commit(unit)
    assert [row.text for row in await sample(store)] == ["where is the library"]


async def test_a_week_draws_two_hundred_questions_at_most(store: Store, guides):
    sampling = Sampling(store, guides, drawn=lambda: True)
    plain = next(
        need.id for need in guides.current.catalogue.needs.values() if not need.sensitive and not need.is_urgent
    )
    unit = store.unit()
    for number in range(205):
        sampling.offer(unit, f"question {number}", "en", [plain], urgent=False)
    await store.commit(unit)
    assert len(await sample(store)) == 200


async def test_of_two_who_judge_at_once_one_is_told_that_it_counts(store: Store, guides):
    sampling = Sampling(store, guides)
    unit = store.unit()
    draw(unit, "where is the library", "en", ("city-desk",), LATER)
    await store.commit(unit)
    [row] = await sampling.open()
    judged = await asyncio.gather(
        sampling.judge(COUNSELLOR, row.id, "right"), sampling.judge(COUNSELLOR, row.id, "wrong")
    )
    assert sorted(judged) == [False, True]


async def test_a_judgement_counts_once_and_may_be_changed(store: Store, guides):
    sampling, figures = Sampling(store, guides, drawn=lambda: True), Figures(store, guides)
    plain = next(
        need.id for need in guides.current.catalogue.needs.values() if not need.sensitive and not need.is_urgent
    )
    unit = store.unit()
    sampling.offer(unit, "where is the library", "en", [plain], urgent=False)
    await store.commit(unit)
    [row] = await sampling.open()
    assert await sampling.judge(COUNSELLOR, row.id, "wrong")
    assert not await sampling.judge(COUNSELLOR, row.id, "wrong")
    assert await sampling.judge(COUNSELLOR, row.id, "right")
    [rate] = await figures.rates()
    assert (rate.right, rate.wrong, rate.judged) == (1, 0, 1)
    assert await sampling.open() == ()


def test_the_interval_of_few_judgements_is_wide():
    low, high = wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_chart_says_in_words_what_it_shows_and_escapes_what_it_is_given():
    series = [Series("Answered", (3, None)), Series("<b>", (5, 4))]
    drawn = columns("week", "Questions <script>", "Two weeks", ["1", "2"], series, "few people")
    root = ET.fromstring(drawn)
    words = [element.text for element in root.iter() if element.tag.endswith(("title", "desc"))]
    assert words[:2] == ["Questions <script>", "Two weeks * few people"]
    assert "1: Answered 3" in words
    assert len({picture for picture, _ in legend("week", series)}) == 2
