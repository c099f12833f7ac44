"""Everyday things and acts by the words that name them in thirteen languages: what lets a question in Arabic meet the
same one in Finnish. Read from ``things/`` and ``kin.txt`` beside this module; general knowledge, nothing of a city."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from pathlib import Path
from typing import Final

from bot.folding import fold_all

_KIN: Final = Path(__file__).parent / "kin.txt"
_FOLDER: Final = Path(__file__).parent / "things"
_ARABIC_PREFIXES: Final = ("وال", "بال", "فال", "کال", "لل", "ال", "و", "ب", "ل", "ف")
"""Article, "and", "with", "for" are written together with the Arabic word."""
_ENDINGS: Final = {
    "ar": ("تها", "تنا", "ها", "نا", "هم", "تی", "ی", "ک", "ه"),
    "fa": ("هایم", "های", "هام", "ها", "مان", "ام", "ای", "م", "ش", "ت", "ی", "و", "ه"),
}
"""Possessives and plurals that are written together with the word, folded."""
SHORTEST_BARE: Final = 3
SHORTEST_STEM: Final = 2
SHORTEST_PART: Final = 4
"""Letters of a word for a thing that is looked for inside a compound."""
COMPOUNDS: Final = frozenset({"fi", "sv", "et"})
"""Languages that write several words as one."""
CASE_ENDINGS: Final = {
    "fi": frozenset(vowel + case for vowel in "aeiou" for case in ("sta", "ssa", "lta", "lla", "lle"))
}
"""What the cases leave at the end of a word, folded, and what looks like a word: the evening (ilta) of "lapsilta" (from
the children)."""
PLURAL_S: Final = frozenset({"en", "fr", "es"})
"""Languages whose plural is mostly one more letter."""
LONGEST_DENSE: Final = 6
"""Letters of the longest word in a script without spaces."""


@dataclass(frozen=True, slots=True)
class Thing:
    id: str
    weight: float
    """How much it says of what a question is about: a thing (1) more than an act or a quality (less)."""
    kind: str
    """The section it stands in: ``things``, ``acts``, ``qualities``, ``asking`` or ``general``."""


class Words:
    """One language's words for things: whole words, beginnings (``dog*``), parts (``*lesson*``), several words
    (``sim_card``)."""

    def __init__(self, language: str, cells: Sequence[tuple[str, str]]) -> None:
        """``cells``: things, and the patterns that name each of them."""
        self.compounds = language in COMPOUNDS
        self.plural_s = language in PLURAL_S
        self.case_endings = CASE_ENDINGS.get(language, frozenset())
        self.whole: dict[str, frozenset[str]] = {}
        self.beginnings: dict[str, frozenset[str]] = {}
        self.parts: dict[str, frozenset[str]] = {}
        self.phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._cells = dict(cells)
        patterns = [(thing, pattern) for thing, cell in cells for pattern in cell.split()]
        single = [(thing, pattern) for thing, pattern in patterns if "_" not in pattern]
        several = [(thing, pattern) for thing, pattern in patterns if "_" in pattern]
        # Nearly all words name one thing only: its words share one set.
        only = {thing: frozenset({thing}) for thing in self._cells}
        for (thing, pattern), plain in zip(single, fold_all([pattern for _, pattern in single]), strict=True):
            table = self.parts if pattern[0] == "*" else self.beginnings if pattern[-1] == "*" else self.whole
            table[plain] = table[plain] | only[thing] if plain in table else only[thing]
        self.longest = max(map(len, self.beginnings), default=0)
        """Letters of the longest beginning."""
        words = iter(fold_all([word for _, pattern in several for word in pattern.split("_")]))
        for thing, pattern in several:
            name = tuple(next(words) + "*" * word.endswith("*") for word in pattern.split("_"))
            self.phrases[name[0][:SHORTEST_STEM]].append((name, thing))

    def shown(self, thing: str) -> str:
        """How a thing is called, to be read by people: by a whole word where there is one; a beginning is none yet
        ("ajokort…"). "" when nothing names it."""
        names = [name.lstrip("*").replace("*", "…").replace("_", " ") for name in self._cells.get(thing, "").split()]
        return next((name for name in names if "…" not in name), names[0] if names else "")

    def of(self, word: str, inside: bool = True) -> tuple[frozenset[str], ...]:
        """What a folded word names: for each of its parts the things that the part may mean. The longest pattern wins;
        parts of a compound each count, unless not ``inside``."""
        if word in self.whole:
            return (self.whole[word],)
        if self.plural_s and len(word) > SHORTEST_PART and word.endswith("s") and word[:-1] in self.whole:
            return (self.whole[word[:-1]],)
        first, start = self._longest_beginning(word)
        found = [first]
        if inside and self.compounds:
            start = max(start, SHORTEST_PART - 1)
            while start <= len(word) - SHORTEST_PART:
                rest = word[start:]
                if rest in self.case_endings:
                    break
                part, length = self._longest_beginning(rest, SHORTEST_PART)
                if rest in self.whole:
                    part, length = self.whole[rest], len(word)
                found.append(part)
                start += max(1, length)
        if inside and self.parts and not any(found):
            spans = combinations(range(len(word) + 1), 2)
            found += [self.parts[word[start:end]] for start, end in spans if word[start:end] in self.parts]
        return tuple(dict.fromkeys(part for part in found if part))

    def _longest_beginning(self, word: str, shortest: int = SHORTEST_STEM) -> tuple[frozenset[str], int]:
        """What the longest known beginning may mean, and its letters."""
        for end in range(min(len(word), self.longest), shortest - 1, -1):
            if word[:end] in self.beginnings:
                return self.beginnings[word[:end]], end
        return frozenset(), 0


class Things:
    """The whole table."""

    def __init__(self, text: str, kin: str = "") -> None:
        self.by_id: dict[str, Thing] = {}
        rows: dict[str, list[tuple[str, str]]] = defaultdict(list)
        kind, weight = "things", 1.0
        columns: list[str] = []
        for line in text.splitlines():
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                kind, number = line.strip("[]").split()
                weight = float(number)
                continue
            cells = [cell.strip() for cell in line.split("|")]
            if cells[0] == "id":
                columns = cells[1:]
                continue
            thing, _, own = cells[0].partition(" ")
            self.by_id[thing] = Thing(thing, float(own) if own else weight, kind)
            for language, cell in zip(columns, cells[1:], strict=True):
                rows[language].append((thing, cell))
        self._words = {language: Words(language, cells) for language, cells in rows.items()}
        self.languages = tuple(columns)
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
        self.named = lru_cache(maxsize=16384)(self._named)

    def _named(self, word: str, language: str, inside: bool = True) -> tuple[frozenset[str], ...]:
        """What one folded word names in a language, a set of possible things for each part; ``inside``: parts of a
        compound too."""
        words = self._words.get(language)
        if words is None:
            return ()
        found = words.of(word, inside)
        if not found and language in _ENDINGS:
            bare = (form for form in _bare_forms(word, language) if len(form) >= SHORTEST_BARE)
            found = next((named for form in bare if (named := words.of(form))), ())
        return found

    def spans(self, words: list[str], language: str) -> list[tuple[int, int, str]]:
        """Names of several words: start, end (exclusive) and the thing."""
        table = self._words.get(language)
        if table is None:
            return []
        return [
            (index, end, thing)
            for index, word in enumerate(words)
            for pattern, thing in table.phrases.get(word[:SHORTEST_STEM], ())
            if (end := _end_of(pattern, words, index))
        ]

    def cut(self, run: str, language: str) -> list[str]:
        """A run of a script without spaces into the longest words for things; what is left into pairs of letters."""
        table = self._words.get(language)
        whole = table.whole if table else {}
        pieces: list[str] = []
        rest = ""
        index = 0
        while index < len(run):
            for end in range(min(len(run), index + LONGEST_DENSE), index, -1):
                if run[index:end] in whole:
                    pieces += [*_pairs(rest), run[index:end]]
                    rest, index = "", end
                    break
            else:
                rest += run[index]
                index += 1
        return [*pieces, *_pairs(rest)]

    def word(self, thing: str, language: str) -> str:
        """A word for a thing in a language, for people to read; its id when there is none."""
        return (self._words[language].shown(thing) if language in self._words else "") or thing


def _bare_forms(word: str, language: str) -> list[str]:
    """A folded word without what is written together with it, the least taken off first."""
    forms = [word]
    if language == "ar":
        forms += [word[len(prefix) :] for prefix in _ARABIC_PREFIXES if word.startswith(prefix)]
    forms += [form[: -len(end)] for form in forms for end in _ENDINGS[language] if form.endswith(end)]
    return forms[1:]


def _end_of(pattern: tuple[str, ...], words: list[str], start: int) -> int:
    """Where a name of several words ends, one other word allowed inside ("send some money"); 0 when it is not there."""
    if _are(pattern, words[start : start + len(pattern)]):
        return start + len(pattern)
    if len(pattern) == 2 and _are(pattern, [words[start], *words[start + 2 : start + 3]]):
        return start + 3
    return 0


def _are(pattern: tuple[str, ...], words: list[str]) -> bool:
    return len(pattern) == len(words) and all(
        word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
        for wanted, word in zip(pattern, words, strict=True)
    )


def _pairs(run: str) -> list[str]:
    if len(run) < 3:
        return [run] if run else []
    return [run[i : i + 2] for i in range(len(run) - 1)]


@lru_cache(maxsize=1)
def things() -> Things:
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(_FOLDER.glob("*.txt")))
    return Things(text, _KIN.read_text(encoding="utf-8"))
