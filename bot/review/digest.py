"""The week in a few lines for the staff's chat; nothing in it tells of fewer than three people."""

from __future__ import annotations

from datetime import date, timedelta

from bot.guide import Guide
from bot.review.figures import Overview, Tally, Unmet, Urgent
from bot.review.wording import Wording
from bot.texts import Speaker

LISTED = 3


def digest(speaker: Speaker, guide: Guide, overview: Overview, monday: date, urgent: Urgent | None = None) -> str:
    """What happened in the week that began on ``monday``. ``speaker``: of the staff's texts, in their language.
    ``urgent``: ``Figures.urgent``, told when the month ended in that week."""
    wording = Wording(speaker, guide)
    sunday = monday + timedelta(days=6)
    week = next((tally for tally in overview.weeks if tally.key == monday.isoformat()), None)
    lines = [speaker.say("Opas, {start}–{end}", start=speaker.on(monday), end=speaker.on(sunday))]
    lines += _asked(speaker, week)
    if urgent is not None and monday <= urgent.last_day <= sunday:
        lines.append(urgent_line(speaker, urgent))
    waiting = overview.waiting
    if waiting.groups == 0:
        lines.append(speaker.say("Nobody is waiting for an answer."))
        if not _has_questions(week):
            return "\n".join(lines)  # a sign of life, and nothing to look at
    elif waiting.groups is not None and waiting.people is not None:
        lines.append(
            speaker.say(
                "Waiting now: {groups}, {people}.",
                groups=speaker.count("{n} question", "{n} questions", waiting.groups),
                people=speaker.count("{n} person", "{n} people", waiting.people),
            )
        )
    if waiting.median_h is not None:
        hours = max(1, round(waiting.median_h))
        lines.append(
            speaker.count(
                "Half of the answers came within an hour.", "Half of the answers came within {n} hours.", hours
            )
        )
    for unmet in overview.unmet[:LISTED]:
        lines.append(_unmet(wording, unmet))
    wrong = [judged for judged in overview.judged if judged.wrong and guide.catalogue.need(judged.need)]
    for judged in wrong[:LISTED]:
        need = wording.need(judged.need)
        lines.append(speaker.say("• “{need}” was called wrong {times} times.", need=need, times=judged.wrong or 0))
    lines.append(speaker.say("Look at the queue: /review"))
    return "\n".join(lines)


def _unmet(wording: Wording, unmet: Unmet) -> str:
    """What is asked, as far as it can be told in nobody's own words."""
    asked = {"people": unmet.people, "number": unmet.group_id}
    if about := wording.about(unmet.things):
        return wording.say(
            "• {people} people ask, nobody has answered: question {number}, about: {things}.", things=about, **asked
        )
    if unmet.need:
        return wording.say(
            "• {people} people ask, nobody has answered: question {number}, near “{need}”.",
            need=wording.need(unmet.need), **asked,
        )  # fmt: skip
    return wording.say("• {people} people ask, nobody has answered: question {number}.", **asked)


def urgent_line(speaker: Speaker, urgent: Urgent) -> str:
    """The flag of urgent talks, which are never queued."""
    return speaker.say(
        "Urgent talks, {month}: {number} people. The bot showed them whom to call; none of them waits here.",
        month=speaker.month(urgent.last_day), number=urgent.people,
    )  # fmt: skip


def _has_questions(week: Tally | None) -> bool:
    return week is not None and any(value is None or value for value in week.values)


def _asked(speaker: Speaker, week: Tally | None) -> list[str]:
    if week is None or not _has_questions(week):
        return [speaker.say("Nobody asked anything.")]
    few = speaker.say("few")
    values = [few if value is None else str(value) for value in (week.answered, week.asked_back, week.unanswered)]
    answered, asked_back, unanswered = values
    return [
        speaker.say("Questions answered: {number}", number=answered),
        speaker.say("Asked back: {number}", number=asked_back),
        speaker.say("Not answered: {number}", number=unanswered),
        *(
            [speaker.say("“few”: fewer than three people, or it would give such a number away.")]
            if few in values
            else []
        ),
    ]
