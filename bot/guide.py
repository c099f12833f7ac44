"""One content folder made ready to answer: catalogue, texts, dialogue and matcher, swapped as a whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers

from bot.catalogue.content import INTENTS_FOLDER, Content, load_content
from bot.dialogue import Dialogue
from bot.matching.cache import HeadCache, Wanted, wanted_heads
from bot.matching.head import Head
from bot.matching.matcher import Matcher
from bot.model import Catalogue, Locale, Phrase
from bot.texts import Drafts, Texts


@dataclass(frozen=True, slots=True)
class Guide:
    content: Content
    texts: Texts
    dialogue: Dialogue
    matcher: Matcher
    heads: tuple[Head, ...]
    missing: tuple[Wanted, ...]
    """Heads that are not fitted yet: those languages are matched by exact phrases and names alone."""
    own_numbers: frozenset[str]
    """Digits of the catalogue's phone numbers: never personal data."""

    @property
    def catalogue(self) -> Catalogue:
        return self.content.catalogue

    def local(self, moment: datetime) -> datetime:
        """``moment`` on the city's clocks; a moment without a time zone is the city's."""
        zone = ZoneInfo(self.catalogue.city.timezone)
        return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)

    def with_heads(self, heads: Sequence[Head], missing: Sequence[Wanted]) -> Guide:
        """The same content with other heads."""
        return _guide(self.content, self.texts, heads, missing)


def load_guide(folder: Path, cache: HeadCache, drafts: Drafts = "show") -> Guide:
    """Read and check a content folder and take the heads that are fitted. Raises ContentError with all faults."""
    wanted_by_language: dict[Locale, Wanted] = {}

    def known(catalogue: Catalogue) -> dict[Locale, tuple[Phrase, ...]]:
        wanted_by_language.update({w.language: w for w in wanted_heads(folder / INTENTS_FOLDER, catalogue.languages)})
        found = {language: cache.phrases(wanted, catalogue) for language, wanted in wanted_by_language.items()}
        return {language: phrases for language, phrases in found.items() if phrases is not None}

    content = load_content(folder, known)
    texts = Texts.load(content.locales, content.catalogue, drafts)
    heads, missing = [], []
    for wanted in wanted_by_language.values():
        head = cache.load(wanted)
        if head is None:
            missing.append(wanted)
        else:
            heads.append(head)
    return _guide(content, texts, heads, missing)


def _guide(content: Content, texts: Texts, heads: Sequence[Head], missing: Sequence[Wanted]) -> Guide:
    catalogue, intents = content.catalogue, content.intents
    matcher = Matcher(intents.phrases, heads, catalogue, intents.urgent)
    dialogue = Dialogue(catalogue, texts)
    return Guide(content, texts, dialogue, matcher, tuple(heads), tuple(missing), own_numbers(catalogue))


def own_numbers(catalogue: Catalogue) -> frozenset[str]:
    """The digits of every phone number of the catalogue, international and as dialled in the country."""
    found = set()
    services = [*catalogue.services.values(), *([catalogue.person] if catalogue.person else [])]
    for service in services:
        for phone in service.phones:
            found.add(re.sub(r"\D", "", phone.number))
            if phone.number.startswith("+"):
                parsed = phonenumbers.parse(phone.number, None)
                national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
                found.add(re.sub(r"\D", "", national))
    return frozenset(found)
