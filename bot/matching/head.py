"""One language's linear scorer: a text's features in, a margin for every label out.

One-vs-rest linear SVM over tf-idf weighted words, pairs and character n-grams. A feature that the language does not
know adds to the text's length but to no label, so that the margins of a text in another language stay near the
intercept: the heads can be summed. Weights are kept as int8 with one scale a feature and are memory-mapped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bot.matching.features import Features, Floats, Hashes

FORMAT: Final = 1
"""Raised when the files of a cached head change their meaning."""
_ARRAYS: Final = ("words", "word_idf", "grams", "gram_idf", "weights", "scales", "bias")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A text's features as one head knows them."""

    rows: npt.NDArray[np.intp]
    values: Floats
    known_words: float
    """0–1: the share of the text's word mass (squared tf-idf) that the language knows."""
    known_grams: float


@dataclass(frozen=True, slots=True)
class Block:
    """The known features of one kind, sorted by hash, with their inverse document frequency."""

    hashes: Hashes
    idf: Floats

    def look_up(self, hashes: Hashes, counts: Floats, unseen_idf: float) -> tuple[npt.NDArray[np.intp], Floats, float]:
        """Rows of the known features, their weights after normalising over *all* features, and the known share."""
        if not len(hashes) or not len(self.hashes):
            return np.zeros(0, np.intp), np.zeros(0, np.float32), 0.0
        rows = np.searchsorted(self.hashes, hashes)
        rows[rows == len(self.hashes)] = 0
        known = self.hashes[rows] == hashes
        weights = np.where(known, self.idf[rows], np.float32(unseen_idf)) * (1 + np.log(counts))
        squares = weights * weights
        total = float(squares.sum())
        own = float(squares[known].sum())
        return rows[known], (weights[known] / np.float32(np.sqrt(total))).astype(np.float32), own / total


@dataclass(frozen=True, slots=True)
class Head:
    language: str
    labels: tuple[str, ...]
    words: Block
    grams: Block
    weights: npt.NDArray[np.int8]
    """features × labels; words' rows first."""
    scales: Floats
    bias: Floats
    unseen_idf: float

    def weigh(self, features: Features) -> Weighed:
        word_rows, word_values, known_words = self.words.look_up(features.words, features.word_counts, self.unseen_idf)
        gram_rows, gram_values, known_grams = self.grams.look_up(features.grams, features.gram_counts, self.unseen_idf)
        rows = np.concatenate([word_rows, gram_rows + len(self.words.hashes)])
        return Weighed(rows, np.concatenate([word_values, gram_values]), known_words, known_grams)

    def margins(self, weighed: Weighed) -> Floats:
        """The margin of every label, in the order of ``labels``; above 0 the label's own classifier says yes."""
        if not len(weighed.rows):
            return self.bias
        scaled = weighed.values * self.scales[weighed.rows]
        return np.asarray(scaled @ self.weights[weighed.rows].astype(np.float32) + self.bias, dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write the head's arrays into ``folder``, which must exist."""
        arrays: dict[str, npt.NDArray[Any]] = {
            "words": self.words.hashes, "word_idf": self.words.idf, "grams": self.grams.hashes,
            "gram_idf": self.grams.idf, "weights": self.weights, "scales": self.scales, "bias": self.bias,
        }  # fmt: skip
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", arrays[name])
        about = {"format": FORMAT, "language": self.language, "labels": self.labels, "unseen_idf": self.unseen_idf}
        (folder / "head.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Head:
        """Map the arrays of ``folder``. Raises OSError, ValueError or KeyError when they are not whole."""
        about = json.loads((folder / "head.json").read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise ValueError(f"format {about['format']}")
        # Only the weights are worth mapping; the small arrays are searched at every question.
        small = {name: np.load(folder / f"{name}.npy") for name in _ARRAYS if name != "weights"}
        weights = np.load(folder / "weights.npy", mmap_mode="r")
        return cls(
            about["language"],
            tuple(about["labels"]),
            Block(small["words"], small["word_idf"]),
            Block(small["grams"], small["gram_idf"]),
            weights,
            small["scales"],
            small["bias"],
            about["unseen_idf"],
        )
