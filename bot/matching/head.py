"""One language's linear scorer: a text's features in, a margin for every label out.

One-vs-rest linear SVM over tf-idf weighted words, pairs and character n-grams. A feature that the language does not
know adds to the text's length but to no label, so that the margins of a text in another language stay near the
intercept: the heads can be summed. Weights are kept as int8 with one scale a feature. What stands in one phrase alone
weighs like everything else of that phrase, but for its scale: such features share a row, and of 198 MB of weights 121
are left (22 Nov 2026).

Behind the columns of the labels stands one more, the *alarm*: all urgent labels together against everything else. A
classifier of each urgent label takes the other urgent ones for strangers; this one does not.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bot.matching.features import Floats, Places
from bot.matching.lexicon import Vocabulary
from bot.matching.rows import Rows

FORMAT: Final = 6
"""Raised when the files of a cached head change their meaning."""
_MAPPED: Final = ("hashes", "idf")


@dataclass(frozen=True, slots=True)
class Head:
    language: str
    labels: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Rows
    """Rows × (labels and the alarm), those of the commonest features first."""
    which: npt.NDArray[np.int32]
    """The row of each feature of the vocabulary."""
    scales: Floats
    toward: Floats
    """What it says that a text lies in a direction: dimensions × (labels and the alarm); none but in the head that all
    languages share."""
    bias: Floats

    def sums(self, rows: Places, values: Floats, bounds: Places) -> Floats:
        """What the words and the n-grams of some texts say for every label and the alarm: texts × 2 × (labels + 1).

        ``rows``: the known features, words and n-grams of each text by turns, from one of ``bounds`` to the next.
        A text's two rows and ``bias`` together are the margins; above 0 the label's own classifier says yes.
        """
        scaled = values * self.scales.take(rows)
        weights = self.weights_of(rows)
        sums = np.zeros((len(bounds) - 1, weights.shape[1]), np.float32)
        edges = bounds.tolist()
        for block, (start, end) in enumerate(itertools.pairwise(edges)):
            if start < end:
                np.dot(scaled[start:end], weights[start:end], out=sums[block])
        return sums.reshape(-1, 2, weights.shape[1])

    def weights_of(self, features: Places) -> Floats:
        """The rows of some features, which are given by their places, without their scales."""
        return self.weights.take(self.which.take(features)).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write the arrays of a head that was not loaded into ``folder``, which must exist."""
        arrays: dict[str, npt.NDArray[Any]] = {
            "hashes": self.vocabulary.hashes, "idf": self.vocabulary.idf, "weights": self.weights.common,
            "which": self.which, "scales": self.scales, "toward": self.toward,
            "bias": self.bias,
        }  # fmt: skip
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array)
        unseen = self.vocabulary.unseen_idf
        about = {"format": FORMAT, "language": self.language, "labels": self.labels, "unseen_idf": unseen}
        (folder / "head.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Head:
        """The head that was saved in ``folder``. Raises OSError, ValueError or KeyError when they are not whole."""
        about = json.loads((folder / "head.json").read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise ValueError(f"format {about['format']}")
        # As plain arrays over the mapped files: numpy's memmap class costs time at every access.
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray) for name in _MAPPED}
        vocabulary = Vocabulary(arrays["hashes"], arrays["idf"], about["unseen_idf"])
        return cls(
            about["language"],
            tuple(about["labels"]),
            vocabulary,
            Rows.load(folder / "weights.npy"),
            *(np.load(folder / f"{name}.npy") for name in ("which", "scales", "toward", "bias")),
        )
