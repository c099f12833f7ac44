"""Other places in a question: "Kela in the next city", in any inflection and script that the editors wrote down."""

from __future__ import annotations

import re
from typing import Final

from bot.matching.parts import words_in
from bot.matching.scripts import is_dense, main_script
from bot.model import Catalogue
from bot.text import fold

LONGEST: Final = 15
"""Words of a question that may be about another place; a longer one is a story, in which somebody came from there."""
SHORT: Final = 3
"""Spellings of up to this many letters take no endings."""
ENDING: Final = 6
"""Letters that an inflection adds at most."""
UNINFLECTED: Final = "arabic"
"""The script in which names take none: with one, "week" (اسبوع) would be Espoo (اسبو)."""


class Elsewhere:
    """Finds out whether a question is about another place than the city of the catalogue."""

    def __init__(self, catalogue: Catalogue | None) -> None:
        others = catalogue.elsewhere if catalogue else {}
        own = catalogue.city.name if catalogue else ""
        self._own = _pattern([own, *others.get(own, ())])
        self._others = _pattern([n for name, also in others.items() if name != own for n in (name, *also)])

    def is_meant(self, folded: str) -> bool:
        """Whether a folded text names another place, and the city not."""
        if self._others is None or words_in(folded) > LONGEST or self._others.search(folded) is None:
            return False
        return self._own is None or self._own.search(folded) is None


def _pattern(names: list[str]) -> re.Pattern[str] | None:
    """Any of the names, with an ending or an Arabic preposition glued to it."""
    dense, spaced = [], []
    for name in dict.fromkeys(map(fold, names)):
        if any(map(is_dense, name)):
            dense.append(re.escape(name))
        elif name:
            is_inflected = len(name) > SHORT and main_script([name]) != UNINFLECTED
            spaced.append(re.escape(name) + (rf"\w{{0,{ENDING}}}" if is_inflected else ""))
    found = [*dense, *([rf"\b[بلو]?(?:{'|'.join(spaced)})\b"] if spaced else [])]
    return re.compile("|".join(found)) if found else None
