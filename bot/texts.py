"""Which words the bot uses: gettext catalogues read straight from ``locales/``, dates, direction.

Three domains: ``opas`` (what the bot says; msgid English), ``catalogue`` (texts of services.yaml; msgid in the source
language, msgctxt their place, ``services.kompassi.summary``) and ``staff`` (the counsellors' pages and commands; msgid
English; only in the languages in which the staff works). Fallback: the person's language, English, source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from babel import Locale as BabelLocale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_timedelta
from babel.numbers import format_percent

from bot.catalogue.notspoken import NOT_SPOKEN_FILE, NUMBER, read_not_spoken
from bot.kept import Kept
from bot.messages import Messages, messages_of
from bot.model import Catalogue, Drafts, Locale
from bot.text import fold

RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "ur", "ps", "ckb", "he"})

# Names of the picker by the people who speak the language; CLDR's own where not listed. The Persian one stands for
# both written standards, because the texts keep to words common to both.
_OWN_NAMES: Final = {"fa": "فارسی / دری"}
_COLONS: Final = {"fr": "\u00a0: ", "zh": "："}
_ISOLATE: Final = "\u2066{}\u2069"  # left-to-right isolate … pop: keeps names and numbers whole inside Arabic script


def own_name(locale: Locale) -> str:
    """The name of a language in that language, as the picker shows it."""
    if locale in _OWN_NAMES:
        return _OWN_NAMES[locale]
    try:
        return BabelLocale.parse(locale).get_display_name(locale) or locale
    except (UnknownLocaleError, ValueError):
        return locale


class Speaker:
    """Says the bot's texts in one language.

    ``say`` and ``count`` are the names that ``opas translate`` looks for when it collects the English texts.
    """

    def __init__(self, locale: Locale, own: Messages, english: Messages, source: Locale, is_draft: bool) -> None:
        self.locale = locale
        self.is_draft = is_draft
        self.is_rtl = locale in RIGHT_TO_LEFT
        self.fell_back = False
        """Whether ``tell`` had to give a text in another language."""
        self.in_english: set[str] = set()
        """What ``say`` had to give in English, for want of a translation."""
        self._own, self._english, self._source = own, english, source

    def say(self, text: str, /, **fields: object) -> str:
        """The translation of ``text`` with ``{fields}`` filled in; the English text when there is none."""
        found = self._own.texts.get((None, text))
        if found is None:
            found = self._english.texts.get((None, text), text)
            if self.locale != "en":
                self.in_english.add(found)
        return found.format(**fields)

    def count(self, one: str, many: str, number: int, /, **fields: object) -> str:
        """``one`` or ``many``, translated, in the form that goes with ``number``, which fills in ``{n}``."""
        forms = self._own.plurals.get(one)
        found = forms[self._own.form_of(number)] if forms else one if number == 1 else many
        return found.format(n=number, **fields)

    def tell(self, place: str, text: str) -> str:
        """The text of services.yaml that stands at ``place``, in this language, else English, else as written."""
        if not text or self.locale == self._source:
            return text
        key = (place, text)
        if key in self._own.texts:
            return self._own.texts[key]
        self.fell_back = True
        return self._english.texts.get(key, text)

    def latin(self, text: str) -> str:
        """``text`` (a name, number, time) guarded against the neighbourhood of right-to-left letters; "" stays ""."""
        return _ISOLATE.format(text) if self.is_rtl and text else text

    def names(self, locales: Iterable[Locale]) -> str:
        """Languages by their own names, each guarded so that names of both directions can stand in one list."""
        return self.joined([f"\u2068{own_name(locale)}\u2069" for locale in locales])

    def day(self, moment: datetime, today: date) -> str:
        """The weekday, with the date when it is a week away or more; ASCII digits, Gregorian."""
        weekday = format_date(moment, "EEEE", locale=self.locale)
        if (moment.date() - today).days < 7:
            return weekday
        return f"{weekday} {self.on(moment)}"

    def clock(self, moment: datetime) -> str:
        return self.latin(f"{moment.hour}:{moment.minute:02}")

    def on(self, day: date) -> str:
        """A day, Gregorian, in ASCII digits. Chinese goes from the year down: there 5.3. may be the third of May."""
        if self.locale == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return self.latin(f"{day.day}.{day.month}.{day.year}")

    def days(self, days: int) -> str:
        """A number of days as a period: "30 days"."""
        # The high threshold keeps 180 days from becoming six months.
        return str(format_timedelta(timedelta(days=days), granularity="day", threshold=1e6, locale=self.locale))

    def lasting(self, time: timedelta) -> str:
        """A time span in its largest unit: "3 days"."""
        return str(format_timedelta(time, granularity="minute", threshold=1, locale=self.locale))

    def share(self, part: float) -> str:
        """A part (0–1) of a whole in per cent: "84 %", "< 1 %"."""
        less = "< " if 0 < part < 0.01 else ""
        return less + str(format_percent(max(part, 0.01) if less else part, locale=self.locale))

    def month(self, day: date) -> str:
        """Month and year, as in "checked in March 2026"."""
        if self.locale == "zh":
            return f"{day.year}年{day.month}月"
        month = format_date(day, "LLLL", locale=self.locale)
        return f"{month}{' de ' if self.locale == 'es' else ' '}{self.latin(str(day.year))}"

    def language(self, code: Locale) -> str:
        """The name of a language in this language."""
        try:
            return BabelLocale.parse(code).get_language_name(self.locale) or own_name(code)
        except (UnknownLocaleError, ValueError):
            return own_name(code)

    def pair(self, label: str, value: object) -> str:
        """A label and its value, with the colon between them as this language writes it."""
        return f"{label}{_COLONS.get(self.locale, ': ')}{value}"

    def joined(self, items: list[str]) -> str:
        return ("، " if self.is_rtl else "、" if self.locale == "zh" else ", ").join(items)


class StaffTexts:
    """What the staff reads: English, and every language that has a ``staff.po``."""

    def __init__(self, messages: Mapping[Locale, Messages]) -> None:
        self._messages = {"en": Messages(), **messages}

    @classmethod
    def load(cls, folder: Path, kept: Kept | None = None) -> StaffTexts:
        """Read ``folder/<lang>/LC_MESSAGES/staff.po``. Raises ContentError when one cannot be read as .po."""
        paths = {path.parts[-3]: path for path in sorted(folder.glob("*/LC_MESSAGES/staff.po"))}
        return cls({code: messages_of(path, code, folder, kept) for code, path in paths.items()})

    @property
    def locales(self) -> tuple[Locale, ...]:
        return tuple(sorted(self._messages))

    def speaker(self, locale: Locale | None) -> Speaker:
        """A new speaker of ``locale``, else of English."""
        code = locale if locale in self._messages else "en"
        assert code is not None
        return Speaker(code, self._messages[code], Messages(), "en", is_draft=False)


class Texts:
    """All languages of a content folder."""

    def __init__(
        self,
        catalogue: Catalogue,
        messages: Mapping[Locale, Messages],
        drafts: Drafts = "show",
        not_spoken: Mapping[str, str] | None = None,
        staff: StaffTexts | None = None,
    ) -> None:
        self._not_spoken = not_spoken or {}
        self.staff = staff or StaffTexts({})
        self._source = catalogue.city.source_language
        self._languages = catalogue.languages
        self._messages = messages
        self._drafts: Drafts = drafts

    @classmethod
    def load(cls, folder: Path, catalogue: Catalogue, drafts: Drafts = "show", kept: Kept | None = None) -> Texts:
        """Read ``folder/<lang>/LC_MESSAGES/{opas,catalogue}.po`` for each language of the catalogue.

        A missing file means "nothing translated yet". ``kept``: what was read before.
        Raises ContentError when a file cannot be read.
        """
        messages = {locale: read_messages(folder, locale, kept) for locale in catalogue.languages}
        return cls(catalogue, messages, drafts, read_not_spoken(folder), StaffTexts.load(folder, kept))

    def _served(self, locale: Locale) -> Messages:
        """The texts of ``locale`` that may be served: with OPAS_DRAFTS=hide only those that somebody has read."""
        hidden = self._drafts == "hide" and self._languages.get(locale) is None
        return Messages() if hidden else self._messages.get(locale, Messages())

    @property
    def locales(self) -> tuple[Locale, ...]:
        return tuple(self._languages)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Where translations stand that are not said because they lost or invented a field: ``sl opas.po:137``."""
        return tuple(f"{code} opas.po:{line}" for code, said in self._messages.items() for line in said.left_out)

    @property
    def source(self) -> Locale:
        return self._source

    def speaker(self, locale: Locale | None) -> Speaker:
        """A new speaker of ``locale``, else of English, else of the source language."""
        wanted = next((code for code in (locale, "en") if code in self._languages), self._source)
        assert wanted is not None
        is_draft = self._drafts == "show" and self._languages.get(wanted) is None
        return Speaker(wanted, self._served(wanted), self._served("en"), self._source, is_draft)

    def not_spoken_line(self, language: str, number: str) -> str:
        """One line in a language that is not spoken here, with the emergency number; "" when none is written."""
        line = self._not_spoken.get(language, "")
        return line.replace(NUMBER, number)

    def nearest(self, tag: str | None) -> Locale | None:
        """The locale for an IETF tag as phones send it (``pt-br``, ``prs``), or None when it is not spoken."""
        if not tag:
            return None
        base = tag.replace("_", "-").split("-", 1)[0].casefold()
        base = {"prs": "fa", "pes": "fa", "cmn": "zh", "yue": "zh", "arb": "ar"}.get(base, base)
        return base if base in self._languages else None

    def named(self, text: str) -> Locale | None:
        """The language whose own name is all of ``text``, as the picker shows it; None when it is more or another."""
        folded = fold(text)
        for locale in self.locales:
            if folded and folded in map(fold, own_name(locale).split("/")):
                return locale
        return None


def read_messages(folder: Path, locale: Locale, kept: Kept | None = None) -> Messages:
    """The messages of both domains of one language; see ``Texts.load``."""
    texts: dict[tuple[str | None, str], str] = {}
    left_out: tuple[int, ...] = ()
    for domain in ("opas", "catalogue"):
        path = folder / locale / "LC_MESSAGES" / f"{domain}.po"
        if path.exists():
            found = messages_of(path, locale, folder, kept)
            texts.update(found.texts)
            left_out += found.left_out
    return Messages(texts, left_out=left_out)


def text_files(folder: Path) -> list[Path]:
    """The files below ``locales/`` that the texts are read from, as far as they are there."""
    return [path for path in (*folder.glob("**/*.po"), folder / NOT_SPOKEN_FILE) if path.exists()]
