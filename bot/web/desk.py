"""What every page of the staff needs, and what becomes of an act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import get_args

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.guide import Guide
from bot.review import Done, DropReason, Gone, GroupView, Refused, Result, Review, Staff, TakenBy
from bot.review.wording import Wording
from bot.web.forms import Form
from bot.web.guard import Guard
from bot.web.page import HEADERS, HOME, Pages

Options = list[tuple[str, list[tuple[str, str]]]]
"""The groups of a long list: title → (id, name) of each member."""


@dataclass(frozen=True, slots=True)
class Desk:
    review: Review
    guide: Callable[[], Guide]
    pages: Pages
    guard: Guard
    undo_for: timedelta
    address: str
    """Of the page as people reach it, without a slash at the end: ``https://opas.example.org``."""

    def wording(self, request: Request) -> Wording:
        return Wording(self.pages.speaker(request), self.guide())

    def goes_out(self, send_at: datetime) -> datetime:
        """When the messages of an answer really go: nobody's phone buzzes at night."""
        local = self.guide().local(send_at)
        return self.review.parts.daytime.next(local) or local

    def reader(self, request: Request, staff: Staff) -> Staff:
        """This person with the language of the page as the one that they chose and the first that they read."""
        locale = self.pages.speaker(request).locale
        return replace(staff, languages=(locale, *staff.languages), chosen=locale)

    async def view(self, request: Request, staff: Staff) -> GroupView | None:
        """The group of this address, explained in the language of the page where the city speaks it."""
        is_spoken = self.pages.speaker(request).locale in self.guide().texts.locales
        reader = self.reader(request, staff) if is_spoken else staff
        return await self.review.queue.group(reader, request.path_params["group_id"])

    def after(self, request: Request, result: Result, did: str, *, back: str = "") -> Response:
        """Where an act leads: back to the group with a line that says what was done, or the words of whoever was first.

        ``back``: another address than the group's.
        """
        match result:
            case Done(group_id):
                where = back or (f"{HOME}/group/{group_id}" if group_id else HOME)
                return RedirectResponse(f"{where}?done={did}", 303, HEADERS)
            case TakenBy():
                return self._taken(request, result)
            case Refused(reason):
                return self.refused(request, reason, back=back)
            case Gone():
                return self.guard.missing(request)

    async def answered(self, request: Request, result: Result, did: str) -> Response:
        """The same for an answer to everybody; the line says whether messages go out."""
        group = await self.review.queue.summary(result.group_id) if isinstance(result, Done) else None
        return self.after(request, result, "answer-alone" if group is not None and not group.waiting else did)

    def refused(self, request: Request, reason: str, *, back: str = "") -> Response:
        """A rule speaks against it. ``reason``: English words, said in the reader's language."""
        say = self.pages.speaker(request).say
        group_id = request.path_params.get("group_id")
        back = back or (f"{HOME}/group/{group_id}" if group_id else HOME)
        return self.pages.door(request, say("That was not done"), [say(reason)], status=409, back=back)

    def _taken(self, request: Request, taken: TakenBy) -> Response:
        """Somebody was first: their words, and nothing that sounds like a fault."""
        wording = self.wording(request)
        moments = self.pages.moments(request)
        when = moments.clock(taken.at) if taken.what == "claimed" else moments.at(taken.at)
        group_id = request.path_params.get("group_id")
        return self.pages.show(
            request,
            "taken.html",
            409,
            line=wording.taken(taken, when),
            words=wording.first_words(taken),
            back=f"{HOME}/group/{group_id}" if group_id else HOME,
        )

    def code_of(self, results: Sequence[Result], did: str) -> str:
        """What to say of several acts at once: ``did`` if all were done."""
        return did if results and all(isinstance(result, Done) for result in results) else "partly"

    def needs(self, request: Request) -> Options:
        """All needs by topic."""
        wording, catalogue = self.wording(request), self.guide().catalogue
        return [
            (wording.topic(topic), [(need.id, wording.need(need.id)) for need in catalogue.needs_of(topic)])
            for topic in catalogue.topics
        ]

    def services(self, request: Request) -> Options:
        """All services by the topic of the first need that leads to them."""
        wording, catalogue = self.wording(request), self.guide().catalogue
        listed: set[str] = set()
        found: Options = []
        for topic in catalogue.topics:
            members = dict.fromkeys(s for need in catalogue.needs_of(topic) for s in need.services if s not in listed)
            listed |= members.keys()
            found.append((wording.topic(topic), [(service, wording.service(service)) for service in members]))
        return [(topic, members) for topic, members in found if members]


def reason_of(form: Form) -> DropReason | None:
    """Why a group is dropped, as the form says; None when nothing was chosen."""
    return next((reason for reason in get_args(DropReason) if reason == form.one("reason")), None)
