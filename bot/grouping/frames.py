"""Words that frame a question and say nothing of what is asked ("where can I find"), read from ``frames.txt`` beside
this module. The phrases are too few to show it of every form: where words have many endings, common verbs have rare
forms."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from bot.text import fold

_FILE: Final = Path(__file__).parent / "frames.txt"


@dataclass(frozen=True, slots=True)
class _Words:
    whole: set[str] = field(default_factory=set)
    beginnings: set[str] = field(default_factory=set)


class Frames:
    """The whole table."""

    def __init__(self, text: str) -> None:
        self._words: dict[str, _Words] = defaultdict(_Words)
        for line in text.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            language, _, patterns = line.partition("|")
            words = self._words[language.strip()]
            beginnings = [pattern for pattern in patterns.split() if pattern.endswith("*")]
            whole = [pattern for pattern in patterns.split() if not pattern.endswith("*")]
            # All at once: what folding takes apart ("می‌کند") is several words anyway.
            words.beginnings.update(fold(" ".join(beginnings)).split())
            words.whole.update(fold(" ".join(whole)).split())

    def has(self, word: str, language: str) -> bool:
        """Whether a folded word only frames what is asked."""
        words = self._words.get(language)
        if words is None:
            return False
        return word in words.whole or any(word.startswith(start) for start in words.beginnings)


@lru_cache(maxsize=1)
def frames() -> Frames:
    return Frames(_FILE.read_text(encoding="utf-8"))
