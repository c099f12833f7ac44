"""One-vs-rest linear SVMs with squared hinge loss, all labels at once, solved in the dual by coordinate descent (Hsieh
et al. 2008, as in liblinear).

Some phrases take their steps together, and how far they go is the exact best for each label (in liblinear a phrase goes
alone): most steps touch few labels, so that they seldom hinder each other, and a few calls do the work of many. Steps
are a little longer than best, which needs fewer passes; in the end the intercepts alone are set right, which sway most.
Against one phrase after another the shared head is learnt in two fifths of the time, those of languages, whose phrases
have more features, in five sixths (22 Nov 2026). Nothing but NumPy has to be loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from bot.matching.features import Floats, Places

C: Final = 1.0
"""Inverse strength of the L2 penalty. 0.5, 1 and 3 were compared on the development questions (21 Nov 2026): within
0.3 points of each other."""
BEYOND: Final = 1.2
"""So much farther than best goes a step: 1.2 saves a pass of eight; 1.5 saves no more."""
LAST_STEPS: Final = 5
"""Newton steps of the intercepts: they then stand still."""

_LOSS: Final = 1 / (2 * C)

Members: TypeAlias = npt.NDArray[np.bool_]
_Batch: TypeAlias = tuple[Places, Places, Floats, Floats]
"""Some phrases, the features that they have, the values (phrases × features), and how much each phrase is in the way of
each (phrases × phrases)."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Phrases × features, only what is not 0: row i has the entries ``ends[i]`` to ``ends[i + 1]``."""

    features: Places
    values: Floats
    ends: Places
    dense: Floats
    """What every phrase has besides: phrases × such features."""

    @property
    def phrases(self) -> Places:
        """The phrase of each entry."""
        return np.repeat(np.arange(len(self.ends) - 1), np.diff(self.ends))


@dataclass(frozen=True, slots=True)
class Solution:
    """What is learnt."""

    weights: Floats
    """Features × columns."""
    dense: Floats
    """The same for the dense features."""
    bias: Floats
    """The intercept of each column."""
    margins: Floats
    """Phrases × columns: what is said of the very phrases."""
    pulls: Floats
    """Phrases × columns: how much of that comes from the phrase itself."""


def descended(
    matrix: Matrix, count: int, members: Members, of_phrase: Sequence[int], passes: int, together: int
) -> Solution:
    """The solution after so many passes over all phrases.

    ``count``: how many features there are; ``members``: labels × columns, which labels are on a column's side;
    ``of_phrase``: the label of each phrase; ``together``: how many phrases take a step together.
    """
    matrix, alike, often = _joined(matrix, count)
    labels, columns = np.array(of_phrase), members.shape[1]
    order = np.random.default_rng(0)
    batches = _batches(matrix, len(often), order.permutation(len(labels)), together)
    weights = np.zeros((len(often) + 1, columns), np.float32)
    dense = np.zeros((matrix.dense.shape[1], columns), np.float32)
    pulls = np.zeros((len(labels), columns), np.float32)
    """How much each phrase pulls at each column: its dual variable with the sign of its side."""
    signs = np.where(members, 1, -1).astype(np.float32)
    squares = np.bincount(matrix.phrases, matrix.values**2, len(labels)) + (matrix.dense**2).sum(axis=1) + 1
    steps = (BEYOND / (squares + _LOSS)).astype(np.float32)[:, None]

    # A row as a single item: gathered and put back with one copy each, in a third of the time.
    rows = weights.view(f"V{weights.itemsize * columns}")[:, 0]
    longest = max(len(features) for _, features, *_ in batches)
    gathered, changes = np.empty((longest, columns), np.float32), np.empty((longest, columns), np.float32)
    gathered_rows = gathered.view(rows.dtype)[:, 0]
    for _ in range(passes):
        for place in order.permutation(len(batches)).tolist():
            phrases, features, values, curve = batches[place]
            here = gathered[: len(features)]
            rows.take(features, None, gathered_rows[: len(features)], "clip")
            before, side = pulls.take(phrases, 0), signs.take(labels[phrases], 0)
            # How far each phrase is from being just far enough on its side, the others' pulls being as they are.
            lack = side - values @ here
            besides = matrix.dense.take(phrases, 0)
            lack -= besides @ dense
            lack -= _LOSS * before
            step = lack * steps[phrases]
            step += before
            step *= side  # nobody pulls to the other side
            np.maximum(step, 0, out=step)
            step *= side
            step -= before
            if together > 1:  # of all these steps, as much as is best for the column
                lack *= step
                bent = curve @ step
                bent *= step
                step *= np.minimum(BEYOND * lack.sum(axis=0) / np.maximum(bent.sum(axis=0), np.float32(1e-12)), 1)
            before += step
            pulls[phrases] = before
            dense += besides.T @ step
            here += np.matmul(values.T, step, out=changes[: len(features)])
            rows[features] = gathered_rows[: len(features)]
    margins = np.empty_like(pulls)
    for phrases, features, values, _ in batches:
        margins[phrases] = values[:, :-1] @ weights[features[:-1]]
    margins += matrix.dense @ dense
    intercepts = [_intercept(margins[:, c], signs[labels, c], float(weights[-1, c])) for c in range(columns)]
    bias = np.array(intercepts, np.float32)
    margins += bias
    pulls *= squares.astype(np.float32)[:, None]
    weights /= np.sqrt(np.append(often, 1), dtype=np.float32)[:, None]
    return Solution(weights[alike], dense, bias, margins, pulls)


def _intercept(margins: Floats, signs: Floats, bias: float) -> float:
    """The best intercept of a column, from one near it and the margins without it."""
    for _ in range(LAST_STEPS):
        lack = signs - margins - np.float32(bias)
        lack = lack[lack * signs > 0]
        bias -= (bias - 2 * C * float(lack.sum(dtype=np.float64))) / (1 + 2 * C * len(lack))
    return bias


def _joined(matrix: Matrix, count: int) -> tuple[Matrix, Places, Places]:
    """The same with one feature for all that stand in the same phrases with the same values, like the n-grams of a rare
    word; for each of the ``count`` features the one that stands for it, and for how many each one stands."""
    phrases = matrix.phrases
    salts = np.random.default_rng(1).integers(1 << 63, size=len(matrix.ends), dtype=np.uint64)
    marks = salts[phrases] * (matrix.values.view(np.uint32).astype(np.uint64) * np.uint64(2) + np.uint64(1))
    order = np.argsort(matrix.features, kind="stable")
    firsts = np.searchsorted(matrix.features[order], np.arange(count))
    looks = np.add.reduceat(marks[order], firsts)
    _, first, alike, often = np.unique(looks, return_index=True, return_inverse=True, return_counts=True)
    stays = first[alike[matrix.features]] == matrix.features
    features, values = alike[matrix.features[stays]], matrix.values[stays]
    ends = np.concatenate([[0], np.cumsum(stays)])[matrix.ends]
    values *= np.sqrt(often[features]).astype(np.float32)
    return Matrix(features, values, ends, matrix.dense), alike, often


def _batches(matrix: Matrix, count: int, order: Places, together: int) -> list[_Batch]:
    """``together`` phrases at a time in this order, each with one more feature of value 1, whose weight is the
    intercept."""
    number = -(-len(order) // together)
    places = np.empty(len(order), np.intp)
    places[order] = np.arange(len(order))
    entries = places[np.concatenate([matrix.phrases, np.arange(len(order))])]
    features = np.concatenate([matrix.features, np.full(len(order), count)])
    found, which = np.unique(entries // together * (count + 1) + features, return_inverse=True)
    starts = np.searchsorted(found, np.arange(number + 1) * (count + 1))
    batch = entries // together
    sizes = np.diff(starts)
    values = np.zeros(together * len(found), np.float32)
    cells = together * starts[batch] + entries % together * sizes[batch] + which - starts[batch]
    values[cells] = np.concatenate([matrix.values, np.ones(len(order), np.float32)])
    batches = []
    for place, (start, end) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)):
        phrases = order[place * together : (place + 1) * together]
        own = values[together * start : together * end].reshape(together, -1)[: len(phrases)]
        dense = matrix.dense[phrases]
        curve = own @ own.T + dense @ dense.T + _LOSS * np.eye(len(own), dtype=np.float32)
        batches.append((phrases, found[start:end] % (count + 1), own, curve))
    return batches
