"""What each chat wrote a moment ago, in memory only: fragments are read together, an edit mends its answer, and a
"not this" knows its question. Lost with the process, which only means that a fragment is read alone."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

BURST: Final = timedelta(seconds=8)
"""Messages closer together than this may be one question in pieces ("hei", "kela", "missä?")."""
FRAGMENT: Final = 3
"""Words of a message that may be a fragment."""
REMEMBERED: Final = timedelta(minutes=30)
WORDS_WAIT: Final = timedelta(minutes=10)
"""So long after "What is wrong?" the next message is read as the answer to it."""
MOST_CHATS: Final = 10_000

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said last, as long as the process lives."""

    text: str
    at: datetime
    message_id: int
    reply_key: str
    """Idempotency key of the (first) message that answered it."""
    key: str
    """Names the question, so that "Not this" and "Ask a person" mean the one that is kept already."""
    needs: tuple[str, ...] = ()
    """What was shown."""
    can_join: bool = True
    """Its answer may be replaced by one to this and the next message together."""
    is_answered: bool = False
    """It said enough by itself: only a fragment goes on from it, no question of its own."""
    is_question: bool = True
    """A person may be asked it; not so a greeting or thanks."""


@dataclass(frozen=True, slots=True)
class _Report:
    """A fact was said to be wrong, and what is right may be written next."""

    key: str
    since: datetime
    message_id: int | None = None
    """Of the message in which it was written."""


class Recent:
    """The last message of each chat."""

    def __init__(self) -> None:
        self._said: OrderedDict[int, Said] = OrderedDict()
        self._questions: OrderedDict[int, Said] = OrderedDict()
        """Chat → its last message that a person may be asked."""
        self._wrong_facts: OrderedDict[int, _Report] = OrderedDict()
        """Chat → the report that its next message belongs to."""

    def last(self, chat_id: int, moment: datetime) -> Said | None:
        return _fresh(self._said.get(chat_id), moment)

    def question(self, chat_id: int, moment: datetime) -> Said | None:
        """What "Ask a person" and "Not this" mean: the last message that was no greeting or thanks."""
        return _fresh(self._questions.get(chat_id), moment)

    def before(self, chat_id: int, message_id: int, text: str, moment: datetime) -> Said | None:
        """The message that this one may go on from; never itself, when it is worked on once more."""
        said = self.last(chat_id, moment)
        if said is None or said.message_id == message_id or not said.can_join or moment - said.at >= BURST:
            return None
        is_fragment = len(text.split()) <= FRAGMENT
        was_fragment = len(said.text.split()) <= FRAGMENT and not said.is_answered
        return said if is_fragment or was_fragment else None

    def expect_words(self, chat_id: int, key: str, moment: datetime) -> None:
        """The next message says what is wrong with a fact; ``key``: of the report, "" for no such message."""
        self._wrong_facts.pop(chat_id, None)
        if key:
            _keep(self._wrong_facts, chat_id, _Report(key, moment))

    def report(self, chat_id: int, message_id: int, moment: datetime) -> str:
        """The key of the report that this message belongs to: the first one, however often it is worked on; "" if to
        none."""
        report = self._wrong_facts.pop(chat_id, None)
        if report is None or moment - report.since >= WORDS_WAIT or report.message_id not in (None, message_id):
            return ""
        self._wrong_facts[chat_id] = replace(report, message_id=message_id)
        return report.key

    def remember(self, chat_id: int, said: Said) -> None:
        _keep(self._said, chat_id, said)
        if said.is_question:
            _keep(self._questions, chat_id, said)

    def forget(self, chat_id: int) -> None:
        self._said.pop(chat_id, None)
        self._questions.pop(chat_id, None)
        self._wrong_facts.pop(chat_id, None)


def _fresh(said: Said | None, moment: datetime) -> Said | None:
    return said if said and moment - said.at < REMEMBERED else None


def _keep(of_chats: OrderedDict[int, _Value], chat_id: int, value: _Value) -> None:
    """The newest last; the oldest goes when there are too many."""
    of_chats[chat_id] = value
    of_chats.move_to_end(chat_id)
    if len(of_chats) > MOST_CHATS:
        of_chats.popitem(last=False)
