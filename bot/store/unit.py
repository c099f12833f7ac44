"""What one event changes: statements staged by typed methods, carried out together by ``Store.commit`` or not
at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from bot.reduction import Received
from bot.store.records import NEWS, QUESTIONS, Outgoing, PersonRow, milliseconds
from bot.store.rules import Rule
from bot.store.traces import TRACES

_EVER: Final = 2**62
"""In milliseconds: later than everything."""

Value = int | str | None
Row = tuple[Any, ...]
"""A row as sqlite3 gives it; only the statement knows what stands in it."""


@dataclass(slots=True)
class Staged:
    """A statement that waits for its unit; filled in when the unit is committed."""

    sql: str
    values: Mapping[str, Value]
    rows: list[Row] = field(default_factory=list)
    """What RETURNING or SELECT gave."""
    changed: int = 0
    """How many rows were written."""
    erases: bool = False
    """If rows were written, their old bytes must be gone from the file when the commit returns."""
    decides: bool = False
    """If it writes no row, nothing that stands after it in its unit is carried out: of two who come at the same
    moment the database lets one win."""


class Unit:
    """One event's writes. Nothing is executed before ``Store.commit``; the order of the calls is kept."""

    def __init__(self, now: datetime, asker: Callable[[int], str]) -> None:
        """``asker``: see ``Store.asker``."""
        self.statements: list[Staged] = []
        self.outgoing: list[tuple[Outgoing, Staged]] = []
        self.takes_long = False
        """Whether nobody should have to wait until its statements are carried out."""
        self._now: Final = milliseconds(now)
        self._asker = asker

    @property
    def now_ms(self) -> int:
        """The moment of this unit, in milliseconds as they are stored."""
        return self._now

    def stage(self, sql: str, **values: Value) -> Staged:
        """For the modules of this room: a statement with named parameters; carried out by ``Store.commit``."""
        staged = Staged(sql, values)
        self.statements.append(staged)
        return staged

    def decide(self, sql: str, **values: Value) -> Staged:
        """The same, for a statement that decides whether what stands after it is carried out (``Staged.decides``)."""
        staged = self.stage(sql, **values)
        staged.decides = True
        return staged

    def mark_of(self, chat_id: int, about: str) -> str:
        """A mark of a chat for one purpose: always the same for the same two. Without the key nobody can tell that two
        marks are of one chat. Empty when the store has no key."""
        digest = hashlib.sha256(f"{chat_id}|{about}".encode()).digest()
        return self._asker(int.from_bytes(digest, "big"))

    # --- people and their questions

    def save_person(self, person: PersonRow) -> None:
        """Writes or replaces what is known of a chat."""
        self.stage(
            """
            INSERT INTO person (chat_id, locale, state, seen_at) VALUES (:chat_id, :locale, :state, :seen_at)
            ON CONFLICT (chat_id) DO UPDATE
            SET locale = excluded.locale, state = excluded.state, seen_at = excluded.seen_at
            """,
            chat_id=person.chat_id,
            locale=person.locale,
            state=_json(person.state),
            seen_at=milliseconds(person.seen_at),
        )

    def drop_question(self, key: str) -> None:
        """The person takes a question back: it goes, also from the bytes of the file."""
        staged = self.stage("DELETE FROM question WHERE key = :key AND key <> ''", key=key)
        staged.erases = True
        self.bump(QUESTIONS)

    def count(self, name: str, day: date, language: str = "", need: str = "", by: int = 1) -> None:
        """Adds to a counter, which knows a day, a language and a need, and nobody."""
        self.stage(
            """
            INSERT INTO counter (day, name, language, need, value) VALUES (:day, :name, :language, :need, :by)
            ON CONFLICT (day, name, language, need) DO UPDATE SET value = counter.value + excluded.value
            """,
            day=day.isoformat(),
            name=name,
            language=language,
            need=need,
            by=by,
        )

    def bump(self, name: str) -> None:
        """Tells the running bot, by ``Store.version(name)``, that something was changed beside it."""
        self.stage(
            """
            INSERT INTO version (name, value) VALUES (:name, 1)
            ON CONFLICT (name) DO UPDATE SET value = version.value + 1
            """,
            name=name,
        )

    def forget(self, chat_id: int, *, after: int | None = None, until_ms: int = _EVER) -> None:
        """Removes all that carries the chat id; what is staged after this call is written anew.

        ``after``: update id of the request; what the person wrote after it stays. ``until_ms``: the moment of the
        request, if it is carried out later: what was answered meanwhile stays too. Numbers of updates stay, without
        chat and text, so that nothing is worked on a second time.
        """
        self.takes_long = True
        first = len(self.statements)
        self.stage(
            """
            UPDATE update_inbox
            SET chat_id = NULL, message_id = NULL, body = '', error = '', state = 'done',
                finished_at = COALESCE(finished_at, :now)
            WHERE chat_id = :chat_id AND update_id <= COALESCE(:after, update_id)
            """,
            chat_id=chat_id,
            after=after,
            now=self._now,
        )
        self.stage("DELETE FROM person WHERE chat_id = :chat_id", chat_id=chat_id)
        self.stage(
            """
            DELETE FROM question
            WHERE (chat_id = :chat_id OR (asker = :asker AND asker <> '')) AND asked_at <= :until
            """,
            chat_id=chat_id,
            asker=self._asker(chat_id),
            until=until_ms,
        )
        self.stage("DELETE FROM talk WHERE chat_id = :chat_id AND said_at <= :until", chat_id=chat_id, until=until_ms)
        # News is always about a question from before: nobody writes "yes, write to me" and is answered in a moment.
        self.stage(
            "DELETE FROM outbox WHERE chat_id = :chat_id AND (created_at <= :until OR priority = :news)",
            chat_id=chat_id,
            until=until_ms,
            news=NEWS,
        )
        for table in TRACES:
            if table not in ("update_inbox", "person", "question", "talk", "outbox"):
                self.stage(f"DELETE FROM {table} WHERE chat_id = :chat_id", chat_id=chat_id)
        for staged in self.statements[first:]:
            staged.erases = True
        self.bump(QUESTIONS)
        if mark := self._asker(chat_id):
            self.note_forgotten(mark, self._now)

    def forget_mark(self, mark: str) -> None:
        """Removes the questions that know their asker by the mark alone."""
        self.stage("DELETE FROM question WHERE asker = :mark AND asker <> ''", mark=mark).erases = True

    def note_forgotten(self, mark: str, at_ms: int) -> None:
        """Notes that the chat behind a mark (``Store.asker``) was forgotten: when an older copy of the database is put
        back, it is forgotten again."""
        self.stage(
            """
            INSERT INTO forgotten (mark, forgotten_at) VALUES (:mark, :at)
            ON CONFLICT (mark) DO UPDATE SET forgotten_at = excluded.forgotten_at
            WHERE excluded.forgotten_at > forgotten.forgotten_at
            """,
            mark=mark,
            at=at_ms,
        )

    def expire(self, rule: Rule) -> Staged:
        """Removes the rows of one table whose period is over."""
        self.takes_long = True
        # The names come from our own table of periods, never from outside.
        staged = self.stage(
            f"DELETE FROM {rule.table} WHERE {rule.since} < :limit",
            limit=self._now - (rule.days or 0) * 86_400_000,
        )
        staged.erases = True
        return staged

    # --- inbox

    def receive(self, bot_id: int, received: Received, *, state: str = "new", error: str = "") -> Staged:
        """Keeps an update; after the commit ``rows`` is empty if it was there already."""
        return self.stage(
            """
            INSERT INTO update_inbox
                (bot_id, update_id, chat_id, message_id, urgent, kind, body, state, received_at, finished_at, error)
            VALUES
                (:bot_id, :update_id, :chat_id, :message_id, 0, :kind, :body, :state, :now, :finished_at, :error)
            ON CONFLICT (bot_id, update_id) DO NOTHING
            RETURNING update_id
            """,
            bot_id=bot_id,
            update_id=received.update_id,
            chat_id=received.chat_id,
            message_id=received.message_id,
            kind=received.kind,
            body=received.body if state == "new" else "",
            state=state,
            now=self._now,
            finished_at=None if state == "new" else self._now,
            error=error,
        )

    def died_with(self, bot_id: int, update_id: int, *, alone: bool = False) -> None:
        """The program died while working on an update."""
        self.stage(
            """
            UPDATE update_inbox SET state = 'working', tries = tries + 1, alone = :alone
            WHERE bot_id = :bot_id AND update_id = :update_id AND state IN ('new', 'working')
            """,
            bot_id=bot_id,
            update_id=update_id,
            alone=int(alone),
        )

    def give_back(self, bot_id: int, update_id: int) -> None:
        """An update is not dealt with and waits for the next start."""
        self.stage(
            """
            UPDATE update_inbox SET state = 'new', tries = tries - 1, alone = 0
            WHERE bot_id = :bot_id AND update_id = :update_id AND state = 'working'
            """,
            bot_id=bot_id,
            update_id=update_id,
        )

    def finish(self, bot_id: int, update_id: int) -> None:
        """An update is dealt with: its words go, its number stays."""
        self.stage(
            """
            UPDATE update_inbox SET state = 'done', body = '', alone = 0, error = '', finished_at = :now
            WHERE bot_id = :bot_id AND update_id = :update_id
            """,
            bot_id=bot_id,
            update_id=update_id,
            now=self._now,
        )

    def set_aside(self, bot_id: int, update_id: int, error: str) -> None:
        """An update cannot be worked on; ``error`` without personal data. Its redacted words stay 7 days."""
        self.stage(
            """
            UPDATE update_inbox SET state = 'set-aside', error = :error, finished_at = :now
            WHERE bot_id = :bot_id AND update_id = :update_id AND state <> 'done'
            """,
            bot_id=bot_id,
            update_id=update_id,
            error=error,
            now=self._now,
        )

    # --- outbox

    def send(self, message: Outgoing) -> None:
        """Puts a message into the outbox, unless its key is known already."""
        staged = self.stage(
            """
            INSERT INTO outbox
                (key, chat_id, kind, body, priority, state, target_key, vanishes, due_at, created_at)
            VALUES (:key, :chat_id, :kind, :body, :priority, 'waiting', :target_key, :vanishes, :due_at, :now)
            ON CONFLICT (key) DO NOTHING
            RETURNING id
            """,
            key=message.key,
            chat_id=message.chat_id,
            kind=message.kind,
            body=_json(message.body),
            priority=message.priority,
            target_key=message.target_key,
            vanishes=int(message.vanishes),
            due_at=None if message.due_at is None else milliseconds(message.due_at),
            now=self._now,
        )
        self.outgoing.append((message, staged))

    def begin_sending(self, outbox_id: int) -> Staged:
        """A message goes out; ``rows`` is empty after the commit if it was taken back or forgotten meanwhile.

        Otherwise: id, key, chat id, kind, body, priority, tries, doubt, message id of the target.
        """
        # What RETURNING gives has no type for SQLite: without the CAST it reads the whole table, not the index.
        return self.stage(
            """
            UPDATE outbox SET state = 'sending', tries = tries + 1
            WHERE id = :id AND state IN ('waiting', 'sending')
            RETURNING id, key, chat_id, kind, body, priority, tries - 1, doubt,
                (SELECT target.message_id FROM outbox AS target WHERE target.key = CAST(outbox.target_key AS TEXT))
            """,
            id=outbox_id,
        )

    def sent(self, outbox_id: int, message_id: int | None) -> None:
        """A message arrived: its words go, Telegram's number of it stays."""
        self._finish_outgoing(outbox_id, "sent", message_id, "")

    def failed(self, outbox_id: int, error: str) -> None:
        """A message will not be sent any more; ``error`` without personal data."""
        self._finish_outgoing(outbox_id, "failed", None, error)

    def _finish_outgoing(self, outbox_id: int, state: str, message_id: int | None, error: str) -> None:
        self.stage(
            """
            UPDATE outbox
            SET state = :state, message_id = :message_id, body = '', error = :error, finished_at = :now
            WHERE id = :id
            """,
            id=outbox_id,
            state=state,
            message_id=message_id,
            error=error,
            now=self._now,
        )
        self.stage("DELETE FROM outbox WHERE id = :id AND vanishes = 1", id=outbox_id).erases = True

    def send_again(self, outbox_id: int, *, doubt: bool) -> None:
        """A message has to go out once more; ``doubt``: it may have arrived already."""
        self.stage(
            """
            UPDATE outbox SET state = 'waiting', tries = tries + (state = 'waiting'), doubt = doubt + :doubt
            WHERE id = :id
            """,
            id=outbox_id,
            doubt=int(doubt),
        )


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
