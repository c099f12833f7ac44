"""Texts that are one of the phrases, letter for letter after folding: they act at once, before anything is fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.matching.labels import is_need
from bot.model import Phrase
from bot.text import fold


@dataclass(frozen=True, slots=True)
class Exact:
    """What is known of a text because it is one of the phrases."""

    label: str
    is_word: bool

    @property
    def is_phrase_of_need(self) -> bool:
        return is_need(self.label) and not self.is_word


def exact_index(phrases: Mapping[str, Sequence[Phrase]]) -> dict[str, Exact]:
    """Folded phrase → its label. A text that means different things in two languages is not exact."""
    index: dict[str, Exact | None] = {}
    kinds: dict[tuple[str, bool], Exact] = {}
    for entries in phrases.values():
        for phrase in entries:
            folded = phrase.folded or fold(phrase.text)
            kind = (phrase.label, phrase.is_word)
            new = kinds.get(kind) or kinds.setdefault(kind, Exact(*kind))
            old = index.setdefault(folded, new)
            if old is not None and old.label != new.label:
                index[folded] = None
            elif old is not None and old.is_word and not new.is_word:
                index[folded] = new
    return {folded: exact for folded, exact in index.items() if exact is not None}
