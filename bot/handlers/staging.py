"""What a turn of the dialogue brings about, staged in the unit of work: messages, the state of the talk, figures."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime

from bot.dialogue import Talk, Turn
from bot.handlers.incoming import Incoming
from bot.handlers.rendering import render
from bot.handlers.work import Work
from bot.model import Reply
from bot.review import Handover
from bot.store import Outgoing, PersonRow, Question, Store
from bot.store.figures import tell_audience
from bot.store.records import ANSWER, URGENT
from bot.store.talks import forget_lines


def new_key() -> str:
    """A key for a question: random, so that nothing leads from a question back to its asker. With a letter in it, so
    that no number of a bank card looks like one."""
    while (key := secrets.token_hex(8)).isdecimal():
        pass
    return key


async def talk_of(store: Store, chat_id: int) -> Talk:
    """Where the talk with a chat stands now; a new one when nothing is known."""
    person = await store.person(chat_id)
    if person is None:
        return Talk()
    state = {name: str(value) for name, value in person.state.items()}
    return Talk.from_state({**state, "locale": person.locale}).resumed(store.now())


def stage(
    work: Work,
    incoming: Incoming,
    turn: Turn,
    moment: datetime,
    *,
    question: str = "",
    key: str = "",
    handover: Handover | None = None,
) -> None:
    """Put everything that ``turn`` means into the unit of work.

    ``question``: the text to keep when the turn says so; ``key``: the name under which the person may take it back;
    ``handover``: where it goes then.
    """
    if turn.wipes:
        stage_wipe(work, incoming)
        return
    if turn.forgets:
        # What the person wrote after this request stays and is answered.
        work.unit.forget(incoming.chat_id, after=incoming.update_id)
        for reply in turn.replies:
            stage_reply(work, incoming, reply, vanishes=True)
        return
    for reply in turn.replies:
        stage_reply(work, incoming, reply)
    state: dict[str, object] = dict(turn.talk.to_state())
    locale = str(state.pop("locale", ""))
    work.unit.save_person(PersonRow(incoming.chat_id, locale, state, moment))
    _count(work, incoming.chat_id, turn, moment)
    if handover is not None and turn.keeps == "fact":
        service = turn.count.partition(":")[2]
        _keep(work, incoming, turn, handover, Question("", "", "fact", moment, key=key, service=service))
    elif handover is not None and turn.keeps and question:
        _keep(work, incoming, turn, handover, Question(question, "", turn.keeps, moment, turn.needs, key=key))
    if turn.drops_question:
        forget_lines(work.unit, incoming.chat_id, turn.drops_question)
        if handover is not None:
            handover.write_to(work.unit, turn.drops_question, None)
            handover.forget(turn.drops_question)
        work.unit.drop_question(turn.drops_question)


def _keep(work: Work, incoming: Incoming, turn: Turn, handover: Handover, question: Question) -> None:
    language = turn.replies[0].locale if turn.replies else ""
    handover.keep(work.unit, replace(question, language=language, asker=handover.asker(incoming.chat_id)))


def stage_reply(work: Work, incoming: Incoming, reply: Reply, *, vanishes: bool = False) -> None:
    """The messages of one reply. ``vanishes``: once sent, no row is left of them."""
    priority = URGENT if reply.urgent else ANSWER
    for index, rendered in enumerate(render(reply)):
        kind, body = rendered.kind, dict(rendered.body)
        if index == 0 and reply.replaces and incoming.kind == "press" and incoming.message_id:
            kind, body["message_id"] = "edit", incoming.message_id
        work.unit.send(Outgoing(work.next_key(), incoming.chat_id, kind, body, priority, vanishes=vanishes))


def stage_wipe(work: Work, incoming: Incoming) -> None:
    """Delete the talk of the last 48 hours from the screen (Telegram deletes nothing older), then forget the chat."""
    key = work.next_key()
    body: dict[str, object] = {
        "update_id": incoming.update_id,
        "message_id": incoming.message_id,
        "asked_ms": work.unit.now_ms,
    }
    work.unit.send(Outgoing(key, incoming.chat_id, "wipe", body, URGENT))


def _count(work: Work, chat_id: int, turn: Turn, moment: datetime) -> None:
    """Figures about nobody. Urgent ones only by month and without a language, because they are few."""
    day = moment.date()
    language = turn.replies[0].locale if turn.replies else ""
    need = turn.needs[0] if turn.needs else ""
    tell_audience(work.unit, chat_id, turn.outcome, turn.count, day, language, need)
    if turn.outcome == "urgent":
        work.unit.count("urgent", day.replace(day=1), "", need)
    elif turn.outcome:
        work.unit.count(turn.outcome, day, language, need)
    if turn.count:
        name, _, service = turn.count.partition(":")
        work.unit.count(name, day, language, service or need)
