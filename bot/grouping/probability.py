"""From what two questions share to the probability that they ask the same; what decides in grouping stands here."""

from __future__ import annotations

import math
from typing import Final

from bot.grouping.pairs import Pair

SAME: Final = 0.7
"""From this probability a question joins a group: rather a group too many than two questions wrongly together."""
MOST_SHARED: Final = 2.5
"""Weight of what two questions share beyond which more says no more."""

ALONE: Final = 1.05
"""Two questions of two languages that share no more than one thing …"""
TELLING: Final = 0.4
"""… while one of them speaks of something of this weight besides …"""
DOUBT: Final = 1.0
"""… are taken for the same only when all else is very clear: "old sofa, where to" and "free sofa"."""

WHOLE: Final = 0.8
"""… or less than this of one of them is covered: whatever else it says was not understood."""
THIN: Final = 1.2

# Logistic functions, one within a language and one across, fitted by likelihood on the tuning half of
# tests/questions/topics.jsonl: how much the less and the more covered question is covered, what they share, how alike
# their needs are, and the most telling thing that only one of them has (the smaller one, the larger one).
_WITHIN: Final = (2.15, 1.55, 3.6, 0.4, -2.7, -3.15, -2.5)
_ACROSS: Final = (5.1, 2.6, 3.4, 1.0, -3.0, -2.4, -3.9)


def probability(pair: Pair) -> float:
    """0–1."""
    low, high = sorted((pair.one, pair.other))
    figures = (low, high, min(pair.shared, MOST_SHARED), pair.needs, *pair.missing, 1.0)
    score = sum(w * f for w, f in zip(_WITHIN if pair.same_language else _ACROSS, figures, strict=True))
    if pair.shared <= ALONE and not pair.same_language:
        score -= DOUBT * (pair.missing[1] >= TELLING) + THIN * (low < WHOLE)
    return 1 / (1 + math.exp(-score))
