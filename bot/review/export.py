"""What the staff taught, written into the content files: only those lines change, and never a person's own sentence.

A phrase that means a need goes into ``intents/``. An answer becomes a need of its own: its words are the need's advice,
in services.yaml and, where they are approved, in ``locales/``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bot.catalogue.additions import with_need, with_phrase
from bot.catalogue.content import INTENTS_FOLDER, LOCALES_FOLDER, load_content
from bot.catalogue.files import put, text_of
from bot.catalogue.services import SERVICES_FILE
from bot.evaluation import read_questions
from bot.model import Catalogue, Locale
from bot.review.becoming import Becoming
from bot.store.phrases import PhraseRow
from bot.text import fold
from bot.translation import add_texts

QUESTIONS: Final = Path("questions") / "learnt.jsonl"
"""Below the content folder: each mended question as a test, for ``opas eval``."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export comes to."""

    written: tuple[PhraseRow, ...]
    """Each with the need that it means now."""
    files: tuple[Path, ...]
    left: tuple[PhraseRow, ...]
    """Phrases that mean an answer which is no need yet, or a need or a language that the content does not have."""
    languages: Collection[Locale]
    """Of the content …"""
    source: Locale
    """… and the one of services.yaml."""


def export(
    folder: Path, catalogue: Catalogue, phrases: Iterable[PhraseRow], becoming: Sequence[Becoming] = ()
) -> Exported:
    """Write new needs, the phrases of needs into ``intents/<lang>/<topic>.yaml``, and a test question for each.

    A phrase that stands there already is left alone and counts as written. ``becoming``: answers as the needs that they
    become. Raises OSError, and OpasError when the content would be faulty then, or the test questions that are there
    cannot be read: every file is as it was.
    """
    files: list[Path] = []
    with _all_or_nothing(folder, files):
        if becoming:
            catalogue = _add_needs(folder, becoming)
        need_of = {each.answer_id: each.need.id for each in becoming}
        written, left = [], []
        for phrase in phrases:
            known = catalogue.need(phrase.need or need_of.get(phrase.answer_id or 0, ""))
            if known is None or phrase.language not in catalogue.languages:
                left.append(phrase)
                continue
            written.append(replace(phrase, need=known.id))
            path = folder / INTENTS_FOLDER / phrase.language / f"{known.topic}.yaml"
            before = text_of(path)
            put(path, with_phrase(before, known.id, phrase.text))
        _add_questions(folder / QUESTIONS, written)
        load_content(folder)
    source = catalogue.city.source_language
    return Exported(tuple(written), tuple(files), tuple(left), catalogue.languages, source)


def _add_needs(folder: Path, becoming: Sequence[Becoming]) -> Catalogue:
    path = folder / SERVICES_FILE
    text = text_of(path)
    for each in becoming:
        text = with_need(text, each.need)
    put(path, text)
    catalogue = load_content(folder).catalogue
    for each in becoming:
        for language in catalogue.languages:
            words = each.words.get(language, {})
            unread = each.in_english.get(language, ()) if language != catalogue.city.source_language else ()
            add_texts(folder / LOCALES_FOLDER, catalogue, language, f"needs.{each.need.id}.", words, unread)
    return catalogue


def _add_questions(path: Path, phrases: Sequence[PhraseRow]) -> None:
    """Append what is not there yet."""
    before = text_of(path)
    known = {fold(question.text) for question in read_questions([path] if before else [])}
    lines = []
    for phrase in phrases:
        if fold(phrase.text) not in known:
            known.add(fold(phrase.text))
            question = {"lang": phrase.language, "text": phrase.text, "needs": [phrase.need], "kind": "learnt"}
            lines.append(json.dumps(question, ensure_ascii=False) + "\n")
    if lines:
        put(path, before + "".join(lines))


@contextmanager
def _all_or_nothing(folder: Path, changed: list[Path]) -> Iterator[None]:
    """Adds to ``changed`` the files that are written; puts all back when anything is raised."""
    patterns = (SERVICES_FILE, str(QUESTIONS), f"{INTENTS_FOLDER}/*/*.yaml", f"{LOCALES_FOLDER}/*/*/*.po")

    def contents() -> dict[Path, bytes]:
        return {path: path.read_bytes() for pattern in patterns for path in folder.glob(pattern) if path.is_file()}

    before = contents()
    try:
        yield
    except BaseException:
        for path in contents().keys() - before.keys():
            path.unlink()
        for path, content in before.items():
            path.write_bytes(content)
        raise
    changed += [path for path, content in contents().items() if before.get(path) != content]
