"""What colleagues propose for the guide, as text to copy into the files. For admins."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.review import Session
from bot.web.desk import Desk
from bot.web.forms import Form
from bot.web.page import HOME

PLACE: Final = f"{HOME}/proposals"


class ProposalsPage:
    """``/review/proposals``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        guard = self._desk.guard
        return [
            guard.page(PLACE, self._show, admin=True),
            guard.act(f"{PLACE}/{{proposal_id:number}}/done", self._done, admin=True),
        ]

    async def _show(self, request: Request, session: Session) -> Response:
        moments, say = self._desk.pages.moments(request), self._desk.pages.speaker(request).say
        proposals = [
            (proposal, say("{name} proposed this {time}.", name=name, time=moments.at(proposal.made_at)))
            for proposal in await self._desk.review.proposals.open()
            for name in [proposal.by.name if proposal.by else say("somebody who left")]
        ]
        return self._desk.pages.show(request, "proposals.html", session=session, proposals=proposals)

    async def _done(self, request: Request, session: Session, _: Form) -> Response:
        result = await self._desk.review.proposals.finish(session.staff, request.path_params["proposal_id"])
        return self._desk.after(request, result, "saved", back=PLACE)
