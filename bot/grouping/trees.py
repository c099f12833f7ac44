"""Boosted decision trees: many small ones whose values add up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.matching.features import Floats, Places

DEPTH: Final = 2
"""Questions that each tree asks of a row, one after the other."""
ENDS: Final = 2**DEPTH


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees of ``DEPTH``. Below question ``i`` of a tree stand ``2i + 1``, where the answer is no, and ``2i + 2``;
    behind the last questions the ends."""

    figures: Places
    """Trees × questions: which figure of a row is looked at …"""
    limits: Floats
    """… and whether it is more than this."""
    values: Floats
    """Trees × ends: what is added."""
    base: float

    def of(self, rows: Floats) -> Floats:
        """What they make of each row of figures."""
        trees = np.arange(len(self.figures))
        places = np.zeros((len(rows), len(trees)), np.intp)
        for _ in range(DEPTH):
            asked = np.take_along_axis(rows, self.figures[trees, places], axis=1)
            places = 2 * places + 1 + (asked > self.limits[trees, places])
        return np.asarray(self.values[trees, places - (ENDS - 1)].sum(axis=1) + self.base, np.float32)
