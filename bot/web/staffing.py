"""The staff page: who works here, in which role, and their way in. For admins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypedDict, cast, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.model import Locale, Role, TopicId
from bot.review import Refused, Result, Session, Staff
from bot.review.staff import LINK_LASTS, LINK_PATH
from bot.review.wording import Wording
from bot.review.words import say
from bot.web.desk import Desk
from bot.web.forms import Form
from bot.web.page import HOME

PLACE: Final = f"{HOME}/staff"
LONGEST_NAME: Final = 60
MISTYPED: Final = say("A Telegram number has digits only.")


class _Typed(TypedDict):
    """What an admin typed of somebody, as ``StaffRoom`` takes it."""

    name: str
    role: Role
    languages: Sequence[Locale]
    topics: Sequence[TopicId]
    telegram_id: int | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody as the page shows them."""

    id: int
    name: str
    role: Role
    role_title: str
    languages: Sequence[str]
    topics: Sequence[str]
    words: Sequence[str]
    telegram: str
    is_me: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A way in that was just made; shown once, kept nowhere."""

    name: str
    address: str
    minutes: int


class StaffPage:
    """``/review/staff``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._room = desk.review.staff

    def routes(self) -> list[Route]:
        guard = self._desk.guard
        return [
            guard.page(PLACE, self._show, admin=True),
            guard.act(f"{PLACE}/add", self._add, admin=True),
            guard.act(f"{PLACE}/{{staff_id:number}}/change", self._change, admin=True),
            guard.act(f"{PLACE}/{{staff_id:number}}/remove", self._remove, admin=True),
            guard.act(f"{PLACE}/{{staff_id:number}}/link", self._link, admin=True),
        ]

    async def _show(self, request: Request, session: Session) -> Response:
        return self._page(request, session)

    def _page(self, request: Request, session: Session, link: Link | None = None, trouble: str = "") -> Response:
        wording = self._desk.wording(request)
        return self._desk.pages.show(
            request,
            "staff.html",
            409 if trouble else 200,
            session=session,
            people=[_colleague(staff, wording, session.staff) for staff in self._room.everybody],
            newcomer=Colleague(0, "", "counsellor", "", (), (), (), "", is_me=False),
            roles=[(role, wording.role(role)) for role in get_args(Role)],
            languages=wording.languages(),
            topics=[(topic, wording.topic(topic)) for topic in self._desk.guide().catalogue.topics],
            link=link,
            trouble=trouble,
            longest_name=LONGEST_NAME,
        )

    async def _add(self, request: Request, session: Session, form: Form) -> Response:
        if _is_mistyped(form):
            return self._refuse(request, session, MISTYPED)
        return self._after(request, session, await self._room.add(session.staff, **self._typed(form)))

    async def _change(self, request: Request, session: Session, form: Form) -> Response:
        if _is_mistyped(form):
            return self._refuse(request, session, MISTYPED)
        staff_id = request.path_params["staff_id"]
        return self._after(request, session, await self._room.change(session.staff, staff_id, **self._typed(form)))

    async def _remove(self, request: Request, session: Session, _: Form) -> Response:
        return self._after(request, session, await self._room.remove(session.staff, request.path_params["staff_id"]))

    def _after(self, request: Request, session: Session, result: Result) -> Response:
        """Where a change leads; why it was refused stands above the form in which it was typed."""
        if isinstance(result, Refused):
            return self._refuse(request, session, result.reason)
        return self._desk.after(request, result, "saved", back=PLACE)

    async def _link(self, request: Request, session: Session, _: Form) -> Response:
        somebody = self._room.working(request.path_params["staff_id"])
        if somebody is None:
            return self._desk.guard.missing(request)
        token = await self._room.make_link(somebody, by=session.staff)
        address = (self._desk.address or str(request.base_url).rstrip("/")) + LINK_PATH.format(token=token)
        return self._page(request, session, Link(somebody.name, address, int(LINK_LASTS.total_seconds() // 60)))

    def _refuse(self, request: Request, session: Session, reason: str) -> Response:
        return self._page(request, session, trouble=self._desk.pages.speaker(request).say(reason))

    def _typed(self, form: Form) -> _Typed:
        guide = self._desk.guide()
        return {
            "name": form.one("name")[:LONGEST_NAME],
            "role": _role(form),
            "languages": [code for code in guide.texts.locales if code in form.all("language")],
            "topics": [topic for topic in guide.catalogue.topics if topic in form.all("topic")],
            "telegram_id": form.number("telegram"),
        }


def _is_mistyped(form: Form) -> bool:
    return bool(form.one("telegram")) and form.number("telegram") is None


def _role(form: Form) -> Role:
    return cast(Role, form.one("role")) if form.one("role") in get_args(Role) else "counsellor"


def _colleague(staff: Staff, wording: Wording, me: Staff) -> Colleague:
    words = [*map(wording.language, staff.languages), *map(wording.topic, staff.topics)]
    if staff.telegram_id is None:
        words.append(wording.say("Not in the chat"))
    return Colleague(
        staff.id,
        staff.name,
        staff.role,
        wording.role(staff.role),
        staff.languages,
        staff.topics,
        words,
        "" if staff.telegram_id is None else str(staff.telegram_id),
        staff.is_same_as(me),
    )
