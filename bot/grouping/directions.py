"""Which open questions lie near a new one, also where they share no word and no thing."""

from __future__ import annotations

from typing import Final

import numpy as np

from bot.matching.features import Floats

_ROWS: Final = 64
"""For so many questions there is room at first; where there is none left, it is doubled."""


class Directions:
    """The directions (``nearness.Said``) of questions, by their ids; they are compared with a new one all at once."""

    def __init__(self) -> None:
        self._rows: Floats = np.zeros((0, 0), np.float32)
        self._ids: list[int] = []
        self._places: dict[int, int] = {}

    def add(self, question: int, direction: Floats) -> None:
        """Of a question that is not there yet."""
        place = len(self._ids)
        if place == len(self._rows):
            more = np.zeros((max(_ROWS, place), len(direction)), np.float32)
            self._rows = np.concatenate([self._rows, more]) if place else more
        self._rows[place] = direction
        self._places[question] = place
        self._ids.append(question)

    def remove(self, question: int) -> None:
        """Raises KeyError when it is not there. Nothing of it stays: the last one takes its place."""
        place, last = self._places.pop(question), self._ids.pop()
        if last != question:
            self._rows[place] = self._rows[len(self._ids)]
            self._ids[place] = last
            self._places[last] = place
        self._rows[len(self._ids)] = 0

    def nearest(self, direction: Floats, number: int, least: float) -> list[int]:
        """At most ``number`` questions, of a likeness of more than ``least`` (up to 1)."""
        if not self._ids:
            return []
        likeness = self._rows[: len(self._ids)] @ direction
        near = (likeness > least).nonzero()[0]
        if len(near) > number:
            near = near[np.argpartition(-likeness[near], number)[:number]]
        return [self._ids[place] for place in near.tolist()]
