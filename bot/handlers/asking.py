"""A newcomer writes; the bot answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, ContextTypes, MessageHandler, filters

from bot.dialogue import Asked, Desk, GeneralAnswer, Talk, Turn
from bot.dialogue.wrongfacts import thanks
from bot.guide import Guide
from bot.handlers.incoming import Incoming, read
from bot.handlers.keeping import keep_talk
from bot.handlers.recent import Recent, Said
from bot.handlers.rendering import render
from bot.handlers.staging import ANSWER, new_key, stage, talk_of
from bot.handlers.work import CURRENT, Work
from bot.model import Found, Match, NotFound, SmallTalk, Unsure
from bot.review import Review
from bot.store import Outgoing, Question, Store


class Asking:
    """Texts, and everything else that people send instead of texts."""

    def __init__(
        self, guide: Callable[[], Guide], store: Store, recent: Recent, now: Callable[[], datetime], review: Review
    ) -> None:
        self._guide = guide
        self._store = store
        self._recent = recent
        self._now = now
        self._review = review

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        return [
            MessageHandler(filters.TEXT & ~filters.COMMAND, self.ask, block=True),
            MessageHandler(filters.ALL & ~filters.TEXT & ~filters.COMMAND, self.send, block=True),
        ]

    async def ask(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a text, together with the fragment before it when there is one."""
        incoming = read(update, context.bot.username)
        if incoming is None or incoming.kind != "text":
            return
        work, guide = CURRENT.get(), self._guide()
        moment = guide.local(self._now())
        talk = await talk_of(self._store, incoming.chat_id)
        match, answer = self._understood(guide, incoming.text, talk, incoming.phone_locale)
        if not match.urgent and await self._passed_on(work, incoming, talk, guide, moment):
            return
        if match.verdict == SmallTalk("person"):
            self._ask_person(work, incoming, match, guide, talk, moment)
            return
        if not match.urgent and self._reported(work, incoming, talk, guide, moment):
            return
        before = self._earlier(incoming, match, moment)
        if before and not incoming.is_edit and (answer or not isinstance(match.verdict, NotFound | Unsure)):
            before = None  # it says enough by itself: an answer of its own, or a follow-up to what was shown
        text = incoming.text
        if before and not incoming.is_edit:
            joined = f"{before.text} {text}"
            together = guide.matcher.match(joined)
            # Read together only when that says something new; else the person would wait for an answer in vain.
            if isinstance(together.verdict, Found | Unsure) and _needs(together) != before.needs:
                text, match, answer = joined, together, None
            else:
                before = None
        key = new_key()
        # Whether a person would read it costs another reading of the text: only where that is said.
        is_open = isinstance(match.verdict, NotFound) and not incoming.is_group
        desk = self._review.handover.desk(text, key) if is_open else Desk(key=key)
        asked = Asked(text, match, incoming.phone_locale, incoming.removed, desk, answer)
        turn = guide.dialogue.asked(asked, talk, moment)
        if turn.answer is not None:
            self._review.learnt.note_given(work.unit, turn.answer, incoming.chat_id, turn.replies[0].locale)
        if before and len(turn.replies) == 1:
            self._replace(work, incoming, turn, before, moment, text, key)
            return
        stage(work, incoming, turn, moment, question=text, key=key, handover=self._review.handover)
        if turn.outcome == "answered" and not incoming.is_group:
            needs, language = turn.needs, turn.replies[0].locale
            self._review.sampling.offer(work.unit, text, match.language or language, needs, urgent=match.urgent)
        keep_talk(work, incoming, turn, incoming.text)
        self._remember(incoming, text, turn, match, moment, f"{work.row.bot_id}:{work.row.update_id}:1", key)
        self._note_choice(work, incoming, text, turn, key)

    async def send(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a photo, voice message, location … A caption is a question like any other."""
        incoming = read(update, context.bot.username)
        if incoming is None:
            return
        work, guide = CURRENT.get(), self._guide()
        moment = guide.local(self._now())
        talk = await talk_of(self._store, incoming.chat_id)
        if incoming.text:
            match = guide.matcher.match(incoming.text)
            if match.urgent or isinstance(match.verdict, Found):
                asked = Asked(incoming.text, match, incoming.phone_locale, incoming.removed)
                turn = guide.dialogue.asked(asked, talk, moment)
                stage(work, incoming, turn, moment)
                keep_talk(work, incoming, turn, incoming.text)
                return
        turn = guide.dialogue.sent(incoming.media, talk, moment, incoming.phone_locale)
        stage(work, incoming, turn, moment)
        keep_talk(work, incoming, turn, incoming.text)

    def _understood(
        self, guide: Guide, text: str, talk: Talk, phone_locale: str | None
    ) -> tuple[Match, GeneralAnswer | None]:
        """What the matcher makes of a text, and what the staff taught beside it."""
        match = guide.matcher.match(text)
        language = match.language or talk.locale or guide.texts.nearest(phone_locale) or guide.texts.source
        learnt = self._review.learnt.look(text, match, language)
        if isinstance(learnt, Match):
            return learnt, None
        return match, learnt

    async def _passed_on(self, work: Work, incoming: Incoming, talk: Talk, guide: Guide, moment: datetime) -> bool:
        """Give a text to the counsellor if it replies to their letter; whether it did."""
        writing = self._review.writing
        key = talk.replying_to
        if incoming.reply_to:
            key = await writing.question_of_letter(incoming.chat_id, incoming.reply_to) or key
        if not key or incoming.is_edit or incoming.is_group:
            return False
        locale = guide.dialogue.speaker_for(talk, incoming.phone_locale).locale
        reply = await writing.take(work.unit, incoming.chat_id, key, incoming.text, locale, incoming.removed)
        if reply is None:
            return False
        turn = Turn((reply,), replace(talk.seen(moment), replying_to=""))
        stage(work, incoming, turn, moment)
        keep_talk(work, incoming, turn, incoming.text)
        return True

    def _ask_person(
        self, work: Work, incoming: Incoming, match: Match, guide: Guide, talk: Talk, moment: datetime
    ) -> None:
        """Somebody writes that they want a person: like the button, it means the question before."""
        said = None if incoming.is_group else self._recent.last(incoming.chat_id, moment)
        text, key = (said.text, said.key or new_key()) if said else ("", "")
        desk = Desk() if incoming.is_group else self._review.handover.desk(text, key, person=True)
        asked = Asked(incoming.text, match, incoming.phone_locale, incoming.removed, desk)
        turn = guide.dialogue.asked(asked, talk, moment)
        if said:
            turn = replace(turn, needs=said.needs)
            self._recent.remember(incoming.chat_id, replace(said, key=key, can_join=False))
        stage(work, incoming, turn, moment, question=text, key=key, handover=self._review.handover)
        keep_talk(work, incoming, turn, incoming.text)

    def _reported(self, work: Work, incoming: Incoming, talk: Talk, guide: Guide, moment: datetime) -> bool:
        """Keep a text with the report of a wrong fact if it was asked for; whether it was."""
        key = "" if incoming.is_edit or incoming.is_group else self._recent.report(incoming.chat_id, moment)
        if not key:
            return False
        self._review.handover.note_words(work.unit, key, incoming.text)
        speaker = guide.dialogue.speaker_for(talk, incoming.phone_locale)
        turn = Turn((thanks(speaker, incoming.removed),), talk.seen(moment))
        stage(work, incoming, turn, moment)
        keep_talk(work, incoming, turn, incoming.text)
        return True

    def _earlier(self, incoming: Incoming, match: Match, moment: datetime) -> Said | None:
        """The message whose answer this one mends: the fragment before it, or the text that was edited."""
        if incoming.is_group or match.urgent:
            return None
        if incoming.is_edit:
            said = self._recent.last(incoming.chat_id, moment)
            return said if said and said.message_id == incoming.message_id and said.can_join else None
        return self._recent.before(incoming.chat_id, incoming.text, moment)

    def _replace(
        self, work: Work, incoming: Incoming, turn: Turn, before: Said, moment: datetime, text: str, key: str
    ) -> None:
        """Put the new answer in the place of the earlier one; what does not fit into an edit is sent after it."""
        first, *rest = render(turn.replies[0])
        new = work.next_key()
        body = {**first.body, "or_send": True}
        work.unit.send(Outgoing(new, incoming.chat_id, "edit", body, ANSWER, target_key=before.reply_key))
        for rendered in rest:
            work.unit.send(Outgoing(work.next_key(), incoming.chat_id, rendered.kind, rendered.body, ANSWER))
        stage(work, incoming, replace(turn, replies=()), moment, question=text, key=key, handover=self._review.handover)
        keep_talk(work, incoming, turn, incoming.text)
        language = turn.replies[0].locale
        said = Said(text, moment, incoming.message_id, before.reply_key, turn.needs, key, language)
        self._recent.remember(incoming.chat_id, said)
        self._note_choice(work, incoming, text, turn, key)

    def _remember(
        self, incoming: Incoming, text: str, turn: Turn, match: Match, moment: datetime, reply_key: str, key: str
    ) -> None:
        if incoming.is_group or match.urgent:
            self._recent.forget(incoming.chat_id)
            return
        language = turn.replies[0].locale if turn.replies else ""
        alone = len(turn.replies) == 1
        said = Said(text, moment, incoming.message_id, reply_key, turn.needs, key, language, can_join=alone)
        self._recent.remember(incoming.chat_id, said)

    def _note_choice(self, work: Work, incoming: Incoming, text: str, turn: Turn, key: str) -> None:
        """Keep a question for which needs are offered, for as long as none is chosen."""
        handover = self._review.handover
        if turn.outcome == "asked" and not incoming.is_group:
            asker, language = handover.asker(incoming.chat_id), turn.replies[0].locale
            question = Question(text, language, "unanswered", self._now(), turn.needs, key=key, asker=asker)
            handover.offer(work.unit, question)
        elif turn.outcome in ("answered", "urgent"):
            handover.choose(work.unit, incoming.chat_id)


def _needs(match: Match) -> tuple[str, ...]:
    found = match.verdict
    return tuple(candidate.need for candidate in found.needs) if isinstance(found, Found | Unsure) else ()
