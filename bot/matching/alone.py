"""A word or two without a sentence: "garage", "my brother". The heads hear danger in many of them, for cries name
things and people too; but one that stands alone is a cry only when it says what a brief cry says ("heart attack")."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from itertools import chain
from typing import Final

from bot.matching.meanings import pieces
from bot.model import Locale, Phrases
from bot.thesaurus import things

BRIEF: Final = 2
"""Words of a text that counts as words alone. Of 14,865 single things and acts of everyday speech in thirteen
languages 11 % brought an emergency card, 6 % do with this; of 1,252 urgent phrases of one or two words with a slip in
each 3 fewer are heard, of 2,026 without, each looked at by what the other twelve languages say, 23 would be
(23 Nov 2026)."""


class WordsAlone:
    """Bound to the phrases of every language: a thing that one language's brief cries name is dangerous in all."""

    def __init__(self, phrases: Mapping[Locale, Phrases], urgent: Collection[str]) -> None:
        """``urgent``: labels."""
        self._phrases = phrases
        self._urgent = urgent

    def prepare(self) -> None:
        """Look now at what would keep the first brief text waiting (0.2 s, at a first start a second)."""
        _ = self._dangerous

    def are_calm(self, folded: str, languages: Iterable[Locale]) -> bool:
        """Whether a folded text is a word or two that name in one of the ``languages`` what no brief cry names, and in
        none of them what one does."""
        readings = [named for language in languages if (named := _named(folded, language))]
        if any(not self._dangerous.isdisjoint(some) for named in readings for some in named):
            return False
        return any(map(all, readings))

    @cached_property
    def _dangerous(self) -> frozenset[str]:
        """The things that urgent phrases of a word or two name."""
        found: set[str] = set()
        for language, phrases in self._phrases.items():
            for place in chain.from_iterable(map(phrases.places, self._urgent)):
                found.update(*_named(phrases.folded[place], language))
        return frozenset(found)


def _named(folded: str, language: Locale) -> list[frozenset[str]]:
    """What each word of a brief folded text, or a name of both, may mean; none of a longer text. Words as they stand in
    the table: a cry with a slip in it is easily a compound of something."""
    words = folded.split()
    if len(words) > BRIEF:
        return []
    table = things()
    words = pieces(table, words, language)
    if len(words) > BRIEF:
        return []
    if spans := table.longest_spans(words, language):
        return [frozenset(names) for _, names in spans.values()]
    return [frozenset().union(*table.named(word, language, inside=False)) for word in words]
