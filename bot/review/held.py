"""A grouper that follows the store. Weighing words takes its time: only what differs is read in, and much of it a
little at a time, so that people are answered meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.grouping import Grouper, Move, Placement
from bot.guide import Guide

SLICE_S: Final = 0.002
"""How long words are weighed at a stretch; five thousand questions take four seconds in all."""


@dataclass(frozen=True, slots=True)
class HeldText:
    """A text and the group that it stands in."""

    group: int
    text: str
    language: str


class Held:
    """Wordings by number."""

    def __init__(self, guide: Callable[[], Guide]) -> None:
        self._grouper = Grouper(guide)
        self._wordings: dict[int, HeldText] = {}
        self._to_add: dict[int, HeldText] = {}

    def follow(self, wordings: Mapping[int, HeldText]) -> None:
        """Hold exactly these; new ones come in by ``gather``."""
        for number in self._wordings.keys() - wordings.keys():
            self.remove(number)
        self._to_add = {
            number: wording for number, wording in wordings.items() if self._wordings.get(number) != wording
        }

    @property
    def is_behind(self) -> bool:
        """Whether ``gather`` has something to do."""
        return bool(self._to_add)

    async def gather(self) -> None:
        """Return when all are held, the newest first; others have turns meanwhile."""
        until = time.perf_counter() + SLICE_S
        while self._to_add:
            self.add(*self._to_add.popitem())
            if time.perf_counter() > until:
                await asyncio.sleep(0)
                until = time.perf_counter() + SLICE_S

    def add(self, number: int, wording: HeldText) -> None:
        self._to_add.pop(number, None)
        self._wordings[number] = wording
        self._grouper.add(number, wording.group, wording.text, wording.language)

    def remove(self, number: int) -> None:
        """One that is not there is no fault."""
        self._to_add.pop(number, None)
        self._wordings.pop(number, None)
        self._grouper.remove(number)

    def place(self, text: str, language: str) -> Placement:
        """Where a new text belongs (``Grouper.place``)."""
        return self._grouper.place(text, language)

    def sort(self, number: int, touched: Collection[int], new_group: Callable[[], int]) -> tuple[Move, ...]:
        """What goes where now that this one has come (``Grouper.sort``)."""
        return self._grouper.sort(number, touched, new_group)

    def move(self, number: int, group: int) -> None:
        """It stands in another group now; one that is not there (any more) is no fault."""
        if number in self._wordings:
            self._wordings[number] = replace(self._wordings[number], group=group)
            self._grouper.move(number, group)

    def near(self, group: int, limit: int, apart: frozenset[int]) -> tuple[Placement, ...]:
        """Other groups that may ask the same (``Grouper.near``)."""
        return self._grouper.near(group, limit, apart)
