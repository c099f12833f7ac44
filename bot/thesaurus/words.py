"""One language's words for things: what a word, or several, may name."""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, combinations
from typing import Final, TypeAlias

from bot.folding import fold_all

_ARABIC_PREFIXES: Final = ("وال", "بال", "فال", "کال", "عال", "هال", "لل", "ال", "وب", "ول", "و", "ب", "ل", "ف")
"""Article, "and", "with", "for" are written together with the Arabic word."""
_ELIDED: Final = re.compile(r"(?:jusqu|lorsqu|puisqu|qu|[ldjnmstc])(?=[aeiouyh])")
"""What a French apostrophe leaves of a small word before the next one, once it is folded away: "lecole"."""
_ENDINGS: Final = {
    "ar": ("تها", "تنا", "ها", "نا", "هم", "هن", "کم", "تی", "نی", "لی", "وا", "ون", "ی", "ک", "ه"),
    "fa": ("هایم", "های", "هام", "ها", "مان", "ام", "ای", "م", "ش", "ت", "ی", "و", "ه"),
}
"""Possessives and plurals that are written together with the word, folded."""
_ATTACHED: Final = frozenset({"fr", *_ENDINGS})
"""Languages that write small words and endings together with a word."""
ALIKE: Final = 2
"""Letters by which the place of a word in a table is found before it is looked for; no beginning in it is shorter."""
SHORTEST_BARE: Final = 3
SHORTEST_STEM: Final = ALIKE
SHORTEST_PART: Final = 4
"""Letters of a word for a thing that is looked for inside a compound."""
COMPOUNDS: Final = frozenset({"fi", "sv", "et"})
"""Languages that write several words as one."""
CASE_ENDINGS: Final = {
    "fi": frozenset(vowel + case for vowel in "aeiou" for case in ("sta", "ssa", "lta", "lla", "lle"))
}
"""What the cases leave at the end of a word, folded, and what looks like a word: the evening (ilta) of "lapsilta" (from
the children)."""
NOTHING: Final[frozenset[str]] = frozenset()
PLURAL_S: Final = frozenset({"en", "fr", "es"})
"""Languages whose plural is mostly one more letter."""
FIRST_DENSE: Final = "\u2e80"
"""From here on Unicode holds the scripts of East Asia."""
LONGEST_DENSE: Final = 6
"""Letters of the longest word in a script without spaces."""

_Name: TypeAlias = tuple[tuple[str, ...], str]
"""The third and further words of a name, with their ``*``, and the thing that it names."""
_NO_NAMES: Final[list[_Name]] = []
_Kept: TypeAlias = tuple[str, list[int], list[str]]
"""A table to be kept: its words in lines, which of the meanings each has, and these, each as its things."""


class _Table:
    """Words, or beginnings of words, and what each may mean. As one sorted text: as a dictionary the words of thirteen
    languages take six times the memory."""

    def __init__(self, words: Sequence[str], which: Iterable[int], meanings: list[frozenset[str]]) -> None:
        """``words``: sorted; ``which``: of the ``meanings`` is each one's."""
        self._text = "".join(words)
        self._bounds = array("I", accumulate(map(len, words), initial=0))
        self._places = range(len(words))
        self._which = array("I", which)
        self._ranges: dict[str, tuple[int, int]] = {}
        self._meanings = meanings

    @classmethod
    def of(cls, meant: Mapping[str, frozenset[str]]) -> _Table:
        """The table of words with what each may mean."""
        words = sorted(meant)
        numbers: dict[frozenset[str], int] = {}
        which = [numbers.setdefault(meant[word], len(numbers)) for word in words]
        return cls(words, which, list(numbers))

    @classmethod
    def load(cls, kept: _Kept, only: Mapping[str, frozenset[str]]) -> _Table:
        """What ``dump`` gave; ``only``: the set of each thing and nothing else, which most words share."""
        words, which, meanings = kept
        sets = [frozenset(meant.split()) if " " in meant else only[meant] for meant in meanings]
        if which and max(which) >= len(sets):
            raise ValueError("a meaning is missing")
        return cls(words.split("\n") if words else [], which, sets)

    def dump(self) -> _Kept:
        """All of it, to be kept."""
        meanings = [" ".join(sorted(meant)) for meant in self._meanings]
        return "\n".join(self.words()), self._which.tolist(), meanings

    def _word(self, place: int) -> str:
        return self._text[self._bounds[place] : self._bounds[place + 1]]

    @property
    def highest(self) -> str:
        """The letter of all words that stands last in Unicode; "" without any."""
        return max(self._text, default="")

    def words(self) -> list[str]:
        """All words, sorted."""
        return list(map(self._word, self._places))

    def _range(self, word: str) -> tuple[int, int]:
        """Where the words stand that have the first letters of ``word``, ``ALIKE`` of them."""
        first = word[:ALIKE]
        found = self._ranges.get(first)
        if found is None:
            start = bisect_left(self._places, first, key=self._word)
            found = start, bisect_right(self._places, first, start, key=lambda place: self._word(place)[:ALIKE])
            if found[1] > start:  # of what people write is only remembered what is in the table
                self._ranges[first] = found
        return found

    def get(self, word: str) -> frozenset[str]:
        """What ``word`` itself may mean; nothing when it is not there."""
        start, end = self._range(word)
        place = bisect_left(self._places, word, start, end, key=self._word)
        is_there = place < end and self._word(place) == word
        return self._meanings[self._which[place]] if is_there else NOTHING

    def longest(self, word: str, shortest: int) -> tuple[frozenset[str], int]:
        """What the longest beginning of ``word`` in the table may mean, and its letters, at least ``shortest``."""
        while len(word) >= shortest:
            start, end = self._range(word)
            place = bisect_right(self._places, word, start, end, key=self._word) - 1
            if place < start:  # what is before it begins otherwise
                break
            before = self._word(place)
            if word.startswith(before):
                return (self._meanings[self._which[place]], len(before)) if len(before) >= shortest else (NOTHING, 0)
            # What is in common with the last word before it is all that a beginning can have.
            word = word[: _in_common(word, before)]
        return NOTHING, 0


class _Dictionary(_Table):
    """The same in more memory and less time."""

    def __init__(self, table: _Table) -> None:
        super().__init__(table.words(), table._which, table._meanings)
        self._meant = {word: table._meanings[which] for word, which in zip(table.words(), table._which, strict=True)}
        self._longest = max(map(len, self._meant), default=0)

    def get(self, word: str) -> frozenset[str]:
        return self._meant.get(word, NOTHING)

    def longest(self, word: str, shortest: int) -> tuple[frozenset[str], int]:
        for end in range(min(len(word), self._longest), shortest - 1, -1):
            if meant := self._meant.get(word[:end]):
                return meant, end
        return NOTHING, 0


class _Openers:
    """The names of several words that one word may be the first of, by their second word."""

    def __init__(self, names: Iterable[str]) -> None:
        """``names``: the other words and the thing."""
        self._whole: dict[str, list[_Name]] = {}
        self._beginnings: dict[str, list[_Name]] = {}
        for name in names:
            second, *others, thing = name.split(" ")
            table = self._beginnings if second.endswith("*") else self._whole
            table.setdefault(second.rstrip("*"), []).append((tuple(others), thing))
        self._lengths = sorted({len(second) for second in self._beginnings})

    def before(self, second: str) -> list[_Name]:
        """The names whose second word ``second`` is."""
        found = self._whole.get(second, _NO_NAMES)
        for length in self._lengths:
            if begun := self._beginnings.get(second[:length]):
                found = [*found, *begun]
        return found


class Words:
    """One language's words for things: whole words, beginnings (``dog*``), parts (``*lesson*``), several words
    (``sim_card``)."""

    def __init__(
        self, language: str, whole: _Table, beginnings: _Table, parts: _Table, names: Mapping[str, str]
    ) -> None:
        self.language = language
        self.compounds = language in COMPOUNDS
        self.plural_s = language in PLURAL_S
        self.case_endings = CASE_ENDINGS.get(language, frozenset())
        self._whole, self._beginnings = whole, beginnings
        self._parts = {part: parts.get(part) for part in parts.words()}
        self._signs = frozenset(whole.words()) if whole.highest >= FIRST_DENSE else NOTHING
        """The words of a script without spaces, which are looked for at every place of a text."""
        self._names = names
        """Names of several words by how the first one begins, with its ``*``: the other words and the thing, each name
        behind the one before. As text, because there are tens of thousands and most are never met."""
        self.names = lru_cache(maxsize=512)(self._names_from)

    @classmethod
    def read(cls, language: str, cells: Iterable[tuple[frozenset[str], str]]) -> Words:
        """``cells``: each thing, as the set of nothing else, and the patterns that name it."""
        whole: dict[str, frozenset[str]] = {}
        beginnings: dict[str, frozenset[str]] = {}
        parts: dict[str, frozenset[str]] = {}
        names: dict[str, str] = {}
        patterns = [(only, pattern) for only, cell in cells for pattern in cell.split()]
        single = [(only, pattern) for only, pattern in patterns if "_" not in pattern]
        several = [(only, pattern) for only, pattern in patterns if "_" in pattern]
        for (only, pattern), plain in zip(single, fold_all([pattern for _, pattern in single]), strict=True):
            table = parts if pattern[0] == "*" else beginnings if pattern[-1] == "*" else whole
            table[plain] = table[plain] | only if plain in table else only
        words = iter(fold_all([word for _, pattern in several for word in pattern.split("_")]))
        for only, pattern in several:
            first, *others = (next(words) + "*" * word.endswith("*") for word in pattern.split("_"))
            name = " ".join([*others, *only])
            names[first] = f"{names[first]}|{name}" if first in names else name
        return cls(language, _Table.of(whole), _Table.of(beginnings), _Table.of(parts), names)

    @classmethod
    def load(cls, language: str, text: str, only: Mapping[str, frozenset[str]]) -> Words:
        """What ``dump`` gave. Raises ValueError, KeyError or TypeError for anything else."""
        kept = json.loads(text)
        whole, beginnings, parts = (_Table.load(table, only) for table in kept["tables"])
        return cls(language, whole, beginnings, parts, kept["names"])

    def dump(self) -> str:
        """All of it, to be kept."""
        tables = [table.dump() for table in (self._whole, self._beginnings, _Table.of(self._parts))]
        return json.dumps({"tables": tables, "names": self._names}, ensure_ascii=False)

    def hurry(self) -> None:
        """Look words up in a fifth of the time, in six times the memory."""
        self._whole, self._beginnings = _Dictionary(self._whole), _Dictionary(self._beginnings)

    def named(self, word: str, inside: bool = True) -> tuple[frozenset[str], ...]:
        """What one folded word names, a set of possible things for each part; ``inside``: parts of a compound too."""
        found = self.of(word, inside)
        if not found and self.language in _ATTACHED:
            bare = (form for form in _bare_forms(word, self.language) if len(form) >= SHORTEST_BARE)
            found = next((named for form in bare if (named := self.of(form))), ())
        return found

    def of(self, word: str, inside: bool = True) -> tuple[frozenset[str], ...]:
        """What a folded word names: for each of its parts the things that the part may mean. The longest pattern wins;
        parts of a compound each count, unless not ``inside``."""
        if whole := self._whole.get(word):
            return (whole,)
        if one := self._singular(word):
            return (one,)
        first, start = self._beginnings.longest(word, SHORTEST_STEM)
        found = [first]
        if inside and self.compounds:
            start = max(start, SHORTEST_PART - 1)
            while start <= len(word) - SHORTEST_PART:
                rest = word[start:]
                if rest in self.case_endings:
                    break
                part, length = self._beginnings.longest(rest, SHORTEST_PART)
                if whole := self._whole.get(rest):
                    part, length = whole, len(word)
                found.append(part)
                start += max(1, length)
        if inside and self._parts and not any(found):
            spans = combinations(range(len(word) + 1), 2)
            found += [self._parts[word[start:end]] for start, end in spans if word[start:end] in self._parts]
        return tuple(dict.fromkeys(part for part in found if part))

    def is_word(self, word: str) -> bool:
        """Whether a folded word stands in the table as a whole: one that only begins like another may be misspelt."""
        return bool(self._whole.get(word) or self._singular(word))

    def _singular(self, word: str) -> frozenset[str]:
        """What a word names that is a plural of one in the table."""
        is_plural = self.plural_s and len(word) > SHORTEST_PART and word.endswith("s")
        return self._whole.get(word[:-1]) if is_plural else NOTHING

    def spans(self, words: list[str]) -> list[tuple[int, int, str]]:
        """Names of several words: start, end (exclusive) and the thing. Before the last of two words one other word may
        stand ("send some money")."""
        found: list[tuple[int, int, str]] = []
        for index, openers in enumerate(map(self.names, words[:-1])):
            if openers is None:
                continue
            for others, thing in openers.before(words[index + 1]):
                end = index + 2 + len(others)
                if not others or _are(others, words[index + 2 : end]):
                    found.append((index, end, thing))
            if index + 2 < len(words) and (after := openers.before(words[index + 2])):
                found += [(index, index + 3, thing) for others, thing in after if not others]
        return found

    def cut(self, run: str) -> list[str]:
        """A run of a script without spaces into the longest words for things; what is left into pairs of letters."""
        pieces: list[str] = []
        rest = ""
        index = 0
        while index < len(run):
            for end in range(min(len(run), index + LONGEST_DENSE), index, -1):
                if run[index:end] in self._signs:
                    pieces += [*pairs(rest), run[index:end]]
                    rest, index = "", end
                    break
            else:
                rest += run[index]
                index += 1
        return [*pieces, *pairs(rest)]

    def _names_from(self, word: str) -> _Openers | None:
        """The names of several words that a folded word may be the first of."""
        beginnings = (f"{word[:end]}*" for end in range(1, len(word) + 1))
        texts = [self._names[first] for first in (word, *beginnings) if first in self._names]
        return _Openers(name for text in texts for name in text.split("|")) if texts else None


def _bare_forms(word: str, language: str) -> list[str]:
    """A folded word without what is written together with it, the least taken off first."""
    if language == "fr":
        elided = _ELIDED.match(word)
        return [word[elided.end() :]] if elided else []
    forms = [word]
    if language == "ar":
        forms += [word[len(prefix) :] for prefix in _ARABIC_PREFIXES if word.startswith(prefix)]
    forms += [form[: -len(end)] for form in forms for end in _ENDINGS[language] if form.endswith(end)]
    return forms[1:]


def _in_common(one: str, other: str) -> int:
    """How many letters two words have in common at their beginning."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return min(len(one), len(other))


def _are(names: tuple[str, ...], words: list[str]) -> bool:
    """Whether the words of a name, with their ``*``, stand there."""
    if len(names) != len(words):
        return False
    for name, word in zip(names, words, strict=True):
        if word != name and not (name.endswith("*") and word.startswith(name[:-1])):
            return False
    return True


def pairs(run: str) -> list[str]:
    """Two neighbouring letters at a time."""
    if len(run) < 3:
        return [run] if run else []
    return [run[i : i + 2] for i in range(len(run) - 1)]
