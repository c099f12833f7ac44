"""Everyday things and acts by the words that name them in thirteen languages: what lets a question in Arabic meet the
same one in Finnish. Read from ``things/`` and ``kin.txt`` beside this module; general knowledge, nothing of a city."""

from __future__ import annotations

import contextlib
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Final

from bot.kept import Kept, name_of
from bot.thesaurus.words import Words, pairs

_KIN: Final = Path(__file__).parent / "kin.txt"
_FOLDER: Final = Path(__file__).parent / "things"
DIRECTIONS_FILE: Final = Path(__file__).parent / "directions.npz"
"""What ``directions.py`` reads. Its path stands here because not every command needs NumPy."""


@dataclass(frozen=True, slots=True)
class Thing:
    id: str
    weight: float
    """How much it says of what a question is about: a thing (1) more than an act or a quality (less)."""
    kind: str
    """The section it stands in: things, countries, acts, qualities, asking, everywhere or general."""


class Things:
    """The whole table. The words of a language are looked at when they are first asked for, which takes a tenth of a
    second, a hundredth where they are kept."""

    def __init__(self, text: str, kin: str = "", *, strict: bool = False) -> None:
        """``strict``: without the loose lines and words."""
        self._strict = strict
        self._text_hash = hashlib.blake2b(text.encode(), digest_size=8).digest()
        self._kept: Kept | None = None
        self.by_id: dict[str, Thing] = {}
        self._lines: dict[str, str] = {}
        kind, weight = "things", 1.0
        is_loose = False
        columns: list[str] = []
        for line in text.splitlines():
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                kind, number = line.strip("[]").split()
                is_loose = number == "?"
                weight = 0.0 if is_loose else float(number)
                continue
            first = line.partition("|")[0].strip()
            if first == "id":
                columns = [cell.strip() for cell in line.split("|")]
                continue
            if is_loose and strict:
                continue
            thing, _, own = first.partition(" ")
            self.by_id[thing] = Thing(thing, float(own) if own else weight, kind)
            self._lines[thing] = line
        self._column = {language: column for column, language in enumerate(columns) if column}
        self._only = {thing: frozenset({thing}) for thing in self.by_id}
        """Nearly all words name one thing only: they share one set."""
        self._words: dict[str, Words] = {}
        self._hurries = False
        self.languages = tuple(self._column)
        self.kin: dict[str, set[str]] = defaultdict(set)
        """Thing → those that are another way of speaking of the same matter."""
        for line in kin.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            head, _, others = line.rpartition(":")
            heads = head.split() or others.split()
            for one, other in product(heads, others.split()):
                if one != other:
                    self.kin[one].add(other)
                    self.kin[other].add(one)
        self.named = lru_cache(maxsize=1024)(self._named)

    def _named(self, word: str, language: str, inside: bool = True) -> tuple[frozenset[str], ...]:
        """What one folded word names in a language, a set of possible things for each part; ``inside``: parts of a
        compound too."""
        words = self.words(language)
        return words.named(word, inside) if words else ()

    def words(self, language: str) -> Words | None:
        """The words of a language; None for one that the table has no column for."""
        if language not in self._column:
            return None
        if language not in self._words:
            words = self._words[language] = self._words_of(language)
            if self._hurries:
                words.hurry()
        return self._words[language]

    def _words_of(self, language: str) -> Words:
        """As they were kept, or read from the table."""
        name = name_of(f"{'strict' if self._strict else 'words'}-{language}", (self._text_hash, _reading_code()))
        text = self._kept.read(name) if self._kept else None
        if text:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                return Words.load(language, text, self._only)
        words = Words.read(language, ((only, self.cell(thing, language)) for thing, only in self._only.items()))
        if self._kept:
            self._kept.write(name, words.dump())
        return words

    def hurry(self) -> None:
        """Look up the words of thousands of phrases from now on: in less time and more memory."""
        self._hurries = True
        for words in self._words.values():
            words.hurry()

    def keep_in(self, kept: Kept) -> None:
        """What is read of a language is kept there from now on, and taken from there."""
        self._kept = kept

    def cell(self, thing: str, language: str) -> str:
        """The words of a language for a thing, as they stand in the table."""
        strict, _, loose = self._lines[thing].split("|")[self._column[language]].partition("~")
        return strict if self._strict else f"{strict} {loose}"

    def written(self, language: str, step: int) -> list[str]:
        """The words and beginnings of words for every ``step``-th thing, as they are spelt in a language."""
        if language not in self._column:
            return []
        cells = (self.cell(thing, language) for thing in [*self._lines][::step])
        return [word for cell in cells for word in cell.replace("*", " ").replace("_", " ").split()]

    def spans(self, words: list[str], language: str) -> list[tuple[int, int, str]]:
        """Names of several words: start, end (exclusive) and the thing."""
        table = self.words(language)
        return table.spans(words) if table else []

    def longest_spans(self, words: list[str], language: str) -> dict[int, tuple[int, list[str]]]:
        """By where they start, the longest names of several words: end (exclusive) and the things that they name."""
        found: dict[int, tuple[int, list[str]]] = {}
        for start, end, thing in self.spans(words, language):
            longest, names = found.get(start, (0, []))
            found[start] = (end, [thing]) if end > longest else (longest, [*names, thing] if end == longest else names)
        return found

    def cut(self, run: str, language: str) -> list[str]:
        """A run of a script without spaces into the longest words for things; what is left into pairs of letters."""
        table = self.words(language)
        return table.cut(run) if table else pairs(run)

    def word(self, thing: str, language: str) -> str:
        """A word for a thing in a language, for people to read: a whole word where there is one; a beginning is none
        yet ("ajokort…"). Its id when there is none."""
        if thing not in self._lines or language not in self._column:
            return thing
        patterns = self.cell(thing, language).split()
        names = [pattern.lstrip("*").replace("*", "…").replace("_", " ") for pattern in patterns]
        return next((name for name in names if "…" not in name), names[0] if names else thing)


def thesaurus_files() -> list[Path]:
    """All that the table is read from."""
    return [*sorted(_FOLDER.glob("*.txt")), _KIN, DIRECTIONS_FILE, *sorted(Path(__file__).parent.glob("*.py"))]


def keep_words(kept: Kept) -> None:
    """What the tables say of a language is kept there from now on: to read it anew takes a tenth of a second."""
    for table in (things(), things(strict=True)):
        table.keep_in(kept)


@lru_cache(maxsize=1)
def _reading_code() -> bytes:
    """The code that reads the words of a language: what other code made of them is not taken."""
    here = Path(__file__).parent
    return b"".join(
        file.read_bytes() for file in (here / "words.py", here.parent / "folding.py", here.parent / "text.py")
    )


@lru_cache(maxsize=2)
def things(*, strict: bool = False) -> Things:
    """The table. ``strict``: without the loose lines (``[things ?]``) and words (behind ``~``), which say what a text
    speaks of but not that two texts speak of the same."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(_FOLDER.glob("*.txt")))
    return Things(text, _KIN.read_text(encoding="utf-8"), strict=strict)
