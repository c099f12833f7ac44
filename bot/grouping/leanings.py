"""What the matcher makes of a question that it cannot answer: to what it leans, below every threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.matching.features import Floats
from bot.matching.matcher import Reading


@dataclass(frozen=True, slots=True)
class Leaning:
    """To what one question leans."""

    needs: Floats
    """The confidence (0–1) of each need: sharp, nearly all of it is the best one's."""
    labels: Floats
    """How far the margin of each label stands above the mean of all, 0 for those below: broad, also where no need is
    near."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike (0–1) the leanings of two questions are."""

    needs: float
    labels: float


EQUAL: Final = Likeness(1.0, 1.0)


def leaning_of(reading: Reading) -> Leaning:
    margins = reading.scores.margins
    return Leaning(reading.confidences, np.maximum(margins - margins.mean(), 0))


def likeness(one: Leaning, other: Leaning) -> Likeness:
    return Likeness(_cosine(one.needs, other.needs), _cosine(one.labels, other.labels))


def _cosine(one: Floats, other: Floats) -> float:
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return max(0.0, float(one @ other) / lengths) if lengths else 0.0
