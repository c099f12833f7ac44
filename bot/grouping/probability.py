"""From what two questions share to the probability that they ask the same."""

from __future__ import annotations

import math
from typing import Final

from bot.grouping.pairs import Pair

SAME: Final = 0.76
"""From this probability a question joins a group: rather a group too many than two questions wrongly together. 0.65
with ``grouper.AGREE`` 0.9 is better on the tuning half, and wrong in 6 of 100 pairs of the measuring one."""
MOST_SHARED: Final = 2.5
"""Weight of what two questions share beyond which more says no more."""
MOST_SOLID: Final = 1.5
"""… and of the things alone."""

# Logistic functions, one within a language and one across, fitted by likelihood on the tuning half of
# tests/questions/topics.jsonl: how much the less and the more covered question is covered, what they share, what of
# that are things, how alike their needs are, and the most telling thing that only one of them has (the smaller one,
# the larger one).
_WITHIN: Final = (1.1, 1.9, 2.6, 1.7, 1.1, -3.3, -2.85, -2.95)
_ACROSS: Final = (6.5, 1.9, 1.55, 1.4, 1.45, -3.4, -1.5, -4.45)


def probability(pair: Pair, needs: float) -> float:
    """0–1; ``needs``: how alike the needs are that are nearest to both (0–1)."""
    low, high = sorted((pair.one, pair.other))
    figures = (low, high, min(pair.shared, MOST_SHARED), min(pair.solid, MOST_SOLID), needs, *pair.missing, 1.0)
    score = sum(w * f for w, f in zip(_WITHIN if pair.same_language else _ACROSS, figures, strict=True))
    return 1 / (1 + math.exp(-score))
