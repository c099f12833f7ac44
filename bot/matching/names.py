"""Names of services in a message, in any inflection and script: "Kompassissa", "kelasta", «в Навигаторе»."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from bot.matching.scripts import is_dense
from bot.model import Service, ServiceId
from bot.text import fold

SUFFIX: Final = 6
"""Letters that case endings and possessives add to a name at most ("Navigaattorissakin")."""
SHORT: Final = 3
"""Names of up to this many letters (DVV, KYS) are compared letter for letter, apart from an ending after a colon."""

# Letters of other scripts as Finnish would write their sound; enough to recognise a name, not to transliterate text.
_LATIN: Final = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "z", "з": "z", "и": "i", "к": "k", "л": "l",
    "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "c",
    "ч": "c", "ш": "s", "щ": "s", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "ju", "я": "ja",
    "ا": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "s", "ج": "j", "چ": "c", "ح": "h", "خ": "h", "د": "d", "ذ": "z",
    "ر": "r", "ز": "z", "ژ": "z", "س": "s", "ش": "s", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "g",
    "ف": "f", "ق": "k", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "o", "ی": "i",
})  # fmt: skip

_GLUED: Final = re.compile(r"[وف]?[بک]?ال|لل|[بلو](?=\w{4})|[ld](?=[aeiouyh])")
"""What Arabic and French glue before a name, after folding: the article, prepositions and conjunctions; "l'", "d'"."""


@dataclass(frozen=True, slots=True)
class NameFound:
    """A service's name in a text."""

    service: ServiceId
    name: str
    """The name or alias that was found, folded."""
    start: int
    end: int
    """Words ``start`` to ``end`` (exclusive) of the folded text are the name."""


class Names:
    """All names of all services, found word by word."""

    def __init__(self, services: Collection[Service]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], ServiceId]]] = defaultdict(list)
        self._firsts: dict[str, list[str]] = defaultdict(list)
        for service in services:
            for name in dict.fromkeys((service.name, *service.aliases)):
                words = tuple(_key(word) for word in fold(name).split())
                if words and all(words):
                    self._by_first[words[0]].append((words, service.id))
        for first in self._by_first:
            self._firsts[first[:1]].append(first)
        self._candidates = lru_cache(maxsize=4096)(self._firsts_like)
        dense = {
            name for service in services for name in map(fold, service.aliases) if name and all(map(is_dense, name))
        }
        self._dense = re.compile("|".join(sorted(map(re.escape, dense), key=len, reverse=True))) if dense else None

    def apart(self, folded: str) -> str:
        """A folded text in which names in scripts without spaces stand as words of their own: "医院 在哪里"."""
        if self._dense is None or folded.isascii():
            return folded
        return " ".join(self._dense.sub(r" \g<0> ", folded).split())

    def find(self, folded: str) -> list[NameFound]:
        """The names in a folded text from left to right, the longest at each place; inflected and misspelt ones too."""
        plain = folded.split()
        words = [_key(word) for word in plain]
        found: list[NameFound] = []
        index = 0
        while index < len(words):
            match = self._at(words, index)
            if match is None and (glued := _GLUED.match(plain[index])):
                words[index] = _key(plain[index][glued.end() :])
                match = self._at(words, index)
            if match:
                found.append(match)
                index = match.end
            else:
                index += 1
        return found

    def _at(self, words: list[str], index: int) -> NameFound | None:
        best: NameFound | None = None
        for first in self._candidates(words[index]):
            for name, service in self._by_first[first]:
                end = index + len(name)
                if end > len(words) or not all(map(_is_form_of, words[index:end], name)):
                    continue
                if len(name[-1]) <= SHORT and end < len(words) and len(words[end]) <= 4 and not words[end].isdigit():
                    # "KYS:ssä" folds to two words; the ending belongs to the name unless it is a name itself.
                    end += words[end] in _ENDINGS
                if best is None or end - index > best.end - best.start:
                    best = NameFound(service, " ".join(name), index, end)
        return best

    def _firsts_like(self, word: str) -> list[str]:
        if len(word) <= SHORT:
            return [word] if word in self._by_first else []
        exact = [word] if word in self._by_first else []
        return exact + [first for first in self._firsts[word[:1]] if first != word and _is_form_of(word, first)]


# Finnish endings that are written after a colon, and those of Swedish and Estonian with a hyphen.
_ENDINGS: Final = frozenset(
    (
        "n", "a", "aa", "lla", "lle", "lta", "ssa", "sta", "an", "en", "in", "on", "ien", "s", "l", "le", "lt",
        "st", "sse", "ga", "dan", "den", "da", "de", "nin", "nun",
    )
)  # fmt: skip


@lru_cache(maxsize=4096)
def _key(word: str) -> str:
    """A word in Latin letters with doubled letters single: «Навигаторе» and "Navigaattori" begin alike."""
    latin = word.translate(_LATIN) if not word.isascii() else word
    return "".join(char for i, char in enumerate(latin) if i == 0 or char != latin[i - 1])


def _is_form_of(word: str, name: str) -> bool:
    """Whether ``word`` is ``name``, a case form of it, or a misspelling."""
    if word == name:
        return True
    if len(name) <= SHORT or abs(len(word) - len(name)) > SUFFIX:
        return False
    if word.startswith(name):
        return True
    shared = next((i for i, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
    if shared >= max(5, len(name) - 1) and len(word) - len(name) <= 4:
        return True  # the last vowel gives way: Navigator-e, Kompass-in
    limit = 1 if len(name) < 8 else 2
    return len(name) >= 6 and OSA.distance(word, name, score_cutoff=limit) <= limit
