"""The history: who did what, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.review import Act, Session
from bot.review.wording import Wording
from bot.web.desk import Desk
from bot.web.page import HOME, Moments


@dataclass(frozen=True, slots=True)
class ActLine:
    when: str
    by: str
    what: str
    group_id: int | None


def act_line(act: Act, wording: Wording, moments: Moments) -> ActLine:
    """An act as the pages show it."""
    by = act.by.name if act.by else wording.say("somebody who left")
    return ActLine(moments.at(act.done_at), by, wording.act(act), act.group_id)


class HistoryPage:
    """``/review/history``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        return [self._desk.guard.page(f"{HOME}/history", self._show)]

    async def _show(self, request: Request, session: Session) -> Response:
        wording, moments = self._desk.wording(request), self._desk.pages.moments(request)
        acts = [act_line(act, wording, moments) for act in await self._desk.review.staff.acts()]
        return self._desk.pages.show(request, "history.html", session=session, acts=acts)
