"""Many short strings in little memory: each as an object of its own takes several times that of its letters."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import overload


class Strings(Sequence[str]):
    """A list of strings, one behind the other as UTF-8; each is made when it is asked for."""

    def __init__(self, strings: Iterable[str]) -> None:
        encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
        self._bytes = b"".join(encoded)
        self._bounds = array("I", accumulate(map(len, encoded), initial=0))

    def __len__(self) -> int:
        return len(self._bounds) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        places = range(len(self))[place]
        return self._made(places) if isinstance(places, int) else list(map(self._made, places))

    def __iter__(self) -> Iterator[str]:
        return (self._bytes[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(self._bounds))

    def _made(self, place: int) -> str:
        return self._bytes[self._bounds[place] : self._bounds[place + 1]].decode("utf-8", "surrogatepass")
