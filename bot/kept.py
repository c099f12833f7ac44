"""What was made of the content's files before, kept in a folder: making it anew at every start would take longer than
everything else together. Nothing is lost when it goes away."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

VERSIONS: Final = 2
"""Of each thing so many stay: the present one and the one before (an edit that is taken back)."""


class Kept:
    """A folder of texts, each named by what it is and by a fingerprint of what it was made of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> str | None:
        """The text kept under ``name``, or None when there is none that can be read."""
        try:
            return (self._folder / name).read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return None

    def write(self, name: str, text: str) -> None:
        """Keep ``text``: beside its place first, then moved, so that nobody reads half of it. A folder that cannot be
        written to keeps nothing."""
        beside = self._folder / f".{name}.{os.getpid()}"
        with contextlib.suppress(OSError, UnicodeEncodeError):
            self._folder.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(text.encode())
            beside.replace(self._folder / name)
            self._tidy(name.rpartition("-")[0])

    def _tidy(self, thing: str) -> None:
        found = sorted(self._folder.glob(f"{thing}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in found[VERSIONS:]:
            old.unlink(missing_ok=True)


def name_of(thing: str, made_of: Iterable[bytes]) -> str:
    """The name under which ``thing`` is kept when it is made of these."""
    digest = hashlib.blake2b(digest_size=8)
    for part in made_of:
        digest.update(len(part).to_bytes(8) + part)
    return f"{thing}-{digest.hexdigest()}"
