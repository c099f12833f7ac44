"""The queue: what waits for an answer, most wanted first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.grouping import spoken_of
from bot.review import Drawer, Filters, GroupSummary, Session, Staff
from bot.review.digest import urgent_line
from bot.review.wording import Mark, Wording
from bot.store.records import as_number
from bot.web.desk import Desk, reason_of
from bot.web.forms import Form
from bot.web.page import HEADERS, HOME

ON_A_PAGE: Final = 25
LONGEST_TITLE: Final = 240
"""Characters of a question that the queue shows: a letter of 4,096 would bury ten others."""
THINGS: Final = 6
"""Of which a question in an unread language speaks, named at most."""


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A group as the queue shows it, in the words of the reader's language."""

    id: int
    title: str
    text: str
    language: str
    people: int
    age: str
    near: str
    things: tuple[str, ...]
    """What it speaks of, where the reader does not read its language."""
    marks: list[Mark] = field(default_factory=list)
    languages: tuple[str, ...] = ()


class QueuePage:
    """``/review``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        guard = self._desk.guard
        return [guard.page(HOME, self._show), guard.act(f"{HOME}/drop", self._drop)]

    async def _show(self, request: Request, session: Session) -> Response:
        asked = request.query_params
        drawer = asked.get("drawer", "") if asked.get("drawer") in ("aside", "answered") else "queue"
        filters = Filters("readable" in asked, "topics" in asked, "mine" in asked)
        wording = self._desk.wording(request)
        page = max(1, as_number(asked.get("page", "")) or 1)
        shown, total = await self._groups(session.staff, filters, drawer, page)
        pages = max(1, -(-total // ON_A_PAGE))
        if page > pages:
            page = pages
            shown, total = await self._groups(session.staff, filters, drawer, page)
        moments, reader = self._desk.pages.moments(request), self._desk.reader(request, session.staff)
        return self._desk.pages.show(
            request,
            "queue.html",
            session=session,
            drawer=drawer,
            filters=filters,
            is_filtered=filters != Filters(),
            groups=[
                self._line(group, wording, moments.lasting(timedelta(days=group.days)), self._things(group, reader))
                for group in shown
            ],
            page=page,
            pages=pages,
            total=total,
            proposals=len(await self._desk.review.proposals.open()) if session.staff.is_admin else 0,
            urgent=await self._urgent(request) if drawer == "queue" else "",
            link_to=lambda number: _address(request, number),
            may_act=session.staff.may_answer,
            reasons=wording.drop_reasons("question"),
            keys=self._keys(wording),
        )

    async def _urgent(self, request: Request) -> str:
        """The flag of urgent talks, which are never queued; "" below three people."""
        urgent = await self._desk.review.figures.urgent()
        return urgent_line(self._desk.pages.speaker(request), urgent) if urgent else ""

    async def _groups(
        self, staff: Staff, filters: Filters, drawer: str, page: int
    ) -> tuple[tuple[GroupSummary, ...], int]:
        """One page of a drawer, and how many there are in all."""
        queue, first = self._desk.review.queue, (page - 1) * ON_A_PAGE
        if drawer == "answered":
            closed = await queue.closed()
            return closed[first : first + ON_A_PAGE], len(closed)
        which: Drawer = "aside" if drawer == "aside" else "queue"
        return await queue.page(staff, filters, which, first=first, most=ON_A_PAGE)

    def _things(self, group: GroupSummary, reader: Staff) -> tuple[str, ...]:
        if not group.text or group.service or group.language in reader.languages:
            return ()
        return spoken_of(self._desk.guide().matcher, group.text, group.language, reader.languages[0])[:THINGS]

    def _line(self, group: GroupSummary, wording: Wording, age: str, things: tuple[str, ...]) -> QueueLine:
        near = wording.need(group.need) if group.need else ""
        text = "" if group.service else group.text
        return QueueLine(
            group.id, _cut(wording.title(group)), text, group.language, group.people, age, near, things,
            wording.marks(group), tuple(filter(None, group.languages)),
        )  # fmt: skip

    def _keys(self, wording: Wording) -> list[tuple[str, str]]:
        say = wording.say
        return [("j", say("next")), ("k", say("previous")), ("o", say("open the first"))]

    async def _drop(self, _: Request, session: Session, form: Form) -> Response:
        """Several at once; the reader stays in the drawer in which they were ticked."""
        reason, groups = reason_of(form), form.numbers("group")
        code = "none"
        if groups and reason is not None:
            results = await self._desk.review.acts.drop(session.staff, groups, reason)
            code = self._desk.code_of(results, "drop")
        drawer = "drawer=aside&" if form.one("drawer") == "aside" else ""
        return RedirectResponse(f"{HOME}?{drawer}done={code}", 303, HEADERS)


def _cut(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE].rstrip()} …"


def _address(request: Request, page: int) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in ("page", "done", "ui")]
    return f"{HOME}?{urlencode([*kept, ('page', str(page))])}"
