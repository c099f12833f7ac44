"""The head that all languages share: it is fitted on the phrases of all of them, over what their words mean instead of
the words. What somebody thought of in Finnish is so understood in Somali, and a word that no phrase of a language has
counts by what it has in common with one that is there.

It is a ``Head`` like that of a language, whose features are things, pairs of things, and the direction in which a text
lies (``bot.thesaurus.directions``): what none of the phrases names is understood by what it is near to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from bot.matching.features import Features, Floats, Places
from bot.matching.head import Head
from bot.matching.lexicon import Vocabulary, let_go
from bot.matching.meanings import PAIR_WEIGHT, Meanings, directed
from bot.thesaurus import things
from bot.thesaurus.directions import directions

SHARED: Final = "mul"
"""The "language" of this head: ISO 639-2 for several languages."""


DIRECTION_WEIGHT: Final = np.float32(0.8)
"""Where a text lies counts so much of what its things and pairs together do. With 0.7, 0.8, 1 and 1.5 as many of our
own questions are right, with 0 1.4 points fewer of the development and 0.7 of the fresh ones (23 Nov 2026)."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What the shared head says of some texts."""

    sums: Floats
    """Texts × (labels and the alarm), before they are divided by the text's length."""
    mass: Floats
    """The square of each text's length, to which things count that no phrase speaks of."""
    things: Floats
    """How many things each text names that phrases speak of."""
    directions: Floats
    """Where each text lies, the longer the more it names."""

    def of(self, texts: slice) -> Meant:
        return Meant(self.sums[texts], self.mass[texts], self.things[texts], self.directions[texts])

    def neighbours(self) -> Meant:
        """Each text and the next one as one text; pairs across the border are left out."""
        one, other = self.of(slice(None, -1)), self.of(slice(1, None))
        return Meant(
            one.sums + other.sums,
            one.mass + other.mass,
            one.things + other.things,
            one.directions + other.directions,
        )


class SharedHead:
    """The shared head, ready to read texts."""

    def __init__(self, head: Head) -> None:
        self.head = head
        self._meanings = meanings()
        # Looked at for every text: in memory of its own, and behind the last feature one that no text has.
        self._hashes = np.append(head.vocabulary.hashes, np.uint64((1 << 64) - 1))
        self._idf = np.append(head.vocabulary.idf, np.float32(0))
        self._unseen = head.vocabulary.unseen_idf**2
        for array in (head.vocabulary.hashes, head.vocabulary.idf):
            let_go(array)

    def read(self, texts: Sequence[tuple[str, str]]) -> Meant:
        """``texts``: folded, each with the language in which its words are looked up."""
        found = [self._meanings.of(folded, language) for folded, language in texts]
        hashes = np.array([feature for single, pairs, _ in found for feature in (*single, *pairs)], np.uint64)
        places = self._hashes.searchsorted(hashes)
        values = self._idf.take(places) * (self._hashes.take(places) == hashes)
        rows = np.minimum(places, len(self.head.which) - 1)
        weights = self.head.weights_of(rows)
        scales = self.head.scales.take(rows)
        sums = np.empty((len(texts), weights.shape[1]), np.float32)
        mass, known = [], []
        end = 0
        for own, (single, pairs, _) in zip(sums, found, strict=True):
            start, middle, end = end, end + len(single), end + len(single) + len(pairs)
            values[middle:end] *= np.float32(PAIR_WEIGHT)
            said = values[start:end]
            known.append(int(np.count_nonzero(values[start:middle])))
            # As in the head of a language: what is not known adds to the length and to no label. In a small city much
            # is not, and a text that "somebody" alone is known of would otherwise be sure of the one need that says it.
            mass.append(float(said @ said) + self._unseen * (len(single) - known[-1]))
            np.dot(said * scales[start:end], weights[start:end], out=own)
        lie = np.array([direction for _, _, direction in found], np.float32).reshape(len(texts), -1)
        return Meant(sums, np.array(mass, np.float32), np.array(known, np.float32), lie)

    def margins(self, meant: Meant) -> Floats:
        """Texts × (labels and the alarm)."""
        lengths = np.sqrt(np.maximum(meant.mass, np.float32(1e-6)))
        toward = DIRECTION_WEIGHT * directed(meant.directions)
        return np.asarray(meant.sums / lengths[:, None] + toward @ self.head.toward + self.head.bias, np.float32)


@lru_cache(maxsize=1)
def meanings() -> Meanings:
    """Of the one thesaurus; what it has looked up of words is worth keeping."""
    return Meanings(things(), directions())


def weighed(features: Features, vocabulary: Vocabulary) -> tuple[Places, Floats, Places]:
    """The features that a vocabulary knows, with their tf-idf, and where the blocks of each text begin and end."""
    places = np.minimum(vocabulary.hashes.searchsorted(features.hashes), len(vocabulary.hashes) - 1)
    known = vocabulary.hashes[places] == features.hashes
    rows = places[known]
    so_far = np.concatenate([[0], np.cumsum(known)])
    bounds = np.asarray(so_far[features.bounds[np.arange(len(features.bounds)) % 3 != 1]], np.intp)
    return rows, features.weights[known] * vocabulary.idf[rows], bounds
