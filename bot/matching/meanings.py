"""What the words of a folded text mean, as features that are the same in every language: things of the thesaurus, and
pairs of things that are near each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np

from bot.matching.features import Features, Floats
from bot.matching.scripts import DENSE, is_dense
from bot.thesaurus import Things
from bot.thesaurus.directions import Directions

REACH: Final = 2
"""Two things make a pair when at most this many places apart; pairs have no order. With 1 near misses are answered more
often (fresh questions: 10 instead of 9 in 100, 22 Nov 2026) and a cry is missed; 3 and 6 add features alone."""
PAIR_WEIGHT: Final = 0.4
"""A pair counts so much of what a thing does."""
MOST_WORDS: Final = 120
"""Words of a text that are looked up; a longer message is read part by part as well."""
_FIRST_DENSE: Final = chr(DENSE[0][0])
_U64: Final = (1 << 64) - 1
_PAIR: Final = 0x94D049BB133111EB
"""What keeps pairs apart from things."""


class Meanings:
    """Bound to one thesaurus, and to where its things lie."""

    def __init__(self, things: Things, directions: Directions) -> None:
        self._things = things
        self._directions = directions
        self._hashes = {thing: _hash_of(thing) for thing in things.by_id}
        self._places = {
            self._hashes[thing]: place for thing, place in directions.places.items() if thing in self._hashes
        }
        self._named = lru_cache(maxsize=4096)(self._hashes_of)

    def features(self, texts: Iterable[tuple[str, str]]) -> tuple[Features, Floats]:
        """The features of folded texts, each given with the language in which its words are looked up, in no order; and
        where the texts lie (texts × dimensions), each row of length 1, or 0 where nothing is known."""
        hashes: list[int] = []
        is_pair: list[bool] = []
        bounds = [0]
        lies: list[Floats] = []
        for folded, language in texts:
            things, pairs, lie = self.of(folded, language)
            hashes += things
            hashes += pairs
            is_pair += [False] * len(things)
            is_pair += [True] * len(pairs)
            lies.append(lie)
            bounds += (bounds[-1] + len(things), len(hashes), len(hashes))
        weights = np.where(is_pair, PAIR_WEIGHT, 1).astype(np.float32)
        features = Features(np.array(hashes, np.uint64), weights, np.array(bounds, np.intp))
        return features, directed(np.array(lies, np.float32).reshape(len(lies), -1))

    def of(self, folded: str, language: str) -> tuple[set[int], set[int], Floats]:
        """The features of one text, its things and its pairs, and where it lies (``Directions.sum_of``)."""
        said = self._said(folded, language)
        # Two hashes and their sum are alike evenly spread.
        pairs = {
            (a + b + _PAIR) & _U64
            for reach in range(1, REACH + 1)
            for one, other in zip(said, said[reach:], strict=False)
            for a in one
            for b in other
            if a != b
        }
        placed = [[self._places[thing] for thing in part if thing in self._places] for part in said]
        return {thing for part in said for thing in part}, pairs, self._directions.sum_of(placed)

    def _said(self, folded: str, language: str) -> list[tuple[int, ...]]:
        """What a text speaks of, place by place: the things that each word, or name of several words, may mean."""
        words = pieces(self._things, folded.split()[:MOST_WORDS], language)[:MOST_WORDS]
        spans = self._things.longest_spans(words, language)
        said: list[tuple[int, ...]] = []
        index = 0
        while index < len(words):
            if index in spans:
                end, names = spans[index]
                # Both what the name means and what its words do: "birth certificate" is a certificate too.
                parts = [thing for word in words[index:end] for part in self._named(word, language) for thing in part]
                said.append(tuple(dict.fromkeys([*(self._hashes[name] for name in names), *parts])))
                index = end
            else:
                said += self._named(words[index], language)
                index += 1
        return said

    def _hashes_of(self, word: str, language: str) -> tuple[tuple[int, ...], ...]:
        """What a word means, part by part."""
        return tuple(
            tuple(sorted(self._hashes[thing] for thing in part)) for part in self._things.named(word, language)
        )


def pieces(things: Things, words: list[str], language: str) -> list[str]:
    """Folded words, those in a script without spaces cut into words for things."""
    if not any(not word.isascii() and max(word) >= _FIRST_DENSE for word in words):
        return words
    return [piece for word in words for piece in (things.cut(word, language) if any(map(is_dense, word)) else (word,))]


def directed(sums: Floats) -> Floats:
    """Rows of length 1 in the same directions; what has none stays 0."""
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.maximum(lengths, np.float32(1e-6)), np.float32)


def _hash_of(thing: str) -> int:
    """The feature of a thing."""
    return int.from_bytes(hashlib.blake2b(thing.encode(), digest_size=8).digest(), "big")
