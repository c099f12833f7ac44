"""The head that all languages share: it is fitted on the phrases of all of them, over what their words mean instead of
the words. What somebody thought of in Finnish is so understood in Somali, and a word that no phrase of a language has
counts by what it has in common with one that is there.

It is a ``Head`` like that of a language, whose features are things and pairs of things.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bot.matching.features import Features, Floats, Places
from bot.matching.head import Head
from bot.matching.lexicon import Vocabulary, let_go
from bot.matching.meanings import Meanings
from bot.thesaurus import things

COMMON: Final = "mul"
"""The "language" of this head: ISO 639-2 for several languages."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What the shared head says of some texts."""

    sums: Floats
    """Texts × (labels and the alarm), before they are divided by the text's length."""
    mass: Floats
    """The square of each text's length, to which things count that no phrase speaks of."""
    things: Floats
    """How many things each text names that phrases speak of."""

    def of(self, texts: slice) -> Meant:
        return Meant(self.sums[texts], self.mass[texts], self.things[texts])

    def neighbours(self) -> Meant:
        """Each text and the next one as one text; pairs across the border are left out."""
        one, other = self.of(slice(None, -1)), self.of(slice(1, None))
        return Meant(one.sums + other.sums, one.mass + other.mass, one.things + other.things)


class Common:
    """The shared head, ready to read texts."""

    def __init__(self, head: Head) -> None:
        self.head = head
        self._meanings = meanings()
        # Looked at for every text: in memory of its own.
        vocabulary = head.vocabulary
        self._vocabulary = Vocabulary(np.array(vocabulary.hashes), np.array(vocabulary.idf), vocabulary.unseen_idf)
        for array in (vocabulary.hashes, vocabulary.idf):
            let_go(array)

    def read(self, texts: Sequence[tuple[str, str]]) -> Meant:
        """``texts``: folded, each with the language in which its words are looked up."""
        features = self._meanings.features(texts)
        places, known = _found(features, self._vocabulary)
        rows = places[known]
        values = features.weights[known] * self._vocabulary.idf[rows]
        # As in the head of a language: what is not known adds to the length and to no label. In a small city much is
        # not, and a text of which "somebody" alone is known would otherwise be sure of the one need that says it.
        is_thing = np.repeat(np.arange(len(features.bounds) - 1) % 3 == 0, np.diff(features.bounds))
        squares = np.where(is_thing, np.float32(self._vocabulary.unseen_idf) ** 2, np.float32(0))
        squares[known] = values * values
        mass = _sums(squares, features.bounds[::3]).astype(np.float32)
        things = _sums(known & is_thing, features.bounds[::3]).astype(np.float32)
        return Meant(self.head.sums(rows, values, _bounds_of(known, features))[:, 0], mass, things)

    def margins(self, meant: Meant) -> Floats:
        """Texts × (labels and the alarm)."""
        lengths = np.sqrt(np.maximum(meant.mass, np.float32(1e-6)))
        return np.asarray(meant.sums / lengths[:, None] + self.head.bias, np.float32)


@lru_cache(maxsize=1)
def meanings() -> Meanings:
    """Of the one thesaurus; what it has looked up of words is worth keeping."""
    return Meanings(things())


def weighed(features: Features, vocabulary: Vocabulary) -> tuple[Places, Floats, Places]:
    """The features that a vocabulary knows, with their tf-idf, and where the blocks of each text begin and end."""
    places, known = _found(features, vocabulary)
    rows = places[known]
    return rows, features.weights[known] * vocabulary.idf[rows], _bounds_of(known, features)


def _found(features: Features, vocabulary: Vocabulary) -> tuple[Places, npt.NDArray[np.bool_]]:
    """Where each feature stands in a vocabulary, and whether it does."""
    places = np.minimum(vocabulary.hashes.searchsorted(features.hashes), len(vocabulary.hashes) - 1)
    return places, vocabulary.hashes[places] == features.hashes


def _bounds_of(known: npt.NDArray[np.bool_], features: Features) -> Places:
    """Where the blocks of each text begin and end among the ``known`` features alone."""
    so_far = np.concatenate([[0], np.cumsum(known)])
    return np.asarray(so_far[features.bounds[np.arange(len(features.bounds)) % 3 != 1]], np.intp)


def _sums(values: npt.NDArray[Any], bounds: Places) -> npt.NDArray[Any]:
    """The sum of the values between each bound and the next."""
    so_far = np.concatenate([[0], np.cumsum(values)])
    return np.asarray(so_far[bounds[1:]] - so_far[bounds[:-1]])
