"""An answer for everybody who asked, and for everybody who will: put together, looked at, given, taken back."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Final

from bot.dialogue import GeneralAnswer
from bot.dialogue.phrasebook import sentences
from bot.review.acts import Acts, refusal
from bot.review.parts import Parts
from bot.review.records import Done, Gone, NewAnswer, Preview, Recipient, Refused, Result, Staff
from bot.review.words import say
from bot.store import answers as answer_rows
from bot.store import asked as asked_rows
from bot.store import group_rows, groups
from bot.store import phrases as phrase_rows
from bot.store.records import QUESTIONS
from bot.store.staff import log_act

LONGEST_TEXT: Final = 1500
"""Characters of the free words in one language: an answer has to fit a phone."""
LONGEST_WORDING: Final = 200
ALREADY_BACK: Final = say("This answer had been taken back already.")


class Answering:
    """General answers. They act in matching at once; their messages go out when the time is over in which they can be
    taken back unseen."""

    def __init__(self, parts: Parts, acts: Acts, undo_for: timedelta) -> None:
        """``undo_for``: how long the messages wait (OPAS_UNDO_S)."""
        self._parts = parts
        self._store = parts.store
        self._acts = acts
        self._undo_for = undo_for

    async def preview(self, by: Staff, group_id: int, new: NewAnswer) -> Preview | None:
        """Who would receive it in which language, and what they would see; None when there is no such group."""
        asked = await asked_rows.asked_in(self._store, group_id)
        if not asked:
            return None
        people: dict[str, set[str]] = defaultdict(set)
        waiting: dict[str, set[int]] = defaultdict(set)
        for row in asked:
            people[row.language].add(row.asker or f"question {row.id}")
            if row.chat_id is not None:
                waiting[row.language].add(row.chat_id)
        answer = GeneralAnswer(0, new.pieces, new.texts, new.approved)
        recipients = [
            Recipient(
                language, len(askers), len(waiting[language]), answer.is_full_in(language),
                self._shown(answer, language),
            )
            for language, askers in sorted(people.items(), key=lambda item: (-len(item[1]), item[0]))
        ]  # fmt: skip
        return Preview(tuple(recipients), tuple(self._faults(by, new)))

    async def answer(self, by: Staff, group_id: int, new: NewAnswer) -> Result:
        """Answer everybody. ``Done.answer_id`` can be taken back. Refused with its first fault, if any."""
        if (refused := refusal(by)) is not None:
            return refused
        for fault in self._faults(by, new):
            return Refused(fault)
        return await self._close(by, group_id, new, "answer", "")

    async def point(self, by: Staff, group_id: int, need: str, wording: str = "", language: str = "") -> Result:
        """The question means a need that the bot knows. ``wording``: how it may be asked, read and rewritten by the
        counsellor so that it tells of nobody's life; it becomes a learnt phrase of ``language`` (default: the group's)
        and acts at once. Who wanted to be written to gets the need's answer like any other; ``Done.answer_id``."""
        if (refused := refusal(by)) is not None:
            return refused
        known = self._parts.guide().catalogue.need(need)
        if known is None:
            return Refused(say("There is no such need."))
        if not language:
            group = await group_rows.group(self._store, group_id)
            language = group.text_language if group else ""
        wordings = {language: wording.strip()} if wording.strip() else {}
        new = NewAnswer((f"need:{known.id}",), wordings=wordings)
        for fault in self._faults(by, new):
            return Refused(fault)
        return await self._close(by, group_id, new, "point", known.id)

    async def undo(self, by: Staff, answer_id: int) -> Result:
        """Take an answer back: it answers nobody any more, what waits is not sent, and whoever got it meanwhile is
        told. The group waits again."""
        if (refused := refusal(by)) is not None:
            return refused
        answer = await answer_rows.answer(self._store, answer_id)
        if answer is not None and answer.state == "undone":
            return Refused(ALREADY_BACK)
        if answer is None or answer.state != "live":
            return Gone()
        unit = self._store.unit()
        undone = answer_rows.undo_answer(unit, answer_id)
        groups.reopen(unit, answer.group_id)
        phrase_rows.withdraw_phrases(unit, answer.group_id)
        log_act(unit, by.id, "undo", answer.group_id, str(answer_id))
        unit.bump(QUESTIONS)
        await self._store.commit(unit)
        await self._parts.changed()
        return Done(answer.group_id, answer_id) if undone.changed else Refused(ALREADY_BACK)

    async def translate(self, by: Staff, answer_id: int, language: str, text: str) -> Result:
        """Add the free words of an answer in a language that ``by`` reads, translators too; acts at once.

        Whoever opened the answer in that language and saw that the words are not there yet, gets a message again.
        """
        answer = await answer_rows.answer(self._store, answer_id)
        if answer is None or answer.state != "live":
            return Gone()
        text = text.strip()
        texts = {**answer.texts, language: text}
        for fault in self._faults(by, NewAnswer(answer.pieces, texts, frozenset({language}))):
            return Refused(fault)
        unit = self._store.unit()
        changed = answer_rows.add_text(unit, answer_id, language, text)
        if language not in answer.approved:
            for chat_id in await answer_rows.shown_in(self._store, answer_id, language):
                self._parts.stage_answered(unit, answer_id, chat_id, language, f":{language}")
        log_act(unit, by.id, "translate", answer.group_id, language)
        unit.bump(QUESTIONS)
        await self._store.commit(unit)
        await self._parts.changed()
        return Done(answer.group_id, answer_id) if changed.changed else Gone()

    # --- inside

    async def _close(self, by: Staff, group_id: int, new: NewAnswer, act: str, detail: str) -> Result:
        """One transaction: the group is answered, the answer is there, its wordings are learnt, the act is logged."""
        need = detail if act == "point" else ""
        written = next(iter(new.texts), next(iter(new.wordings), ""))
        unit = self._store.unit()
        closed = groups.close(unit, group_id, by.id, "answered", need=need)
        added = answer_rows.add_answer(
            unit,
            group_id=group_id,
            staff_id=by.id,
            language=written,
            pieces=new.pieces,
            texts={language: text.strip() for language, text in new.texts.items()},
            approved=new.approved,
            send_at=self._store.now() + self._undo_for,
        )
        for language, wording in new.wordings.items():
            phrase_rows.add_phrase(
                unit, language=language, need=need, to_last_answer_of=group_id, text=wording.strip(), staff_id=by.id,
                group_id=group_id,
            )  # fmt: skip
        log_act(unit, by.id, act, group_id, detail)
        unit.bump(QUESTIONS)
        await self._store.commit(unit)
        if not closed.changed:
            return await self._acts.taken(group_id)
        await self._parts.changed()
        return Done(group_id, int(added.rows[0][0]))

    def _faults(self, by: Staff, new: NewAnswer) -> list[str]:
        """What keeps an answer from being given."""
        guide = self._parts.guide()
        languages = guide.catalogue.languages
        texts = {language: text for language, text in new.texts.items() if text.strip()}
        faults = []
        if not new.pieces and not texts:
            faults.append(say("Put an answer together first."))
        if any(not self._is_known(piece) for piece in new.pieces):
            faults.append(say("A part of the answer is not known any more."))
        if not {*texts, *new.approved, *new.wordings} <= set(languages):
            faults.append(say("This language is not spoken here."))
        if texts and not new.approved & texts.keys():
            faults.append(say("Approve the words in at least one language."))
        if any(not by.reads(language) for language in new.approved):
            faults.append(say("Approve only languages that you read."))
        if any(len(text) > LONGEST_TEXT for text in texts.values()):
            faults.append(say("The answer is too long for a phone."))
        if any(len(wording) > LONGEST_WORDING for wording in new.wordings.values()):
            faults.append(say("The learnt question is too long."))
        return faults

    def _is_known(self, piece: str) -> bool:
        kind, _, what = piece.partition(":")
        guide = self._parts.guide()
        match kind:
            case "need":
                return guide.catalogue.need(what) is not None
            case "service":
                return guide.catalogue.service(what) is not None
            case _:
                return kind == "sentence" and what in sentences(guide.texts.speaker("en"))

    def _shown(self, answer: GeneralAnswer, language: str) -> str:
        guide = self._parts.guide()
        speaker, moment = guide.texts.speaker(language), guide.local(self._store.now())
        return guide.dialogue.general(answer, speaker, moment).text
