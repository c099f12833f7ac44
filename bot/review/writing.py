"""What a counsellor writes to one person, and what is proposed for the guide: nobody else is ever given any of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal

from bot.dialogue.general import letter_reply, passed_on_reply
from bot.dialogue.handover import reading_hours
from bot.dialogue.presses import press_data
from bot.model import Locale, Reply
from bot.redaction import redact
from bot.review.acts import Acts, refusal
from bot.review.answering import LONGEST_WORDING
from bot.review.parts import Parts
from bot.review.proposals import PROPOSED, detail_of
from bot.review.records import Done, Gone, Refused, Result, Staff
from bot.review.words import say
from bot.store import Unit, group_rows, groups
from bot.store import asked as asked_rows
from bot.store import letters as letter_rows
from bot.store.records import ANSWER, QUESTIONS, milliseconds
from bot.store.staff import log_act
from bot.store.talks import keep_line

TALK_LASTS: Final = timedelta(days=1)
"""How long after a letter a reply to it goes to the counsellor; later it is a question like any other."""
LONGEST: Final = 3000
"""Characters of a letter."""
LONGEST_TITLE: Final = 120
"""Characters of the title of a proposal."""
LONGEST_NOTE: Final = 1000


class Writing:
    """Letters to one person and from them, and proposals for the guide."""

    def __init__(self, parts: Parts, acts: Acts) -> None:
        self._parts = parts
        self._store = parts.store
        self._acts = acts

    async def reply(self, by: Staff, question_id: int, text: str) -> Result:
        """Write to the person who asked, marked as written by a person: between 8 and 20 o'clock, or at once when they
        wrote within the last hour. Closes nothing.

        Refused when they did not say "Yes, write to me".
        """
        return await self._write(by, question_id, "reply", text)

    async def ask_back(self, by: Staff, question_id: int, text: str) -> Result:
        """The same, for a question back ("Which city do you live in?")."""
        return await self._write(by, question_id, "ask-back", text)

    async def propose(
        self, by: Staff, group_id: int, title: str, note: str = "", wordings: Mapping[Locale, str] | None = None
    ) -> Result:
        """Propose a new need or service to the admins; they are told in the chat and see it with ``Proposals``. Closes
        nothing. ``wordings``: how people ask for it, rewritten so that they tell of nobody."""
        if not title.strip():
            return Refused(say("Give the new need a title."))
        if (refused := refusal(by)) is not None:
            return refused
        unit = self._store.unit()
        touched = groups.touch(unit, group_id, by.id)
        title, note = title.strip()[:LONGEST_TITLE], note.strip()[:LONGEST_NOTE]
        said = {language: text.strip()[:LONGEST_WORDING] for language, text in (wordings or {}).items() if text.strip()}
        log_act(unit, by.id, PROPOSED, group_id, detail_of(title, note, said))
        stamp = milliseconds(self._store.now())
        for admin in self._parts.staff.everybody:
            if admin.is_admin and not admin.is_same_as(by):
                words = self._parts.words(admin).say(
                    "{name} proposes something new for the guide: {title}. The page shows it above the questions.",
                    name=by.name, title=title,
                )  # fmt: skip
                key = f"proposal:{group_id}:{stamp}:{admin.id}"
                self._parts.stage_notice(unit, key, admin, words, group_id)
        await self._store.commit(unit)
        return Done(group_id) if touched.changed else await self._acts.taken(group_id)

    # --- the person's side

    async def may_answer(self, chat_id: int, key: str) -> bool:
        """Whether "Reply to the counsellor" of a question still leads to one."""
        row = await asked_rows.asked_by_key(self._store, key)
        return row is not None and row.chat_id == chat_id and await self._is_fresh(row.id, chat_id)

    async def question_of_letter(self, chat_id: int, message_id: int) -> str:
        """The key of the question that a message of ours is a letter about, if it can still be answered; else ""."""
        kind, _, rest = (await letter_rows.key_of_message(self._store, chat_id, message_id)).partition(":")
        number = rest.partition(":")[0]
        if kind != "letter" or not number.isdecimal():
            return ""
        row = await asked_rows.asked(self._store, int(number))
        return row.key if row and row.chat_id == chat_id and await self._is_fresh(row.id, chat_id) else ""

    async def take(
        self, unit: Unit, chat_id: int, key: str, text: str, locale: str, removed: frozenset[str] = frozenset()
    ) -> Reply | None:
        """Stage what a person writes back to the counsellor; what to say to them, or None when the talk is over.

        ``removed``: the kinds of personal data that were deleted from ``text``.
        """
        row = await asked_rows.asked_by_key(self._store, key)
        if row is None or row.group_id is None or row.chat_id != chat_id:
            return None
        letter = await letter_rows.last_letter(self._store, row.id, chat_id)
        if letter is None or self._is_over(letter):
            return None
        letter_rows.add_letter(
            unit, group_id=row.group_id, question_id=row.id, chat_id=chat_id, staff_id=None, kind="from-person",
            language=locale, text=text,
        )  # fmt: skip
        unit.bump(QUESTIONS)
        group = await group_rows.group(self._store, row.group_id)
        # Whoever wrote, and whoever the question was passed on to since.
        for number in {letter.staff_id, group.handed_to if group else None}:
            writer = self._parts.staff.working(number or 0)
            if writer is not None:
                words = self._parts.words(writer).say("A person answered you.")
                stamp = milliseconds(self._store.now())
                self._parts.stage_notice(unit, f"mail:{row.id}:{stamp}:{writer.id}", writer, words, row.group_id)
        guide = self._parts.guide()
        speaker = guide.texts.speaker(locale)
        when = reading_hours(speaker, guide.catalogue, guide.local(self._store.now()))
        return passed_on_reply(speaker, when, press_data("reply", key), removed)

    # --- inside

    async def _is_fresh(self, question_id: int, chat_id: int) -> bool:
        letter = await letter_rows.last_letter(self._store, question_id, chat_id)
        return letter is not None and not self._is_over(letter)

    def _is_over(self, letter: letter_rows.LetterRow) -> bool:
        """The day begins when the letter reaches the phone; that of a letter of the night at eight in the morning, also
        if it went out at once."""
        begins = self._parts.daytime.next(self._parts.guide().local(letter.made_at)) or letter.made_at
        return begins + TALK_LASTS < self._store.now()

    async def _write(self, by: Staff, question_id: int, kind: Literal["reply", "ask-back"], text: str) -> Result:
        text = text.strip()
        if (refused := refusal(by)) is not None:
            return refused
        if not text or len(text) > LONGEST:
            return Refused(say("Write a text first.") if not text else say("The text is too long."))
        row = await asked_rows.asked(self._store, question_id)
        if row is None or row.group_id is None:
            return Gone()
        if row.chat_id is None:
            return Refused(say("This person did not say: write to me."))
        speaker = self._parts.guide().texts.speaker(row.language)
        unit = self._store.unit()
        touched = groups.touch_for_letter(unit, row.group_id, by.id)
        redacted = redact(text, self._parts.guide().own_numbers).text
        letter_rows.add_letter(
            unit, group_id=row.group_id, question_id=row.id, chat_id=row.chat_id, staff_id=by.id, kind=kind,
            language=speaker.locale, text=redacted,
        )  # fmt: skip
        log_act(unit, by.id, kind, row.group_id, str(row.id))
        key = letter_rows.letter_key(row.id, unit.now_ms)
        heard = max(filter(None, (await letter_rows.heard_at(self._store, row.id), row.asked_at)))
        due = self._parts.daytime.next_for_letter(self._parts.guide().local(self._store.now()), heard)
        keep_line(unit, row.chat_id, "counsellor", redacted, due)
        reply = letter_reply(speaker, text, press_data("reply", row.key))
        self._parts.stage(unit, key, row.chat_id, reply, ANSWER, due)
        unit.bump(QUESTIONS)
        await self._store.commit(unit)
        return Done(row.group_id) if touched.changed else await self._acts.taken(row.group_id)
