"""How a page of the staff is made: templates, the reader's language, and headers that let nothing foreign in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final

from babel.dates import format_date, format_datetime, format_timedelta
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from bot.model import Locale
from bot.review import Session, Staff
from bot.texts import RIGHT_TO_LEFT, Speaker, StaffTexts, own_name

HOME: Final = "/review"
OWN_WORDS: Final = "own_words"
"""Under this name a request keeps what was typed into its form, for a page that refuses it."""
UI_COOKIE: Final = "opas-language"
UI_DAYS: Final = 365
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: browsers then hide a form's origin even from ourselves.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
_STATIC: Final = files("bot.web") / "static"
_KINDS: Final = {"review.css": "text/css", "review.js": "text/javascript", "icon.svg": "image/svg+xml"}


class Pages:
    """Makes pages in the language of whoever looks at them."""

    def __init__(self, words: Callable[[], StaffTexts], local: Callable[[datetime], datetime], *, secure: bool) -> None:
        """``words``: the staff's texts in use. ``local``: a moment on the city's clocks. ``secure``: the pages are
        reached by https, so cookies must not travel otherwise."""
        self._words = words
        self._local = local
        self.secure: Final = secure
        self._templates = Environment(
            loader=PackageLoader("bot.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def speaker(self, request: Request) -> Speaker:
        """Who speaks to this reader: the language just chosen, else the one chosen before, else the browser's."""
        words = self._words()
        wished = [request.query_params.get("ui", ""), request.cookies.get(UI_COOKIE, ""), *_accepted(request)]
        return words.speaker(next((code for code in wished if code in words.locales), None))

    def moments(self, request: Request) -> Moments:
        """How times are said on this reader's pages."""
        return Moments(self.speaker(request).locale, self._local)

    def door(
        self, request: Request, title: str, lines: Sequence[str], *, status: int = 200, token: str = "", back: str = ""
    ) -> Response:
        """A page of a few sentences, for whoever is not in (yet) or cannot go on. ``token``: of a link that can be
        redeemed here."""
        return self.show(request, "door.html", status, title=title, lines=lines, token=token, back=back)

    def show(
        self, request: Request, template: str, status: int = 200, /, session: Session | None = None, **values: object
    ) -> Response:
        """The page ``template`` with ``values``; escapes everything that stands in them.

        ``session``: whose page it is; None for the pages before the door.
        """
        speaker = self.speaker(request)
        page = self._templates.get_template(template).render(
            say=speaker.say,
            count=speaker.count,
            language_name=speaker.language,
            ui=speaker.locale,
            uis=self._words().locales,
            here=request.url.path,
            # A page that answers a form is not there for whoever follows a link to it.
            again=request.url.path if request.method == "GET" else HOME,
            query=[(name, value) for name, value in request.query_params.multi_items() if name not in ("ui", "done")],
            direction=direction,
            own_name=own_name,
            home=HOME,
            staff=session.staff if session else None,
            menu=menu(speaker, session.staff) if session else (),
            csrf=lambda: Markup('<input type="hidden" name="csrf" value="{}">').format(session.csrf if session else ""),
            own_words=getattr(request.state, OWN_WORDS, ()),
            done=done_line(speaker, request.query_params.get("done", "")),
            **values,
        )
        response = HTMLResponse(page, status, HEADERS)
        chosen = request.query_params.get("ui", "")
        if chosen and chosen == speaker.locale:
            response.set_cookie(
                UI_COOKIE, chosen, UI_DAYS * 86_400, path=HOME, httponly=True, samesite="strict", secure=self.secure
            )
        return response


def menu(speaker: Speaker, staff: Staff) -> list[tuple[str, str]]:
    """The pages that this person may see: address below ``HOME`` and name."""
    say = speaker.say
    found = [
        ("", say("Questions")),
        ("/figures", say("Figures")),
        ("/sample", say("Sample")),
        ("/history", say("History")),
    ]
    return [*found, ("/staff", say("Staff"))] if staff.is_admin else found


def done_line(speaker: Speaker, code: str) -> str:
    """What has just been done, after the page was loaded anew; "" for a code that is not ours."""
    say = speaker.say
    match code:
        case "claim":
            return say("It is yours for 20 minutes.")
        case "release":
            return say("It is free again.")
        case "pass-on":
            return say("It was passed on. Your colleague hears of it in the chat.")
        case "pass-on-unheard":
            return say("It was passed on. Tell your colleague: Opas cannot write to them. They find it under “Mine”.")
        case "drop":
            return say("It was dropped.")
        case "merge":
            return say("They are one question now.")
        case "moved":
            return say("The question that you opened was put together with this one.")
        case "split":
            return say("What you took apart is a question of its own now.")
        case "answer" | "point":
            return say("The answer is in use. Messages go out a little later; until then you can take it back.")
        case "answer-alone":
            return say("The answer is in use. Nobody is waiting for a message. You can take it back.")
        case "undo":
            return say("The answer was taken back. The question waits again.")
        case "reply":
            return say("Your reply is on its way.")
        case "ask-back":
            return say("Your letter is on its way. The question stays open.")
        case "letter-later":
            return say("Your letter is kept. Below you see when it goes out.")
        case "translate":
            return say("The words are in use in one more language.")
        case "propose":
            return say("The admins will see your proposal.")
        case "judge":
            return say("Noted. Here is the next one.")
        case "judge-last":
            return say("Noted. That was the last one.")
        case "partly":
            return say("Not all of them: a colleague was faster with some.")
        case "none":
            return say("Tick the questions first, and choose a reason.")
        case "gone":
            return say("Somebody has judged this already.")
        case "saved":
            return say("Saved.")
        case _:
            return ""


class Moments:
    """Says times as the reader of the page says them."""

    def __init__(self, locale: Locale, local: Callable[[datetime], datetime]) -> None:
        # Plain English is American to CLDR, which writes the month first.
        self._locale, self._local = "en_GB" if locale == "en" else locale, local

    def at(self, moment: datetime) -> str:
        """Day and time on the city's clocks."""
        return format_datetime(self._local(moment), "short", tzinfo=self._local(moment).tzinfo, locale=self._locale)

    def day(self, moment: datetime) -> str:
        return format_date(self._local(moment), "medium", locale=self._locale)

    def clock(self, moment: datetime) -> str:
        local = self._local(moment)
        return f"{local.hour}.{local.minute:02}" if self._locale == "fi" else f"{local.hour}:{local.minute:02}"

    def lasting(self, time: timedelta) -> str:
        """A time span in its largest unit: "3 days"."""
        return format_timedelta(time, granularity="minute", threshold=1, locale=self._locale)


def direction(language: Locale) -> str:
    """The ``dir`` of a text in this language; ``auto`` when the language is not known."""
    if not language:
        return "auto"
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


async def static(request: Request) -> Response:
    """Our own style sheet and script, the only ones the pages may load."""
    name = request.path_params["name"]
    if name not in _KINDS:
        return PlainTextResponse("Not found\n", 404, HEADERS)
    headers: Mapping[str, str] = {**HEADERS, "Cache-Control": "no-cache"}
    return Response((_STATIC / name).read_text("utf-8"), headers=headers, media_type=_KINDS[name])


def _accepted(request: Request) -> list[str]:
    """The languages the browser asks for, in its order; weights are left aside, because browsers sort by them."""
    header = request.headers.get("accept-language", "")[:200]
    return [part.split(";")[0].strip().split("-")[0].lower() for part in header.split(",")]
