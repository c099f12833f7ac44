"""Texts that are one of the phrases, or what stands on a button, letter for letter after folding: they act at once,
before anything is fitted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, chain, compress
from typing import Final

from bot.matching.hashed import Hashed
from bot.matching.labels import is_need
from bot.model import OwnWords, Phrase, Phrases

NO_WORDS: Final = OwnWords()


@dataclass(frozen=True, slots=True)
class Exact:
    """What is known of a text because it is one of the phrases."""

    label: str
    is_word: bool

    @property
    def is_phrase_of_need(self) -> bool:
        return is_need(self.label) and not self.is_word


class Exacts:
    """All phrases of all languages by what they are folded to, and the bot's own words."""

    def __init__(self, phrases: Iterable[Phrases], own: OwnWords = NO_WORDS) -> None:
        self._titles, self._buttons, self._examples = map(_by_text, (own.titles, own.buttons, own.examples))
        self._phrases = tuple(phrases)
        self._kinds = [[Exact(label, is_word) for label, is_word in some.kinds] for some in self._phrases]
        self._firsts = list(accumulate(map(len, self._phrases), initial=0))
        """Where the phrases of each language begin when all stand one behind the other."""
        self._hashed = Hashed(chain.from_iterable(some.folded for some in self._phrases))

    def get(self, folded: str) -> Exact | None:
        """What a folded text is. One that means different things in two languages is not exact."""
        if title := self._titles.get(folded):
            return title
        found: Exact | None = None
        for new in self._meanings(folded):
            if found is not None and found.label != new.label:
                return None
            if found is None or not new.is_word:
                found = new
        return found or self._buttons.get(folded)

    def example(self, folded: str) -> Exact | None:
        """What a folded text stands for that the bot gives as an example; for what nothing else is known of."""
        return self._examples.get(folded)

    def _meanings(self, folded: str) -> Iterable[Exact]:
        """What a folded text is in each language of which it is a phrase."""
        found: dict[int, Exact] = {}
        for place in self._hashed.places(folded):
            language = bisect_right(self._firsts, place) - 1
            some, own = self._phrases[language], place - self._firsts[language]
            if some.folded[own] == folded:
                found[language] = self._kinds[language][some.kind_of[own]]
        return found.values()

    def beginning(self, prefix: str) -> Iterator[str]:
        """The folded texts of the labels that begin with ``prefix``."""
        for some in self._phrases:
            wanted = {kind for kind, (label, _) in enumerate(some.kinds) if label.startswith(prefix)}
            texts = compress(some.folded, map(wanted.__contains__, some.kind_of))
            yield from (text for text in texts if self.get(text) is not None)


def _by_text(shown: Iterable[Phrase]) -> dict[str, Exact]:
    """What each folded text stands for; those are left out that stand for different things."""
    labels: dict[str, set[str]] = {}
    for phrase in shown:
        labels.setdefault(phrase.folded, set()).add(phrase.label)
    return {folded: Exact(next(iter(own)), is_word=False) for folded, own in labels.items() if len(own) == 1}
