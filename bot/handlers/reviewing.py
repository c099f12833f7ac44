"""The counsellors' loop in the chat: one group at a time, with buttons. For everybody else it is not there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, get_args

from telegram import Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.guide import Guide
from bot.handlers.browsing import Browsing
from bot.handlers.chatwords import ChatWords
from bot.handlers.incoming import Incoming, read
from bot.handlers.staging import stage_reply
from bot.handlers.toasts import Toasts
from bot.handlers.work import CURRENT
from bot.model import Button, Paragraph, Press, Reply
from bot.review import Done, DropReason, Filters, Gone, GroupView, Refused, Result, Review, Staff, TakenBy
from bot.review.staff import LINK_PATH
from bot.review.wording import Wording
from bot.review.words import PREFIX
from bot.store import Person
from bot.store.records import as_number
from bot.texts import Speaker

FILTERS: Final = {
    "all": Filters(), "readable": Filters(readable=True), "topics": Filters(my_topics=True), "mine": Filters(mine=True),
}  # fmt: skip
NEAR: Final = 3
"""Groups that may ask the same, as buttons."""
APART: Final = 5
"""Questions of a group that can be taken out of it, as buttons."""
LONGEST_BUTTON: Final = 40
REPORTS: Final = 5
"""Reports of a wrong fact that are shown in the chat, the newest ones."""
LETTERS: Final = 3
"""Letters that are shown in the chat, the newest ones."""
STATE: Final = "review"
"""Under this name what is begun is kept with the chat of a colleague."""
LONGEST_SHOWN: Final = 700
"""Characters of a question that are shown in the chat; the page shows all."""
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
        return [
            CommandHandler("review", self.command, block=True),
            CommandHandler("help", self.help, _OfStaff(self._review), block=True),
            CallbackQueryHandler(self.press, f"^{PREFIX}:", block=True),
            MessageHandler(
                self._words.awaited & _OfStaff(self._review) & filters.TEXT & ~filters.COMMAND, self.write, block=True
            ),
        ]

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        incoming = read(update, context.bot.username)
        staff = self._staff(incoming)
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
        if (staff := self._staff(incoming)) is not None and incoming is not None:
            speaker = self._review.parts.words(staff)
            text = speaker.say("You work here. The questions that wait for a person: /review")
            row = (Press(speaker.say("Show them"), f"{PREFIX}:only:0:all"), *self._page_row(speaker))
            stage_reply(CURRENT.get(), incoming, Reply(speaker.locale, (Paragraph(text),), (row,)))

    async def write(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """The words that "My own words" waits for."""
        incoming = read(update, context.bot.username)
        staff = self._staff(incoming)
        if incoming is not None and staff is not None:
            stage_reply(CURRENT.get(), incoming, await self._words.look(staff, incoming.chat_id, incoming.text))
            await self._keep(staff, incoming.chat_id)

    async def press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        incoming = read(update, context.bot.username)
        staff = self._staff(incoming)
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
        CURRENT.get().unit.save_person(Person(chat_id, person.locale if person else "", after, self._now()))
        (self._kept.add if state else self._kept.discard)(chat_id)

    def _staff(self, incoming: Incoming | None) -> Staff | None:
        """Who of the staff this is. In a private chat the number of the chat is that of the person."""
        if incoming is None or incoming.is_group:
            return None
        return self._review.staff.by_telegram(incoming.chat_id)

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
                return self._outrun(speaker, number, result)
            case Refused(reason=reason):
                return speaker.say(reason), await self._shown(staff, number)
            case Gone():
                return speaker.say("This question is closed."), await self._shown(staff, number)

    def _outrun(self, speaker: Speaker, number: int, taken: TakenBy) -> tuple[str, Reply]:
        """Somebody was first: what they did, and their words, which are too long to be read above a button."""
        wording, local = Wording(speaker, self._guide()), self._guide().local(taken.at)
        clock = speaker.clock(local)
        line = wording.taken(taken, clock if taken.what == "claimed" else f"{speaker.on(local)} {clock}")
        lines = tuple(Paragraph(text) for text in (line, wording.first_words(taken)) if text)
        back = Press(speaker.say("Back to the question"), f"{PREFIX}:show:{number}")
        following = Press(speaker.say("Next"), f"{PREFIX}:next:{number}")
        return line, Reply(speaker.locale, lines, ((back, following), self._page_row(speaker)))

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

    async def _first(self, staff: Staff) -> Reply:
        return await self._next(staff, 0)

    async def _next(self, staff: Staff, after: int) -> Reply:
        """The group that stands behind ``after`` in the queue, else the first one."""
        chosen = FILTERS[self._filters.get(staff.id, "all")]
        groups = [group.id for group in await self._review.queue.groups(staff, chosen)]
        place = groups.index(after) + 1 if after in groups else 0
        if not groups:
            speaker = self._review.parts.words(staff)
            if chosen != FILTERS["all"]:
                everything = Press(speaker.say("All questions"), f"{PREFIX}:only:0:all")
                text = speaker.say("No question fits these filters.")
                return Reply(speaker.locale, (Paragraph(text),), ((everything, *self._page_row(speaker)),))
            text = speaker.say("Nobody is waiting.")
            return Reply(speaker.locale, (Paragraph(text),), (self._page_row(speaker),))
        return await self._shown(staff, groups[place % len(groups)])

    async def _shown(self, staff: Staff, number: int) -> Reply:
        """One group with its buttons."""
        speaker = self._review.parts.words(staff)
        view = await self._review.queue.group(staff, number)
        if view is None and (now_in := await self._review.queue.moved_to(number)) is not None:
            view = await self._review.queue.group(staff, now_in)
        if view is None or view.summary.state != "open":
            state = Wording(speaker, self._guide()).state(view.summary) if view else ""
            lines = [Paragraph(line) for line in (speaker.say("This question is closed."), state) if line]
            lines += _letters(speaker, view) if view else []
            rows = ((Press(speaker.say("Next"), f"{PREFIX}:next:0"), *self._page_row(speaker)),)
            return Reply(speaker.locale, tuple(lines), rows)
        return Reply(
            speaker.locale, tuple(self._paragraphs(speaker, staff, view)), tuple(self._rows(speaker, staff, view))
        )

    def _paragraphs(self, speaker: Speaker, staff: Staff, view: GroupView) -> list[Paragraph]:
        group = view.summary
        service = self._guide().catalogue.service(group.service)
        title = group.text[:LONGEST_SHOWN]
        if group.kind == "fact":
            name = service.name if service else group.service
            title = speaker.say("A fact about {name} is said to be wrong.", name=name)
        wording = Wording(speaker, self._guide())
        languages = speaker.joined(list(map(wording.language, group.languages)))
        figures = speaker.say(
            "{people}, {days}, {languages}; {waiting}.",
            people=speaker.count("{n} person", "{n} people", group.people),
            days=speaker.lasting(timedelta(days=group.days)),
            languages=languages,
            waiting=speaker.count("{n} wants an answer here", "{n} want an answer here", group.waiting),
        )
        lines = [Paragraph(title, "title"), Paragraph(figures)]
        for question in view.questions[-REPORTS:] if group.kind == "fact" else ():
            said = [wording.fact(question.joined), question.text[:LONGEST_SHOWN]]
            if any(said):
                lines.append(Paragraph(": ".join(filter(None, said))))
        if shown := dict.fromkeys(need for question in view.questions for need in question.shown):
            titles = speaker.joined([wording.need(need) for need in shown])
            lines.append(Paragraph(f"{speaker.say('The bot showed:')} {titles}"))
        if group.asks_for_person:
            lines.append(Paragraph(speaker.say("Somebody asked for a person.")))
        if group.reaches_nobody:
            text = speaker.say(
                "Nobody can be written to: nobody here pressed “Yes, write to me”. Your answer helps whoever asks next."
            )
            lines.append(Paragraph(text))
        if view.things:
            lines.append(Paragraph(speaker.say("It is about: {things}", things=speaker.joined(list(view.things)))))
        lines += _letters(speaker, view)
        if group.claimed_by is not None and group.claimed_until is not None:
            until = speaker.clock(self._guide().local(group.claimed_until))
            if group.claimed_by == staff:
                text = speaker.say("You work on it until {time}.", time=until)
            else:
                text = speaker.say("{name} works on it until {time}.", name=group.claimed_by.name, time=until)
            lines.append(Paragraph(text))
        elif group.handed_to is not None:
            lines.append(Paragraph(speaker.say("For {name}", name=group.handed_to.name)))
        return lines

    def _rows(self, speaker: Speaker, staff: Staff, view: GroupView) -> list[tuple[Button, ...]]:
        number = view.summary.id
        rows: list[tuple[Button, ...]] = []
        if staff.may_answer:
            if view.summary.kind == "question":
                for near in view.near_needs:
                    label = speaker.say("It means: {need}", need=near.title)
                    rows.append((Press(label, f"{PREFIX}:point:{number}:{near.need}"),))
            claim = Press(speaker.say("I take it"), f"{PREFIX}:claim:{number}")
            if view.summary.claimed_by == staff:
                claim = Press(speaker.say("Let it go"), f"{PREFIX}:release:{number}")
            rows.append((claim, Press(speaker.say("Drop …"), f"{PREFIX}:drop:{number}")))
            rows.append(
                (
                    Press(speaker.say("My own words"), f"{PREFIX}:words:{number}"),
                    Press(speaker.say("More …"), f"{PREFIX}:more:{number}"),
                )
            )
        rows.append((Press(speaker.say("Next"), f"{PREFIX}:next:{number}"), *self._page_row(speaker)))
        return rows

    async def _more(self, staff: Staff, number: int) -> Reply:
        """What is done more rarely: put together, take apart, see only some of the groups."""
        speaker = self._review.parts.words(staff)
        view = await self._review.queue.group(staff, number)
        rows: list[tuple[Button, ...]] = []
        for near in view.near_groups[:NEAR] if view else ():
            label = speaker.say("Put together: {text}", text=near.text[:LONGEST_BUTTON])
            rows.append((Press(label, f"{PREFIX}:merge:{number}:{near.id}"),))
        questions = view.questions if view and view.summary.kind == "question" else ()
        for question in questions[-APART:] if len(questions) > 1 else ():
            label = speaker.say("Take apart: {text}", text=question.text[:LONGEST_BUTTON])
            rows.append((Press(label, f"{PREFIX}:split:{number}:{question.id}"),))
        names = {
            "all": speaker.say("All questions"), "readable": speaker.say("In languages that I read"),
            "topics": speaker.say("My topics"), "mine": speaker.say("Mine"),
        }  # fmt: skip
        now = self._filters.get(staff.id, "all")
        only = [Press(name, f"{PREFIX}:only:0:{code}") for code, name in names.items() if code != now]
        rows += [tuple(only[:1]), tuple(only[1:]), (Press(speaker.say("Back"), f"{PREFIX}:show:{number}"),)]
        lines = [speaker.say("What do you want to do?"), speaker.say("You see now: {filter}", filter=names[now])]
        return Reply(speaker.locale, tuple(Paragraph(line) for line in lines), tuple(rows))

    def _page_row(self, speaker: Speaker) -> tuple[Button, ...]:
        return (Press(speaker.say("Open the page"), f"{PREFIX}:page:0"),)

    async def _reasons(self, staff: Staff, number: int) -> Reply:
        """A dot stands before those after which nobody is told anything."""
        speaker = self._review.parts.words(staff)
        group = await self._review.queue.summary(number)
        reasons = Wording(speaker, self._guide()).drop_reasons(group.kind if group else "question")
        rows = [
            (Press(words if is_told else f"· {words}", f"{PREFIX}:drop:{number}:{reason}"),)
            for reason, words, is_told in reasons
        ]
        rows.append((Press(speaker.say("Back"), f"{PREFIX}:show:{number}"),))
        text = speaker.say("Why? Whoever is waiting is told where else to ask, unless it is marked with a dot.")
        return Reply(speaker.locale, (Paragraph(text),), tuple(rows))

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


def _letters(speaker: Speaker, view: GroupView) -> list[Paragraph]:
    """The newest letters, and where they are answered."""
    lines = []
    for letter in view.letters[-LETTERS:]:
        name = letter.written_by.name if letter.written_by else speaker.say("a colleague")
        wrote = speaker.say("{name} wrote:", name=name)
        lines.append(Paragraph(speaker.say("The person wrote:") if letter.kind == "from-person" else wrote, "small"))
        lines.append(Paragraph(letter.text[:LONGEST_SHOWN]))
    if lines:
        lines.append(Paragraph(speaker.say("To write to this person alone, open the page.")))
    return lines
