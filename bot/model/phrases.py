"""The phrases of one language, kept in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Self, TypeAlias, overload

from bot.model.catalogue import Locale
from bot.model.matches import Phrase
from bot.strings import Strings
from bot.text import fold

Kind: TypeAlias = tuple[str, bool]
"""A label, and whether what bears it is a word."""


class Phrases(Sequence[Phrase]):
    """Some thousand phrases, made one by one when they are asked for: to make them all takes as long as everything
    else at a start, and most are never looked at."""

    def __init__(
        self,
        language: Locale,
        texts: Iterable[str],
        folded: Iterable[str],
        kinds: Sequence[Kind],
        kind_of: Sequence[int],
    ) -> None:
        """A column each: the texts, the same folded, and which of ``kinds`` they are."""
        self.language = language
        self.texts = Strings(texts)
        self.folded = Strings(folded)
        self.kinds = kinds
        self.kind_of = kind_of

    @classmethod
    def of(cls, language: Locale, phrases: Iterable[Phrase]) -> Self:
        """The same phrases in columns."""
        if isinstance(phrases, cls):
            return phrases
        rows = tuple(phrases)
        kinds = list(dict.fromkeys((phrase.label, phrase.is_word) for phrase in rows))
        place = {kind: index for index, kind in enumerate(kinds)}
        kind_of = [place[phrase.label, phrase.is_word] for phrase in rows]
        folded = [phrase.folded or fold(phrase.text) for phrase in rows]
        return cls(language, [phrase.text for phrase in rows], folded, kinds, kind_of)

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, place: int) -> Phrase: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Phrase, ...]: ...
    def __getitem__(self, place: int | slice) -> Phrase | tuple[Phrase, ...]:
        if isinstance(place, slice):
            return tuple(map(self._made, range(*place.indices(len(self)))))
        return self._made(place)

    def __iter__(self) -> Iterator[Phrase]:
        return map(self._made, range(len(self)))

    def _made(self, place: int) -> Phrase:
        label, is_word = self.kinds[self.kind_of[place]]
        return Phrase(self.texts[place], label, self.language, is_word, self.folded[place])

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(label for label, _ in self.kinds)

    def places(self, label: str) -> Sequence[int]:
        """Where the phrases and words of ``label`` stand."""
        return self._places.get(label, ())

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, kind in enumerate(self.kind_of):
            found.setdefault(self.kinds[kind][0], []).append(place)
        return found
