"""One question: what people wrote, what it may mean, and everything that a counsellor may do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.dialogue.phrasebook import sentences
from bot.review import Answer, GroupSummary, GroupView, QuestionView, Result, Session, Staff
from bot.review.answering import LONGEST_TEXT, LONGEST_WORDING
from bot.review.wording import Wording
from bot.review.writing import LONGEST, LONGEST_NOTE, LONGEST_TITLE
from bot.web.desk import Desk, reason_of
from bot.web.forms import Form
from bot.web.history import act_line
from bot.web.letters import letter_line, refused_line
from bot.web.page import HEADERS, HOME, Moments

PLACE: Final = f"{HOME}/group/{{group_id:number}}"


@dataclass(frozen=True, slots=True)
class QuestionLine:
    id: int
    text: str
    language: str
    when: str
    outcome: str
    joined: str
    shown: str
    can_be_written_to: bool
    goes_out: str
    """When a letter that is written now would go; "" at once."""


@dataclass(frozen=True, slots=True)
class NeedLine:
    id: str
    title: str
    phrase: str
    language: str
    percent: str


@dataclass(frozen=True, slots=True)
class NearLine:
    id: int
    text: str
    language: str
    reason: str


@dataclass(frozen=True, slots=True)
class TextLine:
    """Words with their language."""

    language: str
    text: str
    learn: bool = False
    """The bot may learn them as a way of asking."""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    id: int
    line: str
    words: tuple[TextLine, ...]
    """What was written, in every language in which it was."""
    pieces: tuple[str, ...]
    sent: str
    can_undo: bool
    to_translate: tuple[str, ...] = ()
    """Languages that the reader reads and in which nobody has approved the words yet."""


class GroupPage:
    """``/review/group/ID`` and the acts below it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        guard = self._desk.guard
        acts = {
            "claim": self._claim, "release": self._release, "point": self._point, "write": self._write,
            "pass": self._pass, "merge": self._merge, "split": self._split, "propose": self._propose,
            "drop": self._drop, "undo": self._undo, "translate": self._translate,
        }  # fmt: skip
        return [guard.page(PLACE, self._show), *(guard.act(f"{PLACE}/{name}", do) for name, do in acts.items())]

    async def _show(self, request: Request, session: Session) -> Response:
        view = await self._desk.view(request, session.staff)
        if view is None:
            now_in = await self._desk.review.queue.moved_to(request.path_params["group_id"])
            where = f"{HOME}/group/{now_in}?done=moved"
            return RedirectResponse(where, 303, HEADERS) if now_in else self._desk.guard.missing(request)
        told, offered = self._told(request, session.staff, view), self._offered(request, session.staff, view)
        return self._desk.pages.show(
            request, "group.html", session=session, group=view.summary, is_fact=view.summary.kind == "fact",
            **told, **offered,
        )  # fmt: skip

    def _told(self, request: Request, reader: Staff, view: GroupView) -> dict[str, object]:
        """What is known of the group."""
        wording, moments = self._desk.wording(request), self._desk.pages.moments(request)
        group, guide, in_page = view.summary, self._desk.guide(), self._desk.reader(request, reader)
        state = wording.state(group)
        return {
            "title": wording.title(group),
            "marks": [*([("good", state)] if state else []), *wording.marks(group)],
            "age": moments.lasting(timedelta(days=group.days)),
            "questions": [_question(question, wording, moments) for question in view.questions],
            "near_needs": [
                NeedLine(near.need, wording.need(near.need), near.phrase, near.language, wording.share(near.confidence))
                for near in view.near_needs
            ],
            "names": view.names,
            "things": view.things,
            "why": wording.why(view.why, group.outcomes),
            "near_groups": [
                NearLine(near.id, near.text, near.language, wording.joined(near.reason)) for near in view.near_groups
            ],
            "letters": [letter_line(letter, wording, moments, guide, in_page) for letter in view.letters],
            "answers": [self._answer(answer, group, reader, wording, moments) for answer in view.answers],
            "acts": [act_line(act, wording, moments) for act in view.acts],
            "claimed_until": moments.clock(group.claimed_until) if group.claimed_until else "",
        }

    def _offered(self, request: Request, me: Staff, view: GroupView) -> dict[str, object]:
        """What can be done with the group, and what forms need for it."""
        wording, group = self._desk.wording(request), view.summary
        may_act = me.may_answer and group.state == "open"
        return {
            "may_undo": me.may_answer,
            "may_act": may_act,
            "is_mine": me.is_same_as(group.claimed_by),
            "needs": self._desk.needs(request),
            "wordings": wordings_of(view, me),
            "sentences": phrase_book(self._desk, request),
            "colleagues": self._colleagues(me, view, wording),
            "longest": {
                "text": LONGEST_TEXT,
                "wording": LONGEST_WORDING,
                "letter": LONGEST,
                "title": LONGEST_TITLE,
                "note": LONGEST_NOTE,
            },
            "reasons": wording.drop_reasons(group.kind),
            "keys": self._keys(wording, group, len(view.near_needs)) if may_act and group.kind == "question" else [],
        }

    def _keys(self, wording: Wording, group: GroupSummary, near: int) -> list[tuple[str, str]]:
        say = wording.say
        keys = [("c", say("take it")), ("a", say("put an answer together"))]
        if near:
            keys.insert(0, (f"1–{near}" if near > 1 else "1", say("choose a nearest need, then Enter")))
        return [*keys, ("w", say("write to a person"))] if group.waiting else keys

    def _colleagues(self, me: Staff, view: GroupView, wording: Wording) -> list[tuple[int, str]]:
        """Who may answer, those who read the language first."""
        others = [staff for staff in self._desk.review.staff.everybody if staff.may_answer and not staff.is_same_as(me)]
        others.sort(key=lambda staff: view.summary.language not in staff.languages)
        return [
            (staff.id, " – ".join(filter(None, [staff.name, ", ".join(map(wording.language, staff.languages))])))
            for staff in others
        ]

    def _answer(
        self, answer: Answer, group: GroupSummary, reader: Staff, wording: Wording, moments: Moments
    ) -> AnswerLine:
        say = wording.say
        name = answer.by.name if answer.by else say("somebody who left")
        now = self._desk.review.store.now()
        line = say("{name} answered {time}.", name=name, time=moments.at(answer.made_at))
        if answer.state == "undone":
            line = say("{name} answered {time}. It was taken back.", name=name, time=moments.at(answer.made_at))
        elif group.waiting and (goes_out := self._desk.goes_out(answer.send_at)) > now:
            line += " " + say("Messages go out {time}.", time=moments.at(goes_out))
        sent = say(
            "Messages waiting: {waiting}, sent: {sent}, opened: {shown}, could not be reached: {gone}.",
            **{state: answer.deliveries.get(state, 0) for state in ("waiting", "sent", "shown", "gone")},
        )
        if failed := answer.deliveries.get("failed"):
            sent += " " + refused_line(wording, failed)
        words = tuple(TextLine(code, text) for code, text in answer.texts.items())
        pieces = tuple(wording.piece(piece) for piece in answer.pieces)
        is_live = answer.state == "live"
        locales = self._desk.guide().texts.locales if is_live and answer.texts else ()
        missing = tuple(code for code in locales if code not in answer.approved and reader.reads(code))
        shown = sent if any(answer.deliveries.values()) else ""
        return AnswerLine(answer.id, line, words, pieces, shown, is_live, missing)

    # --- acts

    async def _claim(self, request: Request, session: Session, _: Form) -> Response:
        result = await self._desk.review.acts.claim(session.staff, request.path_params["group_id"])
        return self._desk.after(request, result, "claim")

    async def _release(self, request: Request, session: Session, _: Form) -> Response:
        result = await self._desk.review.acts.release(session.staff, request.path_params["group_id"])
        return self._desk.after(request, result, "release")

    async def _point(self, request: Request, session: Session, form: Form) -> Response:
        need = form.one("need") or form.one("other")
        if self._desk.guide().catalogue.need(need) is None:
            return self._desk.refused(request, "Choose a need first.")
        wording = form.one("wording") if form.one("learn") else ""
        language = form.one("wording-language") if wording else ""
        result = await self._desk.review.answering.point(
            session.staff, request.path_params["group_id"], need, wording, language
        )
        return await self._desk.answered(request, result, "point")

    async def _write(self, request: Request, session: Session, form: Form) -> Response:
        """To one person: a ready sentence in their language, own words, or both."""
        question_id = form.number("question")
        view = await self._desk.review.queue.group(session.staff, request.path_params["group_id"])
        asked = [question for question in view.questions if question.id == question_id] if view else []
        if view is None or not asked:
            return self._desk.guard.missing(request)
        speaker = self._desk.guide().texts.speaker(asked[0].language)
        text = "\n\n".join(filter(None, [sentences(speaker).get(form.one("sentence"), ""), form.one("text")]))
        if not text:
            return self._desk.refused(request, "Write something, or choose a sentence.")
        kind = "ask-back" if form.one("kind") == "ask-back" else "reply"
        writing = self._desk.review.writing
        write = writing.ask_back if kind == "ask-back" else writing.reply
        result = await write(session.staff, asked[0].id, text)
        where = request.url.path.removesuffix("/write")
        return self._desk.after(request, result, "letter-later" if asked[0].letter_goes_out else kind, back=where)

    async def _pass(self, request: Request, session: Session, form: Form) -> Response:
        to = form.number("to") or 0
        result = await self._desk.review.acts.pass_on(session.staff, request.path_params["group_id"], to)
        colleague = self._desk.review.staff.working(to)
        hears = colleague is not None and colleague.telegram_id is not None
        return self._desk.after(request, result, "pass-on" if hears else "pass-on-unheard")

    async def _merge(self, request: Request, session: Session, form: Form) -> Response:
        """Into the other one, which has the shorter history on this page; the reader follows it there."""
        other = form.number("other") or 0
        result = await self._desk.review.acts.merge(session.staff, request.path_params["group_id"], other)
        return self._desk.after(request, result, "merge", back=f"{HOME}/group/{other}")

    async def _split(self, request: Request, session: Session, form: Form) -> Response:
        """The ticked ones leave together; the reader follows them."""
        ticked = form.numbers("question")
        if not ticked:
            return self._desk.refused(request, "Tick the questions first.")
        result = await self._desk.review.acts.split(session.staff, request.path_params["group_id"], ticked)
        return self._desk.after(request, result, "split")

    async def _propose(self, request: Request, session: Session, form: Form) -> Response:
        group_id = request.path_params["group_id"]
        title, note = form.one("title"), form.one("note")
        if not title:
            return self._desk.refused(request, "Write what is missing.")
        may = {code for code in self._desk.guide().texts.locales if session.staff.reads(code)}
        learnt = [code for code in form.all("learn") if code in may]
        said = {code: text for code, text in form.starting("wording-").items() if code in learnt}
        result = await self._desk.review.writing.propose(session.staff, group_id, title, note, said)
        return self._desk.after(request, result, "propose")

    async def _drop(self, request: Request, session: Session, form: Form) -> Response:
        reason = reason_of(form)
        if reason is None:
            return self._desk.refused(request, "Choose a reason.")
        [result] = await self._desk.review.acts.drop(session.staff, [request.path_params["group_id"]], reason)
        return self._desk.after(request, result, "drop", back=HOME)

    async def _undo(self, request: Request, session: Session, form: Form) -> Response:
        group_id = request.path_params["group_id"]
        answer_id = form.number("answer")
        if answer_id is None or answer_id not in {
            answer.id for answer in await self._desk.review.queue.answers(group_id)
        }:
            return self._desk.guard.missing(request)
        result: Result = await self._desk.review.answering.undo(session.staff, answer_id)
        return self._desk.after(request, result, "undo")

    async def _translate(self, request: Request, session: Session, form: Form) -> Response:
        """The free words of an answer in one more language, by somebody who reads it; translators too."""
        answer_id, language = form.number("answer"), form.one("language")
        answers = await self._desk.review.queue.answers(request.path_params["group_id"])
        if answer_id not in {answer.id for answer in answers}:
            return self._desk.guard.missing(request)
        if not form.one("text") or not session.staff.reads(language):
            return self._desk.refused(request, "Write the words in a language that you read.")
        result = await self._desk.review.answering.translate(session.staff, answer_id or 0, language, form.one("text"))
        return self._desk.after(request, result, "translate")


def phrase_book(desk: Desk, request: Request) -> list[tuple[str, str]]:
    """The ready sentences in the language of the page."""
    speaker = desk.guide().texts.speaker(desk.pages.speaker(request).locale)
    return list(sentences(speaker).items())


def wordings_of(view: GroupView, reader: Staff) -> list[TextLine]:
    """The first question of each language that ``reader`` reads, as a beginning for a way of asking."""
    first: dict[str, str] = {}
    for question in view.questions if view.summary.kind == "question" else ():
        if question.text and question.language and reader.reads(question.language):
            first.setdefault(question.language, question.text[:LONGEST_WORDING])
    return [TextLine(code, text) for code, text in first.items()]


def _question(question: QuestionView, wording: Wording, moments: Moments) -> QuestionLine:
    return QuestionLine(
        question.id,
        question.text,
        question.language,
        moments.at(question.asked_at),
        wording.fact(question.joined) or wording.outcome(question.outcome),
        "" if wording.fact(question.joined) else wording.joined(question.joined),
        _listed([wording.need(need) for need in question.shown]),
        question.can_be_written_to,
        moments.at(question.letter_goes_out) if question.letter_goes_out else "",
    )


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
