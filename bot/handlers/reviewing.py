"""The counsellors' loop in the chat: one group at a time, with buttons. For everybody else it is not there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, get_args

from telegram import Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.guide import Guide
from bot.handlers.browsing import Browsing
from bot.handlers.chatwords import ChatWords
from bot.handlers.groupcards import GroupCards, page_button
from bot.handlers.incoming import Incoming, read
from bot.handlers.staging import stage_reply
from bot.handlers.toasts import Toasts
from bot.handlers.work import CURRENT
from bot.model import Paragraph, Press, Reply
from bot.review import Done, DropReason, Filters, Gone, Refused, Result, Review, Staff, TakenBy
from bot.review.staff import LINK_PATH
from bot.review.words import PREFIX
from bot.store import PersonRow
from bot.store.records import as_number

FILTERS: Final = {
    "all": Filters(), "readable": Filters(readable=True), "topics": Filters(my_topics=True), "mine": Filters(mine=True),
}  # fmt: skip
STATE: Final = "review"
"""Under this name what is begun is kept with the chat of a colleague."""
_Then = Callable[[Staff, int], Awaitable[Reply]]
"""What is shown to somebody after an act with a group."""


class _OfStaff(filters.MessageFilter):
    """Chats of people who work here now: whoever was removed is answered like anybody."""

    def __init__(self, review: Review) -> None:
        super().__init__()
        self._review = review

    def filter(self, message: Message) -> bool:
        return self._review.staff.by_telegram(message.chat_id) is not None


async def begun_in_chat(review: Review) -> dict[int, Mapping[str, object]]:
    """What the staff had begun in the chat when the program stopped, by chat."""
    found: dict[int, Mapping[str, object]] = {}
    for staff in review.staff.everybody:
        person = await review.store.person(staff.telegram_id) if staff.telegram_id is not None else None
        state = person.state.get(STATE) if person else None
        if person is not None and isinstance(state, dict):
            found[person.chat_id] = state
    return found


class Reviewing:
    """``/review`` and the buttons below it. Whoever does not work here gets what any unknown command or button gets."""

    def __init__(
        self,
        guide: Callable[[], Guide],
        review: Review,
        browsing: Browsing,
        now: Callable[[], datetime],
        page: str,
        begun: Mapping[int, Mapping[str, object]],
    ) -> None:
        """``page``: address of the web pages; empty: they cannot be reached from outside.
        ``begun``: ``begun_in_chat``."""
        self._guide = guide
        self._review = review
        self._browsing = browsing
        self._now = now
        self._page = page
        self._toasts = Toasts()
        self._words = ChatWords(guide, review)
        self._filters: dict[int, str] = {}
        """Number of a colleague → which groups they want to see here."""
        self._kept: set[int] = set()
        """Chats of which something is kept for a restart."""

        for chat_id, state in begun.items():
            if (staff := review.staff.by_telegram(chat_id)) is not None:
                self._kept.add(chat_id)
                self._filters[staff.id] = str(state.get("filter", "all"))
                self._words.restore(staff, chat_id, state)

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """To stand before everybody's: a colleague's next text may be an answer that is waited for."""
        return [
            CommandHandler("review", self.command, block=True),
            CommandHandler("help", self.help, _OfStaff(self._review), block=True),
            CallbackQueryHandler(self.press, f"^{PREFIX}:", block=True),
            MessageHandler(
                self._words.awaited & _OfStaff(self._review) & filters.TEXT & ~filters.COMMAND, self.write, block=True
            ),
        ]

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """``/review``: the first group that waits. What was begun and not given is forgotten."""
        incoming = read(update, context.bot.username)
        staff = await self._staff(incoming)
        if incoming is None or staff is None:
            await self._browsing.command(update, context)
            return
        self._words.forget(staff, incoming.chat_id)
        stage_reply(CURRENT.get(), incoming, await self._first(staff))
        await self._keep(staff, incoming.chat_id)

    async def help(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """What everybody reads, and below it where the work of this colleague is, in their language."""
        await self._browsing.command(update, context)
        incoming = read(update, context.bot.username)
        if (staff := await self._staff(incoming)) is not None and incoming is not None:
            speaker = self._review.parts.words(staff)
            text = speaker.say("You work here. The questions that wait for a person: /review")
            row = (Press(speaker.say("Show them"), f"{PREFIX}:only:0:all"), page_button(speaker))
            stage_reply(CURRENT.get(), incoming, Reply(speaker.locale, (Paragraph(text),), (row,)))

    async def write(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The words that "My own words" waits for."""
        incoming = read(update, context.bot.username)
        staff = await self._staff(incoming)
        if incoming is not None and staff is not None:
            stage_reply(CURRENT.get(), incoming, await self._words.look(staff, incoming.chat_id, incoming.text))
            await self._keep(staff, incoming.chat_id)

    async def press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Carry out a button below a group, and show what comes next."""
        incoming = read(update, context.bot.username)
        staff = await self._staff(incoming)
        # A press whose data was forged has none left (bot.reduction), and comes here whatever the pattern says.
        if incoming is None or staff is None or not incoming.text.startswith(f"{PREFIX}:"):
            await self._browsing.press(update, context)
            return
        _, verb, group, what = (*incoming.text.split(":", 3), "", "")[:4]
        number = as_number(group) or 0
        if verb != "give":
            self._words.forget(staff, incoming.chat_id)
        if verb == "words":
            toast, reply = "", self._words.ask(staff, incoming.chat_id, number)
        else:
            toast, reply = await self._done(staff, verb, number, what)
        self._toasts.show(context.bot, incoming.query_id, toast, self._now() - CURRENT.get().row.received_at)
        stage_reply(CURRENT.get(), incoming, reply)
        await self._keep(staff, incoming.chat_id)

    # --- inside

    async def _keep(self, staff: Staff, chat_id: int) -> None:
        """What is begun stands beside the talk of this chat, so that a restart loses nothing. Whatever the colleague
        then asks the bot as anybody would, takes it out again."""
        state = self._words.state(staff, chat_id)
        if (chosen := self._filters.get(staff.id, "all")) != "all":
            state["filter"] = chosen
        if not state and chat_id not in self._kept:
            return
        person = await self._review.store.person(chat_id)
        before = {name: value for name, value in person.state.items() if name != STATE} if person else {}
        after = {**before, STATE: state} if state else before
        CURRENT.get().unit.save_person(PersonRow(chat_id, person.locale if person else "", after, self._now()))
        (self._kept.add if state else self._kept.discard)(chat_id)

    async def _staff(self, incoming: Incoming | None) -> Staff | None:
        """Who of the staff this is. In a private chat the number of the chat is that of the person."""
        if incoming is None or incoming.is_group:
            return None
        return await self._review.staff.in_chat(incoming.chat_id)

    async def _done(self, staff: Staff, verb: str, number: int, what: str) -> tuple[str, Reply]:
        """Carry out a button: what is shown above it, and the next message."""
        say = self._review.parts.words(staff).say
        match verb:
            case "claim":
                result = await self._review.acts.claim(staff, number)
                return await self._acted(staff, number, result, say("It is yours for 20 minutes."), self._shown)
            case "release":
                result = await self._review.acts.release(staff, number)
                return await self._acted(staff, number, result, say("It is free again."), self._shown)
            case "point":
                result = await self._review.answering.point(staff, number, what)
                return await self._acted(staff, number, result, say("Done."), self._answered(result))
            case "give":
                result = await self._words.give(staff, number)
                return await self._acted(staff, number, result, say("Done."), self._answered(result))
            case "merge":
                other = as_number(what) or 0
                result = await self._review.acts.merge(staff, number, other)
                told = say("They are one question now.")
                return await self._acted(staff, number, result, told, lambda by, _: self._shown(by, other))
            case "split":
                result = await self._review.acts.split(staff, number, [as_number(what) or 0])
                told = say("What you took apart is a question of its own now.")
                return await self._acted(staff, number, result, told, self._shown)
            case "more":
                return "", await self._more(staff, number)
            case "only":
                self._filters[staff.id] = what if what in FILTERS else "all"
                return "", await self._first(staff)
            case "show":
                return "", await self._shown(staff, number)
            case "drop" if not what:
                return "", await self._reasons(staff, number)
            case "drop":
                reason: DropReason = next((one for one in get_args(DropReason) if one == what), "other")
                [result] = await self._review.acts.drop(staff, [number], reason)
                return await self._acted(staff, number, result, say("It was dropped."), self._next)
            case "undo":
                result = await self._review.answering.undo(staff, as_number(what) or 0)
                return await self._acted(staff, number, result, say("Taken back."), self._shown)
            case "page":
                return "", await self._link(staff)
            case _:
                return "", await self._next(staff, number)

    async def _acted(self, staff: Staff, number: int, result: Result, done: str, then: _Then) -> tuple[str, Reply]:
        """What is shown above the button and what comes next: ``then``, when the act was done; else why it was not, and
        the same question or the words of whoever was first."""
        speaker = self._review.parts.words(staff)
        match result:
            case Done():
                return done, await then(staff, number)
            case TakenBy():
                return self._cards(staff).outrun(number, result)
            case Refused(reason=reason):
                return speaker.say(reason), await self._shown(staff, number)
            case Gone():
                return speaker.say("This question is closed."), await self._shown(staff, number)

    def _answered(self, result: Result) -> _Then:
        """The next group, and above it the way to take the answer back."""

        async def then(staff: Staff, number: int) -> Reply:
            reply = await self._next(staff, number)
            if not isinstance(result, Done) or result.answer_id is None:
                return reply
            label = self._review.parts.words(staff).say("Take back the answer to question {number}", number=number)
            undo = Press(label, f"{PREFIX}:undo:{number}:{result.answer_id}")
            return Reply(reply.locale, reply.paragraphs, ((undo,), *reply.buttons))

        return then

    def _cards(self, staff: Staff) -> GroupCards:
        return GroupCards(self._review.parts.words(staff), self._guide())

    async def _first(self, staff: Staff) -> Reply:
        return await self._next(staff, 0)

    async def _next(self, staff: Staff, after: int) -> Reply:
        """The group that stands behind ``after`` in the queue, else the first one."""
        chosen = FILTERS[self._filters.get(staff.id, "all")]
        groups = await self._review.queue.order(staff, chosen)
        place = groups.index(after) + 1 if after in groups else 0
        if not groups:
            return self._cards(staff).none_left(are_filtered=chosen != FILTERS["all"])
        return await self._shown(staff, groups[place % len(groups)])

    async def _shown(self, staff: Staff, number: int) -> Reply:
        """One group with its buttons."""
        view = await self._review.queue.group(staff, number)
        if view is None and (now_in := await self._review.queue.moved_to(number)) is not None:
            view = await self._review.queue.group(staff, now_in)
        cards = self._cards(staff)
        return cards.closed(view) if view is None or view.summary.state != "open" else cards.open(staff, view)

    async def _more(self, staff: Staff, number: int) -> Reply:
        view = await self._review.queue.group(staff, number)
        return self._cards(staff).more(number, view, self._filters.get(staff.id, "all"))

    async def _reasons(self, staff: Staff, number: int) -> Reply:
        group = await self._review.queue.summary(number)
        return self._cards(staff).reasons(number, group.kind if group else "question")

    async def _link(self, staff: Staff) -> Reply:
        speaker = self._review.parts.words(staff)
        if not self._page:
            text = speaker.say("The page cannot be reached from here: set OPAS_WEB_URL.")
            return Reply(speaker.locale, (Paragraph(text),))
        token = await self._review.staff.make_link(staff)
        lines = [
            speaker.say("This link opens the page once, within 15 minutes. Do not pass it on:"),
            self._page + LINK_PATH.format(token=token),
        ]
        return Reply(speaker.locale, tuple(Paragraph(line) for line in lines))
