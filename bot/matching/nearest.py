"""Which phrase of a need is nearest to a text: for people who ask why, never for deciding."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import fuzz, process

from bot.model import Phrase, Phrases


class Nearest:
    """The phrases by need and language."""

    def __init__(self, phrases: Mapping[str, Phrases]) -> None:
        self._phrases = phrases

    def phrase(self, folded: str, need: str, language: str) -> Phrase | None:
        """The phrase of ``need`` in ``language`` (else in any language) that shares most with ``folded``."""
        for code in (language, *self._phrases):
            phrases = self._phrases.get(code)
            places = phrases.places(need) if phrases else ()
            if phrases and places:
                texts = [phrases.folded[place] for place in places]
                best = process.extractOne(folded, texts, scorer=fuzz.token_sort_ratio)
                return phrases[places[best[2]]]
        return None
