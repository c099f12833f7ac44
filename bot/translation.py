"""The translators' files: collecting the texts, bringing the .po files up to date, checking what came back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import normalize, write_po

from bot.catalogue.files import put, text_of
from bot.catalogue.places import places
from bot.errors import Complaint, ContentError
from bot.messages import fields_of, lost_and_invented, read_catalog
from bot.model import Catalogue, Locale

STAFF: Final = "staff"
"""The domain of the staff's pages and commands; only for languages that have its file."""
_STAFF_ROOMS: Final = ("handlers", "review", "web")
_KEYWORDS: Final = {"say": None}
_STAFF_KEYWORDS: Final = {"say": None, "count": (1, 2), "Refused": None, "refused": (2,)}
"""Refusals of the rules are English sentences until a page or the chat says them."""
_PREVIOUS: Final = "|"
"""Begins a comment with the original that a text had before."""
_TOP: Final = ("", "")
"""The key of what stands above all texts: Babel's header."""
_MUTE_HEADERS: Final = (
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Generated-By",
    "Report-Msgid",
    "Last-Translator",
    "Language-Team",
)
"""Header lines that change without any text changing; they would make every update a change for git."""


def program_template() -> Catalog:
    """The English texts of the program, collected from the one package that speaks to people."""
    template = Catalog(project="Opas", version="1", charset="utf-8")
    source = Path(__file__).parent / "dialogue"
    found = extract_from_dir(source, keywords=_KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True)
    for file, _, message, comments, context in found:
        template.add(
            message, locations=[(f"bot/dialogue/{Path(file).as_posix()}", 0)], auto_comments=comments, context=context
        )
    return template


def staff_template() -> Catalog:
    """The English texts of what the staff reads: pages (Jinja2) and commands."""
    template = Catalog(project="Opas", version="1", charset="utf-8")
    kinds = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
    for room in _STAFF_ROOMS:
        found = extract_from_dir(
            Path(__file__).parent / room, kinds, keywords=_STAFF_KEYWORDS, comment_tags=("Translators:",)
        )
        for file, _, message, comments, context in sorted(found, key=lambda text: (text[0], text[1])):
            place = (f"bot/{room}/{Path(file).as_posix()}", 0)
            template.add(message, locations=[place], auto_comments=comments, context=context)
    return template


def _staff_files(folder: Path) -> list[tuple[Locale, Path]]:
    return [(path.parts[-3], path) for path in sorted(folder.glob(f"*/LC_MESSAGES/{STAFF}.po"))]


def catalogue_template(catalogue: Catalogue) -> Catalog:
    """The texts of services.yaml, each with its place as context."""
    template = Catalog(project="Opas", version="1", charset="utf-8")
    for place in places(catalogue):
        template.add(place.text, context=place.name, auto_comments=[place.comment] if place.comment else [])
    return template


def update(folder: Path, catalogue: Catalogue) -> list[str]:
    """Bring every .po below ``folder`` up to date with the texts; returns what changed, a line a file.

    New texts come empty, changed ones keep the old translation marked fuzzy, texts that are gone are dropped, and the
    others stay where they are. The files in the language of the original (English, the city's source language) repeat
    the original.
    """
    changed = []
    originals = {"opas": "en", "catalogue": catalogue.city.source_language}
    templates = _templates(catalogue)
    for locale in catalogue.languages:
        for domain, template in templates.items():
            path = folder / locale / "LC_MESSAGES" / f"{domain}.po"
            changed += _update_file(folder, path, locale, template, is_original=originals[domain] == locale)
    staff = staff_template()
    for locale, path in _staff_files(folder):
        changed += _update_file(folder, path, locale, staff, is_original=locale == "en")
    return changed


def _templates(catalogue: Catalogue) -> dict[str, Catalog]:
    """Domain → the texts that every language should have."""
    return {"opas": program_template(), "catalogue": catalogue_template(catalogue)}


def add_texts(
    folder: Path,
    catalogue: Catalogue,
    locale: Locale,
    prefix: str,
    words: Mapping[str, str],
    unread: Collection[str] = (),
) -> None:
    """Write the texts of new places into the ``catalogue.po`` of a language, where ``update`` would put them; no other
    line changes. ``prefix``: how their names begin. ``words``: name → its translation; the others come empty.
    ``unread``: names of those that are marked fuzzy, for a translator to write anew."""
    path = folder / locale / "LC_MESSAGES" / "catalogue.po"
    everything = list(places(catalogue))
    new = [place for place in everything if place.name.startswith(prefix)]
    if not new or not path.exists():
        return
    catalog = Catalog(locale=locale)
    for place in new:
        said = place.text if locale == catalogue.city.source_language else words.get(place.name, "")
        comments = [place.comment] if place.comment else []
        flags = ["fuzzy"] if place.name in unread else []
        catalog.add(place.text, said, context=place.name, auto_comments=comments, flags=flags)
    entries = _written(catalog).decode().partition("\n\n")[2].rstrip("\n")
    text = text_of(path).rstrip("\n")
    above = [place.name for place in everything[: everything.index(new[0])]]
    found = next((at for name in reversed(above) if (at := text.find(f'msgctxt "{name}"\n')) >= 0), len(text))
    end = text.find("\n\n", found)
    end = len(text) if end < 0 else end
    put(path, f"{text[:end]}\n\n{entries}{text[end:]}\n")


def _update_file(folder: Path, path: Path, locale: Locale, template: Catalog, *, is_original: bool) -> list[str]:
    before = path.read_bytes() if path.exists() else b""
    catalog = read_catalog(path, locale, folder) if before else Catalog(locale=locale, project="Opas", version="1")
    catalog.update(_in_place(template, catalog), no_fuzzy_matching=False, update_header_comment=False)
    catalog.obsolete.clear()
    if is_original:
        _repeat_original(catalog)
    for message in catalog:
        _show_previous(message)
    after = _written(catalog)
    if after == before:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(after)
    missing = sum(1 for message in catalog if message.id and not _is_done(message))
    return [f"{path.relative_to(folder.parent)}: {missing} of {len(catalog)} texts to translate"]


def _in_place(template: Catalog, catalog: Catalog) -> Catalog:
    """The texts of a template in the order in which they stand in a file, new ones below the one before them: code that
    is moved changes no file. ``Catalog.update`` takes over the order, and the very messages."""
    wanted = {_key(message): message for message in template if message.id}
    known = [key for key in map(_key, catalog) if key in wanted]
    below: dict[tuple[str, str], list[tuple[str, str]]] = {}
    above, is_known = _TOP, set(known)
    for key in wanted:
        if key in is_known:
            above = key
        else:
            below.setdefault(above, []).append(key)
    ordered = Catalog(project="Opas", version="1", charset="utf-8")
    for key in [_TOP, *known]:
        for placed in (key, *below.get(key, ())):
            if placed in wanted:
                ordered[wanted[placed].id] = wanted[placed].clone()
    return ordered


def _key(message: Message) -> tuple[str, str]:
    """Context and English text, by which Babel knows a message too."""
    text = message.id[0] if isinstance(message.id, tuple | list) else message.id
    return message.context or "", str(text)


def _repeat_original(catalog: Catalog) -> None:
    for message in catalog:
        if message.id:
            message.string = message.id
            message.flags.discard("fuzzy")


def _show_previous(message: Message) -> None:
    """Above a text that is marked fuzzy stands the original that was translated, as gettext editors read it: else
    nobody sees what has changed. It goes with the mark."""
    known = [comment for comment in message.user_comments if comment.startswith(_PREVIOUS)]
    if not known and message.fuzzy and message.previous_id:
        known = [f"{_PREVIOUS} {line}" for line in f"msgid {normalize(message.previous_id[0], width=90)}".split("\n")]
    others = [comment for comment in message.user_comments if not comment.startswith(_PREVIOUS)]
    message.user_comments = others + (known if message.fuzzy else [])


def _written(catalog: Catalog) -> bytes:
    buffer = BytesIO()
    catalog.header_comment = f"# Opas: {catalog.locale_identifier}. Texts: CC BY 4.0."
    catalog.fuzzy = False
    write_po(buffer, catalog, width=110, no_location=True, sort_output=False)
    lines = buffer.getvalue().split(b"\n")
    mute = tuple(f'"{name}'.encode() for name in _MUTE_HEADERS)
    kept = (line for line in lines if not line.startswith(mute))
    return b"\n".join(b"#" + line[2:] if line.startswith(b"# | ") else line for line in kept).rstrip() + b"\n"


def _is_done(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings) and not message.fuzzy


@dataclass(frozen=True, slots=True)
class Checked:
    """What the translators' files hold."""

    complaints: tuple[Complaint, ...]
    """Every fault: what cannot be read, fields that were lost or invented, missing and outdated texts."""
    coverage: Mapping[Locale, tuple[int, int]]
    """Language → how many texts are translated, and how many there are. A file that cannot be read has none."""


def check(folder: Path, catalogue: Catalogue) -> Checked:
    """Look through every .po below ``folder``, each read once."""
    found: list[Complaint] = []
    coverage: dict[Locale, tuple[int, int]] = {}
    templates = _templates(catalogue)
    for locale in catalogue.languages:
        done = 0
        for domain, template in templates.items():
            path = folder / locale / "LC_MESSAGES" / f"{domain}.po"
            if path.exists():
                done += _check_file(folder, path, locale, template, found)
            else:
                text = f"no texts in {locale} yet; make the file with 'opas translate update'"
                found.append(Complaint(str(path.relative_to(folder.parent)), 0, 0, text, "warning"))
        coverage[locale] = done, sum(map(len, templates.values()))
    staff = staff_template()
    for locale, path in _staff_files(folder):
        _check_file(folder, path, locale, staff, found)
    return Checked(tuple(found), coverage)


def _check_file(folder: Path, path: Path, locale: Locale, template: Catalog, found: list[Complaint]) -> int:
    """How many texts are translated; what is wrong is added to ``found``."""
    name, done, first = str(path.relative_to(folder.parent)), 0, 0
    try:
        catalog = read_catalog(path, locale, folder)
    except ContentError as error:
        found += error.complaints
        return 0
    for wanted in template:
        message = catalog.get(wanted.id, wanted.context) if wanted.id else None
        if message is not None and _is_done(message):
            done += 1
            found += _check_fields(name, message)
        elif message is not None and message.lineno:
            first = min(first or message.lineno, message.lineno)
    if missing := len(template) - done:
        text = f"{missing} of {len(template)} texts are not translated into {locale}"
        if first:
            text += "; this is the first one"
        found.append(Complaint(name, first, 0, text, "warning"))
    return done


def _check_fields(name: str, message: Message) -> Iterator[Complaint]:
    """Babel's own check overlooks named fields: compare what ``str.format`` would fill in."""
    line = message.lineno or 0
    try:
        lost, invented = lost_and_invented(message)
    except ValueError:
        yield Complaint(name, line, 0, "a brace { or } without its partner; write {{ for the sign itself")
        return
    if lost or invented:
        said = " ".join(f"{{{field}}}" for field in sorted(_all_fields(message.string))) or "none"
        keep = " ".join(f"{{{field}}}" for field in sorted(_all_fields(message.id))) or "no field"
        yield Complaint(name, line, 0, f"the translation must keep {keep}; it has {said}")


def _all_fields(texts: object) -> set[str]:
    each = texts if isinstance(texts, tuple | list) else (texts,)
    return set().union(*(fields_of(str(text)) for text in each))
