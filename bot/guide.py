"""One content folder made ready to answer: catalogue, texts, dialogue and matcher, swapped as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import phonenumbers

from bot.catalogue import learnt
from bot.catalogue.content import INTENTS_FOLDER, Content, load_content
from bot.dialogue import Asked, Dialogue, Talk, own_words
from bot.errors import Complaint, ContentError
from bot.kept import Kept
from bot.matching.cache import HeadCache, Wanted, wanted_heads
from bot.matching.head import Head
from bot.matching.matcher import Matcher
from bot.matching.repair import Repairers
from bot.model import Catalogue, Drafts, Locale, Phrases
from bot.texts import Texts, text_files
from bot.thesaurus import keep_words

_ANY_MOMENT: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sources:
    """What a guide was read from, so that the next one reads only what changed."""

    wanted: tuple[Wanted, ...]
    """Each language's phrases, by their fingerprint."""
    locales: tuple[tuple[str, int, int], ...]
    """Name, size and time of the translations."""


@dataclass(frozen=True, slots=True)
class Guide:
    """A content folder with all that answers from it; never changed, only replaced."""

    content: Content
    texts: Texts
    dialogue: Dialogue
    matcher: Matcher
    heads: tuple[Head, ...]
    missing: tuple[Wanted, ...]
    """Heads that are not fitted yet: those languages are matched by exact phrases and names alone, and while the one
    that all share is not there, each by its own."""
    own_numbers: frozenset[str]
    """Digits of the catalogue's phone numbers: never personal data."""
    sources: Sources

    @property
    def catalogue(self) -> Catalogue:
        return self.content.catalogue

    def local(self, moment: datetime) -> datetime:
        """``moment`` on the city's clocks; a moment without a time zone is the city's."""
        zone = ZoneInfo(self.catalogue.city.timezone)
        return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)

    def preparations(self) -> Iterator[Callable[[], object]]:
        """Acts that prepare what the first answers would otherwise wait for: in each language the words for things, the
        names of days and months, and the words by which slips are put right; and how the languages left out are spelt.
        Each takes some hundredths of a second (a third of one, while nothing is kept; half of one the last, where there
        are such languages) and may run beside all else, in another thread."""
        for language, phrases in self.content.intents.phrases.items():
            asked = next((phrase.text for phrase in phrases if self.catalogue.need(phrase.label)), None)
            if asked is not None:
                yield partial(self.matcher.match, asked)
                yield partial(self._answer, asked, language)
            yield partial(self.matcher.repairers.of, language)
        yield self.matcher.alone.prepare
        yield self.matcher.left_out.prepare

    def _answer(self, text: str, language: Locale) -> None:
        asked = Asked(text, self.matcher.match(text), language)
        self.dialogue.asked(asked, Talk(locale=language), self.local(_ANY_MOMENT))

    def with_heads(self, heads: Sequence[Head], missing: Sequence[Wanted]) -> Guide:
        """The same content with other heads."""
        return _guide(self.content, self.texts, heads, missing, self.sources, self.matcher.repairers)


def load_guide(
    folder: Path,
    cache: HeadCache,
    drafts: Drafts = "show",
    before: Guide | None = None,
    team_hours: str = "",
    on_wanted: Callable[[Sequence[Wanted]], None] = lambda _: None,
) -> Guide:
    """Read and check a content folder and take the heads that are fitted. Raises ContentError with all faults.

    ``before``: a guide of the same folder; what did not change since is taken from it. ``team_hours``: when counsellors
    read messages, where the content does not say. ``on_wanted``: is told which heads there should be, before the
    phrases are read.
    """
    try:
        return _loaded(folder, cache, drafts, before, team_hours, on_wanted)
    except OSError as error:  # a file went away while it was read, or must not be read
        name = Path(error.filename or folder)
        name = name.relative_to(folder) if name.is_relative_to(folder) else name
        raise ContentError([Complaint(str(name), 0, 0, f"cannot be read: {error.strerror}")]) from error


def _loaded(
    folder: Path,
    cache: HeadCache,
    drafts: Drafts,
    before: Guide | None,
    team_hours: str,
    on_wanted: Callable[[Sequence[Wanted]], None],
) -> Guide:
    reading = _Reading(folder, cache.kept, before, team_hours, on_wanted)
    content = reading.content()
    sources = Sources(reading.wanted, stamp_of(text_files(content.locales)))
    same = before and before.catalogue == content.catalogue and before.sources.locales == sources.locales
    texts = before.texts if before and same else Texts.load(content.locales, content.catalogue, drafts, cache.kept)
    fitted = {wanted: cache.load(wanted) for wanted in reading.wanted}
    heads = [head for head in fitted.values() if head is not None]
    missing = [wanted for wanted, head in fitted.items() if head is None]
    keep_words(cache.kept)
    repairers = Repairers(content.intents.phrases, cache.kept)
    return _guide(content, texts, heads, missing, sources, repairers)


class _Reading:
    """One reading of a content folder, in which phrases that are as they were before are not read again."""

    def __init__(
        self,
        folder: Path,
        kept: Kept,
        before: Guide | None,
        team_hours: str,
        on_wanted: Callable[[Sequence[Wanted]], None],
    ) -> None:
        self._folder = folder
        self._kept = kept
        self._before = before
        self._team_hours = team_hours
        self._on_wanted = on_wanted
        self.wanted: tuple[Wanted, ...] = ()
        """The heads that there should be, once the phrases are read."""
        self._known: dict[Locale, Phrases] = {}

    def content(self) -> Content:
        """The checked content. Raises ContentError."""
        content = load_content(self._folder, self._known_phrases)
        for wanted in self.wanted:
            if not wanted.is_shared and wanted.language not in self._known:
                _keep_phrases(self._kept, wanted, content)
        return replace(content, catalogue=self._staffed(content.catalogue))

    def _staffed(self, catalogue: Catalogue) -> Catalogue:
        return replace(catalogue, team_hours=catalogue.team_hours or self._team_hours)

    def _known_phrases(self, catalogue: Catalogue) -> dict[Locale, Phrases]:
        """The phrases that need not be read, by language; asked for when the catalogue is read."""
        self.wanted = tuple(wanted_heads(self._folder / INTENTS_FOLDER, catalogue.languages))
        self._on_wanted(self.wanted)
        is_same = self._before is not None and self._before.catalogue == self._staffed(catalogue)
        for wanted in self.wanted:
            if not wanted.is_shared and (phrases := self._phrases_of(wanted, catalogue, is_same)) is not None:
                self._known[wanted.language] = phrases
        return self._known

    def _phrases_of(self, wanted: Wanted, catalogue: Catalogue, is_same: bool) -> Phrases | None:
        """``is_same``: whether the guide before has this very catalogue."""
        if self._before is not None and is_same and wanted in self._before.sources.wanted:
            return self._before.content.intents.phrases.get(wanted.language)
        return _kept_phrases(self._kept, wanted, catalogue)


def _kept_phrases(kept: Kept, wanted: Wanted, catalogue: Catalogue) -> Phrases | None:
    """The phrases that were read from the same files before; None when the files must be read."""
    text = kept.read(f"phrases-{wanted.name}")
    try:
        return learnt.load(text, wanted.language, catalogue) if text else None
    except (ValueError, KeyError, IndexError, TypeError):
        return None


def _keep_phrases(kept: Kept, wanted: Wanted, content: Content) -> None:
    """Have the phrases of a language at hand at the next start; not with complaints, which are to be heard again."""
    place = f"{INTENTS_FOLDER}/{wanted.language}"
    phrases = content.intents.phrases.get(wanted.language)
    if phrases is None or any(complaint.file.startswith(place) for complaint in content.warnings):
        return
    if text := learnt.dump(phrases, content.intents.topics):
        kept.write(f"phrases-{wanted.name}", text)


def stamp_of(files: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """Name, size and time of each file that is there: differs when anything was edited."""
    found = []
    for file in sorted(files):
        try:
            status = file.stat()
        except OSError:
            continue
        found.append((str(file), status.st_size, status.st_mtime_ns))
    return tuple(found)


def _guide(
    content: Content,
    texts: Texts,
    heads: Sequence[Head],
    missing: Sequence[Wanted],
    sources: Sources,
    repairers: Repairers,
) -> Guide:
    catalogue, intents = content.catalogue, content.intents
    matcher = Matcher(intents.phrases, heads, catalogue, intents.urgent, repairers, own_words(catalogue, texts))
    dialogue = Dialogue(catalogue, texts)
    return Guide(content, texts, dialogue, matcher, tuple(heads), tuple(missing), own_numbers(catalogue), sources)


def own_numbers(catalogue: Catalogue) -> frozenset[str]:
    """The digits of every phone number of the catalogue, international and as dialled in the country."""
    found = set()
    for service in catalogue.contacts:
        for phone in service.phones:
            found.add(re.sub(r"\D", "", phone.number))
            if phone.number.startswith("+"):
                parsed = phonenumbers.parse(phone.number, None)
                national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
                found.add(re.sub(r"\D", "", national))
    return frozenset(found)
