"""Which questions stand under a key."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Generic, TypeVar

_Key = TypeVar("_Key", int, str)
_NOBODY: Final[frozenset[int]] = frozenset()


class Members(Generic[_Key]):
    """Numbers by key. Most keys have one number only, and there are some ten for each open question: where sets are
    kept for those too, five thousand questions take 5 MB more."""

    def __init__(self) -> None:
        self._one: dict[_Key, int] = {}
        self._more: dict[_Key, set[int]] = {}

    def of(self, key: _Key) -> Collection[int]:
        """The numbers under ``key``, to be read at once: what is added later may be missing from them, or not."""
        if key in self._one:
            return (self._one[key],)
        return self._more.get(key, _NOBODY)

    def add(self, key: _Key, number: int) -> None:
        """One that is there already is no fault."""
        if key in self._more:
            self._more[key].add(number)
        elif self._one.setdefault(key, number) != number:
            self._more[key] = {self._one.pop(key), number}

    def remove(self, key: _Key, number: int) -> None:
        """Also the key, when it was the last one; one that is not there is no fault."""
        if self._one.get(key) == number:
            del self._one[key]
        elif key in self._more:
            self._more[key].discard(number)
            if len(self._more[key]) == 1:
                self._one[key] = self._more.pop(key).pop()
