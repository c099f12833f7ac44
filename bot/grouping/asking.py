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
_NOTHING: Final = "-"
"""The wish of words that say nothing: they keep what stands inside them from counting."""
_BEGINNING: Final = "^"
_TOLD_APART: Final = ("price", "where", "when", "rule")
"""Wishes that weigh also when only one of two texts says what it asks for."""


class WaysOfAsking:
    """The whole table."""

    def __init__(self, text: str) -> None:
        self._ways: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        """Language → words as they stand in a folded text between two blanks, and what is asked for with them."""
        for line in text.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            language, wish, words = (cell.strip() for cell in line.split("|"))
            for word in words.split("/"):
                self._ways[language][_between_blanks(word)].add(wish)

    def wishes(self, folded: str, language: str) -> frozenset[str]:
        """What a folded text asks for; nothing when it does not say."""
        text = f"{_BEGINNING} {folded} "
        ways = self._ways.get(language, {})
        found = [(start, start + len(words), ways[words]) for words in ways for start in _places(text, words)]
        return frozenset(
            wish
            for start, end, wishes in found
            if not any(s <= start and end <= e and e - s > end - start for s, e, _ in found)
            for wish in wishes
            if wish != _NOTHING
        )


def side_by_side(one: frozenset[str], other: frozenset[str]) -> tuple[bool, ...]:
    """Whether two texts ask for the same; whether each asks for something, and nothing of it for the same; and of each
    of four wishes whether one text alone has it."""
    apart = bool(one and other) and one.isdisjoint(other)
    return (not one.isdisjoint(other), apart, *((wish in one) != (wish in other) for wish in _TOLD_APART))


def _between_blanks(word: str) -> str:
    folded = fold(word.lstrip(_BEGINNING).rstrip("*"))
    if any(map(is_dense, folded)):  # no blanks there
        return folded
    before = f"{_BEGINNING} " if word.startswith(_BEGINNING) else " "
    return before + folded + ("" if word.endswith("*") else " ")


def _places(text: str, words: str) -> list[int]:
    found = []
    start = text.find(words)
    while start >= 0:
        found.append(start)
        start = text.find(words, start + 1)
    return found


@lru_cache(maxsize=1)
def asking() -> WaysOfAsking:
    return WaysOfAsking(_FILE.read_text(encoding="utf-8"))
