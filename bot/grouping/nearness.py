"""How near what two texts speak of is, also where they name no thing alike: firewood and birch logs lie in nearly one
direction. Grouping has directions of its own, in ``nearness.npz`` beside this module, which
``tests/bench/fit_directions.py`` writes: by those of the thesaurus, which know of words in common too, buying lies so
near selling that of strangers' questions put together 88 instead of 94 of 100 ask the same (23 Nov 2026).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from bot.matching.features import Floats, Places
from bot.matching.meanings import pieces
from bot.thesaurus import Things
from bot.thesaurus.directions import Directions

_FILE: Final = Path(__file__).parent / "nearness.npz"
MOST_WORDS: Final = 60
"""Words of a text that are looked up."""


@dataclass(frozen=True, slots=True)
class SpokenOf:
    """What a text speaks of, word by word: all things that a word may mean, loose ones too."""

    things: Places
    """Their places in the table, word by word."""
    firsts: Places
    """Where among them the things of each word begin."""
    weights: Floats
    """How rare what each word means is in the phrases: it says the more. Of several meanings the commonest counts."""
    direction: Floats
    """Where they lie together, of length 1."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near two texts are to each other. ``rarest`` and ``shared`` are weights, all else is 0–1."""

    things: float
    """How much of what they speak of is the same."""
    direction: float
    """How alike the directions are; below 0 where they are opposed."""
    covered: tuple[float, float]
    """How near the things of one text are to the nearest ones of the other; the lower share first."""
    rarest: tuple[float, float]
    """Weight of the most telling thing of one text to which nothing in the other is near; the smaller one first."""
    shared: float
    """Weight of the things that both name."""


NOT_NEAR: Final = Nearness(0.0, 0.0, (0.0, 0.0), (9.0, 9.0), 0.0)
"""When nothing is known of one of the two."""


class Table:
    """Lays texts beside each other by where their things lie."""

    def __init__(self, directions: Directions) -> None:
        self._directions = directions
        self._places, self._vectors = directions.places, directions.vectors

    def spoken_of(self, words: Iterable[Iterable[str]]) -> SpokenOf:
        """``words``: the things that each word of a text may mean; those that the table lacks are left out."""
        places = [[self._places[thing] for thing in word if thing in self._places] for word in words]
        # What is said twice is said once.
        places = [list(word) for word in dict.fromkeys(tuple(sorted(word)) for word in places if word)]
        things = np.array([place for word in places for place in word], np.intp)
        counts = np.array([len(word) for word in places], np.intp)
        firsts = np.cumsum(counts) - counts
        own = self._directions.weights[things]
        weights = np.minimum.reduceat(own, firsts) if len(firsts) else own
        direction = self._directions.sum_of(places)
        length = max(float(np.linalg.norm(direction)), 1e-9)
        return SpokenOf(things, firsts, weights, np.asarray(direction / length, np.float32))

    def nearness_to_each(self, one: SpokenOf, others: Sequence[SpokenOf]) -> list[Nearness]:
        """How near one text is to each of several, which are looked at together: sixty one by one take ten times as
        long."""
        known = [place for place, other in enumerate(others) if other.weights.any()] if one.weights.any() else []
        found = [NOT_NEAR] * len(others)
        if known:
            for place, near in zip(known, self._near_to_each(one, [others[place] for place in known]), strict=True):
                found[place] = near
        return found

    def _near_to_each(self, one: SpokenOf, others: Sequence[SpokenOf]) -> list[Nearness]:
        things = np.concatenate([other.things for other in others])
        weights = np.concatenate([other.weights for other in others])
        texts, words = (
            _starts([len(other.things) for other in others]),
            _starts([len(other.weights) for other in others]),
        )
        firsts = np.concatenate([other.firsts + start for other, start in zip(others, texts.tolist(), strict=True)])
        same = one.things[:, None] == things[None, :]
        near = np.maximum(np.where(same, np.float32(1), self._vectors[one.things] @ self._vectors[things].T), 0)
        # Words of the one × texts, and the words of all the others.
        of_one = np.maximum.reduceat(np.maximum.reduceat(near, texts, axis=1), one.firsts, axis=0)
        of_others = np.maximum.reduceat(near.max(axis=0), firsts)
        both = np.logical_or.reduceat(np.logical_or.reduceat(same, texts, axis=1), one.firsts, axis=0)
        own = one.weights[:, None]
        covered = (one.weights @ of_one / own.sum(), np.add.reduceat(weights * of_others, words))
        rarest = ((own * (1 - of_one)).max(axis=0), np.maximum.reduceat(weights * (1 - of_others), words))
        lengths = np.linalg.norm(one.weights) * np.sqrt(np.add.reduceat(weights**2, words))
        columns = (
            (own**2 * both).sum(axis=0) / lengths,
            np.stack([other.direction for other in others]) @ one.direction,
            *np.sort((covered[0], covered[1] / np.add.reduceat(weights, words)), axis=0),
            *np.sort(rarest, axis=0),
            (own * both).sum(axis=0),
        )
        return [
            Nearness(things, direction, (less, more), (lighter, heavier), shared)
            for things, direction, less, more, lighter, heavier, shared in zip(
                *(column.tolist() for column in columns), strict=True
            )
        ]


def _starts(lengths: Sequence[int]) -> Places:
    """Where each of some rows begins when they stand one behind the other."""
    return np.cumsum([0, *lengths[:-1]])


@lru_cache(maxsize=1)
def table() -> Table:
    return Table(Directions.load(_FILE))


def meant(things: Things, folded: str, language: str) -> list[tuple[str, ...]]:
    """What a folded text speaks of, word by word: the things that each word, or name of several words, may mean."""
    words = pieces(things, folded.split()[:MOST_WORDS], language)
    spans = things.longest_spans(words, language)
    said: list[tuple[str, ...]] = []
    index = 0
    while index < len(words):
        end, names = spans.get(index, (index + 1, []))
        parts = [part for word in words[index:end] for part in things.named(word, language)]
        # Both what a name means and what its words do: "birth certificate" is a certificate too.
        said += [(*names, *(thing for part in parts for thing in part))] if names else map(tuple, parts)
        index = end
    return said
