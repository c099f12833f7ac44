"""From the machine to a person: what is promised, and never more than is true."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from babel.dates import format_date

from bot.dialogue import menus
from bot.dialogue.answers import closing_row
from bot.dialogue.facts import Facts
from bot.dialogue.presses import press_data
from bot.hours import state_at, week_from
from bot.model import Button, Catalogue, Paragraph, Press, Reply
from bot.texts import Speaker

USUAL_WEEKS: Final = 4
"""Weeks that are looked at to find the usual hours of a weekday: one of them may hold a holiday."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Whether a person reads what cannot be answered here."""

    is_staffed: bool = False
    """Somebody is there who may answer."""
    key: str = ""
    """Names the question that would be passed on; empty: none is known."""
    is_worth_it: bool = True
    """It makes a group for the counsellors; gibberish and insults do not."""


def reading_hours(speaker: Speaker, catalogue: Catalogue, moment: datetime) -> str:
    """When counsellors read messages, usually and next; "" when their hours are not known."""
    city = catalogue.city
    if not catalogue.team_hours:
        return ""
    state = state_at(catalogue.team_hours, moment, timezone=city.timezone, country=city.country)
    usual = _usual_hours(speaker, catalogue, moment)
    if state.state == "open":
        usually = speaker.say("Counsellors read messages at these times: {hours}.", hours=usual)
        if state.until is None:
            return usually
        # Not inside an f-string: there no tool finds the text for the translators before Python 3.12.
        now = speaker.say("They are at work now, until {time}.", time=speaker.clock(state.until))
        return f"{usually} {now}"
    if state.opens is None:
        return ""
    day = speaker.day(state.opens, moment.date())
    return speaker.say(
        "Counsellors read messages at these times: {hours}. Next: {day} {time}.",
        hours=usual,
        day=day,
        time=speaker.clock(state.opens),
    )


def person_reads(speaker: Speaker, catalogue: Catalogue, promise: Promise, moment: datetime) -> str:
    """When a person reads a question that is passed on; "" when it must not be promised."""
    return reading_hours(speaker, catalogue, moment) if promise.is_staffed and promise.is_worth_it else ""


def unknown_reply(speaker: Speaker, facts: Facts, catalogue: Catalogue, promise: Promise) -> Reply:
    """The bot does not know the answer; who reads the question, if anybody does, and where a person is."""
    lines = [speaker.say("I do not know this yet.")]
    rows: list[tuple[Button, ...]] = []
    if when := person_reads(speaker, catalogue, promise, facts.moment):
        lines += [speaker.say("I pass your question on to a person, without your name."), when, _may_write(speaker)]
        rows.append((_yes(speaker, promise), _drop(speaker, promise)))
    elif not promise.is_worth_it:  # nobody will see it, unless "Ask a person" is pressed
        lines.append(speaker.say("It does not look like a question for this guide, so I do not pass it on."))
        rows.append((_drop(speaker, promise),))
    else:
        lines.append(
            speaker.say(
                "I keep your question without your name, so that the people who look after this guide see what is "
                "missing. Nobody answers you here."
            )
        )
        rows.append((_drop(speaker, promise),))
    lines += menus.emergency_lines(speaker, catalogue)  # what is not understood may be a cry for help
    person = menus.person_paragraphs(speaker, facts, catalogue)
    paragraphs = [*(Paragraph(line) for line in lines), *person]
    return Reply(speaker.locale, tuple(paragraphs), (*rows, closing_row(speaker)))


def not_helped_reply(speaker: Speaker, catalogue: Catalogue, promise: Promise, moment: datetime, sorry: str) -> Reply:
    """After "Not this" and "None of these": the question is passed on where a person reads."""
    paragraphs = [Paragraph(sorry)]
    rows: list[tuple[Button, ...]] = []
    if promise.key and (when := person_reads(speaker, catalogue, promise, moment)):
        passed = speaker.say("I pass your question on to a person, without your name.")
        paragraphs += [Paragraph(passed), Paragraph(when), Paragraph(_may_write(speaker))]
        rows.append((_yes(speaker, promise), _drop(speaker, promise)))
    return Reply(speaker.locale, tuple(paragraphs), (*rows, closing_row(speaker)))


def person_reply(speaker: Speaker, facts: Facts, catalogue: Catalogue, promise: Promise) -> Reply:
    """How to reach a human being; and where counsellors read, the last question is passed on to them."""
    when = person_reads(speaker, catalogue, promise, facts.moment)
    lead: list[Paragraph] = []
    rows: list[tuple[Button, ...]] = []
    if when and promise.key:
        passed = speaker.say("I pass your last question on to a person, without your name.")
        lead = [Paragraph(passed), Paragraph(when), Paragraph(_may_write(speaker))]
        rows.append((_yes(speaker, promise), _drop(speaker, promise)))
    elif when:
        ask = speaker.say('Write your question first. Then press "Ask a person" under my answer.')
        lead = [Paragraph(ask), Paragraph(when)]
    else:
        lead = [Paragraph(speaker.say("I cannot pass your message on to a person here."))]
    lead += [Paragraph(line) for line in menus.emergency_lines(speaker, catalogue)]  # it may be why they want a person
    paragraphs = (*lead, *menus.person_paragraphs(speaker, facts, catalogue))
    return Reply(speaker.locale, paragraphs, (*rows, *menus.person_row(facts, catalogue), closing_row(speaker)[1:]))


def will_write_reply(speaker: Speaker, catalogue: Catalogue, moment: datetime, key: str) -> Reply:
    """After "Yes, write to me"."""
    lines = [
        speaker.say("Good. When a person answers, I send you a message here."),
        reading_hours(speaker, catalogue, moment),
        speaker.say("You can change your mind at any time."),
    ]
    row: tuple[Button, ...] = (
        Press(speaker.say("Do not write to me"), press_data("silent", key)),
        Press(speaker.say("Do not keep it"), press_data("drop", key)),
    )
    return Reply(speaker.locale, tuple(Paragraph(line) for line in lines if line), (row,))


def will_not_write_reply(speaker: Speaker, key: str) -> Reply:
    """After "Do not write to me"."""
    text = speaker.say("I do not write to you about this question.")
    row: tuple[Button, ...] = (
        Press(speaker.say("Yes, write to me"), press_data("write", key)),
        Press(speaker.say("Do not keep it"), press_data("drop", key)),
    )
    return Reply(speaker.locale, (Paragraph(text),), (row,))


def gone_reply(speaker: Speaker) -> Reply:
    """The question that a button means is not kept any more."""
    text = speaker.say("I do not have this question any more. Please write it again.")
    return Reply(speaker.locale, (Paragraph(text),), (closing_row(speaker),))


def closed_reply(speaker: Speaker, facts: Facts, catalogue: Catalogue) -> Reply:
    """Nobody here will answer a question (dropped, or too old): a kind line, and where else to ask."""
    sorry = Paragraph(speaker.say("You asked something here that we cannot answer. I am sorry."))
    paragraphs = (sorry, *menus.person_paragraphs(speaker, facts, catalogue))
    return Reply(speaker.locale, paragraphs, (closing_row(speaker)[1:],))


def _may_write(speaker: Speaker) -> str:
    return speaker.say("May a person write to you here? Then press the button.")


def _yes(speaker: Speaker, promise: Promise) -> Press:
    return Press(speaker.say("Yes, write to me"), press_data("write", promise.key))


def _drop(speaker: Speaker, promise: Promise) -> Press:
    return Press(speaker.say("Do not keep it"), press_data("drop", promise.key))


def _usual_hours(speaker: Speaker, catalogue: Catalogue, moment: datetime) -> str:
    """The usual week in a few words: ``Mon–Fri 9:00–15:00``."""
    city = catalogue.city
    days = week_from(catalogue.team_hours, moment, timezone=city.timezone, country=city.country, days=7 * USUAL_WEEKS)
    by_weekday: dict[int, Counter[str]] = {}
    for noon, spans in days:
        said = speaker.joined([speaker.latin(f"{begin}–{end}") for begin, end in spans])
        by_weekday.setdefault(noon.weekday(), Counter())[said] += 1
    names = {noon.weekday(): format_date(noon, "EEE", locale=speaker.locale) for noon, _ in days}
    usual = [(weekday, by_weekday[weekday].most_common(1)[0][0]) for weekday in sorted(by_weekday)]
    runs: list[tuple[int, int, str]] = []
    for weekday, said in usual:
        if runs and runs[-1][2] == said and runs[-1][1] == weekday - 1:
            runs[-1] = (runs[-1][0], weekday, said)
        else:
            runs.append((weekday, weekday, said))
    lines = [
        f"{names[first]}–{names[last]} {said}" if first != last else f"{names[first]} {said}"
        for first, last, said in runs
        if said
    ]
    return speaker.joined(lines)
