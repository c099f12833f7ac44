"""What each chat wrote a moment ago, in memory only: fragments are read together, an edit mends its answer, and a
"not this" knows its question. Lost with the process, which only means that a fragment is read alone."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

BURST: Final = timedelta(seconds=8)
"""Messages closer together than this may be one question in pieces ("hei", "kela", "missä?")."""
FRAGMENT: Final = 3
"""Words of a message that may be a fragment."""
REMEMBERED: Final = timedelta(minutes=30)
WORDS_WAIT: Final = timedelta(minutes=10)
"""So long after "What is wrong?" the next message is read as the answer to it."""
MOST_CHATS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said last, as long as the process lives."""

    text: str
    at: datetime
    message_id: int
    reply_key: str
    """Idempotency key of the (first) message that answered it."""
    needs: tuple[str, ...] = ()
    """What was shown."""
    key: str = ""
    """Names the question, so that "Not this" and "Ask a person" mean the one that is kept already."""
    language: str = ""
    """In which it was answered."""
    can_join: bool = True
    """Its answer may be replaced by one to this and the next message together."""


class Recent:
    """The last message of each chat."""

    def __init__(self) -> None:
        self._said: OrderedDict[int, Said] = OrderedDict()
        self._wrong_facts: dict[int, tuple[str, datetime]] = {}
        """Chat → key of the report that its next message belongs to, and since when."""

    def last(self, chat_id: int, moment: datetime) -> Said | None:
        said = self._said.get(chat_id)
        return said if said and moment - said.at < REMEMBERED else None

    def before(self, chat_id: int, text: str, moment: datetime) -> Said | None:
        """The message that ``text`` may go on from."""
        said = self.last(chat_id, moment)
        if said is None or not said.can_join or moment - said.at >= BURST:
            return None
        short = min(len(said.text.split()), len(text.split())) <= FRAGMENT
        return said if short else None

    def expect_words(self, chat_id: int, key: str, moment: datetime) -> None:
        """The next message says what is wrong with a fact; ``key``: of the report, "" for no such message."""
        self._wrong_facts.pop(chat_id, None)
        if key and len(self._wrong_facts) < MOST_CHATS:
            self._wrong_facts[chat_id] = (key, moment)

    def report(self, chat_id: int, moment: datetime) -> str:
        """The key of the report that this message belongs to, once; "" if to none."""
        key, since = self._wrong_facts.pop(chat_id, ("", moment))
        return key if moment - since < WORDS_WAIT else ""

    def remember(self, chat_id: int, said: Said) -> None:
        self._said[chat_id] = said
        self._said.move_to_end(chat_id)
        if len(self._said) > MOST_CHATS:
            self._said.popitem(last=False)

    def forget(self, chat_id: int) -> None:
        self._said.pop(chat_id, None)
        self._wrong_facts.pop(chat_id, None)
