"""Who may enter: one-time links, sessions, roles, and a token in every form."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.review import Session
from bot.review.staff import LINK_PATH, SESSION_LASTS, StaffRoom
from bot.store import StoreUnavailable
from bot.store.records import MOST_DIGITS
from bot.web.forms import Form, FormError, read_form
from bot.web.page import HEADERS, HOME, OWN_WORDS, Pages

SESSION_COOKIE: Final = "opas-session"

Page = Callable[[Request, Session], Awaitable[Response]]
Act = Callable[[Request, Session, Form], Awaitable[Response]]

_log = logging.getLogger(__name__)


class _Number(Convertor[int]):
    """A number in an address. A longer one is of nothing here: such an address leads nowhere, as any other that is
    not ours, instead of into the database, which cannot hold it."""

    regex = rf"[0-9]{{1,{MOST_DIGITS}}}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("number", _Number())


class Guard:
    """Lets staff in and keeps everybody else out. Every page and every act goes through ``page`` or ``act``."""

    def __init__(self, staff: StaffRoom, pages: Pages) -> None:
        self._staff, self._pages = staff, pages

    def routes(self) -> list[Route]:
        """The way in and out."""
        return [
            Route(LINK_PATH, self._kindly(self._link), methods=["GET"]),
            Route(f"{HOME}/enter", self._kindly(self._enter), methods=["POST"]),
            self.act(f"{HOME}/leave", self._leave),
        ]

    def page(self, path: str, show: Page, *, admin: bool = False) -> Route:
        """A page that staff may see; ``admin``: only admins."""

        async def endpoint(request: Request) -> Response:
            session = await self._session(request)
            if session is None:
                return self._strangers(request)
            return await show(request, session) if _may(session, admin) else self._others(request)

        return Route(path, self._kindly(endpoint), methods=["GET"])

    def act(self, path: str, do: Act, *, admin: bool = False) -> Route:
        """Something that staff may do: only from a form of a page that this very session was shown."""

        async def endpoint(request: Request) -> Response:
            session = await self._session(request)
            if session is None:
                with suppress(FormError):
                    await _read(request)
                return self._strangers(request)
            if not _may(session, admin):
                return self._others(request)
            form = await _read(request)
            if not hmac.compare_digest(form.one("csrf").encode(), session.csrf.encode()):
                return self._old_form(request)
            return await do(request, session, form)

        return Route(path, self._kindly(endpoint), methods=["POST"])

    async def _session(self, request: Request) -> Session | None:
        token = request.cookies.get(SESSION_COOKIE, "")
        return await self._staff.session(token) if token else None

    # --- in and out

    async def _link(self, request: Request) -> Response:
        """Looking at a link does not use it up: Telegram and virus scanners look at links too."""
        say = self._pages.speaker(request).say
        token = request.path_params["token"]
        owner = await self._staff.link_owner(token)
        if owner is None:
            return self._used_up(request)
        hello = say("Hello {name}. Press the button to see the questions.", name=owner.name)
        once = say("The link works once. You stay signed in on this browser for today.")
        return self._pages.door(request, say("Sign in"), [hello, once], token=token)

    async def _enter(self, request: Request) -> Response:
        form = await read_form(request)
        session = await self._staff.redeem(form.one("token"))
        if session is None:
            return self._used_up(request)
        response = RedirectResponse(HOME, 303, HEADERS)
        response.set_cookie(
            SESSION_COOKIE,
            session,
            int(SESSION_LASTS.total_seconds()),
            path=HOME,
            httponly=True,
            samesite="strict",
            secure=self._pages.secure,
        )
        return response

    async def _leave(self, request: Request, _: Session, __: Form) -> Response:
        await self._staff.sign_out(request.cookies[SESSION_COOKIE])
        say = self._pages.speaker(request).say
        response = self._pages.door(request, say("You are signed out"), [self._how_to_enter(request)])
        response.delete_cookie(SESSION_COOKIE, path=HOME, httponly=True, samesite="strict", secure=self._pages.secure)
        return response

    # --- refusals that say what to do

    def _how_to_enter(self, request: Request) -> str:
        say = self._pages.speaker(request).say
        return say("Write /review to the bot in Telegram. It sends you a link that works once.")

    def _strangers(self, request: Request) -> Response:
        say = self._pages.speaker(request).say
        lines = [self._how_to_enter(request), say("If you do not work here, there is nothing to see.")]
        return self._pages.door(request, say("You are not signed in"), lines, status=401)

    def _used_up(self, request: Request) -> Response:
        say = self._pages.speaker(request).say
        lines = [say("It was used already, or it is too old."), self._how_to_enter(request)]
        return self._pages.door(request, say("This link does not work any more"), lines, status=410)

    def _others(self, request: Request) -> Response:
        say = self._pages.speaker(request).say
        lines = [say("Ask an admin if you need it.")]
        return self._pages.door(request, say("This page is for others"), lines, status=403, back=HOME)

    def _old_form(self, request: Request) -> Response:
        say = self._pages.speaker(request).say
        why = say("It was open for too long, or you have signed in anew since.")
        lines = [why, say("Nothing was changed. Go back and try again.")]
        return self._pages.door(request, say("This form is out of date"), lines, status=403, back=HOME)

    def missing(self, request: Request) -> Response:
        """What was asked for is not there (any more)."""
        say = self._pages.speaker(request).say
        lines = [say("Perhaps its time was over, or somebody put it together with another one.")]
        return self._pages.door(request, say("This is not here any more"), lines, status=404, back=HOME)

    def _kindly(self, endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Whatever goes wrong, a page says so; the log gets the fault, never what was written."""

        async def kind(request: Request) -> Response:
            say = self._pages.speaker(request).say
            try:
                return await endpoint(request)
            except FormError:
                lines = [say("Nothing was changed. Go back and try again.")]
                return self._pages.door(request, say("This form cannot be read"), lines, status=400, back=HOME)
            except StoreUnavailable:
                lines = [say("The database cannot be reached just now. Nothing was changed. Try again in a moment.")]
                return self._pages.door(request, say("That did not work"), lines, status=503, back=HOME)
            except Exception:
                _log.exception("a page failed", extra={"page": request.scope["route"].path})
                lines = [say("The fault is ours and stands in the log. Nothing was changed.")]
                return self._pages.door(request, say("That did not work"), lines, status=500, back=HOME)

        return kind


async def _read(request: Request) -> Form:
    """The form; its words are shown again (``page.OWN_WORDS``) should it be refused, for no way back leads to them.
    Those of a form of another site are not: nobody writes on our pages from there. Raises FormError."""
    form = await read_form(request)
    own = _host(f"//{request.headers.get('host', '')}")
    if own and own == _host(request.headers.get("origin", "")):
        setattr(request.state, OWN_WORDS, form.own_words())
    return form


def _host(address: str) -> str:
    """The name of a computer without its port, which a proxy need not hand on; "" when there is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _may(session: Session, admin: bool) -> bool:
    return session.staff.is_admin or not admin
