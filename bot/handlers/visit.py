"""One thing that a person did, with all that is needed to answer it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from telegram import Update
from telegram.ext import ContextTypes

from bot.dialogue import Talk, Turn
from bot.guide import Guide
from bot.handlers.incoming import Incoming, read
from bot.handlers.keeping import keep_talk
from bot.handlers.staging import stage, talk_of
from bot.handlers.work import CURRENT, Work
from bot.model import Side
from bot.review import Handover
from bot.store import Store


@dataclass(frozen=True, slots=True)
class Visit:
    """What came, where the talk with this person stands, and the content that answers."""

    work: Work
    incoming: Incoming
    guide: Guide
    talk: Talk
    moment: datetime
    """On the city's clocks."""

    def stage(self, turn: Turn, *, question: str = "", key: str = "", handover: Handover | None = None) -> None:
        """See ``staging.stage``."""
        stage(self.work, self.incoming, turn, self.moment, question=question, key=key, handover=handover)

    def keep(self, turn: Turn, words: str | None, speaker: Side = "bot") -> None:
        """See ``keeping.keep_talk``."""
        keep_talk(self.work, self.incoming, turn, words, speaker)

    def answer(self, turn: Turn) -> None:
        """What was written is answered, and no question is left."""
        self.stage(turn)
        self.keep(turn, self.incoming.text)


class Visits:
    """Makes a visit of an update."""

    def __init__(self, guide: Callable[[], Guide], store: Store, now: Callable[[], datetime]) -> None:
        self._guide = guide
        self._store = store
        self._now = now

    async def of(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> Visit | None:
        """None for an update that is nothing to answer."""
        incoming = read(update, context.bot.username)
        if incoming is None:
            return None
        work, guide = CURRENT.get(), self._guide()
        moment = guide.local(self._now())
        return Visit(work, incoming, guide, await talk_of(self._store, incoming.chat_id), moment)
