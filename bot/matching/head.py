"""One language's linear scorer: a text's features in, a margin for every label out.

One-vs-rest linear SVM over tf-idf weighted words, pairs and character n-grams. A feature that the language does not
know adds to the text's length but to no label, so that the margins of a text in another language stay near the
intercept: the heads can be summed. Weights are kept as int8 with one scale a feature and are memory-mapped.

Behind the columns of the labels stands one more, the *alarm*: all urgent labels together against everything else. A
classifier of each urgent label takes the other urgent ones for strangers; this one does not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bot.matching.features import Features, Floats, Hashes

FORMAT: Final = 3
"""Raised when the files of a cached head change their meaning."""
_ARRAYS: Final = ("hashes", "idf", "weights", "scales", "bias")


@dataclass(frozen=True, slots=True)
class Mass:
    """How much there is of a text's words and n-grams (sums of squared tf-idf), and how much of it a language knows."""

    words: float
    grams: float
    known_words: float
    known_grams: float

    @property
    def evidence(self) -> float:
        """0–1: the share that the language knows."""
        words = self.known_words / self.words if self.words else 0.0
        return (words + (self.known_grams / self.grams if self.grams else 0.0)) / 2

    def __add__(self, other: Mass) -> Mass:
        return Mass(
            self.words + other.words,
            self.grams + other.grams,
            self.known_words + other.known_words,
            self.known_grams + other.known_grams,
        )


@dataclass(frozen=True, slots=True)
class Weighed:
    """A text's features as one head knows them."""

    rows: npt.NDArray[np.intp]
    values: Floats
    words: int
    """How many of the first ``rows`` are words or pairs; the rest are n-grams."""
    mass: Mass


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features that a language knows, sorted by hash, with their inverse document frequency."""

    hashes: Hashes
    idf: Floats
    unseen_idf: float
    """Of a feature in no phrase: the largest there can be."""

    def weigh(self, features: Features) -> Weighed:
        """Tf-idf of the known features, each block normalised over *all* its features, known or not."""
        rows = np.searchsorted(self.hashes, features.hashes)
        rows[rows == len(self.hashes)] = 0
        known = self.hashes[rows] == features.hashes
        weights = np.where(known, self.idf[rows], np.float32(self.unseen_idf)) * features.weights
        squares = weights * weights
        own = squares * known
        words = features.words
        total_words, total_grams = float(squares[:words].sum()), float(squares[words:].sum())
        if total_words:
            weights[:words] /= np.float32(np.sqrt(total_words))
        if total_grams:
            weights[words:] /= np.float32(np.sqrt(total_grams))
        mass = Mass(total_words, total_grams, float(own[:words].sum()), float(own[words:].sum()))
        return Weighed(rows[known], weights[known], int(np.count_nonzero(known[:words])), mass)

    def known_words(self, features: Features) -> float:
        """The share (0–1) of the single words' mass that is known: a tenth of the work of ``weigh``."""
        hashes = features.hashes[: features.singles]
        if not len(hashes):
            return 0.0
        rows = np.searchsorted(self.hashes, hashes)
        rows[rows == len(self.hashes)] = 0
        known = self.hashes[rows] == hashes
        squares = np.where(known, self.idf[rows], np.float32(self.unseen_idf)) ** 2
        return float((squares * known).sum() / squares.sum())

    def share_of(self, feature: int) -> float:
        """The share of the phrases (0–1) in which a feature stands; 0 when it is unknown."""
        hashed = np.uint64(feature)
        row = int(np.searchsorted(self.hashes, hashed))
        if row >= len(self.hashes) or self.hashes[row] != hashed:
            return 0.0
        # idf = ln((1+n)/(1+df)) + 1, solved for df/n
        return float(np.exp(1 - self.idf[row]))

    @property
    def documents(self) -> float:
        """How many phrases there were."""
        return float(np.exp(self.unseen_idf - 1))


@dataclass(frozen=True, slots=True)
class Head:
    language: str
    labels: tuple[str, ...]
    vocabulary: Vocabulary
    weights: npt.NDArray[np.int8]
    """features × (labels and the alarm), in the vocabulary's order."""
    scales: Floats
    bias: Floats

    def weigh(self, features: Features) -> Weighed:
        return self.vocabulary.weigh(features)

    def sums(self, weighed: Weighed) -> Floats:
        """What the words (first row) and the n-grams (second row) say for every label and the alarm.

        The two rows and ``bias`` together are the margins; above 0 the label's own classifier says yes.
        """
        scaled = weighed.values * self.scales[weighed.rows]
        weights = self.weights[weighed.rows].astype(np.float32)
        split = weighed.words
        return np.stack([scaled[:split] @ weights[:split], scaled[split:] @ weights[split:]])

    def margins(self, weighed: Weighed) -> Floats:
        """The margin of every label, in the order of ``labels``."""
        return np.asarray((self.sums(weighed).sum(axis=0) + self.bias)[: len(self.labels)], np.float32)

    def save(self, folder: Path) -> None:
        """Write the head's arrays into ``folder``, which must exist."""
        arrays: dict[str, npt.NDArray[Any]] = {
            "hashes": self.vocabulary.hashes, "idf": self.vocabulary.idf, "weights": self.weights,
            "scales": self.scales, "bias": self.bias,
        }  # fmt: skip
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", arrays[name])
        unseen = self.vocabulary.unseen_idf
        about = {"format": FORMAT, "language": self.language, "labels": self.labels, "unseen_idf": unseen}
        (folder / "head.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Head:
        """Map the arrays of ``folder``. Raises OSError, ValueError or KeyError when they are not whole."""
        about = json.loads((folder / "head.json").read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise ValueError(f"format {about['format']}")
        # Only the weights are worth mapping; the small arrays are searched at every question.
        small = {name: np.load(folder / f"{name}.npy") for name in _ARRAYS if name != "weights"}
        # As a plain array over the mapped file: numpy's memmap class costs time at every access.
        weights = np.load(folder / "weights.npy", mmap_mode="r").view(np.ndarray)
        return cls(
            about["language"],
            tuple(about["labels"]),
            Vocabulary(small["hashes"], small["idf"], about["unseen_idf"]),
            weights,
            small["scales"],
            small["bias"],
        )
