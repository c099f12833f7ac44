"""What every turn is made of besides what was sent: who speaks, about which city, where the talk stands, when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.dialogue.answers import need_reply
from bot.dialogue.facts import Facts
from bot.dialogue.handover import Promise
from bot.dialogue.talk import Talk
from bot.model import Catalogue, Need, Reply, Service
from bot.texts import Speaker, Texts

NOBODY: Final = Promise()


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a turn is made of besides what was sent."""

    speaker: Speaker
    facts: Facts
    catalogue: Catalogue
    texts: Texts
    talk: Talk
    """Where the talk stood before this turn."""
    promise: Promise = NOBODY
    """Whether a person reads the question, and the key by which its asker can take it back."""

    @property
    def moment(self) -> datetime:
        """On the city's clocks."""
        return self.facts.moment

    @property
    def after(self) -> Talk:
        """Where the talk stands now that the person was heard."""
        return self.talk.seen(self.moment)

    def after_answers(self, needs: Iterable[Need]) -> Talk:
        """Where it stands when ``needs`` were answered: "where is it?" means the first service of each."""
        today = self.moment.date()
        shown = [service for need in needs for service in self.catalogue.services_of(need, today)[:1]]
        return self.showing(*shown) if shown else self.after

    def showing(self, *services: Service) -> Talk:
        return self.after.showing((service.id for service in services), self.moment)

    def answer(self, need: Need) -> Reply:
        return need_reply(self.speaker, self.facts, self.catalogue, need)
