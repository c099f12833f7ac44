"""Folded texts with what is looked up of them: the features of several texts take hardly longer than those of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.matching.features import Features, features_of
from bot.matching.parts import words_in


@dataclass(frozen=True, slots=True)
class Said:
    """Some folded texts."""

    folded: tuple[str, ...]
    features: Features
    words: tuple[float, ...]
    """How long they are (``words_in``)."""

    def of(self, first: int, end: int) -> Said:
        """The texts from one place to another (exclusive)."""
        bounds = self.features.bounds[3 * first : 3 * end + 1]
        own = slice(bounds[0], bounds[-1])
        features = Features(self.features.hashes[own], self.features.weights[own], bounds - bounds[0])
        return Said(self.folded[first:end], features, self.words[first:end])

    def __add__(self, other: Said) -> Said:
        one, two = self.features, other.features
        features = Features(
            np.concatenate([one.hashes, two.hashes]),
            np.concatenate([one.weights, two.weights]),
            np.concatenate([one.bounds, two.bounds[1:] + one.bounds[-1]]),
        )
        return Said(self.folded + other.folded, features, self.words + other.words)


def said(*folded: str) -> Said:
    """Texts that ``bot.text.fold`` has folded."""
    return Said(folded, features_of(*folded), tuple(map(words_in, folded)))
