"""What a person sent, where the talk stands, a verdict, the catalogue and a moment → what is said next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.dialogue import handover, menus
from bot.dialogue.answers import (
    answer_reply,
    choice_reply,
    closing_row,
    more_reply,
    need_title,
    needs_known,
    service_reply,
)
from bot.dialogue.facts import Facts
from bot.dialogue.followups import follow_up_reply
from bot.dialogue.general import GeneralAnswer, general_reply
from bot.dialogue.handover import Desk
from bot.dialogue.offers import offer_line
from bot.dialogue.presses import press_data, read_press
from bot.dialogue.smalltalk import small_talk_reply
from bot.dialogue.talk import Outcome, Talk, Turn
from bot.dialogue.unread import removed_line, sign_reply, unread_reply
from bot.dialogue.urgent import urgent_reply
from bot.dialogue.wrongfacts import ask_which, ask_words, kind_and_key
from bot.model import (
    Button,
    Catalogue,
    ContactCard,
    FollowUp,
    Found,
    Locale,
    Match,
    Named,
    Need,
    NotFound,
    Paragraph,
    Press,
    Reply,
    Service,
    SmallTalk,
    Unsure,
    VenueCard,
)
from bot.text import fold
from bot.texts import Speaker, Texts, own_name

NOBODY: Final = Desk()


@dataclass(frozen=True, slots=True)
class Asked:
    """A text that a person wrote, as the dialogue needs to know it."""

    text: str
    match: Match
    phone_locale: str | None = None
    """The language tag of the phone."""
    removed: frozenset[str] = frozenset()
    """Kinds of personal data that were deleted from the text."""
    desk: Desk = NOBODY
    """Whether a person reads it, and the key by which the asker can take it back."""
    answer: GeneralAnswer | None = None
    """What a person answered to everybody who asks this."""


class Dialogue:
    """The conversation in one city's words. Holds nothing about anybody: state comes in and goes out as ``Talk``."""

    def __init__(self, catalogue: Catalogue, texts: Texts) -> None:
        self.catalogue = catalogue
        self.texts = texts

    # -- texts -------------------------------------------------------------------------------------------------

    def asked(self, asked: Asked, talk: Talk, moment: datetime) -> Turn:
        """Answer a text. Every text gets at least one reply."""
        match = asked.match
        base = self._base_locale(talk, asked.phone_locale)
        locale = self._locale_for(asked, base)
        speaker = self.texts.speaker(locale)
        facts = Facts(speaker, self.catalogue, moment)
        after = talk.seen(moment)
        if match.urgent and isinstance(match.verdict, Found):
            return self._urgent(speaker, facts, match.verdict, talk, moment)
        if match.foreign:
            turn = self._foreign(speaker, facts, match.foreign, after)
        else:
            turn = self._answered(asked, speaker, facts, talk, after, moment)
        if locale != base:
            turn = replace(turn, replies=_with_row(turn.replies, self._keep_locale_row(speaker)))
        return self._noted(turn, speaker, asked, talk, moment)

    def _answered(
        self, asked: Asked, speaker: Speaker, facts: Facts, talk: Talk, after: Talk, moment: datetime
    ) -> Turn:
        """One turn for each verdict; mypy proves that none is missing."""
        if asked.answer is not None:
            reply = self.general(asked.answer, speaker, moment)
            return Turn((reply,), after, "answered", count="general", answer=asked.answer.id)
        match asked.match.verdict:
            case Found(candidates):
                needs = needs_known(self.catalogue, [candidate.need for candidate in candidates])
                replies = tuple(self._need_reply(speaker, facts, need, moment) for need in needs)
                shown = self._first_service(needs[0], moment) if needs else None
                after = after.showing(shown.id, moment) if shown else after
                return Turn(replies, after, "answered", tuple(need.id for need in needs))
            case Unsure(candidates):
                needs = needs_known(self.catalogue, [candidate.need for candidate in candidates])
                return Turn((choice_reply(speaker, needs),), after, "asked", tuple(need.id for need in needs))
            case Named(service_id):
                named = self.catalogue.services[service_id]
                return Turn((service_reply(speaker, facts, named),), after.showing(service_id, moment), "named")
            case FollowUp(kind):
                service = self.catalogue.services.get(talk.service_in_mind(moment))
                if service is None:
                    return Turn((self._which_one(speaker),), after, "follow-up")
                return self._followed(speaker, facts, kind, service, after, moment)
            case SmallTalk("person"):
                reply = handover.person_reply(speaker, facts, self.catalogue, asked.desk)
                return Turn((reply,), after, keeps="person", count="person")
            case SmallTalk(kind):
                return Turn((small_talk_reply(speaker, self.texts, self.catalogue, kind),), after, "small-talk")
            case NotFound():
                return self._not_found(asked, speaker, facts, after)

    def _urgent(self, speaker: Speaker, facts: Facts, found: Found, talk: Talk, moment: datetime) -> Turn:
        """The urgent cards, and nothing before them; the session notice, if due, is a message after them."""
        needs = needs_known(self.catalogue, [candidate.need for candidate in found.needs])
        replies = [self._need_reply(speaker, facts, need, moment) for need in needs]
        if speaker.is_draft and not needs[-1].is_urgent:
            replies = list(_with_paragraph(replies, Paragraph(_draft_label(speaker), "small")))
        if talk.is_new_session(moment):
            replies.append(Reply(speaker.locale, (Paragraph(_notice(speaker), "small"),)))
        return Turn(tuple(replies), talk.seen(moment), "urgent", tuple(need.id for need in needs))

    def _foreign(self, speaker: Speaker, facts: Facts, language: str, after: Talk) -> Turn:
        """A language that is not spoken here: one line in it, the urgent number, a person. Never a guess."""
        number = menus.emergency_number(self.catalogue)
        line = self.texts.not_spoken_line(language, number)
        paragraphs = [Paragraph(line)] if line else []
        paragraphs.append(Paragraph(speaker.say("I do not speak this language. Choose one that I speak:")))
        person = menus.person_paragraphs(speaker, facts, self.catalogue)
        rows = menus.language_rows(self.texts)
        return Turn((Reply(speaker.locale, (*paragraphs, *person), rows),), after, "foreign")

    def _not_found(self, asked: Asked, speaker: Speaker, facts: Facts, after: Talk) -> Turn:
        if not fold(asked.text):
            return Turn((sign_reply(speaker, self.texts, self.catalogue, asked.text),), after, "unreadable")
        reply = handover.unknown_reply(speaker, facts, self.catalogue, asked.desk)
        return Turn((reply,), after, "unanswered", keeps="unanswered")

    def _followed(
        self, speaker: Speaker, facts: Facts, kind: str, service: Service, after: Talk, moment: datetime
    ) -> Turn:
        if kind == "other":
            others = self._beside(service, moment)
            if others:
                rows = tuple((Press(other.name, press_data("service", other.id)),) for other in others)
                ask = Paragraph(speaker.say("Choose a place:"))
                return Turn((Reply(speaker.locale, (ask,), rows),), after, "follow-up")
            return Turn((menus.menu_reply(speaker, self.catalogue),), after, "follow-up")
        reply = follow_up_reply(speaker, facts, kind, service)
        return Turn((reply,), after.showing(service.id, moment), "follow-up")

    # -- other kinds of message --------------------------------------------------------------------------------

    def sent(self, kind: str, talk: Talk, moment: datetime, phone_locale: str | None = None) -> Turn:
        """Answer a message that is not text: ``photo``, ``voice``, ``location``, ``contact``, ``sticker`` …"""
        speaker = self.texts.speaker(self._base_locale(talk, phone_locale))
        facts = Facts(speaker, self.catalogue, moment)
        replies = [unread_reply(speaker, self.catalogue, kind)]
        readers = [need for need in self.catalogue.needs.values() if kind in need.media]
        replies += [self._need_reply(speaker, facts, need, moment) for need in readers]
        turn = Turn(tuple(replies), talk.seen(moment))
        return self._labelled(turn, speaker, talk, moment)

    # -- commands ----------------------------------------------------------------------------------------------

    def commanded(self, command: str, talk: Talk, moment: datetime, phone_locale: str | None = None) -> Turn:
        """Answer ``start``, ``menu``, ``language``, ``help`` or ``about``; any other command like ``help``."""
        speaker = self.texts.speaker(self._base_locale(talk, phone_locale))
        facts = Facts(speaker, self.catalogue, moment)
        match command:
            case "start":
                # The greeting itself says that a machine answers.
                return Turn((menus.start_reply(speaker, self.texts, self.catalogue),), talk.seen(moment))
            case "menu":
                reply = replace(menus.menu_reply(speaker, self.catalogue), replaces=False)
            case "language":
                reply = menus.language_reply(speaker, self.texts)
            case "about":
                reply = menus.about_reply(speaker, facts, self.catalogue)
            case _:
                reply = menus.help_reply(speaker, facts, self.texts, self.catalogue)
        return Turn((reply,), talk.seen(moment))

    # -- buttons -----------------------------------------------------------------------------------------------

    def pressed(
        self, data: str, talk: Talk, moment: datetime, phone_locale: str | None = None, desk: Desk = NOBODY
    ) -> Turn:
        """Answer a button; one of an older program or catalogue, or a forged one, leads to the menu.

        ``desk``: whether a person reads the question that was asked last, and its key.
        """
        speaker = self.texts.speaker(self._base_locale(talk, phone_locale))
        facts = Facts(speaker, self.catalogue, moment)
        after = talk.seen(moment)
        pressed = read_press(data)
        if pressed is None:
            return self._old_button(speaker, after)
        what = pressed.what
        match pressed.verb:
            case "menu":
                return Turn((menus.menu_reply(speaker, self.catalogue),), after)
            case "topic":
                topic = self.catalogue.topics.get(what)
                if topic is None:
                    return self._old_button(speaker, after)
                return Turn((menus.topic_reply(speaker, self.catalogue, topic),), after)
            case "wrong" if what.startswith("answer:"):
                return self._not_helped(speaker, desk, after, moment, ())
            case "need" | "more" | "helpful" | "wrong":
                need = self.catalogue.need(what)
                return self._need_button(pressed.verb, need, speaker, facts, talk, moment, desk)
            case "fact" if (wrong := kind_and_key(what)) is not None:
                return Turn((ask_words(speaker, wrong[0]),), after)
            case "service" | "call" | "map" | "fact":
                service = self.catalogue.service(what)
                return self._service_button(pressed.verb, service, speaker, facts, after, moment, desk)
            case "language" | "locale":
                locale = self.texts.nearest(what)
                if locale is None:
                    return self._old_button(speaker, after)
                chosen = replace(after, locale=locale)
                return Turn((menus.language_set_reply(self.texts.speaker(locale)),), chosen)
            case "person":
                reply = handover.person_reply(speaker, facts, self.catalogue, desk)
                return Turn((reply,), after, keeps="person", count="person")
            case "none":
                sorry = speaker.say("Then I did not understand. Say it in other words, or choose from the menu.")
                reply = handover.not_helped_reply(speaker, self.catalogue, desk, moment, sorry)
                return Turn((reply,), after, keeps="none-of-these", count="none-of-these")
            case "drop":
                text = speaker.say("I deleted your question.")
                gone = Reply(speaker.locale, (Paragraph(text),), (closing_row(speaker),), replaces=True)
                return Turn((gone,), after, toast=text, drops_question=what)
            case "wipe":
                return Turn((), after, toast=speaker.say("Removed."), wipes=True)
            case "write" | "silent" | "show" | "reply":
                # What these mean stands in the database; who looked there found nothing (any more).
                return Turn((handover.gone_reply(speaker),), after)

    def _need_button(
        self, verb: str, need: Need | None, speaker: Speaker, facts: Facts, talk: Talk, moment: datetime, desk: Desk
    ) -> Turn:
        after = talk.seen(moment)
        if need is None:
            return self._old_button(speaker, after)
        if verb == "helpful":
            return Turn((), after, needs=(need.id,), toast=speaker.say("Thank you."), count="helpful")
        if verb == "wrong":
            return self._not_helped(speaker, desk, after, moment, (need.id,))
        if verb == "more":
            services = self.catalogue.services_of(need, moment.date())
            return Turn((more_reply(speaker, need, services),), after)
        first = self._first_service(need, moment)
        after = after.showing(first.id, moment) if first else after
        return Turn((self._need_reply(speaker, facts, need, moment),), after, needs=(need.id,), count="menu")

    def _not_helped(self, speaker: Speaker, desk: Desk, after: Talk, moment: datetime, needs: tuple[str, ...]) -> Turn:
        sorry = speaker.say("I am sorry. Say it in other words, or choose from the menu.")
        reply = handover.not_helped_reply(speaker, self.catalogue, desk, moment, sorry)
        return Turn((reply,), after, needs=needs, keeps="wrong", count="wrong")

    def _service_button(
        self, verb: str, service: Service | None, speaker: Speaker, facts: Facts, after: Talk, moment: datetime,
        desk: Desk,
    ) -> Turn:  # fmt: skip
        if service is None or service.is_over(moment.date()):
            return self._old_button(speaker, after)
        if verb == "fact":
            reply = ask_which(speaker, service, desk.key)
            return Turn((reply,), after, keeps="fact", count=f"fact-wrong:{service.id}")
        if verb == "call" and service.phones:
            cards = tuple(
                Reply(speaker.locale, contact=ContactCard(service.name, phone.number)) for phone in service.phones[:2]
            )
            return Turn(cards, after)
        if verb == "map" and service.address and service.address.lat is not None and service.address.lon is not None:
            address = service.address
            venue = VenueCard(
                service.name, f"{address.street}, {address.city}", service.address.lat, service.address.lon
            )
            return Turn((Reply(speaker.locale, venue=venue),), after)
        return Turn((service_reply(speaker, facts, service),), after.showing(service.id, moment))

    def _old_button(self, speaker: Speaker, after: Talk) -> Turn:
        text = speaker.say("This button is old. Here is the menu.")
        menu = menus.menu_reply(speaker, self.catalogue)
        return Turn((replace(menu, paragraphs=(Paragraph(text), *menu.paragraphs), replaces=False),), after)

    # -- for what stands before the conversation ---------------------------------------------------------------

    def speaker_for(
        self, talk: Talk, phone_locale: str | None = None, text: str = "", match: Match | None = None
    ) -> Speaker:
        """Who speaks to a person: in the language chosen, of the phone, or in which ``text`` was certainly written."""
        base = self._base_locale(talk, phone_locale)
        return self.texts.speaker(self._locale_for(Asked(text, match), base) if match else base)

    def facts(self, speaker: Speaker, moment: datetime) -> Facts:
        """The facts of the catalogue in the speaker's words at a local moment."""
        return Facts(speaker, self.catalogue, moment)

    # -- from people -------------------------------------------------------------------------------------------

    def need(self, need: Need, speaker: Speaker, moment: datetime) -> Reply:
        """The answer to a need."""
        return self._need_reply(speaker, Facts(speaker, self.catalogue, moment), need, moment)

    def general(self, answer: GeneralAnswer, speaker: Speaker, moment: datetime) -> Reply:
        """An answer that a person gave for everybody; a mere need is answered like any other."""
        need = self.catalogue.need(answer.need)
        if need is not None:
            return self.need(need, speaker, moment)
        return general_reply(speaker, Facts(speaker, self.catalogue, moment), self.catalogue, answer, moment)

    def closed(self, speaker: Speaker, moment: datetime) -> Reply:
        """A question that nobody here answers."""
        return handover.closed_reply(speaker, Facts(speaker, self.catalogue, moment), self.catalogue)

    # -- failing -----------------------------------------------------------------------------------------------

    def failed(self, talk: Talk, phone_locale: str | None = None) -> Reply:
        """What a person hears when the program itself failed on their message."""
        speaker = self.texts.speaker(self._base_locale(talk, phone_locale))
        sorry = speaker.say("Something went wrong here. I am sorry. Please write it again, in other words.")
        lines = [sorry, *menus.emergency_lines(speaker, self.catalogue)]
        return Reply(speaker.locale, tuple(Paragraph(line) for line in lines), (closing_row(speaker),))

    # -- inside ------------------------------------------------------------------------------------------------

    def _need_reply(self, speaker: Speaker, facts: Facts, need: Need, moment: datetime) -> Reply:
        services = self.catalogue.services_of(need, moment.date())
        if need.is_urgent:
            in_order = [s for s in (self.catalogue.services[i] for i in need.services) if not s.is_over(moment.date())]
            return urgent_reply(speaker, facts, self.catalogue, need, in_order)
        return answer_reply(speaker, facts, need, services)

    def _first_service(self, need: Need, moment: datetime) -> Service | None:
        return next(iter(self.catalogue.services_of(need, moment.date())), None)

    def _beside(self, service: Service, moment: datetime) -> list[Service]:
        """Other services that answer a need which ``service`` answers; those to call in danger are no alternative."""
        found: dict[str, Service] = {}
        for need in self.catalogue.needs.values():
            if service.id in need.services and not need.is_urgent:
                found |= {other.id: other for other in self.catalogue.services_of(need, moment.date())}
        for urgent in (need for need in self.catalogue.needs.values() if need.is_urgent):
            found.pop(next(iter(urgent.services), ""), None)
        found.pop(service.id, None)
        return list(found.values())[:4]

    def _which_one(self, speaker: Speaker) -> Reply:
        text = speaker.say("Which place do you mean? Write its name, or choose from the menu.")
        return Reply(speaker.locale, (Paragraph(text),), (closing_row(speaker),))

    def _base_locale(self, talk: Talk, phone_locale: str | None) -> Locale:
        return self.texts.speaker(talk.locale or self.texts.nearest(phone_locale)).locale

    def _locale_for(self, asked: Asked, base: Locale) -> Locale:
        """The chosen language; a whole message that is certainly in another one is answered in that one."""
        written = asked.match.language
        if written is None or written not in self.texts.locales or written == base:
            return base
        if asked.match.urgent or len(asked.text.split()) >= 3 or (written == "zh" and len(asked.text) >= 5):
            return written
        return base

    def _keep_locale_row(self, speaker: Speaker) -> tuple[Button, ...]:
        label = speaker.say("Always answer in {language}", language=own_name(speaker.locale))
        return (Press(label, press_data("locale", speaker.locale)),)

    def _noted(self, turn: Turn, speaker: Speaker, asked: Asked, talk: Talk, moment: datetime) -> Turn:
        """Add what must be said beside the answer: deleted personal data, then the labels."""
        if asked.removed and turn.replies:
            line = removed_line(speaker, asked.removed)
            turn = replace(turn, replies=_with_paragraph(turn.replies, Paragraph(line, "small")))
        return self._labelled(turn, speaker, talk, moment)

    def _labelled(self, turn: Turn, speaker: Speaker, talk: Talk, moment: datetime) -> Turn:
        """The draft label, and the session notice when it is due, under the last reply."""
        if not turn.replies:
            return turn
        lines = []
        if speaker.fell_back:
            lines.append(speaker.say("Some of this is not in your language yet."))
        if talk.is_new_session(moment):
            lines.append(f"{_notice(speaker)} {offer_line(speaker)}")
        if speaker.is_draft and turn.outcome not in ("small-talk", "unreadable"):
            lines.append(_draft_label(speaker))
        if not lines:
            return turn
        return replace(turn, replies=_with_paragraph(turn.replies, Paragraph("\n".join(lines), "small")))


def _notice(speaker: Speaker) -> str:
    return speaker.say("I am a machine, not a person. Do not write personal data here.")


def _draft_label(speaker: Speaker) -> str:
    return speaker.say("Draft: a native speaker has not checked this text yet.")


def _with_paragraph(replies: Sequence[Reply], paragraph: Paragraph) -> tuple[Reply, ...]:
    *before, last = replies
    return (*before, replace(last, paragraphs=(*last.paragraphs, paragraph)))


def _with_row(replies: Sequence[Reply], row: tuple[Button, ...]) -> tuple[Reply, ...]:
    if not replies:
        return ()
    *before, last = replies
    return (*before, replace(last, buttons=(*last.buttons, row)))


__all__ = ["Asked", "Dialogue", "Outcome", "need_title"]
