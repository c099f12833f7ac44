"""One group of questions as a colleague sees it in the chat, and what can be done with it: words and buttons, made of
what was read."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.guide import Guide
from bot.model import Button, Paragraph, Press, Reply
from bot.review import GroupView, Staff, TakenBy
from bot.review.wording import Wording
from bot.review.words import PREFIX
from bot.texts import Speaker

NEAR: Final = 3
"""Groups that may ask the same, as buttons."""
APART: Final = 5
"""Questions of a group that can be taken out of it, as buttons."""
LONGEST_BUTTON: Final = 40
REPORTS: Final = 5
"""Reports of a wrong fact that are shown in the chat, the newest ones."""
LETTERS: Final = 3
"""Letters that are shown in the chat, the newest ones."""
LONGEST_SHOWN: Final = 700
"""Characters of a question that are shown in the chat; the page shows all."""


class GroupCards:
    """In the words of one reader."""

    def __init__(self, speaker: Speaker, guide: Guide) -> None:
        self._speaker = speaker
        self._guide = guide
        self._wording = Wording(speaker, guide)

    def open(self, staff: Staff, view: GroupView) -> Reply:
        """A group that waits, with its buttons."""
        return Reply(self._speaker.locale, tuple(self._paragraphs(staff, view)), tuple(self._rows(staff, view)))

    def closed(self, view: GroupView | None) -> Reply:
        """What became of a group; None: nothing is known of it (any more)."""
        state = self._wording.state(view.summary) if view else ""
        lines = [Paragraph(line) for line in (self._speaker.say("This question is closed."), state) if line]
        lines += self._letters(view) if view else []
        return Reply(self._speaker.locale, tuple(lines), (self._next_row(0),))

    def none_left(self, *, are_filtered: bool) -> Reply:
        """Nothing waits, or (``are_filtered``) nothing of what this colleague wants to see."""
        say, row = self._speaker.say, (page_button(self._speaker),)
        if not are_filtered:
            return Reply(self._speaker.locale, (Paragraph(say("Nobody is waiting.")),), (row,))
        everything = Press(say("All questions"), f"{PREFIX}:only:0:all")
        text = say("No question fits these filters.")
        return Reply(self._speaker.locale, (Paragraph(text),), ((everything, *row),))

    def outrun(self, number: int, taken: TakenBy) -> tuple[str, Reply]:
        """Somebody was first: what they did, and their words, which are too long to be read above a button."""
        say, local = self._speaker.say, self._guide.local(taken.at)
        clock = self._speaker.clock(local)
        when = clock if taken.what == "claimed" else f"{self._speaker.on(local)} {clock}"
        line = self._wording.taken(taken, when)
        words = self._wording.first_words(taken)
        texts = [f"{self._wording.language(code)}:\n{text}" if len(words) > 1 else text for code, text in words]
        lines = tuple(map(Paragraph, (line, *texts)))
        back = Press(say("Back to the question"), f"{PREFIX}:show:{number}")
        following = Press(say("Next"), f"{PREFIX}:next:{number}")
        return line, Reply(self._speaker.locale, lines, ((back, following), (page_button(self._speaker),)))

    def more(self, number: int, view: GroupView | None, chosen: str) -> Reply:
        """What is done more rarely: put together, take apart, see only some of the groups. ``chosen``: which ones are
        seen now."""
        speaker = self._speaker
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
        only = [Press(name, f"{PREFIX}:only:0:{code}") for code, name in names.items() if code != chosen]
        rows += [tuple(only[:1]), tuple(only[1:]), (Press(speaker.say("Back"), f"{PREFIX}:show:{number}"),)]
        lines = [speaker.say("What do you want to do?"), speaker.say("You see now: {filter}", filter=names[chosen])]
        return Reply(speaker.locale, tuple(Paragraph(line) for line in lines), tuple(rows))

    def reasons(self, number: int, kind: str) -> Reply:
        """Why a group of this kind may be dropped. A dot stands before those after which nobody is told anything."""
        speaker = self._speaker
        rows = [
            (Press(words if is_told else f"· {words}", f"{PREFIX}:drop:{number}:{reason}"),)
            for reason, words, is_told in self._wording.drop_reasons(kind)
        ]
        rows.append((Press(speaker.say("Back"), f"{PREFIX}:show:{number}"),))
        text = speaker.say("Why? Whoever is waiting is told where else to ask, unless it is marked with a dot.")
        return Reply(speaker.locale, (Paragraph(text),), tuple(rows))

    # --- inside

    def _paragraphs(self, staff: Staff, view: GroupView) -> list[Paragraph]:
        speaker, wording, group = self._speaker, self._wording, view.summary
        service = self._guide.catalogue.service(group.service)
        title = group.text[:LONGEST_SHOWN]
        if group.kind == "fact":
            name = service.name if service else group.service
            title = speaker.say("A fact about {name} is said to be wrong.", name=name)
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
        lines += self._letters(view)
        if group.claimed_by is not None and group.claimed_until is not None:
            until = speaker.clock(self._guide.local(group.claimed_until))
            if staff.is_same_as(group.claimed_by):
                text = speaker.say("You work on it until {time}.", time=until)
            else:
                text = speaker.say("{name} works on it until {time}.", name=group.claimed_by.name, time=until)
            lines.append(Paragraph(text))
        elif group.handed_to is not None:
            lines.append(Paragraph(speaker.say("For {name}", name=group.handed_to.name)))
        return lines

    def _rows(self, staff: Staff, view: GroupView) -> list[tuple[Button, ...]]:
        speaker, number = self._speaker, view.summary.id
        rows: list[tuple[Button, ...]] = []
        if staff.may_answer:
            if view.summary.kind == "question":
                for near in view.near_needs:
                    label = speaker.say("It means: {need}", need=near.title)
                    rows.append((Press(label, f"{PREFIX}:point:{number}:{near.need}"),))
            claim = Press(speaker.say("I take it"), f"{PREFIX}:claim:{number}")
            if staff.is_same_as(view.summary.claimed_by):
                claim = Press(speaker.say("Let it go"), f"{PREFIX}:release:{number}")
            rows.append((claim, Press(speaker.say("Drop …"), f"{PREFIX}:drop:{number}")))
            rows.append(
                (
                    Press(speaker.say("My own words"), f"{PREFIX}:words:{number}"),
                    Press(speaker.say("More …"), f"{PREFIX}:more:{number}"),
                )
            )
        rows.append(self._next_row(number))
        return rows

    def _letters(self, view: GroupView) -> list[Paragraph]:
        """The newest letters, and where they are answered."""
        lines, speaker = list[Paragraph](), self._speaker
        for letter in view.letters[-LETTERS:]:
            name = letter.written_by.name if letter.written_by else speaker.say("a colleague")
            wrote = speaker.say("{name} wrote:", name=name)
            lines.append(
                Paragraph(speaker.say("The person wrote:") if letter.kind == "from-person" else wrote, "small")
            )
            lines.append(Paragraph(letter.text[:LONGEST_SHOWN]))
        if lines:
            lines.append(Paragraph(speaker.say("To write to this person alone, open the page.")))
        return lines

    def _next_row(self, number: int) -> tuple[Button, ...]:
        """The way to the group behind ``number``, and to the page."""
        return (Press(self._speaker.say("Next"), f"{PREFIX}:next:{number}"), page_button(self._speaker))


def page_button(speaker: Speaker) -> Press:
    return Press(speaker.say("Open the page"), f"{PREFIX}:page:0")
