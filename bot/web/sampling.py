"""The weekly sample: answered questions drawn by chance, judged one at a time by people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, get_args

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.review import Session
from bot.review.figures import Rate
from bot.review.sampling import Judgement
from bot.review.wording import Wording
from bot.web.desk import Desk
from bot.web.forms import Form
from bot.web.page import HEADERS, HOME

PLACE: Final = f"{HOME}/sample"


@dataclass(frozen=True, slots=True)
class SampleLine:
    id: int
    text: str
    language: str
    when: str
    titles: Sequence[str]


@dataclass(frozen=True, slots=True)
class RateLine:
    """How the sample of one language was judged."""

    name: str
    judged: int
    right: int
    wrong: int
    interval: str


def rate_lines(rates: Sequence[Rate], wording: Wording) -> list[RateLine]:
    """By language; without right or wrong answers there is no interval ("–")."""
    return [
        RateLine(
            wording.language(rate.language), rate.judged, rate.right, rate.wrong,
            " – ".join(map(wording.share, rate.interval)) if rate.right + rate.wrong else "–",
        )
        for rate in rates
    ]  # fmt: skip


class SamplePage:
    """``/review/sample``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        return [self._desk.guard.page(PLACE, self._show), self._desk.guard.act(PLACE, self._judge)]

    async def _show(self, request: Request, session: Session) -> Response:
        wording, moments = self._desk.wording(request), self._desk.pages.moments(request)
        waiting = await self._desk.review.sampling.open()
        # What this reader can judge comes first; the others may be read by a colleague.
        waiting = tuple(sorted(waiting, key=lambda row: not session.staff.reads(row.language)))
        say = wording.say
        first = [
            SampleLine(
                row.id, row.text, row.language, moments.day(row.asked_at), [wording.need(need) for need in row.needs]
            )
            for row in waiting[:1]
        ]  # fmt: skip
        return self._desk.pages.show(
            request,
            "sample.html",
            session=session,
            sample=first[0] if first else None,
            left=len(waiting),
            may_judge=session.staff.may_answer,
            rates=rate_lines(await self._desk.review.figures.rates(), wording),
            keys=[("1", say("right")), ("2", say("wrong")), ("3", say("unclear"))],
        )

    async def _judge(self, request: Request, session: Session, form: Form) -> Response:
        judgement, sample_id = form.one("judgement"), form.number("sample")
        if judgement not in get_args(Judgement) or sample_id is None:
            return self._desk.refused(request, "Choose: right, wrong or unclear.", back=PLACE)
        if not session.staff.may_answer:
            return self._desk.refused(request, "Translators do not answer questions.", back=PLACE)
        judged = await self._desk.review.sampling.judge(session.staff, sample_id, judgement)
        is_last = not await self._desk.review.sampling.open()
        code = "gone" if not judged else "judge-last" if is_last else "judge"
        return RedirectResponse(f"{PLACE}?done={code}", 303, HEADERS)
