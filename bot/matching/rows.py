"""The weights of a head, row by row: those of common features in memory, the others read from their file when a text
has them. The system keeps a file that is read in memory as long as it has room. Mapped, the weights came into the
process by the megabyte with each message, because the system maps what lies around as well (64 KB, or 2 MB).
"""

from __future__ import annotations

import math
import os
import weakref
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

COMMON: Final = 0.3
"""The share of the rows that is in memory: five of six that are read are among them."""


class Rows:
    """Rows of int8, all of one length."""

    def __init__(self, common: npt.NDArray[np.int8], file: int | None = None, start: int = 0) -> None:
        """``common``: the first rows; all of them without a ``file``, in which all stand from the byte ``start`` on and
        which is closed with this."""
        self.common = common
        self._file = file
        self._start = start
        if file is not None:
            weakref.finalize(self, os.close, file)

    @classmethod
    def load(cls, path: Path) -> Rows:
        """Of an array that ``numpy.save`` wrote. Raises OSError or ValueError when it is not whole."""
        every = np.load(path, mmap_mode="r")
        common = np.array(every[: math.ceil(COMMON * len(every))])
        return cls(common, os.open(path, os.O_RDONLY), every.offset)

    def take(self, places: npt.NDArray[np.signedinteger[Any]]) -> npt.NDArray[np.int8]:
        """The rows at some places."""
        if self._file is None:
            return self.common.take(places, axis=0)
        rows = self.common.take(places, axis=0, mode="clip")
        rare = (places >= len(self.common)).nonzero()[0]
        if len(rare):
            file, length = self._file, self.common.shape[1]
            starts = places.take(rare).astype(np.int64) * length + self._start
            found = b"".join([os.pread(file, length, start) for start in starts.tolist()])
            rows[rare] = np.frombuffer(found, np.int8).reshape(-1, length)
        return rows
