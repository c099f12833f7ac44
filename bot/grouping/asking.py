"""What somebody wants to hear of a matter: its price, where it is to be had, whether it is allowed. Two questions about
one matter may ask for two of these. Read from ``asking.txt`` beside this module."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Final

from bot.matching.scripts import is_dense
from bot.text import fold

_FILE: Final = Path(__file__).parent / "asking.txt"
NOTHING: Final[frozenset[str]] = frozenset()


class Asking:
    """The whole table."""

    def __init__(self, text: str) -> None:
        self._ways: dict[str, list[tuple[str, str]]] = defaultdict(list)
        """Language → words as they stand in a folded text between two blanks, and what is asked for with them."""
        for line in text.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            language, wish, words = (cell.strip() for cell in line.split("|"))
            for word in words.split("/"):
                folded = fold(word.rstrip("*"))
                if any(map(is_dense, folded)):  # no blanks there
                    self._ways[language].append((folded, wish))
                else:
                    self._ways[language].append((f" {folded}" if word.endswith("*") else f" {folded} ", wish))

    def wishes(self, folded: str, language: str) -> frozenset[str]:
        """What a folded text asks for; nothing when it does not say."""
        text = f" {folded} "
        return frozenset(wish for words, wish in self._ways.get(language, ()) if words in text) or NOTHING


@lru_cache(maxsize=1)
def asking() -> Asking:
    return Asking(_FILE.read_text(encoding="utf-8"))
