"""The review page without Telegram: sample questions, a demo counsellor and a demo admin, each with a way in."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.catalogue.composing import values_in
from bot.guide import Guide
from bot.model import Role
from bot.review import Review, Staff
from bot.review.staff import LINK_PATH
from bot.store import Question, Unit
from bot.store.asked import keep
from bot.store.figures import draw, tell_audience
from bot.store.groups import open_group
from bot.web.page import HEADERS, HOME, Pages

PLACE: Final = f"{HOME}/demo"
HOURS: Final = "24/7"
"""When the demo counsellors read messages, where the city does not say it of its own: whenever somebody tries it."""
UNDO_S: Final = 15
"""How long the demo lets an answer be taken back before the phone hears; nobody waits ten minutes for it there."""
ADMIN_ID: Final = 1
"""The Telegram number with which the demo admin begins, which nobody has: Telegram's own begin far above."""
FIGURE_DAYS: Final = 28
_SAMPLES: Final = Path(__file__).with_name("demo.yaml")


async def prepare_demo(review: Review, guide: Guide) -> None:
    """Fill a throw-away database: a few groups, an admin, and a counsellor who reads the city's first languages."""
    languages, service = guide.texts.locales[:3], next(iter(guide.catalogue.services), "")
    await review.staff.load({ADMIN_ID: "admin"})
    admin = review.staff.by_telegram(ADMIN_ID)
    assert admin is not None
    # In the chat there is no demo admin: news to them would be refused.
    await review.staff.change(
        admin, admin.id, name="Demo admin", role="admin", languages=(), topics=(), telegram_id=None
    )
    await review.staff.add(admin, name="Demo counsellor", role="counsellor", languages=languages)
    for sample in values_in(_SAMPLES.read_text("utf-8")):
        await _ask(review, sample, service)
    await review.parts.load()


async def complete_demo(review: Review, guide: Guide) -> None:
    """What ``prepare_demo`` leaves for later, for nobody looks at it in the first second."""
    await review.gathered()
    await review.parts.gather()
    await pretend_figures(review, guide)


async def pretend_figures(review: Review, guide: Guide) -> None:
    """Four weeks of made-up turns for the dashboard, and a few answered questions to judge: phrases of the content."""
    chance = random.Random(7)  # noqa: S311  # nothing secret: the same pictures every time
    needs = [need for need in guide.catalogue.needs.values() if not need.is_urgent and not need.sensitive]
    today = guide.local(review.store.now()).date()
    unit = review.store.unit()
    for ago in range(1, FIGURE_DAYS + 1):
        for turn in range(chance.randint(6, 16)):
            outcome = chance.choices(("answered", "asked", "unanswered"), (7 if needs else 0, 2, 2))[0]
            judged = chance.choices(("", "helpful", "wrong"), (6, 3, 1))[0] if outcome == "answered" else ""
            language = chance.choice(guide.texts.locales[:4])
            need = chance.choice(needs[:6]).id if outcome == "answered" else ""
            tell_audience(unit, -1 - ago * 100 - turn, outcome, judged, today - timedelta(days=ago), language, need)
    for language, phrases in list(guide.content.intents.phrases.items())[:3]:
        asked = next((p for p in phrases if not p.is_word and p.label in {need.id for need in needs}), None)
        if asked is not None:
            draw(unit, asked.text, language, (asked.label,), review.store.now() - timedelta(days=7))
    await review.store.commit(unit)


async def _ask(review: Review, sample: dict[str, Any], service: str) -> None:
    """One group, as if its questions had come in over the last days."""
    store, group = review.store, review.handover.new_group()
    first = store.now() - timedelta(hours=float(sample["hours"]))
    unit = Unit(first, store.asker)
    kind = str(sample.get("kind", "question"))
    about = service if kind == "fact" else ""
    questions = sample["questions"]
    drawer = str(sample.get("drawer", "queue"))
    open_group(unit, group, kind=kind, drawer=drawer, language=str(questions[0]["language"]), service=about)
    for place, given in enumerate(questions):
        question = Question(
            text=str(given["text"]),
            language=str(given["language"]),
            outcome=given.get("outcome", "unanswered"),
            asked_at=first + timedelta(hours=place),
            asker=f"demo-{group}-{place}",
            service=about,
        )
        keep(unit, question, group, str(given.get("joined", "")))
    await store.commit(unit)


def demo_routes(review: Review, pages: Pages, hosts: Collection[str]) -> list[Route]:
    """A page with a fresh one-time link for each demo role; only for ``hosts``, the names of this computer."""

    async def show(request: Request) -> Response:
        if urlsplit(f"//{request.headers.get('host', '')}").hostname not in hosts:
            return PlainTextResponse("The demo answers only on this computer.\n", 403, HEADERS)
        say = pages.speaker(request).say
        ways = [(say("Enter as a counsellor"), await _way_in(review, _first(review, "counsellor")))]
        ways.append((say("Enter as an admin"), await _way_in(review, _first(review, "admin"))))
        return pages.show(request, "demo.html", ways=ways)

    return [Route(PLACE, show, methods=["GET"])]


def _first(review: Review, role: Role) -> Staff | None:
    return next((staff for staff in review.staff.everybody if staff.role == role), None)


async def _way_in(review: Review, staff: Staff | None) -> str:
    """The address of a one-time link; the start page when somebody removed this demo person."""
    return LINK_PATH.format(token=await review.staff.make_link(staff)) if staff else HOME
