"""What a person sent, where the talk stands, a verdict, the catalogue and a moment → what is said next. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.dialogue import buttons, handover, menus, verdicts
from bot.dialogue.answers import closing_row
from bot.dialogue.facts import Facts
from bot.dialogue.general import GeneralAnswer, general_reply
from bot.dialogue.handover import Promise
from bot.dialogue.labels import labelled, with_elsewhere, with_emergency, with_keep_locale, with_removed
from bot.dialogue.scene import NOBODY, Scene
from bot.dialogue.talk import Talk, Turn
from bot.dialogue.tongues import LanguageWish, tongues
from bot.dialogue.unread import unread_reply
from bot.dialogue.verdicts import Asked
from bot.model import Catalogue, FollowUp, Found, Locale, Match, Paragraph, Reply
from bot.texts import Speaker, Texts


class Dialogue:
    """The conversation in one city's words. Holds nothing about anybody: state comes in and goes out as ``Talk``.

    ``moment`` is on the city's clocks (``Guide.local``) wherever it is asked for.
    """

    def __init__(self, catalogue: Catalogue, texts: Texts) -> None:
        self.catalogue = catalogue
        self.texts = texts

    # -- what a person does ------------------------------------------------------------------------------------

    def asked(self, asked: Asked, talk: Talk, moment: datetime) -> Turn:
        """Answer a text. Every text gets at least one reply."""
        match = asked.match
        chosen = self._locale(talk.locale, asked.phone_locale)
        before = self._locale(talk.going_on_in, asked.phone_locale)
        locale = self._locale_for(asked.text, match, talk, asked.phone_locale)
        talk = replace(talk, spoken="" if locale == chosen else locale)
        scene = self._scene(self.texts.speaker(locale), talk, moment, asked.promise)
        if (wished := self.language_wished(asked.text, match, talk, moment)) is not None:
            turn = buttons.language_set(wished, scene, before=before)
            return labelled(turn, replace(scene, speaker=self.texts.speaker(wished)))
        if match.urgent and isinstance(match.verdict, Found):
            return verdicts.in_danger(asked, match.verdict, scene)
        turn = verdicts.answered(asked, scene)
        if match.is_elsewhere:
            turn = with_elsewhere(turn, scene)
        if match.may_be_urgent:
            turn = with_emergency(turn, scene)
        if locale != chosen:
            turn = with_keep_locale(turn, scene.speaker)
        return labelled(with_removed(turn, scene.speaker, asked.removed), scene)

    def sent(self, kind: str, talk: Talk, moment: datetime, phone_locale: str | None = None) -> Turn:
        """Answer a message that is not text: ``photo``, ``voice``, ``location``, ``contact``, ``sticker`` …"""
        scene = self._scene(self.speaker_for(talk, phone_locale), talk, moment)
        readers = [need for need in self.catalogue.needs.values() if kind in need.media]
        replies = [unread_reply(scene.speaker, self.catalogue, kind), *map(scene.answer, readers)]
        return labelled(Turn(tuple(replies), scene.after), scene)

    def commanded(self, command: str, talk: Talk, moment: datetime, phone_locale: str | None = None) -> Turn:
        """Answer ``start``, ``menu``, ``language``, ``about`` or ``accessibility``; any other command with help."""
        speaker = self.speaker_for(talk, phone_locale)
        facts = self.facts(speaker, moment)
        match command:
            case "start":
                # The greeting itself says that a machine answers.
                reply = menus.start_reply(speaker, self.texts, self.catalogue)
            case "menu":
                reply = replace(menus.menu_reply(speaker, self.catalogue), replaces=False)
            case "language":
                reply = menus.language_reply(speaker, self.texts)
            case "accessibility":
                reply = menus.accessibility_reply(speaker, facts, self.catalogue)
            case "about":
                reply = menus.about_reply(speaker, facts, self.catalogue)
            case _:
                reply = menus.help_reply(speaker, facts, self.texts, self.catalogue)
        return Turn((reply,), talk.seen(moment))

    def pressed(
        self, data: str, talk: Talk, moment: datetime, phone_locale: str | None = None, promise: Promise = NOBODY
    ) -> Turn:
        """Answer a button; one of an older program or catalogue, or a forged one, leads to the menu.

        ``promise``: whether a person reads the question that was asked last, and its key.
        """
        return buttons.pressed(data, self._scene(self.speaker_for(talk, phone_locale), talk, moment, promise))

    # -- for what stands before the conversation ---------------------------------------------------------------

    def speaker_for(
        self, talk: Talk, phone_locale: str | None = None, text: str = "", match: Match | None = None
    ) -> Speaker:
        """Who speaks to a person: in the language of the talk, or in which ``text`` was certainly written."""
        if match is None:
            return self.texts.speaker(self._locale(talk.going_on_in, phone_locale))
        return self.texts.speaker(self._locale_for(text, match, talk, phone_locale))

    def facts(self, speaker: Speaker, moment: datetime) -> Facts:
        """The facts of the catalogue in the speaker's words at a moment."""
        return Facts(speaker, self.catalogue, moment)

    # -- from people -------------------------------------------------------------------------------------------

    def general(self, answer: GeneralAnswer, speaker: Speaker, moment: datetime) -> Reply:
        """An answer that a person gave for everybody."""
        return general_reply(speaker, self.facts(speaker, moment), self.catalogue, answer)

    def closed(self, speaker: Speaker, moment: datetime) -> Reply:
        """A question that nobody here answers."""
        return handover.closed_reply(speaker, self.facts(speaker, moment), self.catalogue)

    # -- failing -----------------------------------------------------------------------------------------------

    def failed(self, talk: Talk, phone_locale: str | None = None) -> Reply:
        """What a person hears when the program itself failed on their message."""
        speaker = self.speaker_for(talk, phone_locale)
        sorry = speaker.say("Something went wrong here. I am sorry. Please write it again, in other words.")
        lines = [sorry, *menus.emergency_lines(speaker, self.catalogue)]
        return Reply(speaker.locale, tuple(Paragraph(line) for line in lines), (closing_row(speaker),))

    # -- inside ------------------------------------------------------------------------------------------------

    def language_wished(self, text: str, match: Match, talk: Talk, moment: datetime) -> Locale | None:
        """The language in which somebody wants to be answered, when a text says that and nothing else.

        The name of a language alone may mean more: that of the city's own one asks for a course as well, after an
        answer any of them asks whether it is spoken there, and some name a nation that has a need of its own.
        """
        own = self.texts.named(text)
        wish = LanguageWish(own, is_clear=False) if own else tongues().wish(text, self.texts.locales)
        if wish is None:
            return None
        asks_of_place = isinstance(match.verdict, FollowUp) and talk.services_in_mind(moment)
        if not wish.is_clear and (asks_of_place or wish.language == self.texts.source):
            return None
        is_answered = isinstance(match.verdict, Found) and not match.urgent and not own
        if is_answered and (not wish.is_clear or wish.language == self.texts.source):
            return None
        return wish.language

    def _scene(self, speaker: Speaker, talk: Talk, moment: datetime, promise: Promise = NOBODY) -> Scene:
        return Scene(speaker, self.facts(speaker, moment), self.catalogue, self.texts, talk, promise)

    def _locale(self, wanted: Locale | None, phone_locale: str | None) -> Locale:
        return self.texts.speaker(wanted or self.texts.nearest(phone_locale)).locale

    def _locale_for(self, text: str, match: Match, talk: Talk, phone_locale: str | None) -> Locale:
        """The language of the talk; a whole message that is certainly in another one, and cannot be in that of the
        talk, is answered in that one, and so is any word of the language that the person has chosen."""
        base = self._locale(talk.going_on_in, phone_locale)
        written = match.language
        if written is None or written not in self.texts.locales or base in {written, *match.may_be_in}:
            return base
        words = len(text.split()) - match.is_elsewhere  # the name of a place is of no language
        if match.urgent or words >= 3 or written == talk.locale or (written == "zh" and len(text) >= 5):
            return written
        return base
