"""The browser phone: a chat page in front of a world, for trying the bot without Telegram."""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.loopback.people import Person
from bot.loopback.refusal import Json
from bot.loopback.world import World

LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_STATIC = files(__package__) / "static"
_KINDS: Final = {
    "phone.css": "text/css",
    "phone.js": "text/javascript",
    "messages.js": "text/javascript",
    "words.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_TAB = re.compile("[A-Za-z0-9-]{16,64}")
_LANGUAGE = re.compile("[a-z]{2,3}")
_SENDABLE = frozenset({"sticker", "photo", "voice", "location", "contact"})
_HEARTBEAT_S = 15.0
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_WRONG_ADDRESS = "This page answers only on this computer: open it at http://127.0.0.1 with the port you chose.\n"

Endpoint = Callable[[Request], Awaitable[Response]]


def phone_routes(world: World, *, title: str | None = None, review: str = "") -> list[Route]:
    """Routes for the page at "/" and what it needs under "/phone/", to stand beside others or under a prefix.
    `review`: the address of the page of those who answer what the bot cannot; empty: there is none.

    Host names other than this computer's are turned away, so that no other web page can read the chat or write in it.
    Streams end by `await world.close()`: call it before the web server waits for them.
    """
    phone = _Phone(world, title if title is not None else world.name, review)

    def guarded(endpoint: Endpoint, *, writes: bool = False) -> Endpoint:
        async def guard(request: Request) -> Response:
            if not _is_welcome(request, writes=writes):
                return PlainTextResponse(_WRONG_ADDRESS, 403, _HEADERS)
            return await endpoint(request)

        return guard

    return [
        Route("/", guarded(phone.page), methods=["GET"]),
        Route("/phone/events", guarded(phone.events), methods=["GET"]),
        Route("/phone/do", guarded(phone.do, writes=True), methods=["POST"]),
        Route("/phone/files/{file_id}", guarded(phone.file), methods=["GET"]),
        Route("/phone/{name}", guarded(phone.static), methods=["GET"]),
    ]


def _is_welcome(request: Request, *, writes: bool) -> bool:
    """Whether a request comes from this very page: by its host, and where it writes also by its origin."""
    host = request.headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in LOOPBACK_HOSTS:
        return False
    if not writes:
        return True
    origin = request.headers.get("origin")
    is_json = request.headers.get("content-type", "").startswith("application/json")
    return is_json and origin is not None and urlsplit(origin).netloc == host


class _Phone:
    """What the page's requests do to the world."""

    def __init__(self, world: World, title: str, review: str) -> None:
        self.world = world
        self.title = title
        self.review = review

    async def page(self, _: Request) -> Response:
        source = (_STATIC / "phone.html").read_text("utf-8").replace("{{title}}", html.escape(self.title))
        source = source.replace("{{review}}", html.escape(self.review)).replace(
            "{{hidden}}", "" if self.review else "hidden"
        )
        return Response(source, headers=_HEADERS, media_type="text/html")

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _KINDS:
            return PlainTextResponse("Not found\n", 404, _HEADERS)
        return Response((_STATIC / name).read_text("utf-8"), headers=_HEADERS, media_type=_KINDS[name])

    async def file(self, request: Request) -> Response:
        """A document of the bot as a download; never shown, because it could be a page of its own."""
        kept = self.world.files.get(request.path_params["file_id"])
        if kept is None:
            return PlainTextResponse("Not found\n", 404, _HEADERS)
        attachment = f"attachment; filename*=UTF-8''{quote(kept.name)}"
        headers = {**_HEADERS, "Content-Disposition": attachment}
        return Response(kept.data, headers=headers, media_type="application/octet-stream")

    async def events(self, request: Request) -> Response:
        """Everything this tab's person sees, beginning with the whole screen; reconnecting begins anew."""
        person = self._person(request.query_params.get("tab", ""), request.query_params.get("language", ""))
        if person is None:
            return PlainTextResponse("Not a tab of this page\n", 400, _HEADERS)
        return StreamingResponse(self._stream(person), headers=_HEADERS, media_type="text/event-stream")

    async def do(self, request: Request) -> Response:
        """One act of the person: start, write, press, send or language."""
        try:
            wish = await request.json()
            person = self._person(str(wish.get("tab", "")), str(wish.get("language", "")))
            if person is None:
                raise ValueError("not a tab of this page")
            self._act(person, wish)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400, _HEADERS)
        return JSONResponse({}, headers=_HEADERS)

    def _act(self, person: Person, wish: Json) -> None:
        match wish.get("act"):
            case "write":
                person.write(str(wish["text"]))
            case "press":
                person.press(str(wish["data"]), person.chat.messages[int(wish["message"])])
            case "send":
                if wish["kind"] not in _SENDABLE:
                    raise ValueError("no such attachment")
                person.send(str(wish["kind"]))
            case "language":
                person.chat.tell({"event": "profile"})  # the language itself came with the wish
            case _:
                raise ValueError("no such act")

    def _person(self, tab: str, language: str) -> Person | None:
        """The person of a tab, made when new. The same tab is the same person after a restart too."""
        if not _TAB.fullmatch(tab) or not _LANGUAGE.fullmatch(language):
            return None
        user_id = 1_000_000_000 + int.from_bytes(hashlib.sha256(tab.encode()).digest()[:4], "big") % 1_000_000_000
        name = f"Guest {user_id % 1000:03}"
        return self.world.person(user_id, name, language, started=False)

    async def _stream(self, person: Person) -> AsyncIterator[str]:
        with person.chat.watched() as happened:
            yield "retry: 1000\n" + _event(self._screen(person))
            while True:
                try:
                    event = await asyncio.wait_for(happened.get(), _HEARTBEAT_S)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if event["event"] == "closing":
                    return
                yield _event({**event, **self._about(person)} if event["event"] == "profile" else event)

    def _screen(self, person: Person) -> Json:
        messages = [message.seen() for message in person.messages]
        return {"event": "screen", "messages": messages, "started": person.started, **self._about(person)}

    def _about(self, person: Person) -> Json:
        """What the bot says of itself to somebody with this phone language."""
        language = str(person.identity["language_code"])
        if len(language) != 2:
            language = ""
        profile = self.world.profile
        return {
            "name": profile.text("name", language),
            "description": profile.text("description", language),
            "commands": profile.commands_shown(person.id, person.id, language),
        }


def _event(content: Json) -> str:
    """One server-sent event; JSON keeps it on one line."""
    return f"data: {json.dumps(content)}\n\n"
