"""How long everything is kept, and why: the program acts on this table, /privacy shows it, a test holds it.

A new table needs a rule here, its words in ``dialogue/rights.py``, its place in ``docs/privacy`` (``opas export
record``), and in ``traces.py`` if it knows a chat; tests say what is missing.
"""

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
            "state": "what was shown last, so that 'where is it?' can be answered; of staff also an answer begun",
            "seen_at": "from here the 180 days count",
        },
    ),
    Rule(
        "question",
        180,
        # 180 days after it was asked or 30 days (180 - 150) after its group was closed, whichever comes first.
        "MIN(asked_at, COALESCE((SELECT closed_at FROM question_group WHERE question_group.id = question.group_id) "
        "- 12960000000, asked_at))",
        "Questions without a good answer, so that people can write the answer: half a year, and once they are answered "
        "30 days.",
        {
            "id": "its number",
            "key": "a random name by which the person can take it back",
            "asked_at": "from here the 180 days count",
            "language": "who can read it",
            "text": "the redacted words",
            "outcome": "no answer, none of these, a wrong answer, a person was asked for, or a fact is wrong",
            "needs": "what was offered instead",
            "service": "whose fact is wrong",
            "urgent": "nothing: urgent messages are answered and never kept as questions; of an older form of the file",
            "chat_id": "only if the person said: yes, write to me",
            "asker": "a mark made of the chat's number and the bot's token, so that people are counted and not "
            "messages; without the token it leads to nobody",
            "group_id": "which questions ask the same",
            "joined": "why it was put there, or which fact is wrong",
        },
    ),
    Rule(
        "question_group",
        30,
        "closed_at",
        "Questions that ask the same, until 30 days after they were answered or dropped.",
        {
            "id": "its number",
            "kind": "a question, or a fact that is wrong",
            "drawer": "in the queue or laid aside",
            "state": "open, answered, dropped, merged or expired",
            "language": "of the first question",
            "need": "the need that was pointed to",
            "service": "whose fact is wrong",
            "opened_at": "how long people wait",
            "changed_at": "the last act or question",
            "closed_at": "from here the 30 days count",
            "merged_into": "where its questions went",
            "claimed_by": "who works on it",
            "claimed_until": "until when",
            "handed_to": "to whom it was passed on",
            "reason": "why it was dropped",
            "told_at": "when the admins were told that nobody looked at it",
        },
    ),
    Rule(
        "group_apart",
        180,
        "made_at",
        "Which groups a person took apart, so that they are not put together again.",
        {"group_id": "one group", "other_id": "the other", "made_at": "from here the 180 days count"},
    ),
    Rule(
        "answer",
        None,
        "",
        "Answers that staff wrote for everybody; they tell of nobody and answer the next question too.",
        {
            "id": "its number",
            "group_id": "what was asked",
            "staff_id": "who wrote it",
            "language": "in which language it was written",
            "pieces": "the needs, services and sentences it is made of",
            "texts": "the free words, by language",
            "approved": "in which languages it may be given",
            "state": "in use, taken back, or written into the content",
            "made_at": "when it was written",
            "send_at": "not sent before this moment, so that it can be taken back",
            "sent_at": "when the messages were handed to the outbox",
            "undone_at": "when it was taken back",
        },
    ),
    Rule(
        "delivery",
        30,
        "changed_at",
        "Who gets which answer: people who said 'yes, write to me', 30 days; who was given one in the talk itself, "
        "only until it cannot be taken back any more.",
        {
            "id": "its number",
            "answer_id": "which answer",
            "question_id": "to which question",
            "chat_id": "where it goes",
            "language": "in which language",
            "state": "waiting, sent, shown, out of reach or withdrawn",
            "made_at": "when it was planned",
            "changed_at": "from here the 30 days count",
        },
    ),
    Rule(
        "letter",
        30,
        "made_at",
        "What a counsellor and one person wrote to each other about one question; 30 days.",
        {
            "id": "its number",
            "group_id": "about which questions",
            "question_id": "about which question",
            "chat_id": "with whom",
            "staff_id": "who of the staff wrote",
            "kind": "a reply, a question back, or from the person",
            "language": "in which language",
            "text": "the redacted words",
            "made_at": "from here the 30 days count",
        },
    ),
    Rule(
        "phrase",
        None,
        "",
        "Ways of asking that staff read, rewrote and approved; they tell of nobody.",
        {
            "id": "its number",
            "language": "its language",
            "need": "what is meant",
            "answer_id": "or which answer is meant",
            "text": "the words",
            "staff_id": "who approved it",
            "group_id": "where it came from",
            "state": "in use, withdrawn, or written into the content",
            "made_at": "when",
        },
    ),
    Rule(
        "sample",
        14,
        "asked_at",
        "One answered question in fifty, redacted and without its asker, to check that answers are right; 14 days.",
        {
            "id": "its number",
            "asked_at": "from here the 14 days count",
            "language": "who can read it",
            "text": "the redacted words",
            "needs": "what was answered",
            "judgement": "right, wrong or unclear",
            "staff_id": "who judged",
            "judged_at": "when",
        },
    ),
    Rule(
        "talk",
        1,
        "said_at",
        "The redacted talk, so that it can be saved with /save; one day, and never an urgent one.",
        {
            "id": "order",
            "chat_id": "whose talk it is",
            "speaker": "the person, the bot or a counsellor",
            "text": "the redacted words",
            "said_at": "from here the day counts",
        },
    ),
    Rule(
        "forgotten",
        35,
        "forgotten_at",
        "That somebody asked to be forgotten, so that it is repeated if an older copy of the database is put back; a "
        "little longer than a copy is kept.",
        {
            "mark": "made of the chat's number and the bot's token; without the token it leads to nobody",
            "forgotten_at": "from here the 35 days count",
        },
    ),
    Rule(
        "staff",
        180,
        "removed_at",
        "Who answers and looks after the guide; 180 days after they left, because their acts are logged.",
        {
            "id": "their number",
            "telegram_id": "by which they are known in the chat",
            "name": "shown to their colleagues",
            "role": "counsellor, admin or translator",
            "languages": "what they read",
            "topics": "what they know about",
            "added_at": "since when",
            "removed_at": "from here the 180 days count",
        },
    ),
    Rule(
        "staff_link",
        1,
        "expires_at",
        "Links by which staff enter the review page; each works once.",
        {
            "token_hash": "a hash, not the link itself",
            "staff_id": "whose it is",
            "made_at": "when",
            "expires_at": "from here the day counts",
            "used_at": "when it was used",
        },
    ),
    Rule(
        "staff_session",
        1,
        "expires_at",
        "Who is signed in on the review page.",
        {
            "token_hash": "a hash, not the cookie itself",
            "staff_id": "who",
            "csrf": "proves that a form came from our own page",
            "made_at": "since when",
            "expires_at": "from here the day counts",
        },
    ),
    Rule(
        "staff_action",
        365,
        "done_at",
        "What staff did, so that mistakes can be found and mended; a year.",
        {
            "id": "its number",
            "staff_id": "who",
            "act": "what was done",
            "group_id": "to which questions",
            "detail": "what was chosen; never what a person wrote",
            "done_at": "from here the year counts",
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
        "audience",
        None,
        "",
        "How many people asked, a day and a week; under three people nothing of it is shown to anybody.",
        {
            "period": "a day, a week or a month",
            "start": "its first day",
            "name": "what was counted",
            "language": "in which language, or in all",
            "need": "about what, or about everything",
            "times": "how often",
            "people": "by how many people",
        },
    ),
    Rule(
        "audience_mark",
        32,
        "made_at",
        "That somebody was counted already, so that people are counted and not messages; one mark a figure, and none "
        "leads to another or to anybody.",
        {
            "mark": "made of the chat's number, the figure and the bot's token; without the token it leads to nobody",
            "made_at": "from here the days count",
        },
    ),
    Rule(
        "version",
        None,
        "",
        "Tells a running bot that something was changed beside it, and when Telegram answered last; no personal data.",
        {"name": "what was changed or happened", "value": "how often, or when"},
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


def table_of_records() -> str:
    """The table of periods as Markdown, for the record of processing: what is kept, why, how long, in which columns."""
    lines = ["| table | what and why | days | columns |", "|---|---|---|---|"]
    for rule in RETENTION:
        columns = "; ".join(f"`{column}`: {purpose}" for column, purpose in rule.columns.items())
        lines.append(f"| `{rule.table}` | {rule.reason} | {rule.days or 'no end'} | {columns} |")
    return "\n".join(lines) + "\n"
