"""/privacy, /mydata, /save and /forget carried out; and the talk kept for a day, so that it can be saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.dialogue import Talk, Turn
from bot.dialogue.offers import Right
from bot.dialogue.rights import Rights
from bot.dialogue.saving import words_of
from bot.guide import Guide
from bot.handlers.incoming import Incoming
from bot.handlers.work import Work
from bot.model import Side
from bot.store import RETENTION, Store
from bot.store.retention import BACKUP_DAYS
from bot.store.talks import keep_line, lines_of, traces_of

PERIODS: Final = {rule.table: rule.days for rule in RETENTION}


async def turn_of(right: Right, incoming: Incoming, talk: Talk, guide: Guide, store: Store, moment: datetime) -> Turn:
    """What the person asked for. In a group nobody is shown what is kept: the others would read it."""
    rights = Rights(guide.catalogue, guide.texts, PERIODS, BACKUP_DAYS)
    asked = (talk, incoming.phone_locale)
    if incoming.is_group and right in ("mydata", "save"):
        return rights.alone_only(*asked)
    match right:
        case "privacy":
            return rights.privacy(talk, moment, incoming.phone_locale)
        case "mydata":
            traces = await traces_of(store, incoming.chat_id)
            kept = [replace(trace, newest=guide.local(trace.newest)) for trace in traces]
            return rights.mydata(kept, incoming.chat_id, *asked)
        case "save":
            lines = await lines_of(store, incoming.chat_id)
            said = [replace(line, at=guide.local(line.at)) for line in lines]
            return rights.save(said, talk, moment, incoming.phone_locale)
        case "forget":
            return rights.forget(*asked)
        case "erase":
            return rights.erase(*asked)
        case "stay":
            return rights.stay(*asked)


def keep_talk(work: Work, incoming: Incoming, turn: Turn, words: str | None, speaker: Side = "bot") -> None:
    """Keeps one step of the talk for a day, so that /save can give it; in the unit that sends the reply.

    ``words``: what the person wrote, redacted, or "" when it were no words; None: an urgent matter was asked for.
    ``speaker``: whose words the replies are. Nothing urgent is kept, and nothing that was said in a group.
    """
    urgent = words is None or turn.outcome == "urgent" or any(reply.urgent for reply in turn.replies)
    if incoming.is_group or urgent or turn.wipes or turn.forgets:
        return
    if words:
        keep_line(work.unit, incoming.chat_id, "person", words)
    for reply in turn.replies:
        if said := words_of(reply):
            keep_line(work.unit, incoming.chat_id, speaker, said)
