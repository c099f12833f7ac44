"""The counsellors' pages as one list of routes, to stand beside others under ``/review``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.guide import Guide
from bot.review import Review, Session
from bot.web.answering import AnswerPage
from bot.web.demo import demo_routes
from bot.web.desk import Desk
from bot.web.figures import FiguresPage
from bot.web.group import GroupPage
from bot.web.guard import Guard
from bot.web.history import HistoryPage
from bot.web.page import HOME, Pages, static
from bot.web.proposals import ProposalsPage
from bot.web.queue import QueuePage
from bot.web.sampling import SamplePage
from bot.web.staffing import StaffPage


def review_routes(
    review: Review,
    guide: Callable[[], Guide],
    *,
    undo_for: timedelta,
    address: str = "",
    demo_hosts: Collection[str] = (),
) -> list[BaseRoute]:
    """``undo_for``: how long an answer can be taken back. ``address``: of the pages as people reach them
    (OPAS_WEB_URL); over https, cookies travel by https alone. ``demo_hosts``: host names on which the demo staff
    of ``prepare_demo`` may enter; none: there is no demo."""
    pages = Pages(
        lambda: guide().texts.staff, lambda moment: guide().local(moment), secure=address.startswith("https://")
    )
    guard = Guard(review.staff, pages)
    desk = Desk(review, guide, pages, guard, undo_for, address)

    async def nothing(request: Request, _: Session) -> Response:
        return guard.missing(request)

    return [
        Route(f"{HOME}/static/{{name}}", static, methods=["GET"]),
        *guard.routes(),
        *QueuePage(desk).routes(),
        *GroupPage(desk).routes(),
        *AnswerPage(desk).routes(),
        *FiguresPage(desk).routes(),
        *SamplePage(desk).routes(),
        *StaffPage(desk).routes(),
        *HistoryPage(desk).routes(),
        *ProposalsPage(desk).routes(),
        *(demo_routes(review, pages, demo_hosts) if demo_hosts else ()),
        guard.page(f"{HOME}/{{rest:path}}", nothing),
    ]
