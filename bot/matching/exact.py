"""Texts that are one of the phrases, letter for letter after folding: they act at once, before anything is fitted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import compress

from bot.matching.labels import is_need
from bot.model import Phrases


@dataclass(frozen=True, slots=True)
class Exact:
    """What is known of a text because it is one of the phrases."""

    label: str
    is_word: bool

    @property
    def is_phrase_of_need(self) -> bool:
        return is_need(self.label) and not self.is_word


class Exacts:
    """All phrases of all languages by what they are folded to."""

    def __init__(self, phrases: Iterable[Phrases]) -> None:
        self._phrases = tuple(phrases)
        self._tables = [
            (
                dict(zip(some.folded, some.kind_of, strict=True)),
                [Exact(label, is_word) for label, is_word in some.kinds],
            )
            for some in self._phrases
        ]
        """A language's folded phrases with the numbers of their kinds, and its kinds."""

    def get(self, folded: str) -> Exact | None:
        """What a folded text is. One that means different things in two languages is not exact."""
        found: Exact | None = None
        for table, kinds in self._tables:
            kind = table.get(folded)
            if kind is None:
                continue
            new = kinds[kind]
            if found is not None and found.label != new.label:
                return None
            if found is None or not new.is_word:
                found = new
        return found

    def beginning(self, prefix: str) -> Iterator[str]:
        """The folded texts of the labels that begin with ``prefix``."""
        for some in self._phrases:
            wanted = {kind for kind, (label, _) in enumerate(some.kinds) if label.startswith(prefix)}
            texts = compress(some.folded, map(wanted.__contains__, some.kind_of))
            yield from (text for text in texts if self.get(text) is not None)
