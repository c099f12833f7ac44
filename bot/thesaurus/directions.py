"""Where the things of the thesaurus lie: what people name together, and what one word names in some language, lies in
one direction. Learnt from the phrases of all languages and from the table itself; it stands in ``directions.npz``
beside this module, which ``tests/bench/fit_directions.py`` writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.thesaurus.things import DIRECTIONS_FILE


class Directions:
    """Of each thing how rare it is, and where it lies."""

    def __init__(self, ids: Sequence[str], weights: npt.NDArray[np.floating], vectors: npt.NDArray[np.int8]) -> None:
        """``vectors``: a row a thing, of which the direction counts alone."""
        self.places = {thing: place for place, thing in enumerate(ids)}
        """The row of each thing."""
        self.weights = weights.astype(np.float32)
        """Of each thing: ln(one in how many phrases names it); it says the more."""
        lengths = np.linalg.norm(vectors.astype(np.float32), axis=1, keepdims=True)
        self.vectors = np.asarray(vectors / np.maximum(lengths, 1), np.float32)
        """Rows of length 1."""

    @classmethod
    def load(cls, path: Path) -> Directions:
        """Those that ``tests/bench/fit_directions.py`` wrote."""
        with np.load(path) as file:
            return cls(file["things"].tolist(), file["weights"], file["vectors"])

    def sum_of(self, words: Sequence[Sequence[int]]) -> npt.NDArray[np.float32]:
        """Where a text lies: the directions of what its words name, the rarer the longer. ``words``: the rows of the
        things that each word may mean, which share in it."""
        places = [place for word in words for place in word]
        shares = np.array([1 / len(word) for word in words for _ in word], np.float32)
        return np.asarray((self.weights[places] * shares) @ self.vectors[places], np.float32)


@lru_cache(maxsize=1)
def directions() -> Directions:
    """Those of the one thesaurus."""
    return Directions.load(DIRECTIONS_FILE)
