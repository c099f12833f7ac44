"""A newcomer writes; the bot answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from telegram import Update
from telegram.ext import BaseHandler, ContextTypes, MessageHandler, filters

from bot.dialogue import Asked, GeneralAnswer, Promise, Turn
from bot.dialogue.wrongfacts import thanks
from bot.handlers.recent import FRAGMENT, Recent, Said
from bot.handlers.rendering import render
from bot.handlers.staging import new_key
from bot.handlers.visit import Visit, Visits
from bot.model import Found, Match, NotFound, SmallTalk, Unsure
from bot.review import Review
from bot.store import Outgoing, Question
from bot.store.records import ANSWER

ANSWERED: Final = ("answered", "named", "follow-up", "small-talk")
"""Outcomes after which a person need not say more to be understood."""


class Asking:
    """Texts, and everything else that people send instead of texts."""

    def __init__(self, visits: Visits, recent: Recent, review: Review) -> None:
        self._visits = visits
        self._recent = recent
        self._review = review

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        return [
            MessageHandler(filters.TEXT & ~filters.COMMAND, self.ask, block=True),
            MessageHandler(filters.ALL & ~filters.TEXT & ~filters.COMMAND, self.send, block=True),
        ]

    async def ask(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a text, together with the fragment before it when there is one."""
        visit = await self._visits.of(update, context)
        if visit is None or visit.incoming.kind != "text":
            return
        match, answer = self._understood(visit)
        if not match.urgent and await self._passed_on(visit):
            return
        if match.verdict == SmallTalk("person"):
            self._ask_person(visit, match)
            return
        if not match.urgent and self._reported(visit):
            return
        incoming = visit.incoming
        before = self._earlier(visit, match)
        if before and not incoming.is_edit and (answer or not isinstance(match.verdict, NotFound | Unsure)):
            before = None  # it says enough by itself: an answer of its own, or a follow-up to what was shown
        if before and visit.guide.dialogue.language_wished(incoming.text, match, visit.talk, visit.moment):
            before = None
        text = incoming.text
        if before and not incoming.is_edit:
            joined = f"{before.text} {text}"
            together = visit.guide.matcher.match(joined)
            # Read together only when that says something new; else the person would wait for an answer in vain. And who
            # has got an answer does not lose it for a choice.
            says = Found if before.is_answered else Found | Unsure
            if isinstance(together.verdict, says) and _needs(together) != before.needs:
                text, match, answer = joined, together, None
            else:
                before = None
        self._answer(visit, text, match, answer, before)

    def _answer(self, visit: Visit, text: str, match: Match, answer: GeneralAnswer | None, before: Said | None) -> None:
        """``text``: what was read, with the fragment before it; ``before``: the message whose answer this one mends."""
        incoming, handover = visit.incoming, self._review.handover
        key = new_key()
        # Whether a person would read it costs another reading of the text: only where that is said.
        is_open = isinstance(match.verdict, NotFound) and not incoming.is_group
        promise = handover.promise(text, key) if is_open else Promise(key=key)
        asked = Asked(text, match, incoming.phone_locale, incoming.removed, promise, answer)
        turn = visit.guide.dialogue.asked(asked, visit.talk, visit.moment)
        if turn.answer is not None:
            self._review.learnt.note_given(visit.work.unit, turn.answer, incoming.chat_id, turn.replies[0].locale)
        if before and len(turn.replies) == 1:
            self._replace(visit, turn, before, text, key)
            return
        visit.stage(turn, question=text, key=key, handover=handover)
        if turn.outcome == "answered" and not incoming.is_group:
            needs, language = turn.needs, turn.replies[0].locale
            self._review.sampling.offer(visit.work.unit, text, match.language or language, needs, urgent=match.urgent)
        visit.keep(turn, incoming.text)
        self._remember(visit, text, turn, match, key)
        self._note_choice(visit, text, turn, key)

    async def send(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a photo, voice message, location … A caption is a question like any other."""
        visit = await self._visits.of(update, context)
        if visit is None:
            return
        incoming, dialogue = visit.incoming, visit.guide.dialogue
        if incoming.text:
            match = visit.guide.matcher.match(incoming.text)
            if match.urgent or isinstance(match.verdict, Found):
                asked = Asked(incoming.text, match, incoming.phone_locale, incoming.removed)
                visit.answer(dialogue.asked(asked, visit.talk, visit.moment))
                return
        visit.answer(dialogue.sent(incoming.media, visit.talk, visit.moment, incoming.phone_locale))

    def _understood(self, visit: Visit) -> tuple[Match, GeneralAnswer | None]:
        """What the matcher makes of a text, and what the staff taught beside it."""
        text, texts = visit.incoming.text, visit.guide.texts
        match = visit.guide.matcher.match(text)
        spoken = visit.talk.going_on_in or texts.nearest(visit.incoming.phone_locale)
        language = match.language or spoken or texts.source
        learnt = self._review.learnt.look(text, match, language)
        if isinstance(learnt, Match):
            return learnt, None
        return match, learnt

    async def _passed_on(self, visit: Visit) -> bool:
        """Give a text to the counsellor if it replies to their letter; whether it did."""
        incoming, talk, writing = visit.incoming, visit.talk, self._review.writing
        key = talk.replying_to
        if incoming.reply_to:
            key = await writing.question_of_letter(incoming.chat_id, incoming.reply_to) or key
        if not key or incoming.is_edit or incoming.is_group:
            return False
        locale = visit.guide.dialogue.speaker_for(talk, incoming.phone_locale).locale
        reply = await writing.take(visit.work.unit, incoming.chat_id, key, incoming.text, locale, incoming.removed)
        if reply is None:
            return False
        visit.answer(Turn((reply,), replace(talk.seen(visit.moment), replying_to="")))
        return True

    def _ask_person(self, visit: Visit, match: Match) -> None:
        """Somebody writes that they want a person: like the button, it means the question before."""
        incoming = visit.incoming
        said = None if incoming.is_group else self._recent.question(incoming.chat_id, visit.moment)
        text, key = (said.text, said.key) if said else ("", "")
        promise = Promise() if incoming.is_group else self._review.handover.promise(text, key, person=True)
        asked = Asked(incoming.text, match, incoming.phone_locale, incoming.removed, promise)
        turn = visit.guide.dialogue.asked(asked, visit.talk, visit.moment)
        if said:
            turn = replace(turn, needs=said.needs)
            self._recent.remember(incoming.chat_id, replace(said, can_join=False))
        visit.stage(turn, question=text, key=key, handover=self._review.handover)
        visit.keep(turn, incoming.text)

    def _reported(self, visit: Visit) -> bool:
        """Keep a text with the report of a wrong fact if it was asked for; whether it was."""
        incoming = visit.incoming
        if incoming.is_edit or incoming.is_group:
            return False
        key = self._recent.report(incoming.chat_id, incoming.message_id, visit.moment)
        if not key:
            return False
        self._review.handover.note_words(visit.work.unit, key, incoming.text)
        speaker = visit.guide.dialogue.speaker_for(visit.talk, incoming.phone_locale)
        visit.answer(Turn((thanks(speaker, incoming.removed),), visit.talk.seen(visit.moment)))
        return True

    def _earlier(self, visit: Visit, match: Match) -> Said | None:
        """The message whose answer this one mends: the fragment before it, or the text that was edited."""
        incoming, moment = visit.incoming, visit.moment
        if incoming.is_group or match.urgent:
            return None
        if incoming.is_edit:
            said = self._recent.last(incoming.chat_id, moment)
            return said if said and said.message_id == incoming.message_id and said.can_join else None
        return self._recent.before(incoming.chat_id, incoming.message_id, incoming.text, moment)

    def _replace(self, visit: Visit, turn: Turn, before: Said, text: str, key: str) -> None:
        """Put the new answer in the place of the earlier one; what does not fit into an edit is sent after it."""
        work, incoming = visit.work, visit.incoming
        first, *rest = render(turn.replies[0])
        new = work.next_key()
        work.unit.send(Outgoing(new, incoming.chat_id, "edit", first.body, ANSWER, target_key=before.reply_key))
        for rendered in rest:
            work.unit.send(Outgoing(work.next_key(), incoming.chat_id, rendered.kind, rendered.body, ANSWER))
        visit.stage(replace(turn, replies=()), question=text, key=key, handover=self._review.handover)
        visit.keep(turn, incoming.text)
        said = Said(
            text, visit.moment, incoming.message_id, before.reply_key, key, turn.needs,
            is_answered=turn.outcome in ANSWERED,
        )  # fmt: skip
        self._recent.remember(incoming.chat_id, said)
        self._note_choice(visit, text, turn, key)

    def _remember(self, visit: Visit, text: str, turn: Turn, match: Match, key: str) -> None:
        incoming = visit.incoming
        if incoming.is_group or match.urgent:
            self._recent.forget(incoming.chat_id)
            return
        alone = len(turn.replies) == 1
        reply_key = visit.work.first_key
        needs = self._meant(visit) if turn.outcome == "follow-up" else turn.needs
        said = Said(
            text, visit.moment, incoming.message_id, reply_key, key, needs,
            can_join=alone, is_answered=turn.outcome in ANSWERED, is_question=_is_question(text, turn),
        )  # fmt: skip
        self._recent.remember(incoming.chat_id, said)

    def _meant(self, visit: Visit) -> tuple[str, ...]:
        """The needs whose places a follow-up is about: a person who is asked then sees what "is it open?" meant."""
        before, catalogue = self._recent.question(visit.incoming.chat_id, visit.moment), visit.guide.catalogue
        needs = map(catalogue.need, before.needs) if before else ()
        in_mind = visit.talk.services_in_mind(visit.moment)
        return tuple(need.id for need in needs if need and set(need.services) & set(in_mind))

    def _note_choice(self, visit: Visit, text: str, turn: Turn, key: str) -> None:
        """Keep a question for which needs are offered, for as long as none is chosen."""
        incoming, handover = visit.incoming, self._review.handover
        if turn.outcome == "asked" and not incoming.is_group:
            asker, language = handover.asker(incoming.chat_id), turn.replies[0].locale
            question = Question(text, language, "unanswered", visit.moment, turn.needs, key=key, asker=asker)
            handover.offer(visit.work.unit, question)
        elif turn.outcome in ("answered", "urgent"):
            handover.choose(visit.work.unit, incoming.chat_id)


def _is_question(text: str, turn: Turn) -> bool:
    """Whether a person may be asked it: no "thanks" or "hello"; a longer text may only look like one."""
    return turn.outcome not in ("small-talk", "unreadable") or len(text.split()) > FRAGMENT


def _needs(match: Match) -> tuple[str, ...]:
    found = match.verdict
    return tuple(candidate.need for candidate in found.needs) if isinstance(found, Found | Unsure) else ()
