"""From the verdict on a text to a turn; mypy proves that every verdict has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.dialogue import buttons, handover, menus
from bot.dialogue.answers import choice_reply, closing_row, first_urgent, needs_known, service_reply
from bot.dialogue.followups import follow_up_reply, now_reply
from bot.dialogue.general import GeneralAnswer, general_reply
from bot.dialogue.handover import Promise
from bot.dialogue.labels import draft_label, notice, with_paragraph
from bot.dialogue.presses import press_data
from bot.dialogue.scene import NOBODY, Scene
from bot.dialogue.smalltalk import small_talk_reply
from bot.dialogue.talk import Turn
from bot.dialogue.unread import sign_reply
from bot.dialogue.urgent import with_way_on
from bot.dialogue.wrongfacts import reported
from bot.matching.parts import words_in
from bot.model import (
    Button,
    Chosen,
    FollowUp,
    Found,
    Match,
    Named,
    NotFound,
    Paragraph,
    Press,
    Reply,
    Service,
    SmallTalk,
    Unsure,
)
from bot.text import fold

WRONG: Final = "wrong"
"""The follow-up by which somebody says that a fact is wrong."""
NOW: Final = "now"
"""The follow-up by which somebody asks what to do now."""
CRY: Final = 3
"""Words of a message that may be nothing but a cry for help."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A text that a person wrote, as the dialogue needs to know it."""

    text: str
    match: Match
    phone_locale: str | None = None
    """The language tag of the phone."""
    removed: frozenset[str] = frozenset()
    """Kinds of personal data that were deleted from the text."""
    promise: Promise = NOBODY
    """Whether a person reads it, and the key by which the asker can take it back."""
    answer: GeneralAnswer | None = None
    """What a person answered to everybody who asks this."""


def answered(asked: Asked, scene: Scene) -> Turn:
    """The turn for a text that is not urgent."""
    speaker, facts, catalogue, after = scene.speaker, scene.facts, scene.catalogue, scene.after
    if asked.match.foreign:
        return _foreign(asked.match.foreign, scene)
    if asked.answer is not None:
        reply = general_reply(speaker, facts, catalogue, asked.answer)
        return Turn((reply,), after, "answered", count="general", answer=asked.answer.id)
    match asked.match.verdict:
        case Found(candidates, asks):
            needs = needs_known(catalogue, [candidate.need for candidate in candidates])
            replies = tuple(scene.answer(need) for need in needs)
            if asks:
                replies += (choice_reply(speaker, needs_known(catalogue, [candidate.need for candidate in asks])),)
            after = scene.after_answers(needs)
            return Turn(replies, after, "answered", tuple(need.id for need in needs))
        case Unsure(candidates):
            needs = needs_known(catalogue, [candidate.need for candidate in candidates])
            reply = choice_reply(speaker, needs, is_elsewhere=asked.match.is_elsewhere)
            return Turn((reply,), after, "asked", tuple(need.id for need in needs))
        case Named(service_id, asks):
            named = catalogue.services[service_id]
            if named.is_over(scene.moment.date()):
                return Turn((_over(named, scene),), after, "named")
            if asks == WRONG:
                return reported(named, scene, "named")
            is_short = asks not in ("", "other", NOW)
            reply = follow_up_reply(speaker, facts, asks, named) if is_short else service_reply(speaker, facts, named)
            return Turn((reply,), scene.showing(named), "named")
        case FollowUp(kind):
            return _followed(kind, scene)
        case SmallTalk("person"):
            reply = handover.person_reply(speaker, facts, catalogue, asked.promise)
            return Turn((reply,), after, keeps="person", count="person")
        case SmallTalk(kind):
            return Turn((small_talk_reply(speaker, scene.texts, catalogue, kind),), after, "small-talk")
        case Chosen(press):
            turn = buttons.pressed(press, scene)
            return replace(
                turn, replies=tuple(replace(reply, replaces=False) for reply in turn.replies), outcome="small-talk"
            )
        case NotFound():
            if not fold(asked.text):
                return Turn((sign_reply(speaker, scene.texts, catalogue, asked.text),), after, "unreadable")
            reply = handover.unknown_reply(speaker, facts, catalogue, asked.promise)
            return Turn((reply,), after, "unanswered", keeps="unanswered")


def in_danger(asked: Asked, found: Found, scene: Scene) -> Turn:
    """The urgent cards, and nothing before them; the session notice, if due, is a message after them.

    A mere cry ("help me") may come from somebody who is only lost: below the card it says how to go on. Who cries in a
    language that this city leaves out reads the number in it too.
    """
    speaker = scene.speaker
    needs = needs_known(scene.catalogue, [candidate.need for candidate in found.needs])
    replies = tuple(scene.answer(need) for need in needs)
    after = replace(scene.after, services=())  # "what do I do now" is not about a place of before
    if asked.match.foreign and (line := _line_in(asked.match.foreign, scene)):
        replies = (replace(replies[0], paragraphs=(*replies[0].paragraphs, Paragraph(line))), *replies[1:])
    if needs == [first_urgent(scene.catalogue)] and words_in(fold(asked.text)) <= CRY:
        replies = (with_way_on(speaker, replies[0]),)
    if not needs[-1].is_urgent and (draft := draft_label(scene)):
        replies = with_paragraph(replies, draft)
        after = after.told_of_draft(speaker.locale)
    if scene.talk.is_new_session(scene.moment):
        replies = (*replies, Reply(speaker.locale, (Paragraph(notice(speaker), "small"),)))
    return Turn(replies, after, "urgent", tuple(need.id for need in needs))


def _foreign(language: str, scene: Scene) -> Turn:
    """A language that is not spoken here: one line in it, the urgent number, a person. Never a guess."""
    speaker = scene.speaker
    line = _line_in(language, scene)
    lines = [line] if line else menus.emergency_lines(speaker, scene.catalogue)
    paragraphs = [Paragraph(line) for line in lines]
    paragraphs.append(Paragraph(speaker.say("I do not speak this language. Choose one that I speak:")))
    person = menus.person_paragraphs(speaker, scene.facts, scene.catalogue)
    rows = menus.language_rows(scene.texts)
    return Turn((Reply(speaker.locale, (*paragraphs, *person), rows),), scene.after, "foreign")


def _line_in(language: str, scene: Scene) -> str:
    """One line in a language that is not spoken here, with the emergency number; "" when none is written."""
    return scene.texts.not_spoken_line(language, menus.emergency_number(scene.catalogue))


def _followed(kind: str, scene: Scene) -> Turn:
    """A short question about what was shown last; about each of several places in a message of its own."""
    speaker = scene.speaker
    today = scene.moment.date()
    in_mind = map(scene.catalogue.service, scene.talk.services_in_mind(scene.moment))
    services = [service for service in in_mind if service is not None and not service.is_over(today)]
    if kind == NOW:
        if not services:
            return Turn((now_reply(speaker, scene.catalogue),), scene.after, "follow-up")
        told = (service_reply(speaker, scene.facts, service) for service in services)
        return Turn(tuple(told), scene.showing(*services), "follow-up")
    if not services:
        text = speaker.say("Which place do you mean? Write its name, or choose from the menu.")
        # Nothing is remembered of an urgent card: "phone number" after it finds the number here.
        lines = (text, *menus.emergency_lines(speaker, scene.catalogue))
        which = Reply(speaker.locale, tuple(map(Paragraph, lines)), (closing_row(speaker),))
        return Turn((which,), scene.after, "follow-up")
    if kind == WRONG:
        if len(services) == 1:
            return reported(services[0], scene, "follow-up")
        which = Reply(speaker.locale, (Paragraph(speaker.say("Choose a place:")),), _each(services, "fact"))
        return Turn((which,), scene.after, "follow-up")
    if kind != "other":
        replies = tuple(follow_up_reply(speaker, scene.facts, kind, service) for service in services)
        return Turn(replies, scene.showing(*services), "follow-up")
    rows = _beside_rows(services[0], scene)
    if not rows:
        return Turn((menus.menu_reply(speaker, scene.catalogue),), scene.after, "follow-up")
    ask = Paragraph(speaker.say("Choose a place:"))
    return Turn((Reply(speaker.locale, (ask,), rows),), scene.after, "follow-up")


def _over(service: Service, scene: Scene) -> Reply:
    """A service that is named and does not run any more: that, and others that answer the same."""
    speaker = scene.speaker
    title = Paragraph(speaker.latin(service.name), "title")
    gone = Paragraph(speaker.say("No service for this is known at the moment."))
    return Reply(speaker.locale, (title, gone), (*_beside_rows(service, scene), closing_row(speaker)))


def _beside_rows(service: Service, scene: Scene) -> tuple[tuple[Button, ...], ...]:
    return _each(_beside(service, scene), "service")


def _each(services: Sequence[Service], verb: Literal["service", "fact"]) -> tuple[tuple[Button, ...], ...]:
    """A button each."""
    return tuple((Press(service.name, press_data(verb, service.id)),) for service in services)


def _beside(service: Service, scene: Scene) -> list[Service]:
    """Other services that answer a need which ``service`` answers; those to call in danger are no alternative."""
    needs = scene.catalogue.needs.values()
    found: dict[str, Service] = {}
    for need in needs:
        if service.id in need.services and not need.is_urgent:
            found |= {other.id: other for other in scene.catalogue.services_of(need, scene.moment.date())}
    for urgent in (need for need in needs if need.is_urgent):
        found.pop(next(iter(urgent.services), ""), None)
    found.pop(service.id, None)
    return list(found.values())[:4]
