"""Which phrase of a need is nearest to a text: for people who ask why, never for deciding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz, process

from bot.model import Phrase
from bot.text import fold


class Nearest:
    """The phrases by need and language; folded when first asked for."""

    def __init__(self, phrases: Mapping[str, Sequence[Phrase]]) -> None:
        self._phrases: dict[str, dict[str, list[Phrase]]] = defaultdict(lambda: defaultdict(list))
        for language, entries in phrases.items():
            for phrase in entries:
                self._phrases[phrase.label][language].append(phrase)
        self._folded: dict[tuple[str, str], list[str]] = {}

    def phrase(self, folded: str, need: str, language: str) -> Phrase | None:
        """The phrase of ``need`` in ``language`` (else in any language) that shares most with ``folded``."""
        languages = self._phrases.get(need, {})
        for code in (language, *languages):
            entries = languages.get(code)
            if entries:
                key = (need, code)
                if key not in self._folded:
                    self._folded[key] = [phrase.folded or fold(phrase.text) for phrase in entries]
                best = process.extractOne(folded, self._folded[key], scorer=fuzz.token_sort_ratio)
                return entries[best[2]]
        return None
