"""From what two questions share to the probability that they ask the same; every threshold of grouping stands here."""

from __future__ import annotations

import math
from typing import Final

from bot.grouping.pairs import Pair

SAME: Final = 0.5
"""From this probability a question joins a group. Set on the tuning half of tests/questions/pairs.jsonl so that of
the pairs it makes at least 95 in 100 are right."""


def probability(pair: Pair) -> float:
    """0–1."""
    low, high = sorted((pair.one, pair.other))
    score = 9.0 * low + 3.0 * high + 1.2 * min(pair.shared, 2.0) + 1.0 * pair.needs - 9.0
    return 1 / (1 + math.exp(-score))
