"""A small city's bot with the counsellors' pages in front of it, and people who use them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from bot.review import Review, Staff
from bot.store import Question, Unit
from bot.store.asked import keep
from bot.store.groups import open_group
from bot.web.review import review_routes
from bot.web.server import WebServer
from tests.conftest import SHIPPED, Town

ADMIN, COUNSELLOR, SECOND, TRANSLATOR = 101, 102, 103, 104
UNDO = timedelta(minutes=10)


@dataclass
class Site:
    """The pages of a town, and its staff by Telegram number."""

    town: Town
    url: str

    @property
    def review(self) -> Review:
        return self.town.bot.review

    def staff(self, number: int) -> Staff:
        found = self.review.staff.by_telegram(number)
        assert found is not None
        return found

    async def link(self, number: int) -> str:
        """The address of a one-time link."""
        return f"{self.url}/review/enter/{await self.review.staff.make_link(self.staff(number))}"

    async def ask(self, *questions: str | dict[str, Any], hours: float = 1, drawer: str = "queue") -> int:
        """A group of these questions, each by a person of its own, as if asked ``hours`` ago; its number.

        A question is its text in English, or fields of ``Question``.
        """
        store, group = self.town.bot.store, self.review.handover.new_group()
        asked_at = self.town.clock() - timedelta(hours=hours)
        unit = Unit(asked_at, store.asker)
        fields = [{"text": question} if isinstance(question, str) else dict(question) for question in questions]
        open_group(unit, group, kind="question", drawer=drawer, language=fields[0].get("language", "en"))
        for place, given in enumerate(fields):
            joined = given.pop("joined", "")
            known = {"language": "en", "outcome": "unanswered", "asker": f"{group}-{place}", **given}
            keep(unit, Question(asked_at=asked_at, **known), group, joined)
        await store.commit(unit)
        await self.review.parts.changed()
        return group


@asynccontextmanager
async def site_of(town: Town, **how: Any) -> AsyncIterator[Site]:
    """The pages of ``town`` on a free port, with an admin, two counsellors and a translator."""
    room = town.bot.review.staff
    await room.load({ADMIN: "admin"})
    admin = room.by_telegram(ADMIN)
    assert admin is not None
    await room.change(admin, admin.id, name="Ada", role="admin", languages=[], topics=[], telegram_id=ADMIN)
    await room.add(admin, name="Cvetka", role="counsellor", languages=["sl", "en"], telegram_id=COUNSELLOR)
    await room.add(admin, name="Samir", role="counsellor", languages=["ar", "en"], telegram_id=SECOND)
    await room.add(admin, name="Tina", role="translator", languages=["sl", "ar"], telegram_id=TRANSLATOR)
    routes = review_routes(town.bot.review, town.bot.guides, undo_for=UNDO, **how)
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(WebServer(Starlette(routes=routes), "127.0.0.1", 0, "-"))
        yield Site(town, web.url)


class Visitor:
    """Somebody at a browser without JavaScript."""

    def __init__(self, site: Site, client: httpx.AsyncClient) -> None:
        self.site, self.client = site, client
        self.last: httpx.Response | None = None

    async def opens(self, path: str) -> httpx.Response:
        self.last = await self.client.get(path)
        return self.last

    async def enters(self, number: int) -> Visitor:
        page = await self.opens(await self.site.link(number))
        token = field_of(page.text, "token")
        self.last = await self.client.post("/review/enter", data={"token": token})
        assert self.last.status_code == 200, self.last.text
        return self

    async def submits(self, path: str, **fields: Any) -> httpx.Response:
        """Send a form with the token of the page that was opened last."""
        assert self.last is not None
        token = field_of(self.last.text, "csrf")
        self.last = await self.client.post(path, data={"csrf": token, **fields})
        return self.last


@asynccontextmanager
async def visitor(site: Site, language: str = "en") -> AsyncIterator[Visitor]:
    async with httpx.AsyncClient(
        base_url=site.url, headers={"Accept-Language": language}, follow_redirects=True
    ) as client:
        yield Visitor(site, client)


def field_of(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name} in the page"
    return found[1]


def dangers(page: str) -> list[str]:
    """What of a page would run or load something that is not our own file."""
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            names = dict(attrs)
            found.extend(f"{tag} {name}" for name in names if name.startswith("on") or name == "style")
            addresses = [names.get(name) or "" for name in ("src", "href", "action", "formaction")]
            found.extend(
                f"{tag} {address}" for address in addresses if address and not re.match(r"/review|[?#]", address)
            )
            if tag == "style" or (tag == "script" and "src" not in names):
                found.append(tag)

    Reader().feed(page)
    return found


def shown(page: str) -> str:
    """The words of a page."""
    body = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def speak_finnish(content: Path) -> None:
    """Give a copy of the small city the shipped staff texts in Finnish."""
    source = SHIPPED / "locales/fi/LC_MESSAGES/staff.po"
    target = content / "locales/fi/LC_MESSAGES/staff.po"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())
