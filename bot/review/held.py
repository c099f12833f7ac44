"""A grouper that follows the store: only what differs is read into it, because weighing words takes its time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.grouping import Grouper, Placement
from bot.guide import Guide


@dataclass(frozen=True, slots=True)
class Wording:
    """A text and the group that it stands in."""

    group: int
    text: str
    language: str


class Held:
    """Wordings by number."""

    def __init__(self, guide: Callable[[], Guide]) -> None:
        self._grouper = Grouper(guide)
        self._wordings: dict[int, Wording] = {}

    def follow(self, wordings: Mapping[int, Wording]) -> None:
        """From now on exactly these are held."""
        for number in self._wordings.keys() - wordings.keys():
            self.remove(number)
        for number, wording in wordings.items():
            if self._wordings.get(number) != wording:
                self.add(number, wording)

    def add(self, number: int, wording: Wording) -> None:
        self._wordings[number] = wording
        self._grouper.add(number, wording.group, wording.text, wording.language)

    def remove(self, number: int) -> None:
        """One that is not there is no fault."""
        self._wordings.pop(number, None)
        self._grouper.remove(number)

    def place(self, text: str, language: str) -> Placement:
        """Where a new text belongs (``Grouper.place``)."""
        return self._grouper.place(text, language)

    def near(self, group: int, limit: int, apart: frozenset[int]) -> tuple[Placement, ...]:
        """Other groups that may ask the same (``Grouper.near``)."""
        return self._grouper.near(group, limit, apart)
