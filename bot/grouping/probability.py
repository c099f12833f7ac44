"""From what two questions share to the probability that they ask the same."""

from __future__ import annotations

import math
from typing import Final

from bot.grouping.leanings import Likeness
from bot.grouping.pairs import Pair

SAME: Final = 0.74
"""From this probability a question joins a group: rather a group too many than two questions wrongly together. With
0.70 two or three more of 100 pairs meet, and of the tuning pairs put together 95 instead of 96 in 100 ask the same
within a language (22 Nov 2026, ``make bench-grouping``)."""
MOST_SHARED: Final = 2.5
"""Weight of what two questions share beyond which more says no more."""
MOST_SOLID: Final = 1.5
"""… and of the things alone."""

# Logistic functions, one within a language and one across, fitted by likelihood on the tuning half of
# tests/questions/topics.jsonl and the half of the strangers' questions that was looked at: how much the less and the
# more covered question is covered, what they share, what of that are things, how alike the needs and all labels are to
# which they lean, and the most telling thing that only one of them has (the smaller one, the larger one).
_WITHIN: Final = (-0.22, -0.09, 2.34, 1.79, 0.76, 2.54, -2.58, -3.23, -2.8)
_ACROSS: Final = (2.38, -0.67, 2.35, 1.6, 0.82, 4.14, -3.02, -2.14, -4.48)


# Strangers ask of things that are in no table. One thing that two questions share (a balcony) then says little: the
# words that tell them apart (to grill on it, a neighbour who smokes on it) cannot be read. That is taken off; it
# matters most in a small city, where the leanings of two questions are often alike.
ONE_THING: Final = 0.6
"""Two questions that share less than this beside the most telling thing share one thing only."""
SOME_UNREAD: Final = 0.5
MOST_UNREAD: Final = 1.0
"""Weight of words that cannot be read up to which nothing is taken off, and from which all of it."""
UNLIKE: Final = 0.3
ALIKE: Final = 0.7
"""Likeness of the labels up to which all of it is taken off, and from which nothing."""
DOUBT: Final = 1.2
"""What is taken off at most, before the logistic function."""


def probability(pair: Pair, likeness: Likeness) -> float:
    """0–1; ``likeness``: of what the matcher makes of the two."""
    low, high = sorted((pair.one, pair.other))
    shared, solid = min(pair.shared, MOST_SHARED), min(pair.solid, MOST_SOLID)
    figures = (low, high, shared, solid, likeness.needs, likeness.labels, *pair.missing, 1.0)
    score = sum(w * f for w, f in zip(_WITHIN if pair.same_language else _ACROSS, figures, strict=True))
    return 1 / (1 + math.exp(_doubt(pair, likeness) - score))


def _doubt(pair: Pair, likeness: Likeness) -> float:
    """What is taken off because one thing alone is shared and words beside it cannot be read."""
    if pair.beside >= ONE_THING:
        return 0.0
    unread = _between(pair.unread, SOME_UNREAD, MOST_UNREAD)
    return DOUBT * unread * (1 - _between(likeness.labels, UNLIKE, ALIKE))


def _between(value: float, low: float, high: float) -> float:
    """How far (0–1) a value is on the way from ``low`` to ``high``."""
    return min(1.0, max(0.0, (value - low) / (high - low)))
