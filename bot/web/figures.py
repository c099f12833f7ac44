"""The figures as charts with the same numbers in tables beside them, and as files. Nothing under three people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from babel.dates import format_date
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.review import Session
from bot.review.figure_files import as_csv, as_json
from bot.review.figures import Overview, Tally, Waiting
from bot.review.wording import Wording
from bot.web.charts import NARROW, Series, columns, legend, rows
from bot.web.desk import Desk
from bot.web.page import HEADERS, HOME
from bot.web.sampling import rate_lines

PLACE: Final = f"{HOME}/figures"
MOST_ROWS: Final = 12
"""Bars of one chart; the table beside it has them all."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its key, and the table of its numbers."""

    id: str
    title: str
    svg: Markup
    key: Sequence[tuple[Markup, str]]
    heads: Sequence[str]
    lines: Sequence[Sequence[str]]
    hides: bool
    """A figure of it is hidden; a star stands there."""


class FiguresPage:
    """``/review/figures`` and its files."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        guard = self._desk.guard
        return [
            guard.page(PLACE, self._show),
            guard.page(f"{PLACE}.csv", self._csv),
            guard.page(f"{PLACE}.json", self._json),
        ]

    async def _show(self, request: Request, session: Session) -> Response:
        overview = await self._desk.review.figures.overview()
        wording = self._desk.wording(request)
        drawing = Drawing(wording, self._desk.pages.speaker(request).locale)
        return self._desk.pages.show(
            request,
            "figures.html",
            session=session,
            tiles=tiles(overview.waiting, wording),
            charts=drawing.charts(overview),
            unmet=[
                (
                    unmet.group_id,
                    wording.about(unmet.things),
                    wording.need(unmet.need) if unmet.need else "",
                    unmet.people,
                    round(unmet.days),
                )
                for unmet in overview.unmet
            ],
            urgent=[
                (drawing.month(month), wording.need(need) if need else wording.say("All"), drawing.cell(times))
                for month, need, times in overview.urgent
            ],
            rates=rate_lines(overview.rates, wording),
        )

    async def _csv(self, _: Request, __: Session) -> Response:
        return _file(as_csv(await self._desk.review.figures.overview()), "text/csv", "csv")

    async def _json(self, _: Request, __: Session) -> Response:
        return _file(as_json(await self._desk.review.figures.overview()), "application/json", "json")


class Drawing:
    """Charts in the words of one reader."""

    def __init__(self, wording: Wording, locale: str) -> None:
        self._wording, self.say, self._locale = wording, wording.say, locale

    def charts(self, overview: Overview) -> list[Chart]:
        """Every chart that has something to show."""
        say = self.say
        by_day = self._over_time("days", say("Questions by day"), overview.days)
        by_week = self._over_time("weeks", say("Questions by week"), overview.weeks)
        languages = self._by_key("languages", say("Questions by language"), overview.languages, self._wording.language)
        needs = self._by_key("needs", say("Questions by need"), overview.needs, self._wording.need)
        return [chart for chart in (by_day, by_week, languages, needs, self._judged(overview)) if chart.lines]

    def _over_time(self, chart_id: str, title: str, tallies: Sequence[Tally]) -> Chart:
        series = self._series(tallies)
        keys = [self._short_day(tally.key) for tally in tallies]
        svg = self._drawn(columns, chart_id, title, self._description(series, len(keys)), keys, series)
        return self._chart(chart_id, title, svg, series, self.say("Day"), [self._day(t.key) for t in tallies])

    def _by_key(self, chart_id: str, title: str, tallies: Sequence[Tally], name: Callable[[str], str]) -> Chart:
        names = [name(tally.key) for tally in tallies]
        most = self._series(tallies[:MOST_ROWS])
        svg = self._drawn(rows, chart_id, title, self._description(most, len(names)), names[:MOST_ROWS], most)
        head = self.say("Language") if chart_id == "languages" else self.say("Need")
        return self._chart(chart_id, title, svg, self._series(tallies), head, names)

    def _judged(self, overview: Overview) -> Chart:
        say, title = self.say, self.say("Helpful and not, by need")
        names = [self._wording.need(judged.need) for judged in overview.judged]
        helpful = Series(say("Helped"), tuple(judged.helpful for judged in overview.judged))
        wrong = Series(say("Did not help"), tuple(judged.wrong for judged in overview.judged))
        most = [Series(each.name, each.values[:MOST_ROWS]) for each in (helpful, wrong)]
        svg = self._drawn(rows, "judged", title, self._description(most, len(names)), names[:MOST_ROWS], most)
        return self._chart("judged", title, svg, [helpful, wrong], say("Need"), names)

    def _drawn(
        self,
        draw: Callable[..., str],
        chart_id: str,
        title: str,
        said: str,
        keys: Sequence[str],
        series: Sequence[Series],
    ) -> str:
        """Twice, for a wide screen and for a phone; the style sheet shows the one that fits."""
        few = self._few()
        return draw(chart_id, title, said, keys, series, few) + draw(
            f"{chart_id}-narrow", title, said, keys, series, few, NARROW
        )

    def _series(self, tallies: Sequence[Tally]) -> list[Series]:
        say = self.say
        return [
            Series(say("Answered"), tuple(tally.answered for tally in tallies)),
            Series(say("Asked back"), tuple(tally.asked_back for tally in tallies)),
            Series(say("Not answered"), tuple(tally.unanswered for tally in tallies)),
        ]

    def _chart(
        self, chart_id: str, title: str, svg: str, series: Sequence[Series], head: str, names: Sequence[str]
    ) -> Chart:
        lines = [(name, *(self.cell(each.values[i]) for each in series)) for i, name in enumerate(names)]
        # What charts.py draws is made of our own words and numbers, and escaped there.
        key = [(Markup(swatch), name) for swatch, name in legend(chart_id, series)]  # noqa: S704
        heads = [head, *(each.name for each in series)]
        hides = any(None in each.values for each in series)
        return Chart(chart_id, title, Markup(svg), key, heads, lines, hides)  # noqa: S704

    def _description(self, series: Sequence[Series], lines: int) -> str:
        sums = ", ".join(f"{each.name}: {sum(value or 0 for value in each.values)}" for each in series)
        return self._wording.count(
            "{sums}. The table below has its one line.", "{sums}. The table below has all {n} lines.", lines, sums=sums
        )

    def _few(self) -> str:
        return self.say("fewer than three people")

    def cell(self, value: int | None) -> str:
        """A number, or the word for one that is hidden."""
        return self.say("few") if value is None else str(value)

    def _day(self, iso: str) -> str:
        return format_date(date.fromisoformat(iso), "medium", locale=self._babel)

    def _short_day(self, iso: str) -> str:
        day = date.fromisoformat(iso)
        return f"{day.day}.{day.month}." if self._locale == "fi" else f"{day.day}/{day.month}"

    def month(self, iso: str) -> str:
        return format_date(date.fromisoformat(iso), "LLLL yyyy", locale=self._babel)

    @property
    def _babel(self) -> str:
        return "en_GB" if self._locale == "en" else self._locale


def tiles(waiting: Waiting, wording: Wording) -> list[tuple[str, str]]:
    """What one sees first: name and figure."""
    say = wording.say

    def hours(value: float | None) -> str:
        if value is None:
            return "–"
        return say("{days} d", days=round(value / 24)) if value >= 48 else say("{hours} h", hours=round(value))

    def number(value: int | None) -> str:
        return say("few") if value is None else str(value)

    return [
        (say("Questions that wait"), number(waiting.groups)),
        (say("People who wait"), number(waiting.people)),
        (say("The longest wait"), hours(waiting.oldest_h)),
        (say("Half are answered within"), hours(waiting.median_h)),
        (say("Nine of ten within"), hours(waiting.ninth_decile_h)),
    ]


def _file(content: str, kind: str, ending: str) -> Response:
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="opas-figures.{ending}"'}
    return Response(content, headers=headers, media_type=kind)
