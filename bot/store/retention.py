"""How long everything is kept, and why: the program acts on this table, /privacy shows it, a test holds
it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """The period of one table."""

    table: str
    days: int | None
    """After these many days the row goes; None: it stays."""
    since: str
    """SQL: the moment from which the days count; while it is NULL the row stays. Empty when nothing ends."""
    reason: str
    columns: Mapping[str, str]
    """Every column and what it is kept for; one that is emptied earlier than its row goes says so."""


RETENTION: Final[tuple[Rule, ...]] = (
    Rule(
        "update_inbox",
        7,
        "finished_at",
        "A message is kept until it is answered; its number 7 days longer, so that it is not answered twice.",
        {
            "bot_id": "which bot it came to",
            "update_id": "Telegram's number: the same message is not worked on twice",
            "chat_id": "where the answer goes",
            "message_id": "Telegram's number of the message, for 'Remove this talk from my screen'",
            "urgent": "urgent messages come first",
            "kind": "message, button, edit",
            "body": "the redacted message; emptied once answered; if that failed, 7 days, to find the fault",
            "state": "new, in work, done or set aside",
            "tries": "a message at which the program stops is not tried for ever",
            "alone": "it was worked on alone, to find out whether it stops the program",
            "received_at": "order, and how long people wait",
            "finished_at": "from here the 7 days count",
            "error": "type of the fault, without personal data",
        },
    ),
    Rule(
        "person",
        180,
        "seen_at",
        "The language chosen and the place in the talk, for half a year after the last message.",
        {
            "chat_id": "whose language it is",
            "locale": "the language chosen",
            "state": "what was shown last, so that 'where is it?' can be answered",
            "seen_at": "from here the 180 days count",
        },
    ),
    Rule(
        "question",
        180,
        "asked_at",
        "Questions without a good answer, so that people can write the answer; at most half a year.",
        {
            "id": "its number",
            "key": "a random name by which the person can take it back",
            "asked_at": "from here the 180 days count",
            "language": "who can read it",
            "text": "the redacted words",
            "outcome": "no answer, none of these, a wrong answer, or a person was asked for",
            "needs": "what was offered instead",
            "urgent": "urgent ones are looked at first",
            "chat_id": "only if the person said: yes, write to me",
        },
    ),
    Rule(
        "outbox",
        7,
        "COALESCE(finished_at, due_at, created_at)",
        "Messages on their way; the number of a sent one 7 days, so that it can be edited or removed.",
        {
            "id": "its number",
            "key": "the same message is not sent twice",
            "chat_id": "where it goes",
            "kind": "message, edit, place, contact",
            "body": "the words; emptied as soon as the message is sent or has failed",
            "priority": "urgent, answer or news",
            "state": "waiting, on its way, sent or failed",
            "target_key": "which message it changes",
            "message_id": "Telegram's number, for edits and for 'Remove this talk from my screen'",
            "tries": "how often it was tried",
            "doubt": "how often it went out without an answer",
            "vanishes": "the row goes as soon as the message is sent",
            "due_at": "not before this moment",
            "created_at": "when it was written",
            "finished_at": "from here the 7 days count",
            "error": "why it failed",
        },
    ),
    Rule(
        "counter",
        None,
        "",
        "Numbers of questions, answers and searches a day; nobody can be recognised in them.",
        {
            "day": "the day",
            "name": "what was counted",
            "language": "in which language",
            "need": "about what",
            "value": "how many",
        },
    ),
    Rule(
        "version",
        None,
        "",
        "Tells a running bot that something was changed beside it; no personal data.",
        {"name": "what was changed", "value": "how often"},
    ),
    Rule(
        "schema_version",
        None,
        "",
        "Which form this file has; no personal data.",
        {"version": "number of the form", "applied_at": "since when"},
    ),
)

BACKUP_DAYS: Final = 30
"""Copies made before the form of the file changed go after these days: what /forget erased must not live
on."""
