"""The answer for everybody who asked: put together from pieces, looked at in every language, then given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.dialogue.phrasebook import sentences
from bot.review import GroupSummary, GroupView, NewAnswer, Preview, Session, Staff
from bot.review.answering import LONGEST_TEXT, LONGEST_WORDING
from bot.web.desk import Desk
from bot.web.forms import Form
from bot.web.group import PLACE as GROUP
from bot.web.group import TextLine, phrase_book, wordings_of
from bot.web.page import HEADERS

PLACE: Final = f"{GROUP}/answer"


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the form."""

    need: str = ""
    services: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    texts: Mapping[str, str] | None = None
    wordings: Mapping[str, str] | None = None
    learn: tuple[str, ...] = ()

    def answer(self) -> NewAnswer:
        """As the rules take it. Words are approved in the languages in which somebody who reads them wrote them."""
        pieces = [f"need:{self.need}"] if self.need else []
        pieces += [f"service:{service}" for service in self.services]
        pieces += [f"sentence:{sentence}" for sentence in self.sentences]
        texts = self.texts or {}
        wordings = {code: text for code, text in (self.wordings or {}).items() if code in self.learn}
        return NewAnswer(tuple(pieces), texts, frozenset(texts), wordings)


class AnswerPage:
    """``/review/group/ID/answer``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        guard = self._desk.guard
        return [guard.page(PLACE, self._show), guard.act(PLACE, self._post)]

    async def _show(self, request: Request, session: Session) -> Response:
        view = await self._desk.review.queue.group(session.staff, request.path_params["group_id"])
        if view is None:
            return self._desk.guard.missing(request)
        if not session.staff.may_answer:
            return self._desk.refused(request, "Translators do not answer questions.")
        if view.summary.state != "open":
            return RedirectResponse(request.url.path.removesuffix("/answer"), 303, HEADERS)
        return self._page(request, session, view, Written())

    async def _post(self, request: Request, session: Session, form: Form) -> Response:
        group_id = request.path_params["group_id"]
        written = self._written(form, session.staff)
        answering = self._desk.review.answering
        if form.one("do") == "send":
            result = await answering.answer(session.staff, group_id, written.answer())
            return await self._desk.answered(request, result, "answer")
        view = await self._desk.review.queue.group(session.staff, group_id)
        preview = await answering.preview(session.staff, group_id, written.answer()) if view else None
        if view is None or preview is None:
            return self._desk.guard.missing(request)
        return self._page(request, session, view, written, preview)

    def _page(
        self, request: Request, session: Session, view: GroupView, written: Written, preview: Preview | None = None
    ) -> Response:
        wording = self._desk.wording(request)
        readable = self._readable(session.staff, view, wording_first=self._desk.pages.speaker(request).locale)
        texts = written.texts or {}
        return self._desk.pages.show(
            request,
            "answer.html",
            session=session,
            group=view.summary,
            claimed=self._claimed(request, session.staff, view.summary),
            needs=self._desk.needs(request),
            services=self._desk.services(request),
            sentences=phrase_book(self._desk, request),
            chosen_need=written.need,
            chosen_services=[*written.services, "", ""][:2],
            chosen_sentences=written.sentences,
            texts=[(code, texts.get(code, "")) for code in readable],
            longest={"text": LONGEST_TEXT, "wording": LONGEST_WORDING},
            more_texts=any(texts.get(code) for code in readable[1:]),
            wordings=_wordings(view, session.staff, written),
            preview=preview,
            faults=[wording.say(fault) for fault in preview.faults] if preview else [],
            goes_out=self._desk.pages.moments(request).at(
                self._desk.goes_out(self._desk.review.store.now() + self._desk.undo_for)
            ),
            keys=[("s", wording.say("give the answer"))] if preview and not preview.faults else [],
        )

    def _claimed(self, request: Request, me: Staff, group: GroupSummary) -> str:
        """Which colleague works on it, for an answer given meanwhile would be refused; "" when nobody does."""
        if group.claimed_by is None or group.claimed_until is None or me.is_same_as(group.claimed_by):
            return ""
        until = self._desk.pages.moments(request).clock(group.claimed_until)
        say = self._desk.pages.speaker(request).say
        return say("{name} works on it until {time}.", name=group.claimed_by.name, time=until)

    def _readable(self, staff: Staff, view: GroupView, wording_first: str) -> list[str]:
        """The languages in which this person may write: those they read; the page's first, then the askers'."""
        locales = self._desk.guide().texts.locales
        wished = [wording_first, *view.summary.languages, *locales]
        return [code for code in dict.fromkeys(wished) if code in locales and staff.reads(code)]

    def _written(self, form: Form, staff: Staff) -> Written:
        """What was sent, as far as it exists and this person may say it."""
        guide = self._desk.guide()
        catalogue, known = guide.catalogue, sentences(guide.texts.speaker(guide.texts.source))
        may = {code for code in guide.texts.locales if staff.reads(code)}
        return Written(
            form.one("need") if catalogue.need(form.one("need")) else "",
            tuple(dict.fromkeys(service for service in form.all("service") if catalogue.service(service))),
            tuple(sentence for sentence in form.all("sentence") if sentence in known),
            {code: text for code, text in form.starting("text-").items() if code in may},
            {code: text for code, text in form.starting("wording-").items() if code in may},
            form.all("learn"),
        )


def _wordings(view: GroupView, staff: Staff, written: Written) -> list[TextLine]:
    """One way of asking for each language of the group that this person reads: what was written, else the first
    question as a beginning."""
    said, learn = written.wordings, written.learn
    return [
        TextLine(one.language, one.text if said is None else said.get(one.language, ""), learn=one.language in learn)
        for one in wordings_of(view, staff)
    ]
