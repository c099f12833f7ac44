"""From what two questions share to the probability that they ask the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from bot.grouping.leanings import Likeness
from bot.grouping.pairs import Pair
from bot.grouping.trees import Trees

SAME: Final = 0.78
"""From this probability a question joins a group when it comes; ``Grouper.sort`` then weighs all that is near. Of the
pairs put together on arrival alone 98 to 100 in 100 ask the same on the halves of tests/questions/topics.jsonl but
the hardest; with 0.70 seven fewer on one of them (23 Nov 2026)."""

_FILE: Final = Path(__file__).parent / "trees.npz"
"""Boosted trees, one set for two questions in one language and one for two languages; ``tests/bench/fit_grouping.py``
writes them. A logistic function of the same figures puts more of the strangers' questions wrongly together and lets
fewer meet; without ``nearness`` so do the trees (22 Nov 2026)."""

LEANINGS: Final = (25, 26)
"""The places of the likenesses among the figures: the more alike, the likelier, whatever else."""


# Strangers ask of things that are in no table. One thing that two questions share (a balcony) then says little: the
# words that tell them apart (to grill on it, a neighbour who smokes on it) cannot be read. That is taken off; it
# matters most in a small city, where the leanings of two questions are often alike.
ONE_THING: Final = 0.6
"""Two questions that share less than this beside the most telling thing share one thing only."""
SOME_UNREAD: Final = 0.7
MOST_UNREAD: Final = 1.7
"""Weight of words that cannot be read up to which nothing is taken off, and from which all of it."""
UNLIKE: Final = 0.3
ALIKE: Final = 0.7
"""Likeness of the labels up to which all of it is taken off, and from which nothing."""
DOUBT: Final = 4.5
"""What is taken off at most, before the logistic function."""


def probabilities(pairs: Sequence[tuple[Pair, Likeness]]) -> list[float]:
    """0–1 for each pair; with it goes how alike what the matcher makes of the two is."""
    found = [0.0] * len(pairs)
    for trees, same_language in zip(learnt(), (True, False), strict=True):
        places = [place for place, (pair, _) in enumerate(pairs) if pair.same_language == same_language]
        if places:
            scores = trees.of(np.array([figures(*pairs[place]) for place in places], np.float32))
            for place, score in zip(places, scores.tolist(), strict=True):
                found[place] = 1 / (1 + math.exp(_doubt(*pairs[place]) - score))
    return found


def figures(pair: Pair, likeness: Likeness) -> tuple[float, ...]:
    """What the trees look at, in their order."""
    near = pair.nearness
    return (
        min(pair.one, pair.other),
        max(pair.one, pair.other),
        pair.shared,
        pair.solid,
        pair.beside,
        pair.unread,
        *pair.missing,
        *pair.tokens,
        *pair.weights,
        near.things,
        near.direction,
        *near.covered,
        *near.rarest,
        near.shared,
        *pair.wishes,
        likeness.needs,
        likeness.labels,
        pair.same_language,
    )


@lru_cache(maxsize=1)
def learnt() -> tuple[Trees, Trees]:
    """What was learnt: for two questions in one language, and in two."""
    with np.load(_FILE) as file:
        within, across = (
            Trees(
                file[f"{name}_figures"].astype(np.intp),
                file[f"{name}_limits"],
                file[f"{name}_values"],
                float(file[f"{name}_base"]),
            )
            for name in ("within", "across")
        )
    return within, across


def _doubt(pair: Pair, likeness: Likeness) -> float:
    """What is taken off because one thing alone is shared and words beside it cannot be read."""
    if pair.beside >= ONE_THING:
        return 0.0
    unread = _between(pair.unread, SOME_UNREAD, MOST_UNREAD)
    return DOUBT * unread * (1 - _between(likeness.labels, UNLIKE, ALIKE))


def _between(value: float, low: float, high: float) -> float:
    """How far (0–1) a value is on the way from ``low`` to ``high``."""
    return min(1.0, max(0.0, (value - low) / (high - low)))
