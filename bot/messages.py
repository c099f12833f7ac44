"""The translations of one .po file, as far as they can be said."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from gettext import c2py
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from bot.errors import Complaint, ContentError
from bot.kept import Kept, name_of
from bot.model import Locale

_QUOTED: Final = re.compile(r'(?:[a-z_]+(?:\[\d+\])?\s*)?"(?:[^"\\]|\\.)*"')
"""A line of a .po file that holds a text, after its keyword if there is one."""


@dataclass(frozen=True, slots=True)
class Messages:
    """The texts of one language: (context, msgid) → translation. A fuzzy or empty message is not there."""

    texts: Mapping[tuple[str | None, str], str] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The English text of one → the forms of this language."""
    form_of: Callable[[int], int] = lambda number: int(number != 1)
    """Which of the forms goes with a number."""
    left_out: tuple[int, ...] = ()
    """Lines of translations that lost or invented a ``{field}``: said, they would fail or lose a number."""


def messages_of(path: Path, locale: Locale, folder: Path, kept: Kept | None = None) -> Messages:
    """What can be said of the .po file at ``path``, which lies somewhere below ``folder``. ``kept``: where it is at
    hand when the same file was read before. Raises ContentError with file and line when it is broken."""
    source = _bytes_of(path)
    name = name_of(f"{locale}-{path.stem}", (source, _this_code()))
    before = kept.read(name) if kept else None
    if before:
        try:
            return _unpacked(json.loads(before))
        except (ValueError, KeyError, TypeError):
            pass  # spoilt: it is made anew
    packed = _packed(_catalog(source, path, locale, folder))
    if kept:
        kept.write(name, json.dumps(packed, ensure_ascii=False))
    return _unpacked(packed)


@cache
def _this_code() -> bytes:
    """What is said of a file depends on it too."""
    return Path(__file__).read_bytes()


def _packed(catalog: Catalog) -> dict[str, Any]:
    """All of a catalogue that is said, as JSON holds it."""
    texts, plurals, left_out = [], [], []
    for message in catalog:
        if not message.id or not message.string or message.fuzzy:
            continue
        if not _is_usable(message):
            left_out.append(message.lineno or 0)
        elif message.pluralizable:
            forms = list(map(str, message.string)) if isinstance(message.string, tuple | list) else []
            if forms and all(forms):
                plurals.append([str(message.id[0]), forms])
        else:
            texts.append([message.context, str(message.id), str(message.string)])
    return {"texts": texts, "plurals": plurals, "form": catalog.plural_expr, "left_out": left_out}


def _unpacked(packed: Mapping[str, Any]) -> Messages:
    """Raises ValueError, KeyError or TypeError when it is not what ``_packed`` made."""
    return Messages(
        {(context, text): said for context, text, said in packed["texts"]},
        {one: tuple(forms) for one, forms in packed["plurals"]},
        c2py(packed["form"]),
        tuple(packed["left_out"]),
    )


def read_catalog(path: Path, locale: Locale, folder: Path) -> Catalog:
    """One .po file. Raises ContentError with file and line when it is broken."""
    return _catalog(_bytes_of(path), path, locale, folder)


def _bytes_of(path: Path) -> bytes:
    """All of a file without the mark that some editors put before UTF-8."""
    return path.read_bytes().removeprefix(BOM_UTF8)


def _catalog(source: bytes, path: Path, locale: Locale, folder: Path) -> Catalog:
    line, fault, place = 0, "", str(path.relative_to(folder.parent))
    try:
        # Babel takes the first and the last character for the quotes, whatever they are: a number to call lost a digit.
        if unquoted := _unquoted(source.decode()):
            advice = 'write the text between two plain quotes, like msgstr "…"; a quote inside it as \\"'
            raise ContentError([Complaint(place, number, 0, advice) for number in unquoted])
        catalog = read_po(BytesIO(source), locale=locale, abort_invalid=True)
        c2py(catalog.plural_expr)
    except UnicodeDecodeError as error:
        line, fault = source[: error.start].count(b"\n") + 1, "save this file as UTF-8 text"
    except PoFileError as error:
        line = (error.lineno or 0) + 1
        fault = f"not a .po file that can be read: {str(error).removesuffix(f' on {error.lineno}')}"
    except (ValueError, LookupError) as error:  # an unknown charset, plural forms that are no formula
        fault = f"the header at the top cannot be read: {error}"
    if fault:
        raise ContentError([Complaint(place, line, 0, fault)])
    return catalog


def _unquoted(source: str) -> list[int]:
    """The lines whose text does not stand between quotes."""
    lines = enumerate((line.strip() for line in source.split("\n")), 1)
    texts = ((number, line) for number, line in lines if line.startswith(("msg", '"')))
    return [number for number, line in texts if not _QUOTED.fullmatch(line)]


def fields_of(text: str) -> set[str]:
    """The names in braces that ``str.format`` fills in, with whatever stands behind them (``n:d``, ``n!r``).

    Raises ValueError at a brace without its partner.
    """
    parts = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
    return {f"{field}{f'!{how}' if how else ''}{f':{width}' if width else ''}" for field, width, how in parts}


def lost_and_invented(message: Message) -> tuple[set[str], set[str]]:
    """The fields that a translation lost, and those that its text does not have. Raises ValueError as ``fields_of``."""
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    wanted = set().union(*(fields_of(str(text)) for text in ids))
    # A plural form may say "one" instead of the number.
    needed = wanted - {"n"} if len(strings) > 1 else wanted
    lost: set[str] = set()
    invented: set[str] = set()
    for has in (fields_of(str(string)) for string in strings):
        lost |= needed - has
        invented |= has - wanted
    return lost, invented


def _is_usable(message: Message) -> bool:
    """Whether nothing of a translation can fail; texts of services.yaml have no fields, whatever braces they hold."""
    if message.context is not None:
        return True
    try:
        return lost_and_invented(message) == (set(), set())
    except ValueError:
        return False
