"""What a person may know and do about their own data: /privacy, /mydata, /save, /forget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from bot.dialogue import menus
from bot.dialogue.facts import Facts
from bot.dialogue.offers import (
    RIGHT_COMMANDS,
    carrier_line,
    command_words,
    forget_button,
    mydata_button,
    right_data,
    save_button,
    who_sees_line,
)
from bot.dialogue.saving import saved_talk
from bot.dialogue.talk import Talk, Turn
from bot.model import Button, Catalogue, Locale, Paragraph, Press, Reply, SaidLine, Trace
from bot.texts import Speaker, Texts, own_name

Periods: TypeAlias = Mapping[str, int | None]
"""Name of a table → days for which its rows are kept; None: for as long as there is this guide."""

MOST_TEXTS: Final = 5
LONGEST_TEXT: Final = 200
"""How many messages of a person /mydata shows, and how many characters of each."""


class Rights:
    """Says what is kept and for how long, from configuration and the table of periods alone.

    None of its turns counts as the beginning of a session: the next answer still says that a machine answers.
    """

    def __init__(self, catalogue: Catalogue, texts: Texts, periods: Periods, backup_days: int) -> None:
        """``backup_days``: how long backup copies of the database are kept."""
        self._catalogue = catalogue
        self._texts = texts
        self._periods = periods
        self._backup_days = backup_days

    # -- /privacy ------------------------------------------------------------------------------------------------

    def privacy(self, talk: Talk, moment: datetime, phone_locale: str | None = None) -> Turn:
        """The nine things that must be told (GDPR article 13); what is not configured is said to be missing."""
        speaker = self._speaker(talk, phone_locale)
        facts = Facts(speaker, self._catalogue, moment)
        paragraphs = [
            Paragraph(speaker.say("What I keep about you, and your rights"), "title"),
            Paragraph(self._answerable(speaker)),
            Paragraph(
                speaker.say(
                    "Why: to answer your question, and to see which answers are missing. I do not decide anything "
                    "about you."
                )
            ),
            Paragraph(self._basis(speaker)),
            Paragraph(who_sees_line(speaker)),
            Paragraph(carrier_line(speaker)),
            Paragraph(
                speaker.say(
                    "Before I keep a message I delete identity codes, phone numbers, e-mail addresses and the numbers "
                    "of bank accounts and bank cards from it. I do not keep the name of your account."
                )
            ),
            Paragraph(speaker.say("What I keep, and how long:"), "title"),
            Paragraph("\n".join(f"– {line}" for line in self.period_lines(speaker))),
            Paragraph(speaker.say("Your rights:"), "title"),
            Paragraph(_commands(speaker)),
            Paragraph(
                speaker.say(
                    "You may also ask to have your data corrected or its use limited, or object to its use. Ask "
                    "whoever is responsible for your data."
                )
            ),
            Paragraph(self._complaint(speaker)),
            *menus.person_paragraphs(speaker, facts, self._catalogue),
        ]
        buttons = ((mydata_button(speaker), save_button(speaker)), (forget_button(speaker),))
        return Turn((Reply(speaker.locale, tuple(paragraphs), buttons),), talk)

    def _answerable(self, speaker: Speaker) -> str:
        privacy = self._catalogue.privacy
        return "\n".join(
            [
                speaker.say("Responsible for your data: {name}", name=speaker.latin(privacy.controller))
                if privacy.controller
                else speaker.say("This guide does not say yet who is responsible for your data."),
                speaker.say("Data protection officer: {name}", name=speaker.latin(privacy.dpo))
                if privacy.dpo
                else speaker.say("This guide does not name a data protection officer yet."),
            ]
        )

    def _basis(self, speaker: Speaker) -> str:
        basis = self._catalogue.privacy.basis
        if not basis:
            return speaker.say("This guide does not state its legal basis yet.")
        return speaker.say("Legal basis: {basis}", basis=speaker.tell("privacy.basis", basis))

    def _complaint(self, speaker: Speaker) -> str:
        supervisor = self._catalogue.privacy.supervisor
        if not supervisor:
            return speaker.say("This guide does not name yet where you can complain about the use of your data.")
        return speaker.say(
            "If you think that your data is used wrongly, you can complain here: {name}", name=speaker.latin(supervisor)
        )

    def period_lines(self, speaker: Speaker) -> list[str]:
        """One line for whatever is kept equally long and named alike; every table of the periods is in one."""
        words = _kept_words(speaker)
        lines = [speaker.pair(words[table], _period(speaker, days)) for table, days in self._periods.items()]
        return list(dict.fromkeys(lines))

    # -- /mydata -------------------------------------------------------------------------------------------------

    def mydata(self, kept: Sequence[Trace], number: int, talk: Talk, phone_locale: str | None = None) -> Turn:
        """What is stored of this chat, and until when at the latest. ``number``: Telegram's of the chat, by which alone
        the controller finds it, and an admin adds a colleague."""
        speaker = self._speaker(talk, phone_locale)
        words = _kept_words(speaker)
        paragraphs = [Paragraph(speaker.say("This is stored of our chat:"), "title")]
        only_this = [(table.table, table.rows) for table in kept] == [("update_inbox", 1)]
        if only_this:
            paragraphs.append(Paragraph(speaker.say("Only this request of yours. Nothing from before it.")))
        for table in () if only_this else self._joined(kept, words):
            line = f"– {speaker.pair(words[table.table], table.rows)}"
            days = self._periods.get(table.table)
            if days is not None:
                until = speaker.say("Until {day} at the latest.", day=speaker.on(table.newest + timedelta(days=days)))
                line += f"\n  {until}"
            shown = table.texts[-MOST_TEXTS:] if table.table != "talk" else ()
            line += "".join(f"\n  «{_cut(text)}»" for text in shown)
            if table.table == "person":
                line += "".join(f"\n  {detail}" for detail in self._about_person(speaker, talk))
            paragraphs.append(Paragraph(line))
        chat = speaker.latin(str(number))
        paragraphs.append(Paragraph(speaker.say("The number of our chat at Telegram: {number}", number=chat)))
        paragraphs.append(
            Paragraph(
                speaker.say(
                    "The name, user name, phone number and picture of your account are not stored. {save} gives you "
                    "the words of our talk.",
                    save=speaker.latin("/save"),
                )
            )
        )
        buttons = ((save_button(speaker), forget_button(speaker)),)
        return Turn((Reply(speaker.locale, tuple(paragraphs), buttons),), talk)

    def _joined(self, kept: Sequence[Trace], words: Mapping[str, str]) -> list[Trace]:
        """Tables that are named alike and kept equally long, as one."""
        found: dict[tuple[str, int | None], Trace] = {}
        for table in kept:
            key = (words[table.table], self._periods.get(table.table))
            before = found.get(key)
            if before is not None:
                newest = max(before.newest, table.newest)
                table = Trace(before.table, before.rows + table.rows, newest, before.texts + table.texts)
            found[key] = table
        return list(found.values())

    def _about_person(self, speaker: Speaker, talk: Talk) -> list[str]:
        found = []
        if talk.locale:
            found.append(speaker.say("Your language: {language}", language=own_name(talk.locale)))
        shown = map(self._catalogue.service, talk.services)
        names = [speaker.latin(service.name) for service in shown if service is not None]
        found.extend(speaker.say("The place I showed you last: {name}", name=name) for name in names)
        return found

    # -- /save ---------------------------------------------------------------------------------------------------

    def save(self, lines: Sequence[SaidLine], talk: Talk, moment: datetime, phone_locale: str | None = None) -> Turn:
        """The talk of the last day as a file; a word of why when there is none."""
        speaker = self._speaker(talk, phone_locale)
        if not lines:
            text = speaker.say("There is nothing to save. I keep our talk for one day, and never an urgent one.")
            return Turn((Reply(speaker.locale, (Paragraph(text),)),), talk)
        caption = speaker.say("Our talk of the last 24 hours. Urgent talks and numbers of yours are not in it.")
        document = saved_talk(speaker, self._catalogue.city, lines, moment)
        return Turn((Reply(speaker.locale, (Paragraph(caption),), document=document),), talk)

    # -- /forget -------------------------------------------------------------------------------------------------

    def forget(self, talk: Talk, phone_locale: str | None = None) -> Turn:
        """Ask before everything is erased."""
        speaker = self._speaker(talk, phone_locale)
        lines = [
            speaker.say("Shall I forget this chat?"),
            speaker.say(
                "I erase at once: your language, our talk, your questions, and messages that are on their way to you. "
                "An answer that you are waiting for will not come."
            ),
            speaker.say("What is on your screen stays there. You can delete this chat in Telegram."),
        ]
        buttons: tuple[tuple[Button, ...], ...] = (
            (Press(speaker.say("Yes, forget everything"), right_data("erase")),),
            (Press(speaker.say("No, keep it"), right_data("stay")),),
        )
        return Turn((Reply(speaker.locale, tuple(map(Paragraph, lines)), buttons),), talk)

    def erase(self, talk: Talk, phone_locale: str | None = None) -> Turn:
        """The person has confirmed: everything goes, this good-bye too once it is sent."""
        speaker = self._speaker(talk, phone_locale)
        lines = [
            speaker.say("I have forgotten this chat. Nothing of it is stored here any more."),
            speaker.say("Backup copies are deleted after {days}.", days=speaker.days(self._backup_days)),
            speaker.say("Telegram still has our messages. Delete this chat in Telegram too, if you want that."),
            speaker.say("You can write again, day and night."),
        ]
        return Turn((Reply(speaker.locale, tuple(map(Paragraph, lines))),), Talk(), forgets=True)

    def stay(self, talk: Talk, phone_locale: str | None = None) -> Turn:
        """The person does not want to be forgotten after all."""
        speaker = self._speaker(talk, phone_locale)
        text = speaker.say("Nothing was erased.")
        return Turn((Reply(speaker.locale, (Paragraph(text),), replaces=True),), talk)

    def alone_only(self, talk: Talk, phone_locale: str | None = None) -> Turn:
        """In a group nobody is shown what is kept of the group's members."""
        speaker = self._speaker(talk, phone_locale)
        text = speaker.say("For this, write to me in a private chat. Other people can read this one.")
        return Turn((Reply(speaker.locale, (Paragraph(text),)),), talk)

    def _speaker(self, talk: Talk, phone_locale: str | None) -> Speaker:
        wanted: Locale | None = talk.going_on_in or self._texts.nearest(phone_locale)
        return self._texts.speaker(wanted)


def _commands(speaker: Speaker) -> str:
    words = command_words(speaker)
    return "\n".join(
        f"{speaker.latin(f'/{command}')} {words[command]}" for command in RIGHT_COMMANDS if command != "privacy"
    )


def _period(speaker: Speaker, days: int | None) -> str:
    if days is None:
        return speaker.say("as long as there is this guide")
    return speaker.days(days)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _kept_words(speaker: Speaker) -> dict[str, str]:
    """Name of a table → what it holds, said to a person. A test compares it with the table of periods."""
    passing = speaker.say("numbers of our messages; their words only until they are answered or sent")
    unanswered = speaker.say("a question that I could not answer, without your name")
    asked = speaker.say("that you wait for an answer, and that it was sent")
    signing_in = speaker.say("how our staff sign in")
    of_nobody = speaker.say("answers and figures that tell nothing about you")
    return {
        "update_inbox": passing,
        "outbox": passing,
        "person": speaker.say("your language and the place I showed you last, after your last message"),
        "talk": speaker.say("our talk, so that you can save it; never an urgent one"),
        "question": unanswered,
        "group_apart": unanswered,
        "question_group": speaker.say("the same question, after people have answered it"),
        "delivery": asked,
        "letter": speaker.say("what you and a counsellor wrote to each other"),
        "sample": speaker.say("one answered question in fifty, without your name, to check my answers"),
        "forgotten": speaker.say("that somebody asked to be forgotten; nobody can see who"),
        "staff": speaker.say("names of our staff, after they have left"),
        "staff_link": signing_in,
        "staff_session": signing_in,
        "staff_action": speaker.say("what our staff did"),
        "answer": of_nobody,
        "phrase": of_nobody,
        "counter": of_nobody,
        "audience": of_nobody,
        "audience_mark": speaker.say("that I have counted somebody once; nobody can see who"),
        "version": of_nobody,
        "schema_version": of_nobody,
    }
