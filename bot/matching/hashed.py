"""Strings found by their hashes: a dictionary would keep the strings themselves, and takes ten times the memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

import numpy as np


class Hashed:
    """Where each of some strings stood, by Python's own hashes, which another process does not share."""

    def __init__(self, strings: Iterable[str]) -> None:
        hashes = np.fromiter(map(hash, strings), np.int64)
        order = np.argsort(hashes, kind="stable")
        self._hashes = array("q", hashes[order].tobytes())
        self._places = array("I", order.astype(np.uint32).tobytes())

    def places(self, string: str) -> Sequence[int]:
        """Where ``string`` may have stood, in order. Others may have its hash: look whether it is the one."""
        hashed = hash(string)
        start = bisect_left(self._hashes, hashed)
        if start == len(self._hashes) or self._hashes[start] != hashed:
            return ()
        return self._places[start : bisect_right(self._hashes, hashed, start)]
