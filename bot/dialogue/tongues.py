"""Messages that wish for another language and say nothing else ("English please", "ruotsiksi kiitos"), told by what
languages are called in all languages, read from ``tongues.txt`` beside this module."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from bot.matching.scripts import is_dense
from bot.model import Locale
from bot.text import fold

_FILE: Final = Path(__file__).parent / "tongues.txt"
LONGEST: Final = 80
"""Characters of a message that may be nothing but such a wish."""


@dataclass(frozen=True, slots=True)
class LanguageWish:
    """In which language somebody wants to be answered."""

    language: Locale
    is_clear: bool
    """Said in so many words ("in English", "ruotsiksi"); the name alone may also ask for a course, or who speaks it."""


class Tongues:
    """The whole table."""

    def __init__(self, text: str) -> None:
        self._names: dict[str, Locale] = {}
        self._clear: set[str] = set()
        """Names that are a clear wish by themselves, and words that make one of any name."""
        self._never_alone: set[str] = set()
        beside: list[str] = []
        for line in text.splitlines():
            head, _, words = line.partition("|")
            if line.startswith("#") or not words:
                continue
            kind, folded = head.strip(), {fold(word.replace("_", " ")): word for word in words.split()}
            if kind in ("clear", "beside"):
                beside += folded
            else:
                self._names |= dict.fromkeys(folded, kind.removesuffix("!"))
                self._never_alone |= {name for name, word in folded.items() if word.endswith("+")}
            if kind == "clear" or kind.endswith("!"):
                self._clear |= folded.keys()
        longest_first = sorted(beside, key=len, reverse=True)
        self._beside = re.compile("|".join(word if is_dense(word[0]) else rf"\b{word}\b" for word in longest_first))

    def wish(self, text: str, locales: Collection[Locale]) -> LanguageWish | None:
        """The one of ``locales`` in which all of ``text`` wishes to be answered; None when it says anything else."""
        if len(text) > LONGEST:
            return None
        folded = fold(text)
        words = set(self._beside.findall(folded))
        names = self._beside.sub(" ", folded).split()
        languages = {self._names.get(name, "") for name in names}
        if len(languages) != 1 or (not words and self._never_alone & set(names)):
            return None
        language = languages.pop()
        return LanguageWish(language, bool(self._clear & words.union(names))) if language in locales else None


@lru_cache(maxsize=1)
def tongues() -> Tongues:
    return Tongues(_FILE.read_text(encoding="utf-8"))
